package spill

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ties are records whose keys have long beginnings in common, one the beginning of another and equal ones among them.
func ties(n int) (records []Record) {
	rng := rand.New(rand.NewPCG(11, 1))
	for i := range n {
		key := fmt.Sprintf("<urn:uuid:%08x-%d>", rng.Uint32()>>(i%3*8), i%7)
		switch i % 5 {
		case 0:
			key = "<urn:uuid:" + strings.Repeat("\x00", i%40)
		case 1:
			key = strings.Repeat("ab", i%50) + key
		case 2:
			key = "<urn:uuid:00000000-"
		}
		records = append(records, Record{[]byte(key), []byte{byte(rng.Uint32()), byte(i)}})
	}
	return records
}

func TestSorted(t *testing.T) {
	short := make([]Record, 5000) // held as rows
	for i := range short {
		short[i] = Record{fmt.Appendf(nil, "%05d", i*7919%5000), []byte{byte(i)}}
	}
	for name, records := range map[string][]Record{"nothing": nil, "rows": short, "ties": ties(5000), "any": sample(5000, 3)} {
		for _, memory := range []int64{1 << 20, 20_000} {
			t.Run(fmt.Sprintf("%s in %d bytes", name, memory), func(t *testing.T) {
				folder := t.TempDir()
				fill := func() *Sorter {
					s := NewSorter(filepath.Join(folder, "a.run"), Options{MemoryBytes: memory, Store: true})
					for _, r := range records {
						if err := s.Add(r.Key, r.Value); err != nil {
							t.Fatal(err)
						}
					}
					return s
				}
				s := fill()
				same(t, sorted(records), collect(t, s.Sorted(t.Context())))
				for _, err := range s.Sorted(t.Context()) {
					if !errors.Is(err, errClosed) {
						t.Errorf("a second walk: error %v", err)
					}
				}
				if len(records) == 0 {
					return
				}
				for range fill().Sorted(t.Context()) {
					break
				}
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				var last error
				for _, err := range fill().Sorted(ctx) {
					last = err
				}
				if !errors.Is(last, context.Canceled) {
					t.Errorf("after the context has ended: error %v", last)
				}
				if files, _ := os.ReadDir(folder); len(files) != 0 {
					t.Errorf("%d files are left", len(files))
				}
			})
		}
	}
}

func TestTiesAreOrdered(t *testing.T) {
	s := NewSorter(filepath.Join(t.TempDir(), "a.run"), Options{})
	for _, r := range ties(20_000) {
		if err := s.Add(r.Key, r.Value); err != nil {
			t.Fatal(err)
		}
	}
	var last Record
	n := 0
	for r, err := range s.Sorted(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 && Compare(last, r) > 0 {
			t.Fatalf("record %d, %q, comes behind %q", n, r.Key, last.Key)
		}
		last, n = Record{bytes.Clone(r.Key), bytes.Clone(r.Value)}, n+1
	}
	if n != 20_000 {
		t.Errorf("%d records", n)
	}
}
