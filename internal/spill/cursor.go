package spill

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// cursor walks through the records of a run. After next has returned true, record
// holds the record and prefix its key's first bytes.
type cursor struct {
	run      *Run
	decoder  *zstd.Decoder
	from, to []byte

	block  int    // index of the next block
	packed []byte // buffer for a compressed block
	raw    []byte // buffer for the bytes of a block in columns
	buffer []byte // the current block's keys and values; record points into them
	before []byte // those of the block before: the record that was last in it is still compared with
	left   int    // records that are left in the block
	shape  shape  // of them all, where heads is nil
	heads  []byte // what is left of the block's lengths, keys and values
	keys   []byte
	values []byte
	size   uint64 // raw bytes of all blocks read

	record Record
	prefix uint64
	any    bool // a record was read
	err    error
}

// newDecoder makes a decoder for one walk: those who read a run at once do not wait for each other.
func newDecoder() (*zstd.Decoder, error) {
	// The capacity of the buffer, not the frame, says what a block may decompress to.
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxBlock),
		zstd.WithDecoderMaxWindow(2*MaxValue), zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		return nil, fmt.Errorf("start decompression: %w", err)
	}
	return decoder, nil
}

func newCursor(r *Run, decoder *zstd.Decoder, from, to []byte) *cursor {
	return &cursor{run: r, decoder: decoder, from: from, to: to, block: r.firstBlock(from)}
}

// next moves to the next record; false means the end, or an error in c.err.
func (c *cursor) next() bool {
	for c.err == nil {
		if c.left == 0 {
			if !c.load() {
				return false
			}
		}
		if err := c.take(); err != nil {
			c.err = fmt.Errorf("run %s: block at offset %d: %w", c.run.name, c.run.index[c.block-1].offset, err)
			return false
		}
		if c.to != nil && bytes.Compare(c.record.Key, c.to) >= 0 {
			return false
		}
		if bytes.Compare(c.record.Key, c.from) >= 0 {
			return true
		}
	}
	return false
}

// take cuts the next record off the block and checks that it does not come before the one last taken.
func (c *cursor) take() error {
	k, v := c.shape.key, c.shape.value
	if c.heads != nil {
		key, value := binary.LittleEndian.Uint32(c.heads), binary.LittleEndian.Uint32(c.heads[4:])
		if uint64(key) > uint64(len(c.keys)) || uint64(value) > uint64(len(c.values)) || key > MaxKey {
			return errors.New("a record reaches past the block")
		}
		k, v, c.heads = int(key), int(value), c.heads[recordHead:]
	}
	last := c.record
	c.record = Record{Key: c.keys[:k:k], Value: c.values[:v:v]}
	p := prefix(c.record.Key)
	if c.any && p <= c.prefix && Compare(last, c.record) > 0 {
		return errors.New("records are out of order")
	}
	c.any, c.prefix = true, p
	c.left, c.keys, c.values = c.left-1, c.keys[k:], c.values[v:]
	if c.left == 0 && len(c.keys)+len(c.values) != 0 {
		return errors.New("bytes are left over behind the last record")
	}
	return nil
}

// load reads the next block; false means that there is none, or an error in c.err.
func (c *cursor) load() bool {
	if c.block >= len(c.run.index) {
		return false
	}
	entry := c.run.index[c.block]
	if c.to != nil && bytes.Compare(entry.firstKey, c.to) >= 0 {
		return false
	}
	if err := c.read(entry, c.run.blockEnd(c.block)); err != nil {
		c.err = fmt.Errorf("run %s: block at offset %d: %w", c.run.name, entry.offset, err)
		return false
	}
	c.block++
	return true
}

