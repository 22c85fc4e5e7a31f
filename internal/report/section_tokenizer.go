package report

import (
	"fmt"

	"corpus/internal/manifest"
)

// tokenizerStatements say what the tokenizer is and what it was trained on.
func tokenizerStatements(k manifest.Tokenizer) []Statement {
	kind, parts := "BPE", fmt.Sprintf("%s and %s", plural(int64(k.VocabSize), "token", "tokens"), plural(int64(k.Merges), "merge", "merges"))
	switch k.Model {
	case "wordpiece":
		kind, parts = "WordPiece", plural(int64(k.VocabSize), "token", "tokens")
	case "unigram":
		kind, parts = "Unigram", plural(int64(k.VocabSize), "token", "tokens")
	}
	origin := "loaded as the config says"
	if k.Trained {
		origin = "trained on the text of all kept documents, those set aside for validation included"
	}
	t := k.Training
	if t != nil && !t.All {
		origin = fmt.Sprintf("trained on a sample of the text of the kept documents, those set aside for validation included: %s, %s of text as often as the weights of the sources count it",
			plural(t.Documents, "document", "documents"), plural(t.Bytes, "byte", "bytes"))
	}
	list := []Statement{measured("The tokenizer is a byte-level %s, %s, with %s; its pre-tokeniser is %s.", kind, origin, parts, or(k.Pattern, "not named"))}
	if t != nil && t.LeftOutWords > 0 {
		list = append(list, measured("Its training left out the rarest %s of %s distinct words, which are %s of all words in that text.",
			grouped(t.LeftOutWords), grouped(t.Words), percent(t.LeftOutOccurrences, t.Occurrences)))
	}
	return list
}
