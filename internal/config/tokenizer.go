package config

import (
	"maps"
	"slices"

	"corpus"
	"corpus/tokenize"
)

// Tokenizer says where the tokenizer comes from.
type Tokenizer struct {
	// Path of a tokenizer.json, a folder with one, or a .tiktoken file; empty: train one.
	Path                  string `yaml:"path" jsonschema_description:"A tokenizer.json, a folder with one, or a .tiktoken file; empty: train one on the surviving text."`
	tokenize.TrainOptions `yaml:",inline"`
	TokenizerSample       `yaml:",inline"`
	// MemoryMB bounds the word counts in memory, in MiB.
	MemoryMB int64 `yaml:"memory_mb" jsonschema_description:"Memory for word counts, in MiB; beyond it they spill to disk. Default 256."`
}

// TokenizerSample says which part of the text a tokenizer is trained on. A document counts as often as its rate says, on average: the share times the weight of
// its source. A rate of 2.3 counts it twice or, by a hash of the seed and its place, three times in three cases of ten.
type TokenizerSample struct {
	// Sample is the share of the documents, above 0 to 1. Default 1.
	Sample float64 `yaml:"sample" jsonschema:"exclusiveMinimum=0,maximum=1" jsonschema_description:"Share of the documents that the tokenizer is trained on, above 0 to 1, by a hash of seed and place. Default 1."`
	// SampleBytes is about how much text to train on, weights included, in bytes; 0 for all. It takes a further pass over the text. Default 0.
	SampleBytes int64 `yaml:"sample_bytes" jsonschema:"minimum=0" jsonschema_description:"About how many bytes of text, weights included, the tokenizer is trained on, instead of a share; 0 for all. It takes a further pass over the text. Default 0."`
	// Weights is how often the documents of a source count, 0 to 1000, by the source's name; 1 for a source that is not named. Default {}.
	Weights map[string]float64 `yaml:"weights" jsonschema_description:"How often the documents of each source count in training the tokenizer, 0 to 1000: 0.1 takes a tenth of them, 3 counts them three times. 1 for a source that is not named. Default {}."`
}

// mostWeight is the largest weight of a source: a count of words stays far below 2^63.
const mostWeight = 1000

// DefaultTokenizerSample is all of the text.
func DefaultTokenizerSample() TokenizerSample {
	return TokenizerSample{Sample: 1, Weights: map[string]float64{}}
}

// IsAll says whether every document counts once.
func (s TokenizerSample) IsAll() bool {
	if s.Sample < 1 || s.SampleBytes > 0 {
		return false
	}
	for _, w := range s.Weights {
		if w != 1 {
			return false
		}
	}
	return true
}

// Validate reports the first option with a bad value; sources are the names that weights may have.
func (s TokenizerSample) Validate(sources []string) error {
	if !(s.Sample > 0 && s.Sample <= 1) { // also refuses NaN
		return corpus.BadOption("sample", "must be above 0 and at most 1, not %v", s.Sample)
	}
	if s.SampleBytes < 0 {
		return corpus.BadOption("sample_bytes", "must be 0 or more, not %d", s.SampleBytes)
	}
	if s.SampleBytes > 0 && s.Sample < 1 {
		return corpus.BadOption("sample_bytes", "cannot stand beside sample: give one of the two")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Weights)) {
		if w := s.Weights[name]; !(w >= 0 && w <= mostWeight) {
			return corpus.BadOption("weights", "of %s must be 0 to %d, not %v", name, mostWeight, w)
		}
		if !slices.Contains(sources, name) {
			return corpus.BadOption("weights", "no source is named %q", name)
		}
	}
	return nil
}

// validate checks the whole section.
func (t Tokenizer) validate(sources []Source) error {
	if t.MemoryMB < 1 || t.MemoryMB > mostMemory {
		return corpus.BadOption("memory_mb", "must be 1 to %d, not %d", mostMemory, t.MemoryMB)
	}
	if err := t.TrainOptions.Validate(); err != nil {
		return err
	}
	var names []string
	for _, s := range sources {
		names = append(names, s.Name)
	}
	return t.TokenizerSample.Validate(names)
}
