// Package commoncrawl turns the name of a crawl of commoncrawl.org into input files: all or some files of the crawl, or
// the records of some domains and languages, which its index knows.
//
// Invariants:
//   - A selection depends on the crawl and the options alone: files are in the order of the crawl's list, records in
//     that of their files and offsets.
//   - Everything is read from under one base address, by ranges where a file is large. There is no query service in between.
//
// Layout of a crawl (https://commoncrawl.org/get-started, https://commoncrawl.org/columnar-index):
//
//	crawl-data/CRAWL/{warc,wet}.paths.gz               names of the files, one a line
//	cc-index/collections/CRAWL/indexes/cluster.idx     first key, file, offset and length of each block of 3,000 lines of
//	cc-index/collections/CRAWL/indexes/cdx-00000.gz …  the sorted index, a gzip member per block
//	crawl-data/CRAWL/cc-index-table.paths.gz           names of the Parquet files of the same index
//
// Example:
//
//	o := commoncrawl.DefaultOptions()
//	o.Crawl, o.Domains = "CC-MAIN-2025-13", []string{"*.example.org"}
//	selection, err := commoncrawl.Select(ctx, o)
package commoncrawl

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"corpus/ingest"
	"corpus/internal/storage"

	"golang.org/x/sync/errgroup"
)

// Place is where a record lies in its file.
type Place = ingest.Place

// Selection is one file of a crawl, or some records of it.
type Selection struct {
	// Path is the file's address below the base.
	Path string
	// Bytes is the size of the file; with Places the sum of their lengths.
	Bytes int64
	// Places are the records, sorted by offset, without overlaps; nil for all of the file.
	Places []Place
}

// maxPlaces bounds the records of a selection: they are part of a build's plan.
const maxPlaces = 2_000_000

// Select finds the files or records that the options name.
func Select(ctx context.Context, o Options) ([]Selection, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if len(o.Domains) == 0 && len(o.Languages) == 0 {
		return wholeFiles(ctx, o)
	}
	q, err := newQuery(o)
	if err != nil {
		return nil, err
	}
	if o.Files != "" {
		names, err := fileNames(ctx, o)
		if err != nil {
			return nil, err
		}
		q.files = make(map[string]bool, len(names))
		for _, name := range names {
			q.files[name] = true
		}
	}
	if o.Index == IndexTable {
		err = q.readTable(ctx, o)
	} else {
		err = q.readCDX(ctx, o)
	}
	if err != nil {
		return nil, err
	}
	return q.selection(o.Base)
}

// wholeFiles lists files and asks for their sizes.
func wholeFiles(ctx context.Context, o Options) ([]Selection, error) {
	names, err := fileNames(ctx, o)
	if err != nil {
		return nil, err
	}
	all := make([]Selection, len(names))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(requests)
	for i, name := range names {
		g.Go(func() error {
			e, err := storage.Stat(ctx, storage.Join(o.Base, name))
			all[i] = Selection{Path: e.Path, Bytes: e.Bytes}
			return err
		})
	}
	return all, g.Wait()
}

// requests is how many files are asked for at once.
const requests = 16

// fileNames is the crawl's list of files of a kind, cut to the slice that is asked for.
func fileNames(ctx context.Context, o Options) ([]string, error) {
	list := storage.Join(o.Base, "crawl-data/"+o.Crawl+"/"+o.Kind+".paths.gz")
	names, err := readList(ctx, list)
	if err != nil {
		return nil, err
	}
	from, to, err := parseSlice(o.Files, len(names))
	if err != nil {
		return nil, err
	}
	if from >= to {
		return nil, fmt.Errorf("%s: files %q of %d are none", storage.Redacted(list), o.Files, len(names))
	}
	return names[from:to], nil
}

// selection sorts what a query found. Records that the index names twice are taken once.
func (q *query) selection(base string) ([]Selection, error) {
	if len(q.found) == 0 {
		return nil, fmt.Errorf("%s: the index of %s has no record for the domains %v and languages %v", storage.Redacted(base), q.crawl, q.domains, q.languages)
	}
	var all []Selection
	for name, places := range q.found {
		slices.SortFunc(places, func(a, b Place) int {
			if a.Offset != b.Offset {
				return int(min(1, max(-1, a.Offset-b.Offset)))
			}
			return int(min(1, max(-1, b.Length-a.Length)))
		})
		s := Selection{Path: storage.Join(base, name)}
		end := int64(0)
		for _, p := range places {
			if p.Offset >= end {
				s.Places = append(s.Places, p)
				s.Bytes += p.Length
				end = p.Offset + p.Length
			}
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b Selection) int { return strings.Compare(a.Path, b.Path) })
	return all, nil
}
