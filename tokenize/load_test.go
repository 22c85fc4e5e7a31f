package tokenize

import (
	"corpus/tokenize/internal/testtext"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// writeFiles writes a folder of small files.
func writeFiles(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// wantError checks what an error says.
func wantError(t *testing.T, name string, err error, want ...string) {
	t.Helper()
	for _, w := range want {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("%s: error %v, want %q", name, err, w)
		}
	}
}

// byLine writes a tokenizer.json by hand, so that its lines are known: byte b is on line 4+b, and more follows from line 260 on.
func byLine(head, more, merges string) string {
	var b strings.Builder
	b.WriteString("{\"version\":\"1.0\",\"added_tokens\":[\n" + head + "\n],\"pre_tokenizer\":{\"type\":\"ByteLevel\"},\"model\":{\"type\":\"BPE\",\"vocab\":{\n")
	for c := range 256 {
		key, _ := json.Marshal(spell([]byte{byte(c)}))
		if c > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, "%s:%d", key, c)
	}
	b.WriteString(more + "},\n\"merges\":[\n" + merges + "\n]}}\n")
	return b.String()
}

func TestErrorsNameTheLine(t *testing.T) {
	const good = ",\n\"ab\":256,\n\"abc\":257"
	const merges = "\"a b\",\n  \"ab c\""
	if _, err := parseHF([]byte(byLine("", good, merges))); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, head, more, merges, want string }{
		{"gap", "", ",\n\"ab\":256,\n\"abc\":258", merges, "line 261, column 1: no token has the id 257"},
		{"same id", "", good + ",\n\"abcd\":256", merges, `line 262, column 1: tokens "ab" and "abcd" both have the id 256`},
		{"token twice", "", good + ",\n  \"ab\":258", merges, `line 262, column 3: token "ab" is there twice`},
		{"not in the alphabet", "", good + ",\n\"ł \":258", merges, `line 262, column 1: token "ł " has the character`},
		{"id that is text", "", good + ",\n\"abcd\":\"258\"", merges, `line 262, column 8: '"' where a whole number is expected`},
		{"NaN", "", good + ",\n\"ééé\":NaN", merges, `line 262, column 7: 'N' where a whole number is expected`},
		{"unreachable", "", good + ",\n\"xyz\":258", merges, `line 262, column 1: token 258, "xyz", is unreachable`},
		{"merge of nothing", "", good, merges + ",\n \"x y\"", `line 265, column 2: merge 2: "x" and "y": "xy" is not in the vocabulary`},
		{"part that is no token", "", good, merges + ",\n \"bc d\"", `line 265, column 2: merge 2: "bc" and "d": "bc" is not in the vocabulary`},
		{"merge twice", "", good, merges + ",\n\"a b\"", "line 265, column 1: merges 0 and 2 are both"},
		{"merge that is a number", "", good, merges + ",\n7", "line 265, column 1: '7' where an array is expected"},
		{"merge without space", "", good, merges + ",\n\"ab\"", `line 265, column 1: merge "ab" has no space`},
		{"cut off", "", good, merges + ",\n\"a", "line 265, column 3: a string with the control character"},
		{"special token without id", `{"content":"<s>"}`, good, merges, `line 2, column 1: added token "<s>" has no id`},
		{"special token with an id taken", `{"content":"<s>","id":256}`, good, merges, `line 2, column 1: tokens "ab" and "<s>" both have the id 256`},
		{"lstrip", `{"content":"<s>","id":258,"lstrip":true}`, good, merges, `line 2, column 1: added token "<s>" has lstrip`},
		{"single_word", `{"content":"<s>","id":258,"single_word":true}`, good, merges, `line 2, column 1: added token "<s>" has single_word`},
		{"content of the wrong type", `{"content":7,"id":258}`, good, merges, `line 2, column 13: content is of the JSON type number`},
		{"far id", `{"content":"<s>","id":9999999}`, good, merges, `line 2, column 1: special token "<s>" has the id 9999999, far above`},
	} {
		_, err := parseHF([]byte(byLine(c.head, c.more, c.merges)))
		wantError(t, c.name, err, c.want)
	}
}

