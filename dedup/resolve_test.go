package dedup

import (
	"context"
	"errors"
	"iter"
	"maps"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
	"corpus/internal/spill"
)

// family makes groups of texts: each a base text, copies in another case, and near copies with one word changed
// (similarity about 0.97), strewn among texts of their own. It returns the texts in random order.
func family(seed uint64) []string {
	rng := rand.New(rand.NewPCG(seed, 11))
	var texts []string
	for range 30 {
		base := words(rng, 300)
		texts = append(texts, strings.Join(base, " "))
		for range rng.IntN(4) {
			switch rng.IntN(3) {
			case 0:
				texts = append(texts, strings.ToUpper(strings.Join(base, "\n")))
			default:
				base[rng.IntN(len(base))] = "changed"
				texts = append(texts, strings.Join(base, " "))
			}
		}
		texts = append(texts, strings.Join(words(rng, 100), " "), "...")
	}
	rng.Shuffle(len(texts), func(i, j int) { texts[i], texts[j] = texts[j], texts[i] })
	return texts
}

// bruteForce clusters by exact text and exact Jaccard >= .7 over all pairs; similarities are left out.
func bruteForce(texts []string) []Member {
	root := make([]int, len(texts))
	exact := make([]bool, len(texts))
	sets := make([]map[string]bool, len(texts))
	for i, text := range texts {
		root[i], sets[i] = i, shingleSet(text, 5)
	}
	join := func(i, j int) {
		a, b := min(root[i], root[j]), max(root[i], root[j])
		for k := range root {
			if root[k] == b {
				root[k] = a
			}
		}
	}
	for j := range texts {
		for i := range j {
			if plainTextKey(texts[i]) == plainTextKey(texts[j]) {
				exact[j] = true
				join(i, j)
			} else if len(sets[i]) > 0 && setJaccard(sets[i], sets[j]) >= .7 {
				join(i, j)
			}
		}
	}
	size := make(map[int]int)
	for _, r := range root {
		size[r]++
	}
	var members []Member
	for i, r := range root {
		if size[r] < 2 {
			continue
		}
		m := Member{Ref: corpus.Ref(i), Survivor: corpus.Ref(r)}
		switch {
		case exact[i]:
			m.Method = "exact"
		case i != r:
			m.Method = "minhash"
		}
		members = append(members, m)
	}
	return members
}

func TestClustersEqualBruteForce(t *testing.T) {
	exact, _ := NewExact(DefaultExactOptions())
	minhash := newMinHash(t, nil)
	for seed := range uint64(3) {
		texts := family(seed)
		got, stats := resolve(t, setup{exact: exact, minhash: minhash}, texts)
		var found Stats
		for i := range got {
			m := &got[i]
			switch m.Method {
			case "minhash":
				found.drop("minhash")
				if m.Similarity < .7 || m.Similarity > 1 {
					t.Errorf("%+v: similarity below the threshold", *m)
				}
			case "exact":
				found.drop("exact")
				if m.Similarity != 1 {
					t.Errorf("%+v: an exact copy must have similarity 1", *m)
				}
			default:
				found.Clusters++
			}
			m.Similarity = 0
		}
		if diff := cmp.Diff(bruteForce(texts), got); diff != "" {
			t.Errorf("seed %d: -brute force +got:\n%s", seed, diff)
		}
		if stats.Clusters != found.Clusters || !maps.Equal(stats.Dropped, found.Dropped) {
			t.Errorf("%+v do not fit the members %+v", stats, found)
		}
		if found.Dropped["exact"] == 0 || found.Dropped["minhash"] == 0 || stats.AcceptedPairs < found.Dropped["minhash"] {
			t.Errorf("%+v: the texts do not test both methods", stats)
		}
	}
}

