package main

import (
	"fmt"

	"corpus"
	"corpus/clean"
	"corpus/internal/build"
	"corpus/internal/jsonl"

	"github.com/spf13/cobra"
)

func newCleanCommand() *cobra.Command {
	options := clean.DefaultOptions()
	var workers int
	cmd := &cobra.Command{
		Use:   "clean",
		Short: "Turn pages into text: JSON Lines in, JSON Lines out",
		Long: `Clean reads JSON Lines on standard input and writes one line for every line, in order: the page's main
text, normalised; empty where nothing was found. Pages are in "html" or "html_base64".`,
		Example: `  corpus ingest crawl.warc.gz | corpus clean > text.jsonl
  printf '{"id":"a","html":"<p>Hello, world.</p>"}\n' | corpus clean`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := options.Validate(); err != nil {
				return usageError{err}
			}
			stage, err := clean.New(options)
			if err != nil {
				return err
			}
			w := jsonl.NewWriter(cmd.OutOrStdout(), jsonl.Options{})
			_, err = build.Filter(cmd.Context(), cmd.InOrStdin(), build.FilterOptions{
				Stages: []corpus.Stage{stage}, Workers: workers,
				Write: func(d *corpus.Document) error {
					d.HTML = nil
					if d.Reason != nil {
						d.Text = ""
					}
					return w.Write(d)
				},
			})
			if err != nil {
				return err
			}
			if err := w.Flush(); err != nil {
				return fmt.Errorf("standard output: %w", err)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&options.Extract, "extract", options.Extract, "what to take from a page: main or all")
	cmd.Flags().IntVar(&workers, "workers", 0, "workers (default one per core)")
	return cmd
}
