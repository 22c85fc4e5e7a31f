package spill

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
)

func compareRows(a, b [3]uint64) int {
	return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]), cmp.Compare(a[2], b[2]))
}

func TestSortedRowsEqualThePlainSort(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 1))
	tests := []struct {
		name string
		row  func(i int) [3]uint64
	}{
		{"random", func(int) [3]uint64 { return [3]uint64{rng.Uint64(), rng.Uint64(), rng.Uint64()} }},
		{"all equal", func(int) [3]uint64 { return [3]uint64{1, 2, 3} }},
		{"the last byte", func(int) [3]uint64 { return [3]uint64{1, 2, uint64(rng.IntN(256))} }},
		{"first and last byte", func(int) [3]uint64 { return [3]uint64{uint64(rng.IntN(3)) << 56, 2, uint64(rng.IntN(256))} }},
		{"descending", func(i int) [3]uint64 { return [3]uint64{0, ^uint64(i), 5} }},
		{"one large group", func(i int) [3]uint64 { return [3]uint64{7, 7 + rng.Uint64()&rng.Uint64()&1, uint64(i)} }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, n := range []int{0, 1, 2, smallBucket, smallBucket + 1, 1000, 50_000} {
				got := make([][3]uint64, n)
				for i := range got {
					got[i] = tt.row(i)
				}
				want := slices.Clone(got)
				slices.SortFunc(want, compareRows)
				if sortRows(got); !slices.Equal(got, want) {
					t.Fatalf("%d rows are in another order than the plain sort's", n)
				}
			}
		})
	}
}

func FuzzSortRows(f *testing.F) {
	f.Add([]byte("0123456789abcdef01234567"), 100)
	f.Add(bytes.Repeat([]byte{0, 0, 0, 1}, 20), 3)
	f.Fuzz(func(t *testing.T, b []byte, times int) {
		var got [][3]uint64
		for range min(max(times, 1), 100) {
			for i := 0; i+24 <= len(b) && i < 1000; i += 5 {
				got = append(got, [3]uint64{binary.LittleEndian.Uint64(b[i:]), binary.LittleEndian.Uint64(b[i+8:]), binary.LittleEndian.Uint64(b[i+16:])})
			}
		}
		want := slices.Clone(got)
		slices.SortFunc(want, compareRows)
		if sortRows(got); !slices.Equal(got, want) {
			t.Error("another order than the plain sort's")
		}
	})
}

// Rows use the memory that they may have, and no more.
func TestRowsStayWithinTheMemory(t *testing.T) {
	const limit = 1_000_000
	s := NewSorter(filepath.Join(t.TempDir(), "a.run"), Options{MemoryBytes: limit})
	defer s.Abort()
	records := bands(8)[:300_000]
	for i, r := range records {
		if err := s.Add(r.Key, r.Value); err != nil {
			t.Fatal(err)
		}
		if held := s.rows.memory(); held > limit {
			t.Fatalf("%d bytes are held after record %d, the limit is %d", held, i, limit)
		}
	}
	if most := len(records)*24/limit + 2; len(s.parts) > most {
		t.Errorf("%d parts, want at most %d: the memory is not used", len(s.parts), most)
	}
}

// BenchmarkSortRows orders 2²⁰ records of 16 and 24 bytes: random ones, and those of MinHash's bands.
func BenchmarkSortRows(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, keys := range []string{"random", "bands"} {
		first := make([]uint64, 1<<20)
		for i := range first {
			first[i] = rng.Uint64()
			if keys == "bands" {
				first[i] = uint64(rng.IntN(16))<<48 | uint64(rng.IntN(32))<<40 | rng.Uint64()>>24
			}
		}
		benchRows(b, keys+"/bytes=16", first, func(p uint64) [2]uint64 { return [2]uint64{p, rng.Uint64()} }, func(x, y [2]uint64) int {
			return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1]))
		})
		benchRows(b, keys+"/bytes=24", first, func(p uint64) [3]uint64 { return [3]uint64{p, rng.Uint64(), 7} }, compareRows)
	}
}

func benchRows[R row](b *testing.B, name string, first []uint64, row func(uint64) R, compare func(x, y R) int) {
	rows, work := make([]R, len(first)), make([]R, len(first))
	for i, p := range first {
		rows[i] = row(p)
	}
	for _, way := range []string{"radix", "plain"} {
		b.Run(name+"/"+way, func(b *testing.B) {
			b.SetBytes(int64(len(rows) * 8 * len(rows[0])))
			for b.Loop() {
				copy(work, rows)
				if way == "radix" {
					sortRows(work)
				} else {
					slices.SortFunc(work, compare)
				}
			}
			b.ReportMetric(float64(len(rows))*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrecords/s")
		})
	}
}
