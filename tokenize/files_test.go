package tokenize

import (
	"corpus/tokenize/pretoken"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sameModel checks that two models have the same tokens and ids.
func sameModel(t *testing.T, want, got *Model) {
	t.Helper()
	wantSplits, wantLevel := want.pattern.Splits()
	splits, level := got.pattern.Splits()
	if !slices.Equal(wantSplits, splits) || wantLevel != level {
		t.Errorf("pattern %s, want %s", got.pattern.Name, want.pattern.Name)
	}
	if diff := cmp.Diff(want.tokens, got.tokens); diff != "" {
		t.Errorf("tokens:\n%.500s", diff)
	}
	if diff := cmp.Diff(want.merges, got.merges, cmp.AllowUnexported(merge{})); diff != "" {
		t.Errorf("merges:\n%.500s", diff)
	}
	if diff := cmp.Diff(want.SpecialTokens(), got.SpecialTokens()); diff != "" {
		t.Errorf("special tokens:\n%s", diff)
	}
	wantEOS, _ := want.EOS()
	if eos, ok := got.EOS(); eos != wantEOS || !ok {
		t.Errorf("token %d ends documents, want %d", eos, wantEOS)
	}
}

func TestSaveAndLoad(t *testing.T) {
	for _, pattern := range pretoken.Names() {
		for _, specials := range [][]string{{EndOfText}, {"<s>", "<pad>", "</s> ‹end›", "<a&b>\n"}} {
			t.Run(fmt.Sprint(pattern, len(specials)), func(t *testing.T) {
				m := trained(t, func(o *TrainOptions) { o.Pattern, o.SpecialTokens = pattern, specials })
				m.setEOS(specials[len(specials)-1]) // Load must find it in tokenizer_config.json
				dir := filepath.Join(t.TempDir(), "tokenizer")
				if err := m.Save(dir); err != nil {
					t.Fatal(err)
				}
				for _, path := range []string{"", jsonFile, tiktokenFile} {
					got, err := Load(filepath.Join(dir, path))
					if err != nil {
						t.Fatal(err)
					}
					sameModel(t, m, got)
				}
				got, err := LoadTiktoken(filepath.Join(dir, tiktokenFile), pattern, m.SpecialTokens())
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(m.tokens, got.tokens); diff != "" {
					t.Errorf("tokens:\n%.500s", diff)
				}
			})
		}
	}
}

func TestSaveIsDeterministicAndWhole(t *testing.T) {
	dirs := [2]string{t.TempDir(), t.TempDir()}
	var names []string
	for _, dir := range dirs {
		if err := trained(t, nil).Save(dir); err != nil {
			t.Fatal(err)
		}
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		names = nil
		for _, f := range files {
			names = append(names, f.Name())
		}
	}
	if diff := cmp.Diff([]string{"special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "vocab.tiktoken"}, names); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	for _, name := range names {
		a, _ := os.ReadFile(filepath.Join(dirs[0], name))
		b, _ := os.ReadFile(filepath.Join(dirs[1], name))
		if string(a) != string(b) {
			t.Errorf("%s differs between two runs", name)
		}
		if strings.HasSuffix(name, ".json") && !json.Valid(a) {
			t.Errorf("%s is not JSON", name)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := trained(t, nil).Save(file); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("error %v of saving to a file", err)
	}
}

// TestIDsInAnotherOrderThanMerges: Hugging Face's format allows this, .tiktoken does not.
func TestIDsInAnotherOrderThanMerges(t *testing.T) {
	m, err := parseHF(smallJSON(t, func(f map[string]any) {
		model := f["model"].(map[string]any)
		model["vocab"].(map[string]int)["ab"], model["vocab"].(map[string]int)["abc"] = 257, 256
	}))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]uint32{256, 257}, m.NewEncoder().Encode(nil, "abcab")); diff != "" {
		t.Errorf("ids:\n%s", diff)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, tiktokenFile), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := m.Save(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, tiktokenFile)); err == nil {
		t.Error("vocab.tiktoken was written, which would give other ids")
	}
	got, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	sameModel(t, m, got)
}

// TestSeveralWaysToMakeAToken: converters of rank files write every way to cut a token in two.
func TestSeveralWaysToMakeAToken(t *testing.T) {
	m, err := parseHF(smallJSON(t, func(f map[string]any) {
		model := f["model"].(map[string]any)
		model["vocab"].(map[string]int)["bc"] = 258
		model["vocab"].(map[string]int)[EndOfText] = 259
		f["added_tokens"].([]any)[0].(map[string]any)["id"] = 259
		model["merges"] = []any{"a b", "a bc", "ab c", "b c"}
	}))
	if err != nil {
		t.Fatal(err)
	}
	if len(m.merges) != 3 {
		t.Errorf("%d merges are left, want 3", len(m.merges))
	}
	if diff := cmp.Diff([]uint32{257, 'a', 'd', 258}, m.NewEncoder().Encode(nil, "abcadbc")); diff != "" {
		t.Errorf("ids:\n%s", diff)
	}
}

