package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"corpus/internal/build"
	"corpus/internal/config"
	"corpus/internal/manifest"
	"corpus/internal/report"

	"github.com/spf13/cobra"
)

type buildOptions struct {
	config  string
	output  string
	set     []string
	workers int
	lowDisk bool
	stdout  io.Writer
	stderr  io.Writer
}

func newBuildCommand() *cobra.Command {
	var o buildOptions
	cmd := &cobra.Command{
		Use:   "build CONFIG",
		Short: "Build a corpus: curate, deduplicate, tokenise, pack, report",
		Long: `Build runs every phase of a config and ends in token shards and a datasheet.

A build that was interrupted, also by kill -9, goes on where it stopped when the same
command is given again, and ends in the same bytes. Paths in the config are relative
to the folder in which the command runs.

Before it begins it says how much disk it may need, from a sample of the inputs. The memory that it
takes stays within memory_mb of the config, by default half of the machine's.

The output folder must be empty, not there yet, or begun by the same config with the same inputs. How long each
phase and stage took is written beside it, to FOLDER.timings.json.`,
		Example: `  corpus build configs/quickstart.yaml
  corpus build web.yaml -o /data/out --workers 16 --set dedup.minhash.threshold=0.8`,
		Args: arguments,
		RunE: func(cmd *cobra.Command, list []string) error {
			o.config, o.stdout, o.stderr = list[0], cmd.OutOrStdout(), cmd.ErrOrStderr()
			return runBuild(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVarP(&o.output, "output", "o", "", "output `folder` (default: the config's output)")
	cmd.Flags().StringArrayVar(&o.set, "set", nil, "set a config key, as in `key=value`; the value is YAML (repeatable)")
	addWorkers(cmd, &o.workers, "workers per stage (default: the config's, else one per core)")
	cmd.Flags().BoolVar(&o.lowDisk, "low-disk", false, "begin also where the disk is clearly too small")
	return cmd
}

func runBuild(ctx context.Context, o buildOptions) error {
	c, err := config.Load(o.config, o.set)
	if err != nil {
		return usageError{err}
	}
	dir := c.Output
	if o.output != "" {
		dir = o.output
	}
	if dir == "" {
		return usageError{fmt.Errorf("%s: no output folder: set output in the config or give -o", o.config)}
	}
	workers := c.Workers
	if o.workers > 0 {
		workers = o.workers
	}
	p := newProgress(o.stderr)
	m, err := build.Run(ctx, build.Options{Config: c, Dir: dir, Workers: workers, LowDisk: o.lowDisk, Log: p.log, Watch: p.show})
	p.end()
	if err != nil {
		return err
	}
	warnings, err := report.ReadWarnings(dir)
	if err != nil {
		return err
	}
	printSummary(o.stderr, dir, m, warnings)
	return nil
}

// printSummary says what was made and what to do next.
func printSummary(w io.Writer, dir string, m *manifest.Manifest, warnings []report.Warning) {
	first, last := m.Stages[0], m.Stages[len(m.Stages)-1]
	fmt.Fprintf(w, "\n%s read, %s kept (%s of text), %d training and %d validation tokens\n\n",
		plural(first.In.Documents, "record"), plural(last.Out.Documents, "document"), bytesText(last.Out.Bytes), m.Shards.TrainTokens, m.Shards.ValTokens)
	if records, files := report.Damaged(m); records+files > 0 {
		fmt.Fprintf(w, "damage      %s could not be read, %s not supported: the datasheet names them\n", plural(records, "record"), plural(files, "file"))
	}
	printWarnings(w, dir, warnings)
	fmt.Fprintf(w, "datasheet   %s\n", filepath.Join(dir, "datasheet", "index.html"))
	fmt.Fprintf(w, "shards      %s\n", filepath.Join(dir, "shards"))
	next := []string{"inspect " + dir, "verify " + dir}
	if m.Shards.TrainTokens > 0 {
		next = append([]string{"train --shards " + filepath.Join(dir, "shards")}, next...)
	}
	for i, command := range next {
		label := ""
		if i == 0 {
			label = "next"
		}
		fmt.Fprintf(w, "%-11s corpus %s\n", label, command)
	}
}
