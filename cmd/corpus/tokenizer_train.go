package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"corpus"
	"corpus/internal/build"
	"corpus/internal/config"
	"corpus/tokenize"
	"corpus/tokenize/pretoken"

	"github.com/spf13/cobra"
)

func newTokenizerTrainCommand() *cobra.Command {
	o := build.TokenizerOptions{Train: tokenize.DefaultTrainOptions(), Sample: config.DefaultTokenizerSample(), Seed: 1}
	memory, asJSON := int64(256), false
	cmd := &cobra.Command{
		Use:   "train -o FOLDER FILE…",
		Short: "Train a tokenizer on the text of files",
		Long: `Train counts the words of the files (JSON Lines by "text", plain text, WET …, as corpus ingest reads them) and
learns a vocabulary from the counts: BPE by the rules of Hugging Face's trainer, WordPiece or Unigram. It writes
tokenizer.json and its companions. What is learnt depends on the text, the options and the seed, not on the workers or the memory.`,
		Example: `  corpus tokenizer train -o tok --vocab-size 32000 text.jsonl.zst
  corpus tokenizer train -o tok --pattern gpt2 --sample 0.1 crawl/
  corpus tokenizer train -o tok --special-token '<s>' --special-token '</s>' --bos-token '<s>' --eos-token '</s>' book.txt`,
		Args: arguments,
		RunE: func(cmd *cobra.Command, list []string) error {
			if o.Out == "" {
				return usage(cmd, "no folder: give -o FOLDER")
			}
			if err := checkTrainFlags(cmd, o, memory); err != nil {
				return flagError(cmd, err)
			}
			o.Memory = memory << 20
			return runTokenizerTrain(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), list, o, asJSON)
		},
	}
	f := cmd.Flags()
	t := &o.Train
	f.StringVarP(&o.Out, "output", "o", "", "`folder` to write")
	f.StringVar(&t.Model, "model", t.Model, "`kind` of model: "+strings.Join([]string{tokenize.KindBPE, tokenize.KindWordPiece, tokenize.KindUnigram}, ", "))
	f.IntVar(&t.VocabSize, "vocab-size", t.VocabSize, "size of the vocabulary, with the 256 bytes and the special tokens")
	f.StringVar(&t.Pattern, "pattern", t.Pattern, "`name` of the rule that cuts text into words: "+strings.Join(pretoken.Names(), ", "))
	f.Int64Var(&t.MinFrequency, "min-frequency", t.MinFrequency, "`times` that a pair of tokens must occur to become one")
	f.IntVar(&t.MaxTokenLength, "max-token-length", t.MaxTokenLength, "tokens stay below so many `bytes`; 0 is no limit")
	f.Int64Var(&t.MaxWordBytes, "max-word-bytes", t.MaxWordBytes, "train on the most frequent words of so many `bytes`")
	f.StringArrayVar(&t.SpecialTokens, "special-token", t.SpecialTokens, "`token` that text never gives; may be repeated, the first gets id 0")
	f.StringVar(&t.BOSToken, "bos-token", "", "special `token` that begins a document (default none)")
	f.StringVar(&t.EOSToken, "eos-token", "", "special `token` that ends a document (default <|endoftext|>, else the first)")
	f.StringVar(&t.PadToken, "pad-token", "", "special `token` that fills sequences up (default none)")
	f.Float64Var(&o.Sample.Sample, "sample", o.Sample.Sample, "`share` of the documents to train on, above 0 to 1")
	f.Int64Var(&o.Sample.SampleBytes, "sample-bytes", 0, "about how many `bytes` of text to train on, by a further pass over the files; 0 for all")
	f.Uint64Var(&o.Seed, "seed", o.Seed, "seed of the sample")
	f.Int64Var(&memory, "memory", memory, "`MiB` for word counts; more of them go to disk")
	f.BoolVar(&asJSON, "json", false, "write what was learnt, and of what, as JSON to standard output")
	addWorkers(cmd, &o.Workers, "workers (default one per core)")
	return cmd
}

// mostTrainMemory is the largest --memory, in MiB.
const mostTrainMemory = 1 << 30

// checkTrainFlags refuses bad values, and flags that would have no effect.
func checkTrainFlags(cmd *cobra.Command, o build.TokenizerOptions, memory int64) error {
	if o.Train.Model == tokenize.KindUnigram && cmd.Flags().Changed("min-frequency") {
		return corpus.BadOption("min_frequency", "has no effect with --model %s, which merges no pairs", o.Train.Model)
	}
	if err := o.Train.Validate(); err != nil {
		return err
	}
	if err := o.Sample.Validate(nil); err != nil {
		return err
	}
	if memory < 1 || memory > mostTrainMemory {
		return corpus.BadOption("memory", "must be 1 to %d, not %d", mostTrainMemory, memory)
	}
	if cmd.Flags().Changed("seed") && o.Sample.IsAll() {
		return corpus.BadOption("seed", "has no effect without --sample or --sample-bytes")
	}
	return nil
}

func runTokenizerTrain(ctx context.Context, out, messages io.Writer, patterns []string, o build.TokenizerOptions, asJSON bool) error {
	p := newProgress(messages)
	o.Watch = p.show
	trained, err := build.TrainTokenizer(ctx, patterns, o)
	p.end()
	if err != nil {
		return err
	}
	if asJSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		if err := enc.Encode(trained); err != nil {
			return err
		}
	}
	fmt.Fprintf(messages, "%s: %s", o.Out, plural(int64(trained.Tokens), "token"))
	if trained.Merges > 0 {
		fmt.Fprintf(messages, ", %s", plural(int64(trained.Merges), "merge"))
	}
	fmt.Fprintln(messages)
	if n := o.Train.VocabSize - trained.Tokens; n > 0 {
		what := "frequent pairs"
		if trained.Model == tokenize.KindUnigram {
			what = "substrings that repeat"
		}
		fmt.Fprintf(messages, "the text has too few %s for %s more\n", what, plural(int64(n), "token"))
	}
	if trained.LeftOutWords > 0 {
		fmt.Fprintf(messages, "left out: %s beyond --max-word-bytes, %.2f %% of all words in the text\n",
			plural(trained.LeftOutWords, "distinct word"), 100*float64(trained.LeftOutOccurrences)/float64(trained.Occurrences))
	}
	return nil
}
