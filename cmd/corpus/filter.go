package main

import (
	"context"
	"fmt"
	"io"

	"corpus"
	"corpus/internal/build"
	"corpus/internal/config"
	"corpus/internal/engine"
	"corpus/internal/jsonl"

	"github.com/spf13/cobra"
)

type filterOptions struct {
	config   string
	set      []string
	dropped  string
	annotate bool
	workers  int
}

func newFilterCommand() *cobra.Command {
	var o filterOptions
	cmd := &cobra.Command{
		Use:   "filter -c CONFIG",
		Short: "Run a config's filters: JSON Lines in, kept lines out",
		Long: `Filter runs the filters of a config over JSON Lines on standard input and writes the kept lines. Dropped lines go to
--dropped with "reason":{"stage","rule","value"}. With --annotate every line is written, with its language, the signals
of the filters that it reached, and the reason for which it would be dropped.

A line is {"id","text","url","source","date","metadata":{}}. Filters look at "text": raw pages go through corpus clean first.`,
		Example: `  corpus filter -c configs/web.yaml < text.jsonl > kept.jsonl
  corpus filter -c configs/web.yaml --dropped dropped.jsonl < text.jsonl > kept.jsonl
  corpus filter -c configs/web.yaml --annotate < text.jsonl | jq .signals`,
		Args: standardInput,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.config == "" {
				return usage(cmd, "no config: give -c CONFIG")
			}
			return runFilter(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr(), o)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.config, "config", "c", "", "`config` with a list of filters (its other sections are not used)")
	f.StringArrayVar(&o.set, "set", nil, "set a config key, as in `key=value`; the value is YAML (repeatable)")
	f.StringVar(&o.dropped, "dropped", "", "`file` for dropped lines")
	f.BoolVar(&o.annotate, "annotate", false, "keep every line and add language, signals and reason")
	addWorkers(cmd, &o.workers, "workers per stage (default one per core)")
	return cmd
}

func runFilter(ctx context.Context, in io.Reader, out, messages io.Writer, o filterOptions) error {
	stages, err := filterStages(o.config, o.set)
	if err != nil {
		return err
	}
	drops, err := newDropFile(o.dropped)
	if err != nil {
		return err
	}
	w := jsonl.NewWriter(out, jsonl.Options{Annotate: o.annotate})
	counts, err := build.Filter(ctx, in, build.FilterOptions{
		Stages: stages, Workers: o.workers,
		Write: func(d *corpus.Document) error {
			if d.Reason != nil {
				if err := drops.write(d); err != nil || !o.annotate {
					return err
				}
			}
			return w.Write(d)
		},
	})
	if err := drops.finish(w, err); err != nil {
		return err
	}
	printCounts(messages, counts)
	return nil
}

func filterStages(path string, set []string) ([]corpus.Stage, error) {
	c, err := config.LoadFilters(path, set)
	if err != nil {
		return nil, usageError{err}
	}
	return c.FilterStages()
}

// printCounts says what each stage let through.
func printCounts(w io.Writer, counts []engine.Counts) {
	for _, c := range counts {
		rule, n := largestRule(c)
		note := ""
		if n > 0 {
			note = fmt.Sprintf(", %d dropped, most by %s (%d)", c.In.Documents-c.Out.Documents, rule, n)
		}
		fmt.Fprintf(w, "%-18s %d in, %d out%s\n", c.Stage, c.In.Documents, c.Out.Documents, note)
	}
}
