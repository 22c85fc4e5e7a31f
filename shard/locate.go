package shard

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/parquet-go/parquet-go"
)

// Locate returns the row of the index that covers a token: shardFile is the name of
// a shard ("train-00000.bin"), token a position in it, from 0. By the index's own page index it reads
// one page of the column of positions, and the page of every other column that holds the row.
func Locate(dir, shardFile string, token int64) (IndexRow, error) {
	split, shard, err := ParseFileName(shardFile)
	if err != nil {
		return IndexRow{}, err
	}
	f, err := OpenFile(filepath.Join(dir, shardFile))
	if err != nil {
		return IndexRow{}, err
	}
	h := f.Header()
	f.Close() // read only: nothing is lost by an error here
	if token < 0 || token >= h.Tokens {
		return IndexRow{}, fmt.Errorf("no document holds token %d of %s, which has %d", token, shardFile, h.Tokens)
	}
	x, err := openIndex(filepath.Join(dir, IndexName))
	if err != nil {
		return IndexRow{}, err
	}
	defer x.close()
	row, err := lastNotAfter(x, split, h.FirstToken+token)
	if err != nil {
		return IndexRow{}, err
	}
	if row.Split != split || row.Shard != int32(shard) || token < row.FirstToken || token >= row.FirstToken+row.Length {
		return IndexRow{}, fmt.Errorf("%s: no document holds token %d of %s: it is padding", x.path, token, shardFile)
	}
	return row, nil
}

// lastNotAfter finds the last row of a split that starts at or before a position; the zero row when there is none.
func lastNotAfter(x *table[IndexRow], split string, position int64) (IndexRow, error) {
	found := -1
	groups := x.pq.RowGroups()
	for i, g := range groups {
		first, err := firstRow(g, x.pq.Schema(), split, position)
		if err != nil {
			return IndexRow{}, fmt.Errorf("%s: %w", x.path, err)
		}
		if first {
			found = i
		}
	}
	if found < 0 {
		return IndexRow{}, nil
	}
	at, err := x.partition(groups[found], func(v parquet.Value) bool { return v.Int64() > position })
	if err != nil {
		return IndexRow{}, fmt.Errorf("%s: %w", x.path, err)
	}
	for row, err := range x.rows(groups[found], at-1) {
		return row, err
	}
	return IndexRow{}, nil
}

// firstRow says whether a row group is of a split, and its first row is at or before a position. It asks the footer alone.
func firstRow(g parquet.RowGroup, schema *parquet.Schema, split string, position int64) (is bool, err error) {
	defer recoverDamage(&err)
	bounds := func(column string) (low, high parquet.Value, err error) {
		leaf, _ := schema.Lookup(column)
		return boundsOf(g.ColumnChunks()[leaf.ColumnIndex])
	}
	low, high, err := bounds("split")
	if err != nil || string(low.ByteArray()) != split || string(high.ByteArray()) != split {
		return false, err
	}
	low, _, err = bounds("position")
	return err == nil && low.Int64() <= position, err
}

// boundsOf returns the least and the greatest value of a column of a row group, from the footer.
func boundsOf(c parquet.ColumnChunk) (low, high parquet.Value, err error) {
	b, ok := c.(interface {
		Bounds() (low, high parquet.Value, ok bool)
	})
	if ok {
		low, high, ok = b.Bounds()
	}
	if !ok {
		err = fmt.Errorf("column %d has no statistics", c.Column())
	}
	return low, high, err
}

// partition returns the number of the first row of a group whose value in the sorted column is after something; the
// number of rows when none is. After must be false up to some value and true from there on. It reads the column's page
// index, and of its pages those that the index cannot rule out: one, where the bounds of pages are exact.
func (t *table[T]) partition(g parquet.RowGroup, after func(parquet.Value) bool) (row int64, err error) {
	defer recoverDamage(&err)
	chunk := g.ColumnChunks()[t.column]
	bounds, err := chunk.ColumnIndex()
	if err != nil {
		return 0, err
	}
	places, err := chunk.OffsetIndex()
	if err != nil {
		return 0, err
	}
	if bounds.NumPages() != places.NumPages() {
		return 0, fmt.Errorf("page indexes of %d and %d pages", bounds.NumPages(), places.NumPages())
	}
	for page := range bounds.NumPages() {
		if !after(bounds.MaxValue(page)) {
			continue
		}
		if after(bounds.MinValue(page)) {
			return places.FirstRowIndex(page), nil
		}
		at, found, err := firstValue(chunk, places.FirstRowIndex(page), after)
		if err != nil || found {
			return at, err
		}
	}
	return g.NumRows(), nil
}

// firstValue looks in the page that begins at a row for the first value that is after something.
func firstValue(chunk parquet.ColumnChunk, row int64, after func(parquet.Value) bool) (int64, bool, error) {
	pages := chunk.Pages()
	defer pages.Close()
	if err := pages.SeekToRow(row); err != nil {
		return 0, false, err
	}
	page, err := pages.ReadPage()
	if err != nil {
		return 0, false, err
	}
	defer parquet.Release(page)
	values := make([]parquet.Value, page.NumValues())
	n, err := page.Values().ReadValues(values)
	if n < len(values) {
		return 0, false, fmt.Errorf("page at row %d: %d of %d values: %w", row, n, len(values), unexpected(err))
	}
	for i, v := range values {
		if after(v) {
			return row + int64(i), true, nil
		}
	}
	return 0, false, nil
}

// Find returns the rows of a document, in order: its stretches, or one row that says why it is in no shard; none when no document that was
// kept has the id. Ids that the input brought need not be unique: then the rows are of several documents. By the table's own page
// index it reads one page of the column of ids, and the pages of every other column that hold the rows.
func Find(dir, document string) ([]DocumentRow, error) {
	t, err := openTable[DocumentRow](filepath.Join(dir, DocumentsName), documentsFormat)
	if err != nil {
		return nil, err
	}
	defer t.close()
	return find(t, document)
}

func find(t *table[DocumentRow], document string) (found []DocumentRow, err error) {
	for _, g := range t.pq.RowGroups() {
		may, err := t.mayHold(g, document)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.path, err)
		}
		if !may {
			continue
		}
		at, err := t.partition(g, func(v parquet.Value) bool { return strings.Compare(string(v.ByteArray()), document) >= 0 })
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.path, err)
		}
		if at == g.NumRows() {
			continue
		}
		for row, err := range t.rows(g, at) {
			if err != nil {
				return nil, err
			}
			if row.Document != document {
				break
			}
			found = append(found, row)
		}
	}
	return found, nil
}

// mayHold says whether a document is between a row group's first and last.
func (t *table[T]) mayHold(g parquet.RowGroup, document string) (may bool, err error) {
	defer recoverDamage(&err)
	low, high, err := boundsOf(g.ColumnChunks()[t.column])
	return err == nil && string(low.ByteArray()) <= document && document <= string(high.ByteArray()), err
}
