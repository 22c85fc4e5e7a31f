package tokenize

import (
	"corpus/tokenize/pretoken"
	"slices"
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
	minWordBytes    = 1 << 10
	maxWordBytes    = 1<<32 - 6 // places of words are 32 bits wide
)

// The kinds of model that Train makes.
const (
	KindBPE       = "bpe"
	KindWordPiece = "wordpiece"
	KindUnigram   = "unigram"
)

// TrainOptions say how Train makes a vocabulary.
type TrainOptions struct {
	// Model is the kind of model to train: "bpe", "wordpiece" or "unigram". Default bpe.
	Model string `yaml:"model" jsonschema:"enum=bpe,enum=wordpiece,enum=unigram" jsonschema_description:"Kind of model to train: bpe, wordpiece or unigram. Default bpe."`
	// VocabSize is the number of tokens to make, special tokens and the 256 bytes among them: up to 16,777,216. Default 8192.
	VocabSize int `yaml:"vocab_size" jsonschema_description:"Number of tokens to make, special tokens and the 256 bytes among them: up to 16,777,216. Default 8192."`
	// Pattern is the rule that cuts text into words before training and encoding: "gpt2", "cl100k" (GPT-4), "o200k" (GPT-4o), "llama3", "qwen2", "deepseek-v3", "whitespace", or "bytes" (no cutting). Default cl100k.
	Pattern string `yaml:"pattern" jsonschema:"enum=gpt2,enum=cl100k,enum=o200k,enum=llama3,enum=qwen2,enum=deepseek-v3,enum=whitespace,enum=bytes" jsonschema_description:"Rule that cuts text into words before training and encoding: gpt2, cl100k (GPT-4), o200k (GPT-4o), llama3, qwen2, deepseek-v3, whitespace, or bytes (no cutting). Default cl100k."`
	// MinFrequency is the number of times that a pair of tokens must occur to become a token: 0 and 1 mean once. It has no meaning for unigram, which
	// refuses any but the default. Default 2.
	MinFrequency int64 `yaml:"min_frequency" jsonschema_description:"Number of times that a pair of tokens must occur to become a token: 0 and 1 mean once. It has no meaning for unigram. Default 2."`
	// SpecialTokens get the first ids, in order; the first of them, or <|endoftext|> if it is one, ends documents. Text never gives them. Default [<|endoftext|>].
	SpecialTokens []string `yaml:"special_tokens" jsonschema_description:"Tokens that get the first ids, in order; the first of them, or <|endoftext|> if it is one, ends documents. Text never gives them. Default [<|endoftext|>]."`
	// MaxTokenLength is a length in bytes that every token made stays below, except those of two bytes; 0 means no limit. Default 0.
	MaxTokenLength int `yaml:"max_token_length" jsonschema_description:"Length in bytes that every token made stays below, except those of two bytes; 0 means no limit. Default 0."`
	// MaxWordBytes is the most bytes of distinct words to train on, each counted with one byte more: the most frequent ones, then those that come
	// first by their bytes. What is left out is reported. At least 1024. Default 134217728.
	MaxWordBytes int64 `yaml:"max_word_bytes" jsonschema:"minimum=1024,maximum=4294967290" jsonschema_description:"Most bytes of distinct words to train on, each counted with one byte more: the most frequent ones, and of equally frequent ones those that come first by their bytes. What is left out is reported. At least 1024. Default 134217728."`
	// BOSToken, EOSToken and PadToken name the special tokens that begin a document, end one and fill sequences up. Defaults: none begins
	// documents, <|endoftext|> or else the first special token ends them, none fills up.
	BOSToken string `yaml:"bos_token" jsonschema_description:"Special token that begins a document; empty for none. Default empty."`
	EOSToken string `yaml:"eos_token" jsonschema_description:"Special token that ends a document; empty for <|endoftext|> if it is a special token, else the first. Default empty."`
	PadToken string `yaml:"pad_token" jsonschema_description:"Special token that fills sequences up; empty for none. Default empty."`
}

// DefaultTrainOptions returns the defaults.
func DefaultTrainOptions() TrainOptions {
	return TrainOptions{Model: KindBPE, VocabSize: 8192, Pattern: "cl100k", MinFrequency: 2, SpecialTokens: []string{EndOfText}, MaxWordBytes: 128 << 20}
}

// Validate reports the first option with a bad value.
func (o TrainOptions) Validate() error {
	switch o.Model {
	case KindBPE, KindWordPiece, KindUnigram:
	default:
		return corpus.BadOption("model", "%q is none of %s, %s, %s", o.Model, KindBPE, KindWordPiece, KindUnigram)
	}
	if _, err := pretoken.Find(o.Pattern); err != nil {
		return corpus.BadOption("pattern", "%w", err)
	}
	if o.MinFrequency < 0 {
		return corpus.BadOption("min_frequency", "%d is less than 0", o.MinFrequency)
	}
	if o.Model == KindUnigram && o.MinFrequency != DefaultTrainOptions().MinFrequency {
		return corpus.BadOption("min_frequency", "has no effect with model %s, which merges no pairs: leave it out", o.Model)
	}
	if o.MaxTokenLength < 0 {
		return corpus.BadOption("max_token_length", "%d is less than 0", o.MaxTokenLength)
	}
	if err := checkSpecials(o.SpecialTokens); err != nil {
		return corpus.BadOption("special_tokens", "%w", err)
	}
	if o.MaxWordBytes < minWordBytes || o.MaxWordBytes > maxWordBytes {
		return corpus.BadOption("max_word_bytes", "%d is not %d to %d", o.MaxWordBytes, minWordBytes, int64(maxWordBytes))
	}
	for _, role := range [...]struct{ key, name string }{{"bos_token", o.BOSToken}, {"eos_token", o.EOSToken}, {"pad_token", o.PadToken}} {
		if role.name != "" && !slices.Contains(o.SpecialTokens, role.name) {
			return corpus.BadOption(role.key, "%q is not one of special_tokens", role.name)
		}
	}
	letters, what := 256, "the 256 bytes"
	if o.Model == KindWordPiece {
		letters, what = 512, "twice the 256 bytes"
	}
	if least := len(o.SpecialTokens) + letters; o.VocabSize < least {
		return corpus.BadOption("vocab_size", "%d is less than %d, %s and %d special tokens", o.VocabSize, least, what, len(o.SpecialTokens))
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