func TestErrorsOfOtherModelsNameTheLine(t *testing.T) {
	unigram := func(more string) string {
		var b strings.Builder
		b.WriteString("{\"version\":\"1.0\",\"pre_tokenizer\":{\"type\":\"ByteLevel\"},\"model\":{\"type\":\"Unigram\",\"vocab\":[")
		for c := range 256 {
			key, _ := json.Marshal(spell([]byte{byte(c)}))
			fmt.Fprintf(&b, "\n[%s,-1],", key)
		}
		return b.String() + more + "]}}"
	}
	if m, err := parseHF([]byte(unigram("\n[\"ab\",-2.5]"))); err != nil || m.Kind() != KindUnigram {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, text, want string }{
		{"twice", unigram("\n[\"ab\",-2.5],\n [\"ab\",-2]"), "line 259, column 2: "},
		{"NaN", unigram("\n[\"ab\",NaN]"), "line 258, column 7: 'N' where a value is expected"},
		{"not in the alphabet", unigram("\n[\"一\",-2.5]"), "line 258, column 1: "},
		{"score above all numbers", unigram("\n[\"ab\",-1e999]"), "line 258, column 7: the score -1e999 is not a number of 64 bits"},
		{"score that is text", unigram("\n[\"ab\",\"x\"]"), "line 258, column 7: a score that is no number"},
		{"three parts", unigram("\n[\"ab\",-2.5,1]"), "line 258, column 1: an entry of 3 parts"},
		{"gap", `{"version":"1.0","pre_tokenizer":{"type":"ByteLevel"},"model":{"type":"WordPiece","unk_token":"[UNK]",
"continuing_subword_prefix":"‿","max_input_chars_per_word":4294967295,"vocab":{"a":0,"b":1,
"c":3}}}`, `line 3, column 1: model.vocab: entry 2: id 3 of token "c" is not within 0 and 2: no token has the id 2`},
		{"no vocabulary", `{"version":"1.0","pre_tokenizer":{"type":"ByteLevel"},"model":{"type":"WordPiece"}}`, "line 1, column 63: model.vocab is missing"},
	} {
		_, err := parseHF([]byte(c.text))
		wantError(t, c.name, err, c.want)
	}
}

