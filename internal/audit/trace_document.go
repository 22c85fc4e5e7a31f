package audit

import (
	"context"
	"fmt"
	"path/filepath"

	"corpus/internal/manifest"
	"corpus/shard"
)

// Placed says of one stretch of a document where it is, or of a document why it is in no shard. Of the last three one is set.
type Placed struct {
	Document string `json:"document"`
	Unit     int64  `json:"unit"`
	Index    int64  `json:"index"` // among the documents that curate kept from the unit; -1: not kept by curate
	*Stretch
	// LeftOut says why a kept document is in no shard: empty or mixture.
	LeftOut string `json:"left_out,omitempty"`
	*Removed
}

// Stretch is where a part of a document is, or all of it.
type Stretch struct {
	Shard         string `json:"shard"`
	Sequence      int64  `json:"sequence"`       // number within the split; -1 without sequences
	FirstToken    int64  `json:"first_token"`    // position in the shard
	Length        int64  `json:"length"`         // tokens
	Copy          uint32 `json:"copy"`           // 0 for the first
	DocumentToken int64  `json:"document_token"` // position in the document
}

// Removed is the row of the ledger that says why a document was not kept.
type Removed struct {
	RemovedBy   string `json:"removed_by"` // the stage
	Rule        string `json:"rule"`
	Value       string `json:"value"`
	DuplicateOf string `json:"duplicate_of,omitempty"` // unit and index of the document that was kept instead
	Ledger      string `json:"ledger"`                 // the table
	Record      int64  `json:"record"`                 // the row's record
}

// TraceDocument follows a document into the shards, by its id. Where ids are not unique the list is of all the documents that
// have it. A document that no shard and no mixture knows is looked for in the ledger, which is read from its beginning.
func TraceDocument(ctx context.Context, dir, id string) ([]Placed, error) {
	m, err := manifest.Read(dir)
	if err != nil {
		return nil, err
	}
	rows, err := shard.Find(filepath.Join(dir, "shards"), id)
	if err != nil {
		return nil, err
	}
	var list []Placed
	for _, r := range rows {
		p := Placed{Document: r.Document, Unit: int64(r.Unit), Index: int64(r.Index), LeftOut: r.LeftOut}
		if r.LeftOut == "" {
			p.Stretch = &Stretch{
				Shard: shard.FileName(r.Split, int(r.Shard)), Sequence: r.Sequence, FirstToken: r.FirstToken, Length: r.Length, Copy: r.Copy, DocumentToken: r.DocumentToken,
			}
		}
		list = append(list, p)
	}
	if len(list) > 0 {
		return list, nil
	}
	for unit := m.FirstUnit(); unit < m.Units(); unit++ {
		removed, err := removedFrom(ctx, dir, unit, id)
		if err != nil {
			return nil, err
		}
		list = append(list, removed...)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: no document and no record of the ledger has the id %q", dir, id)
	}
	return list, nil
}

// removedFrom finds the records of a unit with an id that were not kept.
func removedFrom(ctx context.Context, dir string, unit int, id string) (list []Placed, err error) {
	path := manifest.LedgerPath(unit)
	for row, err := range rows[manifest.Row](ctx, filepath.Join(dir, filepath.FromSlash(path))) {
		if err != nil {
			return nil, err
		}
		if row.ID != id || row.Kept {
			continue
		}
		list = append(list, Placed{Document: id, Unit: int64(row.Unit), Index: row.Index, Removed: &Removed{
			RemovedBy: row.Stage, Rule: row.Rule, Value: row.Value, DuplicateOf: row.DuplicateOf, Ledger: path, Record: row.Record,
		}})
	}
	return list, nil
}
