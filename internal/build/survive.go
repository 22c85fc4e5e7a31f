package build

import (
	"context"
	"fmt"
	"iter"
	"math"
	"os"

	"corpus"
	"corpus/dedup"
	"corpus/internal/documents"
	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/internal/spill"
	"corpus/internal/table"

	"golang.org/x/sync/errgroup"
)

// ClusterRow is one member of a duplicate cluster: dedup/*.parquet. docs/format/clusters.md.
type ClusterRow struct {
	Unit  int32  `parquet:"unit"`
	Index int64  `parquet:"index"`
	ID    string `parquet:"id"`
	URL   string `parquet:"url"`
	// Cluster is "unit:index" of the member that is kept.
	Cluster    string  `parquet:"cluster"`
	Kept       bool    `parquet:"kept"`
	Method     string  `parquet:"method,dict"` // "exact", "minhash"; "" for the kept member
	Similarity float64 `parquet:"similarity"`
}

// Size is what bounds a row group: table.Sized.
func (r ClusterRow) Size() int { return len(r.ID) + len(r.URL) }

// ClustersPath is the table of cluster members of a unit.
func ClustersPath(unit int) string { return fmt.Sprintf("dedup/%05d.parquet", unit) }

// survive writes, per unit, the documents that stay, the final ledger and the cluster members.
func (b *build) survive(ctx context.Context) error {
	todo, err := b.pending("dedup", len(b.plan.Units))
	if err != nil || len(todo) == 0 {
		return err
	}
	for _, dir := range []string{"documents", "ledger", "dedup"} {
		if err := os.MkdirAll(b.path(dir), 0o755); err != nil {
			return err
		}
	}
	members, err := spill.Open(b.path(membersPath))
	if err != nil {
		return err
	}
	defer members.Close()
	quotas, err := b.quotas()
	if err != nil {
		return err
	}
	b.expect(len(b.plan.Units), len(b.plan.Units)-len(todo))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(b.Workers)
	for _, unit := range todo {
		g.Go(func() error {
			quota := int64(math.MaxInt64)
			if quotas != nil {
				quota = quotas[unit]
			}
			if err := b.surviveUnit(ctx, unit, quota, members); err != nil {
				return fmt.Errorf("%s: %w", b.plan.Units[unit].Name(), err)
			}
			b.stepDone()
			return nil
		})
	}
	return g.Wait()
}

// unitTables are the three outputs of one unit.
type unitTables struct {
	docs     *table.Writer[documents.Row]
	ledger   *table.Writer[manifest.Row]
	clusters *table.Writer[ClusterRow]
}

func (t *unitTables) abort() {
	if t.docs != nil {
		t.docs.Abort()
	}
	if t.ledger != nil {
		t.ledger.Abort()
	}
	if t.clusters != nil {
		t.clusters.Abort()
	}
}

func (b *build) openTables(unit int) (t *unitTables, err error) {
	t = &unitTables{}
	defer func() {
		if err != nil {
			t.abort()
		}
	}()
	if t.docs, err = table.Create[documents.Row](b.path(documents.Path(unit))); err != nil {
		return t, err
	}
	if t.ledger, err = table.Create[manifest.Row](b.path(manifest.LedgerPath(unit))); err != nil {
		return t, err
	}
	t.clusters, err = table.Create[ClusterRow](b.path(ClustersPath(unit)))
	return t, err
}

func (b *build) surviveUnit(ctx context.Context, unit int, quota int64, members *spill.Run) error {
	t, err := b.openTables(unit)
	if err != nil {
		return err
	}
	defer t.abort() // without effect once committed
	accounts := newDedupAccounts(b.limited(), b.Config.Dedup.Methods)
	if err := b.splitUnit(ctx, unit, quota, members, t, accounts); err != nil {
		return err
	}
	if err := t.docs.Commit(); err != nil {
		return err
	}
	if err := t.ledger.Commit(); err != nil {
		return err
	}
	if err := t.clusters.Commit(); err != nil {
		return err
	}
	counts := accounts.counts()
	if err := engine.CheckChain(counts); err != nil {
		return err
	}
	return b.commit(record{
		phase: "dedup", unit: unit, name: b.plan.Units[unit].Name(), stages: counts,
		outputs: []string{documents.Path(unit), manifest.LedgerPath(unit), ClustersPath(unit)},
	})
}

