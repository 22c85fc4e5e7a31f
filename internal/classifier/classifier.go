// Package classifier trains and measures text classifiers on labelled files: what lies behind "corpus classifier".
//
// Labelled texts come as fastText lines, JSON Lines, tab-separated or comma-separated lines (Source); fastText models are trained on
// them (Train), and any Scorer is measured on them (Evaluation): fastText models and those built in (Load).
//
// Invariants:
//   - A line that cannot be read costs that line: it is counted, and the first one is named. A file without any good line is an error.
//   - Results depend on the files and the options alone; model and card are written whole or not at all.
//
// Example:
//
//	scorer, err := classifier.Load("builtin:language")
//	e := classifier.NewEvaluation(scorer, classifier.EvaluateOptions{Threshold: 0.5})
//	_, err = source.Read(ctx, "test.tsv", e.Add)
//	e.Report().WriteText(os.Stdout)
package classifier

import (
	"strings"

	"corpus/filter/fasttext"
)

// Text is a labelled text.
type Text struct {
	Text string
	// Labels are without fastText's prefix.
	Labels []string
	// Groups are the groups that it belongs to, as "field=value".
	Groups []string
}

// plainLabel is a label as models have it, but for fastText's prefix: white space in it is '_'.
func plainLabel(label string) string {
	return strings.TrimPrefix(fasttext.LabelName(label), fasttext.LabelPrefix)
}
