package spill

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Stored runs hold the records that compressed ones do, whatever their size, and merge with them.
func TestStoredRuns(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, opts Options) (path string, size int64) {
		t.Helper()
		path = filepath.Join(dir, name)
		s := NewSorter(path, opts)
		defer s.Abort()
		for i := range 300 {
			size := i * i * 7 % 5000
			if i == 17 {
				size = 3*maxStored + 5 // a frame of several blocks
			}
			if err := s.Add(fmt.Appendf(nil, "%05d", i*7919%300), bytes.Repeat([]byte{byte(i)}, size)); err != nil {
				t.Fatal(err)
			}
		}
		info, err := s.Close(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return path, info.Bytes
	}
	read := func(path string) (all []Record) {
		t.Helper()
		run, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer run.Close()
		for r, err := range run.Records(nil, nil) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, Record{bytes.Clone(r.Key), bytes.Clone(r.Value)})
		}
		return all
	}
	packed, small := write("packed", Options{})
	stored, large := write("stored", Options{Store: true})
	spilled, again := write("spilled", Options{Store: true, MemoryBytes: 1 << 16})
	want := read(packed)
	for _, path := range []string{stored, spilled} {
		if diff := cmp.Diff(want, read(path)); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
	if large < 3*small || again != large {
		t.Errorf("%d bytes compressed, %d stored, %d stored in parts", small, large, again)
	}
	merged := filepath.Join(dir, "merged")
	if _, err := StoreFiles(t.Context(), []string{packed, stored}, merged); err != nil {
		t.Fatal(err)
	}
	if got := len(read(merged)); got != 2*len(want) {
		t.Errorf("%d records were merged, want %d", got, 2*len(want))
	}
}
