// Package engine runs stages over channels: a source per unit, workers per stage, an ordered sink per unit.
//
// It knows only the root package's interfaces. One Pipeline serves a whole phase: several
// units are read at once and share the stages' workers, so that
// neither one large file nor many small ones leave cores idle.
//
//	reader ──batches──▶ stage 1 ──▶ stage 2 ──▶ … ──▶ exchanges ──▶ sink of the unit (input order)
//	  ▲ ×Readers        ×Workers    ×Workers                          │
//	  └──────────────────── in-flight tickets ◀───────────────────────┘
//
// Invariants:
//   - Memory is bounded: a reader takes a ticket before it starts a batch and the sink gives it
//     back after the batch is written, so that at most Tickets batches exist, also while a
//     sink waits for a slow one.
//   - A sink sees its unit's batches in input order whatever the number of workers.
//   - Conservation is counted here and not by the stages: see Counts.
//   - The first error cancels everything; every goroutine ends before Run returns.
package engine

import (
	"context"
	"encoding/binary"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"corpus"

	"golang.org/x/sync/errgroup"
)

// Limits of a batch: whichever is reached first ends it.
const (
	BatchDocuments = 64
	BatchBytes     = 1 << 20 // bytes of content, metadata, address and id
)

// Unit is an input file, a part of one or several small ones on their way through the pipeline.
type Unit struct {
	// Index is the unit's place in the build; it ends up in Batch.Unit.
	Index int
	// Name is for errors and progress.
	Name string
	// Open starts reading. The returned close function is called once reading ended.
	Open func(ctx context.Context) (src corpus.Source, close func() error, err error)
	// Sink opens the unit's sink; called once, before the first batch.
	Sink func() (Sink, error)
}

// Output is what a sink receives: a batch behind the last stage and the pairs that each exchange emitted for it.
type Output struct {
	Batch *corpus.Batch
	// Sizes has one entry per document of the batch.
	Sizes []Sizes
	// Pairs has one slice per exchange, in the order of emission; Document indexes Batch.Documents.
	Pairs [][]MappedPair
}

// Sizes are the bytes of one document (Document.Size) as they were counted.
type Sizes struct {
	Read int64 // as the source yielded it
	Last int64 // on entry to the stage that dropped it, or behind the last stage
}

// MappedPair is a pair as Exchange.Map emitted it, before its document has a Ref. See AddMapped.
type MappedPair struct {
	Document int
	Key      []byte // the partition, 2 bytes big-endian, and the pair's key
	Value    []byte // 8 bytes for the Ref, and the pair's value
}

// A Sink writes one unit's batches. Its methods are called by one goroutine.
type Sink interface {
	// Write receives the batches in input order.
	Write(ctx context.Context, out Output) error
	// Commit makes everything durable; counts holds the source's and the stages' counters for this unit, in pipeline order.
	Commit(ctx context.Context, counts []Counts) error
	// Abort drops what was written; called instead of Commit after an error.
	Abort()
}

// Pipeline is the shape of one phase.
type Pipeline struct {
	// SourceName is the name under which the source is counted ("ingest").
	SourceName string
	Stages     []corpus.Stage
	Exchanges  []corpus.Exchange
	// Workers per stage, at least 1.
	Workers int
	// KeepDropped leaves HTML and Text on dropped documents; without it they are
	// freed at once, since a ledger needs only the reason.
	KeepDropped bool
	// Meters observe the run; make them with NewMeters.
	Meters *Meters
}

// work is a batch in flight.
type work struct {
	batch  *corpus.Batch
	unit   *unitRun
	counts []Counts // source first, then stages
	sizes  []Sizes
	pairs  [][]MappedPair
}

