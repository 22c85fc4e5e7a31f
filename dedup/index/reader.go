package index

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"sort"

	"corpus"

	"github.com/FastFilter/xorfilter"
)

// A Reader is a finished file of keys. It is safe for concurrent use; each goroutine takes a Lookup of its own.
type Reader struct {
	name     string
	source   io.ReaderAt
	close    func() error
	options  Options
	trailer  trailer
	sections []section
	places   places
}

// Open opens a file and reads its table: 8 bytes and a key for each 16 KiB, and 28 bytes for each filter. It refuses a file of
// another kind or version, and one that was cut short.
func Open(path string) (*Reader, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open file of keys: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("open file of keys: %w", err)
	}
	r, err := newReader(path, file, info.Size())
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("open file of keys %s: %w", path, err)
	}
	r.close = file.Close
	return r, nil
}

func newReader(name string, source io.ReaderAt, size int64) (*Reader, error) {
	if size < headerSize+trailerSize {
		return nil, errTruncated
	}
	head, tail := make([]byte, headerSize), make([]byte, trailerSize)
	if _, err := source.ReadAt(head, 0); err != nil {
		return nil, err
	}
	options, err := parseHeader(head)
	if err != nil {
		return nil, err
	}
	if _, err := source.ReadAt(tail, size-trailerSize); err != nil {
		return nil, err
	}
	t, err := parseTrailer(tail)
	if err != nil {
		return nil, err
	}
	end := uint64(size - trailerSize)
	if t.tableOffset < headerSize || t.tableOffset > end {
		return nil, fmt.Errorf("table at offset %d in a file of %d bytes", t.tableOffset, size)
	}
	table := make([]byte, end-t.tableOffset)
	if _, err := source.ReadAt(table, int64(t.tableOffset)); err != nil {
		return nil, err
	}
	if crc(table) != t.tableSum {
		return nil, fmt.Errorf("bad checksum of the table at offset %d", t.tableOffset)
	}
	r := &Reader{name: name, source: source, close: func() error { return nil }, options: options, trailer: t}
	r.sections, r.places, err = parseTable(table, t, options.KeyBytes)
	return r, err
}

// Close closes the file.
func (r *Reader) Close() error { return r.close() }

// Options are those that the file was written with.
func (r *Reader) Options() Options { return r.options }

// Info counts what the file holds.
func (r *Reader) Info() Info {
	size := int64(r.trailer.tableOffset) + int64(len(r.sections))*sectionSize + int64(len(r.places.entries)) + trailerSize
	return Info{Keys: int64(r.trailer.keys), Documents: int64(r.trailer.documents), Bytes: size}
}

// blockEnd is the offset behind block i of section s.
func (r *Reader) blockEnd(i int, s section) int64 {
	if i+1 < s.start+int(s.blocks) {
		return r.places.offset(i + 1)
	}
	return int64(s.offset)
}

// readBlock reads block i of section s into buffer and opens it.
func (r *Reader) readBlock(b *block, i int, s section, buffer []byte) ([]byte, error) {
	from, to := r.places.offset(i), r.blockEnd(i, s)
	if to-from > maxBlock+blockHeaderSize {
		return buffer, r.wrong(from, fmt.Errorf("block of %d bytes is too large", to-from))
	}
	buffer = resize(buffer, int(to-from))
	if _, err := r.source.ReadAt(buffer, from); err != nil {
		return buffer, r.wrong(from, err)
	}
	if err := b.open(r.options, buffer); err != nil {
		return buffer, r.wrong(from, err)
	}
	return buffer, nil
}

func (r *Reader) readFilter(s section, buffer []byte) (*xorfilter.BinaryFuse8, []byte, error) {
	buffer = resize(buffer, int(s.length))
	if _, err := r.source.ReadAt(buffer, int64(s.offset)); err != nil {
		return nil, buffer, r.wrong(int64(s.offset), err)
	}
	if crc(buffer) != s.sum {
		return nil, buffer, r.wrong(int64(s.offset), fmt.Errorf("bad checksum of the filter"))
	}
	f, err := parseFilter(buffer)
	if err != nil {
		return nil, buffer, r.wrong(int64(s.offset), err)
	}
	return f, buffer, nil
}

