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

// What is taken out of a frame without the decoder is what the decoder makes of it.
func TestStoredBytes(t *testing.T) {
	decoder, err := newDecoder()
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	encoder, err := newEncoder()
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 1, 100, blockTarget, maxStored, maxStored + 1, 3 * maxStored} {
		content := bytes.Repeat([]byte{7, 8, 9}, size)[:size]
		frame := storer{}.EncodeAll(content, nil)
		decoded, err := decoder.DecodeAll(frame, make([]byte, 0, size))
		if err != nil || !bytes.Equal(decoded, content) {
			t.Errorf("%d bytes: decoded as %d: %v", size, len(decoded), err)
		}
		if got, ok := storedBytes(frame); ok != (size <= maxStored) || ok && !bytes.Equal(got, content) {
			t.Errorf("%d bytes: taken as %d, %v", size, len(got), ok)
		}
		for cut := range min(len(frame), 13) {
			if got, ok := storedBytes(frame[:cut]); ok {
				t.Errorf("%d bytes, cut to %d: taken as %d", size, cut, len(got))
			}
		}
		if got, ok := storedBytes(encoder.EncodeAll(content, nil)); ok && !bytes.Equal(got, content) {
			t.Errorf("%d bytes, compressed: taken as %d others", size, len(got))
		}
	}
}
