package shard

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"iter"
	"os"
	"sort"

	"corpus/internal/storage"
)

// Boundary is where a stretch begins: a part of one document that lies within one sequence and one shard, or padding. It goes on
// to the next boundary, or to the end of the file. A mask that keeps documents apart is made of boundaries.
type Boundary struct {
	Token   int64 // position of the stretch's first token: in the file for a File's, in the split for a Set's
	Begin   bool  // a document begins here
	End     bool  // the document ends where the stretch does
	Padding bool  // the stretch is no document, but fills a sequence up; then it neither begins nor ends one
}

// A boundary takes eight bytes: the position, and flags in the highest bits.
const (
	flagPadding = 1 << 63
	flagBegin   = 1 << 62
	flagEnd     = 1 << 61
	flagsAll    = flagPadding | flagBegin | flagEnd
)

func parseBoundary(v uint64) Boundary {
	return Boundary{Token: int64(v & maxTokensMask), Begin: v&flagBegin != 0, End: v&flagEnd != 0, Padding: v&flagPadding != 0}
}

// maxTokensMask has the bits that a position may have.
const maxTokensMask = 1<<57 - 1

// stretch is a boundary and where the next one is.
type stretch struct {
	Boundary
	end     int64
	unknown uint64 // flags that this program does not know
}

// stretches yields the stretches of the file, unchecked. An error is yielded last.
func (f *File) stretches() iter.Seq2[stretch, error] {
	return func(yield func(stretch, error) bool) {
		var last uint64
		begun, stopped := false, false
		end := func(at int64) bool {
			return !begun || yield(stretch{parseBoundary(last), at, last &^ (flagsAll | maxTokensMask)}, nil)
		}
		err := f.boundaries(0, func(v uint64) bool {
			stopped = !end(parseBoundary(v).Token)
			last, begun = v, true
			return !stopped
		})
		switch {
		case stopped:
		case err != nil:
			yield(stretch{}, err)
		default:
			end(f.header.Tokens)
		}
	}
}

// boundarySpool collects the boundaries of a shard that is being written: in memory, and beyond a bound in a file beside it.
type boundarySpool struct {
	path  string
	limit int // bytes in memory
	bytes []byte
	file  *os.File // nil until the limit was reached
	crc   uint32
	count int64
}

const spoolBytes = 1 << 20

func newBoundarySpool(shard string) boundarySpool {
	return boundarySpool{path: shard + boundarySuffix + storage.TempSuffix, limit: spoolBytes}
}

// boundarySuffix stands behind a shard's name in that of its spool.
const boundarySuffix = ".boundaries"

func (s *boundarySpool) add(v uint64) error {
	s.bytes = binary.LittleEndian.AppendUint64(s.bytes, v)
	s.count++
	if len(s.bytes) < s.limit {
		return nil
	}
	if s.file == nil {
		f, err := os.OpenFile(s.path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
		if err != nil {
			return err
		}
		s.file = f
	}
	_, err := s.file.Write(s.bytes)
	s.crc, s.bytes = crc32.Update(s.crc, castagnoli, s.bytes), s.bytes[:0]
	return err
}

// writeTo writes all boundaries, and completes the checksum.
func (s *boundarySpool) writeTo(w io.Writer) error {
	if s.file != nil {
		if _, err := s.file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if _, err := io.Copy(w, s.file); err != nil {
			return err
		}
	}
	s.crc = crc32.Update(s.crc, castagnoli, s.bytes)
	_, err := w.Write(s.bytes)
	return err
}

// remove removes the spool's file. It is working space: an error here loses nothing.
func (s *boundarySpool) remove() {
	if s.file != nil {
		s.file.Close()
		os.Remove(s.path)
		s.file = nil
	}
}

// boundaries yields a file's boundaries from number first on, a buffer at a time, until yield is false.
func (f *File) boundaries(first int64, yield func(uint64) bool) error {
	var raw []byte
	size := int64(4 << 10) // a look-up wants few
	for first < f.header.Boundaries {
		if int64(len(raw)) < size {
			raw = make([]byte, size)
		}
		b := raw[:min(size, 8*(f.header.Boundaries-first))]
		size = min(16*size, chunkBytes)
		if n, err := f.file.ReadAt(b, f.header.boundaryOffset()+8*first); n < len(b) {
			return fmt.Errorf("%s: boundary %d: %w", f.path, first, unexpected(err))
		}
		first += int64(len(b) / 8)
		for ; len(b) > 0; b = b[8:] {
			if !yield(binary.LittleEndian.Uint64(b)) {
				return nil
			}
		}
	}
	return nil
}

// Boundaries returns the boundaries of the stretches that hold the tokens from position from to before position to of the
// file: the first of them may lie before from. They are not checked: see Verify.
func (f *File) Boundaries(from, to int64) ([]Boundary, error) {
	if from < 0 || to > f.header.Tokens || from > to {
		return nil, fmt.Errorf("%s: no tokens %d to %d: it has %d", f.path, from, to, f.header.Tokens)
	}
	if from == to {
		return nil, nil
	}
	var failed error
	var raw [8]byte
	// The first boundary behind from.
	after := sort.Search(int(f.header.Boundaries), func(i int) bool {
		if n, err := f.file.ReadAt(raw[:], f.header.boundaryOffset()+8*int64(i)); n < len(raw) && failed == nil {
			failed = fmt.Errorf("%s: boundary %d: %w", f.path, i, unexpected(err))
		}
		return parseBoundary(binary.LittleEndian.Uint64(raw[:])).Token > from
	})
	if failed != nil {
		return nil, failed
	}
	var found []Boundary
	err := f.boundaries(int64(max(0, after-1)), func(v uint64) bool {
		b := parseBoundary(v)
		if b.Token >= to {
			return false
		}
		found = append(found, b)
		return true
	})
	return found, err
}

// Boundaries returns the boundaries of the stretches that hold the tokens from position from to before position to of the
// split, across files: the first of them may lie before from.
func (s *Set) Boundaries(from, to int64) ([]Boundary, error) {
	if from < 0 || to > s.Tokens() || from > to {
		return nil, fmt.Errorf("no tokens %d to %d: the split has %d", from, to, s.Tokens())
	}
	var all []Boundary
	i := sort.Search(len(s.files), func(i int) bool { return s.end(i) > from })
	for ; i < len(s.files) && from < to; i++ {
		f := s.files[i]
		first, end := f.header.FirstToken, min(to, s.end(i))
		found, err := f.Boundaries(from-first, end-first)
		if err != nil {
			return nil, err
		}
		for _, b := range found {
			b.Token += first
			all = append(all, b)
		}
		from = end
	}
	return all, nil
}
