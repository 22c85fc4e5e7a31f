package spill

import (
	"encoding/binary"
	"unsafe"
)

// maxRow is the most bytes of a record that is held as a row.
const maxRow = 32

// rows holds records of one shape and of at most 32 bytes: key and value, one behind the other, as big-endian words that are filled up with zeros. They
// compare as the records do, and are sorted without another look at memory. Add must be given no other records.
type rows interface {
	add(key, value []byte)
	// each calls use for all records in order; the slices are valid until it returns.
	each(use func(key, value []byte) error) error
	len() int
	// memory is what is held, in bytes, and needed what would be with one record more.
	memory() int64
	needed() int64
	// clear forgets the records, and makes room for as many as the memory holds.
	clear(memory int64)
}

// newRows returns rows for records of a shape, which must be of at most maxRow bytes.
func newRows(s shape) rows {
	switch (s.key + s.value + 7) / 8 {
	case 0, 1:
		return &rowsOfWords[[1]uint64]{shape: s}
	case 2:
		return &rowsOfWords[[2]uint64]{shape: s}
	case 3:
		return &rowsOfWords[[3]uint64]{shape: s}
	}
	return &rowsOfWords[[4]uint64]{shape: s}
}

type rowsOfWords[R row] struct {
	shape shape
	rows  []R
}

func (t *rowsOfWords[R]) add(key, value []byte) {
	var b [maxRow]byte
	copy(b[copy(b[:], key):], value)
	var r R
	for i := range len(r) {
		r[i] = binary.BigEndian.Uint64(b[8*i:])
	}
	t.rows = append(t.rows, r)
}

func (t *rowsOfWords[R]) each(use func(key, value []byte) error) error {
	sortRows(t.rows)
	var b [maxRow]byte
	key, value := b[:t.shape.key], b[t.shape.key:][:t.shape.value]
	for i := range t.rows {
		r := &t.rows[i]
		for w := range len(*r) {
			binary.BigEndian.PutUint64(b[8*w:], (*r)[w])
		}
		if err := use(key, value); err != nil {
			return err
		}
	}
	return nil
}

func (t *rowsOfWords[R]) len() int { return len(t.rows) }

func (t *rowsOfWords[R]) size() int64 {
	var r R
	return int64(unsafe.Sizeof(r))
}

func (t *rowsOfWords[R]) memory() int64 { return int64(cap(t.rows)) * t.size() }

func (t *rowsOfWords[R]) needed() int64 {
	n := t.memory()
	if len(t.rows) == cap(t.rows) {
		n += grown(cap(t.rows)) * t.size() // old and new slice live while append copies
	}
	return n
}

func (t *rowsOfWords[R]) clear(memory int64) {
	t.rows = t.rows[:0]
	if n := int(memory / t.size()); cap(t.rows) < n {
		t.rows = nil // the collector may have it before there is more
		t.rows = make([]R, 0, n)
	}
}
