package filter

import (
	"context"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/pemistahl/lingua-go"

	"corpus"
)

// LanguageOptions say which languages are told apart and which are kept.
type LanguageOptions struct {
	// Languages are the languages to keep, as ISO 639-1 codes; empty (the default) keeps all and only annotates.
	Languages []string `yaml:"languages" jsonschema_description:"Languages to keep, as ISO 639-1 codes; empty (the default) keeps all and only annotates."`
	// MinScore is the least confidence for a document to be kept, where languages is set; 0 to 1, default 0.65.
	MinScore float64 `yaml:"min_score" jsonschema_description:"Least confidence for a document to be kept, where languages is set; 0 to 1, default 0.65."`
	// MaxRunes is how many characters of the start of the text are looked at; 20 to 100,000, default 240. The time taken grows with it.
	MaxRunes int `yaml:"max_runes" jsonschema_description:"How many characters of the start of the text are looked at; 20 to 100000, default 240."`
	// Detect are the languages to choose among, at least two; empty (the default) is every language that lingua knows. Fewer are faster and surer.
	Detect []string `yaml:"detect" jsonschema_description:"Languages to choose among, as ISO 639-1 codes, at least two; empty (the default) is every language known."`
}

// DefaultLanguageOptions returns the defaults: annotate, with confidence 0.65 for those that set languages.
func DefaultLanguageOptions() LanguageOptions { return LanguageOptions{MinScore: 0.65, MaxRunes: 240} }

// Validate reports the first bad option.
func (o LanguageOptions) Validate() error {
	if err := checkRange("min_score", o.MinScore, 1); err != nil {
		return err
	}
	if o.MaxRunes < 20 || o.MaxRunes > 100_000 {
		return corpus.BadOption("max_runes", "%d is not within 20 to 100000", o.MaxRunes)
	}
	known := linguaLanguages()
	for _, code := range o.Detect {
		if _, ok := known[code]; !ok {
			return corpus.BadOption("detect", "%q is not a language that lingua knows (ISO 639-1, lower case)", code)
		}
	}
	if len(o.Detect) > 0 && len(numbered(o.Detect)) < 2 {
		return corpus.BadOption("detect", "one language leaves nothing to choose")
	}
	for _, code := range o.Languages {
		if _, ok := known[code]; !ok {
			return corpus.BadOption("languages", "%q is not a language that lingua knows (ISO 639-1, lower case)", code)
		}
		if len(o.Detect) > 0 && !slices.Contains(o.Detect, code) {
			return corpus.BadOption("languages", "%q is not among detect and would never be found", code)
		}
	}
	return nil
}

func linguaLanguages() map[string]lingua.Language {
	m := make(map[string]lingua.Language)
	for _, language := range lingua.AllLanguages() {
		m[strings.ToLower(language.IsoCode639_1().String())] = language
	}
	return m
}

// Language is the stage language. It asks lingua-go in its low-accuracy mode (trigrams), whose models are
// loaded when they are first needed and take about 140 MB for all languages; they are shared by all stages of the process.
type Language struct {
	options  LanguageOptions
	detector func() lingua.LanguageDetector // builds it on the first call
}

// NewLanguage makes the stage, or returns an OptionError.
func NewLanguage(options LanguageOptions) (*Language, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	return &Language{options: options, detector: sync.OnceValue(func() lingua.LanguageDetector { return buildDetector(options.Detect) })}, nil
}

func buildDetector(codes []string) lingua.LanguageDetector {
	known := linguaLanguages()
	if len(codes) == 0 {
		codes = sortedKeys(known)
	}
	var languages []lingua.Language
	for _, code := range codes {
		languages = append(languages, known[code])
	}
	return lingua.NewLanguageDetectorBuilder().FromLanguages(languages...).WithLowAccuracyMode().Build()
}

// Name returns "language".
func (*Language) Name() string { return "language" }

