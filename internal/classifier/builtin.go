package classifier

import (
	"corpus/filter/langid"
	"corpus/filter/toxic"

	"golang.org/x/text/language"
)

// builtins is the one table of built-in models.
func builtins() []builtin {
	return []builtin{{"language", loadLanguage}, {"toxicity", loadToxicity}}
}

// languages is the first tier of the filter language as a Scorer: its classifier alone, over the characters that the filter looks at by default.
type languages struct {
	classifier *langid.Classifier
	labels     []string
	index      map[string]int
}

const languageRunes = 1000

func loadLanguage() (*Loaded, error) {
	c, err := langid.New(nil)
	if err != nil {
		return nil, err
	}
	l := languages{classifier: c, labels: append(langid.Languages(), langid.Undetermined), index: map[string]int{}}
	for i, code := range l.labels {
		l.index[code] = i
	}
	return &Loaded{Scorer: l, Name: Builtin + "language", Digest: langid.Digest(), Threshold: defaultThreshold}, nil
}

func (l languages) Labels() []string { return l.labels }

// Scores gives a text of too few letters to no language.
func (l languages) Scores(dst []float32, text string) []float32 {
	from := len(dst)
	dst = append(dst, make([]float32, len(l.labels))...)
	for _, g := range l.classifier.Guesses(text, languageRunes, len(l.labels), nil) {
		if i, ok := l.index[g.Language]; ok {
			dst[from+i] = float32(g.Score)
		}
	}
	return dst
}

// Canonical is the code that the classifier has for a language: labelled data often has those of three letters.
func (l languages) Canonical(label string) string {
	if _, ok := l.index[label]; ok {
		return label
	}
	if base, err := language.ParseBase(label); err == nil {
		return base.String()
	}
	return label
}

// toxicity is the classifier of the filter toxicity as a Scorer: the score of a text's worst passage.
type toxicity struct{ model *toxic.Model }

func loadToxicity() (*Loaded, error) {
	model, card, err := toxic.Builtin()
	if err != nil {
		return nil, err
	}
	return &Loaded{Scorer: toxicity{model}, Name: Builtin + "toxicity", Digest: card.Digest, Threshold: card.Threshold}, nil
}

func (toxicity) Labels() []string { return []string{"toxic"} }

func (t toxicity) Scores(dst []float32, text string) []float32 {
	return append(dst, float32(t.model.Score(text).Max))
}