// TestLoneTokens: some vocabularies, as that of Llama 3, have tokens that merging does not make.
func TestLoneTokens(t *testing.T) {
	const more = ",\n\"ab\":256,\n\"abc\":257,\n\"xyz\":258"
	text := strings.Replace(byLine("", more, "\"a b\",\n\"ab c\""), `"type":"BPE",`, `"type":"BPE","ignore_merges":true,`, 1)
	fromJSON, err := parseHF([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	ranks := smallTiktoken(0, "ab", "abc", "xyz")
	fromRanks, err := parseTiktoken([]byte(ranks), pattern(t, "gpt2"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []*Model{fromJSON, fromRanks} {
		if diff := cmp.Diff([]uint32{258}, m.Lone()); diff != "" {
			t.Errorf("tokens for whole words:\n%s", diff)
		}
		want := []uint32{258, ' ', 'x', 'y', 'z', 'x', 257, 'd'}
		if diff := cmp.Diff(want[:1], m.NewEncoder().Encode(nil, "xyz")); diff != "" {
			t.Errorf("a whole word:\n%s", diff)
		}
		if diff := cmp.Diff([]uint32{'x', 'y', 'z', 257}, m.NewEncoder().Encode(nil, "xyzabc")); diff != "" {
			t.Errorf("within a word:\n%s", diff)
		}
		if back := string(m.appendTiktoken(nil)); back != ranks || m.checkRanks() != nil {
			t.Errorf("ranks differ, or cannot be written: %v", m.checkRanks())
		}
		saved, err := m.hfJSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := parseHF(saved)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m.Lone(), again.Lone()); diff != "" {
			t.Errorf("after saving:\n%s", diff)
		}
		wantError(t, "format of gpt2", m.SaveGPT2(t.TempDir()), "made by no merge")
	}
	// A token above which its own part stands is merged all the same: by its rank, as soon as the part is there.
	m, err := parseTiktoken([]byte(smallTiktoken(0, "abc", "ab")), pattern(t, "gpt2"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]uint32{256, 'd', 257}, m.NewEncoder().Encode(nil, "abcdab")); diff != "" || len(m.Lone()) > 0 {
		t.Errorf("ids:\n%s", diff)
	}
}

func TestGPT2Files(t *testing.T) {
	m := trained(t, func(o *TrainOptions) { o.Pattern = "gpt2" })
	dir := t.TempDir()
	if err := m.SaveGPT2(dir); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"", vocabFile, mergesFile} {
		got, err := Load(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		sameModel(t, m, got)
	}
	vocab, merges := readText(t, dir, vocabFile), readText(t, dir, mergesFile)
	bare := writeFiles(t, map[string]string{"x.encoder.json": vocab, "x.vocab.bpe": strings.ReplaceAll(merges, "\n", "\r\n")})
	got, err := Load(filepath.Join(bare, "x.encoder.json"))
	if err != nil {
		t.Fatal(err)
	}
	sameModel(t, m, got) // <|endoftext|> needs no configuration

	qwen := `{"tokenizer_class":"Qwen2Tokenizer"}`
	got, err = Load(writeFiles(t, map[string]string{vocabFile: vocab, mergesFile: merges, configFile: qwen}))
	if err != nil || got.Pattern().Name != "qwen2" || got.Normalize("e\u0301") != "é" {
		t.Errorf("as Qwen's: %v", err)
	}
	for _, c := range []struct {
		name, vocab, merges, config, want string
		o                                 LoadOptions
	}{
		{"bad merge", vocab, "#version: 0.2\na b c\n", "{}", "merges.txt: line 2: merge", LoadOptions{}},
		{"unknown part", vocab, "#version: 0.2\n\u4e00 b\n", "{}", "merges.txt: line 2:", LoadOptions{}},
		{"no merges for the tokens", vocab, "#version: 0.2\n", "{}", "line 1, column", LoadOptions{}},
		{"cut off", strings.TrimSuffix(vocab, "}"), merges, "{}", "the file ends where a comma", LoadOptions{}},
		{"text behind", vocab + "x", merges, "{}", "end of the file", LoadOptions{}},
		{"unknown class", vocab, merges, `{"tokenizer_class":"CLIPTokenizer"}`, `"CLIPTokenizer"`, LoadOptions{}},
		{"unknown pattern", vocab, merges, "{}", `"gpt5"`, LoadOptions{Pattern: "gpt5"}},
		{"configuration that is none", vocab, merges, "{\n7", "tokenizer_config.json: line 2, column 1", LoadOptions{}},
		{"added token without id", vocab, merges, `{"added_tokens_decoder":{"x":{"content":"<s>"}}}`, `"x" is not the id`, LoadOptions{}},
		{"role of no token", vocab, merges, "{}", `bos_token "<s>"`, LoadOptions{BOS: "<s>"}},
	} {
		dir := writeFiles(t, map[string]string{vocabFile: c.vocab, mergesFile: c.merges, configFile: c.config})
		_, err := LoadWith(dir, c.o)
		wantError(t, c.name, err, c.want, dir)
	}
	// An error names the file that it is about, whichever of the two was asked for.
	half := vocab[:len(vocab)/2]
	_, err = Load(writeFiles(t, map[string]string{vocabFile: half, mergesFile: merges}) + "/" + mergesFile)
	wantError(t, "vocabulary cut off beside the merges", err, mergesFile+": "+vocabFile+": line 1, column")
	_, err = Load(writeFiles(t, map[string]string{vocabFile: vocab, mergesFile: "#version: 0.2\n"}) + "/" + mergesFile)
	wantError(t, "unreachable beside the merges", err, mergesFile+": "+vocabFile+": line 1, column")
	_, err = Load(writeFiles(t, map[string]string{vocabFile: vocab}))
	wantError(t, "merges missing", err, mergesFile)
	_, err = Load(writeFiles(t, map[string]string{mergesFile: merges}) + "/" + mergesFile)
	wantError(t, "vocabulary missing", err, vocabFile)
}

func readText(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestRoles(t *testing.T) {
	specials := []string{"<s>", "</s>", "<pad>", "<x>"}
	m := trained(t, func(o *TrainOptions) { o.SpecialTokens = specials })
	vocab, err := m.hfJSON()
	if err != nil {
		t.Fatal(err)
	}
	type roles struct{ BOS, EOS, Pad int64 }
	for _, c := range []struct {
		name, config, specials string
		o                      LoadOptions
		want                   roles
	}{
		{"nothing is said", "", "", LoadOptions{}, roles{-1, 1, -1}}, // </s> ends documents wherever it is
		{"configuration", `{"bos_token":"<s>","eos_token":{"content":"<x>"},"pad_token":"<pad>"}`, "", LoadOptions{}, roles{0, 3, 2}},
		{"none", `{"bos_token":null,"eos_token":null}`, "", LoadOptions{}, roles{-1, -1, -1}},
		{"map of special tokens", "", `{"bos_token":"<s>","eos_token":"<pad>"}`, LoadOptions{}, roles{0, 2, -1}},
		{"the configuration first", `{"bos_token":"<x>"}`, `{"bos_token":"<s>"}`, LoadOptions{}, roles{3, 1, -1}},
		{"options first", `{"bos_token":"<x>"}`, "", LoadOptions{BOS: "<s>", EOS: "<x>", Pad: "<x>"}, roles{0, 3, 3}},
		{"a token that is not there", `{"bos_token":"[CLS]"}`, "", LoadOptions{}, roles{-1, 1, -1}},
	} {
		files := map[string]string{jsonFile: string(vocab)}
		if c.config != "" {
			files[configFile] = c.config
		}
		if c.specials != "" {
			files[specialsFile] = c.specials
		}
		got, err := LoadWith(writeFiles(t, files), c.o)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.want, roles{got.bos, got.eos, got.pad}); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
		dir := t.TempDir()
		if err := got.Save(dir); err != nil {
			t.Fatal(err)
		}
		again, err := Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(roles{got.bos, got.eos, got.pad}, roles{again.bos, again.eos, again.pad}); diff != "" {
			t.Errorf("%s, saved and read:\n%s", c.name, diff)
		}
	}
}

// TestAddedTokenFlags: tokens with normalized are looked for only between the others, and all flags are kept.
func TestAddedTokenFlags(t *testing.T) {
	head := `{"id":256,"content":"<b>|","special":true},{"id":257,"content":"|<b>","normalized":true,"special":false},{"id":258,"content":"<b>","normalized":true,"special":true}`
	m, err := parseHF([]byte(byLine(head, "", "")))
	if err != nil {
		t.Fatal(err)
	}
	// From the left, |<b> would come first.
	if diff := cmp.Diff([]uint32{'|', 256, 257, 258, 'x'}, m.NewEncoder().EncodeSpecial(nil, "|<b>||<b><b>x")); diff != "" {
		t.Errorf("ids:\n%s", diff)
	}
	text, err := m.hfJSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`{"id":256,"content":"<b>|","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}`,
		`{"id":257,"content":"|<b>","single_word":false,"lstrip":false,"rstrip":false,"normalized":true,"special":false}`,
		`{"id":258,"content":"<b>","single_word":false,"lstrip":false,"rstrip":false,"normalized":true,"special":true}`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is not in the saved file", want)
		}
	}
	nfc := strings.Replace(byLine(head, "", ""), `"pre_tokenizer"`, `"normalizer":{"type":"NFC"},"pre_tokenizer"`, 1)
	_, err = parseHF([]byte(nfc))
	wantError(t, "normalized behind a normalizer", err, "line 2,", `"|<b>" has normalized`)
}

func TestNormalizerIsKept(t *testing.T) {
	for name, text := range map[string]string{
		"NFC": `{"type":"NFC"}`, "a sequence": `{"type":"Sequence","normalizers":[{"type":"NFC"}]}`,
	} {
		m, err := parseHF([]byte(strings.Replace(byLine("", "", ""), `"pre_tokenizer"`, `"normalizer":`+text+`,"pre_tokenizer"`, 1)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff([]uint32{0xc3, 0xa9}, m.NewEncoder().Encode(nil, "e\u0301")); diff != "" {
			t.Errorf("%s, ids:\n%s", name, diff)
		}
		saved, err := m.hfJSON()
		if err != nil {
			t.Fatal(err)
		}
		if again, err := parseHF(saved); err != nil || !again.nfc {
			t.Errorf("%s is lost: %v", name, err)
		}
		wantError(t, name, m.WriteTiktoken(filepath.Join(t.TempDir(), "x.tiktoken")), "NFC")
	}
	m, err := parseHF([]byte(strings.Replace(byLine("", "", ""), `"pre_tokenizer"`, `"normalizer":{"type":"Sequence","normalizers":[]},"pre_tokenizer"`, 1)))
	if err != nil || m.nfc {
		t.Errorf("an empty sequence: %v", err)
	}
}

// TestPublishedFiles reads the published files, as far as they are there, and writes them again byte for byte.
func TestPublishedFiles(t *testing.T) {
	for _, name := range []string{"r50k_base.tiktoken", "cl100k_base.tiktoken", "o200k_base.tiktoken"} {
		m := loadVector(t, name)
		if got := m.appendTiktoken(nil); string(got) != string(testtext.ReadVector(t, name)) || m.checkRanks() != nil {
			t.Errorf("%s is not written as it was read: %v", name, m.checkRanks())
		}
	}
	byRanks, byMerges := loadVector(t, "r50k_base.tiktoken"), loadVector(t, "gpt2.encoder.json")
	sameModel(t, byRanks, byMerges)
	text, err := byMerges.mergesText()
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != string(testtext.ReadVector(t, "gpt2.vocab.bpe")) {
		t.Error("gpt2.vocab.bpe is not written as it was read")
	}
	dir := t.TempDir()
	if err := byMerges.SaveHF(dir); err != nil {
		t.Fatal(err)
	}
	got, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	sameModel(t, byRanks, got)
}

func FuzzLoadGPT2(f *testing.F) {
	f.Add([]byte(`{"a":0,"b":1,"ab":2}`), []byte("#version: 0.2\na b\n"))
	f.Fuzz(func(t *testing.T, vocab, merges []byte) {
		files := gpt2Files{pattern: pattern(t, "gpt2"), mergesName: mergesFile}
		if m, err := files.parse(vocab, merges); err == nil {
			checkLoaded(t, m)
		}
	})
}
