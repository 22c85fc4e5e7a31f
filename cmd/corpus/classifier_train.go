package main

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"
	"time"

	"corpus/filter/fasttext"
	"corpus/internal/classifier"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newClassifierTrainCommand() *cobra.Command {
	o := classifier.TrainOptions{
		Model:    fasttext.DefaultTrainOptions(),
		Evaluate: classifier.EvaluateOptions{Threshold: 0.5, Intervals: 200},
	}
	quantize := fasttext.DefaultQuantizeOptions()
	var quantized bool
	cmd := &cobra.Command{
		Use:   "train -o MODEL FILE…",
		Short: "Train a classifier on labelled texts",
		Long: `Train trains a fastText classifier and writes it with a model card beside it (MODEL.json): its digest, the data's digests, the
options, and how it did on the texts held back. The file is one that fastText itself loads. The same files and options give the same
bytes, on every machine.

` + labelledInput + `

The options are fastText's by its names; where defaults differ (dim 16, lr 0.5), small models are meant.`,
		Example: `  corpus classifier train -o quality.bin --word-ngrams 2 --validation 0.1 labelled.jsonl
  corpus classifier train -o lang.ftz --minn 2 --maxn 4 --validation test.tsv train.tsv.gz
  corpus classifier train -o topics.bin --loss ova --license CC-BY-4.0 topics.txt`,
		Args: arguments,
		RunE: func(cmd *cobra.Command, list []string) error {
			if o.Out == "" {
				return usage(cmd, "no model: give -o MODEL")
			}
			if quantized || filepath.Ext(o.Out) == ".ftz" {
				quantize.Seed = o.Model.Seed
				o.Quantize = &quantize
			}
			for _, name := range []string{"cutoff", "qnorm", "dsub"} {
				if o.Quantize == nil && cmd.Flags().Changed(name) {
					return usage(cmd, "--"+name+" is for quantised models: give --quantize or a MODEL in .ftz")
				}
			}
			o.Source.Stdin = cmd.InOrStdin()
			p := newClassifierProgress(cmd.ErrOrStderr(), o.Model.Epochs)
			o.Progress = p.show
			trained, err := classifier.Train(cmd.Context(), list, o)
			p.end()
			if err != nil {
				return flagError(cmd, err)
			}
			return printTrained(cmd.OutOrStdout(), cmd.ErrOrStderr(), o, trained)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.Out, "output", "o", "", "`model` to write; .ftz is quantised")
	addSource(cmd, &o.Source)
	addTrainOptions(f, &o.Model)
	f.BoolVar(&quantized, "quantize", false, "write a quantised model whatever its name")
	f.IntVar(&quantize.Cutoff, "cutoff", 0, "keep so many of the longest `rows` of a quantised model, at least 256 (default all)")
	f.BoolVar(&quantize.Norms, "qnorm", false, "quantise the rows' lengths apart")
	f.IntVar(&quantize.PartWidth, "dsub", quantize.PartWidth, "`values` that share a byte of a quantised model")
	f.StringVar(&o.Validation, "validation", "", "measure on a `file`, or on a share of the texts held back by their hash (0.1)")
	f.StringVar(&o.Evaluate.Label, "label", "", "measure this `label` against everything else (default all labels)")
	f.StringVar(&o.Name, "name", "", "`name` of the model in its card (default that of the file)")
	f.StringVar(&o.License, "license", "", "`licence` of the model and its data, for the card")
	f.StringVar(&o.Attribution, "attribution", "", "whom the licence wants named, as `text` for the card")
	return cmd
}

// addTrainOptions adds fastText's options, also in its own spelling (--wordNgrams, --minCount).
func addTrainOptions(f *pflag.FlagSet, o *fasttext.TrainOptions) {
	f.IntVar(&o.Dim, "dim", o.Dim, "length of the vectors, 1 to 1024")
	f.Float64Var(&o.LearningRate, "lr", o.LearningRate, "learning `rate` at the start")
	f.IntVar(&o.Epochs, "epoch", o.Epochs, "epochs over the texts")
	f.IntVar(&o.MinCount, "min-count", o.MinCount, "leave out words that come less often")
	f.IntVar(&o.WordNgrams, "word-ngrams", o.WordNgrams, "longest word n-gram, 1 to 10")
	f.IntVar(&o.MinChars, "minn", o.MinChars, "shortest character n-gram")
	f.IntVar(&o.MaxChars, "maxn", o.MaxChars, "longest character n-gram; 0 is none")
	f.IntVar(&o.Buckets, "bucket", o.Buckets, "buckets for n-grams")
	f.StringVar(&o.Loss, "loss", o.Loss, "`loss`: softmax, ova (independent labels), hs (for very many), ns")
	f.IntVar(&o.Negatives, "neg", o.Negatives, "labels drawn against each right one by the loss ns")
	f.Uint64Var(&o.Seed, "seed", o.Seed, "seed of whatever is drawn")
	f.SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		return pflag.NormalizedName(strings.NewReplacer("wordNgrams", "word-ngrams", "minCount", "min-count").Replace(name))
	})
}

// printTrained writes the measurements to standard output and what was made to standard error.
func printTrained(out, messages io.Writer, o classifier.TrainOptions, t *classifier.Trained) error {
	printSkipped(messages, t.Files)
	if t.Report != nil {
		if err := t.Report.WriteText(out); err != nil {
			return err
		}
	}
	fmt.Fprintf(messages, "%s: %s, %s; card %s\n", o.Out, plural(int64(t.Texts), "text"), plural(int64(t.Words), "word"), fasttext.CardPath(o.Out))
	return nil
}

// classifierProgress shows a training: a line that rewrites itself on a terminal, plain lines elsewhere.
type classifierProgress struct {
	*progress
	epochs int
	began  time.Time
}

func newClassifierProgress(w io.Writer, epochs int) *classifierProgress {
	return &classifierProgress{progress: newProgress(w), epochs: epochs}
}

func (p *classifierProgress) show(phase string, done, loss float64, words int) {
	text := phase
	switch phase {
	case "read":
		text = fmt.Sprintf("read       %s", plural(int64(words), "word"))
	case "train":
		if p.began.IsZero() {
			p.began = time.Now()
		}
		seconds := time.Since(p.began).Seconds()
		text = fmt.Sprintf("train      %3.0f%%", 100*done)
		if !math.IsNaN(loss) {
			text += fmt.Sprintf("  loss %.4f", loss)
		}
		if seconds > 0 && done > 0 {
			left := time.Duration(seconds * (1 - done) / done * 1e9)
			text += fmt.Sprintf("  %.2f million words/s  left %s", done*float64(words*p.epochs)/seconds/1e6, roundDuration(left))
		}
	}
	switch {
	case p.terminal:
		p.draw(text)
	case time.Since(p.logged) >= logEvery:
		p.logged = time.Now()
		fmt.Fprintln(p.w, text)
	}
}
