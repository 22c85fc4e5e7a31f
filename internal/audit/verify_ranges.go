package audit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"corpus"
	"corpus/internal/build"
	"corpus/internal/documents"
	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/internal/table"
)

// editWalk compares the table of the parts that methods took out of a unit's texts with the ledger and the documents.
type editWalk struct {
	unit    int
	methods []string // in order of application
	rows    *cursor[build.RangeRow]
	edited  map[string]int64        // bytes that each method took from documents that it kept
	arrived map[string]*documentSet // the documents that came to each method
}

// openEdits stands on the first row of a unit's table; nil where no method edits.
func (v *verifier) openEdits(unit int) *editWalk {
	methods := build.EditMethods(v.m.Dedup.Methods)
	if len(methods) == 0 {
		return nil
	}
	w := &editWalk{unit: unit, methods: methods, edited: map[string]int64{}, arrived: map[string]*documentSet{}}
	w.rows = openCursor[build.RangeRow](v.ctx, build.RangesPath(unit), v.path(build.RangesPath(unit)))
	for _, m := range methods {
		w.arrived[m] = &documentSet{}
	}
	return w
}

// part is one range of a document.
type part struct{ offset, length int64 }

// document checks what was removed from the document of a ledger row. Edits are those of the document, which the ledger keeps.
func (w *editWalk) document(row manifest.Row, edits []table.Edit) error {
	if row.Index < 0 {
		return nil
	}
	last := len(w.methods) - 1 // the last method that the document came to
	if !row.Kept {
		last = slices.Index(w.methods, row.Stage) // -1: none
	}
	parts, err := w.parts(row)
	if err != nil {
		return err
	}
	size := row.LastBytes // of the text as the method leaves it; where it drops the document, as it came
	for i := len(w.methods) - 1; i >= 0; i-- {
		method, sum := w.methods[i], int64(0)
		for _, p := range parts[method] {
			sum += p.length
		}
		if i > last {
			if sum > 0 {
				return fmt.Errorf("document %d: %s took parts from it, but by the ledger it did not come to that", row.Index, method)
			}
			continue
		}
		w.arrived[method].add(row.Index)
		if dropped := row.Stage == method; dropped {
			if err := w.dropped(row, sum); err != nil {
				return err
			}
		} else {
			size += sum
			w.edited[method] += sum
			if got := signalOf(row, build.CutSignal(method)); got != float64(sum) {
				return fmt.Errorf("document %d: %s took %d bytes from it; the ledger's signal says %v", row.Index, method, sum, got)
			}
		}
		if n := len(parts[method]); n > 0 && parts[method][n-1].offset+parts[method][n-1].length > size {
			return fmt.Errorf("document %d: %s took more from it than its %d bytes", row.Index, method, size)
		}
	}
	if row.Kept {
		return w.sameEdits(row, parts, edits)
	}
	return nil
}

// signalOf is a signal of a ledger row, 0 where there is none.
func signalOf(row manifest.Row, name string) float64 {
	for _, s := range row.Signals {
		if s.Name == name {
			return s.Value
		}
	}
	return 0
}

// parts reads the rows of a document by method, and checks each.
func (w *editWalk) parts(row manifest.Row) (map[string][]part, error) {
	parts := map[string][]part{}
	for at := 0; w.rows.ok && w.rows.row.Index == row.Index; w.rows.advance() {
		r := w.rows.row
		method := slices.Index(w.methods, r.Method)
		list := parts[r.Method]
		switch {
		case r.Unit != int32(w.unit) || r.ID != row.ID:
			return nil, fmt.Errorf("document %d: unit or id is not as in the ledger", r.Index)
		case method < at:
			return nil, fmt.Errorf("document %d: method %q is none of %v, or not in order", r.Index, r.Method, w.methods)
		case r.Offset < 0 || r.Length <= 0 || r.Length > 1<<62 || r.Offset > 1<<62:
			return nil, fmt.Errorf("document %d: %d bytes at %d are no part of a text", r.Index, r.Length, r.Offset)
		case len(list) > 0 && r.Offset < list[len(list)-1].offset+list[len(list)-1].length:
			return nil, fmt.Errorf("document %d: the parts that %s took are not in order at byte %d", r.Index, r.Method, r.Offset)
		}
		at, parts[r.Method] = method, append(list, part{r.Offset, r.Length})
	}
	return parts, w.rows.err
}

// dropped checks a document of which a method left too little: the ledger says how much, without white space at the ends.
func (w *editWalk) dropped(row manifest.Row, sum int64) error {
	left, err := strconv.ParseInt(row.Value, 10, 64)
	switch {
	case err != nil || left < 0 || left > row.LastBytes-sum:
		return fmt.Errorf("document %d: the ledger says that %s left %q bytes of %d, of which it took %d", row.Index, row.Stage, row.Value, row.LastBytes, sum)
	case sum == 0:
		return fmt.Errorf("document %d was dropped by %s, which took nothing from it", row.Index, row.Stage)
	}
	return nil
}

