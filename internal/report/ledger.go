package report

import (
	"context"
	"fmt"
	"path/filepath"

	"corpus/internal/manifest"
	"corpus/internal/table"
)

// row is the part of manifest.Row that the datasheet rests on. Columns that are not named here are not decoded (BenchmarkGather).
type row struct {
	Index       int64          `parquet:"index"`
	Source      string         `parquet:"source,dict"`
	File        string         `parquet:"file,dict"`
	Offset      int64          `parquet:"offset"`
	Length      int64          `parquet:"length"`
	Codec       string         `parquet:"codec,dict"`
	Type        string         `parquet:"type,dict"`
	Domain      string         `parquet:"domain,dict"`
	Date        string         `parquet:"date"`
	Bytes       int64          `parquet:"bytes"`
	Kept        bool           `parquet:"kept"`
	Stage       string         `parquet:"stage,dict"`
	Rule        string         `parquet:"rule,dict"`
	Value       string         `parquet:"value"`
	LastBytes   int64          `parquet:"last_bytes"`
	DuplicateOf string         `parquet:"duplicate_of"`
	Language    string         `parquet:"language,dict"`
	Signals     []table.Signal `parquet:"signals,list"`

	Rights []table.Evidence `parquet:"rights,list"`
}

// domainRow is what a further pass over the domains reads.
type domainRow struct {
	Index     int64          `parquet:"index"`
	Domain    string         `parquet:"domain,dict"`
	Bytes     int64          `parquet:"bytes"`
	Kept      bool           `parquet:"kept"`
	Stage     string         `parquet:"stage,dict"`
	LastBytes int64          `parquet:"last_bytes"`
	Signals   []table.Signal `parquet:"signals,list"`
}

// checkEvery is how many rows pass between two looks at the context.
const checkEvery = 1024

// eachRow reads the ledger of every unit of work from the first on, in order.
func eachRow[T any](ctx context.Context, dir string, first, end int, use func(unit int, r *T) error) error {
	for unit := first; unit < end; unit++ {
		if err := unitRows(ctx, dir, unit, use); err != nil {
			return err
		}
	}
	return nil
}

// unitRows reads the ledger of one unit of work.
func unitRows[T any](ctx context.Context, dir string, unit int, use func(unit int, r *T) error) error {
	n := 0
	path := filepath.Join(dir, filepath.FromSlash(manifest.LedgerPath(unit)))
	for r, err := range table.Read[T](path) {
		if err == nil && n%checkEvery == 0 {
			err = ctx.Err()
		}
		if err == nil {
			err = use(unit, &r)
		}
		if err != nil {
			return fmt.Errorf("datasheet: row %d of %s: %w", n, manifest.LedgerPath(unit), err)
		}
		n++
	}
	return nil
}
