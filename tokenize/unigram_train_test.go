package tokenize

import (
	"context"
	"corpus/tokenize/internal/testtext"
	"maps"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// referenceSeeds counts every substring.
func referenceSeeds(counts map[string]int64, least int64, maxBytes int) map[string]int64 {
	all, after := map[string]int64{}, map[string]map[byte]int64{}
	for w, n := range counts {
		for i := range len(w) {
			chars := 0
			for j := i; j < len(w) && j-i < maxBytes; j++ {
				if w[j]&0xc0 != 0x80 {
					chars++
				}
				if chars > maxPieceChars {
					break
				}
				s := w[i : j+1]
				all[s] += n
				if j+1 < len(w) {
					if after[s] == nil {
						after[s] = map[byte]int64{}
					}
					after[s][w[j+1]] += n
				}
			}
		}
	}
	seeds := map[string]int64{}
	for s, n := range all {
		if len(s) < 2 || n < least {
			continue
		}
		longer := false // always followed by the same byte, with which it is a piece as well
		for b, m := range after[s] {
			_, ok := all[s+string([]byte{b})]
			longer = longer || m == n && ok
		}
		if !longer {
			seeds[s] = n
		}
	}
	return seeds
}

func TestSeedsEqualReference(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for i := range 40 {
		counts := randomWords(r, []string{"ab", "abc\x00", "é", "a\xff"}[i%4], 40, 40)
		least, maxBytes := 1+r.Int64N(6), []int{2, 5, maxPieceBytes}[i%3]
		text := newUnigramText(0)
		for w := range listOf(t, counts).all {
			text.add(w)
		}
		got, order := map[string]int64{}, []string{}
		var sum float64
		pieces, err := text.seeds(context.Background(), least, mostSeeds, maxBytes)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range pieces {
			sum += math.Exp(p.score)
			order = append(order, string(p.in(text.bytes)))
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Errorf("the probabilities sum up to %v", sum)
		}
		if !slices.IsSorted(order) || len(order) < 256 {
			t.Errorf("%d pieces, sorted: %v", len(order), slices.IsSorted(order))
		}
		// The score of a piece is relative to that of the byte 0xfe, which is in no word and counts a half.
		rare := pieces[slices.Index(order, "\xfe")].score
		for _, p := range pieces {
			if p.n > 1 {
				got[string(p.in(text.bytes))] = int64(math.Round(math.Exp(p.score-rare) * leastExpected / float64(p.n)))
			}
		}
		if diff := gocmp.Diff(referenceSeeds(counts, least, maxBytes), got); diff != "" {
			t.Fatalf("least %d, %d bytes (-reference +suffixes):\n%s", least, maxBytes, diff)
		}
	}
}

func TestSeedsAreTheBest(t *testing.T) {
	text := newUnigramText(0)
	for w := range listOf(t, map[string]int64{"aab": 10, "cd": 9, "xyz": 5, "uv": 2}).all {
		text.add(w)
	}
	var got []string
	pieces, err := text.seeds(context.Background(), 2, 256+3, maxPieceBytes)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pieces {
		if p.n > 1 {
			got = append(got, string(p.in(text.bytes)))
		}
	}
	// Occurrences times bytes: aab 30, ab 20, cd 18, xyz 15, yz 10, uv 4.
	if diff := gocmp.Diff([]string{"aab", "ab", "cd"}, got); diff != "" {
		t.Errorf("seeds (-want +got):\n%s", diff)
	}
}

// TestExpectedCounts compares the forward-backward algorithm with going through all segmentations.
func TestExpectedCounts(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 50 {
		scores := map[string]float64{"a": -1, "b": -2}
		for w := range randomWords(r, "ab", 8, 4) {
			scores[w] = -r.Float64() * 9
		}
		var order []string
		for s := range scores {
			order = append(order, s)
		}
		slices.Sort(order)
		s := &segmenter{trie: newTrie(len(order), func(i int) ([]byte, uint32) { return []byte(order[i]), uint32(i) })}
		for _, p := range order {
			s.scores, s.odds = append(s.scores, scores[p]), append(s.odds, math.Exp(scores[p]))
		}
		for word := range randomWords(r, "ab", 5, 10) {
			want, z := make([]float64, len(order)), 0.0
			for _, add := range []bool{false, true} {
				segmentations(scores, word, func(pieces []string) {
					p := 1.0
					for _, s := range pieces {
						p *= math.Exp(scores[s])
					}
					if !add {
						z += p
						return
					}
					for _, s := range pieces {
						want[slices.Index(order, s)] += 7 * p / z
					}
				})
			}
			got, logs := make([]float64, len(order)), make([]float64, len(order))
			s.expect([]byte(word), 7, got)
			s.ahead, s.behind = zeros(s.ahead, len(word)+1), zeros(s.behind, len(word)+1)
			s.expectLog([]byte(word), 7, logs)
			for i := range order {
				if math.Abs(got[i]-want[i]) > 1e-9 || math.Abs(logs[i]-want[i]) > 1e-9 {
					t.Fatalf("%q in %q: expected %v, by logarithms %v, want %v", order[i], word, got[i], logs[i], want[i])
				}
			}
		}
	}
}

// TestExpectedCountsOfLongWords: the likelihood of the word is far below the least float64.
func TestExpectedCountsOfLongWords(t *testing.T) {
	s := &segmenter{trie: newTrie(1, func(int) ([]byte, uint32) { return []byte("a"), 0 }), scores: []float64{-9}, odds: []float64{math.Exp(-9)}}
	sums := []float64{0}
	s.expect([]byte(strings.Repeat("a", maxWord)), 2, sums)
	if math.Abs(sums[0]-2*maxWord) > 1e-6 {
		t.Errorf("expected %v times, want %d", sums[0], 2*maxWord)
	}
}

func TestDigamma(t *testing.T) {
	// Abramowitz and Stegun, table 6.1 and 6.3.
	for x, want := range map[float64]float64{0.5: -1.9635100260214235, 1: -0.5772156649015329, 2: 0.4227843350984671, 10: 2.251752589066721, 1e6: 13.815510057964191} {
		if got := digamma(x); math.Abs(got-want) > 1e-12 {
			t.Errorf("digamma(%v) = %v, want %v", x, got, want)
		}
	}
}

func TestTrainUnigram(t *testing.T) {
	counts := map[string]int64{"hello": 50, "lower": 30, "yellow": 10, "ow": 40, "\xff": 3}
	m := trainedUnigram(t, counts, func(o *TrainOptions) { o.VocabSize, o.SpecialTokens = 1+256+3, []string{"ow"} })
	u := m.words.(*unigram)
	if len(u.vocab) != 260 || u.vocab[0].special != "ow" || u.vocab[0].score != specialScore {
		t.Errorf("%d tokens, the first is %+v", len(u.vocab), u.vocab[0])
	}
	held := map[string]bool{}
	for i, v := range u.vocab[1:] {
		if held[string(v.bytes)] = true; i > 0 && v.score > u.vocab[i].score {
			t.Errorf("token %d has a higher score than the one before", i+1)
		}
		if v.score*scoreUnit != math.Round(v.score*scoreUnit) || v.score >= 0 {
			t.Errorf("token %d has the score %v", i+1, v.score)
		}
	}
	// "ow" is spelled as the special token.
	if !held["hello"] || !held["lower"] || !held["yellow"] || len(held) != 259 {
		t.Errorf("%d tokens: %q", len(held), slices.Sorted(maps.Keys(held)))
	}
	if s := m.Stats(); s.Merges != 3 || s.Wanted != 3 || s.Short() || s.Occurrences != 133 || s.Words != 5 {
		t.Errorf("stats %+v", s)
	}
	if m.Kind() != "unigram" {
		t.Errorf("kind %q", m.Kind())
	}
}

func TestTrainUnigramOptions(t *testing.T) {
	counts := countWords(pattern(t, "gpt2"), testtext.Sample(3, 20000))
	for _, c := range []struct {
		name    string
		change  func(o *TrainOptions)
		longest int
		short   bool
	}{
		{"as long as there are", func(o *TrainOptions) {}, maxPieceBytes, false},
		{"max_token_length", func(o *TrainOptions) { o.MaxTokenLength = 4 }, 3, false},
		{"max_token_length of one", func(o *TrainOptions) { o.MaxTokenLength = 1 }, 2, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := trainedUnigram(t, counts, c.change)
			longest := 0
			for _, v := range m.words.(*unigram).vocab {
				longest = max(longest, len(v.bytes))
			}
			if longest > c.longest || longest < min(c.longest, 3) || m.Stats().Short() != c.short {
				t.Errorf("the longest token has %d bytes, stats %+v", longest, m.Stats())
			}
		})
	}
	for _, counts := range []map[string]int64{nil, {"a": 1}, {"a": math.MaxInt64 / 2}} {
		if m := trainedUnigram(t, counts, nil); m.VocabSize() != 257 {
			t.Errorf("%d tokens of the words %v", m.VocabSize(), counts)
		}
	}
}