// sameEdits compares the parts with the edits of a document that is kept.
func (w *editWalk) sameEdits(row manifest.Row, parts map[string][]part, edits []table.Edit) error {
	for _, e := range edits {
		list, known := parts[e.Stage]
		if !known && !slices.Contains(w.methods, e.Stage) {
			continue // of a filter
		}
		if len(list) == 0 || list[0] != (part{e.Offset, e.Length}) || e.Type != build.EditRepeat {
			return fmt.Errorf("document %d: the edit %s of %d bytes at %d by %s is not among the parts that were taken", row.Index, e.Type, e.Length, e.Offset, e.Stage)
		}
		parts[e.Stage] = list[1:]
	}
	for method, list := range parts {
		if len(list) > 0 {
			return fmt.Errorf("document %d: %s took %d bytes at %d, which its edits do not say", row.Index, method, list[0].length, list[0].offset)
		}
	}
	return nil
}

// end names what is left of the table, and what the accounts say otherwise.
func (w *editWalk) end(accounts []engine.Counts) error {
	if w.rows.err != nil {
		return w.rows.err
	}
	if w.rows.ok {
		return fmt.Errorf("document %d is not in the ledger, or not in order", w.rows.row.Index)
	}
	for _, c := range accounts {
		if slices.Contains(w.methods, c.Stage) && c.Edited != w.edited[c.Stage] {
			return fmt.Errorf("%s took %d bytes from documents that it kept; the account says %d", c.Stage, w.edited[c.Stage], c.Edited)
		}
	}
	return nil
}

// partners sees that the bytes of every part are said to stand in a document that came to the method too, and, where the first copies stay, in an
// earlier place.
func (v *verifier) partners() {
	earlier := v.firstStays()
	for _, unit := range v.plan.Numbers() {
		path := build.RangesPath(unit)
		if _, ok := v.listed[path]; !ok {
			continue
		}
		for row, err := range rows[build.RangeRow](v.ctx, v.path(path)) {
			if err == nil {
				err = v.partner(row, earlier)
			}
			if err != nil {
				v.check(path, err)
				break
			}
		}
	}
}

func (v *verifier) partner(row build.RangeRow, earlier bool) error {
	if row.Partner == "" {
		return nil
	}
	partner, err := parseRef(row.Partner)
	if err != nil {
		return fmt.Errorf("document %d: partner %q: %w", row.Index, row.Partner, err)
	}
	own := corpus.MakeRef(int(row.Unit), int(row.Index))
	switch {
	case !v.came(row.Method, partner):
		return fmt.Errorf("document %d: its partner %s did not come to %s", row.Index, row.Partner, row.Method)
	case row.PartnerOffset < 0 || partner == own && row.PartnerOffset == row.Offset:
		return fmt.Errorf("document %d: partner offset %d of the part at %d", row.Index, row.PartnerOffset, row.Offset)
	case earlier && row.Method == "substring" && (partner > own || partner == own && row.PartnerOffset > row.Offset):
		return fmt.Errorf("document %d: its partner %s does not come before it", row.Index, row.Partner)
	}
	return nil
}

// came says whether a document came to a method.
func (v *verifier) came(method string, ref corpus.Ref) bool {
	place := v.place(ref.Unit())
	return place >= 0 && place < len(v.arrived) && v.arrived[place][method].has(int64(ref.Index()))
}

// documentSet holds a bit for each document of a unit.
type documentSet struct{ words []uint64 }

func (s *documentSet) add(index int64) {
	for int64(len(s.words)) <= index/64 {
		s.words = append(s.words, 0)
	}
	s.words[index/64] |= 1 << (index % 64)
}

// has may be asked of a set that is not there.
func (s *documentSet) has(index int64) bool {
	return s != nil && index/64 < int64(len(s.words)) && s.words[index/64]>>(index%64)&1 != 0
}

// editsOf checks what was removed from a document: doc is that of a row that is kept.
func (w *unitWalk) editsOf(row manifest.Row, doc documents.Row) error {
	if w.edits == nil {
		return nil
	}
	if !row.Kept {
		return w.edits.document(row, nil)
	}
	return w.edits.document(row, doc.Edits)
}

// firstStays says whether, by the plan's config, passages stay where they stand first.
func (v *verifier) firstStays() bool {
	var c struct {
		Dedup struct {
			Survivor  []string `json:"survivor"`
			Substring struct {
				Keep int `json:"keep"`
			} `json:"substring"`
		} `json:"dedup"`
	}
	return json.Unmarshal(v.plan.Config, &c) == nil && len(c.Dedup.Survivor) == 0 && c.Dedup.Substring.Keep > 0
}