func TestResultDoesNotDependOnPartitions(t *testing.T) {
	exact, _ := NewExact(DefaultExactOptions())
	minhash := newMinHash(t, nil)
	texts := family(4)
	want, wantStats := resolve(t, setup{exact: exact, minhash: minhash}, texts)
	for name, s := range map[string]setup{
		"little memory":  {memory: 20_000},
		"one run":        {oneRun: true, shuffle: 5},
		"another order":  {shuffle: 6},
		"all of the two": {oneRun: true, memory: 10_000, shuffle: 7},
	} {
		t.Run(name, func(t *testing.T) {
			s.exact, s.minhash = exact, minhash
			got, stats := resolve(t, s, texts)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if diff := cmp.Diff(wantStats, stats); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// pairsRun stores pairs of (key Refs, Ref, value).
func pairsRun(t *testing.T, pairs ...corpus.Pair) []*spill.Run {
	return []*spill.Run{writePairs(t, filepath.Join(t.TempDir(), "a.run"), pairs)}
}

func link(a, b corpus.Ref) corpus.Pair { return corpus.Pair{Key: pairKey(nil, a, b), Ref: a} }

func TestResolveByHand(t *testing.T) {
	far := corpus.MakeRef(7, 3) // Refs of several input files are large
	texts := map[corpus.Ref]string{
		1: "nothing of this sort", 2: "a b c d", 4: "a b c d e", 5: "A b, c d", 8: "a b c", 9: "c d e", far: "e a b c d e",
	}
	in := Inputs{
		// 5 is a copy of 2. The link from 4 to 5 must count as one from 2 to 4.
		Exact:      pairsRun(t, corpus.Pair{Key: appendRef(nil, 5), Ref: 2}),
		Candidates: pairsRun(t, link(1, 4), link(4, 5), link(4, far), link(8, 9), link(2, 5), link(4, far)),
		MinHash:    MinHashOptions{Ngram: 1, Threshold: .8, Verify: true},
		Dir:        t.TempDir(),
	}
	var units []int
	in.Documents = func(_ context.Context, unit int) iter.Seq2[*corpus.Document, error] {
		units = append(units, unit)
		return func(yield func(*corpus.Document, error) bool) {
			for _, ref := range slices.Sorted(maps.Keys(texts)) {
				if ref.Unit() == unit && !yield(&corpus.Document{Ref: ref, Text: texts[ref]}, nil) {
					return
				}
			}
		}
	}
	var got []Member
	stats, err := Resolve(context.Background(), in, func(m Member) error {
		got = append(got, m)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []Member{
		{Ref: 2, Survivor: 2, Similarity: 1},
		{Ref: 4, Survivor: 2, Method: "minhash", Similarity: 1},
		{Ref: 5, Survivor: 2, Method: "exact", Similarity: 1},
		{Ref: far, Survivor: 2, Method: "minhash", Similarity: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	wantStats := Stats{Clusters: 1, Dropped: map[string]int64{"exact": 1, "minhash": 2}, LargestCluster: 4, CandidatePairs: 4, AcceptedPairs: 2,
		Similarities: [20]int64{0: 1, 4: 1, 16: 1, 19: 1},
		Samples:      []PairSample{{First: 2, Second: 4, Similarity: .8, Accepted: true}, {First: 4, Second: far, Similarity: 1, Accepted: true}},
	}
	if diff := cmp.Diff(wantStats, stats); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]int{0, 7}, units); diff != "" {
		t.Errorf("units read: -want +got:\n%s", diff)
	}
}

func TestResolveRefusesBadInputs(t *testing.T) {
	good := pairsRun(t, corpus.Pair{Key: appendRef(nil, 1), Ref: 1})
	verified := MinHashOptions{Ngram: 5, Threshold: .7, Verify: true}
	tests := []struct {
		name string
		in   Inputs
		want string
	}{
		{"missing document", Inputs{Candidates: pairsRun(t, link(1, 9)), MinHash: verified, Documents: documentsOf([]string{"a", "b"})}, "document 9 of a candidate pair is not there"},
		{"no documents", Inputs{Candidates: pairsRun(t, link(1, 9)), MinHash: verified, Documents: documentsOf(nil)}, "document 1 of a candidate pair is not there"},
		{"candidate that is none", Inputs{Candidates: good}, "key of 8 bytes"},
		{"copy of a later document", Inputs{Exact: pairsRun(t, corpus.Pair{Key: appendRef(nil, 3), Ref: 4})}, "document 3"},
		{"exact record that is none", Inputs{Exact: pairsRun(t, link(1, 2))}, "record of 16 and"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.in.Dir = t.TempDir()
			_, err := Resolve(context.Background(), tt.in, func(Member) error { return nil })
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if left, _ := filepath.Glob(filepath.Join(tt.in.Dir, "*")); len(left) > 0 {
				t.Errorf("files are left: %v", left)
			}
		})
	}
}

func TestResolveStops(t *testing.T) {
	in := Inputs{Exact: pairsRun(t, corpus.Pair{Key: appendRef(nil, 5), Ref: 2}), Dir: t.TempDir()}
	full := errors.New("disk is full")
	if _, err := Resolve(context.Background(), in, func(Member) error { return full }); !errors.Is(err, full) {
		t.Errorf("error %v, want that of emit", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Resolve(ctx, in, func(Member) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

func TestExactCopyIsNotComparedAgain(t *testing.T) {
	exact, _ := NewExact(DefaultExactOptions())
	base := words(rand.New(rand.NewPCG(3, 3)), 300)
	text := strings.Join(base, " ")
	_, stats := resolve(t, setup{exact: exact, minhash: newMinHash(t, nil)}, []string{text, strings.ToUpper(text), text + " more"})
	if stats.CandidatePairs != 1 || stats.AcceptedPairs != 1 || stats.LargestCluster != 3 {
		t.Errorf("stats are %+v, want one pair and one cluster of three", stats)
	}
}

// TestSimilarityIsThatOfTheBestPair has a third text that is nearer to the first than to the second.
func TestSimilarityIsThatOfTheBestPair(t *testing.T) {
	m := newMinHash(t, nil)
	base := words(rand.New(rand.NewPCG(8, 8)), 300)
	near := strings.Join(append(slices.Clone(base[:299]), "changed"), " ")
	texts := []string{strings.Join(base, " "), strings.Join(base[25:], " "), near}
	share := func(i, j int) float64 { return math.Round(jaccard(texts[i], texts[j], 5)*1e4) / 1e4 }
	got, stats := resolve(t, setup{minhash: m}, texts)
	if stats.AcceptedPairs != 3 || len(got) != 3 || share(1, 2) >= share(0, 2) {
		t.Fatalf("%+v, %v: the texts do not test it: shares %v and %v", stats, got, share(0, 2), share(1, 2))
	}
	if got[2].Similarity != share(0, 2) {
		t.Errorf("similarity is %v, want %v", got[2].Similarity, share(0, 2))
	}
}

// Without verification every pair that shares a band counts, and nothing is known of its similarity.
func TestUnverified(t *testing.T) {
	in := Inputs{Candidates: pairsRun(t, link(1, 4)), MinHash: MinHashOptions{Threshold: .9}, Dir: t.TempDir()}
	var got []Member
	if _, err := Resolve(context.Background(), in, func(m Member) error { got = append(got, m); return nil }); err != nil {
		t.Fatal(err)
	}
	want := []Member{{Ref: 1, Survivor: 1, Similarity: 1}, {Ref: 4, Survivor: 1, Method: "minhash"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestJaccard(t *testing.T) {
	for _, c := range []struct {
		a, b []uint64
		want float64
	}{
		{nil, nil, 1}, {nil, []uint64{1}, 0}, {[]uint64{1, 2, 3}, []uint64{2, 3, 4}, .5}, {[]uint64{1, 2}, []uint64{3, 4}, 0},
		{[]uint64{1, 5, 9}, []uint64{1, 5, 9}, 1}, {[]uint64{9}, []uint64{1, 2, 9}, 1. / 3},
	} {
		if got := jaccardOf(c.a, c.b); got != c.want {
			t.Errorf("%v and %v: %v, want %v", c.a, c.b, got, c.want)
		}
		if got := jaccardOf(c.b, c.a); got != c.want {
			t.Errorf("%v and %v: %v, want %v", c.b, c.a, got, c.want)
		}
	}
}
