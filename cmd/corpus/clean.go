package main

import (
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
text, normalised; empty where nothing was found. Pages are in "html" or "html_base64"; plain "text" is normalised.
What a page declares about itself (title, author, published, language, license, canonical) is added to its "metadata".`,
		Example: `  corpus ingest crawl.warc.gz | corpus clean > text.jsonl
  printf '{"id":"a","html":"<p>Hello, world.</p>"}\n' | corpus clean
  corpus ingest crawl.warc.gz | corpus clean --format markdown --links keep > pages.jsonl`,
		Args: standardInput,
		RunE: func(cmd *cobra.Command, _ []string) error {
			stage, err := clean.New(options)
			if err != nil {
				return flagError(cmd, err)
			}
			w := jsonl.NewWriter(cmd.OutOrStdout(), jsonl.Options{})
			counts, err := build.Filter(cmd.Context(), cmd.InOrStdin(), build.FilterOptions{
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
				return err
			}
			printCounts(cmd.ErrOrStderr(), counts)
			return nil
		},
	}
	cmd.Flags().StringVar(&options.Extract, "extract", options.Extract, "what to take from a page: main or all")
	cmd.Flags().StringVar(&options.Focus, "focus", options.Focus, "which mistakes to avoid in main content: precision, balanced or recall")
	cmd.Flags().StringVar(&options.Format, "format", options.Format, "what to write: text or markdown")
	cmd.Flags().StringVar(&options.Links, "links", options.Links, "whether Markdown holds the addresses of links: drop or keep")
	addWorkers(cmd, &workers, "workers (default one per core)")
	return cmd
}
