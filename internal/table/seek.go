package table

import (
	"fmt"
	"io"
	"os"

	"github.com/parquet-go/parquet-go"
)

// Seek returns the row of a file whose value in a column of int64 is want; false where there is none. The rows must be sorted by
// the column. By the file's page index it reads one page of that column, and the pages of the others that hold the row.
func Seek[T any](path, column string, want int64) (row T, found bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return row, false, err
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return row, false, err
	}
	row, found, err = seek[T](f, stat.Size(), column, want)
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return row, found, err
}

func seek[T any](r io.ReaderAt, size int64, column string, want int64) (row T, found bool, err error) {
	defer recoverDamage(&err)
	pf, err := parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return row, false, err
	}
	leaf, ok := pf.Schema().Lookup(column)
	if !ok {
		return row, false, fmt.Errorf("no column %q", column)
	}
	for _, g := range pf.RowGroups() {
		chunk, ok := g.ColumnChunks()[leaf.ColumnIndex].(*parquet.FileColumnChunk)
		if !ok {
			return row, false, fmt.Errorf("no column %q", column)
		}
		least, most, ok := chunk.Bounds()
		if ok && (want < least.Int64() || want > most.Int64()) {
			continue
		}
		at, found, err := rowOf(chunk, want)
		if err != nil || !found {
			return row, false, err
		}
		return readRow[T](g, at)
	}
	return row, false, nil
}

// rowOf is the number of the row with a value in a sorted column of a row group.
func rowOf(chunk *parquet.FileColumnChunk, want int64) (int64, bool, error) {
	bounds, err := chunk.ColumnIndex()
	if err != nil {
		return 0, false, err
	}
	places, err := chunk.OffsetIndex()
	if err != nil {
		return 0, false, err
	}
	for page := range min(bounds.NumPages(), places.NumPages()) {
		if want <= bounds.MaxValue(page).Int64() {
			return valueOf(chunk, places.FirstRowIndex(page), want)
		}
	}
	return 0, false, nil
}

// valueOf looks for a value in the page that begins at a row.
func valueOf(chunk *parquet.FileColumnChunk, first, want int64) (int64, bool, error) {
	pages := chunk.Pages()
	defer pages.Close()
	if err := pages.SeekToRow(first); err != nil {
		return 0, false, err
	}
	page, err := pages.ReadPage()
	if err != nil {
		return 0, false, err
	}
	defer parquet.Release(page)
	values := make([]parquet.Value, page.NumValues())
	if n, err := page.Values().ReadValues(values); n < len(values) {
		return 0, false, fmt.Errorf("read %d of %d values: %w", n, len(values), err)
	}
	for i, v := range values {
		if v.Int64() >= want {
			return first + int64(i), v.Int64() == want, nil
		}
	}
	return 0, false, nil
}

func readRow[T any](g parquet.RowGroup, at int64) (row T, found bool, err error) {
	r := parquet.NewGenericRowGroupReader[T](g)
	defer r.Close()
	if err := r.SeekToRow(at); err != nil {
		return row, false, err
	}
	one := make([]T, 1)
	if n, err := r.Read(one); n < 1 {
		return row, false, fmt.Errorf("row %d: %w", at, err)
	}
	return one[0], true, nil
}
