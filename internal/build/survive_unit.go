package build

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"corpus"
	"corpus/internal/documents"
	"corpus/internal/manifest"
	"corpus/internal/table"
)

// splitUnit walks the unit's ledger, its curated documents and their fates side by side: all three are in document order.
func (b *build) splitUnit(ctx context.Context, unit int, f *fates, t *unitTables, accounts *dedupAccounts) error {
	nextDoc, stopDocs := iter.Pull2(documents.Read(b.path(curatedPath(unit))))
	defer stopDocs()
	u := f.unit(unit)
	defer u.stop()
	for row, err := range table.Read[manifest.Row](b.path(curatedLedgerPath(unit))) {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if row.Index >= 0 {
			doc, err, ok := nextDoc()
			if err != nil {
				return err
			}
			if !ok || doc.Index != row.Index {
				return fmt.Errorf("curated documents and ledger disagree at record %d", row.Record)
			}
			fate, err := u.of(doc.Ref())
			if err != nil {
				return err
			}
			if err := t.settle(&row, doc, fate, accounts); err != nil {
				return err
			}
		}
		if err := t.ledger.Write(row); err != nil {
			return err
		}
	}
	return u.end()
}

// settle writes a curated document to where it belongs and its fate into the ledger row.
func (t *unitTables) settle(row *manifest.Row, doc documents.Row, f fate, accounts *dedupAccounts) error {
	size := int64(len(doc.Text))
	if m := f.member; m != nil {
		err := t.clusters.Write(ClusterRow{
			Unit: doc.Unit, Index: doc.Index, ID: doc.ID, URL: doc.URL, Cluster: manifest.DuplicateRef(m.Survivor),
			Kept: m.Method == "", Method: m.Method, Similarity: m.Similarity,
		})
		if err != nil {
			return err
		}
	}
	switch {
	case f.over:
		reject(row, manifest.StageLimit, nil)
		return accounts.count(size, nil, manifest.StageLimit)
	case f.duplicate():
		reject(row, f.member.Method, f.member.Similarity)
		row.DuplicateOf = manifest.DuplicateRef(f.member.Survivor)
		return accounts.count(size, nil, f.member.Method)
	}
	return t.edit(row, doc, f.edits, accounts)
}

// edit writes a document that stays in its cluster, without what the edit methods take out of it, unless one of them leaves too little.
func (t *unitTables) edit(row *manifest.Row, doc documents.Row, edits []methodRemoval, accounts *dedupAccounts) error {
	size, left := int64(len(doc.Text)), []remainder{}
	for _, e := range edits {
		text, list, err := e.apply(e.method, doc.Text)
		if err != nil {
			return fmt.Errorf("%s: %w", e.method, err)
		}
		if err := t.writeRanges(doc, e); err != nil {
			return err
		}
		if e.Drop {
			row.LastBytes = int64(len(doc.Text)) // on entry to the method
			reject(row, e.method, len(strings.TrimSpace(text)))
			return accounts.count(size, left, e.method)
		}
		cut := table.Signal{Name: CutSignal(e.method), Value: float64(len(doc.Text) - len(text))}
		doc.Signals, row.Signals = withSignal(doc.Signals, cut), withSignal(row.Signals, cut)
		doc.Text, doc.Edits = text, append(doc.Edits, table.Edits(list)...)
		left = append(left, remainder{e.method, int64(len(text))})
	}
	row.LastBytes = int64(len(doc.Text))
	if err := accounts.count(size, left, ""); err != nil {
		return err
	}
	return t.docs.Write(doc)
}

// CutSignal names the signal that counts the bytes that a method took out of a text which it kept.
func CutSignal(method string) string { return method + "_bytes" }

// withSignal sets a signal among others, which are sorted by name.
func withSignal(signals []table.Signal, s table.Signal) []table.Signal {
	at, found := slices.BinarySearchFunc(signals, s, func(a, b table.Signal) int { return strings.Compare(a.Name, b.Name) })
	if found {
		signals = slices.Delete(signals, at, at+1)
	}
	return slices.Insert(signals, at, s)
}

func (t *unitTables) writeRanges(doc documents.Row, r methodRemoval) error {
	for _, x := range r.Ranges {
		row := RangeRow{Unit: doc.Unit, Index: doc.Index, ID: doc.ID, Method: r.method, Offset: x.Offset, Length: x.Length}
		if x.Partner != noPartner {
			row.Partner, row.PartnerOffset = manifest.DuplicateRef(x.Partner), x.PartnerOffset
		}
		if err := t.ranges.Write(row); err != nil {
			return err
		}
	}
	return nil
}

// reject says in the ledger that a stage behind the filters drops a document.
func reject(row *manifest.Row, stage string, value any) {
	var d corpus.Document
	d.Reject(stage, dedupRule(stage), value)
	row.Kept, row.Stage, row.Rule, row.Value = false, d.Reason.Stage, d.Reason.Rule, d.Reason.Value
}
