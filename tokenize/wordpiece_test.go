package tokenize

import (
	"bytes"
	"context"
	"corpus/tokenize/internal/testtext"
	"corpus/tokenize/pretoken"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// listOf makes a list of words as training takes it.
func listOf(t testing.TB, counts map[string]int64) *wordList {
	t.Helper()
	list, err := selectWords(countedWords(counts), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// randomWords returns words of few different letters, so that they have much in common.
func randomWords(r *rand.Rand, letters string, n, most int) map[string]int64 {
	counts := map[string]int64{}
	for range n {
		word := make([]byte, 1+r.IntN(most))
		for i := range word {
			word[i] = letters[r.IntN(len(letters))]
		}
		counts[string(word)] += 1 + r.Int64N(20)
	}
	return counts
}

func trainedWordPiece(t testing.TB, counts map[string]int64, change func(o *TrainOptions)) *Model {
	return trainedWords(t, trainWordPiece, counts, func(o *TrainOptions) {
		o.Model, o.VocabSize = KindWordPiece, 1+512+200
		if change != nil {
			change(o)
		}
	})
}

// wordTrainer is trainWordPiece or trainUnigram.
type wordTrainer func(context.Context, *pretoken.Pattern, *wordList, TrainOptions, func(done, total int)) (*Model, error)

// trainedWords is a model trained on words.
func trainedWords(t testing.TB, train wordTrainer, counts map[string]int64, change func(o *TrainOptions)) *Model {
	t.Helper()
	opts := DefaultTrainOptions()
	change(&opts)
	pattern, err := pretoken.Find(opts.Pattern)
	if err != nil {
		t.Fatal(err)
	}
	m, err := train(context.Background(), pattern, listOf(t, counts), opts, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// encodeWords encodes a text without an Encoder's cache.
func encodeWords(m *Model, text string) []uint32 {
	var s mergeScratch
	ids := []uint32{}
	for word := range m.Pattern().Words(text) {
		ids = m.words.encodeWord(&s, ids, word)
	}
	return ids
}

// spelledVocab returns the tokens by their spelling in tokenizer.json.
func spelledVocab(m *Model) map[string]uint32 {
	vocab := map[string]uint32{}
	switch w := m.words.(type) {
	case *wordPiece:
		for id, t := range w.vocab {
			vocab[t.spelled(w.prefix)] = uint32(id)
		}
	case *unigram:
		for id, t := range w.vocab {
			vocab[t.special+spell(t.bytes)] = uint32(id)
		}
	}
	return vocab
}

// referenceWordPiece is the plain reference of wordPiece.encodeWord: it looks every substring up, as
// Hugging Face's tools do.
func referenceWordPiece(vocab map[string]uint32, prefix, word string) []uint32 {
	letters := []rune(spell([]byte(word)))
	var ids []uint32
	for start := 0; start < len(letters); {
		end := len(letters)
		for ; end > start; end-- {
			part := string(letters[start:end])
			if start > 0 {
				part = prefix + part
			}
			if id, ok := vocab[part]; ok {
				ids = append(ids, id)
				break
			}
		}
		start = end
	}
	return ids
}

// referenceWordPieces is the plain reference of trainWordPiece: for every merge it counts all pairs again. It returns
// the tokens made, spelled.
func referenceWordPieces(counts map[string]int64, opts TrainOptions) []string {
	ids := map[string]int{}
	for i, s := range opts.SpecialTokens {
		ids[s] = i
	}
	for _, prefix := range []string{"", wordPiecePrefix} {
		for _, b := range alphabet() {
			ids[prefix+spell([]byte{b})] = len(ids)
		}
	}
	type word struct {
		tokens []string
		count  int64
	}
	var words []word
	for w, n := range counts {
		var tokens []string
		for i := range len(w) {
			letter := spell([]byte{w[i]})
			if i > 0 {
				letter = wordPiecePrefix + letter
			}
			tokens = append(tokens, letter)
		}
		words = append(words, word{tokens, n})
	}
	join := func(p [2]string) string { return p[0] + strings.TrimPrefix(p[1], wordPiecePrefix) }
	var made []string
	dead := map[[2]string]bool{}
	for len(ids) < opts.VocabSize {
		pairs := map[[2]string]int64{}
		for _, w := range words {
			for i := 1; i < len(w.tokens); i++ {
				p := [2]string{w.tokens[i-1], w.tokens[i]}
				n := len([]rune(strings.TrimPrefix(join(p), wordPiecePrefix)))
				if !dead[p] && (opts.MaxTokenLength == 0 || n <= 2 || n < opts.MaxTokenLength) {
					pairs[p] += w.count
				}
			}
		}
		best, ok := [2]string{}, false
		for p, n := range pairs {
			before := n > pairs[best] || n == pairs[best] && (ids[p[0]] < ids[best[0]] || ids[p[0]] == ids[best[0]] && ids[p[1]] < ids[best[1]])
			if n >= max(1, opts.MinFrequency) && (!ok || before) {
				best, ok = p, true
			}
		}
		if !ok {
			break
		}
		token := join(best)
		if slices.Contains(opts.SpecialTokens, token) {
			dead[best] = true
			continue
		}
		made = append(made, token)
		ids[token] = len(ids)
		for k, w := range words {
			var tokens []string
			for i := 0; i < len(w.tokens); i++ {
				if i+1 < len(w.tokens) && w.tokens[i] == best[0] && w.tokens[i+1] == best[1] {
					tokens = append(tokens, token)
					i++
				} else {
					tokens = append(tokens, w.tokens[i])
				}
			}
			words[k].tokens = tokens
		}
	}
	return made
}

func TestTrainWordPiece(t *testing.T) {
	// "b" behind "a" at the beginning of a word is seen 9 times, behind "x" 4 times, "b" before "c" 8 times.
	m := trainedWordPiece(t, map[string]int64{"abc": 5, "ab": 4, "xabc": 3, "q": 100, "##": 2}, func(o *TrainOptions) { o.SpecialTokens = []string{"ab"} })
	var made []string
	for _, w := range m.words.(*wordPiece).vocab[513:] {
		made = append(made, w.spelled(wordPiecePrefix))
	}
	// "ab" spells the special token, so "a" and "b" are never merged; "xab" is made of "xa" and "b".
	if diff := gocmp.Diff([]string{"‿bc", "abc", "xa", "xabc", "##"}, made); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
	if s := m.Stats(); s.Merges != 5 || s.Wanted != 200 || s.LastCount != 2 || s.Occurrences != 114 || !s.Short() {
		t.Errorf("stats %+v", s)
	}
	if m.Kind() != "wordpiece" {
		t.Errorf("kind %q", m.Kind())
	}
}

func TestTrainWordPieceEqualsReference(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 60 {
		opts := DefaultTrainOptions()
		opts.SpecialTokens = [][]string{{EndOfText}, {}, {"ab", "ba"}}[i%3]
		opts.VocabSize = len(opts.SpecialTokens) + 512 + r.IntN(60)
		opts.MinFrequency = r.Int64N(4)
		opts.MaxTokenLength = []int{0, 0, 1, 3, 4, 5}[r.IntN(6)]
		counts := randomWords(r, []string{"ab", "abc", "#a", "aéz"}[i%4], 30, 12)
		m := trainedWordPiece(t, counts, func(o *TrainOptions) { *o = opts })
		var made []string
		for _, w := range m.words.(*wordPiece).vocab[len(opts.SpecialTokens)+512:] {
			made = append(made, w.spelled(wordPiecePrefix))
		}
		if diff := gocmp.Diff(referenceWordPieces(counts, opts), made); diff != "" {
			t.Fatalf("%+v (-reference +trained):\n%s", opts, diff)
		}
	}
}

func TestTrainWordPieceStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	opts := DefaultTrainOptions()
	if _, err := trainWordPiece(ctx, pattern(t, "gpt2"), listOf(t, nil), opts, nil); err != context.Canceled {
		t.Errorf("error %v of a training that was stopped", err)
	}
}

// wordPieceOfText is trained on made text.
func wordPieceOfText(t testing.TB) *Model {
	return trainedWordPiece(t, countWords(pattern(t, "gpt2"), testtext.Sample(7, 20000), strings.Repeat("### a ##b\n", 20)), nil)
}

func TestWordPieceIsLossless(t *testing.T) {
	m := wordPieceOfText(t)
	// With the prefix "##" these would come back without it.
	for _, text := range append([]string{"### Title", "##", "#####", " ##a", "‿ing", "a‿", "‿‿"}, encodeSeeds...) {
		ids := encodeWords(m, text)
		if back, err := m.Decode(ids); err != nil || string(back) != text {
			t.Errorf("%q comes back as %q, %v", text, back, err)
		}
	}
}

func FuzzWordPiece(f *testing.F) {
	for _, s := range encodeSeeds {
		f.Add(s)
	}
	m := wordPieceOfText(f)
	vocab := spelledVocab(m)
	delete(vocab, EndOfText)
	f.Fuzz(func(t *testing.T, word string) {
		if word = word[:min(len(word), 60)]; word == "" {
			return
		}
		want, got := referenceWordPiece(vocab, wordPiecePrefix, word), m.words.encodeWord(nil, nil, word)
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-reference +trie):\n%s", word, diff)
		}
	})
}

// TestLongWords would take hours if matching were quadratic.
func TestLongWords(t *testing.T) {
	for _, m := range []*Model{wordPieceOfText(t), unigramOfText(t)} {
		for _, c := range []string{"a", " ", "🙂", "\xff", "tion"} {
			word := strings.Repeat(c, 2<<20/len(c))
			ids := m.words.encodeWord(nil, nil, word)
			if back, err := m.Decode(ids); err != nil || string(back) != word {
				t.Errorf("%s: a run of %q does not come back, %v", m.Kind(), c, err)
			}
		}
	}
}

// modelJSON writes the model of a tokenizer.json.
func modelJSON(t testing.TB, m *Model) []byte {
	t.Helper()
	var b jsonText
	m.words.appendModelJSON(&b)
	text, err := b.bytes()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func addedOf(m *Model) []hfAddedToken {
	var added []hfAddedToken
	for _, s := range m.SpecialTokens() {
		added = append(added, hfAddedToken{ID: int64(s.ID), Content: s.Content, Special: true})
	}
	return added
}

// parseWords reads what modelJSON wrote.
func parseWords(pattern *pretoken.Pattern, kind string, data []byte, added []hfAddedToken) (*Model, error) {
	if kind == KindUnigram {
		return parseUnigram(pattern, data, added)
	}
	return parseWordPiece(pattern, data, added)
}

func TestWordModelsComeBack(t *testing.T) {
	specials := func(o *TrainOptions) { o.SpecialTokens = []string{"<a&b>\n", EndOfText, "‹end›"} }
	counts := countWords(pattern(t, "gpt2"), testtext.Sample(3, 20000))
	for _, m := range []*Model{wordPieceOfText(t), unigramOfText(t), trainedWordPiece(t, counts, specials), trainedUnigram(t, counts, specials)} {
		t.Run(fmt.Sprint(m.Kind(), len(m.specials)), func(t *testing.T) {
			text := modelJSON(t, m)
			got, err := parseWords(m.Pattern(), m.Kind(), text, addedOf(m))
			if err != nil {
				t.Fatal(err)
			}
			if again := modelJSON(t, got); !bytes.Equal(again, text) {
				t.Error("the model is written otherwise than it was read")
			}
			if diff := gocmp.Diff(m.tokens, got.tokens); diff != "" {
				t.Errorf("tokens:\n%s", diff)
			}
			if diff := gocmp.Diff(m.SpecialTokens(), got.SpecialTokens()); diff != "" {
				t.Errorf("special tokens:\n%s", diff)
			}
			for _, s := range encodeSeeds {
				if diff := gocmp.Diff(encodeWords(m, s), encodeWords(got, s)); diff != "" {
					t.Errorf("%q:\n%s", s, diff)
				}
			}
		})
	}
}

// wordPieceJSON is a model of the bytes and "ab", "‿bc".
func wordPieceJSON(change func(vocab map[string]int, fields map[string]string)) []byte {
	vocab, fields := map[string]int{}, map[string]string{
		"type": `"WordPiece"`, "unk_token": `"[UNK]"`, "continuing_subword_prefix": `"‿"`, "max_input_chars_per_word": "4294967295",
	}
	for b := range 256 {
		vocab[spell([]byte{byte(b)})], vocab["‿"+spell([]byte{byte(b)})] = b, 256+b
	}
	vocab["ab"], vocab["‿bc"], vocab[EndOfText] = 512, 513, 514
	change(vocab, fields)
	var b jsonText
	b.raw(`{"vocab":`).value(vocab)
	for _, k := range slices.Sorted(maps.Keys(fields)) {
		b.raw(",").value(k).raw(":" + fields[k])
	}
	return append(b.buf.Bytes(), '}')
}

func TestWordPieceFileIsRefused(t *testing.T) {
	type vocab = map[string]int
	type fields = map[string]string
	for _, c := range []struct {
		name   string
		change func(v vocab, f fields)
		want   string
	}{
		{"good", func(vocab, fields) {}, ""},
		{"prefix that a text may have", func(_ vocab, f fields) { f["continuing_subword_prefix"] = `"##"` }, "can begin a word"},
		{"empty prefix", func(_ vocab, f fields) { f["continuing_subword_prefix"] = `""` }, "can begin a word"},
		{"no prefix", func(_ vocab, f fields) { delete(f, "continuing_subword_prefix") }, "continuing_subword_prefix is not there"},
		{"no unknown token", func(_ vocab, f fields) { delete(f, "unk_token") }, "unk_token is not there"},
		{"long words lost", func(_ vocab, f fields) { f["max_input_chars_per_word"] = "100" }, "max_input_chars_per_word"},
		{"no limit", func(_ vocab, f fields) { delete(f, "max_input_chars_per_word") }, "max_input_chars_per_word"},
		{"wrong type", func(_ vocab, f fields) { f["unk_token"] = "7" }, "unk_token"},
		{"gap", func(v vocab, _ fields) { v["ab"] = 700 }, "id 700"},
		{"negative id", func(v vocab, _ fields) { v["ab"] = -1 }, "id -1"},
		{"id twice", func(v vocab, _ fields) { v["ab"] = 513 }, "id 513"},
		{"byte without a beginning token", func(v vocab, _ fields) { delete(v, "z"); v["zz"] = 'z' }, "begin a word: no token for the byte 0x7a"},
		{"byte without a continuing token", func(v vocab, _ fields) { delete(v, "‿z"); v["‿zz"] = 256 + 'z' }, "continue a word: no token for the byte 0x7a"},
		{"nothing behind the prefix", func(v vocab, _ fields) { delete(v, "ab"); v["‿"] = 512 }, "token 512 is empty"},
		{"not byte-level", func(v vocab, _ fields) { delete(v, "ab"); v["a b"] = 512 }, "stands for no byte"},
		{"special token with two ids", func(v vocab, _ fields) { v[EndOfText], v["ab"] = 512, 514 }, "has the ids 512 and 514"},
		{"giant token", func(v vocab, _ fields) { delete(v, "ab"); v[strings.Repeat("a", maxWord+1)] = 512 }, "16385 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := parseWordPiece(pattern(t, "gpt2"), wordPieceJSON(c.change), []hfAddedToken{{ID: 514, Content: EndOfText}})
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %v, want one of %s", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff([]uint32{512, 256 + 'a', 513}, encodeWords(m, "ababc")); diff != "" {
				t.Errorf("ids:\n%s", diff)
			}
		})
	}
	for name, want := range map[string]string{"<s>": "", "abc": "has the ids 514 and 515", "Ġx": `the text " x"`, "‿xy": "begins with"} {
		text := wordPieceJSON(func(v vocab, _ fields) { delete(v, EndOfText); v["abc"] = 514 })
		_, err := parseWordPiece(pattern(t, "gpt2"), text, []hfAddedToken{{ID: 515, Content: name}})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("error %v of the special token %q, want one of %s", err, name, want)
		}
	}
}

func FuzzParseWordModels(f *testing.F) {
	f.Add(wordPieceJSON(func(map[string]int, map[string]string) {}), true)
	f.Add(modelJSON(f, unigramOfText(f)), false)
	f.Add([]byte(`{"unk_id":null,"vocab":[["a",-1],["b",null],["c"]]}`), false)
	f.Fuzz(func(t *testing.T, data []byte, pieces bool) {
		kind := KindUnigram
		if pieces {
			kind = KindWordPiece
		}
		m, err := parseWords(pattern(t, "gpt2"), kind, data, []hfAddedToken{{ID: 0, Content: EndOfText}})
		if err != nil {
			return
		}
		for _, text := range encodeSeeds {
			if back, err := m.Decode(encodeWords(m, text)); err != nil || string(back) != text {
				t.Fatalf("%q comes back as %q, %v", text, back, err)
			}
		}
		if _, err := parseWords(pattern(t, "gpt2"), kind, modelJSON(t, m), addedOf(m)); err != nil {
			t.Errorf("what was read cannot be read back once written: %v", err)
		}
	})
}