func (r *Reader) wrong(offset int64, err error) error {
	return fmt.Errorf("file of keys %s: offset %d: %w", r.name, offset, err)
}

func resize(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}

// Each calls use for every key in order; the slices are valid until the next call. An error of use ends it.
func (r *Reader) Each(use func(key []byte, b Bucket) error) error {
	var b block
	var buffer []byte
	for _, s := range r.sections {
		for i := s.start; i < s.start+int(s.blocks); i++ {
			var err error
			if buffer, err = r.readBlock(&b, i, s, buffer); err != nil {
				return err
			}
			for {
				more, err := b.next()
				if err != nil {
					return r.wrong(r.places.offset(i), err)
				}
				if !more {
					break
				}
				if err := use(b.key, b.found); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Verify reads the whole file and checks all checksums, the order of keys and documents, the counts, the table, and that each key passes its filter.
// Documents, where it is given, says whether there is such a document.
func (r *Reader) Verify(document func(corpus.Ref) bool) error {
	var last, buffer, filterBuffer []byte
	var b block
	var documents, keys uint64
	for n, s := range r.sections {
		filter, buf, err := r.readFilter(s, filterBuffer)
		if err != nil {
			return err
		}
		filterBuffer = buf
		inSection := uint64(0)
		for i := s.start; i < s.start+int(s.blocks); i++ {
			if buffer, err = r.readBlock(&b, i, s, buffer); err != nil {
				return err
			}
			for first := true; ; first = false {
				more, err := b.next()
				if err == nil && more {
					err = r.verifyRecord(&b, i, first, last, filter, document)
				}
				if err != nil {
					return r.wrong(r.places.offset(i), err)
				}
				if !more {
					break
				}
				last = append(last[:0], b.key...)
				documents += uint64(b.found.Documents)
				inSection++
			}
		}
		if inSection != s.keys {
			return fmt.Errorf("file of keys %s: section %d holds %d keys but says %d", r.name, n, inSection, s.keys)
		}
		keys += inSection
	}
	if keys != r.trailer.keys || documents != r.trailer.documents {
		return fmt.Errorf("file of keys %s holds %d keys and %d documents but says %d and %d", r.name, keys, documents, r.trailer.keys, r.trailer.documents)
	}
	return nil
}

func (r *Reader) verifyRecord(b *block, i int, first bool, last []byte, filter *xorfilter.BinaryFuse8, document func(corpus.Ref) bool) error {
	switch {
	case first && !bytes.Equal(b.key, r.places.first(i)):
		return fmt.Errorf("first key differs from the table")
	case len(last) > 0 && bytes.Compare(last, b.key) >= 0:
		return fmt.Errorf("keys are out of order")
	case !filter.Contains(hashKey(b.key)):
		return fmt.Errorf("a key does not pass its filter")
	}
	for _, ref := range b.found.Refs {
		if document != nil && !document(ref) {
			return fmt.Errorf("document %d:%d is not there", ref.Unit(), ref.Index())
		}
	}
	return nil
}

// sectionOf is the section that would hold a key, -1 where it is smaller than all keys.
func (r *Reader) sectionOf(key []byte) int {
	return sort.Search(len(r.sections), func(i int) bool {
		return bytes.Compare(r.places.first(r.sections[i].start), key) > 0
	}) - 1
}

// blockOf is the block of a section that would hold a key not smaller than the section's first.
func (r *Reader) blockOf(s section, key []byte) int {
	return s.start + sort.Search(int(s.blocks), func(i int) bool {
		return bytes.Compare(r.places.first(s.start+i), key) > 0
	}) - 1
}
