package shard

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

const (
	rowsPerGroup = 64 << 10 // bounds the memory of writing
	rowBatch     = 512
	pageBytes    = 32 << 10 // what a look-up reads of a column
)

// tableFormat is what tells one kind of sealed Parquet file from every other.
type tableFormat struct {
	what    string // for errors: "shard index"
	key     string // of the format's version in the file's metadata
	version string
	sorted  string // name of the column by which look-ups go
}

// tableWriter writes the rows of a sealed Parquet file.
type tableWriter[T any] struct {
	path   string
	file   outputFile
	sealed *sealedWriter
	out    *parquet.GenericWriter[T]
	rows   []T
}

func createTable[T any](path string, format tableFormat, open createFunc) (*tableWriter[T], error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	sealed := &sealedWriter{out: f}
	out := parquet.NewGenericWriter[T](sealed,
		parquet.Compression(&zstd.Codec{Level: zstd.SpeedFastest, Concurrency: 1}),
		parquet.MaxRowsPerRowGroup(rowsPerGroup),
		parquet.PageBufferSize(pageBytes),
		// Bounds that are cut short would make a look-up read more pages than it must.
		parquet.ColumnIndexSizeLimit(func([]string) int { return 2 * maxID }),
		parquet.BloomFilters(parquet.SplitBlockFilter(10, "document")),
		parquet.CreatedBy("corpus", format.version, ""), // the library's default names its own build
		parquet.KeyValueMetadata(format.key, format.version),
		parquet.KeyValueMetadata(sealKey, emptySeal),
	)
	return &tableWriter[T]{path: path, file: f, sealed: sealed, out: out, rows: make([]T, 0, rowBatch)}, nil
}

func (w *tableWriter[T]) add(r T) error {
	w.rows = append(w.rows, r)
	if len(w.rows) < cap(w.rows) {
		return nil
	}
	return w.flush()
}

func (w *tableWriter[T]) flush() error {
	if _, err := w.out.Write(w.rows); err != nil {
		return fmt.Errorf("%s: %w", w.path, err)
	}
	w.rows = w.rows[:0]
	return nil
}

// endGroup ends the row group, unless it is empty.
func (w *tableWriter[T]) endGroup() error {
	if err := w.flush(); err != nil {
		return err
	}
	if err := w.out.Flush(); err != nil {
		return fmt.Errorf("%s: %w", w.path, err)
	}
	return nil
}

func (w *tableWriter[T]) close() error {
	if err := w.endGroup(); err != nil { // what is left is small enough to be held back
		return err
	}
	w.sealed.holding = true
	if err := errors.Join(w.out.Close(), w.sealed.seal()); err != nil {
		return fmt.Errorf("%s: %w", w.path, err)
	}
	return w.file.Commit()
}

func (w *tableWriter[T]) abort() { w.file.Abort() }

// table is a sealed Parquet file open for reading. Not safe for concurrent use.
type table[T any] struct {
	path   string
	file   *os.File
	sealed *sealedReader
	pq     *parquet.File
	column int // the one by which look-ups go
}

func openTable[T any](path string, format tableFormat) (*table[T], error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	t := &table[T]{path: path, file: f}
	if err := t.parse(f, info.Size(), format); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

func (t *table[T]) parse(file io.ReaderAt, size int64, format tableFormat) (err error) {
	defer recoverDamage(&err)
	if t.sealed, err = openSealed(file, size); err != nil {
		return err
	}
	// Page indexes and Bloom filters are read when they are needed: a look-up needs those of one row group.
	t.pq, err = parquet.OpenFile(t.sealed, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true),
		parquet.SkipMagicBytes(true), parquet.ReadBufferSize(pageBytes))
	if err != nil {
		return err
	}
	if v, ok := t.pq.Lookup(format.key); !ok {
		return fmt.Errorf("not a %s: no %q in its metadata", format.what, format.key)
	} else if v != format.version {
		return fmt.Errorf("unknown %s version %q: this program reads version %q", format.what, v, format.version)
	}
	var row T
	if want := parquet.SchemaOf(row); !parquet.EqualNodes(want, t.pq.Schema()) {
		return fmt.Errorf("not a %s: its columns are not those of version %s", format.what, format.version)
	}
	leaf, ok := t.pq.Schema().Lookup(format.sorted)
	if !ok {
		return fmt.Errorf("not a %s: no column %q", format.what, format.sorted)
	}
	t.column = leaf.ColumnIndex
	return nil
}

func (t *table[T]) close() error { return t.file.Close() }

// all yields the rows in order.
func (t *table[T]) all() iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, g := range t.pq.RowGroups() {
			for row, err := range t.rows(g, 0) {
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
}

// rows yields the rows of a row group in order, from one on. A non-nil error comes last.
func (t *table[T]) rows(g parquet.RowGroup, from int64) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		r := parquet.NewGenericRowGroupReader[T](g)
		defer r.Close()
		batch := make([]T, rowBatch)
		if from > 0 {
			batch = batch[:1] // a look-up wants one row, or a few
			if err := seekRow(r, from); err != nil {
				var none T
				yield(none, fmt.Errorf("%s: row %d: %w", t.path, from, err))
				return
			}
		}
		for {
			n, err := readRows(r, batch)
			for _, row := range batch[:n] {
				if !yield(row, nil) {
					return
				}
			}
			if err == io.EOF {
				return
			}
			if err != nil {
				var none T
				yield(none, fmt.Errorf("%s: %w", t.path, err))
				return
			}
		}
	}
}

func seekRow[T any](r *parquet.GenericReader[T], row int64) (err error) {
	defer recoverDamage(&err)
	return r.SeekToRow(row)
}

func readRows[T any](r *parquet.GenericReader[T], batch []T) (n int, err error) {
	defer recoverDamage(&err)
	n, err = r.Read(batch)
	if n == 0 && err == nil {
		err = io.ErrNoProgress
	}
	return n, err
}

// recoverDamage turns a panic of the Parquet library, which trusts some of what a file says, into an error.
func recoverDamage(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("damaged parquet file: %v", r)
	}
}