// Run pushes every unit through the pipeline. It returns the first error; units
// whose sinks were committed before stay committed.
func (p *Pipeline) Run(ctx context.Context, units []Unit) error {
	if p.Meters == nil {
		p.Meters = p.NewMeters()
	}
	workers := max(1, p.Workers)
	readers := max(1, min(len(units), (workers+1)/2))
	tickets := make(chan struct{}, tickets(workers, len(p.Stages)))

	g, ctx := errgroup.WithContext(ctx)
	queue := make(chan Unit)
	g.Go(func() error {
		defer close(queue)
		for _, u := range units {
			select {
			case queue <- u:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})

	first := make(chan *work)
	var reading sync.WaitGroup
	for range readers {
		reading.Add(1)
		g.Go(func() error {
			defer reading.Done()
			for u := range queue {
				if err := p.runUnit(ctx, u, first, tickets); err != nil {
					return fmt.Errorf("%s: %w", u.Name, err)
				}
			}
			return nil
		})
	}
	g.Go(func() error { reading.Wait(); close(first); return nil })

	in := first
	for i := range p.Stages {
		out := make(chan *work, workers)
		p.startStage(ctx, g, i, workers, in, out)
		in = out
	}
	for range workers {
		g.Go(func() error { return p.deliver(ctx, in) })
	}
	return g.Wait()
}

// tickets is the number of batches that may be in flight.
func tickets(workers, stages int) int { return 4*workers + 2*stages + 4 }

// startStage starts the workers of stage i; the last one to end closes out.
func (p *Pipeline) startStage(ctx context.Context, g *errgroup.Group, i, workers int, in <-chan *work, out chan<- *work) {
	var running sync.WaitGroup
	running.Add(workers)
	for range workers {
		g.Go(func() error {
			defer running.Done()
			return p.stageWorker(ctx, i, in, out)
		})
	}
	g.Go(func() error { running.Wait(); close(out); return nil })
}

func (p *Pipeline) stageWorker(ctx context.Context, i int, in <-chan *work, out chan<- *work) error {
	stage, meter := p.Stages[i], p.Meters.Stages[i+1]
	for w := range in {
		start := time.Now()
		counts, err := p.process(ctx, stage, w)
		if err != nil {
			return fmt.Errorf("%s: stage %s: batch %d: %w", w.unit.Name, stage.Name(), w.batch.Seq, err)
		}
		w.counts[i+1] = counts
		done := time.Now()
		meter.busy(done.Sub(start), counts.In)
		select {
		case out <- w:
		case <-ctx.Done():
			return ctx.Err()
		}
		meter.blocked(time.Since(done))
	}
	return nil
}

// process runs one stage on one batch and counts what it did. A panic becomes
// an error with its stack: a defect of ours must not leave half-written files behind.
func (p *Pipeline) process(ctx context.Context, stage corpus.Stage, w *work) (counts Counts, err error) {
	if err := ctx.Err(); err != nil {
		return counts, err
	}
	defer recovered(&err)
	live := w.enter()
	if err := stage.Process(ctx, w.batch); err != nil {
		return counts, err
	}
	return w.leave(stage.Name(), live, p.KeepDropped)
}

// recovered turns a panic into an error, so that sinks are aborted and locks are given back.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
	}
}

// deliver maps the exchanges over finished batches and hands them to their unit's sink.
func (p *Pipeline) deliver(ctx context.Context, in <-chan *work) error {
	for w := range in {
		for _, d := range w.batch.Documents {
			d.Analysis = nil // of use to stages only, and a batch may wait for its sink
		}
		w.pairs = make([][]MappedPair, len(p.Exchanges))
		for i, ex := range p.Exchanges {
			start := time.Now()
			pairs, err := mapBatch(ex, w.batch)
			if err != nil {
				return fmt.Errorf("%s: %s: %w", w.unit.Name, ex.Name(), err)
			}
			w.pairs[i] = pairs
			p.Meters.Exchanges[i].busy(time.Since(start), w.counts[len(w.counts)-1].Out)
		}
		select {
		case w.unit.finished <- w:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// pairChunk is how many bytes of pairs are taken from the heap at once: a pair of MinHash has 19.
const pairChunk = 8 << 10

// maxAhead is the number of pairs per document up to which room is made for those of the documents to come.
const maxAhead = 512

func mapBatch(ex corpus.Exchange, b *corpus.Batch) (pairs []MappedPair, err error) {
	defer recovered(&err)
	var chunk []byte // of keys and values, one behind the other
	for i, d := range b.Documents {
		if d.Reason != nil {
			continue
		}
		err := ex.Map(d, func(partition int, key, value []byte) {
			size := 2 + len(key) + 8 + len(value)
			if cap(chunk)-len(chunk) < size {
				chunk = make([]byte, 0, max(size, pairChunk))
			}
			from := len(chunk)
			chunk = append(binary.BigEndian.AppendUint16(chunk, uint16(partition)), key...)
			middle := len(chunk)
			chunk = append(binary.BigEndian.AppendUint64(chunk, 0), value...)
			pairs = append(pairs, MappedPair{Document: i, Key: chunk[from:middle:middle], Value: chunk[middle:len(chunk):len(chunk)]})
		})
		if err != nil {
			return nil, fmt.Errorf("document %s: %w", d.ID, err)
		}
		if i == 0 { // most exchanges emit about as many for each
			pairs = slices.Grow(pairs, min(len(pairs), maxAhead)*(len(b.Documents)-1))
		}
	}
	return pairs, nil
}
