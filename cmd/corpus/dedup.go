package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"corpus"
	"corpus/dedup"
	"corpus/internal/build"
	"corpus/internal/jsonl"
	"corpus/internal/storage"

	"github.com/spf13/cobra"
)

type dedupOptions struct {
	method   string
	with     corpus.Exchange // what method names
	minhash  dedup.MinHashOptions
	clusters string
	temp     string
	workers  int
}

func newDedupCommand() *cobra.Command {
	o := dedupOptions{minhash: dedup.DefaultMinHashOptions()}
	cmd := &cobra.Command{
		Use:   "dedup",
		Short: "Remove duplicates: JSON Lines in, surviving lines out",
		Long: `Dedup compares "text" and keeps the first document of every cluster of duplicates. Documents are spooled to a
temporary folder, so that the input may be larger than memory. Raw pages pass uncompared; lines without text are left out.

--clusters writes one line per member of a cluster: {"id","cluster","kept","similarity"}, where cluster is the id of
the document that is kept.`,
		Example: `  corpus dedup --method exact < text.jsonl > unique.jsonl
  corpus dedup --threshold 0.8 --clusters clusters.jsonl < text.jsonl > unique.jsonl`,
		Args: standardInput,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ex, err := o.exchange()
			if err != nil {
				return flagError(cmd, err)
			}
			o.with = ex
			return runDedup(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr(), o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.method, "method", "minhash", "exact or minhash")
	f.Float64Var(&o.minhash.Threshold, "threshold", o.minhash.Threshold, "least Jaccard similarity of the sets of shingles (minhash)")
	f.IntVar(&o.minhash.Ngram, "ngram", o.minhash.Ngram, "words per shingle (minhash)")
	f.IntVar(&o.minhash.Bands, "bands", o.minhash.Bands, "bands of the signature (minhash)")
	f.IntVar(&o.minhash.Rows, "rows", o.minhash.Rows, "rows per band (minhash)")
	f.BoolVar(&o.minhash.Verify, "verify", o.minhash.Verify, "compare the pairs that share a band by their sets of shingles (minhash)")
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
	return nil, corpus.BadOption("method", "must be exact or minhash, not %q", o.method)
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
	if stats.Empty > 0 {
		fmt.Fprintf(messages, "%s without a document or its text left out\n", plural(stats.Empty, "line"))
	}
	if stats.Raw > 0 {
		fmt.Fprintf(messages, "%s passed on uncompared: corpus clean makes text of them\n", plural(stats.Raw, "raw page"))
	}
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
