package filter

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"corpus"
)

// GopherQualityOptions are the thresholds of the Gopher quality rules (Rae et al. 2021, appendix A.1.1), named
// as datatrove names them. A threshold of 0 turns its rule off.
type GopherQualityOptions struct {
	// MinDocWords is the least number of words that are not pure punctuation; default 50.
	MinDocWords int `yaml:"min_doc_words" jsonschema_description:"Least number of words that are not pure punctuation; default 50, 0 for no limit."`
	// MaxDocWords is the largest number of words that are not pure punctuation; default 100,000.
	MaxDocWords int `yaml:"max_doc_words" jsonschema_description:"Largest number of words that are not pure punctuation; default 100000, 0 for no limit."`
	// MinAvgWordLength is the least mean length of those words in characters; default 3.
	MinAvgWordLength float64 `yaml:"min_avg_word_length" jsonschema_description:"Least mean length in characters of the words that are not pure punctuation; default 3, 0 for no limit."`
	// MaxAvgWordLength is the largest mean length of those words in characters; default 10.
	MaxAvgWordLength float64 `yaml:"max_avg_word_length" jsonschema_description:"Largest mean length in characters of the words that are not pure punctuation; default 10, 0 for no limit."`
	// MaxSymbolWordRatio is the largest number of hash signs, and of ellipses, for each word; default 0.1.
	MaxSymbolWordRatio float64 `yaml:"max_symbol_word_ratio" jsonschema_description:"Largest number of hash signs, and of ellipses, for each word; default 0.1, 0 for no limit."`
	// MaxBulletLinesRatio is the largest share of lines that start with a bullet or a hyphen; 0 to 1, default 0.9.
	MaxBulletLinesRatio float64 `yaml:"max_bullet_lines_ratio" jsonschema_description:"Largest share of lines that start with a bullet or a hyphen; 0 to 1, default 0.9, 0 for no limit."`
	// MaxEllipsisLinesRatio is the largest share of lines that end in an ellipsis; 0 to 1, default 0.3.
	MaxEllipsisLinesRatio float64 `yaml:"max_ellipsis_lines_ratio" jsonschema_description:"Largest share of lines that end in an ellipsis; 0 to 1, default 0.3, 0 for no limit."`
	// MinAlphaWordsRatio is the least share of words that hold a letter; 0 to 1, default 0.8.
	// (datatrove calls it max_non_alpha_words_ratio, though it is a lower bound on words with a letter.)
	MinAlphaWordsRatio float64 `yaml:"min_alpha_words_ratio" jsonschema_description:"Least share of words that hold a letter; 0 to 1, default 0.8, 0 for no limit."`
	// MinStopWords is the least number of different stop words that must occur; default 2.
	MinStopWords int `yaml:"min_stop_words" jsonschema_description:"Least number of different stop words that must occur; default 2, 0 for no limit."`
	// StopWords are matched exactly, in this very case; default the be to of and that have with.
	StopWords []string `yaml:"stop_words" jsonschema_description:"Stop words, matched exactly and in this very case; default the, be, to, of, and, that, have, with."`
	// StopWordsByLanguage replaces StopWords for documents of a language (ISO 639-1); an empty list turns the rule off for that language.
	StopWordsByLanguage map[string][]string `yaml:"stop_words_by_language" jsonschema_description:"Stop words for documents of a language (ISO 639-1 code to list) in place of stop_words; an empty list turns the rule off for that language."`
	// Words is the way of splitting words: punctuation (default), whitespace or unicode.
	Words string `yaml:"words" jsonschema_description:"How words are split: punctuation (default), whitespace or unicode."`
	// LanguageThresholds are options for single languages.
	LanguageThresholds `yaml:",inline"`
}

// DefaultGopherQualityOptions returns the published thresholds.
func DefaultGopherQualityOptions() GopherQualityOptions {
	return GopherQualityOptions{
		MinDocWords: 50, MaxDocWords: 100_000, MinAvgWordLength: 3, MaxAvgWordLength: 10, MaxSymbolWordRatio: 0.1,
		MaxBulletLinesRatio: 0.9, MaxEllipsisLinesRatio: 0.3, MinAlphaWordsRatio: 0.8, MinStopWords: 2,
		StopWords: []string{"the", "be", "to", "of", "and", "that", "have", "with"}, Words: WordsPunctuation,
	}
}

