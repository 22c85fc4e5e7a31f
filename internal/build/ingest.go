package build

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"corpus"
	"corpus/ingest"
	"corpus/internal/engine"
	"corpus/internal/storage"
	"corpus/tokenize"
)

// Ingest streams the records of input files, in order, one file after another; rejected records too.
func Ingest(ctx context.Context, inputs []ingest.Input, source string, options ingest.Options, write func(*corpus.Document) error) error {
	for _, in := range inputs {
		if err := ingestFile(ctx, in.Path, source, options, write); err != nil {
			return fmt.Errorf("%s: %w", in.Path, err)
		}
	}
	return nil
}

func ingestFile(ctx context.Context, path, source string, options ingest.Options, write func(*corpus.Document) error) error {
	f, err := storage.Open(ctx, path)
	if err != nil {
		return err
	}
	defer f.Close()
	src, err := ingest.Open(path, f, source, options)
	if err != nil {
		return err
	}
	for d, err := range src.Documents(ctx) {
		if err != nil {
			return err
		}
		if err := write(d); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// TokenizerOptions describe the command `corpus tokenizer train`.
type TokenizerOptions struct {
	Train   tokenize.TrainOptions
	Out     string // folder
	Memory  int64  // bytes for word counts
	Workers int    // 0: one per core
}

// TrainTokenizer trains on the text of files and writes the tokenizer's folder.
func TrainTokenizer(ctx context.Context, patterns []string, o TokenizerOptions) (*tokenize.Model, error) {
	inputs, err := ingest.Expand(ctx, patterns)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "corpus-words-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	counter, err := tokenize.NewCounter(o.Train.Pattern, dir, o.Memory)
	if err != nil {
		return nil, err
	}
	defer counter.Close()
	p := &engine.Pipeline{SourceName: "ingest", Stages: []corpus.Stage{countWords{counter}}, Workers: o.Workers}
	if p.Workers <= 0 {
		p.Workers = runtime.GOMAXPROCS(0)
	}
	var units []engine.Unit
	for i, in := range inputs {
		units = append(units, engine.Unit{
			Index: i, Name: in.Path,
			Open: func(ctx context.Context) (corpus.Source, func() error, error) {
				f, err := storage.Open(ctx, in.Path)
				if err != nil {
					return nil, nil, err
				}
				src, err := ingest.Open(in.Path, f, "", ingest.DefaultOptions())
				if err != nil {
					f.Close()
					return nil, nil, err
				}
				return src, f.Close, nil
			},
			Sink: func() (engine.Sink, error) { return discard{}, nil },
		})
	}
	if err := p.Run(ctx, units); err != nil {
		return nil, err
	}
	model, err := tokenize.Train(ctx, counter.Words(ctx), o.Train, nil)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Clean(o.Out), 0o755); err != nil {
		return nil, err
	}
	return model, model.Save(o.Out)
}
