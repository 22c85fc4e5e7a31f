package spill

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"os"
	"sort"
)

// A Run is a finished run file. It is safe for concurrent use.
type Run struct {
	name    string
	source  io.ReaderAt
	close   func() error
	trailer trailer
	index   []indexEntry
}

// Open opens a run and reads its index: 12 bytes and a key for each 64 KiB of
// records. It refuses a file that is no run, is of an unknown version, or was cut short.
func Open(path string) (*Run, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open run: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("open run: %w", err)
	}
	r, err := newRun(path, file, info.Size())
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("open run %s: %w", path, err)
	}
	r.close = file.Close
	return r, nil
}

func newRun(name string, source io.ReaderAt, size int64) (*Run, error) {
	if size < headerSize {
		return nil, errTruncated
	}
	var head [headerSize]byte
	if _, err := source.ReadAt(head[:], 0); err != nil {
		return nil, err
	}
	if err := checkHeader(head[:]); err != nil {
		return nil, err
	}
	if size < headerSize+trailerSize {
		return nil, errTruncated
	}
	var tail [trailerSize]byte
	if _, err := source.ReadAt(tail[:], size-trailerSize); err != nil {
		return nil, err
	}
	t, err := parseTrailer(tail[:])
	if err != nil {
		return nil, err
	}
	if t.indexOffset < headerSize || t.indexOffset > uint64(size-trailerSize) {
		return nil, fmt.Errorf("index offset %d is outside the file of %d bytes", t.indexOffset, size)
	}
	raw := make([]byte, uint64(size-trailerSize)-t.indexOffset)
	if _, err := source.ReadAt(raw, int64(t.indexOffset)); err != nil {
		return nil, err
	}
	if crc(raw) != t.indexSum {
		return nil, fmt.Errorf("bad checksum of the index at offset %d", t.indexOffset)
	}
	index, err := parseIndex(raw, t)
	if err != nil {
		return nil, err
	}
	return &Run{name: name, source: source, close: func() error { return nil }, trailer: t, index: index}, nil
}

// Len is the number of records.
func (r *Run) Len() int64 { return int64(r.trailer.records) }

// Close closes the file.
func (r *Run) Close() error {
	if err := r.close(); err != nil {
		return fmt.Errorf("close run %s: %w", r.name, err)
	}
	return nil
}

// Records yields the records with from <= key < to in order; nil leaves that end open.
// It reads only the blocks that can hold such keys. The slices of a record are valid
// until the next one. An error, yielded last, says that the file is damaged or cannot be read.
func (r *Run) Records(from, to []byte) iter.Seq2[Record, error] {
	return Merge([]*Run{r}, from, to)
}

// Verify reads the whole file and checks every block's checksum and size, the order
// of all records, and the index and the counts against the blocks.
func (r *Run) Verify() error {
	decoder, err := newDecoder()
	if err != nil {
		return err
	}
	c := newCursor(r, decoder, nil, nil)
	var records uint64
	for c.next() {
		records++
	}
	if c.err != nil {
		return c.err
	}
	if records != r.trailer.records {
		return fmt.Errorf("run %s holds %d records but says %d", r.name, records, r.trailer.records)
	}
	if c.size != r.trailer.raw {
		return fmt.Errorf("run %s holds %d bytes of records but says %d", r.name, c.size, r.trailer.raw)
	}
	return nil
}

// firstBlock is the first block that can hold a key >= from. A block that starts at
// from itself may be preceded by one that ends with it.
func (r *Run) firstBlock(from []byte) int {
	n := sort.Search(len(r.index), func(i int) bool { return bytes.Compare(r.index[i].firstKey, from) >= 0 })
	return max(0, n-1)
}

// blockEnd is the offset behind block i.
func (r *Run) blockEnd(i int) int64 {
	if i+1 < len(r.index) {
		return r.index[i+1].offset
	}
	return int64(r.trailer.indexOffset)
}
