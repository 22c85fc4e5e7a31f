package tokenize

import (
	"strings"
	"unicode/utf8"

	"corpus"
)

// EndOfText is the special token that stands between documents unless the options name others.
const EndOfText = "<|endoftext|>"

const (
	maxVocabSize    = 1 << 24
	maxSpecials     = 1 << 16
	maxSpecialBytes = 256
)

// TrainOptions say how Train makes a vocabulary.
type TrainOptions struct {
	// VocabSize is the number of tokens to make, special tokens and the 256 bytes among them: up to 16,777,216. Default 8192.
	VocabSize int `yaml:"vocab_size" jsonschema_description:"Number of tokens to make, special tokens and the 256 bytes among them: up to 16,777,216. Default 8192."`
	// Pattern is the rule that cuts text into words before training and encoding: "gpt2", "cl100k" (GPT-4) or "o200k" (GPT-4o). Default cl100k.
	Pattern string `yaml:"pattern" jsonschema:"enum=gpt2,enum=cl100k,enum=o200k" jsonschema_description:"Rule that cuts text into words before training and encoding: gpt2, cl100k (GPT-4) or o200k (GPT-4o). Default cl100k."`
	// MinFrequency is the number of times that a pair of tokens must occur to become a token: 0 and 1 mean once. Default 2.
	MinFrequency int64 `yaml:"min_frequency" jsonschema_description:"Number of times that a pair of tokens must occur to become a token: 0 and 1 mean once. Default 2."`
	// SpecialTokens get the first ids, in order; the first of them, or <|endoftext|> if it is one, ends documents. Text never gives them. Default [<|endoftext|>].
	SpecialTokens []string `yaml:"special_tokens" jsonschema_description:"Tokens that get the first ids, in order; the first of them, or <|endoftext|> if it is one, ends documents. Text never gives them. Default [<|endoftext|>]."`
	// MaxTokenLength is a length in bytes that every token made stays below, except those of two bytes; 0 means no limit. Default 0.
	MaxTokenLength int `yaml:"max_token_length" jsonschema_description:"Length in bytes that every token made stays below, except those of two bytes; 0 means no limit. Default 0."`
}

// DefaultTrainOptions returns the defaults.
func DefaultTrainOptions() TrainOptions {
	return TrainOptions{VocabSize: 8192, Pattern: "cl100k", MinFrequency: 2, SpecialTokens: []string{EndOfText}}
}

// Validate reports the first option with a bad value.
func (o TrainOptions) Validate() error {
	if _, err := FindPattern(o.Pattern); err != nil {
		return corpus.BadOption("pattern", "%w", err)
	}
	if o.MinFrequency < 0 {
		return corpus.BadOption("min_frequency", "%d is less than 0", o.MinFrequency)
	}
	if o.MaxTokenLength < 0 {
		return corpus.BadOption("max_token_length", "%d is less than 0", o.MaxTokenLength)
	}
	if err := checkSpecials(o.SpecialTokens); err != nil {
		return corpus.BadOption("special_tokens", "%w", err)
	}
	if least := len(o.SpecialTokens) + 256; o.VocabSize < least {
		return corpus.BadOption("vocab_size", "%d is less than %d, the 256 bytes and %d special tokens", o.VocabSize, least, len(o.SpecialTokens))
	}
	if o.VocabSize > maxVocabSize {
		return corpus.BadOption("vocab_size", "%d is more than %d", o.VocabSize, maxVocabSize)
	}
	return nil
}

// checkSpecials refuses special tokens that a tokenizer.json could not tell from others.
func checkSpecials(tokens []string) error {
	if len(tokens) > maxSpecials {
		return specialError("", "%d are more than %d", len(tokens), maxSpecials)
	}
	seen := make(map[string]bool, len(tokens))
	for _, s := range tokens {
		switch {
		case s == "":
			return specialError(s, "is empty")
		case !utf8.ValidString(s):
			return specialError(s, "is not UTF-8")
		case len(s) > maxSpecialBytes:
			return specialError(s[:16]+"…", "is longer than %d bytes", maxSpecialBytes)
		case strings.TrimSpace(s) == "":
			return specialError(s, "is blank")
		case isAlphabetLetter(s):
			return specialError(s, "is the name of a byte")
		case seen[s]:
			return specialError(s, "is there twice")
		}
		seen[s] = true
	}
	return nil
}
