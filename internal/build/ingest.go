package build

import (
	"context"
	"fmt"

	"corpus"
	"corpus/ingest"
	"corpus/internal/storage"
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
