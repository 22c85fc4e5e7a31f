package dedup

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

func TestHotBuckets(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	var texts []string
	for _, copies := range []int{maxAllPairs, maxAllPairs + 1, 40} { // equal texts share every band
		base := strings.Join(words(rng, 50), " ")
		for range copies {
			texts = append(texts, base)
		}
	}
	m := newMinHash(t, nil)
	_, stats := resolve(t, setup{minhash: m}, texts)
	bands := int64(m.opts.Bands)
	if want := bands * (17 + 40); stats.HotKeys != 2*bands || stats.HotDocuments != want {
		t.Errorf("%d hot keys of %d documents, want %d of %d", stats.HotKeys, stats.HotDocuments, 2*bands, want)
	}
	want := []HotKey{{Method: "minhash", Documents: 40, First: 33}, {Method: "minhash", Documents: 17, First: 16}}
	if diff := cmp.Diff(want, stats.Hot); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestHotOrder(t *testing.T) {
	var s Stats
	for i := range int64(50) {
		s.heat(HotKey{Method: "minhash", Documents: 17 + i*7%50, First: corpus.Ref(i)})
	}
	for i := range int64(50) {
		s.heat(HotKey{Method: "minhash", Documents: 17 + i*3%50/2, First: corpus.Ref(i)}) // smaller ones of the same
	}
	if len(s.Hot) != maxHot || s.HotKeys != 100 || s.Hot[0].Documents != 66 || s.Hot[19].Documents != 47 {
		t.Errorf("%+v", s)
	}
}

// TestSamples adds the same pairs in several orders.
func TestSamples(t *testing.T) {
	type pair struct {
		a, b  corpus.Ref
		units uint16
	}
	var pairs []pair
	for i := range 11_000 {
		pairs = append(pairs, pair{corpus.Ref(i), corpus.Ref(i + 7), uint16(i % 10_001)})
	}
	run := func(seed uint64) ([]PairSample, Stats) {
		var stats Stats
		s := sampler{seed: seed}
		for _, p := range pairs {
			s.add(&stats, p.a, p.b, p.units, p.units >= 7000)
		}
		return s.samples(), stats
	}
	want, stats := run(1)
	var sum int64
	for i, n := range stats.Similarities {
		if sum += n; n < 500 {
			t.Errorf("step %d has %d pairs", i, n)
		}
	}
	if sum != int64(len(pairs)) {
		t.Errorf("%d pairs are counted, want %d", sum, len(pairs))
	}
	if len(want) != 48 {
		t.Fatalf("%d samples, want 8 of each of 6 tenths", len(want))
	}
	for i, s := range want {
		if low := .4 + .1*float64(i/8); s.Similarity < low-1e-9 || s.Similarity > low+.1+1e-9 || s.Accepted != (s.Similarity >= .7) || s.Second != s.First+7 {
			t.Errorf("sample %d is %+v", i, s)
		}
	}
	slices.Reverse(pairs)
	again, _ := run(1)
	if diff := cmp.Diff(want, again); diff != "" {
		t.Errorf("another order: -want +got:\n%s", diff)
	}
	if other, _ := run(2); cmp.Equal(want, other) {
		t.Error("another seed chooses the same pairs")
	}
}
