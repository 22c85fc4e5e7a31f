package tokenize

import (
	"cmp"
	"context"
	"corpus/tokenize/internal/testtext"
	"corpus/tokenize/pretoken"
	"errors"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	gocmpopts "github.com/google/go-cmp/cmp/cmpopts"

	"corpus"
)

// countedWords yields words in order of their bytes.
func countedWords(counts map[string]int64) iter.Seq2[WordCount, error] {
	return func(yield func(WordCount, error) bool) {
		for _, w := range slices.Sorted(maps.Keys(counts)) {
			if !yield(WordCount{[]byte(w), counts[w]}, nil) {
				return
			}
		}
	}
}

// countWords is the plain reference of Counter.
func countWords(p *pretoken.Pattern, texts ...string) map[string]int64 {
	counts := map[string]int64{}
	for _, text := range texts {
		for w := range p.Words(text) {
			for len(w) > maxWord {
				counts[w[:maxWord]]++
				w = w[maxWord:]
			}
			counts[w]++
		}
	}
	return counts
}

// referenceMerges is the plain reference of Train: for every merge it counts all pairs of all words again.
func referenceMerges(counts map[string]int64, opts TrainOptions) [][2]string {
	type word struct {
		tokens []string
		count  int64
	}
	ids := map[string]int{}
	for i, s := range opts.SpecialTokens {
		ids["special "+s] = i
	}
	for _, b := range alphabet() {
		ids[string([]byte{b})] = len(ids)
	}
	var words []word
	for w, n := range counts {
		words = append(words, word{strings.Split(latin1(w), ""), n})
	}
	for i := range words {
		for k, s := range words[i].tokens {
			words[i].tokens[k] = string([]byte{byte([]rune(s)[0])})
		}
	}
	var merges [][2]string
	dead := map[[2]string]bool{}
	for len(ids) < opts.VocabSize {
		pairs := map[[2]string]int64{}
		for _, w := range words {
			for i := 1; i < len(w.tokens); i++ {
				p := [2]string{w.tokens[i-1], w.tokens[i]}
				long := opts.MaxTokenLength > 0 && len(p[0])+len(p[1]) > 2 && len(p[0])+len(p[1]) >= opts.MaxTokenLength
				if !long && !dead[p] {
					pairs[p] += w.count
				}
			}
		}
		if len(pairs) == 0 {
			break
		}
		best := slices.MinFunc(slices.Collect(maps.Keys(pairs)), func(a, b [2]string) int {
			return cmp.Or(cmp.Compare(pairs[b], pairs[a]), cmp.Compare(ids[a[0]], ids[b[0]]), cmp.Compare(ids[a[1]], ids[b[1]]))
		})
		if pairs[best] < max(1, opts.MinFrequency) {
			break
		}
		if slices.Contains(opts.SpecialTokens, spell([]byte(best[0]+best[1]))) {
			dead[best] = true
			continue
		}
		merges = append(merges, best)
		ids[best[0]+best[1]] = len(ids)
		for i, w := range words {
			var tokens []string
			for k := 0; k < len(w.tokens); k++ {
				if k+1 < len(w.tokens) && [2]string{w.tokens[k], w.tokens[k+1]} == best {
					tokens = append(tokens, best[0]+best[1])
					k++
				} else {
					tokens = append(tokens, w.tokens[k])
				}
			}
			words[i].tokens = tokens
		}
	}
	return merges
}

// latin1 gives every byte a character of its own.
func latin1(s string) string {
	r := make([]rune, len(s))
	for i := range len(s) {
		r[i] = rune(s[i])
	}
	return string(r)
}

func mergeTexts(m *Model) [][2]string {
	var out [][2]string
	for _, g := range m.merges {
		out = append(out, [2]string{string(m.tokens[g.left]), string(m.tokens[g.right])})
	}
	return out
}

