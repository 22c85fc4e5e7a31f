package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"corpus/internal/audit"
	"corpus/internal/report"

	"github.com/spf13/cobra"
)

func newTraceCommand() *cobra.Command {
	var root, document string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "trace DIR [SHARD] [TOKEN]",
		Short: "Follow a token to its document and source record, or a document into the shards",
		Long: `Trace prints which document the token at a position of a shard belongs to, and the input file,
byte offset and length that the document came from. It reads the source record again and
checks its digest where the input file is still there.

With --document it goes the other way, and prints one line of JSON for each stretch of the document: shard, sequence,
first token, length, copy. A document that is in no shard has one line that says why: left_out is empty (it has no
text) or mixture (the config's mixture does not take it); removed_by is the stage that dropped it, with the rule and the
row of the ledger.`,
		Example: `  corpus trace out/quickstart train-00000.bin 12345
  corpus trace out/quickstart val-00000.bin 7 --json --root /data/crawl
  corpus trace out/quickstart --document '<urn:uuid:4d4a1ef5-5a3b-4ec3-9d3e-0f3f1b1f3c11>'`,
		Args: arguments,
		RunE: func(cmd *cobra.Command, list []string) error {
			if cmd.Flags().Changed("document") {
				if len(list) > 1 {
					return usage(cmd, "--document goes without SHARD and TOKEN")
				}
				return traceDocument(cmd.Context(), cmd.OutOrStdout(), list[0], document)
			}
			if len(list) < 3 {
				return usage(cmd, "no %s given", []string{"SHARD", "TOKEN"}[len(list)-1])
			}
			token, err := strconv.ParseInt(list[2], 10, 64)
			if err != nil || token < 0 {
				return usage(cmd, "TOKEN is a position in the shard, from 0, not %q", list[2])
			}
			t, err := audit.Trace(cmd.Context(), list[0], list[1], token, root)
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(t)
			}
			return printTrace(cmd.OutOrStdout(), t)
		},
	}
	cmd.Flags().StringVar(&root, "root", ".", "`folder` that relative input paths start from")
	cmd.Flags().StringVar(&document, "document", "", "`id` of a document to follow into the shards")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func traceDocument(ctx context.Context, out io.Writer, dir, id string) error {
	list, err := audit.TraceDocument(ctx, dir, id)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for _, p := range list {
		if err := enc.Encode(p); err != nil {
			return err
		}
	}
	return nil
}

func printTrace(out io.Writer, t *audit.Traced) error {
	codec := t.Origin.Codec
	if codec == "" {
		codec = "as stored"
	}
	var b strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-10s %s\n", name, report.Visible(fmt.Sprintf(format, args...)))
	}
	known := func(value string) string { return cmp.Or(value, "unknown") }
	line("token", "%d of %s: id %d, %q", t.Token, t.Shard, t.ID, t.Text)
	line("around", "%q", t.Around)
	document := fmt.Sprintf("%s, token %d of it", t.DocID, t.Position)
	if t.Copy > 0 {
		document += fmt.Sprintf(" (copy %d)", t.Copy+1)
	}
	line("document", "%s", document)
	if t.Sequence >= 0 {
		line("sequence", "%d", t.Sequence)
	}
	line("url", "%s", known(t.URL))
	line("date", "%s", known(t.Date))
	line("source", "%s", t.Source)
	line("file", "%s", t.Origin.File)
	line("offset", "%d", t.Origin.Offset)
	line("length", "%d (%s)", t.Origin.Length, codec)
	line("digest", "%s", t.Origin.Digest)
	line("record", "%s", t.Record)
	_, err := io.WriteString(out, b.String())
	return err
}
