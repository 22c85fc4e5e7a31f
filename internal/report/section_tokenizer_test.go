package report

import (
	"strings"
	"testing"

	"corpus/internal/manifest"
)

func TestTokenizerStatements(t *testing.T) {
	for _, c := range []struct {
		name string
		k    manifest.Tokenizer
		want []string
	}{
		{"loaded", manifest.Tokenizer{VocabSize: 300, Merges: 43, Pattern: "gpt2"}, []string{
			"The tokenizer is a byte-level BPE, loaded as the config says, with 300 tokens and 43 merges; its pre-tokeniser is gpt2."}},
		{"trained on all", manifest.Tokenizer{VocabSize: 300, Pattern: "gpt2", Model: "unigram", Trained: true, Training: &manifest.TokenizerTraining{All: true}}, []string{
			"The tokenizer is a byte-level Unigram, trained on the text of all kept documents, those set aside for validation included, with 300 tokens; its pre-tokeniser is gpt2."}},
		{"trained on a sample", manifest.Tokenizer{VocabSize: 300, Pattern: "gpt2", Model: "wordpiece", Trained: true, Training: &manifest.TokenizerTraining{
			Documents: 1200, Bytes: 50000, Words: 9000, LeftOutWords: 4000, Occurrences: 100000, LeftOutOccurrences: 5000}}, []string{
			"The tokenizer is a byte-level WordPiece, trained on a sample of the text of the kept documents, those set aside for validation included: " +
				"1,200 documents, 50,000 bytes of text as often as the weights of the sources count it, with 300 tokens; its pre-tokeniser is gpt2.",
			"Its training left out the rarest 4,000 of 9,000 distinct words, which are 5.0\u00a0% of all words in that text."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, s := range tokenizerStatements(c.k) {
				got = append(got, s.Text)
			}
			if a, b := strings.Join(got, "\n"), strings.Join(c.want, "\n"); a != b {
				t.Errorf("got\n%s\nwant\n%s", a, b)
			}
		})
	}
}
