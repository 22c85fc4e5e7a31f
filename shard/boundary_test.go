package shard

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// A shard of more boundaries than are kept in memory is the same as if they all had been.
func TestBoundariesBeyondMemory(t *testing.T) {
	write := func(limit int) []byte {
		path := filepath.Join(t.TempDir(), FileName(Train, 0))
		w, err := Create(path, Header{VocabSize: 300, EOS: NoToken})
		if err != nil {
			t.Fatal(err)
		}
		w.boundaries.limit = limit
		for i := range 1000 {
			if err := w.begin(flagBegin | flagEnd); err != nil {
				t.Fatal(err)
			}
			if err := w.writeBytes(make([]byte, 2+2*(i%3))); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		f, err := OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := f.Verify(); err != nil || f.Header().Boundaries != 1000 {
			t.Errorf("limit %d: %d boundaries, %v", limit, f.Header().Boundaries, err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		checkFiles(t, filepath.Dir(path), []string{FileName(Train, 0)})
		return b
	}
	want := write(spoolBytes)
	for _, limit := range []int{8, 80, 7992} {
		if !bytes.Equal(write(limit), want) {
			t.Errorf("with %d bytes in memory the file differs", limit)
		}
	}
	w, err := Create(filepath.Join(t.TempDir(), FileName(Train, 0)), Header{VocabSize: 300, EOS: NoToken})
	if err != nil {
		t.Fatal(err)
	}
	w.boundaries.limit = 8
	for range 3 {
		if err := errors.Join(w.begin(0), w.writeBytes([]byte{1, 0})); err != nil {
			t.Fatal(err)
		}
	}
	w.Abort()
	checkFiles(t, filepath.Dir(w.path), nil)
}

// What the shards and the index say of stretches is checked, not only their checksums.
func TestVerifyOfPackedSequences(t *testing.T) {
	opts := testOptions(300)
	opts.Packing, opts.SequenceLength, opts.EOS, opts.BOS, opts.Pad, opts.TokensPerShard, opts.Validation = BestFit, 64, 2, 1, 3, 1<<20, 0
	docs := testDocuments(9, 60, 290)
	for i := range docs {
		if i%2 == 0 { // no two of these fit a sequence
			docs[i].Tokens = append(docs[i].Tokens, randomTokens(uint64(i), max(0, 40-len(docs[i].Tokens)), 290)...)
		}
		for j := range docs[i].Tokens {
			docs[i].Tokens[j] += 10 // no special tokens
		}
	}
	clean, _ := packAll(t, docs, opts)
	// boundary changes boundary number i of a shard, with checksums that fit.
	boundary := func(change func(b []Boundary) int, flags uint64, move int64) func(dir string) {
		return func(dir string) {
			path, h, all := firstShard(t, dir)
			at := h.boundaryOffset() + 8*int64(change(all))
			edit(t, path, func(b []byte) []byte {
				binary.LittleEndian.PutUint64(b[at:], uint64(int64(binary.LittleEndian.Uint64(b[at:])^flags)+move))
				h.BoundaryCRC = crcOf(b[h.boundaryOffset():])
				copy(b, h.appendTo(nil))
				return b
			})
		}
	}
	first := func(is func(b Boundary) bool) func(b []Boundary) int {
		return func(b []Boundary) int {
			i := slices.IndexFunc(b, is)
			if i < 0 {
				t.Fatal("there is no such boundary")
			}
			return i
		}
	}
	padding := first(func(b Boundary) bool { return b.Padding })
	inside := first(func(b Boundary) bool { return b.Token%64 != 0 && !b.Padding })
	rewrite := func(change func(i int, r *IndexRow) bool) func(dir string) {
		return func(dir string) { rewriteIndex(t, dir, change) }
	}
	begins := first(func(b Boundary) bool { return b.Begin })
	// token changes the first token of a stretch, with a checksum that fits.
	token := func(of func(b []Boundary) int, id byte) func(dir string) {
		return func(dir string) {
			path, h, all := firstShard(t, dir)
			edit(t, path, func(b []byte) []byte {
				b[HeaderSize+2*all[of(all)].Token] = id
				h.CRC = crcOf(b[HeaderSize : HeaderSize+2*h.Tokens])
				copy(b, h.appendTo(nil))
				return b
			})
		}
	}
	for _, tc := range []struct {
		name   string
		damage func(dir string)
		want   string
	}{
		{"padding that is a document's", boundary(padding, flagPadding, 0), "train-00000.bin"},
		{"a document's tokens as padding", boundary(inside, flagPadding|flagBegin|flagEnd, 0), "train-00000.bin"},
		{"a beginning without its token", boundary(first(func(b Boundary) bool { return !b.Begin && !b.Padding }), flagBegin, 0), "beginning-of-document token 1"},
		{"an end without its token", boundary(first(func(b Boundary) bool { return !b.End && !b.Padding }), flagEnd, 0), "end-of-document token 2"},
		{"no beginning", boundary(begins, flagBegin, 0), "stretch begins a document: false"},
		{"a boundary moved", boundary(inside, 0, 1), "train-00000.bin"},
		{"another beginning token", token(begins, 77), "beginning-of-document token 1"},
		{"another padding token", token(padding, 77), "padding token 3"},
		{"a copy of another number", rewrite(func(i int, r *IndexRow) bool {
			if r.DocumentToken > 0 && i < 40 {
				r.Copy = 1
			}
			return true
		}), "not whole"},
		{"a chunk of another place", rewrite(func(i int, r *IndexRow) bool {
			if r.DocumentToken > 0 {
				r.DocumentToken++
			}
			return true
		}), "not whole"},
		{"another sequence", rewrite(func(i int, r *IndexRow) bool { r.Sequence += int64(i / 20 % 2); return true }), IndexName},
		{"another position", rewrite(func(i int, r *IndexRow) bool { r.Position += int64(i / 20 % 2); return true }), IndexName},
		{"a row left out", rewrite(func(i int, r *IndexRow) bool { return i != 20 }), IndexName},
	} {
		t.Run(tc.name, func(t *testing.T) { wantDamageFound(t, clean, tc.damage, tc.want) })
	}
}

// firstShard returns path, header and boundaries of the first shard for training.
func firstShard(t *testing.T, dir string) (path string, h Header, all []Boundary) {
	t.Helper()
	path = filepath.Join(dir, FileName(Train, 0))
	f, err := OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if all, err = f.Boundaries(0, f.Header().Tokens); err != nil {
		t.Fatal(err)
	}
	return path, f.Header(), all
}
