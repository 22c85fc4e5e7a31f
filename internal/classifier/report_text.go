package classifier

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"
)

// WriteText writes the report as tables for people.
func (r *Report) WriteText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	// Labels and groups are others' data: nothing of them reaches the terminal but characters that show.
	fmt.Fprintf(t, "set\t%s\ntexts\t%d\n", shown(r.Set), r.Texts)
	if r.Binary != nil {
		r.Binary.write(t)
	}
	if r.Multi != nil {
		r.Multi.write(t)
	}
	if r.Groups != nil {
		r.Groups.write(t, r.Threshold)
	}
	return t.Flush()
}

// shown replaces what is not printable.
func shown(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}

func (b *Binary) write(t io.Writer) {
	fmt.Fprintf(t, "label\t%s (%d texts with %s, %d without)\n", shown(b.Label), b.Positives, shown(b.Positive), b.Negatives)
	interval := ""
	if b.AUCLow.String() != "-" {
		interval = fmt.Sprintf(" (95 %%: %s to %s)", b.AUCLow, b.AUCHigh)
	}
	fmt.Fprintf(t, "AUC\t%s%s\naverage precision\t%s\n", b.AUC, interval, b.AveragePrecision)
	fmt.Fprintf(t, "\nthreshold\tat\tprecision\trecall\tF1\tfalse positive rate\tfound\n")
	for _, x := range b.Thresholds {
		fmt.Fprintf(t, "%s\t%.6g\t%s\t%s\t%s\t%s\t%d\n", x.Name, x.Threshold, x.Precision, x.Recall, x.F1, x.FalsePositiveRate, x.TruePositives+x.FalsePositives)
	}
}

func (m *Multi) write(t io.Writer) {
	fmt.Fprintf(t, "accuracy of the best label\t%s\ndecision\t%s\n", m.Accuracy, m.Decision)
	fmt.Fprintf(t, "micro F1\t%s\nmacro F1\t%s (precision %s, recall %s)\n", m.MicroF1, m.MacroF1, m.MacroPrecision, m.MacroRecall)
	fmt.Fprintf(t, "macro AUC\t%s\nmacro average precision\t%s\n", m.MacroAUC, m.MacroAveragePrecision)
	fmt.Fprintf(t, "\nlabel\ttexts\tprecision\trecall\tF1\tAUC\taverage precision\n")
	for _, l := range m.Labels {
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t%s\t%s\n", shown(l.Label), l.Texts, l.Precision, l.Recall, l.F1, l.AUC, l.AveragePrecision)
	}
	if len(m.Confusions) > 0 {
		fmt.Fprintf(t, "\nshould be\twas taken for\ttexts\n")
	}
	for _, c := range m.Confusions {
		fmt.Fprintf(t, "%s\t%s\t%d\n", shown(c.Want), shown(c.Got), c.Count)
	}
}

func (g *Groups) write(t io.Writer, threshold float64) {
	fmt.Fprintf(t, "\ngroup at %.6g\tpositives\tnegatives\tfalse positive rate\ttrue positive rate\tAUC\tBPSN\tBNSP\n", threshold)
	for _, r := range g.Rows {
		fmt.Fprintf(t, "%s\t%d\t%d\t%s\t%s\t%s\t%s\t%s\n", shown(r.Group), r.Positives, r.Negatives, r.FalsePositiveRate, r.TruePositiveRate, r.AUC, r.BPSN, r.BNSP)
	}
	fmt.Fprintf(t, "\ngroups of %d texts and more\tlowest\t\thighest\t\tgap\n", groupLeast)
	for _, f := range g.Fields {
		f.FalsePositives.write(t, shown(f.Field)+", false positive rate")
		f.TruePositives.write(t, shown(f.Field)+", true positive rate")
	}
}

func (s Spread) write(t io.Writer, name string) {
	if s.LowestGroup != "" {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", name, s.Lowest, shown(s.LowestGroup), s.Highest, shown(s.HighestGroup), s.Gap)
	}
}
