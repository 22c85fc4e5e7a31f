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
	"reflect"
	"slices"
	"strings"

	"corpus"
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

// Evidence is a statement of a record about its use: corpus.Evidence.
type Evidence struct {
	Kind  string `parquet:"kind,dict"`
	Where string `parquet:"where,dict"`
	Value string `parquet:"value,dict"`
}

// Edit is a part of a text that a stage replaced or removed: corpus.Edit.
type Edit struct {
	Stage  string `parquet:"stage,dict"`
	Type   string `parquet:"type,dict"`
	Offset int64  `parquet:"offset"`
	Length int64  `parquet:"length"`
}

// Evidences turns a document's statements into rows.
func Evidences(list []corpus.Evidence) []Evidence {
	rows := make([]Evidence, len(list))
	for i, e := range list {
		rows[i] = Evidence(e)
	}
	return rows
}

// Edits turns a document's edits into rows.
func Edits(list []corpus.Edit) []Edit {
	rows := make([]Edit, len(list))
	for i, e := range list {
		rows[i] = Edit(e)
	}
	return rows
}

// RowGroupRows and RowGroupBytes bound the memory that a writer holds: whichever is reached first ends a row group.
const (
	RowGroupRows  = 10_000
	RowGroupBytes = 16 << 20 // of what Sized rows say
)

// Sized is a row that knows what it takes.
type Sized interface {
	// Size is the length of the row's strings in bytes, as far as they have no small bound.
	Size() int
}

// Writer writes rows of one type to a Parquet file: temporary name, sync, rename.
type Writer[T Sized] struct {
	file  *storage.File
	w     *parquet.GenericWriter[T]
	bytes int // in the row group
}

// Create starts a Parquet file compressed with zstd.
func Create[T Sized](path string) (*Writer[T], error) {
	f, err := storage.Create(path)
	if err != nil {
		return nil, err
	}
	options := []parquet.WriterOption{
		parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(RowGroupRows), parquet.CreatedBy("corpus", "1", ""),
	}
	// The least and the largest text of a column say nothing, and Parquet would store both whole, uncompressed, several times.
	for _, column := range plainStrings(reflect.TypeFor[T]()) {
		options = append(options, parquet.SkipPageBounds(column), parquet.SkipPageStatistics(column))
	}
	return &Writer[T]{file: f, w: parquet.NewGenericWriter[T](f, options...)}, nil
}

// plainStrings are the columns of strings that have no dictionary, which is for few and short values.
func plainStrings(row reflect.Type) []string {
	var columns []string
	for i := range row.NumField() {
		name, encoding, _ := strings.Cut(row.Field(i).Tag.Get("parquet"), ",")
		if row.Field(i).Type.Kind() == reflect.String && encoding == "" {
			columns = append(columns, name)
		}
	}
	return columns
}

// Write appends a row.
func (t *Writer[T]) Write(row T) error {
	if _, err := t.w.Write([]T{row}); err != nil {
		return err
	}
	t.bytes += row.Size()
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
		for chunk := 1; ; {
			rows := make([]T, chunk)
			n, err := readRows(r, rows)
			size := 0
			for _, row := range rows[:n] {
				size += sizeOf(row)
				if !yield(row, nil) {
					return
				}
			}
			chunk = nextChunk(chunk, size)
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

// Rows are read some at a time: more while they are small, fewer where they are large.
const (
	chunkRows  = 64
	chunkBytes = 1 << 20
)

func nextChunk(rows, bytes int) int {
	if bytes > chunkBytes {
		return max(1, rows/2)
	}
	return min(chunkRows, 2*rows)
}

func sizeOf(row any) int {
	if s, ok := row.(Sized); ok {
		return s.Size()
	}
	return 0
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
