package main

import (
	"strconv"
	"strings"

	"corpus/tokenize"
	"corpus/tokenize/pretoken"

	"github.com/spf13/cobra"
)

// tokenizerFlags name a tokenizer, and what its files may leave open.
type tokenizerFlags struct {
	path     string
	specials []string
	options  tokenize.LoadOptions
}

func (f *tokenizerFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&f.path, "tokenizer", "t", "", "`path` of a folder, tokenizer.json, vocab.json or .tiktoken file")
	flags.StringVar(&f.options.Pattern, "pattern", "", "`name` of the rule that cuts text into words, where the file does not say: "+strings.Join(pretoken.Names(), ", "))
	flags.StringArrayVar(&f.specials, "special-token", nil, "special `TOKEN=ID`, where the file does not say; may be repeated")
}

func (f *tokenizerFlags) load(cmd *cobra.Command) (*tokenize.Model, error) {
	if f.path == "" {
		return nil, usage(cmd, "no tokenizer: give -t TOKENIZER")
	}
	if f.options.Pattern != "" {
		if _, err := pretoken.Find(f.options.Pattern); err != nil {
			return nil, usage(cmd, "--pattern: %w", err)
		}
	}
	f.options.Specials = nil
	for _, text := range f.specials {
		cut := strings.LastIndexByte(text, '=')
		if cut < 1 {
			return nil, usage(cmd, "--special-token: %q is not TOKEN=ID", text)
		}
		id, err := strconv.ParseUint(text[cut+1:], 10, 24)
		if err != nil {
			return nil, usage(cmd, "--special-token: %q does not end in an id", text)
		}
		f.options.Specials = append(f.options.Specials, tokenize.SpecialToken{ID: uint32(id), Content: text[:cut]})
	}
	return tokenize.LoadWith(f.path, f.options)
}