// smallJSON makes a tokenizer.json whose ids below 256 are the bytes, then "ab", "abc" and the end of text.
func smallJSON(t testing.TB, change func(f map[string]any)) []byte {
	t.Helper()
	vocab := map[string]int{"ab": 256, "abc": 257, EndOfText: 258}
	for b := range 256 {
		vocab[spell([]byte{byte(b)})] = b
	}
	f := map[string]any{
		"version":       "1.0",
		"added_tokens":  []any{map[string]any{"id": 258, "content": EndOfText, "special": true}},
		"normalizer":    nil,
		"pre_tokenizer": map[string]any{"type": "ByteLevel", "add_prefix_space": false, "use_regex": true},
		"model":         map[string]any{"type": "BPE", "vocab": vocab, "merges": []any{[]string{"a", "b"}, []string{"ab", "c"}}},
	}
	if change != nil {
		change(f)
	}
	data, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestTokenizerJSONIsRefused(t *testing.T) {
	model := func(f map[string]any) map[string]any { return f["model"].(map[string]any) }
	vocab := func(f map[string]any) map[string]int { return model(f)["vocab"].(map[string]int) }
	for _, c := range []struct {
		name   string
		change func(f map[string]any)
		want   string
	}{
		{"gap", func(f map[string]any) { vocab(f)["abc"] = 300 }, "no token has the id 257"},
		{"same id twice", func(f map[string]any) { vocab(f)["abc"] = 97 }, "both have the id 97"},
		{"negative id", func(f map[string]any) { vocab(f)["abc"] = -1 }, "id -1"},
		{"giant id", func(f map[string]any) { vocab(f)["abc"] = 1 << 30 }, "id 1073741824"},
		{"giant token", func(f map[string]any) { vocab(f)[strings.Repeat("a", maxWord+1)] = 259 }, "token 259 has 16385 bytes"},
		{"unreachable token", func(f map[string]any) { model(f)["merges"] = []any{"a b"} }, `token 257, "abc", is unreachable`},
		{"merge twice", func(f map[string]any) { model(f)["merges"] = []any{"a b", "ab c", "a b"} }, "merges 0 and 2"},
		{"merge of an unknown token", func(f map[string]any) { model(f)["merges"] = []any{"a b", "ab c", "b c"} }, `"bc" is not in the vocabulary`},
		{"merge without space", func(f map[string]any) { model(f)["merges"] = []any{"ab"} }, "no space"},
		{"merge of three", func(f map[string]any) { model(f)["merges"] = []any{[]string{"a", "b", "c"}} }, "3 parts"},
		{"byte without token", func(f map[string]any) { delete(vocab(f), "z"); vocab(f)["aa"] = 122 }, "0x7a"},
		{"not byte-level", func(f map[string]any) { vocab(f)["▁x"] = 259 }, "stands for no byte"},
		{"another model", func(f map[string]any) { model(f)["type"] = "WordLevel" }, "WordLevel"},
		{"normalizer", func(f map[string]any) { f["normalizer"] = map[string]any{"type": "NFKC"} }, `normalizer "NFKC"`},
		{"prefix space", func(f map[string]any) { f["pre_tokenizer"].(map[string]any)["add_prefix_space"] = true }, "add_prefix_space"},
		{"no pattern", func(f map[string]any) { f["pre_tokenizer"] = nil }, "pre_tokenizer"},
		{"other pattern", func(f map[string]any) {
			f["pre_tokenizer"] = map[string]any{"type": "Sequence", "pretokenizers": []any{
				map[string]any{"type": "Split", "pattern": map[string]any{"Regex": `\w+`}, "behavior": "Isolated", "invert": false},
				map[string]any{"type": "ByteLevel", "add_prefix_space": false, "use_regex": false},
			}}
		}, `\\w+`},
		{"dropout", func(f map[string]any) { model(f)["dropout"] = 0.1 }, "dropout"},
		{"version", func(f map[string]any) { f["version"] = "2.0" }, `version "2.0"`},
		{"special token with two ids", func(f map[string]any) { vocab(f)[EndOfText] = 259 }, "has the ids 259 and 258"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), jsonFile)
			if err := os.WriteFile(path, smallJSON(t, c.change), 0o666); err != nil {
				t.Fatal(err)
			}
			_, err := Load(path)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want one of %s that names the file", err, c.want)
			}
		})
	}
	if _, err := parseHF([]byte(`{"version":"1.0","pre_tokenizer":{"type":"ByteLevel"},"model":{"vocab":{"a":1,"a":2},"merges":[]}}`)); err == nil || !strings.Contains(err.Error(), `"a" is there twice`) {
		t.Errorf("error %v of a token that is there twice", err)
	}
	if _, err := parseHF([]byte(`{"model":`)); err == nil || !strings.Contains(err.Error(), "line 1, column 10") {
		t.Errorf("error %v of a file that was cut off", err)
	}
	if _, err := Load(t.TempDir()); err == nil || !strings.Contains(err.Error(), jsonFile) {
		t.Errorf("error %v of an empty folder", err)
	}
}

