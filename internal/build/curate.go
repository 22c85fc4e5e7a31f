package build

import (
	"context"
	"fmt"
	"os"

	"corpus"
	"corpus/clean"
	"corpus/ingest"
	"corpus/internal/config"
	"corpus/internal/engine"
)

// spillMemory is what one sorter of a stage command may hold; those of a build share what memory.go gives.
const spillMemory = 32 << 20

// curate runs ingest → clean → filters over every unit and maps the dedup exchanges. Parts of a file that
// did not begin where the part before them ends are then read again, until all fit.
func (b *build) curate(ctx context.Context) error {
	c, err := b.newCurator()
	if err != nil {
		return err
	}
	var before map[int]ingest.Position // where parts began that were read again
	for {
		known, misfits, err := b.seams()
		if err != nil {
			return err
		}
		for _, u := range misfits {
			if at, ok := before[u]; ok && at == known[u] {
				return fmt.Errorf("%s: does not go on at byte %d, where the part before it ends", b.planned(u).Name(), at.Raw)
			}
		}
		if err := b.uncommit("curate", misfits); err != nil {
			return err
		}
		todo, err := b.pendingUnits("curate") // the misfits too
		if err != nil || len(todo) == 0 {
			return err
		}
		if len(misfits) > 0 {
			b.Log.Info("parts of files that began inside a record are read again", "parts", len(misfits))
		}
		if err := c.run(ctx, todo, known); err != nil {
			return err
		}
		before = known
	}
}

// curator is what the passes of curate share.
type curator struct {
	*build
	exchanges []corpus.Exchange
	pipeline  *engine.Pipeline
}

func (b *build) newCurator() (*curator, error) {
	var err error
	c := &curator{build: b}
	if c.exchanges, err = b.exchanges(); err != nil {
		return nil, err
	}
	c.pipeline = &engine.Pipeline{SourceName: ingest.Stage, Stages: b.stages, Exchanges: c.exchanges, Workers: b.Workers}
	c.pipeline.Meters = c.pipeline.NewMeters()
	return c, os.MkdirAll(b.path(workDir+"/curate"), 0o755)
}

// run reads units; known says where parts begin, as far as that is known.
func (c *curator) run(ctx context.Context, todo []int, known map[int]ingest.Position) error {
	_, bytes := c.plan.Inputs()
	done := bytes
	var units []engine.Unit
	for _, i := range todo {
		u := c.planned(i)
		done -= u.Bytes()
		units = append(units, c.unit(u, known))
	}
	c.watch(c.pipeline.Meters, bytes, done)
	return c.pipeline.Run(ctx, units)
}

// unit says how a unit is read and where its documents go.
func (c *curator) unit(u PlannedUnit, known map[int]ingest.Position) engine.Unit {
	in := &input{unit: u, part: u.part(), read: &c.state.read, take: c.taken(u.Source)}
	if at, ok := known[u.index]; ok && in.part != nil {
		in.part.At = &at
	}
	return engine.Unit{
		Index: u.index,
		Name:  u.Name(),
		Open: func(context.Context) (corpus.Source, func() error, error) {
			return in, func() error { return nil }, nil
		},
		Sink: func() (engine.Sink, error) { return c.newCurateSink(u, in, c.exchanges) },
	}
}

// taken is the sample of a source's records, nil where all are taken.
func (b *build) taken(source string) func(*corpus.Document) bool {
	for _, s := range b.Config.Sources {
		if s.Name == source && s.Limits.Sample < 1 {
			return func(d *corpus.Document) bool { return sampled(b.Config.Seed, d.Origin, s.Limits.Sample) }
		}
	}
	return nil
}

// Stages makes clean and the configured filters.
func Stages(c *config.Config) ([]corpus.Stage, error) {
	cleaner, err := clean.New(c.Clean)
	if err != nil {
		return nil, err
	}
	filters, err := c.FilterStages()
	return append([]corpus.Stage{withHints(cleaner, c.Sources)}, filters...), err
}

// The intermediate files of a unit.
func curatedPath(unit int) string {
	return fmt.Sprintf("%s/curate/%05d.documents.parquet", workDir, unit)
}
func curatedLedgerPath(unit int) string {
	return fmt.Sprintf("%s/curate/%05d.ledger.parquet", workDir, unit)
}
func mappedPath(unit int, exchange string) string {
	return fmt.Sprintf("%s/curate/%05d.%s.run", workDir, unit, exchange)
}
