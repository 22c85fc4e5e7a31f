package build

import (
	"context"
	"io"
	"runtime"

	"corpus"
	"corpus/ingest"
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
	options := ingest.DefaultOptions()
	options.Format = "jsonl"
	sink := &writeSink{write: opts.Write}
	p := &engine.Pipeline{SourceName: "ingest", Stages: opts.Stages, Workers: opts.Workers, KeepDropped: true}
	if p.Workers <= 0 {
		p.Workers = runtime.GOMAXPROCS(0)
	}
	err := p.Run(ctx, []engine.Unit{{
		Name: "standard input",
		Open: func(context.Context) (corpus.Source, func() error, error) {
			src, err := ingest.Open("-", r, "", options)
			return src, func() error { return nil }, err
		},
		Sink: func() (engine.Sink, error) { return sink, nil },
	}})
	return sink.counts, err
}

// writeSink hands documents on one by one.
type writeSink struct {
	write  func(*corpus.Document) error
	counts []engine.Counts
}

func (s *writeSink) Write(_ context.Context, out engine.Output) error {
	for _, d := range out.Batch.Documents {
		if err := s.write(d); err != nil {
			return err
		}
	}
	return nil
}

func (s *writeSink) Commit(_ context.Context, counts []engine.Counts) error {
	s.counts = counts
	return nil
}

func (s *writeSink) Abort() {}
