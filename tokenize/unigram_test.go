package tokenize

import (
	"context"
	"corpus/tokenize/internal/testtext"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

func trainedUnigram(t testing.TB, counts map[string]int64, change func(o *TrainOptions)) *Model {
	return trainedWords(t, trainUnigram, counts, func(o *TrainOptions) {
		o.Model, o.VocabSize = KindUnigram, 1+256+200
		if change != nil {
			change(o)
		}
	})
}

// unigramOfText is trained on made text.
func unigramOfText(t testing.TB) *Model {
	return trainedUnigram(t, countWords(pattern(t, "gpt2"), testtext.Sample(7, 20000), strings.Repeat("### a ##b\n", 20)), nil)
}

// segmentations calls f with every way to cut a word into the pieces of a vocabulary.
func segmentations(scores map[string]float64, word string, f func(pieces []string)) {
	var cut func(rest string, pieces []string)
	cut = func(rest string, pieces []string) {
		if rest == "" {
			f(pieces)
		}
		for n := 1; n <= len(rest); n++ {
			if _, ok := scores[rest[:n]]; ok {
				cut(rest[n:], append(slices.Clip(pieces), rest[:n]))
			}
		}
	}
	cut(word, nil)
}

// referenceUnigram is the plain reference of unigram.encodeWord: it tries every segmentation. Of equal sums it takes the
// one with the longest last piece, then the one before.
func referenceUnigram(scores map[string]float64, word string) []string {
	var best []string
	most := math.Inf(-1)
	longer := func(a, b []string) bool {
		for i := 1; i <= min(len(a), len(b)); i++ {
			if d := len(a[len(a)-i]) - len(b[len(b)-i]); d != 0 {
				return d > 0
			}
		}
		return false
	}
	segmentations(scores, word, func(pieces []string) {
		var sum float64
		for _, p := range pieces {
			sum += scores[p]
		}
		if sum > most || sum == most && longer(pieces, best) {
			most, best = sum, slices.Clone(pieces)
		}
	})
	return best
}

// unigramOf makes a model of the bytes, which have the score -20, and more pieces.
func unigramOf(t testing.TB, scores map[string]float64) *Model {
	t.Helper()
	var vocab []unigramToken
	for b := range 256 {
		if s := string([]byte{byte(b)}); scores[s] == 0 {
			vocab = append(vocab, unigramToken{bytes: []byte(s), score: -20})
		}
	}
	for s, score := range scores {
		vocab = append(vocab, unigramToken{bytes: []byte(s), score: score})
	}
	m, err := newUnigram(pattern(t, "gpt2"), vocab, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestUnigramTakesTheBestSegmentation(t *testing.T) {
	m := unigramOf(t, map[string]float64{"ab": -3, "bc": -1, "abc": -30, "aa": -3, "abab": -6})
	for _, c := range []struct {
		name, word string
		want       []string
	}{
		{"highest sum", "abc", []string{"a", "bc"}},
		{"not the longest piece", "abcx", []string{"a", "bc", "x"}},
		{"ties: the longest last piece", "abab", []string{"abab"}},
		{"ties: the piece before", "aaa", []string{"a", "aa"}},
		{"bytes that are no text", "\xffab", []string{"\xff", "ab"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, id := range m.words.encodeWord(nil, nil, c.word) {
				got = append(got, string(m.tokens[id]))
			}
			if diff := gocmp.Diff(c.want, got); diff != "" {
				t.Errorf("pieces (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnigramEqualsReference(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		scores := map[string]float64{"a": -2, "b": -3, "c": -5}
		for w := range randomWords(r, "abc", 12, 5) {
			scores[w] = -float64(r.IntN(64)) / 8 // there are many ties
		}
		for s, score := range scores {
			if score == 0 {
				scores[s] = -0.5
			}
		}
		m := unigramOf(t, scores)
		for word := range randomWords(r, "abc", 20, 11) {
			var got []string
			for _, id := range m.words.encodeWord(nil, nil, word) {
				got = append(got, string(m.tokens[id]))
			}
			if diff := gocmp.Diff(referenceUnigram(scores, word), got); diff != "" {
				t.Fatalf("%q with %v (-reference +viterbi):\n%s", word, scores, diff)
			}
		}
	}
}

func FuzzUnigram(f *testing.F) {
	for _, s := range encodeSeeds {
		f.Add(s)
	}
	m := unigramOfText(f)
	scores := map[string]float64{}
	for _, t := range m.words.(*unigram).vocab {
		if t.bytes != nil {
			scores[string(t.bytes)] = t.score
		}
	}
	f.Fuzz(func(t *testing.T, word string) {
		ids := m.words.encodeWord(nil, nil, word)
		if back, err := m.Decode(ids); err != nil || string(back) != word {
			t.Fatalf("%q comes back as %q, %v", word, back, err)
		}
		if word = word[:min(len(word), 12)]; word == "" {
			return
		}
		var got []string
		for _, id := range m.words.encodeWord(nil, nil, word) {
			got = append(got, string(m.tokens[id]))
		}
		if diff := gocmp.Diff(referenceUnigram(scores, word), got); diff != "" {
			t.Errorf("%q (-reference +viterbi):\n%s", word, diff)
		}
	})
}

// unigramJSON is a model of the end of text, the bytes and more entries.
func unigramJSON(more ...string) []byte {
	var b jsonText
	b.raw(`{"type":"Unigram","unk_id":null,"vocab":[["` + EndOfText + `",0]`)
	for c := range 256 {
		b.raw(",[").value(spell([]byte{byte(c)})).raw(",-9.5]")
	}
	for _, m := range more {
		b.raw("," + m)
	}
	return append(b.buf.Bytes(), "]}"...)
}

func TestUnigramFileIsRefused(t *testing.T) {
	good := string(unigramJSON(`["ab",-1]`, `["bc",-1e0]`))
	for _, c := range []struct{ name, text, want string }{
		{"good", good, ""},
		{"token twice", string(unigramJSON(`["ab",-1]`, `["ab",-2]`)), `entries 257 and 258 are both "ab"`},
		{"byte twice", string(unigramJSON(`["a",-1]`)), "entries 98 and 257"},
		{"byte without token", strings.Replace(good, `["z",-9.5]`, `["zz",-9.5]`, 1), "0x7a"},
		{"no score", string(unigramJSON(`["ab"]`)), "not a token and its score"},
		{"null score", string(unigramJSON(`["ab",null]`)), "not a token and its score"},
		{"null token", string(unigramJSON(`[null,-1]`)), "not a token and its score"},
		{"three parts", string(unigramJSON(`["ab",-1,2]`)), "not a token and its score"},
		{"score too great", string(unigramJSON(`["ab",1e999]`)), "1e999"},
		{"not a number", string(unigramJSON(`["ab",NaN]`)), "invalid character"},
		{"text as score", string(unigramJSON(`["ab","-1"]`)), "not a token and its score"},
		{"empty token", string(unigramJSON(`["",-1]`)), "is empty"},
		{"not byte-level", string(unigramJSON(`["▁ab",-1]`)), "entry 257"},
		{"unknown token out of range", strings.Replace(good, `"unk_id":null`, `"unk_id":999`, 1), "unk_id 999"},
		{"special token elsewhere", strings.Replace(good, `["`+EndOfText+`",0]`, `["ba",0]`, 1), "tokens \"ba\" and \"" + EndOfText},
		{"vocabulary of another kind", `{"vocab":{"a":1}}`, "vocab"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := parseUnigram(pattern(t, "gpt2"), []byte(c.text), []hfAddedToken{{ID: 0, Content: EndOfText}})
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %v, want one of %s", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff([]uint32{257, 98, 258, 101}, encodeWords(m, "ababcd")); diff != "" {
				t.Errorf("ids:\n%s", diff)
			}
		})
	}
	if _, err := newUnigram(pattern(t, "gpt2"), []unigramToken{{bytes: []byte("a"), score: math.NaN()}}, nil); err == nil || !strings.Contains(err.Error(), "NaN") {
		t.Errorf("error %v of a score that is not a number", err)
	}
}

// TestScoresAreReadAsHuggingFaceDoes: the numbers are what tokenizers 0.22.2 writes again.
func TestScoresAreReadAsHuggingFaceDoes(t *testing.T) {
	for number, want := range map[string]float64{
		"0": 0, "-0.0": math.Copysign(0, -1), "-1": -1, "-12.5e0": -12.5, "-9.25E+1": -92.5, "1e-400": 0, "-1e-9999999999": math.Copysign(0, -1),
		"0.0000000000000000000000000001": 1.0000000000000001e-28, "-12.3457031250": -12.345703125, "-7.4512345678901234": -7.451234567890123,
		"123456789012345678901234567890": 1.2345678901234568e29, "0.1234567890123456789012345": 0.12345678901234568, "-9.8e-30": -9.800000000000001e-30,
		"12345678901234567890123e-10": 1234567890123.4568, "2.2250738585072014e-310": 2.2250738585072e-310, "18446744073709551615.5": 1.8446744073709552e19, "1e300": 1e300,
	} {
		got, err := parseScore(number)
		if err != nil || math.Float64bits(got) != math.Float64bits(want) {
			t.Errorf("%s is read as %v, %v, want %v", number, got, err, want)
		}
	}
	r := rand.New(rand.NewPCG(9, 10))
	others := 0
	for range 10000 {
		score := -r.Float64() * 30
		number := strconv.FormatFloat(score, 'g', -1, 64)
		got, err := parseScore(number)
		if err != nil || math.Abs(got-score) > 2*(math.Nextafter(-score, 99)+score) {
			t.Fatalf("%s is read as %v, %v", number, got, err)
		}
		if got != score {
			others++
		}
		if rounded := math.Round(score*scoreUnit) / scoreUnit; rounded != 0 {
			if got, err := parseScore(strconv.FormatFloat(rounded, 'f', -1, 64)); err != nil || got != rounded {
				t.Fatalf("the score %v, which training could give, is read as %v, %v", rounded, got, err)
			}
		}
	}
	if others == 0 {
		t.Error("no number is read otherwise than as the nearest one, as some are there")
	}
}

func BenchmarkEncodeWords(b *testing.B) {
	text := testtext.Sample(1, 1<<18)
	counts := countWords(pattern(b, "cl100k"), text)
	for _, m := range []*Model{trainedWordPiece(b, counts, nil), trainedUnigram(b, counts, nil)} {
		for _, c := range []struct{ name, text string }{{"text", text}, {"letter", strings.Repeat("a", 1<<18)}} {
			b.Run(fmt.Sprint(m.Kind(), "/", c.name), func(b *testing.B) {
				words := slices.Collect(m.Pattern().Words(c.text))
				var ids []uint32
				b.SetBytes(int64(len(c.text)))
				for b.Loop() {
					ids = ids[:0]
					for _, w := range words {
						ids = m.words.encodeWord(nil, ids, w)
					}
				}
			})
		}
	}
}

// BenchmarkTrainWords does not count the words; the bytes are those of the text.
func BenchmarkTrainWords(b *testing.B) {
	text := testtext.Sample(1, 8<<20)
	counts := countWords(pattern(b, "cl100k"), text)
	opts := DefaultTrainOptions()
	for _, kind := range []string{KindWordPiece, KindUnigram} {
		b.Run(kind, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				var err error
				if kind == KindUnigram {
					_, err = trainUnigram(context.Background(), pattern(b, "cl100k"), listOf(b, counts), opts, nil)
				} else {
					_, err = trainWordPiece(context.Background(), pattern(b, "cl100k"), listOf(b, counts), opts, nil)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
