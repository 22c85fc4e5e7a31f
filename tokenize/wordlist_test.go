package tokenize

import (
	"context"
	"corpus/tokenize/internal/testtext"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// chosenWords is the plain reference of selectWords: it sorts all words and takes them up to the first that does not fit.
func chosenWords(counts map[string]int64, limit int64) (chosen []string) {
	all := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return compareFrequency(WordCount{[]byte(a), counts[a]}, WordCount{[]byte(b), counts[b]})
	})
	for _, w := range all {
		if limit -= int64(len(w)) + 1; limit < 0 {
			break
		}
		chosen = append(chosen, w)
	}
	return chosen
}

func TestSelectWordsEqualsReference(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for _, c := range []struct {
		name  string
		words int
		most  uint64 // count
		long  int
	}{
		{"few counts", 5000, 3, 12},
		{"many counts", 5000, 100000, 12},
		{"one count", 3000, 1, 5},
		{"long words", 300, 20, 600},
	} {
		counts := map[string]int64{}
		for range c.words {
			word := make([]byte, 1+rng.IntN(c.long))
			for i := range word {
				word[i] = byte(rng.UintN(256))
			}
			counts[string(word)] = 1 + int64(rng.Uint64N(c.most))
		}
		for _, limit := range []int64{minWordBytes, 1500, 8000, 1 << 20} {
			t.Run(fmt.Sprintf("%s, %d", c.name, limit), func(t *testing.T) {
				want := chosenWords(counts, limit)
				for range 3 { // maps come in another order each time
					list, err := selectWords(func(yield func(WordCount, error) bool) {
						for w, n := range counts {
							if !yield(WordCount{[]byte(w), n}, nil) {
								return
							}
						}
					}, limit)
					if err != nil {
						t.Fatal(err)
					}
					var got []string
					left := TrainStats{LeftOutWords: int64(len(counts)), LeftOutOccurrences: list.stats.Occurrences}
					last := int64(1 << 62)
					for w := range list.all {
						if w.Count > last {
							t.Fatalf("a word seen %d times comes after one seen %d times", w.Count, last)
						}
						last = w.Count
						got = append(got, string(w.Word))
						left.LeftOutWords--
						left.LeftOutOccurrences -= counts[string(w.Word)]
					}
					slices.Sort(got)
					if diff := cmp.Diff(slices.Sorted(slices.Values(want)), got); diff != "" {
						t.Fatalf("words (-reference +chosen):\n%.2000s", diff)
					}
					if list.stats.LeftOutWords != left.LeftOutWords || list.stats.LeftOutOccurrences != left.LeftOutOccurrences {
						t.Errorf("%d words and %d occurrences are said to be left out, %d and %d are", list.stats.LeftOutWords,
							list.stats.LeftOutOccurrences, left.LeftOutWords, left.LeftOutOccurrences)
					}
				}
			})
		}
	}
}

// What is left out has no part in the training, and is told.
func TestTrainOnTheMostFrequentWords(t *testing.T) {
	counts := countWords(pattern(t, "cl100k"), testtext.Sample(4, 60000))
	opts := DefaultTrainOptions()
	opts.VocabSize, opts.MaxWordBytes = 257+100, 2000
	kept := map[string]int64{}
	for _, w := range chosenWords(counts, opts.MaxWordBytes) {
		kept[w] = counts[w]
	}
	m, err := Train(context.Background(), countedWords(counts), opts, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(referenceMerges(kept, opts), mergeTexts(m)); diff != "" {
		t.Errorf("merges (-reference +trained):\n%s", diff)
	}
	s := m.Stats()
	if s.Words != int64(len(counts)) || s.LeftOutWords != int64(len(counts)-len(kept)) || s.Coverage() <= 0.5 || s.Coverage() >= 1 {
		t.Errorf("%+v, coverage %v: %d words are there and %d were used", s, s.Coverage(), len(counts), len(kept))
	}
}

func TestSelectWordsPassesErrorsOn(t *testing.T) {
	broken := errors.New("broken")
	if _, err := selectWords(func(yield func(WordCount, error) bool) { yield(WordCount{}, broken) }, 1<<20); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}
