package main

import (
	"fmt"

	"corpus"
	"corpus/dedup/paragraph"
	"corpus/internal/build"
	"corpus/internal/jsonl"

	"github.com/spf13/cobra"
)

// paragraphFlags are the flags of --method paragraph alone.
type paragraphFlags struct {
	paragraph.Options
	lines, bloom bool
}

func addParagraphFlags(cmd *cobra.Command, o *paragraphFlags) {
	o.Options = paragraph.DefaultOptions()
	f := cmd.Flags()
	f.BoolVar(&o.lines, "lines", false, "compare lines instead of paragraphs (paragraph)")
	f.StringVar(&o.Normalize, "normalize", o.Normalize, "what paragraphs may differ in: none, fold (case and white space) or ccnet (also digits, punctuation, accents) (paragraph)")
	f.IntVar(&o.MinWords, "min-words", o.MinWords, "least words of a paragraph that is compared (paragraph)")
	f.StringVar(&o.Scope, "scope", o.Scope, "where copies count: corpus, source or domain (paragraph)")
	f.Float64Var(&o.DropShare, "drop-share", o.DropShare, "drop a document that loses more than this share of its text (paragraph)")
	f.BoolVar(&o.bloom, "bloom", false, "find copies by a Bloom filter in memory, in one pass (paragraph)")
	f.Int64Var(&o.Expected, "expected", o.Expected, "different paragraphs to make the Bloom filter for (paragraph)")
	f.Float64Var(&o.FalsePositiveRate, "false-positive-rate", o.FalsePositiveRate, "share of new paragraphs that the Bloom filter may take for copies (paragraph)")
}

// paragraphOptions joins the flags of the method with those that it shares with substring.
func (o dedupOptions) paragraphOptions(cmd *cobra.Command) paragraph.Options {
	p := o.paragraphs.Options
	if o.paragraphs.lines {
		p.Unit = paragraph.Lines
	}
	if o.paragraphs.bloom {
		p.Method = paragraph.Bloom
	}
	if cmd.Flags().Changed("min-length") {
		p.MinLength = o.passages.MinLength
	}
	p.Keep, p.MinDocument = o.passages.Keep, o.passages.MinDocument
	return p
}

// runParagraph removes repeated paragraphs.
func (o dedupOptions) runParagraph(cmd *cobra.Command) error {
	p := o.paragraphOptions(cmd)
	if p.Method == paragraph.Bloom && !cmd.Flags().Changed("expected") {
		return usage(cmd, "--bloom needs --expected, the number of different paragraphs to make the filter for")
	}
	if err := p.Validate(); err != nil {
		return flagError(cmd, err)
	}
	messages := cmd.ErrOrStderr()
	if p.Method == paragraph.Bloom {
		fmt.Fprintf(messages, "a filter for %s takes %d MiB of memory\n", plural(p.Expected, "different paragraph"), (p.FilterBytes()+1<<20-1)>>20)
	}
	w := jsonl.NewWriter(cmd.OutOrStdout(), jsonl.Options{})
	var written int64
	opts := build.ParagraphOptions{
		Options: p, Workers: o.workers, TempDir: o.temp,
		Write: func(d *corpus.Document) error { written++; return w.Write(d) },
	}
	ranges, each, err := o.createRanges()
	if err != nil {
		return err
	}
	if ranges != nil {
		defer ranges.Abort() // without effect once committed
	}
	opts.Range = each
	stats, err := build.ParagraphStream(cmd.Context(), cmd.InOrStdin(), opts)
	if err != nil {
		return flagError(cmd, err)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(messages, "%s written, %d of them shorter by repeated paragraphs; %d dropped; %s and %s removed\n",
		plural(written, "document"), stats.Edited, stats.Dropped, plural(stats.Ranges, "paragraph"), plural(stats.Bytes, "byte"))
	if p.Method == paragraph.Bloom {
		fmt.Fprintf(messages, "%s in the filter: a rate of false positives of %.2g is expected of it\n", plural(stats.Different, "different paragraph"), stats.FalsePositiveRate)
		if stats.Different > p.Expected {
			fmt.Fprintf(messages, "warning: these are more than --expected %d\n", p.Expected)
		}
	}
	printUncompared(messages, stats.Empty, stats.Raw)
	if ranges == nil {
		return nil
	}
	return ranges.Commit()
}
