package substring

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// searchAll runs a Search over the texts and returns copies of its removals.
func searchAll(t testing.TB, texts []string, ranks []uint32, opts Options, memory int64) []Removal {
	t.Helper()
	folder := t.TempDir()
	s, err := NewSearch(opts, folder, memory)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		if err := s.Add([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	reader := makeTexts(t, texts)
	s.Rank(ranks)
	if err := s.Find(context.Background(), reader); err != nil {
		t.Fatal(err)
	}
	var all []Removal
	for r, err := range s.Removals(context.Background(), reader) {
		if err != nil {
			t.Fatal(err)
		}
		r.Ranges = slices.Clone(r.Ranges)
		all = append(all, r)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(folder); len(left) > 0 {
		t.Errorf("the search leaves %d files behind", len(left))
	}
	return all
}

func TestSearchGivesWhatFindGives(t *testing.T) {
	rng := rand.New(rand.NewPCG(17, 18))
	for range 150 {
		texts := mixture(rng, 1+rng.IntN(4))
		ranks := randomRanks(rng, len(texts))
		o := optionsFor(2+rng.IntN(40), rng.IntN(4))
		made := makeTexts(t, texts)
		made.Rank(ranks)
		if diff := cmp.Diff(removals(find(t, made, o)), searchAll(t, texts, ranks, o, 1<<20)); diff != "" {
			t.Fatalf("length %d, keep %d, ranks %d, texts %q (-find +search):\n%s", o.MinLength, o.Keep, ranks, texts, diff)
		}
	}
}

// randomRanks are ranks of n documents, with equal ones among them, or none.
func randomRanks(rng *rand.Rand, n int) []uint32 {
	if rng.IntN(3) == 0 {
		return nil
	}
	ranks := make([]uint32, n)
	for i := range ranks {
		ranks[i] = uint32(rng.IntN(n))
	}
	return ranks
}

// The sorts have less memory than the anchors need.
func TestSearchOnDisk(t *testing.T) {
	rng := rand.New(rand.NewPCG(19, 20))
	var texts []string
	for i := range 600 {
		if i > 0 && rng.IntN(3) == 0 {
			from := texts[rng.IntN(len(texts))]
			texts = append(texts, letters(rng, 300, 26)+from[len(from)/3:]+letters(rng, 20, 26))
			continue
		}
		texts = append(texts, letters(rng, 2000, 26))
	}
	o := optionsFor(50, 1)
	want := removals(find(t, makeTexts(t, texts), o))
	if len(want) < 100 {
		t.Fatalf("%d documents lose something", len(want))
	}
	if diff := cmp.Diff(want, searchAll(t, texts, nil, o, 1)); diff != "" {
		t.Errorf("(-find +search):\n%.3000s", diff)
	}
}

// failing is a reader whose texts cannot be read again.
type failing struct{}

var errGone = errors.New("gone")

func (failing) ReadText(int, int64, []byte) error { return errGone }

func TestSearchReportsErrors(t *testing.T) {
	s, err := NewSearch(optionsFor(10, 1), t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range 2 {
		if err := s.Add([]byte(strings.Repeat("0123456789", 5) + "abc")); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range s.Removals(context.Background(), failing{}) {
		if err == nil {
			t.Error("removals before Find")
		}
	}
	if err := s.Find(context.Background(), failing{}); !errors.Is(err, errGone) {
		t.Errorf("error %v", err)
	}
	other, err := NewSearch(optionsFor(10, 1), t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.Rank([]uint32{1})
	if other.Find(context.Background(), failing{}) == nil {
		t.Error("no document has one rank")
	}
	if s.Add(nil) == nil || s.Find(context.Background(), failing{}) == nil {
		t.Error("a search goes on after Find")
	}
}
