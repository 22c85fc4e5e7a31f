package main

import (
	"context"
	"io"
	"strings"

	"corpus/internal/classifier"

	"github.com/spf13/cobra"
)

type classifierEvalOptions struct {
	model     string
	source    classifier.Source
	evaluate  classifier.EvaluateOptions
	threshold bool // is given
	json      bool
	writeCard bool
}

func newClassifierEvalCommand() *cobra.Command {
	o := classifierEvalOptions{evaluate: classifier.EvaluateOptions{Intervals: 200}}
	cmd := &cobra.Command{
		Use:   "eval -m MODEL FILE…",
		Short: "Measure a classifier on labelled texts",
		Long: `Eval prints how a model does on labelled texts. With --label that label is judged against everything else: AUC, average precision, and
precision, recall, F1 and false positive rate at several thresholds. Without it all labels are judged against each other: accuracy, F1 and AUC by
label, and which labels are taken for which. Figures that are not defined are "-".

With --groups the false and true positive rates at --threshold are printed for every value of a field, such as the identity that a
text names, or the functional test that it belongs to. BPSN is the AUC of the group's negatives against all other positives, BNSP that of
the group's positives against all other negatives.

A model is a .bin or .ftz file, or ` + strings.Join(classifier.BuiltinNames(), " or ") + `.

` + labelledInput,
		Example: `  corpus classifier eval -m quality.bin --label good test.jsonl
  corpus classifier eval -m lang.ftz --json test.tsv
  corpus classifier eval -m builtin:toxicity --positive hateful --label-field gold --groups identity --groups test cases.csv`,
		Args: arguments,
		RunE: func(cmd *cobra.Command, list []string) error {
			if o.model == "" {
				return usage(cmd, "no model: give -m MODEL")
			}
			o.source.Stdin = cmd.InOrStdin()
			o.threshold = cmd.Flags().Changed("threshold")
			return flagError(cmd, runClassifierEval(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), list, o))
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.model, "model", "m", "", "`model` to measure")
	addSource(cmd, &o.source)
	f.StringVar(&o.evaluate.Label, "label", "", "measure this `label` of the model against everything else (default all labels)")
	f.StringVar(&o.evaluate.Positive, "positive", "", "`label` of the texts that should be found, where it is another than --label")
	f.Float64Var(&o.evaluate.Threshold, "threshold", o.evaluate.Threshold, "`score` from which a label counts as given (default 0.5, or the built-in model's own)")
	f.StringArrayVar(&o.source.GroupFields, "groups", nil, "`field` or column whose values are groups (repeatable)")
	f.IntVar(&o.evaluate.Intervals, "intervals", o.evaluate.Intervals, "draws for the confidence interval of the AUC; 0 for none")
	f.StringVar(&o.evaluate.Set, "set", "", "`name` of the data in the card (default the files')")
	f.BoolVar(&o.json, "json", false, "print JSON instead of tables")
	f.BoolVar(&o.writeCard, "write-card", false, "put the figures into the model's card")
	return cmd
}

func runClassifierEval(ctx context.Context, out, messages io.Writer, paths []string, o classifierEvalOptions) error {
	if err := o.evaluate.Validate(); err != nil {
		return err
	}
	model, err := classifier.Load(o.model)
	if err != nil {
		return err
	}
	if !o.threshold {
		o.evaluate.Threshold = model.Threshold
	}
	report, files, err := classifier.Evaluate(ctx, model, paths, o.source, o.evaluate)
	printSkipped(messages, files)
	if err != nil {
		return err
	}
	if o.writeCard {
		if err := classifier.UpdateCard(model, report); err != nil {
			return err
		}
	}
	if o.json {
		return report.WriteJSON(out)
	}
	return report.WriteText(out)
}
