package index

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"

	"corpus"
	"corpus/internal/storage"

	"github.com/FastFilter/xorfilter"
)

// Info describes a finished file.
type Info struct {
	Keys      int64
	Documents int64 // sum over all keys
	Bytes     int64 // size of the file
}

// A Writer writes a file of keys from pairs that come sorted by key and then by Ref. It is not safe for concurrent use.
type Writer struct {
	path    string
	options Options
	file    *os.File
	err     error // the first failure of writing
	closed  bool

	key  []byte // the key being collected; nil before the first
	refs []corpus.Ref
	n    int64 // documents of it
	last corpus.Ref

	raw     []byte // the block being filled, with room for its header
	before  []byte // the last key in it; empty where it begins
	records uint32

	hashes  []uint64 // of the section's keys
	section section
	builder xorfilter.BinaryFuseBuilder
	filter  []byte

	offset   int64
	sections []byte // finished entries of the table
	places   []byte
	total    trailer
}

// Create starts a file at path + ".tmp". Close gives it its name, Abort removes it.
func Create(path string, opts Options) (*Writer, error) {
	if err := opts.check(); err != nil {
		return nil, err
	}
	file, err := os.Create(path + ".tmp")
	if err != nil {
		return nil, fmt.Errorf("create file of keys: %w", err)
	}
	w := &Writer{path: path, options: opts, file: file, raw: make([]byte, blockHeaderSize, blockTarget+1<<10)}
	w.write(appendHeader(nil, opts))
	return w, nil
}

// write remembers the first error: the file is then worth nothing, and Close says so.
func (w *Writer) write(b []byte) {
	if w.err != nil {
		return
	}
	n, err := w.file.Write(b)
	w.offset += int64(n)
	if err != nil {
		w.err = fmt.Errorf("write file of keys: %w", err)
	}
}

// Add adds a pair. Pairs must come in the order of keys, those of one key in the order of Refs; a pair that comes twice counts once.
func (w *Writer) Add(key []byte, ref corpus.Ref) error {
	if len(key) != w.options.KeyBytes {
		return fmt.Errorf("file of keys %s: key of %d bytes, not %d", w.path, len(key), w.options.KeyBytes)
	}
	order := -1
	if w.key != nil {
		order = bytes.Compare(w.key, key)
	}
	switch {
	case order > 0 || order == 0 && ref < w.last:
		return fmt.Errorf("file of keys %s: pairs are out of order", w.path)
	case order == 0 && ref == w.last:
		return nil
	case order < 0:
		w.flushKey()
		w.key, w.refs, w.n = append(w.key[:0], key...), w.refs[:0], 0
	}
	if w.n++; len(w.refs) < w.options.Keep {
		w.refs = append(w.refs, ref)
	} else if w.options.Keep > 1 {
		w.refs[len(w.refs)-1] = ref
	}
	w.last = ref
	return w.err
}

// flushKey writes the key that was collected.
func (w *Writer) flushKey() {
	if w.n == 0 {
		return
	}
	if w.records == 0 {
		w.places = binary.LittleEndian.AppendUint64(w.places, uint64(w.offset))
		w.places = append(w.places, w.key...)
	}
	w.raw = appendRecord(w.raw, w.before, w.key, w.n, w.refs)
	w.before = append(w.before[:0], w.key...)
	w.hashes = append(w.hashes, hashKey(w.key))
	w.records++
	w.total.documents += uint64(w.n)
	w.section.keys++
	if len(w.raw)-blockHeaderSize < blockTarget {
		return
	}
	w.flushBlock()
	if w.section.keys >= sectionKeys {
		w.flushSection()
	}
}

func (w *Writer) flushBlock() {
	if w.records == 0 {
		return
	}
	binary.LittleEndian.PutUint32(w.raw, uint32(len(w.raw)-blockHeaderSize))
	binary.LittleEndian.PutUint32(w.raw[4:], w.records)
	binary.LittleEndian.PutUint32(w.raw[8:], blockSum(w.raw))
	w.write(w.raw)
	w.raw, w.before, w.records = w.raw[:blockHeaderSize], w.before[:0], 0
	w.section.blocks++
}

// blockSum is the checksum of a block: of its header but for the sum, and of its records.
func blockSum(raw []byte) uint32 {
	return crc32.Update(crc(raw[:8]), castagnoli, raw[blockHeaderSize:])
}

// flushSection writes the filter of the blocks since the one before.
func (w *Writer) flushSection() {
	if w.section.blocks == 0 || w.err != nil {
		return
	}
	w.filter, w.err = appendFilter(w.filter[:0], &w.builder, w.hashes)
	w.section.offset, w.section.length, w.section.sum = uint64(w.offset), uint32(len(w.filter)), crc(w.filter)
	w.write(w.filter)
	w.sections = w.section.append(w.sections)
	w.total.sections++
	w.total.blocks += uint64(w.section.blocks)
	w.total.keys += w.section.keys
	w.hashes, w.section = w.hashes[:0], section{}
}

// Close writes what is left, brings the file to the disk and gives it its name. After an error nothing is left behind.
func (w *Writer) Close() (Info, error) {
	if w.closed {
		return Info{}, errors.New("file of keys is closed")
	}
	defer w.Abort()
	w.flushKey()
	w.flushBlock()
	w.flushSection()
	table := append(w.sections, w.places...)
	w.total.tableOffset, w.total.tableSum = uint64(w.offset), crc(table)
	w.write(w.total.append(table))
	if w.err != nil {
		return Info{}, w.err
	}
	if err := errors.Join(w.file.Sync(), w.file.Close()); err != nil {
		return Info{}, fmt.Errorf("sync file of keys: %w", err)
	}
	if err := os.Rename(w.path+".tmp", w.path); err != nil {
		return Info{}, fmt.Errorf("name file of keys: %w", err)
	}
	w.closed = true
	return Info{Keys: int64(w.total.keys), Documents: int64(w.total.documents), Bytes: w.offset}, storage.SyncFolder(filepath.Dir(w.path))
}

// Abort removes the unfinished file. It does nothing after Close.
func (w *Writer) Abort() {
	if w.closed {
		return
	}
	w.closed = true
	w.file.Close() // the file goes: nothing is lost by an error here
	os.Remove(w.path + ".tmp")
}
