package report

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"corpus/internal/manifest"
)

// PairFact is a pair of documents that was compared.
type PairFact struct {
	Similarity float64      `json:"similarity"`
	Accepted   bool         `json:"accepted"` // it counts as a pair of duplicates
	First      DocumentFact `json:"first"`    // in the order of the inputs
	Second     DocumentFact `json:"second"`
}

// HotFact is a key that many documents share, by its first document.
type HotFact struct {
	Method    string       `json:"method"`
	Documents int64        `json:"documents"`
	First     DocumentFact `json:"first"`
}

// DocumentFact is what the ledger says of one document that came to dedup.
type DocumentFact struct {
	Ref string `json:"ref"` // "unit:index"
	// Build is the folder of the earlier build that the document belongs to; "" for this one. Of those nothing else is known here.
	Build  string `json:"build,omitempty"`
	ID     string `json:"id"`
	Source string `json:"source"`
	URL    string `json:"url"`
	Date   string `json:"date"`
	Bytes  int64  `json:"bytes"` // of text: when kept, or on entry to the stage that dropped it
	Kept   bool   `json:"kept"`
	Stage  string `json:"stage"` // the one that dropped it
	// DuplicateOf is the document that stays instead.
	DuplicateOf string `json:"duplicate_of"`
}

// cluster is the document that stands for the one's cluster.
func (d DocumentFact) cluster() string { return or(d.DuplicateOf, d.Ref) }

// documentRow is the part of the ledger that a DocumentFact rests on.
type documentRow struct {
	Index       int64  `parquet:"index"`
	ID          string `parquet:"id"`
	Source      string `parquet:"source,dict"`
	URL         string `parquet:"url"`
	Date        string `parquet:"date"`
	Kept        bool   `parquet:"kept"`
	Stage       string `parquet:"stage,dict"`
	LastBytes   int64  `parquet:"last_bytes"`
	DuplicateOf string `parquet:"duplicate_of"`
}

// errEnough ends the reading of a table before its end.
var errEnough = errors.New("enough")

// findDocuments looks documents up in the ledger by their refs. It reads the units that have one, as far as the last of them.
func findDocuments(ctx context.Context, dir string, m *manifest.Manifest, refs []string) (map[string]DocumentFact, error) {
	wanted := map[int]map[int64]bool{}
	found := map[string]DocumentFact{}
	for _, ref := range refs {
		unit, index, ok := parseRef(ref)
		if !ok || unit >= m.Units() {
			return nil, fmt.Errorf("%q names no document of the ledger", ref)
		}
		if unit < m.FirstUnit() {
			found[ref] = DocumentFact{Ref: ref, Build: m.EarlierPath(unit)}
			continue
		}
		if wanted[unit] == nil {
			wanted[unit] = map[int64]bool{}
		}
		wanted[unit][index] = true
	}
	for _, unit := range slices.Sorted(maps.Keys(wanted)) {
		left := wanted[unit]
		err := unitRows(ctx, dir, unit, func(_ int, r *documentRow) error {
			if r.Index < 0 || !left[r.Index] {
				return nil
			}
			delete(left, r.Index)
			ref := fmt.Sprintf("%d:%d", unit, r.Index)
			found[ref] = DocumentFact{
				Ref: ref, ID: r.ID, Source: r.Source, URL: r.URL, Date: r.Date, Bytes: r.LastBytes, Kept: r.Kept, Stage: r.Stage, DuplicateOf: r.DuplicateOf,
			}
			if len(left) == 0 {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			return nil, err
		}
		for _, index := range slices.Sorted(maps.Keys(left)) {
			return nil, fmt.Errorf("document %d:%d is not in %s", unit, index, manifest.LedgerPath(unit))
		}
	}
	return found, nil
}

// parseRef reads a reference "unit:index".
func parseRef(ref string) (unit int, index int64, ok bool) {
	u, i, ok := strings.Cut(ref, ":")
	n, errUnit := strconv.ParseUint(u, 10, 31)
	index, errIndex := strconv.ParseInt(i, 10, 64)
	return int(n), index, ok && errUnit == nil && errIndex == nil && index >= 0
}

// addDocuments looks the documents of the manifest's pairs and hot keys up, and holds against the ledger what the manifest says of them.
func (f *Facts) addDocuments(ctx context.Context, dir string) error {
	d := f.Manifest.Dedup
	var refs []string
	for _, p := range d.Samples {
		refs = append(refs, p.First, p.Second)
	}
	for _, h := range d.Hot {
		refs = append(refs, h.First)
	}
	found, err := findDocuments(ctx, dir, f.Manifest, refs)
	if err != nil {
		return err
	}
	for _, p := range d.Samples {
		pair := PairFact{Similarity: p.Similarity, Accepted: p.Accepted, First: found[p.First], Second: found[p.Second]}
		known := pair.First.Build == "" && pair.Second.Build == ""
		if known && p.Accepted && pair.First.cluster() != pair.Second.cluster() {
			return fmt.Errorf("documents %s and %s are said to be duplicates, and belong to the clusters of %s and %s",
				p.First, p.Second, pair.First.cluster(), pair.Second.cluster())
		}
		f.Duplicates.Pairs = append(f.Duplicates.Pairs, pair)
	}
	for _, h := range d.Hot {
		f.Duplicates.Hot = append(f.Duplicates.Hot, HotFact{Method: h.Method, Documents: h.Documents, First: found[h.First]})
	}
	return nil
}
