package shard

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// plainFit is best fit decreasing, bin by bin.
func plainFit(lengths, rooms []int32, size int) []int32 {
	sorted := slices.Clone(lengths)
	slices.SortFunc(sorted, func(a, b int32) int { return int(b - a) })
	rooms = slices.Clone(rooms)
	for _, n := range sorted {
		best := -1
		for i, room := range rooms {
			if room >= n && (best < 0 || room < rooms[best]) {
				best = i
			}
		}
		if best < 0 {
			best, rooms = len(rooms), append(rooms, int32(size))
		}
		rooms[best] -= n
	}
	return rooms
}

// checkFit compares a fit with the plain one: which of two bins with equal room gets an item makes no difference to the rooms.
func checkFit(t *testing.T, f *fitter, lengths, rooms []int32, size int) {
	t.Helper()
	bins, left := f.fit(lengths, slices.Clone(rooms), size)
	used := slices.Clone(rooms)
	for len(used) < len(left) {
		used = append(used, int32(size))
	}
	for i, b := range bins {
		used[b] -= lengths[i]
	}
	if !slices.Equal(used, left) {
		t.Fatalf("rooms %v are not what the items leave: %v", left, used)
	}
	want := plainFit(lengths, rooms, size)
	got := slices.Clone(left)
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("lengths %v, rooms %v of %d: %s", lengths, rooms, size, diff)
	}
}

func TestFit(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var f fitter // one for all: nothing may be left of the fit before
	for _, size := range []int{2, 63, 64, 65, 1000, 4096, 300_000, maxSequence} {
		for range 20 {
			lengths, rooms := make([]int32, r.IntN(200)), make([]int32, r.IntN(30))
			most := 1 + r.IntN(size)
			for i := range lengths {
				lengths[i] = int32(1 + r.IntN(most))
			}
			for i := range rooms {
				rooms[i] = int32(r.IntN(size + 1))
			}
			checkFit(t, &f, lengths, rooms, size)
		}
	}
}

func FuzzFit(f *testing.F) {
	f.Add([]byte{1, 2, 3, 200, 7, 60}, []byte{5, 0, 64}, uint16(64))
	f.Add([]byte{255, 255, 128, 127}, []byte{}, uint16(255))
	f.Fuzz(func(t *testing.T, items, open []byte, size uint16) {
		if size < 2 || len(items) > 1000 {
			return
		}
		var lengths, rooms []int32
		for _, b := range items {
			lengths = append(lengths, 1+int32(b)*131%int32(size))
		}
		for _, b := range open {
			rooms = append(rooms, int32(b)*257%(int32(size)+1))
		}
		checkFit(t, new(fitter), lengths, rooms, int(size))
	})
}

func BenchmarkFit(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	lengths := make([]int32, 20_000)
	tokens := 0
	for i := range lengths {
		lengths[i] = int32(1 + r.IntN(1500))
		tokens += int(lengths[i])
	}
	b.SetBytes(int64(2 * tokens)) // bytes of tokens that are packed
	var f fitter
	for b.Loop() {
		f.fit(lengths, nil, 2048)
	}
}