// splitUnit walks the unit's ledger, its curated documents and its cluster members side by side: all three are in document order.
// Documents from quota on are over the limit of their source.
func (b *build) splitUnit(ctx context.Context, unit int, quota int64, members *spill.Run, t *unitTables, accounts *dedupAccounts) error {
	nextDoc, stopDocs := iter.Pull2(documents.Read(b.path(curatedPath(unit))))
	defer stopDocs()
	nextMember, stopMembers := iter.Pull2(members.Records(refKey(corpus.MakeRef(unit, 0)), refKey(corpus.MakeRef(unit+1, 0))))
	defer stopMembers()
	member, err := pullMember(nextMember)
	if err != nil {
		return err
	}
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
			var of *dedup.Member
			if member != nil && member.Ref == doc.Ref() {
				of = member
				if member, err = pullMember(nextMember); err != nil {
					return err
				}
			}
			if row.Index >= quota {
				err = accounts.exclude(&row, doc)
			} else {
				err = t.settle(&row, doc, of, accounts)
			}
			if err != nil {
				return err
			}
		}
		if err := t.ledger.Write(row); err != nil {
			return err
		}
	}
	if member != nil {
		return fmt.Errorf("cluster member %s is not a curated document", manifest.DuplicateRef(member.Ref))
	}
	return nil
}

func pullMember(next func() (spill.Record, error, bool)) (*dedup.Member, error) {
	r, err, ok := next()
	if err != nil || !ok {
		return nil, err
	}
	m, err := decodeMember(r.Key, r.Value)
	return &m, err
}

// settle writes a curated document to where it belongs and its fate into the ledger row.
func (t *unitTables) settle(row *manifest.Row, doc documents.Row, m *dedup.Member, accounts *dedupAccounts) error {
	size := int64(len(doc.Text))
	if m != nil {
		err := t.clusters.Write(ClusterRow{
			Unit: doc.Unit, Index: doc.Index, ID: doc.ID, URL: doc.URL, Cluster: manifest.DuplicateRef(m.Survivor),
			Kept: m.Method == "", Method: m.Method, Similarity: m.Similarity,
		})
		if err != nil {
			return err
		}
	}
	if m == nil || m.Method == "" {
		accounts.keep(size)
		return t.docs.Write(doc)
	}
	reason := corpus.Document{}
	reason.Reject(m.Method, dedupRule(m.Method), m.Similarity)
	row.Kept, row.Stage, row.Rule, row.Value = false, reason.Reason.Stage, reason.Reason.Rule, reason.Reason.Value
	row.DuplicateOf = manifest.DuplicateRef(m.Survivor)
	return accounts.drop(m.Method, size)
}

// exclude drops a curated document that is over the limit of its source.
func (a *dedupAccounts) exclude(row *manifest.Row, doc documents.Row) error {
	row.Kept, row.Stage, row.Rule = false, manifest.StageLimit, manifest.RuleRecords
	return a.drop(manifest.StageLimit, int64(len(doc.Text)))
}

// dedupRule is the one rule by which a stage behind the filters drops.
func dedupRule(stage string) string {
	switch stage {
	case "exact":
		return "duplicate"
	case manifest.StageLimit:
		return manifest.RuleRecords
	}
	return "near_duplicate"
}

// dedupAccounts keeps the conservation accounts of the stages behind the filters for one unit: the limit, where a source has one, and the dedup methods.
type dedupAccounts struct {
	stages []engine.Counts
}

func newDedupAccounts(limited bool, methods []string) *dedupAccounts {
	a := &dedupAccounts{}
	if limited {
		a.stages = append(a.stages, engine.Counts{Stage: manifest.StageLimit, Dropped: map[string]engine.Count{}})
	}
	for _, m := range []string{"exact", "minhash"} {
		for _, configured := range methods {
			if configured == m {
				a.stages = append(a.stages, engine.Counts{Stage: m, Dropped: map[string]engine.Count{}})
			}
		}
	}
	return a
}

func (a *dedupAccounts) keep(bytes int64) { a.pass(len(a.stages), bytes) }

// pass counts a document that went through the first n stages.
func (a *dedupAccounts) pass(n int, bytes int64) {
	for i := range a.stages[:n] {
		one := engine.Count{Documents: 1, Bytes: bytes}
		a.stages[i].Add(engine.Counts{In: one, Out: one})
	}
}

func (a *dedupAccounts) drop(method string, bytes int64) error {
	for i := range a.stages {
		if a.stages[i].Stage == method {
			a.pass(i, bytes)
			one := engine.Count{Documents: 1, Bytes: bytes}
			a.stages[i].Add(engine.Counts{In: one, Dropped: map[string]engine.Count{dedupRule(method): one}})
			return nil
		}
	}
	return fmt.Errorf("a document was dropped by %s, which is not configured", method)
}

func (a *dedupAccounts) counts() []engine.Counts { return a.stages }
