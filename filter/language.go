package filter

import (
	"context"
	"math"
	"slices"

	"corpus"
	"corpus/filter/langid"
)

// Language is the stage language. Two tiers tell languages apart: the classifier of package langid, and for short texts that it is
// not sure of the models of lingua-go (language_lingua.go), which are loaded when they are first needed.
type Language struct {
	options    LanguageOptions
	classifier *langid.Classifier
	lingua     languageTier // nil where it is not used
}

// languageTier is a second opinion.
type languageTier interface {
	// weigh changes the scores of guesses about a text, best first, and puts them in order again.
	weigh(text string, guesses []langid.Guess)
	// model describes it.
	model() corpus.Model
}

// NewLanguage makes the stage, or returns an OptionError.
func NewLanguage(options LanguageOptions) (*Language, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	classifier, err := langid.New(options.Detect)
	if err != nil {
		return nil, err
	}
	l := &Language{options: options, classifier: classifier}
	if codes := options.linguaLanguages(); len(codes) > 0 {
		l.lingua = newLanguageLingua(codes)
	}
	return l, nil
}

// Name returns "language".
func (*Language) Name() string { return "language" }

// Models describes the classifier, and lingua where it is asked.
func (l *Language) Models() []corpus.Model {
	models := []corpus.Model{languageModel()}
	if l.lingua != nil {
		models = append(models, l.lingua.model())
	}
	return models
}

// Process sets Language and LanguageScore on every live document, and where languages are configured rejects those in other languages (rule
// language), with too low a score (rule score), or with too small a part in them (rule lines).
func (l *Language) Process(ctx context.Context, batch *corpus.Batch) error {
	for doc := range batch.Live() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if l.options.Mode == languageLines {
			l.byLines(doc)
		} else {
			doc.Language, doc.LanguageScore = l.detect(doc.Text)
		}
		if len(l.options.Languages) == 0 || doc.Reason != nil {
			continue
		}
		switch {
		case !slices.Contains(l.options.Languages, doc.Language):
			doc.Reject(l.Name(), "language", doc.Language)
		case doc.LanguageScore < l.minScore(doc.Language):
			doc.Reject(l.Name(), "score", doc.LanguageScore)
		}
	}
	return nil
}

// minScore is the least score for a language.
func (l *Language) minScore(code string) float64 {
	if v, ok := l.options.MinScores[code]; ok {
		return v
	}
	return l.options.MinScore
}

// undetermined is the code for text whose language cannot be told (ISO 639-2).
const undetermined = langid.Undetermined

// languageCandidates is how many of the likeliest languages lingua may choose among.
const languageCandidates = 5

// detect returns the most likely language and its probability, rounded to four decimals; "und" with the probability that the text is in
// none of the languages, and with 0 where there are fewer than three letters.
func (l *Language) detect(text string) (string, float64) {
	if l.lingua == nil {
		best := l.classifier.Best(text, l.options.MaxRunes)
		return best.Language, roundScore(best.Score)
	}
	guesses := l.classifier.Guesses(text, l.options.MaxRunes, languageCandidates+1, make([]langid.Guess, 0, languageCandidates+2))
	if len(guesses) == 0 {
		return undetermined, 0
	}
	if guesses[0].Score < l.options.Lingua.Below && atMostRunes(text, l.options.Lingua.MaxRunes) {
		l.lingua.weigh(text, guesses)
	}
	return guesses[0].Language, roundScore(guesses[0].Score)
}

func roundScore(v float64) float64 { return math.Round(v*1e4) / 1e4 }

// atMostRunes reports whether a text has no more than n characters, without reading further.
func atMostRunes(text string, n int) bool {
	for range text {
		if n--; n < 0 {
			return false
		}
	}
	return true
}

// languageModel describes the built-in classifier. Its metrics are those of `fit -check test` (docs/filters/language.md).
func languageModel() corpus.Model {
	const wortschatz, tatoeba, unknown = "Wortschatz sentences of lingua-go, third set aside", "Tatoeba sentences of LASER, third set aside", "Tatoeba sentences in 16 unknown languages"
	return corpus.Model{
		Name: "langid", Origin: "built in", Digest: langid.Digest(),
		License:     "Apache-2.0; trained on texts under CC BY 4.0 and CC BY 2.0 FR",
		Attribution: "sentences of the Wortschatz corpora of Leipzig University by way of lingua-go, and of Tatoeba by way of LASER: filter/langid/model.LICENSE.md",
		Metrics: []corpus.Metric{
			{Set: wortschatz, Group: "joined to texts of 2 kB", Name: "accuracy", Value: 0.9982, Count: 1692},
			{Set: wortschatz, Name: "accuracy", Value: 0.9761, Count: 24688},
			{Set: tatoeba, Name: "accuracy", Value: 0.8969, Count: 9655},
			{Set: unknown, Name: "share_labelled", Value: 0.084, Threshold: 0.9, Count: 4984},
		},
	}
}
