package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"corpus/tokenize"
	"corpus/train"

	"github.com/spf13/cobra"
)

func newGenerateCommand() *cobra.Command {
	o := train.DefaultGenerateOptions()
	var prompt, tokenizer string
	cmd := &cobra.Command{
		Use:   "generate RUN",
		Short: "Let a trained model write",
		Long:  `Generate loads the newest checkpoint of a run folder and continues a prompt, token by token, on standard output.`,
		Example: `  corpus generate out/quickstart-model --prompt "The harbour"
  corpus generate out/quickstart-model --temperature 0 --max-tokens 50`,
		Args: arguments,
		RunE: func(cmd *cobra.Command, list []string) error {
			o.Run = list[0]
			if tokenizer == "" {
				tokenizer = filepath.Join(o.Run, "tokenizer")
			}
			if err := o.Validate(); err != nil {
				return flagError(cmd, err)
			}
			return runGenerate(cmd.Context(), cmd.OutOrStdout(), tokenizer, prompt, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&prompt, "prompt", "", "`text` to go on from; empty starts a new document")
	f.IntVar(&o.MaxTokens, "max-tokens", o.MaxTokens, "most tokens to write")
	f.Float64Var(&o.Temperature, "temperature", o.Temperature, "divisor of the logits; 0 takes the likeliest token")
	f.IntVar(&o.TopK, "top-k", o.TopK, "draw from the likeliest K tokens; 0 means all")
	f.Float64Var(&o.TopP, "top-p", o.TopP, "draw from the fewest tokens with this probability")
	f.Uint64Var(&o.Seed, "seed", o.Seed, "seed of the draws")
	f.StringVar(&tokenizer, "tokenizer", "", "`path` of a tokenizer (default: the run folder's)")
	return cmd
}

func runGenerate(ctx context.Context, out io.Writer, tokenizer, prompt string, o train.GenerateOptions) error {
	if _, err := os.Stat(o.Run); err != nil {
		return fmt.Errorf("no run folder: %w", err)
	}
	model, err := tokenize.Load(tokenizer)
	if err != nil {
		return err
	}
	o.Prompt = model.NewEncoder().Encode(nil, prompt)
	if _, err := io.WriteString(out, prompt); err != nil {
		return err
	}
	err = train.Generate(ctx, o, func(id uint32) error {
		text, err := model.Decode([]uint32{id})
		if err != nil {
			return err
		}
		_, err = out.Write(text)
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out)
	return err
}
