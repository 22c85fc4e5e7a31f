package build

import (
	"context"
	"io"
	"runtime"

	"corpus"
	"corpus/internal/engine"
)

// FilterOptions describe a stage command: JSON Lines through some stages.
type FilterOptions struct {
	Stages  []corpus.Stage
	Workers int // 0: one per core
	// Write receives every document in input order, dropped ones too, with their text.
	Write func(*corpus.Document) error
}

// Filter streams JSON Lines from r through the stages.
func Filter(ctx context.Context, r io.Reader, opts FilterOptions) ([]engine.Counts, error) {
	sink := &writeSink{write: opts.Write}
	p := &engine.Pipeline{SourceName: "ingest", Stages: opts.Stages, Workers: opts.Workers, KeepDropped: true}
	if p.Workers <= 0 {
		p.Workers = runtime.GOMAXPROCS(0)
	}
	err := p.Run(ctx, lines(r, sink))
	if sink.failed != nil {
		err = sink.failed // no fault of the input's
	}
	return sink.counts, err
}

// writeSink hands documents on one by one.
type writeSink struct {
	write  func(*corpus.Document) error
	counts []engine.Counts
	failed error // of write
}

func (s *writeSink) Write(_ context.Context, out engine.Output) error {
	for _, d := range out.Batch.Documents {
		if s.failed = s.write(d); s.failed != nil {
			return s.failed
		}
	}
	return nil
}

func (s *writeSink) Commit(_ context.Context, counts []engine.Counts) error {
	s.counts = counts
	return nil
}

func (s *writeSink) Abort() {}