func TestTrainEqualsReference(t *testing.T) {
	overlaps := map[string]int64{"aaa": 3, "aaaa": 2, "baaab": 5, "aabaa": 1, "abababa": 4, "aaaaaaaaa": 7}
	for _, c := range []struct {
		name   string
		counts map[string]int64
		change func(*TrainOptions)
	}{
		{"text", countWords(pattern(t, "cl100k"), testtext.Sample(1, 6000)), func(o *TrainOptions) { o.VocabSize = 257 + 150 }},
		{"overlaps", overlaps, func(o *TrainOptions) {}},
		{"once is enough", overlaps, func(o *TrainOptions) { o.MinFrequency = 0 }},
		{"short tokens", overlaps, func(o *TrainOptions) { o.MaxTokenLength = 4 }},
		{"tokens of two bytes", overlaps, func(o *TrainOptions) { o.MaxTokenLength = 1 }},
		{"no special tokens", overlaps, func(o *TrainOptions) { o.SpecialTokens = nil }},
		{"special token in the text", map[string]int64{"<s>": 9, "a<s>": 4, "<s": 1}, func(o *TrainOptions) { o.SpecialTokens = []string{"<pad>", "<s>"} }},
		{"bytes that are no text", map[string]int64{"\xff\x00\xff\x00\x80": 4, "\x80\xff": 2}, func(o *TrainOptions) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			opts := DefaultTrainOptions()
			c.change(&opts)
			m, err := Train(context.Background(), countedWords(c.counts), opts, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(referenceMerges(c.counts, opts), mergeTexts(m)); diff != "" {
				t.Errorf("merges (-reference +trained):\n%s", diff)
			}
		})
	}
}

