package spill

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"
)

// A sorter that has spilled uses its memory for records of other sizes as it did at first: a part holds about as much as the memory does.
func TestPartsAreLargeWhateverTheSizes(t *testing.T) {
	const memory = 1 << 20 // slabs of 64 KiB
	tests := []struct {
		name string
		size func(i int) int
	}{
		{"small", func(i int) int { return 100 + i%50 }},
		{"larger than the first slabs", func(int) int { return 10_000 }},
		{"as large as a slab", func(int) int { return memory / 16 }},
		{"small, then larger than a slab", func(i int) int { return map[bool]int{true: 1_000, false: 70_000}[i < 3_000] }},
		{"larger than a slab, then small", func(i int) int { return map[bool]int{true: 70_000, false: 1_000}[i < 200] }},
		{"some of all", func(i int) int { return 1 << (i * 7 % 18) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := NewSorter(filepath.Join(t.TempDir(), "a.run"), Options{MemoryBytes: memory})
			defer s.Abort()
			total := 0
			for i := 0; total < 16*memory; i++ {
				key, value := fmt.Appendf(nil, "%d", i*7919%10_007), bytes.Repeat([]byte{byte(i)}, tt.size(i))
				if err := s.Add(key, value); err != nil {
					t.Fatal(err)
				}
				total += len(key) + len(value)
				if held := s.held + int64(cap(s.entries))*entrySize; held > memory {
					t.Fatalf("%d bytes are held after record %d, the limit is %d", held, i, memory)
				}
			}
			if most := 2 * total / memory; len(s.parts) > most {
				t.Errorf("%d parts of %d bytes together, want at most %d: the memory is not used", len(s.parts), total, most)
			}
		})
	}
}
