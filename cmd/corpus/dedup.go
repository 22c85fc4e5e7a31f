package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"corpus"
	"corpus/dedup"
	"corpus/dedup/substring"
	"corpus/internal/build"
	"corpus/internal/jsonl"
	"corpus/internal/storage"

	"github.com/spf13/cobra"
)

type dedupOptions struct {
	method   string
	with     corpus.Exchange // what method names
	minhash  dedup.MinHashOptions
	passages substring.Options
	ranges   string
	clusters string
	temp     string
	workers  int
}

func newDedupCommand() *cobra.Command {
	o := dedupOptions{minhash: dedup.DefaultMinHashOptions(), passages: substring.DefaultOptions()}
	cmd := &cobra.Command{
		Use:   "dedup",
		Short: "Remove duplicates: JSON Lines in, surviving lines out",
		Long: `Dedup compares "text" and keeps the first document of every cluster of duplicates. Documents are spooled to a
temporary folder, so that the input may be larger than memory. Raw pages pass uncompared; lines without text are left out.

--method substring removes passages that stand more than once, all but the first copy, and drops documents that have too little left;
it holds all text in memory, 4 GiB at most. --ranges writes one line per passage: {"id","offset","length","partner","partner_offset"},
in bytes of the texts as they came.

--clusters writes one line per member of a cluster: {"id","cluster","kept","similarity"}, where cluster is the id of
the document that is kept.`,
		Example: `  corpus dedup --method exact < text.jsonl > unique.jsonl
  corpus dedup --method substring --min-length 100 --ranges ranges.jsonl < text.jsonl > rest.jsonl
  corpus dedup --threshold 0.8 --clusters clusters.jsonl < text.jsonl > unique.jsonl`,
		Args: standardInput,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.method == "substring" {
				return o.runSubstring(cmd)
			}
			if o.ranges != "" {
				return usage(cmd, "--ranges goes with --method substring")
			}
			ex, err := o.exchange()
			if err != nil {
				return flagError(cmd, err)
			}
			o.with = ex
			return runDedup(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr(), o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.method, "method", "minhash", "exact, minhash or substring")
	f.Float64Var(&o.minhash.Threshold, "threshold", o.minhash.Threshold, "least Jaccard similarity of the sets of shingles (minhash)")
	f.IntVar(&o.minhash.Ngram, "ngram", o.minhash.Ngram, "words per shingle (minhash)")
	f.IntVar(&o.minhash.Bands, "bands", o.minhash.Bands, "bands of the signature (minhash)")
	f.IntVar(&o.minhash.Rows, "rows", o.minhash.Rows, "rows per band (minhash)")
	f.BoolVar(&o.minhash.Verify, "verify", o.minhash.Verify, "compare the pairs that share a band by their sets of shingles (minhash)")
	f.IntVar(&o.passages.MinLength, "min-length", o.passages.MinLength, "least bytes of a repeated passage (substring)")
	f.IntVar(&o.passages.Keep, "keep", o.passages.Keep, "copies of a passage that stay; 0 removes all (substring)")
	f.StringVar(&o.passages.Boundary, "boundary", o.passages.Boundary, "where a removed passage may begin and end: character, word or line (substring)")
	f.IntVar(&o.passages.MinDocument, "min-document", o.passages.MinDocument, "least bytes that a document that lost a passage must have left (substring)")
	f.StringVar(&o.ranges, "ranges", "", "`file` for the removed passages and where they stay (substring)")
	f.StringVar(&o.clusters, "clusters", "", "`file` for the members of clusters")
	f.StringVar(&o.temp, "temp", "", "`folder` for temporary files (default: the system's)")
	addWorkers(cmd, &o.workers, "workers (default one per core)")
	return cmd
}

func (o dedupOptions) exchange() (corpus.Exchange, error) {
	switch o.method {
	case "exact":
		return dedup.NewExact(dedup.DefaultExactOptions())
	case "minhash":
		return dedup.NewMinHash(o.minhash)
	}
	return nil, corpus.BadOption("method", "must be exact, minhash or substring, not %q", o.method)
}

func runDedup(ctx context.Context, in io.Reader, out, messages io.Writer, o dedupOptions) error {
	w := jsonl.NewWriter(out, jsonl.Options{})
	var written int64
	opts := build.DedupOptions{
		Exchange: o.with, MinHash: o.minhash, Workers: o.workers, TempDir: o.temp,
		Write: func(d *corpus.Document) error { written++; return w.Write(d) },
	}
	var clusters *storage.File
	var err error
	if o.clusters != "" {
		if clusters, err = storage.Create(o.clusters); err != nil {
			return err
		}
		defer clusters.Abort() // without effect once committed
		enc := json.NewEncoder(clusters)
		opts.Member = func(id, cluster string, kept bool, similarity float64) error {
			return enc.Encode(clusterLine{id, cluster, kept, similarity})
		}
	}
	stats, err := build.DedupStream(ctx, in, opts)
	if err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(messages, "%s written, %s removed in %s\n", plural(written, "document"),
		plural(stats.ExactDropped+stats.MinHashDropped, "duplicate"), plural(stats.Clusters, "cluster"))
	printUncompared(messages, stats.Empty, stats.Raw)
	if clusters == nil {
		return nil
	}
	return clusters.Commit()
}

// clusterLine is one line of --clusters.
type clusterLine struct {
	ID         string  `json:"id"`
	Cluster    string  `json:"cluster"`
	Kept       bool    `json:"kept"`
	Similarity float64 `json:"similarity"`
}

// runSubstring removes repeated passages.
func (o dedupOptions) runSubstring(cmd *cobra.Command) error {
	if o.clusters != "" {
		return usage(cmd, "--clusters goes with --method exact and minhash; substring writes --ranges")
	}
	if err := o.passages.Validate(); err != nil {
		return flagError(cmd, err)
	}
	w := jsonl.NewWriter(cmd.OutOrStdout(), jsonl.Options{})
	var written int64
	opts := build.SubstringOptions{
		Options: o.passages, Workers: o.workers, TempDir: o.temp,
		Write: func(d *corpus.Document) error { written++; return w.Write(d) },
	}
	var ranges *storage.File
	if o.ranges != "" {
		var err error
		if ranges, err = storage.Create(o.ranges); err != nil {
			return err
		}
		defer ranges.Abort() // without effect once committed
		enc := json.NewEncoder(ranges)
		opts.Range = func(r build.SubstringRange) error { return enc.Encode(r) }
	}
	stats, err := build.SubstringStream(cmd.Context(), cmd.InOrStdin(), opts)
	if err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s written, %d of them shorter by repeated passages; %d dropped with too little left; %s removed\n",
		plural(written, "document"), stats.Edited, stats.Dropped, plural(stats.Removed, "byte"))
	printUncompared(cmd.ErrOrStderr(), stats.Empty, stats.Raw)
	if ranges == nil {
		return nil
	}
	return ranges.Commit()
}

// printUncompared says what was not compared.
func printUncompared(messages io.Writer, empty, raw int64) {
	if empty > 0 {
		fmt.Fprintf(messages, "%s without a document or its text left out\n", plural(empty, "line"))
	}
	if raw > 0 {
		fmt.Fprintf(messages, "%s passed on uncompared: corpus clean makes text of them\n", plural(raw, "raw page"))
	}
}
