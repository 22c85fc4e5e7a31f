package index

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"corpus"
)

// appendRecord appends a key as the number of bytes that it shares with the key before, the others, the number of documents, and
// the Refs kept: the first one as unit and index, each other one as the distance of units and, within one unit, of indexes. Numbers are varints.
func appendRecord(b, before, key []byte, documents int64, refs []corpus.Ref) []byte {
	shared := 0
	for shared < len(before) && before[shared] == key[shared] {
		shared++
	}
	b = append(append(b, byte(shared)), key[shared:]...)
	b = binary.AppendUvarint(b, uint64(documents))
	var last corpus.Ref
	for i, r := range refs {
		unit, index := r.Unit()-last.Unit(), r.Index()
		if i > 0 && unit == 0 {
			index -= last.Index()
		}
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(unit)), uint64(index))
		last = r
	}
	return b
}

// block walks through the records of a block.
type block struct {
	options Options
	rest    []byte // records not read yet
	left    int    // their number
	key     []byte // of the record read last; nil before the first
	found   Bucket
}

var errRecord = errors.New("a record reaches past the block")

// open checks a block, header and records, and starts at its first record.
func (b *block) open(o Options, raw []byte) error {
	if len(raw) < blockHeaderSize {
		return errTruncated
	}
	n, records, sum := binary.LittleEndian.Uint32(raw), binary.LittleEndian.Uint32(raw[4:]), binary.LittleEndian.Uint32(raw[8:])
	if blockSum(raw) != sum {
		return errors.New("bad checksum of the block")
	}
	if uint64(n) != uint64(len(raw)-blockHeaderSize) || records == 0 || records > n {
		return fmt.Errorf("block of %d bytes says %d and %d records", len(raw)-blockHeaderSize, n, records)
	}
	b.options, b.rest, b.left, b.key = o, raw[blockHeaderSize:], int(records), b.key[:0]
	return nil
}

// next reads the next record; false at the end of the block.
func (b *block) next() (bool, error) {
	if b.left == 0 {
		if len(b.rest) > 0 {
			return false, fmt.Errorf("%d bytes are left over behind the last record", len(b.rest))
		}
		return false, nil
	}
	b.left--
	if err := b.readKey(); err != nil {
		return false, err
	}
	return true, b.readRefs()
}

func (b *block) readKey() error {
	if len(b.rest) == 0 {
		return errRecord
	}
	shared, n := int(b.rest[0]), b.options.KeyBytes
	if shared > len(b.key) || shared >= n || len(b.rest)-1 < n-shared {
		return errRecord
	}
	suffix := b.rest[1 : 1+n-shared]
	if len(b.key) > 0 && bytes.Compare(b.key[shared:], suffix) >= 0 {
		return errors.New("keys are out of order")
	}
	b.key, b.rest = append(b.key[:shared], suffix...), b.rest[1+n-shared:]
	return nil
}

func (b *block) readRefs() error {
	documents, err := b.number(1<<63 - 1)
	if err != nil || documents == 0 {
		return errors.Join(errors.New("bad number of documents"), err)
	}
	b.found = Bucket{Documents: int64(documents), Refs: b.found.Refs[:0]}
	unit, index := uint64(0), uint64(0)
	for i := range min(documents, uint64(b.options.Keep)) {
		u, err := b.number(1<<32 - 1 - unit)
		if err != nil {
			return err
		}
		if u > 0 || i == 0 {
			index = 0
		}
		step, err := b.number(1<<32 - 1 - index)
		if err != nil {
			return err
		}
		if i > 0 && u == 0 && step == 0 {
			return errors.New("documents of a key are out of order")
		}
		unit, index = unit+u, index+step
		b.found.Refs = append(b.found.Refs, corpus.Ref(unit<<32|index))
	}
	return nil
}

// number reads a varint of at most most.
func (b *block) number(most uint64) (uint64, error) {
	v, n := binary.Uvarint(b.rest)
	if n <= 0 || v > most {
		return 0, errors.New("bad number in a record")
	}
	b.rest = b.rest[n:]
	return v, nil
}
