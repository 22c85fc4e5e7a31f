package spill

import (
	"cmp"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
)

func compareEntries(a, b entry) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }

func sortTies(ties []entry) { slices.SortFunc(ties, compareEntries) }

func TestSortedEntriesEqualThePlainSort(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	tests := []struct {
		name   string
		prefix func(i int) uint64
	}{
		{"random", func(int) uint64 { return rng.Uint64() }},
		{"few values", func(int) uint64 { return uint64(rng.IntN(5)) << 33 }},
		{"all equal", func(int) uint64 { return 42 }},
		{"ascending", func(i int) uint64 { return uint64(i) }},
		{"descending", func(i int) uint64 { return ^uint64(i) }},
		{"bands", func(int) uint64 {
			return uint64(rng.IntN(16))<<48 | uint64(rng.IntN(32))<<40 | rng.Uint64()>>24
		}},
		{"first and last byte", func(int) uint64 { return uint64(rng.IntN(256))<<56 | uint64(rng.IntN(256)) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, n := range []int{0, 1, 2, smallBucket, smallBucket + 1, 1000, 100_000} {
				got := make([]entry, n)
				for i := range got {
					got[i] = newEntry(tt.prefix(i), 1, i)
				}
				want := slices.Clone(got)
				slices.SortFunc(want, compareEntries)
				sortEntries(got, sortTies)
				if !slices.Equal(got, want) {
					t.Fatalf("%d entries are in another order than the plain sort's", n)
				}
			}
		})
	}
}

func FuzzSortEntries(f *testing.F) {
	f.Add([]byte("0123456789abcdef"), 100)
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1}, 3)
	f.Fuzz(func(t *testing.T, b []byte, times int) {
		var got []entry
		for range min(max(times, 1), 200) {
			for i := 0; i+8 <= len(b) && i < 1000; i += 3 {
				got = append(got, newEntry(binary.LittleEndian.Uint64(b[i:]), 0, len(got)))
			}
		}
		want := slices.Clone(got)
		slices.SortFunc(want, compareEntries)
		sortEntries(got, sortTies)
		if !slices.Equal(got, want) {
			t.Error("another order than the plain sort's")
		}
	})
}
