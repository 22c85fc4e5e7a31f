package main

import (
	"fmt"
	"strings"

	"corpus/internal/build"
	"corpus/tokenize"

	"github.com/spf13/cobra"
)

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
