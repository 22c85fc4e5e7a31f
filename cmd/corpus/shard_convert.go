package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"corpus/internal/build"
	"corpus/shard"
	"corpus/shard/convert"

	"github.com/spf13/cobra"
)

func newShardConvertCommand() *cobra.Command {
	var o convert.Options
	var out string
	var names, lines []string
	for _, f := range convert.Formats() {
		names = append(names, f.Name)
		lines = append(lines, fmt.Sprintf("  %-10s%s", f.Name, f.Text))
	}
	cmd := &cobra.Command{
		Use:   "convert DIR -o FOLDER --format NAME",
		Short: "Write shards for llm.c, nanoGPT, NumPy, Megatron-LM, MosaicML or Parquet",
		Long: `Convert reads the shards of a build (DIR is its output folder, or a folder of shards), checks each of them whole, and
writes them in another format:

` + strings.Join(lines, "\n") + `

Documents of mds and parquet say where in a sequence documents begin, and length how many of its tokens are before
padding; megatron has documents. The other formats have neither: padding is left out there, and documents can be told
by the tokens that mark them alone. What a format cannot hold is refused, with the reason.

FOLDER must be empty or not be there. Its convert.json says what was converted, with the digests of shards and files.`,
		Example: `  corpus shard convert out/quickstart --format llmc -o llmc
  corpus shard convert out/quickstart --format mds --split train -o mds
  corpus shard convert out/quickstart/shards --format parquet --sequence-length 4096 -o rows`,
		Args: arguments,
		RunE: func(cmd *cobra.Command, list []string) error {
			switch {
			case out == "":
				return usage(cmd, "no folder: give -o FOLDER")
			case o.Format == "":
				return usage(cmd, "no format: give --format, one of %s", strings.Join(names, ", "))
			}
			return flagError(cmd, runShardConvert(cmd.Context(), cmd.ErrOrStderr(), list[0], out, o))
		},
	}
	f := cmd.Flags()
	f.StringVarP(&out, "output", "o", "", "`folder` to write")
	f.StringVar(&o.Format, "format", "", "`name` of the format: "+strings.Join(names, ", "))
	f.StringVar(&o.Split, "split", convert.All, "`split` to convert: train, val or all")
	f.IntVar(&o.SequenceLength, "sequence-length", 0, "`tokens` of a sequence in mds and parquet, 2 to 1048576 (default that of the shards, which concat alone can change)")
	return cmd
}

func runShardConvert(ctx context.Context, messages io.Writer, dir, out string, o convert.Options) error {
	shards, err := shardFolder(dir)
	if err != nil {
		return err
	}
	p, start := newProgress(messages), time.Now()
	last := start
	state := build.Progress{Phase: "convert"}
	o.Progress = func(done, total int64) {
		if now := time.Now(); now.Sub(last) >= showEvery {
			last = now
			state.Done, state.Total, state.Elapsed = done, total, now.Sub(start)
			p.show(state)
		}
	}
	record, err := convert.Convert(ctx, shards, out, o)
	p.end()
	if err != nil {
		return err
	}
	for _, s := range record.Splits {
		fmt.Fprintf(messages, "%s: %s: %s in %s", out, s.Split, plural(s.Tokens, "token"), plural(int64(len(s.Files)), "file"))
		if s.Sequences > 0 {
			fmt.Fprintf(messages, ", %s", plural(s.Sequences, "sequence"))
		}
		if s.Documents > 0 {
			fmt.Fprintf(messages, ", %s", plural(s.Documents, "document"))
		}
		if s.PaddingLeftOut > 0 {
			fmt.Fprintf(messages, "; left out: %s of padding", plural(s.PaddingLeftOut, "token"))
		}
		fmt.Fprintln(messages)
	}
	return nil
}

// showEvery is the time between two looks of the progress line.
const showEvery = 200 * time.Millisecond

// shardFolder is the folder of shards that a path names: itself, or shards/ in the output folder of a build.
func shardFolder(dir string) (string, error) {
	inner := filepath.Join(dir, "shards")
	if _, err := os.Stat(filepath.Join(inner, shard.IndexName)); err == nil {
		return inner, nil
	} else if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(dir, shard.IndexName)); err != nil {
		return "", fmt.Errorf("%w of a finished build in %s: %w", shard.ErrNoShards, dir, err)
	}
	return dir, nil
}
