package shard

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"corpus"
)

// Documents of as many tokens as a sequence, one fewer and one more, are cut only where they do not fit with their marks.
func TestBestFitAroundASequence(t *testing.T) {
	for _, length := range []int{minBestFit, minBestFit + 1, 64} {
		for marks, ids := range [][2]uint32{{NoToken, NoToken}, {NoToken, 2}, {1, 2}} {
			t.Run(fmt.Sprintf("sequences of %d with %d marks", length, marks), func(t *testing.T) {
				opts := testOptions(300)
				opts.Packing, opts.SequenceLength, opts.BOS, opts.EOS, opts.Pad, opts.Validation = BestFit, length, ids[0], ids[1], 3, 0
				var docs []TokenizedDocument
				for n := range 2*length + 2 {
					docs = append(docs, TokenizedDocument{Ref: corpus.MakeRef(0, n), ID: fmt.Sprint(n + 1), Tokens: slices.Repeat([]uint32{20}, n+1)})
				}
				dir, result := packAll(t, docs, opts)
				if err := Verify(t.Context(), dir); err != nil {
					t.Error(err)
				}
				checkPacked(t, dir, docs, opts, result)
				if want := int64(len(docs) - (length - marks)); result.Train.Cut != want {
					t.Errorf("%d documents are cut, want the %d that are longer than %d tokens", result.Train.Cut, want, length-marks)
				}
				for _, d := range docs {
					rows, err := Find(dir, d.ID)
					least := (len(d.Tokens) + marks + length - 1) / length
					if err != nil || len(rows) < least || len(rows) > least+1 {
						t.Errorf("a document of %d tokens lies in %d stretches, want %d: %v", len(d.Tokens), len(rows), least, err)
					}
				}
			})
		}
	}
}

// Verify refuses every change of a boundary, though all checksums are right.
func TestVerifyFindsEveryTamperedBoundary(t *testing.T) {
	for _, packing := range []string{Concat, BestFit} {
		for _, eos := range []uint32{NoToken, 2} {
			t.Run(fmt.Sprintf("%s, end token %d", packing, int32(eos)), func(t *testing.T) {
				opts := testOptions(300)
				opts.Packing, opts.SequenceLength, opts.EOS, opts.Pad, opts.TokensPerShard = packing, 64, eos, 3, 1<<20
				dir, _ := packAll(t, testDocuments(1, 12, 300), opts)
				path := filepath.Join(dir, FileName(Train, 0))
				clean, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				h, err := ParseHeader(clean)
				if err != nil {
					t.Fatal(err)
				}
				for i := range h.Boundaries {
					for name, change := range map[string]func(uint64) uint64{
						"begin":   func(v uint64) uint64 { return v ^ flagBegin },
						"end":     func(v uint64) uint64 { return v ^ flagEnd },
						"padding": func(v uint64) uint64 { return v ^ flagPadding },
						"unknown": func(v uint64) uint64 { return v ^ 1<<58 },
						"later":   func(v uint64) uint64 { return v + 1 },
						"earlier": func(v uint64) uint64 { return v - 1 },
						"far":     func(v uint64) uint64 { return v | 1<<56 },
					} {
						writeTampered(t, path, clean, h, i, change)
						if err := Verify(t.Context(), dir); err == nil {
							t.Errorf("boundary %d: %s changed, and nothing was found", i, name)
						}
					}
				}
				writeTampered(t, path, clean, h, 0, func(v uint64) uint64 { return v })
				if err := Verify(t.Context(), dir); err != nil {
					t.Errorf("with all boundaries as they were: %v", err)
				}
			})
		}
	}
}

// writeTampered writes a shard's bytes with one boundary changed and the checksums set right.
func writeTampered(t *testing.T, path string, clean []byte, h Header, i int64, change func(uint64) uint64) {
	t.Helper()
	b := slices.Clone(clean)
	section := b[h.boundaryOffset():]
	binary.LittleEndian.PutUint64(section[8*i:], change(binary.LittleEndian.Uint64(section[8*i:])))
	h.BoundaryCRC = crc32.Checksum(section, castagnoli)
	copy(b, h.appendTo(nil))
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
