package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"corpus/tokenize"

	"github.com/spf13/cobra"
)

// exportFormats are the names that --format takes.
var exportFormats = []struct {
	name  string
	write func(m *tokenize.Model, folder string) error
}{
	{"hf", (*tokenize.Model).SaveHF},
	{"tiktoken", func(m *tokenize.Model, folder string) error {
		return m.WriteTiktoken(filepath.Join(folder, "vocab.tiktoken"))
	}},
	{"gpt2", (*tokenize.Model).SaveGPT2},
}

func newTokenizerExportCommand() *cobra.Command {
	var from tokenizerFlags
	var out, format string
	cmd := &cobra.Command{
		Use:   "export -t TOKENIZER -o FOLDER",
		Short: "Write a tokenizer in another format",
		Long: `Export reads a tokenizer and writes it so that other tools give the same ids: hf is a folder that transformers opens
(tokenizer.json, tokenizer_config.json, special_tokens_map.json), tiktoken the file vocab.tiktoken, gpt2 vocab.json and
merges.txt with their configuration. What a format cannot express is refused, with the reason.`,
		Example: `  corpus tokenizer export -t o200k_base.tiktoken -o o200k
  corpus tokenizer export -t out/quickstart/tokenizer -o tok --format tiktoken
  corpus tokenizer export -t tokenizer.model --pattern llama3 --special-token '<|begin_of_text|>=128000' --bos-token '<|begin_of_text|>' -o llama3`,
		Args: arguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return usage(cmd, "no folder: give -o FOLDER")
			}
			var names []string
			for _, f := range exportFormats {
				if names = append(names, f.name); f.name != format {
					continue
				}
				model, err := from.load(cmd)
				if err != nil {
					return err
				}
				if err := f.write(model, out); err != nil {
					return err
				}
				fmt.Fprint(cmd.ErrOrStderr(), described(out, model, format == "tiktoken"))
				return nil
			}
			return usage(cmd, "--format: unknown format %q (known: %s)", format, strings.Join(names, ", "))
		},
	}
	from.add(cmd)
	f := cmd.Flags()
	f.StringVarP(&out, "output", "o", "", "`folder` to write")
	f.StringVar(&format, "format", "hf", "`name` of the format: hf, tiktoken, gpt2")
	f.StringVar(&from.options.BOS, "bos-token", "", "special `token` that begins a document (default: what the files say)")
	f.StringVar(&from.options.EOS, "eos-token", "", "special `token` that ends a document (default: what the files say)")
	f.StringVar(&from.options.Pad, "pad-token", "", "special `token` that fills sequences up (default: what the files say)")
	return cmd
}

// described says what was written; whole also what the format leaves out, so that it can be given when the file is read.
func described(out string, m *tokenize.Model, whole bool) string {
	text := fmt.Sprintf("%s: %s, %s, pattern %s\n", out, plural(int64(m.VocabSize()), "id"), m.Kind(), m.Pattern().Name)
	if !whole {
		return text
	}
	text += "the file does not say: --pattern " + m.Pattern().Name
	for _, s := range m.SpecialTokens() {
		text += fmt.Sprintf(" --special-token %q", fmt.Sprintf("%s=%d", s.Content, s.ID))
	}
	return text + "\n"
}