func (c *cursor) read(entry indexEntry, end int64) error {
	size := end - entry.offset
	if size > 2*maxBlock {
		return fmt.Errorf("block of %d bytes is too large", size)
	}
	c.packed = resize(c.packed, int(size))
	if _, err := c.run.source.ReadAt(c.packed, entry.offset); err != nil {
		return err
	}
	h, err := parseBlock(c.packed)
	if err != nil {
		return err
	}
	raw, ok := storedBytes(c.packed[blockHeaderSize:])
	if ok { // they need not be moved: the buffers change places
		c.before, c.buffer, c.packed = c.buffer, c.packed, c.before
	} else {
		c.before, c.buffer = c.buffer, resize(c.before, int(h.raw))
		if raw, err = c.decoder.DecodeAll(c.packed[blockHeaderSize:], c.buffer[:0]); err != nil {
			return fmt.Errorf("decompress: %w", err)
		}
	}
	if len(raw) != int(h.raw) {
		return fmt.Errorf("block has %d bytes but says %d", len(raw), h.raw)
	}
	c.size += uint64(h.raw)
	if c.left, err = c.split(raw, h.records); err != nil {
		return err
	}
	return c.checkFirst(entry)
}

// errFull refuses a block that a small file could make take much memory: only one that ends with a large record is large.
var errFull = errors.New("block goes on behind the record that fills it")

// split finds the lengths, the keys and the values of a block of so many records.
func (c *cursor) split(raw []byte, records uint32) (int, error) {
	switch layout := raw[0]; layout {
	case layoutGroups:
		return c.splitGroups(raw[1:], records)
	case layoutColumns:
		return c.splitColumns(raw, records)
	default:
		return 0, fmt.Errorf("block of the unknown layout %d", layout)
	}
}

func (c *cursor) splitGroups(raw []byte, records uint32) (int, error) {
	n := uint64(records) * recordHead
	if n > uint64(len(raw)) {
		return 0, fmt.Errorf("block of %d bytes cannot hold %d records", len(raw), records)
	}
	heads, rest := raw[:n], raw[n:]
	var keys, last uint64
	for i := uint64(0); i < n; i += recordHead {
		key := uint64(binary.LittleEndian.Uint32(heads[i:]))
		keys, last = keys+key, recordHead+key+uint64(binary.LittleEndian.Uint32(heads[i+4:]))
	}
	switch {
	case keys > uint64(len(rest)):
		return 0, errors.New("a record reaches past the block")
	case uint64(len(raw)) >= blockTarget+last:
		return 0, errFull
	}
	c.heads, c.keys, c.values = heads, rest[:keys], rest[keys:]
	return int(records), nil
}

// splitColumns turns the columns back into keys and values.
func (c *cursor) splitColumns(raw []byte, records uint32) (int, error) {
	if len(raw) < columnsHead {
		return 0, errTruncated
	}
	s := shape{int(raw[1]), int(raw[2])}
	if size := uint64(s.key + s.value); size == 0 || uint64(records)*size != uint64(len(raw)-columnsHead) {
		return 0, fmt.Errorf("block of %d bytes cannot hold %d records of %d bytes", len(raw), records, size)
	}
	if uint64(records-1)*uint64(recordHead+s.key+s.value) >= blockTarget {
		return 0, errFull
	}
	c.raw = append(c.raw[:0], raw...)
	n := int(records)
	keys := c.raw[columnsHead:][:n*s.key]
	values := c.raw[columnsHead+len(keys):]
	c.keys, c.values = raw[:len(keys)], raw[len(keys):][:len(values)]
	rowsOf(c.keys, keys, s.key, n)
	rowsOf(c.values, values, s.value, n)
	c.heads, c.shape = nil, s
	return n, nil
}

// checkFirst holds the block's first key against the index.
func (c *cursor) checkFirst(entry indexEntry) error {
	n := c.shape.key
	if c.heads != nil {
		n = int(min(binary.LittleEndian.Uint32(c.heads), MaxKey))
	}
	if n > len(c.keys) || !bytes.Equal(c.keys[:n], entry.firstKey) {
		return errors.New("first key differs from the index")
	}
	return nil
}

// resize returns a buffer of n bytes, b itself where it is large enough.
// A buffer that held a giant block is not kept for small ones.
func resize(b []byte, n int) []byte {
	if cap(b) < n || (cap(b) > 8*blockTarget && n < cap(b)/8) {
		return make([]byte, n)
	}
	return b[:n]
}
