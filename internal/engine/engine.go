// Package engine runs stages over channels: a source per input file, workers per stage, an ordered sink per file.
//
// It knows only the root package's interfaces. One Pipeline serves a whole phase: several
// input files ("units") are read at once and share the stages' workers, so that
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
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"corpus"

	"golang.org/x/sync/errgroup"
)

// Limits of a batch: whichever is reached first ends it.
const (
	BatchDocuments = 64
	BatchBytes     = 1 << 20 // bytes of HTML and text
)

// Unit is one input file on its way through the pipeline.
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

// MappedPair is a pair as Exchange.Map emitted it, before its document has a Ref.
type MappedPair struct {
	Document   int
	Partition  int
	Key, Value []byte
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

// unitRun connects the workers with the sink of one unit.
type unitRun struct {
	Unit
	finished chan *work // batches behind the last stage, in any order
	total    chan int   // the number of batches, once the reader knows it
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
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	live := w.enter()
	if err := stage.Process(ctx, w.batch); err != nil {
		return counts, err
	}
	return w.leave(stage.Name(), live, p.KeepDropped)
}

// deliver maps the exchanges over finished batches and hands them to their unit's sink.
func (p *Pipeline) deliver(ctx context.Context, in <-chan *work) error {
	for w := range in {
		w.pairs = make([][]MappedPair, len(p.Exchanges))
		for i, ex := range p.Exchanges {
			pairs, err := mapBatch(ex, w.batch)
			if err != nil {
				return fmt.Errorf("%s: %s: %w", w.unit.Name, ex.Name(), err)
			}
			w.pairs[i] = pairs
		}
		select {
		case w.unit.finished <- w:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func mapBatch(ex corpus.Exchange, b *corpus.Batch) ([]MappedPair, error) {
	var pairs []MappedPair
	for i, d := range b.Documents {
		if d.Reason != nil {
			continue
		}
		err := ex.Map(d, func(partition int, key, value []byte) {
			kv := make([]byte, 0, len(key)+len(value))
			kv = append(append(kv, key...), value...)
			pairs = append(pairs, MappedPair{Document: i, Partition: partition, Key: kv[:len(key):len(key)], Value: kv[len(key):]})
		})
		if err != nil {
			return nil, fmt.Errorf("document %s: %w", d.ID, err)
		}
	}
	return pairs, nil
}

// runUnit reads one unit and waits until its sink has committed.
func (p *Pipeline) runUnit(ctx context.Context, u Unit, out chan<- *work, tickets chan struct{}) error {
	run := &unitRun{Unit: u, finished: make(chan *work), total: make(chan int, 1)}
	sink, err := u.Sink()
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return p.drain(ctx, run, sink, tickets) })
	g.Go(func() error {
		n, err := p.read(ctx, run, out, tickets)
		if err != nil {
			return err
		}
		run.total <- n
		return nil
	})
	return g.Wait()
}

// drain puts the unit's batches back into input order, writes and commits them.
func (p *Pipeline) drain(ctx context.Context, run *unitRun, sink Sink, tickets <-chan struct{}) (err error) {
	defer func() {
		if err != nil {
			sink.Abort()
		}
	}()
	sums := p.newCounts()
	waiting := map[int]*work{}
	next, total := 0, -1
	for total < 0 || next < total {
		select {
		case w := <-run.finished:
			waiting[w.batch.Seq] = w
		case total = <-run.total:
		case <-ctx.Done():
			return ctx.Err()
		}
		for w := waiting[next]; w != nil; w = waiting[next] {
			delete(waiting, next)
			next++
			if err := sink.Write(ctx, Output{Batch: w.batch, Sizes: w.sizes, Pairs: w.pairs}); err != nil {
				return err
			}
			for i := range sums {
				sums[i].Add(w.counts[i])
			}
			<-tickets
		}
	}
	if err := checkChain(sums); err != nil {
		return err
	}
	return sink.Commit(ctx, sums)
}

// read cuts the unit's documents into batches.
func (p *Pipeline) read(ctx context.Context, run *unitRun, out chan<- *work, tickets chan<- struct{}) (n int, err error) {
	src, closeSource, err := run.Open(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, closeSource()) }()

	meter := p.Meters.Stages[0]
	start := time.Now()
	var batch *corpus.Batch
	var bytes int64
	send := func() error {
		w := &work{batch: batch, unit: run, counts: p.newCounts()}
		w.countSource(p.SourceName, p.KeepDropped)
		meter.busy(time.Since(start), w.counts[0].In)
		blocked := time.Now()
		select {
		case out <- w:
		case <-ctx.Done():
			return ctx.Err()
		}
		start = time.Now()
		meter.blocked(start.Sub(blocked))
		n++
		batch, bytes = nil, 0
		return nil
	}
	for doc, err := range src.Documents(ctx) {
		if err != nil {
			return n, err
		}
		if batch == nil {
			waiting := time.Now()
			if err := takeTicket(ctx, tickets); err != nil {
				return n, err
			}
			held := time.Since(waiting)
			meter.blocked(held)
			start = start.Add(held)
			batch = &corpus.Batch{Unit: run.Index, Seq: n}
		}
		batch.Documents = append(batch.Documents, doc)
		bytes += doc.Size()
		if len(batch.Documents) == BatchDocuments || bytes >= BatchBytes {
			if err := send(); err != nil {
				return n, err
			}
		}
	}
	if batch != nil {
		err = send()
	}
	return n, errors.Join(err, ctx.Err())
}

func takeTicket(ctx context.Context, tickets chan<- struct{}) error {
	select {
	case tickets <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
