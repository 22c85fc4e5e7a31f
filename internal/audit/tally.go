package audit

import (
	"fmt"
	"maps"
	"slices"

	"corpus/internal/engine"
	"corpus/internal/manifest"
)

// tally counts a ledger's rows anew.
type tally struct {
	read, kept engine.Count
	dropped    map[string]map[string]engine.Count // by stage and rule
}

func newTally() tally { return tally{dropped: map[string]map[string]engine.Count{}} }

func (t *tally) add(row manifest.Row) {
	count(&t.read, row.Bytes)
	if row.Kept {
		count(&t.kept, row.LastBytes)
		return
	}
	rules := t.dropped[row.Stage]
	if rules == nil {
		rules = map[string]engine.Count{}
		t.dropped[row.Stage] = rules
	}
	n := rules[row.Rule]
	count(&n, row.LastBytes)
	rules[row.Rule] = n
}

func count(c *engine.Count, bytes int64) { c.Documents++; c.Bytes += bytes }

// against lists where the tally differs from accounts: one or more, in order from the source to the last dedup method.
func (t *tally) against(accounts []engine.Counts) (list []string) {
	first, last := accounts[0], accounts[len(accounts)-1]
	if t.read != first.In {
		list = append(list, fmt.Sprintf("has %d records, %d bytes; %s read %d, %d", t.read.Documents, t.read.Bytes, first.Stage, first.In.Documents, first.In.Bytes))
	}
	if t.kept != last.Out {
		list = append(list, fmt.Sprintf("keeps %d documents, %d bytes; %s let %d, %d through", t.kept.Documents, t.kept.Bytes, last.Stage, last.Out.Documents, last.Out.Bytes))
	}
	left := maps.Clone(t.dropped)
	for _, s := range byName(accounts) {
		for _, rule := range keysOf(s.Dropped, t.dropped[s.Stage]) {
			if got, want := t.dropped[s.Stage][rule], s.Dropped[rule]; got != want {
				list = append(list, fmt.Sprintf("%s/%s has %d documents, %d bytes; the account says %d, %d",
					s.Stage, rule, got.Documents, got.Bytes, want.Documents, want.Bytes))
			}
		}
		delete(left, s.Stage)
	}
	for _, stage := range slices.Sorted(maps.Keys(left)) {
		list = append(list, fmt.Sprintf("names the unknown stage %q", stage))
	}
	return list
}

// byName joins the drops of accounts with one name: the ledger does not tell the filter url from the dedup method url but by their rules.
func byName(accounts []engine.Counts) (list []engine.Counts) {
	for _, s := range accounts {
		at := slices.IndexFunc(list, func(o engine.Counts) bool { return o.Stage == s.Stage })
		if at < 0 {
			list = append(list, engine.Counts{Stage: s.Stage, Dropped: maps.Clone(s.Dropped)})
			continue
		}
		if list[at].Dropped == nil {
			list[at].Dropped = map[string]engine.Count{}
		}
		for rule, n := range s.Dropped {
			sum := list[at].Dropped[rule]
			list[at].Dropped[rule] = engine.Count{Documents: sum.Documents + n.Documents, Bytes: sum.Bytes + n.Bytes}
		}
	}
	return list
}

// keysOf are the keys of both, sorted.
func keysOf[A, B any](a map[string]A, b map[string]B) []string {
	keys := map[string]bool{}
	for k := range a {
		keys[k] = true
	}
	for k := range b {
		keys[k] = true
	}
	return slices.Sorted(maps.Keys(keys))
}
