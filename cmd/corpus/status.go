package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"corpus/internal/audit"
	"corpus/internal/engine"
	"corpus/internal/report"

	"github.com/spf13/cobra"
)

func newStatusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status DIR",
		Short: "Show where a build stands: phases, counts per stage, rates",
		Long: `Status reads the commit records of an output folder, finished or not, also while a build writes it: how far each
phase is, what each stage let through, how long the last run's stages were busy and blocked, and, once the build is
complete, what its datasheet warns of.`,
		Example: `  corpus status out/quickstart`,
		Args:    arguments,
		RunE: func(cmd *cobra.Command, list []string) error {
			s, err := audit.ReadStatus(list[0])
			if err != nil {
				return err
			}
			return printStatus(cmd.OutOrStdout(), list[0], s)
		},
	}
}

func printStatus(out io.Writer, dir string, s *audit.Status) error {
	state := "not finished"
	if s.Complete {
		state = "complete"
	}
	b := bufio.NewWriter(out)
	fmt.Fprintf(b, "%s: %s, %s\n\n", state, plural(int64(s.Inputs), "input file"), bytesText(s.Bytes))
	w := tabwriter.NewWriter(b, 0, 4, 2, ' ', 0)
	for _, p := range s.Phases {
		fmt.Fprintf(w, "%s\t%d of %d\n", p.Name, p.Done, p.Total)
	}
	fmt.Fprintf(w, "\nstage\tin\tout\tdropped\tlargest reason\n")
	names := []string{}
	for _, c := range s.Stages {
		names = append(names, c.Stage)
	}
	for i, label := range report.StageLabels(names) {
		c := s.Stages[i]
		rule, n := largestRule(c)
		reason := ""
		if n > 0 {
			reason = fmt.Sprintf("%s %d", rule, n)
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\n", label, c.In.Documents, c.Out.Documents, c.In.Documents-c.Out.Documents, reason)
	}
	for _, p := range s.Timings {
		fmt.Fprintf(w, "\n%s\t%.1f s\n", p.Phase, p.Seconds)
		names = names[:0]
		for _, r := range p.Stages {
			names = append(names, r.Name)
		}
		for i, label := range report.StageLabels(names) {
			r := p.Stages[i]
			fmt.Fprintf(w, "  %s\t%d documents\tbusy %s\tblocked %s\t%s\n", label, r.Documents,
				r.Busy.Round(time.Millisecond), r.Blocked.Round(time.Millisecond), rate(r))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(s.Warnings) > 0 {
		fmt.Fprintln(b)
		printWarnings(b, dir, s.Warnings)
	}
	return b.Flush()
}

// printWarnings writes each warning with what to do about it, the same advice once.
func printWarnings(w io.Writer, dir string, warnings []report.Warning) {
	for _, a := range report.Advised(warnings) {
		for _, x := range a.Warnings {
			fmt.Fprintf(w, "warning     %s\n", strings.ReplaceAll(x, "\u00a0", " "))
		}
		fmt.Fprintf(w, "            %s\n", strings.ReplaceAll(a.Text, " DIR ", " "+dir+" "))
	}
}

// largestRule is the rule that dropped most.
func largestRule(c engine.Counts) (string, int64) {
	type drop struct {
		rule string
		n    int64
	}
	var drops []drop
	for rule, n := range c.Dropped {
		drops = append(drops, drop{rule, n.Documents})
	}
	if len(drops) == 0 {
		return "", 0
	}
	most := slices.MaxFunc(drops, func(a, b drop) int { return cmp.Or(cmp.Compare(a.n, b.n), cmp.Compare(b.rule, a.rule)) })
	return most.rule, most.n
}

func rate(r engine.Reading) string {
	if r.Busy <= 0 {
		return ""
	}
	return fmt.Sprintf("%.1f MB/s per worker at work", float64(r.Bytes)/1e6/r.Busy.Seconds())
}
