package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"corpus/internal/audit"
	"corpus/internal/report"

	"github.com/spf13/cobra"
)

func newInspectCommand() *cobra.Command {
	var o audit.InspectOptions
	var pairs bool
	cmd := &cobra.Command{
		Use:   "inspect DIR",
		Short: "Show samples of kept and dropped documents by stage and rule",
		Long: `Inspect samples the ledger: for every stage and rule some records that it dropped, and some that
were kept. Text of dropped records is read from the input files again; personal data is masked
where the build masks it. The same seed gives the same samples.

With --pairs it shows pairs of documents that dedup compared, whether they count as duplicates or not: --samples
for each tenth of similarity from 0.4 up, both texts from a little before the place where they part.`,
		Example: `  corpus inspect out/quickstart
  corpus inspect out/quickstart --stage gopher_quality --samples 10 --excerpt 800
  corpus inspect out/quickstart --stage kept
  corpus inspect out/quickstart --pairs --samples 3`,
		Args: arguments,
		RunE: func(cmd *cobra.Command, list []string) error {
			if o.Samples < 0 || o.Excerpt < 0 {
				return usage(cmd, "--samples and --excerpt must be 0 or more")
			}
			if pairs {
				return inspectPairs(cmd, list[0], o)
			}
			groups, err := audit.Inspect(cmd.Context(), list[0], o)
			if err != nil {
				return flagError(cmd, err)
			}
			if len(groups) == 0 {
				fmt.Fprintf(cmd.ErrOrStderr(), "%s: no such records\n", list[0])
			}
			w := bufio.NewWriter(cmd.OutOrStdout())
			printGroups(w, groups)
			return w.Flush()
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Stage, "stage", "", "only this `stage`; \"kept\" for kept documents")
	f.StringVar(&o.Rule, "rule", "", "only this `rule`")
	f.IntVar(&o.Samples, "samples", 2, "samples per rule, or per tenth of similarity")
	f.Uint64Var(&o.Seed, "seed", 1, "seed of the sample")
	f.IntVar(&o.Excerpt, "excerpt", 240, "bytes of text to show; 0 for none")
	f.BoolVar(&pairs, "pairs", false, "show pairs of documents that dedup compared")
	f.StringVar(&o.Root, "root", ".", "`folder` that relative input paths start from")
	return cmd
}

func printGroups(w io.Writer, groups []audit.Group) {
	for _, g := range groups {
		name := g.Stage
		if g.Rule != "" {
			name += "/" + g.Rule
		}
		fmt.Fprintf(w, "%s: %d\n", name, g.Documents)
		for _, s := range g.Samples {
			fmt.Fprintf(w, "  %s\n", report.Visible(strings.TrimSpace(s.Row.ID+" "+s.Row.URL)))
			if s.Row.Value != "" {
				fmt.Fprintf(w, "    value %s\n", report.Visible(s.Row.Value))
			}
			if s.Row.DuplicateOf != "" {
				fmt.Fprintf(w, "    duplicate of %s\n", s.Row.DuplicateOf)
			}
			fmt.Fprintf(w, "    %s offset %d length %d\n", report.Visible(s.Row.File), s.Row.Offset, s.Row.Length)
			printText(w, "", s.Excerpt, s.Note)
		}
	}
}

// printText writes a part of a text behind a mark, or why there is none. Texts are a stranger's: what would move a terminal's cursor is shown as an escape.
func printText(w io.Writer, mark, excerpt, note string) {
	switch {
	case excerpt != "":
		fmt.Fprintf(w, "    %s| %s\n", mark, strings.ReplaceAll(report.VisibleText(excerpt), "\n", "\n    "+mark+"| "))
	case note != "":
		fmt.Fprintf(w, "    (%s)\n", report.Visible(note))
	}
}