func FuzzTrain(f *testing.F) {
	f.Add("aaaa abab aabb", uint8(30), uint8(0), uint8(0), "")
	f.Add(testtext.Sample(2, 300), uint8(60), uint8(5), uint8(1), "the")
	f.Add(testtext.Sample(3, 400), uint8(9), uint8(0), uint8(2), "")
	f.Add("<s>a<s> <s>aa <s><s> a<s", uint8(40), uint8(0), uint8(0), "<s>")
	f.Fuzz(func(t *testing.T, text string, merges, most, least uint8, special string) {
		counts := countWords(pattern(t, "gpt2"), text[:min(len(text), 400)])
		opts := DefaultTrainOptions()
		opts.MaxTokenLength = int(most)
		opts.MinFrequency = int64(least % 8)
		if checkSpecials([]string{EndOfText, special}) == nil {
			opts.SpecialTokens = append(opts.SpecialTokens, special)
		}
		opts.VocabSize = len(opts.SpecialTokens) + 256 + int(merges)
		want := referenceMerges(counts, opts)
		narrow, err := Train(context.Background(), countedWords(counts), opts, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(want, mergeTexts(narrow)); diff != "" {
			t.Errorf("merges (-reference +trained):\n%s", diff)
		}
		words, err := selectWords(countedWords(counts), opts.MaxWordBytes)
		if err != nil {
			t.Fatal(err)
		}
		wide, err := runTrainer[uint32](context.Background(), narrow.pattern, words, opts, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(want, mergeTexts(wide)); diff != "" {
			t.Errorf("merges with wide ids (-reference +trained):\n%s", diff)
		}
	})
}

// TestLargeCounts has pairs of more than 2^32 occurrences, where 32 bits would wrap around or stop.
func TestLargeCounts(t *testing.T) {
	counts := map[string]int64{"ab": 1<<61 + 1, "cd": 1 << 60, "ce": 1<<60 - 1, "aab": 5, "fg": 1<<32 + 7, "gh": 7, "hij": 1<<31 + 1, "x": 3}
	opts := DefaultTrainOptions()
	m, err := Train(context.Background(), countedWords(counts), opts, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(referenceMerges(counts, opts), mergeTexts(m)); diff != "" {
		t.Errorf("merges (-reference +trained):\n%s", diff)
	}
	if got, want := m.Stats().Occurrences, int64(1<<61+1+1<<60+1<<60-1+5+1<<32+7+7+1<<31+1+3); got != want {
		t.Errorf("%d occurrences, want %d", got, want)
	}
}

// TestVocabularyOfEverySize trains on text in which the last merges are of frequent pairs, where pairs that can no longer be merged are not kept.
func TestVocabularyOfEverySize(t *testing.T) {
	counts := countWords(pattern(t, "cl100k"), testtext.Sample(5, 20000))
	for _, special := range []string{EndOfText, "the", " t", "Ġt"} {
		opts := DefaultTrainOptions()
		opts.SpecialTokens = []string{special}
		opts.VocabSize = 257 + 120
		all := referenceMerges(counts, opts)
		for n := range 121 {
			opts.VocabSize = 257 + n
			m, err := Train(context.Background(), countedWords(counts), opts, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(all[:n], mergeTexts(m), gocmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%d merges, special token %q (-reference +trained):\n%s", n, special, diff)
			}
		}
	}
}

func TestRolesOfSpecialTokens(t *testing.T) {
	opts := DefaultTrainOptions()
	opts.SpecialTokens = []string{"<s>", "</s>", "<pad>", EndOfText}
	opts.BOSToken, opts.EOSToken, opts.PadToken = "<s>", "</s>", "<pad>"
	for _, kind := range []string{KindBPE, KindWordPiece, KindUnigram} {
		opts.Model = kind
		m, err := Train(context.Background(), countedWords(map[string]int64{"hug": 10, "pug": 5}), opts, nil)
		if err != nil {
			t.Fatal(err)
		}
		if m.Kind() != kind {
			t.Errorf("a model of kind %s, want %s", m.Kind(), kind)
		}
		for i, role := range []func() (uint32, bool){m.BOS, m.EOS, m.Pad} {
			if id, ok := role(); !ok || id != uint32(i) {
				t.Errorf("%s: token %d has role %d, %v", kind, id, i, ok)
			}
		}
	}
}

// TestMergesEqualPeer compares with the merges of another trainer, made of the same lines: CORPUS_PEER_TEXT is a text file, fed by line without line
// ends, CORPUS_PEER_MERGES the merges, two tokens a line. docs/tokenize.md says how to make them.
func TestMergesEqualPeer(t *testing.T) {
	text, merges := os.Getenv("CORPUS_PEER_TEXT"), os.Getenv("CORPUS_PEER_MERGES")
	if text == "" || merges == "" {
		t.Skip("CORPUS_PEER_TEXT and CORPUS_PEER_MERGES name no files")
	}
	data, err := os.ReadFile(text)
	if err != nil {
		t.Fatal(err)
	}
	peer, err := os.ReadFile(merges)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSuffix(string(peer), "\n"), "\n")
	counter, err := NewCounter("gpt2", t.TempDir(), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	defer counter.Close()
	for line := range strings.SplitSeq(string(data), "\n") {
		if err := counter.Add(line); err != nil {
			t.Fatal(err)
		}
	}
	opts := DefaultTrainOptions()
	opts.Pattern, opts.MinFrequency, opts.VocabSize = "gpt2", 0, 257+len(want)
	m, err := Train(context.Background(), counter.Words(context.Background()), opts, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range m.merges {
		got = append(got, spell(m.tokens[g.left])+" "+spell(m.tokens[g.right]))
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("merges (-peer +trained):\n%.2000s", diff)
	}
}

func TestTrainIDs(t *testing.T) {
	opts := DefaultTrainOptions()
	opts.SpecialTokens = []string{"<pad>", EndOfText}
	m, err := Train(context.Background(), countedWords(map[string]int64{"hug": 10, "pug": 5, "pun": 12, "bun": 4, "hugs": 5}), opts, nil)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[uint32]string{
		0: "<pad>", 1: EndOfText, 2: "!", 95: "~", 96: "\xa1", 190: "\x00", 257: "\xad", // U+0143 is the last of the alphabet
		258: "ug", 259: "un", 260: "hug", 261: "pun", // counts 20, 16, 15, 12
	} {
		if got, ok := m.Token(id); !ok || string(got) != want {
			t.Errorf("token %d is %q, want %q", id, got, want)
		}
	}
	if id, ok := m.EOS(); !ok || id != 1 {
		t.Errorf("EOS is %d, %v, want 1", id, ok)
	}
}

func TestTrainStats(t *testing.T) {
	m, err := Train(context.Background(), countedWords(map[string]int64{"abc": 3, "x": 2}), DefaultTrainOptions(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := TrainStats{Words: 2, Occurrences: 5, Bytes: 11, Merges: 2, Wanted: 8192 - 257, LastCount: 3}
	if diff := gocmp.Diff(want, m.Stats()); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
	if !m.Stats().Short() {
		t.Error("a vocabulary of 259 instead of 8192 is not called short")
	}
	if m.VocabSize() != 259 {
		t.Errorf("vocabulary of %d, want 259", m.VocabSize())
	}
}

func TestTrainReportsProgressAndStops(t *testing.T) {
	opts := DefaultTrainOptions()
	opts.VocabSize = 1024
	counts := countWords(pattern(t, "cl100k"), testtext.Sample(3, 60000))
	var seen []int
	if _, err := Train(context.Background(), countedWords(counts), opts, func(merges, total int) {
		if total != 1024-257 {
			t.Errorf("total %d", total)
		}
		seen = append(seen, merges)
	}); err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff([]int{0, 256, 512, 767}, seen); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
	ctx, cancel := context.WithCancel(context.Background())
	if _, err := Train(ctx, countedWords(counts), opts, func(int, int) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v after cancel", err)
	}
	broken := func(yield func(WordCount, error) bool) { yield(WordCount{}, errors.New("disk on fire")) }
	if _, err := Train(context.Background(), broken, opts, nil); err == nil || !strings.Contains(err.Error(), "disk on fire") {
		t.Errorf("error %v of words that cannot be read", err)
	}
}

func TestTrainOptionsAreChecked(t *testing.T) {
	for _, c := range []struct {
		key    string
		change func(*TrainOptions)
	}{
		{"vocab_size", func(o *TrainOptions) { o.VocabSize = 256 }},
		{"vocab_size", func(o *TrainOptions) { o.VocabSize = 1 << 30 }},
		{"model", func(o *TrainOptions) { o.Model = "bbpe" }},
		{"vocab_size", func(o *TrainOptions) { o.Model, o.VocabSize = KindWordPiece, 512 }},
		{"max_word_bytes", func(o *TrainOptions) { o.MaxWordBytes = 0 }},
		{"max_word_bytes", func(o *TrainOptions) { o.MaxWordBytes = 1 << 32 }},
		{"bos_token", func(o *TrainOptions) { o.BOSToken = "<s>" }},
		{"eos_token", func(o *TrainOptions) { o.EOSToken = "<s>" }},
		{"pad_token", func(o *TrainOptions) { o.PadToken = "<s>" }},
		{"pattern", func(o *TrainOptions) { o.Pattern = "gpt5" }},
		{"min_frequency", func(o *TrainOptions) { o.MinFrequency = -1 }},
		{"max_token_length", func(o *TrainOptions) { o.MaxTokenLength = -1 }},
		{"special_tokens", func(o *TrainOptions) { o.SpecialTokens = []string{"<s>", "<s>"} }},
		{"special_tokens", func(o *TrainOptions) { o.SpecialTokens = []string{""} }},
		{"special_tokens", func(o *TrainOptions) { o.SpecialTokens = []string{"a"} }},
		{"special_tokens", func(o *TrainOptions) { o.SpecialTokens = []string{"\xff"} }},
	} {
		opts := DefaultTrainOptions()
		c.change(&opts)
		var bad *corpus.OptionError
		if err := opts.Validate(); !errors.As(err, &bad) || bad.Key != c.key {
			t.Errorf("%+v: error %v, want one of %s", opts, err, c.key)
		}
	}
	if err := DefaultTrainOptions().Validate(); err != nil {
		t.Error(err)
	}
}
