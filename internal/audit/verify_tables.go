package audit

import (
	"fmt"
	"math"
	"slices"

	"corpus/internal/build"
	"corpus/internal/documents"
	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/internal/table"
)

// unit checks the commit records and the tables of a unit.
func (v *verifier) unit(unit int) {
	counts, methods := v.unitAccounts(unit)
	if counts == nil {
		v.units[v.place(unit)].skip, v.damaged = true, true
		return
	}
	w := &unitWalk{v: v, unit: unit, planned: v.planned(unit), methods: methods, tally: newTally(), edits: v.openEdits(unit)}
	for _, s := range counts[:len(counts)-len(methods)] {
		w.before = append(w.before, s.Stage)
	}
	if problem := w.walk(counts); problem != nil {
		v.units[v.place(unit)].skip, v.damaged = true, true
		v.check(problem.path, problem.err)
		return
	}
	if w.edits != nil {
		v.arrived[v.place(unit)] = w.edits.arrived
	}
	for _, what := range w.tally.against(counts) {
		v.add(manifest.LedgerPath(unit), "%s", what)
	}
}

// unitWalk goes through the tables of a unit side by side, led by the ledger: all are in the order of the input.
type unitWalk struct {
	v       *verifier
	unit    int
	planned build.PlannedUnit // its pieces are those that the rows may still be of
	before  []string          // the stages of curate
	methods []string          // the stages behind it; a filter may have the name of one
	tally   tally
	docs    *cursor[documents.Row]
	members *cursor[build.ClusterRow]
	edits   *editWalk // nil where no method edits
	curated int64     // documents that curate kept
}

// fault is what ended a walk, and in which table.
type fault struct {
	path string
	err  error
}

func (w *unitWalk) walk(accounts []engine.Counts) *fault {
	ledger := manifest.LedgerPath(w.unit)
	w.docs = openCursor[documents.Row](w.v.ctx, documents.Path(w.unit), w.v.path(documents.Path(w.unit)))
	defer w.docs.stop()
	w.members = openCursor[build.ClusterRow](w.v.ctx, build.ClustersPath(w.unit), w.v.path(build.ClustersPath(w.unit)))
	defer w.members.stop()
	if w.edits != nil {
		defer w.edits.rows.stop()
	}
	for row, err := range rows[manifest.Row](w.v.ctx, w.v.path(ledger)) {
		if err == nil {
			err = w.record(row)
		}
		if err != nil {
			return &fault{ledger, err}
		}
		doc := w.docs.row
		if err := w.document(row); err != nil {
			return &fault{w.docs.name, err}
		}
		if err := w.member(row); err != nil {
			return &fault{w.members.name, err}
		}
		if err := w.editsOf(row, doc); err != nil {
			return &fault{w.edits.rows.name, err}
		}
	}
	switch {
	case w.docs.err != nil:
		return &fault{w.docs.name, w.docs.err}
	case w.docs.ok:
		return &fault{w.docs.name, fmt.Errorf("document %d is not kept by the ledger, or not in order", w.docs.row.Index)}
	case w.members.err != nil:
		return &fault{w.members.name, w.members.err}
	case w.members.ok:
		return &fault{w.members.name, fmt.Errorf("document %d is not in the ledger, or not in order", w.members.row.Index)}
	case w.edits == nil:
		return nil
	}
	if err := w.edits.end(accounts); err != nil {
		return &fault{w.edits.rows.name, err}
	}
	return nil
}

// record checks a ledger row by itself and counts it.
func (w *unitWalk) record(row manifest.Row) error {
	n := w.tally.read.Documents
	switch {
	case row.Unit != int32(w.unit):
		return fmt.Errorf("row %d is of unit %d", n, row.Unit)
	case row.Record != n:
		return fmt.Errorf("row %d is of record %d", n, row.Record)
	case !w.reads(row.File) || row.Source != w.planned.Source:
		return fmt.Errorf("record %d is of %s, source %s; the input is %s, source %s", n, row.File, row.Source, w.v.planned(w.unit).Name(), w.planned.Source)
	case row.Index == w.curated:
		w.curated++
	case row.Index != -1:
		return fmt.Errorf("record %d has index %d, the next is %d", n, row.Index, w.curated)
	case row.Kept:
		return fmt.Errorf("record %d is kept, but has no index", n)
	}
	dedup := slices.Contains(w.methods, row.Stage) && (row.Index >= 0 || !slices.Contains(w.before, row.Stage))
	if row.Kept != (row.Stage == "") || !row.Kept && dedup != (row.Index >= 0) {
		return fmt.Errorf("record %d: kept %t, index %d and stage %q do not go together", n, row.Kept, row.Index, row.Stage)
	}
	w.tally.add(row)
	return nil
}

// reads says whether the unit has a file, and none of the rows so far is of one behind it.
func (w *unitWalk) reads(file string) bool {
	for len(w.planned.Pieces) > 0 && w.planned.Pieces[0].Path != file {
		w.planned.Pieces = w.planned.Pieces[1:]
	}
	return len(w.planned.Pieces) > 0
}

// document compares a ledger row that is kept with its document, which is noted for the shards.
func (w *unitWalk) document(row manifest.Row) error {
	if !row.Kept {
		return nil
	}
	doc := w.docs.row
	switch {
	case w.docs.err != nil:
		return w.docs.err
	case !w.docs.ok:
		return fmt.Errorf("document %d, which the ledger keeps, is missing", row.Index)
	case doc.Unit != row.Unit || doc.Index != row.Index:
		return fmt.Errorf("document %d:%d stands where the ledger keeps %d:%d", doc.Unit, doc.Index, row.Unit, row.Index)
	}
	if column := differs(row, doc); column != "" {
		return fmt.Errorf("document %d: %s is not as in the ledger", doc.Index, column)
	}
	w.v.units[w.v.place(w.unit)].add(doc, w.v.normalize)
	sum := w.v.found[doc.Language]
	count(&sum, int64(len(doc.Text)))
	w.v.found[doc.Language] = sum
	if doc.Text == "" {
		w.v.empty++
	}
	w.docs.advance()
	return nil
}

// differs names the first column in which a document is not as the ledger says.
func differs(row manifest.Row, doc documents.Row) string {
	for _, c := range []struct {
		name string
		same bool
	}{
		{"id", doc.ID == row.ID},
		{"url", doc.URL == row.URL},
		{"source", doc.Source == row.Source},
		{"date", doc.Date == row.Date},
		{"file", doc.File == row.File},
		{"offset", doc.Offset == row.Offset},
		{"length", doc.Length == row.Length},
		{"codec", doc.Codec == row.Codec},
		{"digest", doc.Digest == row.Digest},
		{"type", doc.Type == row.Type},
		{"language", doc.Language == row.Language},
		{"language_score", sameFloat(doc.LanguageScore, row.LanguageScore)},
		{"signals", slices.EqualFunc(doc.Signals, row.Signals, sameSignal)},
		{"rights", slices.Equal(doc.Rights, row.Rights)},
		{"size of text", int64(len(doc.Text)) == row.LastBytes},
	} {
		if !c.same {
			return c.name
		}
	}
	return ""
}

func sameSignal(a, b table.Signal) bool { return a.Name == b.Name && sameFloat(a.Value, b.Value) }

// sameFloat compares bits: what is not a number is the same as itself.
func sameFloat(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }
