package main

import (
	"context"
	"fmt"
	"io"

	"corpus"
	"corpus/ingest"
	"corpus/internal/build"
	"corpus/internal/jsonl"

	"github.com/spf13/cobra"
)

func newIngestCommand() *cobra.Command {
	options := ingest.DefaultOptions()
	var source, dropped string
	cmd := &cobra.Command{
		Use:   "ingest PATH…",
		Short: "Read any input and write one JSON line per document",
		Long: `Ingest reads WARC, WET, JSON Lines, text and HTML files, folders and globs, and writes one line per
document on standard output; raw pages carry html_base64. Records that are no
pages go to --dropped with their reason, or nowhere.`,
		Example: `  corpus ingest testdata/crawl/crawl-00000.warc.gz | corpus clean | head -1
  corpus ingest crawl/ --source news --dropped dropped.jsonl > pages.jsonl`,
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, list []string) error {
			if err := options.Validate(); err != nil {
				return usageError{err}
			}
			return runIngest(cmd.Context(), cmd.OutOrStdout(), list, source, dropped, options)
		},
	}
	f := cmd.Flags()
	f.StringVar(&options.Format, "format", options.Format, "format of the inputs")
	f.Int64Var(&options.MaxRecordBytes, "max-record-bytes", options.MaxRecordBytes, "larger records are dropped")
	f.StringVar(&source, "source", "", "name of the source")
	f.StringVar(&dropped, "dropped", "", "file for the records that are no documents")
	return cmd
}

func runIngest(ctx context.Context, out io.Writer, patterns []string, source, dropped string, options ingest.Options) error {
	inputs, err := ingest.Expand(patterns)
	if err != nil {
		return err
	}
	drops, err := newDropFile(dropped)
	if err != nil {
		return err
	}
	w := jsonl.NewWriter(out, jsonl.Options{})
	err = build.Ingest(ctx, inputs, source, options, func(d *corpus.Document) error {
		if d.Reason != nil {
			return drops.write(d)
		}
		return w.Write(d)
	})
	if err != nil {
		drops.abort()
		return err
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return drops.close()
}
