package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"corpus/internal/audit"
	"corpus/internal/report"

	"github.com/spf13/cobra"
)

// inspectPairs is inspect --pairs.
func inspectPairs(cmd *cobra.Command, dir string, o audit.InspectOptions) error {
	for _, flag := range []string{"stage", "rule", "seed"} {
		if cmd.Flags().Changed(flag) {
			return usage(cmd, "--%s goes with samples of the ledger, not with --pairs", flag)
		}
	}
	pairs, err := audit.Pairs(cmd.Context(), dir, audit.PairOptions{Samples: o.Samples, Root: o.Root, Excerpt: o.Excerpt})
	if err != nil {
		return err
	}
	if len(pairs) == 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: no pairs with a measured similarity of 0.4 or more\n", dir)
	}
	w := bufio.NewWriter(cmd.OutOrStdout())
	for _, p := range pairs {
		printPair(w, p)
	}
	return w.Flush()
}

func printPair(w io.Writer, p audit.Pair) {
	judged := "different"
	if p.Accepted {
		judged = "duplicates"
	}
	fmt.Fprintf(w, "similarity %.4f, %s\n", p.Similarity, judged)
	switch {
	case p.Equal:
		fmt.Fprintf(w, "  both texts are the same %d bytes\n", p.Same)
	case p.Same > 0:
		fmt.Fprintf(w, "  both texts begin with the same %d bytes\n", p.Same)
	}
	for i, d := range []audit.PairDocument{p.First, p.Second} {
		mark := []string{"a", "b"}[i]
		fmt.Fprintf(w, "  %s %s\n", mark, report.Visible(strings.TrimSpace(cmp.Or(d.Row.ID, d.Ref)+" "+d.Row.URL)))
		if d.Row.File != "" {
			fate := "kept"
			if !d.Row.Kept {
				fate = "dropped by " + d.Row.Stage
			}
			if d.Row.DuplicateOf != "" {
				fate += ", duplicate of " + d.Row.DuplicateOf
			}
			fmt.Fprintf(w, "    %s, %d bytes, %s, source %s, date %s\n", d.Ref, d.Row.LastBytes, fate, d.Row.Source, report.Visible(cmp.Or(d.Row.Date, "unknown")))
			fmt.Fprintf(w, "    %s offset %d length %d\n", report.Visible(d.Row.File), d.Row.Offset, d.Row.Length)
		}
		printText(w, mark, d.Excerpt, d.Note)
	}
}
