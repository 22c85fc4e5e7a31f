package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"corpus/internal/audit"

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
		Args: args(cobra.ExactArgs(3)),
		RunE: func(cmd *cobra.Command, list []string) error {
			token, err := strconv.ParseInt(list[2], 10, 64)
			if err != nil || token < 0 {
				return usageError{fmt.Errorf("TOKEN is a position in the shard, from 0, not %q", list[2])}
			}
			t, err := audit.Trace(cmd.Context(), list[0], list[1], token, root)
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(t)
			}
			printTrace(cmd.OutOrStdout(), t)
			return nil
		},
	}
	cmd.Flags().StringVar(&root, "root", ".", "folder that relative input paths start from")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printTrace(w io.Writer, t *audit.Traced) {
	codec := t.Origin.Codec
	if codec == "" {
		codec = "as stored"
	}
	fmt.Fprintf(w, "token      %d of %s: id %d, %q\n", t.Token, t.Shard, t.ID, t.Text)
	fmt.Fprintf(w, "around     %q\n", t.Around)
	fmt.Fprintf(w, "document   %s, token %d of it\n", t.DocID, t.Position)
	fmt.Fprintf(w, "url        %s\n", t.URL)
	fmt.Fprintf(w, "date       %s\n", t.Date)
	fmt.Fprintf(w, "source     %s\n", t.Source)
	fmt.Fprintf(w, "file       %s\n", t.Origin.File)
	fmt.Fprintf(w, "offset     %d\n", t.Origin.Offset)
	fmt.Fprintf(w, "length     %d (%s)\n", t.Origin.Length, codec)
	fmt.Fprintf(w, "digest     %s\n", t.Origin.Digest)
	fmt.Fprintf(w, "record     %s\n", t.Record)
}
