// Package spill sorts more records than memory holds: a Sorter collects them in
// any order and leaves one sorted run file, Open reads a run back from any key on,
// and Merge reads several runs as one.
//
// Invariants:
//   - Records are ordered by key, bytewise, then by value, bytewise. Equal records are kept, all of them.
//   - The bytes of a run depend on its records, and on Options.Store, alone: not on the order of Add, nor on the memory that the Sorter had.
//   - Memory is bounded: by Options.MemoryBytes for a Sorter, by about 200 KiB for each
//     run that is read or merged, and by about four times the largest record where that is more.
//   - A run that was damaged or cut short is an error that names the file and the offset, never wrong records.
//
// The file format is described in docs/format/spill.md. For example:
//
//	s := spill.NewSorter("words.run", spill.Options{})
//	defer s.Abort()
//	for _, w := range words {
//		if err := s.Add([]byte(w), nil); err != nil {
//			return err
//		}
//	}
//	if _, err := s.Close(ctx); err != nil {
//		return err
//	}
package spill

import (
	"bytes"
	"fmt"
)

const (
	// MaxKey is the most bytes that a key may have.
	MaxKey = 1<<16 - 1
	// MaxValue is the most bytes that a value may have.
	MaxValue = 64 << 20
)

// Record is one row of a run.
type Record struct{ Key, Value []byte }

// Compare orders records by key, bytewise, then by value, bytewise.
func Compare(a, b Record) int {
	if c := bytes.Compare(a.Key, b.Key); c != 0 {
		return c
	}
	return bytes.Compare(a.Value, b.Value)
}

// Info describes a finished run.
type Info struct {
	Records int64
	Bytes   int64 // size of the file
}

// shape is how long a record's key and value are.
type shape struct{ key, value int }

// checkSize refuses a record that the format cannot hold.
func checkSize(key, value []byte) error {
	if len(key) > MaxKey {
		return fmt.Errorf("key of %d bytes is longer than %d", len(key), MaxKey)
	}
	if len(value) > MaxValue {
		return fmt.Errorf("value of %d bytes is longer than %d", len(value), MaxValue)
	}
	return nil
}

// prefix is the first eight bytes of a key as a number, so that most comparisons
// need not touch the key. A shorter key is filled with zeros, which keeps the order;
// keys with equal prefixes must still be compared.
func prefix(key []byte) uint64 {
	var p uint64
	if len(key) >= 8 {
		_ = key[7]
		return uint64(key[0])<<56 | uint64(key[1])<<48 | uint64(key[2])<<40 | uint64(key[3])<<32 |
			uint64(key[4])<<24 | uint64(key[5])<<16 | uint64(key[6])<<8 | uint64(key[7])
	}
	for i, b := range key {
		p |= uint64(b) << (56 - 8*i)
	}
	return p
}
