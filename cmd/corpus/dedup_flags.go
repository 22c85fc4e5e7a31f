package main

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// dedupFlags are the flags that have an effect with each method, beside those of every method.
var dedupFlags = map[string][]string{
	"url":   {"survivor", "clusters"},
	"exact": {"survivor", "clusters"},
	"minhash": {"survivor", "clusters", "threshold", "ngram", "bands", "rows", "recall", "shingle", "characters", "family", "hash", "precision",
		"seed", "curve", "verify"},
	"paragraph": {"ranges", "min-length", "keep", "min-document", "lines", "normalize", "min-words", "scope", "drop-share", "bloom", "expected", "false-positive-rate"},
	"substring": {"ranges", "min-length", "keep", "min-document", "unit", "tokenizer", "boundary"},
}

// insteadOf says what serves in the place of a flag that a method does not take.
var insteadOf = map[string]map[string]string{
	"paragraph": {
		"unit":     "paragraph compares lines with --lines",
		"clusters": "paragraph writes --ranges",
		"survivor": "the first copy of a paragraph stays",
	},
	"substring": {
		"clusters": "substring writes --ranges",
		"survivor": "the first copy of a passage stays",
	},
}

// checkDedupFlags refuses flags that would have no effect. An unknown method has its own error later.
func checkDedupFlags(cmd *cobra.Command, method string) error {
	taken, ok := dedupFlags[method]
	if !ok {
		return nil
	}
	bloom := cmd.Flags().Changed("bloom")
	var err error
	cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		switch {
		case err != nil || !f.Changed || slices.Contains([]string{"method", "temp", "workers"}, f.Name):
		case insteadOf[method][f.Name] != "":
			err = usage(cmd, "--%s does not go with --method %s: %s", f.Name, method, insteadOf[method][f.Name])
		case !slices.Contains(taken, f.Name):
			err = usage(cmd, "--%s does not go with --method %s", f.Name, method)
		case !bloom && (f.Name == "expected" || f.Name == "false-positive-rate"):
			err = usage(cmd, "--%s goes with --bloom", f.Name)
		}
	})
	return err
}