// Process sets Language and LanguageScore on every live document, and rejects those in other languages (rule language) or with too
// low a score (rule score), where languages are configured.
func (l *Language) Process(ctx context.Context, batch *corpus.Batch) error {
	for doc := range batch.Live() {
		if err := ctx.Err(); err != nil {
			return err // a batch takes a good part of a second
		}
		doc.Language, doc.LanguageScore = l.detect(doc.Text)
		switch {
		case len(l.options.Languages) == 0:
		case !slices.Contains(l.options.Languages, doc.Language):
			doc.Reject(l.Name(), "language", doc.Language)
		case doc.LanguageScore < l.options.MinScore:
			doc.Reject(l.Name(), "score", doc.LanguageScore)
		}
	}
	return nil
}

// undetermined is the code for text whose language cannot be told (ISO 639-2).
const undetermined = "und"

// detect returns the most likely language and lingua's confidence in it, rounded to four decimals; "und" and 0 where
// there are fewer than three letters, no candidate, or two that are equally likely.
//
// The confidence is the language's share of the likelihood summed over the candidates, each the product of the probabilities of all
// trigrams of the text. It therefore nears 1 as the text grows, whether or not the label is right, and cannot tell
// an unknown language. lingua computes it in decimal arithmetic for every candidate, which is
// most of its cost; its other entry point, DetectLanguageOf, does the same work and discards the value.
func (l *Language) detect(text string) (string, float64) {
	text = headRunes(text, l.options.MaxRunes)
	if !enoughLetters(text) || scriptTie(text) {
		return undetermined, 0
	}
	values := l.detector().ComputeLanguageConfidenceValues(text)
	// lingua adds the logarithms in the order of a Go map: the last bits differ from run to run, so that the score
	// is rounded and what is closer than that is a tie.
	first := roundScore(values[0].Value())
	if first == 0 || first == roundScore(values[1].Value()) {
		return undetermined, 0
	}
	return strings.ToLower(values[0].Language().IsoCode639_1().String()), first
}

func roundScore(v float64) float64 { return math.Round(v*1e4) / 1e4 }

// headRunes is the text up to its n-th character.
func headRunes(text string, n int) string {
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}

// enoughLetters reports whether there are three letters, or one of a script that writes words or syllables.
func enoughLetters(text string) bool {
	n := 0
	for _, r := range text {
		if soloScript(r) != nil {
			return true
		}
		if unicode.IsLetter(r) {
			if n++; n == 3 {
				return true
			}
		}
	}
	return false
}

// scriptTie reports whether two scripts have the same, highest number of words. lingua then picks one by the
// order of a Go map, which differs from run to run.
func scriptTie(text string) bool {
	counts := make(map[*unicode.RangeTable]int)
	var word *unicode.RangeTable // the script of the word in work, nil for none or mixed
	inWord := false
	end := func() {
		if inWord && word != nil {
			counts[word]++
		}
		inWord, word = false, nil
	}
	for _, r := range text {
		switch solo := soloScript(r); {
		case solo != nil && !inWord:
			counts[solo]++
		case !unicode.IsLetter(r):
			end()
		case !inWord:
			inWord, word = true, scriptOf(r)
		case word != nil && !unicode.Is(word, r):
			word = nil
		}
	}
	end()
	most, ties := 0, 0
	for _, n := range counts {
		switch {
		case n > most:
			most, ties = n, 1
		case n == most:
			ties++
		}
	}
	return ties > 1
}

// soloScript is the script of a character that lingua takes as a word of its own, nil for others.
func soloScript(r rune) *unicode.RangeTable {
	if r < 0x1100 {
		return nil
	}
	for _, script := range [...]*unicode.RangeTable{unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana} {
		if unicode.Is(script, r) {
			return script
		}
	}
	return nil
}

// scriptOf is the script of a letter among those that lingua knows, nil for others.
func scriptOf(r rune) *unicode.RangeTable {
	for _, script := range [...]*unicode.RangeTable{
		unicode.Latin, unicode.Cyrillic, unicode.Arabic, unicode.Greek, unicode.Hebrew, unicode.Devanagari, unicode.Armenian, unicode.Bengali,
		unicode.Georgian, unicode.Gujarati, unicode.Gurmukhi, unicode.Tamil, unicode.Telugu, unicode.Thai,
	} {
		if unicode.Is(script, r) {
			return script
		}
	}
	return nil
}
