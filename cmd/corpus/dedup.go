package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"corpus"
	"corpus/dedup"
	"corpus/dedup/substring"
	"corpus/internal/build"
	"corpus/internal/jsonl"
	"corpus/internal/storage"

	"github.com/spf13/cobra"
)

type dedupOptions struct {
	method     string
	with       corpus.Exchange // what method names
	survivor   []string
	survivors  corpus.Exchange // of the priority that survivor names; nil for none
	curve      bool
	minhash    dedup.MinHashOptions
	passages   substring.Options
	paragraphs paragraphFlags
	ranges     string
	clusters   string
	temp       string
	workers    int
}

func newDedupCommand() *cobra.Command {
	o := dedupOptions{minhash: dedup.DefaultMinHashOptions(), passages: substring.DefaultOptions()}
	cmd := &cobra.Command{
		Use:   "dedup",
		Short: "Remove duplicates: JSON Lines in, surviving lines out",
		Long: `Dedup compares "text", or "url" with --method url, and keeps one document of every cluster of duplicates: the first, or the best by --survivor.
Standard input may be compressed by gzip, zstd or bzip2. Documents are spooled uncompressed to a temporary folder, so that the input may be larger than memory. Raw pages pass uncompared, but by url; lines without text are left out.

--survivor names what decides, first to last: longest, shortest (bytes of text), newest, oldest (date), id. --bands 0 --rows 0 chooses both for
--threshold and --recall. --curve prints how many pairs of each similarity the bands catch (similarity, tab, share), and ends.

--method substring removes passages that stand more than once, all but the first copy, and drops documents that have too little left;
it searches in memory what half of the machine's holds, larger input on disk. --ranges writes one line per passage: {"id","offset","length","partner","partner_offset"},
in bytes of the texts as they came.

--method paragraph removes paragraphs that stand more than once, or lines with --lines, all but the first copy; --bloom finds them in one pass, in the
memory that --expected asks for, and also removes a few that stand only once. --ranges is as for substring.

--clusters writes one line per member of a cluster: {"id","cluster","kept","similarity"}, where cluster is the id of
the document that is kept.`,
		Example: `  corpus dedup --method exact < text.jsonl > unique.jsonl
  corpus dedup --method substring --min-length 100 --ranges ranges.jsonl < text.jsonl > rest.jsonl
  corpus dedup --method substring --unit tokens --tokenizer tokenizer --min-length 50 < text.jsonl > rest.jsonl
  corpus dedup --method paragraph --normalize ccnet --lines < text.jsonl > rest.jsonl
  corpus dedup --method url --survivor newest,longest < text.jsonl > unique.jsonl
  corpus dedup --threshold 0.8 --bands 0 --rows 0 --curve
  corpus dedup --threshold 0.8 --clusters clusters.jsonl < text.jsonl > unique.jsonl`,
		Args: standardInput,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkDedupFlags(cmd, o.method); err != nil {
				return err
			}
			switch o.method {
			case "paragraph":
				return o.runParagraph(cmd)
			case "substring":
				return o.runSubstring(cmd)
			}
			if o.curve {
				return o.printCurve(cmd)
			}
			ex, err := o.exchange()
			if err != nil {
				return flagError(cmd, err)
			}
			o.with = ex
			if o.survivors, err = o.ranking(); err != nil {
				return flagError(cmd, err)
			}
			return runDedup(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr(), o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.method, "method", "minhash", "url, exact, minhash, paragraph or substring")
	f.StringSliceVar(&o.survivor, "survivor", nil, "which document of a cluster stays: `keys` in the order in which they decide (url, exact, minhash; default the first)")
	f.Float64Var(&o.minhash.Threshold, "threshold", o.minhash.Threshold, "least Jaccard similarity of the sets of shingles (minhash)")
	f.IntVar(&o.minhash.Ngram, "ngram", o.minhash.Ngram, "words per shingle (minhash)")
	f.IntVar(&o.minhash.Bands, "bands", o.minhash.Bands, "bands of the signature (minhash)")
	f.IntVar(&o.minhash.Rows, "rows", o.minhash.Rows, "rows per band (minhash)")
	f.Float64Var(&o.minhash.Recall, "recall", o.minhash.Recall, "least share of the pairs at the threshold that --bands 0 --rows 0 must catch (minhash)")
	f.StringVar(&o.minhash.Shingle, "shingle", o.minhash.Shingle, "what shingles are made of: word or character (minhash)")
	f.IntVar(&o.minhash.Characters, "characters", o.minhash.Characters, "characters per shingle of characters (minhash)")
	f.StringVar(&o.minhash.Family, "family", o.minhash.Family, "family of the hash functions: sketch or datatrove (minhash)")
	f.StringVar(&o.minhash.Hash, "hash", o.minhash.Hash, "hash of the shingles of the family datatrove: xxhash or sha1 (minhash)")
	f.IntVar(&o.minhash.Precision, "precision", o.minhash.Precision, "bits of the hashes of the family datatrove: 64 or 32 (minhash)")
	f.Uint64Var(&o.minhash.Seed, "seed", o.minhash.Seed, "seed of the hash functions (minhash)")
	f.BoolVar(&o.curve, "curve", false, "print which share of pairs the bands catch, by similarity, and end (minhash)")
	f.BoolVar(&o.minhash.Verify, "verify", o.minhash.Verify, "compare the pairs that share a band by their sets of shingles (minhash)")
	f.IntVar(&o.passages.MinLength, "min-length", o.passages.MinLength, "least bytes (or tokens: --unit) of a repeated passage (substring) or of a paragraph that is compared (paragraph: 50 by default)")
	f.StringVar(&o.passages.Unit, "unit", o.passages.Unit, "what passages are compared and measured by: bytes or tokens (substring)")
	f.StringVar(&o.passages.Tokenizer, "tokenizer", o.passages.Tokenizer, "`path` of the tokenizer whose tokens are compared (substring with --unit tokens)")
	f.IntVar(&o.passages.Keep, "keep", o.passages.Keep, "copies of a part that stay; 0 removes all (paragraph, substring)")
	f.StringVar(&o.passages.Boundary, "boundary", o.passages.Boundary, "where a removed passage may begin and end: character, word or line (substring)")
	f.IntVar(&o.passages.MinDocument, "min-document", o.passages.MinDocument, "least bytes that a document that lost a part must have left (paragraph, substring)")
	f.StringVar(&o.ranges, "ranges", "", "`file` for the removed parts and where they stay (paragraph, substring)")
	addParagraphFlags(cmd, &o.paragraphs)
	f.StringVar(&o.clusters, "clusters", "", "`file` for the members of clusters")
	f.StringVar(&o.temp, "temp", "", "`folder` for temporary files (default: the system's)")
	addWorkers(cmd, &o.workers, "workers (default one per core)")
	return cmd
}

func (o dedupOptions) exchange() (corpus.Exchange, error) {
	switch o.method {
	case "url":
		return dedup.NewURL(dedup.DefaultURLOptions())
	case "exact":
		return dedup.NewExact(dedup.DefaultExactOptions())
	case "minhash":
		return dedup.NewMinHash(o.minhash)
	}
	return nil, corpus.BadOption("method", "must be url, exact, minhash, paragraph or substring, not %q", o.method)
}

// ranking is the exchange of the priority that --survivor names, nil for none.
func (o dedupOptions) ranking() (corpus.Exchange, error) {
	for _, key := range o.survivor {
		if strings.Contains(key, "signal:") {
			return nil, corpus.BadOption("survivor", "lines carry no signals, so that %s has nothing to compare", key)
		}
	}
	priority, err := dedup.NewPriority(o.survivor, nil)
	if err != nil || !priority.Configured() {
		return nil, err
	}
	return dedup.NewSurvivors(priority), nil
}

// printCurve prints the S-curve of the bands.
func (o dedupOptions) printCurve(cmd *cobra.Command) error {
	if err := o.minhash.Validate(); err != nil {
		return flagError(cmd, err)
	}
	resolved := o.minhash.Resolved()
	fmt.Fprintf(cmd.ErrOrStderr(), "%d bands of %d rows\n", resolved.Bands, resolved.Rows)
	var table strings.Builder
	for step := range 20 {
		similarity := float64(step+1) / 20
		fmt.Fprintf(&table, "%.2f\t%.4f\n", similarity, dedup.Caught(similarity, resolved.Bands, resolved.Rows))
	}
	_, err := io.WriteString(cmd.OutOrStdout(), table.String())
	return err
}

func runDedup(ctx context.Context, in io.Reader, out, messages io.Writer, o dedupOptions) error {
	opts := build.DedupOptions{Exchange: o.with, Survivors: o.survivors, MinHash: o.minhash, Workers: o.workers, TempDir: o.temp, Out: out}
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
	fmt.Fprintf(messages, "%s written, %s removed in %s\n", plural(stats.Written, "document"),
		plural(stats.Dropped["url"]+stats.Dropped["exact"]+stats.Dropped["minhash"], "duplicate"), plural(stats.Clusters, "cluster"))
	for _, key := range stats.Undecided {
		fmt.Fprintf(messages, "no document has a value for %s of --survivor, so that it decides nothing\n", key)
	}
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
	if err := o.passages.Validate(); err != nil {
		return flagError(cmd, err)
	}
	w := jsonl.NewWriter(cmd.OutOrStdout(), jsonl.Options{})
	var written int64
	opts := build.SubstringOptions{
		Options: o.passages, Workers: o.workers, TempDir: o.temp,
		Write: func(d *corpus.Document) error { written++; return w.Write(d) },
	}
	ranges, each, err := o.createRanges()
	if err != nil {
		return err
	}
	if ranges != nil {
		defer ranges.Abort() // without effect once committed
	}
	opts.Range = each
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

// createRanges makes the file of --ranges, and returns what writes its lines; without the flag both are nil.
func (o dedupOptions) createRanges() (*storage.File, func(build.SubstringRange) error, error) {
	if o.ranges == "" {
		return nil, nil, nil
	}
	file, err := storage.Create(o.ranges)
	if err != nil {
		return nil, nil, err
	}
	enc := json.NewEncoder(file)
	return file, func(r build.SubstringRange) error { return enc.Encode(r) }, nil
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
