package dedup

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSortHashes(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	uniform := func(n int) []uint64 {
		set := make([]uint64, n)
		for i := range set {
			set[i] = rng.Uint64()
		}
		return set
	}
	two := make([]uint64, 5000)
	narrow := uniform(5000)
	for i := range two {
		two[i] = uint64(i%2) + 7
		narrow[i] >>= 32
	}
	var scratch []uint64
	for _, c := range []struct {
		name string
		set  []uint64
	}{
		{"none", nil}, {"a few", uniform(63)}, {"some", uniform(64)}, {"many", uniform(50_000)}, {"two numbers", two}, {"32 bits", narrow},
		{"the ends", append(uniform(100), 0, 1<<64-1, 0, 1<<64-1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := slices.Sorted(slices.Values(c.set))
			scratch = sortHashes(c.set, scratch)
			if diff := cmp.Diff(want, c.set); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Sets in memory and in the working file are the same: the limit must not change what is found.
func TestSetsBeyondMemory(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	var texts []string
	for range 60 {
		a, b := alike(rng, 200, .8)
		texts = append(texts, a, b)
	}
	m := newMinHash(t, nil)
	want, wantStats := resolve(t, setup{minhash: m}, texts)
	for _, memory := range []int64{1, 4 * 8 * 1000, 4 * 8 * 10_000} { // none of the sets, some and most in memory
		got, stats := resolve(t, setup{minhash: m, memory: memory}, texts)
		if diff := cmp.Diff(want, got); diff != "" || len(got) < 60 {
			t.Errorf("%d bytes: %d members, -want +got:\n%s", memory, len(got), diff)
		}
		if diff := cmp.Diff(wantStats, stats); diff != "" {
			t.Errorf("%d bytes: -want +got:\n%s", memory, diff)
		}
	}
}

func BenchmarkSortHashes(b *testing.B) {
	rng := rand.New(rand.NewPCG(3, 3))
	set := make([]uint64, 1000)
	for i := range set {
		set[i] = rng.Uint64()
	}
	work, scratch := make([]uint64, len(set)), make([]uint64, len(set))
	for _, c := range []struct {
		name string
		sort func([]uint64)
	}{
		{"buckets", func(set []uint64) { scratch = sortHashes(set, scratch) }},
		{"slices", func(set []uint64) { slices.Sort(set) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(8 * int64(len(set)))
			for b.Loop() {
				copy(work, set)
				c.sort(work)
			}
		})
	}
}
