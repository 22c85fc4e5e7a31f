package main

import (
	"cmp"
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
	var root string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "trace DIR SHARD TOKEN",
		Short: "Follow a token of a shard to its document and source record",
		Long: `Trace prints which document the token at a position of a shard belongs to, and the input file,
byte offset and length that the document came from. It reads the source record again and
checks its digest where the input file is still there.`,
		Example: `  corpus trace out/quickstart train-00000.bin 12345
  corpus trace out/quickstart val-00000.bin 7 --json --root /data/crawl`,
		Args: arguments,
		RunE: func(cmd *cobra.Command, list []string) error {
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
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
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
	line("document", "%s, token %d of it", t.DocID, t.Position)
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