// Validate reports the first bad option.
func (o GopherQualityOptions) Validate() error {
	for _, c := range []struct {
		key   string
		value float64
		most  float64
	}{
		{"min_doc_words", float64(o.MinDocWords), 0}, {"max_doc_words", float64(o.MaxDocWords), 0},
		{"min_avg_word_length", o.MinAvgWordLength, 0}, {"max_avg_word_length", o.MaxAvgWordLength, 0},
		{"max_symbol_word_ratio", o.MaxSymbolWordRatio, 0}, {"max_bullet_lines_ratio", o.MaxBulletLinesRatio, 1},
		{"max_ellipsis_lines_ratio", o.MaxEllipsisLinesRatio, 1}, {"min_alpha_words_ratio", o.MinAlphaWordsRatio, 1},
		{"min_stop_words", float64(o.MinStopWords), 0},
	} {
		if err := checkRange(c.key, c.value, c.most); err != nil {
			return err
		}
	}
	if o.MaxDocWords != 0 && o.MaxDocWords < o.MinDocWords {
		return corpus.BadOption("max_doc_words", "%d is less than min_doc_words (%d)", o.MaxDocWords, o.MinDocWords)
	}
	if o.MaxAvgWordLength != 0 && o.MaxAvgWordLength < o.MinAvgWordLength {
		return corpus.BadOption("max_avg_word_length", "%v is less than min_avg_word_length (%v)", o.MaxAvgWordLength, o.MinAvgWordLength)
	}
	if n := countDistinct(o.StopWords); n < o.MinStopWords {
		return corpus.BadOption("stop_words", "%d different words can never reach min_stop_words (%d)", n, o.MinStopWords)
	}
	for _, language := range sortedKeys(o.StopWordsByLanguage) {
		if language == "" || language != strings.ToLower(language) { // would be the language of no document
			return corpus.BadOption("stop_words_by_language", "%q is not a language code in lower case, such as de", language)
		}
		if n := countDistinct(o.StopWordsByLanguage[language]); n > 0 && n < o.MinStopWords {
			return corpus.BadOption("stop_words_by_language."+language, "%d different words can never reach min_stop_words (%d)", n, o.MinStopWords)
		}
	}
	if err := checkWords(o.Words); err != nil {
		return err
	}
	return o.LanguageThresholds.validate()
}

// GopherQuality is the stage gopher_quality.
type GopherQuality struct {
	variants byLanguage[*GopherQuality] // by the language of a document; others is the stage itself
	options  GopherQualityOptions
	// stopWords gives each stop word a number, by language; "" holds the default set.
	stopWords map[string]map[string]int
}

// NewGopherQuality makes the stage and reads its thresholds by language, or returns an OptionError.
func NewGopherQuality(options GopherQualityOptions) (*GopherQuality, error) {
	variants, err := newByLanguage("gopher_quality", options, options.LanguageThresholds, newGopherQuality)
	if err != nil {
		return nil, err
	}
	stage := variants.others
	stage.variants = variants
	return stage, nil
}

// newGopherQuality makes what judges by one set of options.
func newGopherQuality(options GopherQualityOptions) (*GopherQuality, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	stage := &GopherQuality{options: options, stopWords: map[string]map[string]int{"": numbered(options.StopWords)}}
	for language, list := range options.StopWordsByLanguage {
		stage.stopWords[language] = numbered(list)
	}
	return stage, nil
}

// Name returns "gopher_quality".
func (*GopherQuality) Name() string { return "gopher_quality" }

// Process rejects the documents that fail a rule.
func (g *GopherQuality) Process(_ context.Context, batch *corpus.Batch) error {
	for doc := range batch.Live() {
		rules, ok := g.variants.of(doc.Language)
		if !ok {
			doc.Reject(g.Name(), noThresholds, doc.Language)
			continue
		}
		if rule, value := rules.judge(analyse(doc), doc.Language); rule != "" {
			doc.Reject(g.Name(), rule, value)
		}
	}
	return nil
}

