package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"

	"corpus/internal/build"
	"corpus/internal/report"

	"github.com/spf13/cobra"
)

func newTokenizerStatsCommand() *cobra.Command {
	o := build.TokenizerStatsOptions{Top: 10}
	var from tokenizerFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "stats -t TOKENIZER FILE…",
		Short: "Show how well a tokenizer fits the text of files",
		Long: `Stats encodes the text of files, as corpus ingest reads them, and shows per source and per language what a token is worth:
bytes and characters per token, and tokens per word, a run of characters that are not white space. The language is what
the documents say; it is not guessed. Of the vocabulary it shows how many tokens the text uses, how many but
once, which cover most of the text and which are longest.`,
		Example: `  corpus tokenizer stats -t out/quickstart/tokenizer text.jsonl
  corpus tokenizer stats -t o200k_base.tiktoken --json crawl/ > stats.json
  corpus tokenizer stats -t ranks.tiktoken --pattern cl100k --special-token '<|endoftext|>=50000' text.jsonl`,
		Args: arguments,
		RunE: func(cmd *cobra.Command, list []string) error {
			if o.Top < 0 {
				return usage(cmd, "--top must be 0 or more")
			}
			var err error
			if o.Model, err = from.load(cmd); err != nil {
				return err
			}
			return runTokenizerStats(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), list, o, asJSON)
		},
	}
	from.add(cmd)
	f := cmd.Flags()
	f.BoolVar(&asJSON, "json", false, "write JSON")
	f.IntVar(&o.Top, "top", o.Top, "`number` of tokens to name in each list")
	addWorkers(cmd, &o.Workers, "workers (default one per core)")
	return cmd
}

func runTokenizerStats(ctx context.Context, out, messages io.Writer, patterns []string, o build.TokenizerStatsOptions, asJSON bool) error {
	p := newProgress(messages)
	o.Watch = p.show
	s, err := build.MeasureTokenizer(ctx, patterns, o)
	p.end()
	if err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		err = e.Encode(s)
	} else {
		err = printTokenizerStats(w, s)
	}
	if err != nil {
		return err
	}
	if s.Dropped > 0 {
		fmt.Fprintf(messages, "%s left out: no documents (corpus ingest says why)\n", plural(s.Dropped, "record"))
	}
	if s.NoText > 0 {
		fmt.Fprintf(messages, "%s left out: without text (raw pages need corpus clean)\n", plural(s.NoText, "document"))
	}
	return w.Flush()
}

func printTokenizerStats(w io.Writer, s *build.TokenizerStats) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	for _, table := range []struct {
		name string
		rows []build.TextStats
	}{{"source", append(s.Sources, s.Total)}, {"language", s.Languages}} {
		fmt.Fprintf(t, "documents\tbytes\tcharacters\twords\ttokens\tbytes/token\tcharacters/token\ttokens/word\t  %s\n", table.name)
		for _, r := range table.rows {
			name := report.Visible(r.Name)
			if r.Name == "" {
				name = "(all)"
			}
			fmt.Fprintf(t, "%d\t%d\t%d\t%d\t%d\t%.3f\t%.3f\t%.3f\t  %s\n", r.Documents, r.Bytes, r.Characters, r.Words, r.Tokens,
				r.BytesPerToken, r.CharactersPerToken, r.TokensPerWord, name)
		}
		if err := t.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	v := s.Vocabulary
	percent := func(n int) float64 { return 100 * float64(n) / float64(max(v.Size, 1)) }
	fmt.Fprintf(w, "vocabulary: %s, and %s (%s, %s)\n", plural(int64(v.Size), "token"), plural(int64(v.Special), "special token"), s.Model, s.Pattern)
	fmt.Fprintf(w, "used %d (%.1f %%), never used %d (%.1f %%), used once %d (%.1f %%)\n",
		v.Used, percent(v.Used), v.Unused, percent(v.Unused), v.Once, percent(v.Once))
	for _, c := range v.Coverage {
		fmt.Fprintf(w, "the %d tokens with most bytes cover %.1f %% of the text\n", c.Tokens, 100*c.Share)
	}
	if err := printTokens(w, "most of the text", v.Top); err != nil {
		return err
	}
	return printTokens(w, "longest", v.Longest)
}

func printTokens(w io.Writer, title string, list []build.TokenUse) error {
	if len(list) == 0 {
		return nil
	}
	fmt.Fprintf(w, "\n%s\n", title)
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "id\tbytes\ttimes\tshare\t  token\n")
	for _, u := range list {
		fmt.Fprintf(t, "%d\t%d\t%d\t%.2f %%\t  %s\n", u.ID, u.Bytes, u.Count, 100*u.Share, report.Visible(shortQuote(u.Text)))
	}
	return t.Flush()
}

// shortQuote quotes the beginning of a token, which may have 16 KiB.
func shortQuote(s string) string {
	const most = 60
	runes := []rune(s)
	if len(runes) <= most {
		return strconv.Quote(s)
	}
	return strconv.Quote(string(runes[:most])) + "…"
}
