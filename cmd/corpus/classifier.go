package main

import (
	"fmt"
	"io"
	"strings"

	"corpus/internal/classifier"

	"github.com/spf13/cobra"
)

func newClassifierCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "classifier",
		Short: "Train text classifiers and measure them",
		Long: `Classifier trains classifiers in fastText's format on labelled texts, for the filter fasttext and for fastText itself, and
measures them and the built-in ones.`,
		Example: `  corpus classifier train -o quality.bin --validation 0.1 labelled.jsonl
  corpus classifier eval -m quality.bin --label good test.jsonl`,
	}
	group(cmd, newClassifierTrainCommand(), newClassifierEvalCommand())
	return cmd
}

// labelledInput explains the inputs of both commands.
const labelledInput = `A file holds a labelled text a line, plain or in gzip or zstd; "-" is standard input. The first line tells the form:

  __label__good text…                       fastText
  {"text":"…","label":"good"}               JSON Lines; "labels" may hold a list
  good<TAB>text…                            tab-separated; with named columns the first line holds the names
  text,label                                comma-separated (.csv), with a first line of names`

// addSource adds the flags that say how labelled texts are read.
func addSource(cmd *cobra.Command, s *classifier.Source) {
	f := cmd.Flags()
	f.StringVar(&s.Format, "format", "", "`form` of the files: "+strings.Join(classifier.Formats(), ", ")+" (default told by the first line)")
	f.StringVar(&s.TextField, "text-field", "", "`field` or column of the text (default \"text\", or the second column)")
	f.StringVar(&s.LabelField, "label-field", "", "`field` or column of the label (default \"labels\" or \"label\", or the first column)")
}

// printSkipped says which lines were left out.
func printSkipped(w io.Writer, files []classifier.File) {
	for _, f := range files {
		if f.Skipped > 0 {
			fmt.Fprintf(w, "%s: %s skipped; the first: %v\n", f.Path, plural(int64(f.Skipped), "line"), f.First)
		}
	}
}