// judge returns the first rule that the text fails and the measured value; "" when it passes.
func (g *GopherQuality) judge(a *textAnalysis, language string) (string, any) {
	o, text := &g.options, a.text
	m := a.words(o.Words)
	if m.counted < o.MinDocWords {
		return "gopher_short_doc", m.counted
	}
	if o.MaxDocWords > 0 && m.counted > o.MaxDocWords {
		return "gopher_long_doc", m.counted
	}
	if m.words == 0 {
		return "", nil // only with min_doc_words 0: nothing to measure
	}
	if mean := ratio(m.length, m.counted); m.counted > 0 {
		if mean < o.MinAvgWordLength {
			return "gopher_below_avg_threshold", mean
		}
		if o.MaxAvgWordLength > 0 && mean > o.MaxAvgWordLength {
			return "gopher_above_avg_threshold", mean
		}
	}
	if o.MaxSymbolWordRatio > 0 {
		if share := ratio(strings.Count(text, "#"), m.words); share > o.MaxSymbolWordRatio {
			return "gopher_too_many_hashes", share
		}
		if share := ratio(strings.Count(text, "...")+strings.Count(text, "…"), m.words); share > o.MaxSymbolWordRatio {
			return "gopher_too_many_ellipsis", share
		}
	}
	lines, bullets, ellipses := lineMarks(text)
	if share := ratio(bullets, lines); o.MaxBulletLinesRatio > 0 && share > o.MaxBulletLinesRatio {
		return "gopher_too_many_bullets", share
	}
	if share := ratio(ellipses, lines); o.MaxEllipsisLinesRatio > 0 && share > o.MaxEllipsisLinesRatio {
		return "gopher_too_many_end_ellipsis", share
	}
	if share := ratio(m.alpha, m.words); share < o.MinAlphaWordsRatio {
		return "gopher_below_alpha_threshold", share
	}
	if n, enough := g.stops(text, language); !enough {
		return "gopher_enough_stop_words", n
	}
	return "", nil
}

// stops counts the different stop words of a text in a language, no further than needed, and reports whether there are enough.
func (g *GopherQuality) stops(text, language string) (count int, enough bool) {
	stops, ok := g.stopWords[language]
	if !ok {
		stops = g.stopWords[""]
	}
	if len(stops) == 0 {
		return 0, true
	}
	seen := make([]bool, len(stops))
	missing := min(g.options.MinStopWords, len(stops)) // no more need be found
	walk := words{text: text, mode: g.options.Words}
	for count < missing {
		start, end, ok := walk.next()
		if !ok {
			break
		}
		if i, ok := stops[text[start:end]]; ok && !seen[i] {
			seen[i] = true
			count++
		}
	}
	return count, count >= g.options.MinStopWords
}

// inspectWord returns a word's length in characters, whether it holds anything but punctuation, and whether it holds a letter.
func inspectWord(word string) (length int, counted, alpha bool) {
	for i := 0; i < len(word); i++ {
		b := word[i]
		if b >= utf8.RuneSelf {
			return inspectRunes(word)
		}
		if class[b]&classAlpha != 0 {
			alpha = true
		}
		counted = counted || class[b]&classAlnum != 0 || !isSymbol(rune(b))
	}
	return len(word), counted, alpha
}

func inspectRunes(word string) (length int, counted, alpha bool) {
	for _, r := range word {
		length++
		alpha = alpha || unicode.IsLetter(r)
		counted = counted || !isSymbol(r)
	}
	return length, counted, alpha
}

// lineMarks counts the lines of text, those that start with a bullet and those that end in an ellipsis.
func lineMarks(text string) (lines, bullets, ellipses int) {
	for text != "" {
		var line string
		line, text = nextLine(text)
		lines++
		head := strings.TrimLeftFunc(line, isSpace)
		if strings.HasPrefix(head, "•") || strings.HasPrefix(head, "-") {
			bullets++
		}
		tail := strings.TrimRightFunc(line, isSpace)
		if strings.HasSuffix(tail, "...") || strings.HasSuffix(tail, "…") {
			ellipses++
		}
	}
	return lines, bullets, ellipses
}

func numbered(list []string) map[string]int {
	m := make(map[string]int, len(list))
	for _, word := range list {
		if _, ok := m[word]; !ok {
			m[word] = len(m)
		}
	}
	return m
}

func countDistinct(list []string) int { return len(numbered(list)) }

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// checkRange reports a value that is negative, not a number, or above most (0 for no upper bound).
func checkRange(key string, value, most float64) error {
	switch {
	case math.IsNaN(value):
		return corpus.BadOption(key, "not a number")
	case value < 0:
		return corpus.BadOption(key, "%v is negative", value)
	case most > 0 && value > most:
		return corpus.BadOption(key, "%v is above %v", value, fmt.Sprint(most))
	}
	return nil
}
