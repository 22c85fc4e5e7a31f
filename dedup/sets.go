package dedup

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"corpus"
)

// sets are the sets of shingles of some documents, in a working file: each as ascending 64-bit hashes, one set behind the other.
type sets struct {
	file  *os.File
	refs  []corpus.Ref // ascending
	ends  []int64      // where each set ends, in hashes
	first held         // the sets looked at last: pairs come by their first document
	other held
	bytes []byte
}

// held is a set in memory.
type held struct {
	ref  corpus.Ref
	set  []uint64
	some bool
}

// collectSets reads the documents again and keeps their sets.
func (r *resolver) collectSets(refs []corpus.Ref) (s *sets, err error) {
	path := filepath.Join(r.in.Dir, "resolve-sets.bin")
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	r.names = append(r.names, path)
	s = &sets{file: file, refs: refs, ends: make([]int64, 0, len(refs))}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	w := bufio.NewWriterSize(file, 1<<20)
	for len(refs) > 0 {
		unit := refs[0].Unit()
		n := 0
		for n < len(refs) && refs[n].Unit() == unit {
			n++
		}
		if err := s.addUnit(r.ctx, r.in.Documents(r.ctx, unit), refs[:n], r.in.MinHash, w); err != nil {
			return s, err
		}
		refs = refs[n:]
	}
	return s, w.Flush()
}

// addUnit writes the sets of the documents that refs name, all of one unit.
func (s *sets) addUnit(ctx context.Context, documents iter.Seq2[*corpus.Document, error], refs []corpus.Ref, o MinHashOptions, w io.Writer) error {
	var set []uint64
	var buffer []byte
	for d, err := range documents {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		if len(refs) == 0 {
			return nil
		}
		if d.Ref != refs[0] {
			continue
		}
		refs = refs[1:]
		set = shingleSetOf(d.Text, o, set[:0])
		buffer = buffer[:0]
		for _, x := range set {
			buffer = binary.LittleEndian.AppendUint64(buffer, x)
		}
		if _, err := w.Write(buffer); err != nil {
			return err
		}
		end := int64(len(set))
		if n := len(s.ends); n > 0 {
			end += s.ends[n-1]
		}
		s.ends = append(s.ends, end)
	}
	if len(refs) > 0 {
		return fmt.Errorf("document %d of a candidate pair is not there", refs[0])
	}
	return nil
}

// shingleSetOf appends the distinct shingles of a text in ascending order.
func shingleSetOf(text string, o MinHashOptions, set []uint64) []uint64 {
	shingles(text, o.Ngram, o.Seed, func(block []uint64) { set = append(set, block...) })
	slices.Sort(set)
	return slices.Compact(set)
}

// similarity is the Jaccard similarity of two documents' sets.
func (s *sets) similarity(a, b corpus.Ref) (float64, error) {
	if err := s.read(&s.first, a); err != nil {
		return 0, err
	}
	if err := s.read(&s.other, b); err != nil {
		return 0, err
	}
	return jaccardOf(s.first.set, s.other.set), nil
}

// read makes h hold the set of a document.
func (s *sets) read(h *held, ref corpus.Ref) error {
	if h.some && h.ref == ref {
		return nil
	}
	i, ok := slices.BinarySearch(s.refs, ref)
	if !ok {
		return fmt.Errorf("document %d is in no candidate pair", ref)
	}
	from := int64(0)
	if i > 0 {
		from = s.ends[i-1]
	}
	n := int(s.ends[i] - from)
	s.bytes = slices.Grow(s.bytes[:0], 8*n)[:8*n]
	if _, err := s.file.ReadAt(s.bytes, 8*from); err != nil {
		return err
	}
	h.ref, h.some, h.set = ref, true, h.set[:0]
	for i := range n {
		h.set = append(h.set, binary.LittleEndian.Uint64(s.bytes[8*i:]))
	}
	return nil
}

func (s *sets) close() { s.file.Close() }

// jaccardOf is the share of the numbers in either list that are in both; the lists ascend. Two empty lists are alike.
func jaccardOf(a, b []uint64) float64 {
	both, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		x, y := a[i], b[j]
		if x == y {
			both++
		}
		if x <= y {
			i++
		}
		if y <= x {
			j++
		}
	}
	union := len(a) + len(b) - both
	if union == 0 {
		return 1
	}
	return float64(both) / float64(union)
}
