package commoncrawl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"corpus/internal/storage"

	"github.com/parquet-go/parquet-go"
	"golang.org/x/sync/errgroup"
)

// tableRow is what is read of the index as a table (https://github.com/commoncrawl/cc-index-table).
type tableRow struct {
	Key       string  `parquet:"url_surtkey"`
	Languages *string `parquet:"content_languages,optional"`
	Filename  string  `parquet:"warc_filename"`
	Offset    int64   `parquet:"warc_record_offset"`
	Length    int64   `parquet:"warc_record_length"`
}

// tableReaders is how many files of the table are read at once; each holds some pages of five columns.
const tableReaders = 4

// readTable finds the records by the Parquet files of the index. Those are sorted by key, so that for domains the
// bounds of a row group mostly rule it out; for languages alone, four columns are read whole.
func (q *query) readTable(ctx context.Context, o Options) error {
	names, err := readList(ctx, storage.Join(o.Base, "crawl-data/"+o.Crawl+"/cc-index-table.paths.gz"))
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(tableReaders)
	for _, name := range names {
		if !strings.Contains(name, "/subset="+KindWARC+"/") {
			continue // robots.txt files and what could not be fetched
		}
		g.Go(func() error {
			path := storage.Join(o.Base, name)
			if err := q.readTableFile(ctx, path); err != nil {
				return fmt.Errorf("%s: %w", storage.Redacted(path), err)
			}
			return nil
		})
	}
	return g.Wait()
}

func (q *query) readTableFile(ctx context.Context, path string) (err error) {
	defer func() {
		if p := recover(); p != nil { // the library panics on some files that are no Parquet
			err = fmt.Errorf("not a table of an index: %v", p)
		}
	}()
	in, err := storage.Open(ctx, path)
	if err != nil {
		return err
	}
	defer in.Close()
	f, err := parquet.OpenFile(in, in.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(64<<10))
	if err != nil {
		return err
	}
	key, ok := f.Schema().Lookup("url_surtkey")
	for _, name := range []string{"warc_filename", "warc_record_offset", "warc_record_length"} {
		_, has := f.Schema().Lookup(name)
		ok = ok && has
	}
	if !ok {
		return errors.New("has not the columns of an index")
	}
	for _, group := range f.RowGroups() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if q.mayHold(group.ColumnChunks()[key.ColumnIndex]) {
			if err := q.readGroup(ctx, group); err != nil {
				return err
			}
		}
	}
	return nil
}

// mayHold says whether a prefix lies within the bounds of a row group's keys.
func (q *query) mayHold(keys parquet.ColumnChunk) bool {
	bounded, ok := keys.(interface {
		Bounds() (min, max parquet.Value, ok bool)
	})
	if !ok || len(q.prefixes) == 0 {
		return true
	}
	low, high, ok := bounded.Bounds()
	if !ok {
		return true
	}
	first, last := string(low.ByteArray()), string(high.ByteArray())
	for _, prefix := range q.prefixes {
		if last >= prefix && (first <= prefix || strings.HasPrefix(first, prefix)) {
			return true
		}
	}
	return false
}

func (q *query) readGroup(ctx context.Context, group parquet.RowGroup) error {
	r := parquet.NewGenericRowGroupReader[tableRow](group)
	defer r.Close()
	rows := make([]tableRow, 1024)
	for {
		n, err := r.Read(rows)
		for _, row := range rows[:n] {
			if !q.matches(row.Key) {
				continue
			}
			languages := ""
			if row.Languages != nil {
				languages = *row.Languages
			}
			if !fs.ValidPath(row.Filename) {
				return fmt.Errorf("%q is no name of a file", row.Filename)
			}
			if err := q.add(row.Filename, languages, Place{Offset: row.Offset, Length: row.Length}); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}
