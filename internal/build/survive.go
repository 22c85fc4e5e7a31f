package build

import (
	"context"
	"fmt"
	"os"
	"slices"

	"corpus/internal/documents"
	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/internal/table"

	"golang.org/x/sync/errgroup"
)

// ClusterRow is one member of a duplicate cluster: dedup/*.parquet. docs/format/clusters.md.
type ClusterRow struct {
	Unit  int32  `parquet:"unit"`
	Index int64  `parquet:"index"`
	ID    string `parquet:"id"`
	URL   string `parquet:"url"`
	// Cluster is "unit:index" of the member that stays.
	Cluster string `parquet:"cluster"`
	// Kept says that this is the member that stays in its cluster. A later method may still drop it.
	Kept       bool    `parquet:"kept"`
	Method     string  `parquet:"method,dict"` // "url", "exact", "minhash"; "" for the member that stays
	Similarity float64 `parquet:"similarity"`
}

// Size is what bounds a row group: table.Sized.
func (r ClusterRow) Size() int { return len(r.ID) + len(r.URL) }

// ClustersPath is the table of cluster members of a unit.
func ClustersPath(unit int) string { return fmt.Sprintf("dedup/%05d.parquet", unit) }

// RangeRow is one part that a dedup method took out of a text: dedup/ranges-*.parquet. docs/format/ranges.md.
type RangeRow struct {
	Unit   int32  `parquet:"unit"`
	Index  int64  `parquet:"index"`
	ID     string `parquet:"id"`
	Method string `parquet:"method,dict"` // "paragraph" or "substring"
	// Offset and Length are bytes of the text as it came to the method.
	Offset int64 `parquet:"offset"`
	Length int64 `parquet:"length"`
	// Partner is "unit:index" of the document in whose text, as it came to the method, the same bytes stand, "" where that is not known.
	Partner       string `parquet:"partner"`
	PartnerOffset int64  `parquet:"partner_offset"`
}

// Size is what bounds a row group: table.Sized.
func (r RangeRow) Size() int { return len(r.ID) + len(r.Partner) }

// RangesPath is the table of removed parts of a unit. A build has it where a method of EditMethods is configured.
func RangesPath(unit int) string { return fmt.Sprintf("dedup/ranges-%05d.parquet", unit) }

// EditMethods are those of the methods that take parts out of texts, in their order of application.
func EditMethods(methods []string) []string {
	return slices.DeleteFunc(editMethods(), func(m string) bool { return !slices.Contains(methods, m) })
}

// survive writes, per unit, the documents that stay, the final ledger, the cluster members and the parts that were taken out of texts.
func (b *build) survive(ctx context.Context) error {
	todo, err := b.pendingUnits("dedup")
	if err != nil || len(todo) == 0 {
		return err
	}
	for _, dir := range []string{"documents", "ledger", "dedup"} {
		if err := os.MkdirAll(b.path(dir), 0o755); err != nil {
			return err
		}
	}
	f, err := b.openFates("")
	if err != nil {
		return err
	}
	defer f.close()
	b.expect(len(b.plan.Units), len(b.plan.Units)-len(todo))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(b.Workers)
	for _, unit := range todo {
		g.Go(func() error {
			if err := b.surviveUnit(ctx, unit, f); err != nil {
				return fmt.Errorf("%s: %w", b.planned(unit).Name(), err)
			}
			b.stepDone()
			return nil
		})
	}
	return g.Wait()
}

func (b *build) surviveUnit(ctx context.Context, unit int, f *fates) error {
	t, err := b.openTables(unit)
	if err != nil {
		return err
	}
	defer t.abort() // without effect once committed
	accounts := newDedupAccounts(b.limited(), b.Config.Dedup.Methods)
	if err := b.splitUnit(ctx, unit, f, t, accounts); err != nil {
		return err
	}
	if err := t.commit(); err != nil {
		return err
	}
	counts := accounts.counts()
	if err := engine.CheckChain(counts); err != nil {
		return err
	}
	outputs := []string{documents.Path(unit), manifest.LedgerPath(unit), ClustersPath(unit)}
	if t.ranges != nil {
		outputs = append(outputs, RangesPath(unit))
	}
	return b.commit(record{phase: "dedup", unit: unit, name: b.planned(unit).Name(), stages: counts, outputs: outputs})
}

// unitTables are the outputs of one unit.
type unitTables struct {
	docs     *table.Writer[documents.Row]
	ledger   *table.Writer[manifest.Row]
	clusters *table.Writer[ClusterRow]
	ranges   *table.Writer[RangeRow] // nil where no method edits
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
	if t.clusters, err = table.Create[ClusterRow](b.path(ClustersPath(unit))); err != nil {
		return t, err
	}
	if len(EditMethods(b.Config.Dedup.Methods)) > 0 {
		t.ranges, err = table.Create[RangeRow](b.path(RangesPath(unit)))
	}
	return t, err
}

func (t *unitTables) commit() error {
	if err := t.docs.Commit(); err != nil {
		return err
	}
	if err := t.ledger.Commit(); err != nil {
		return err
	}
	if err := t.clusters.Commit(); err != nil {
		return err
	}
	if t.ranges == nil {
		return nil
	}
	return t.ranges.Commit()
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
	if t.ranges != nil {
		t.ranges.Abort()
	}
}