// smallTiktoken makes a rank file of the bytes and more tokens.
func smallTiktoken(first int, more ...string) string {
	var b strings.Builder
	rank := first
	line := func(token string) {
		fmt.Fprintf(&b, "%s %d\n", base64.StdEncoding.EncodeToString([]byte(token)), rank)
		rank++
	}
	for c := range 256 {
		line(string([]byte{byte(c)}))
	}
	for _, m := range more {
		line(m)
	}
	return b.String()
}

func TestLoadTiktoken(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"good", smallTiktoken(1, "ab", "abc"), ""},
		{"windows line ends", strings.ReplaceAll(smallTiktoken(1, "ab", "abc"), "\n", "\r\n"), ""},
		{"unreachable", smallTiktoken(1, "a b"), `line 257: token 257, "a b", is unreachable`},
		{"gap at the start", smallTiktoken(2, "ab"), "no token has the id 1"},
		{"gap", smallTiktoken(1, "ab") + "YWJj 259\n", "no token has the id 258"},
		{"rank twice", smallTiktoken(1, "ab") + "YWJj 257\n", "line 258"},
		{"token twice", smallTiktoken(1, "ab", "ab"), `tokens 257 and 258 are both "ab"`},
		{"byte twice", smallTiktoken(1, "a"), `are both "a"`},
		{"empty token", smallTiktoken(1, ""), "empty"},
		{"no space", smallTiktoken(1) + "YWJj\n", "line 257"},
		{"not base64", smallTiktoken(1) + "!! 257\n", "line 257"},
		{"not a number", smallTiktoken(1) + "YWJj x\n", "line 257"},
		{"giant rank", smallTiktoken(1) + "YWJj 9999999999999\n", "line 257"},
		{"byte without token", "YQ== 1\n", "0x00"},
		{"nothing", "", "empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.tiktoken")
			if err := os.WriteFile(path, []byte(c.text), 0o666); err != nil {
				t.Fatal(err)
			}
			m, err := LoadTiktoken(path, "o200k", []SpecialToken{{0, EndOfText}})
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
					t.Errorf("error %v, want one of %s that names the file", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]uint32{258, 'c' + 1, 257}, m.NewEncoder().Encode(nil, "abccab")); diff != "" {
				t.Errorf("ids:\n%s", diff)
			}
			if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "pattern") {
				t.Errorf("error %v of a rank file whose pattern nothing tells", err)
			}
		})
	}
}

func FuzzLoadTokenizerJSON(f *testing.F) {
	f.Add(smallJSON(f, nil))
	f.Add(smallJSON(f, func(f map[string]any) { f["model"].(map[string]any)["merges"] = []any{"a b", "ab c"} }))
	f.Add([]byte(`{"version":"1.0","pre_tokenizer":{"type":"ByteLevel"},"model":{"vocab":{"a":0,"b":1},"merges":[["a","b"]]}}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := parseHF(data)
		if err != nil {
			return
		}
		checkLoaded(t, m)
		text, err := m.hfJSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := parseHF(text)
		if err != nil {
			t.Fatalf("what was read cannot be read back once written: %v", err)
		}
		if diff := cmp.Diff(m.tokens, again.tokens); diff != "" {
			t.Errorf("tokens:\n%s", diff)
		}
	})
}

func FuzzLoadTiktoken(f *testing.F) {
	f.Add([]byte(smallTiktoken(0, "ab", "abc")))
	f.Add([]byte("YQ== 0\nYg== 1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := parseTiktoken(data, pattern(t, "gpt2"), nil); err == nil {
			checkLoaded(t, m)
		}
	})
}

// checkLoaded checks what holds for every model.
func checkLoaded(t *testing.T, m *Model) {
	t.Helper()
	e := m.NewEncoder()
	for _, text := range encodeSeeds[:4] {
		if back, err := m.Decode(e.Encode(nil, text)); err != nil || string(back) != text {
			t.Fatalf("%q comes back as %q, %v", text, back, err)
		}
	}
	var s mergeScratch
	for id := range uint32(m.VocabSize()) {
		if m.ordinary(id) {
			if ids := m.mergeByScan(&s, string(m.tokens[id])); len(ids) != 1 || ids[0] != id {
				t.Fatalf("token %d, %q, is encoded as %v", id, m.tokens[id], ids)
			}
		}
	}
}
