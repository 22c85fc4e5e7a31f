package shard

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/parquet-go/parquet-go"
)

// Locate returns the row of the index that covers a token: shardFile is the name of
// a shard ("train-00000.bin"), token a position in it, from 0. It searches the
// sorted index and reads a few pages of it.
func Locate(dir, shardFile string, token int64) (IndexRow, error) {
	split, shard, err := ParseFileName(shardFile)
	if err != nil {
		return IndexRow{}, err
	}
	x, err := openIndex(filepath.Join(dir, IndexName))
	if err != nil {
		return IndexRow{}, err
	}
	defer x.close()
	row, err := x.lastNotAfter(split, int32(shard), token)
	if err != nil {
		return IndexRow{}, fmt.Errorf("%s: %w", x.path, err)
	}
	if row.Split != split || row.Shard != int32(shard) || token < row.FirstToken || token >= row.FirstToken+row.Length {
		return IndexRow{}, fmt.Errorf("%s: no document holds token %d of %s", x.path, token, shardFile)
	}
	return row, nil
}

// lastNotAfter finds the last row that starts at or before a position; the zero row when there is none.
func (x *index) lastNotAfter(split string, shard int32, token int64) (IndexRow, error) {
	r := parquet.NewGenericReader[IndexRow](x.pq)
	defer r.Close()
	var found IndexRow
	low, high := int64(0), x.pq.NumRows() // rows before low start at or before the position, rows from high on after it
	for low < high {
		middle := low + (high-low)/2
		row, err := readRow(r, middle)
		if err != nil {
			return IndexRow{}, err
		}
		if row.before(split, shard, token+1) {
			found, low = row, middle+1
		} else {
			high = middle
		}
	}
	return found, nil
}

func readRow(r *parquet.GenericReader[IndexRow], at int64) (row IndexRow, err error) {
	defer recoverDamage(&err)
	if err := r.SeekToRow(at); err != nil {
		return IndexRow{}, err
	}
	one := make([]IndexRow, 1)
	if n, err := r.Read(one); n != 1 {
		return IndexRow{}, fmt.Errorf("row %d: %w", at, unexpected(err))
	} else if err != nil && err != io.EOF {
		return IndexRow{}, err
	}
	return one[0], nil
}
