// Package table writes and reads Parquet files of one row type in bounded memory.
//
// The bytes of a file depend on its rows alone.
package table

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"

	"corpus/internal/storage"

	"github.com/parquet-go/parquet-go"
)

// Signal is a named measurement of a document; a row's signals are sorted by name.
type Signal struct {
	Name  string  `parquet:"name,dict"`
	Value float64 `parquet:"value"`
}

// SortedSignals turns a document's signals into a list sorted by name.
func SortedSignals(m map[string]float64) []Signal {
	list := make([]Signal, 0, len(m))
	for name, value := range m {
		list = append(list, Signal{name, value})
	}
	slices.SortFunc(list, func(a, b Signal) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// RowGroupRows and RowGroupBytes bound the memory that a writer holds: whichever is reached first ends a row group.
const (
	RowGroupRows  = 10_000
	RowGroupBytes = 16 << 20 // of what Sized rows say
)

// Sized is a row that may be large.
type Sized interface {
	// Size is the row's size in bytes, roughly.
	Size() int
}

// Writer writes rows of one type to a Parquet file: temporary name, sync, rename.
type Writer[T any] struct {
	file  *storage.File
	w     *parquet.GenericWriter[T]
	bytes int // in the row group
}

// Create starts a Parquet file compressed with zstd.
func Create[T any](path string) (*Writer[T], error) {
	f, err := storage.Create(path)
	if err != nil {
		return nil, err
	}
	w := parquet.NewGenericWriter[T](f, parquet.Compression(&parquet.Zstd),
		parquet.MaxRowsPerRowGroup(RowGroupRows), parquet.CreatedBy("corpus", "1", ""))
	return &Writer[T]{file: f, w: w}, nil
}

// Write appends a row.
func (t *Writer[T]) Write(row T) error {
	if _, err := t.w.Write([]T{row}); err != nil {
		return err
	}
	if s, ok := any(row).(Sized); ok {
		t.bytes += s.Size()
	}
	if t.bytes < RowGroupBytes {
		return nil
	}
	t.bytes = 0
	return t.w.Flush()
}

// Commit finishes the file.
func (t *Writer[T]) Commit() error {
	if err := t.w.Close(); err != nil {
		t.file.Abort()
		return err
	}
	return t.file.Commit()
}

// Abort removes what was written.
func (t *Writer[T]) Abort() { t.file.Abort() }

// Read yields the rows of a Parquet file in order.
func Read[T any](path string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		f, err := os.Open(path)
		if err != nil {
			yield(zero, err)
			return
		}
		defer f.Close()
		fail := func(err error) { yield(zero, fmt.Errorf("%s: %w", path, err)) }
		stat, err := f.Stat()
		if err != nil {
			fail(err)
			return
		}
		pf, err := open(f, stat.Size())
		if err != nil {
			fail(err)
			return
		}
		r := parquet.NewGenericReader[T](pf)
		defer r.Close()
		for {
			rows := make([]T, 64)
			n, err := readRows(r, rows)
			for _, row := range rows[:n] {
				if !yield(row, nil) {
					return
				}
			}
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				fail(err)
				return
			}
		}
	}
}

// The library trusts some of what a file says; its panics on a damaged one become errors.

func open(f *os.File, size int64) (pf *parquet.File, err error) {
	defer recoverDamage(&err)
	return parquet.OpenFile(f, size)
}

func readRows[T any](r *parquet.GenericReader[T], rows []T) (n int, err error) {
	defer recoverDamage(&err)
	return r.Read(rows)
}

func recoverDamage(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("damaged parquet file: %v", r)
	}
}
