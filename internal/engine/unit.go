package engine

import (
	"context"
	"errors"
	"time"

	"corpus"

	"golang.org/x/sync/errgroup"
)

// unitRun connects the workers with the sink of one unit.
type unitRun struct {
	Unit
	finished chan *work // batches behind the last stage, in any order
	total    chan int   // the number of batches, once the reader knows it
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
	defer recovered(&err)
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
			start := time.Now()
			if err := sink.Write(ctx, Output{Batch: w.batch, Sizes: w.sizes, Pairs: w.pairs}); err != nil {
				return err
			}
			p.Meters.Sink.busy(time.Since(start), w.counts[0].In)
			for i := range sums {
				sums[i].Add(w.counts[i])
			}
			<-tickets
		}
	}
	if err := CheckChain(sums); err != nil {
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
	defer recovered(&err)

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
		bytes += doc.Size() + int64(len(doc.Metadata)+len(doc.URL)+len(doc.ID))
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
