package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"

	"corpus"
	"corpus/internal/build"
	"corpus/tokenize"

	"github.com/spf13/cobra"
)

func newTokenizerEncodeCommand() *cobra.Command {
	var path string
	var lines bool
	cmd := &cobra.Command{
		Use:   "encode -t TOKENIZER",
		Short: "Encode standard input into token ids",
		Long: `Encode writes one JSON array of ids for standard input as one document; with --jsonl an array per line of
JSON Lines ("text"). No special tokens are added.`,
		Example: `  echo "Hello, world." | corpus tokenizer encode -t out/quickstart/tokenizer
  corpus tokenizer encode -t cl100k_base.tiktoken --jsonl < text.jsonl`,
		Args: standardInput,
		RunE: func(cmd *cobra.Command, _ []string) error {
			model, err := loadTokenizer(cmd, path)
			if err != nil {
				return err
			}
			w := bufio.NewWriter(cmd.OutOrStdout())
			if lines {
				err = encodeLines(cmd.Context(), cmd.InOrStdin(), w, model)
			} else {
				err = encodeAll(cmd.InOrStdin(), w, model)
			}
			if err != nil {
				return err
			}
			return w.Flush()
		},
	}
	cmd.Flags().StringVarP(&path, "tokenizer", "t", "", "`path` of a folder, tokenizer.json or .tiktoken file")
	cmd.Flags().BoolVar(&lines, "jsonl", false, "one document per line")
	return cmd
}

func encodeAll(r io.Reader, w io.Writer, model *tokenize.Model) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return writeIDs(w, model.NewEncoder().Encode(nil, string(data)))
}

func encodeLines(ctx context.Context, r io.Reader, w io.Writer, model *tokenize.Model) error {
	enc := model.NewEncoder()
	_, err := build.Filter(ctx, r, build.FilterOptions{Write: func(d *corpus.Document) error {
		return writeIDs(w, enc.Encode(nil, d.Text))
	}})
	return err
}

func writeIDs(w io.Writer, ids []uint32) error {
	if ids == nil {
		ids = []uint32{}
	}
	return json.NewEncoder(w).Encode(ids)
}