func TestTrainRefusesSpecialTokensInWords(t *testing.T) {
	for model, special := range map[string]string{KindWordPiece: "‿a", KindUnigram: "Ġa"} {
		opts := DefaultTrainOptions()
		opts.Model, opts.SpecialTokens = model, []string{EndOfText, special}
		if _, err := Train(context.Background(), countedWords(nil), opts, nil); err == nil || !strings.Contains(err.Error(), "special_tokens") || !strings.Contains(err.Error(), special) {
			t.Errorf("%s: error %v", model, err)
		}
	}
}

func TestTrainUnigramDoesNotDependOnProcessors(t *testing.T) {
	counts := countWords(pattern(t, "gpt2"), testtext.Sample(9, 100000))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var first string
	for _, n := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(n)
		text := string(modelJSON(t, trainedUnigram(t, counts, func(o *TrainOptions) { o.VocabSize = 600 })))
		if first == "" {
			first = text
		}
		if text != first {
			t.Errorf("the model made by %d processors is another than by one", n)
		}
	}
}

func TestTrainUnigramStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	opts := DefaultTrainOptions()
	opts.VocabSize = 300
	stopped, stop := context.WithCancel(context.Background())
	stop()
	if _, err := trainUnigram(stopped, pattern(t, "gpt2"), listOf(t, nil), opts, nil); err != context.Canceled {
		t.Errorf("error %v of a training that was stopped before it began", err)
	}
	_, err := trainUnigram(ctx, pattern(t, "gpt2"), listOf(t, countWords(pattern(t, "gpt2"), testtext.Sample(9, 30000))), opts, func(dropped, total int) {
		if dropped > 0 {
			cancel()
		}
	})
	if err != context.Canceled {
		t.Errorf("error %v of a training that was stopped", err)
	}
}
