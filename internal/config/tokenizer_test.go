package config

import (
	"strings"
	"testing"
)

func TestTokenizerSample(t *testing.T) {
	for setting, want := range map[string]string{
		"tokenizer.sample=0.5":                                "",
		"tokenizer.sample_bytes=1000":                         "",
		"tokenizer.weights={s: 0.25}":                         "",
		"tokenizer.weights={s: 3}":                            "",
		"tokenizer.sample=0":                                  "tokenizer.sample: must be above 0 and at most 1, not 0",
		"tokenizer.sample=.nan":                               "tokenizer.sample",
		"tokenizer.sample_bytes=-1":                           "tokenizer.sample_bytes: must be 0 or more, not -1",
		"tokenizer={sample: 0.5, sample_bytes: 9}":            "tokenizer.sample_bytes: cannot stand beside sample",
		"tokenizer.weights={web: 1}":                          `tokenizer.weights: no source is named "web"`,
		"tokenizer.weights={s: -1}":                           "tokenizer.weights: of s must be 0 to 1000, not -1",
		"tokenizer.weights={s: 1e9}":                          "tokenizer.weights: of s must be 0 to 1000, not 1e+09",
		"tokenizer.model=bbpe":                                `tokenizer.model: "bbpe" is none of bpe, wordpiece, unigram`,
		"tokenizer.eos_token=</s>":                            `tokenizer.eos_token: "</s>" is not one of special_tokens`,
		"tokenizer={special_tokens: [</s>], eos_token: </s>}": "",
		"tokenizer={model: wordpiece, vocab_size: 400}":       "tokenizer.vocab_size: 400 is less than 513",
		"tokenizer={model: unigram, min_frequency: 3}":        "tokenizer.min_frequency: has no effect with model unigram",
		"tokenizer={model: unigram}":                          "",
		"tokenizer={max_word_bytes: 1000}":                    "tokenizer.max_word_bytes: 1000 is not 1024 to 4294967290",
	} {
		_, err := Parse("test", []byte(minimal), []string{setting})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", setting, err, want)
		}
	}
}

func TestSampleIsAll(t *testing.T) {
	all := DefaultTokenizerSample()
	if !all.IsAll() {
		t.Error("the default is not all")
	}
	for _, change := range []func(*TokenizerSample){
		func(s *TokenizerSample) { s.Sample = 0.9 },
		func(s *TokenizerSample) { s.SampleBytes = 1 },
		func(s *TokenizerSample) { s.Weights = map[string]float64{"s": 2} },
	} {
		s := all
		if change(&s); s.IsAll() {
			t.Errorf("%+v is said to be all", s)
		}
	}
}
