package build

import (
	"context"
	"io"
	"iter"

	"corpus"
	"corpus/ingest"
	"corpus/internal/engine"
)

// lines is standard input with JSON Lines as the one unit of a pipeline.
func lines(r io.Reader, sink engine.Sink) []engine.Unit {
	options := ingest.DefaultOptions()
	options.Format = ingest.FormatJSONL
	return []engine.Unit{{
		Name: "standard input",
		Open: func(context.Context) (corpus.Source, func() error, error) {
			src, err := ingest.Open("-", r, "", options)
			return lineSource{ingest.Undigested(src)}, func() error { return nil }, err
		},
		Sink: func() (engine.Sink, error) { return sink, nil },
	}}
}

// lineSource leaves out the record that stands for an empty file: no lines in means no lines out.
type lineSource struct{ corpus.Source }

func (s lineSource) Documents(ctx context.Context) iter.Seq2[*corpus.Document, error] {
	return func(yield func(*corpus.Document, error) bool) {
		for d, err := range s.Source.Documents(ctx) {
			if d != nil && d.Reason != nil && d.Reason.Rule == ingest.RuleUnsupportedFormat && d.Reason.Value == "empty" {
				continue
			}
			if !yield(d, err) {
				return
			}
		}
	}
}
