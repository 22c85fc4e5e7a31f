package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"corpus"
	"corpus/internal/build"
	"corpus/tokenize"

	"github.com/spf13/cobra"
)

func newTokenizerCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "tokenizer",
		Short: "Train a byte-level BPE tokenizer, encode and decode",
		Long:  `Tokenizer trains a tokenizer and runs it, in the formats of Hugging Face (tokenizer.json) and tiktoken.`,
		Example: `  corpus tokenizer train -o tok --vocab-size 8192 text.jsonl
  corpus tokenizer encode -t tok < document.txt`,
	}
	group(cmd, newTokenizerTrainCommand(), newTokenizerEncodeCommand(), newTokenizerDecodeCommand())
	return cmd
}

func newTokenizerTrainCommand() *cobra.Command {
	o := build.TokenizerOptions{Train: tokenize.DefaultTrainOptions(), Memory: 256 << 20}
	cmd := &cobra.Command{
		Use:   "train -o FOLDER FILE…",
		Short: "Train a tokenizer on the text of files",
		Long: `Train counts the words of the files (JSON Lines by "text", plain text, WET …, as corpus ingest reads them) and
learns merges by the rules of Hugging Face's BPE trainer. It writes tokenizer.json and its companions.`,
		Example: `  corpus tokenizer train -o tok --vocab-size 32000 text.jsonl.zst
  corpus tokenizer train -o tok --pattern gpt2 book.txt`,
		Args: arguments,
		RunE: func(cmd *cobra.Command, list []string) error {
			if o.Out == "" {
				return usage(cmd, "no folder: give -o FOLDER")
			}
			if err := o.Train.Validate(); err != nil {
				return flagError(cmd, err)
			}
			model, err := build.TrainTokenizer(cmd.Context(), list, o)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s, %s\n", o.Out, plural(int64(model.VocabSize()), "token"), plural(int64(model.Merges()), "merge"))
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.Out, "output", "o", "", "`folder` to write")
	f.IntVar(&o.Train.VocabSize, "vocab-size", o.Train.VocabSize, "size of the vocabulary, with the 256 bytes and the special tokens")
	f.StringVar(&o.Train.Pattern, "pattern", o.Train.Pattern, "`name` of the rule that cuts text into words: "+strings.Join(tokenize.PatternNames(), ", "))
	addWorkers(cmd, &o.Workers, "workers (default one per core)")
	return cmd
}

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

func newTokenizerDecodeCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:     "decode -t TOKENIZER",
		Short:   "Turn JSON arrays of ids back into text",
		Long:    `Decode reads JSON arrays of token ids on standard input and writes the bytes that they stand for, nothing between them.`,
		Example: `  echo "Hello" | corpus tokenizer encode -t tok | corpus tokenizer decode -t tok`,
		Args:    standardInput,
		RunE: func(cmd *cobra.Command, _ []string) error {
			model, err := loadTokenizer(cmd, path)
			if err != nil {
				return err
			}
			w := bufio.NewWriter(cmd.OutOrStdout())
			dec := json.NewDecoder(cmd.InOrStdin())
			for {
				var ids []uint32
				if err := dec.Decode(&ids); err == io.EOF {
					return w.Flush()
				} else if err != nil {
					return fmt.Errorf("standard input at byte %d: no array of token ids: %w", dec.InputOffset(), err)
				}
				text, err := model.Decode(ids)
				if err != nil {
					return err
				}
				if _, err := w.Write(text); err != nil {
					return err
				}
			}
		},
	}
	cmd.Flags().StringVarP(&path, "tokenizer", "t", "", "`path` of a folder, tokenizer.json or .tiktoken file")
	return cmd
}

// loadTokenizer loads what -t names.
func loadTokenizer(cmd *cobra.Command, path string) (*tokenize.Model, error) {
	if path == "" {
		return nil, usage(cmd, "no tokenizer: give -t TOKENIZER")
	}
	return tokenize.Load(path)
}
