package main

import (
	"context"
	"io"
	"strings"

	"corpus"
	"corpus/ingest"
	"corpus/internal/build"
	"corpus/internal/engine"
	"corpus/internal/jsonl"

	"github.com/spf13/cobra"
)

func newIngestCommand() *cobra.Command {
	options := ingest.DefaultOptions()
	var source, dropped string
	cmd := &cobra.Command{
		Use:   "ingest PATH…",
		Short: "Read any input and write one JSON line per document",
		Long: `Ingest reads WARC, WET, JSON Lines, text and HTML files, compressed or not, also folders and globs, and writes one line
per document on standard output; raw pages carry html_base64. Records that are no pages, and damaged ones, are
counted at the end and go to --dropped with their reason.`,
		Example: `  corpus ingest testdata/crawl/crawl-00000.warc.gz | corpus clean | head -1
  corpus ingest crawl/ --source news --dropped dropped.jsonl > pages.jsonl`,
		Args: arguments,
		RunE: func(cmd *cobra.Command, list []string) error {
			if err := options.Validate(); err != nil {
				return flagError(cmd, err)
			}
			return runIngest(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), list, source, dropped, options)
		},
	}
	f := cmd.Flags()
	f.StringVar(&options.Format, "format", options.Format, "`format` of the inputs: "+strings.Join(ingest.Formats(), ", "))
	f.Int64Var(&options.MaxRecordBytes, "max-record-bytes", options.MaxRecordBytes, "drop records of more `bytes`")
	f.StringVar(&source, "source", "", "`name` of the source, written in every line")
	f.StringVar(&dropped, "dropped", "", "`file` for the records that are no documents")
	return cmd
}

func runIngest(ctx context.Context, out, messages io.Writer, patterns []string, source, dropped string, options ingest.Options) error {
	inputs, err := ingest.Expand(ctx, patterns)
	if err != nil {
		return err
	}
	drops, err := newDropFile(dropped)
	if err != nil {
		return err
	}
	w := jsonl.NewWriter(out, jsonl.Options{})
	count := engine.Counts{Stage: ingest.Stage, Dropped: map[string]engine.Count{}}
	err = build.Ingest(ctx, inputs, source, options, func(d *corpus.Document) error {
		count.In.Documents++
		if d.Reason != nil {
			n := count.Dropped[d.Reason.Rule]
			n.Documents++
			count.Dropped[d.Reason.Rule] = n
			return drops.write(d)
		}
		count.Out.Documents++
		return w.Write(d)
	})
	if err := drops.finish(w, err); err != nil {
		return err
	}
	printCounts(messages, []engine.Counts{count})
	return nil
}
