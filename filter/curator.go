package filter

import (
	"context"
	"fmt"
	"sync"

	"corpus"
)

// CuratorOptions are the thresholds of NeMo Curator's heuristic filters for English (its config heuristic_filter_en.yaml). A threshold of 0
// turns its rule off, as does a missing n-gram length. Words are split at white space.
type CuratorOptions struct {
	// MaxNonAlphaNumeric is the largest share of characters other than ASCII letters, digits, newlines and ? ! , . (a space is such another one); 0 to 1, default 0.25.
	MaxNonAlphaNumeric float64 `yaml:"max_non_alpha_numeric" jsonschema_description:"Largest share of characters other than ASCII letters, digits, newlines and ? ! , . (a space is such another one); 0 to 1, default 0.25, 0 for no limit."`
	// MaxSymbolWords is the largest share of words that are an ellipsis or more than half hash signs; 0 to 1, default 0.1.
	MaxSymbolWords float64 `yaml:"max_symbol_words" jsonschema_description:"Largest share of words that are an ellipsis or more than half hash signs; 0 to 1, default 0.1, 0 for no limit."`
	// MaxNumbers is the largest share of characters that are decimal digits; 0 to 1, default 0.15.
	MaxNumbers float64 `yaml:"max_numbers" jsonschema_description:"Largest share of characters that are decimal digits; 0 to 1, default 0.15, 0 for no limit."`
	// MaxURLs is the largest share of characters in http and https addresses; 0 to 1, default 0.2.
	MaxURLs float64 `yaml:"max_urls" jsonschema_description:"Largest share of characters in http and https addresses; 0 to 1, default 0.2, 0 for no limit."`
	// MaxWhiteSpace is the largest share of spaces, tabs, newlines, carriage returns and backspaces; 0 to 1, default 0.25.
	MaxWhiteSpace float64 `yaml:"max_white_space" jsonschema_description:"Largest share of spaces, tabs, newlines, carriage returns and backspaces; 0 to 1, default 0.25, 0 for no limit."`
	// MaxParentheses is the largest share of round, square, curly and angle brackets; 0 to 1, default 0.1.
	MaxParentheses float64 `yaml:"max_parentheses" jsonschema_description:"Largest share of round, square, curly and mathematical angle brackets; 0 to 1, default 0.1, 0 for no limit."`
	// MaxBoilerplate is the largest share of paragraphs that hold a phrase about terms, privacy or cookies; 0 to 1, default 0.4. "lorem ipsum" counts as all of them.
	MaxBoilerplate float64 `yaml:"max_boilerplate" jsonschema_description:"Largest share of paragraphs that hold a phrase about terms, privacy or cookies; 0 to 1, default 0.4, 0 for no limit. A paragraph with lorem ipsum counts as all of them."`
	// MinDistinctLines is the least share of lines left once repeated ones are gone; 0 to 1, default 0.7.
	MinDistinctLines float64 `yaml:"min_distinct_lines" jsonschema_description:"Least share of lines left once repeated ones are gone; 0 to 1, default 0.7, 0 for no limit."`
	// MinDistinctParagraphs is the least share of paragraphs left once repeated ones are gone; 0 to 1, default 0.7.
	MinDistinctParagraphs float64 `yaml:"min_distinct_paragraphs" jsonschema_description:"Least share of paragraphs left once repeated ones are gone; 0 to 1, default 0.7, 0 for no limit."`
	// MinDistinctLineChars is the least share of the lines' characters left once repeated ones are gone; 0 to 1, default 0.8.
	MinDistinctLineChars float64 `yaml:"min_distinct_line_chars" jsonschema_description:"Least share of the lines' characters left once repeated ones are gone; 0 to 1, default 0.8, 0 for no limit."`
	// MinDistinctParagraphChars is the least share of the paragraphs' characters left once repeated ones are gone; 0 to 1, default 0.8.
	MinDistinctParagraphChars float64 `yaml:"min_distinct_paragraph_chars" jsonschema_description:"Least share of the paragraphs' characters left once repeated ones are gone; 0 to 1, default 0.8, 0 for no limit."`
	// MinWords is the least number of words; default 50.
	MinWords int `yaml:"min_words" jsonschema_description:"Least number of words; default 50, 0 for no limit."`
	// MaxWords is the largest number of words; default 100,000.
	MaxWords int `yaml:"max_words" jsonschema_description:"Largest number of words; default 100000, 0 for no limit."`
	// MaxNoEndMark is the largest share of lines that do not end in . ? ! or a straight quote; 0 to 1, default 0.85.
	MaxNoEndMark float64 `yaml:"max_no_end_mark" jsonschema_description:"Largest share of lines that do not end in . ? ! or a straight quote; 0 to 1, default 0.85, 0 for no limit."`
	// MinAlphaWords is the least share of words with a letter; 0 to 1, default 0.8.
	MinAlphaWords float64 `yaml:"min_alpha_words" jsonschema_description:"Least share of words with a letter; 0 to 1, default 0.8, 0 for no limit."`
	// MinCommonWords is the least number of words that are among CommonWords, repeats counted; default 2.
	MinCommonWords int `yaml:"min_common_words" jsonschema_description:"Least number of words that are common words, repeats counted; default 2, 0 for no limit."`
	// CommonWords are matched exactly, in this very case; default the be to of and that have with.
	CommonWords []string `yaml:"common_words" jsonschema_description:"Common words, matched exactly and in this very case; default the, be, to, of, and, that, have, with."`
	// MinMeanWordLength is the least mean length of words in characters; default 3.
	MinMeanWordLength float64 `yaml:"min_mean_word_length" jsonschema_description:"Least mean length of words in characters; default 3, 0 for no limit."`
	// MaxMeanWordLength is the largest mean length of words in characters; default 10.
	MaxMeanWordLength float64 `yaml:"max_mean_word_length" jsonschema_description:"Largest mean length of words in characters; default 10, 0 for no limit."`
	// MaxWordLength is the largest length of a word in characters; default 1,000.
	MaxWordLength int `yaml:"max_word_length" jsonschema_description:"Largest length of a word in characters; default 1000, 0 for no limit."`
	// MaxEllipsisLines is the largest share of lines that end in an ellipsis or in "read more"; 0 to 1, default 0.3.
	MaxEllipsisLines float64 `yaml:"max_ellipsis_lines" jsonschema_description:"Largest share of lines that end in an ellipsis or in read more; 0 to 1, default 0.3, 0 for no limit."`
	// TopNGrams limit the characters that go when the most frequent n-gram is deleted from the text; default 2: 0.2, 3: 0.18, 4: 0.16.
	TopNGrams []NGramLimit `yaml:"top_n_grams" jsonschema_description:"Largest share of characters that go when the most frequent n-gram is deleted from the text; default 0.2, 0.18, 0.16 for 2, 3, 4 words."`
	// DupNGrams limit the characters, spaces included, in repeated n-grams; default 0.15, 0.14, 0.13, 0.12, 0.11, 0.10 for 5 to 10 words.
	DupNGrams []NGramLimit `yaml:"dup_n_grams" jsonschema_description:"Largest share of characters, spaces included, in repeated n-grams; default 0.15, 0.14, 0.13, 0.12, 0.11, 0.10 for 5 to 10 words."`
	// MaxBulletLines is the largest share of lines that start with a bullet (a hyphen is none); 0 to 1, default 0.9.
	MaxBulletLines float64 `yaml:"max_bullet_lines" jsonschema_description:"Largest share of lines that start with a bullet (a hyphen is none); 0 to 1, default 0.9, 0 for no limit."`
	// DropPornographicURLs rejects documents with an http address that holds "porn"; default false, as it is not part of Curator's English config.
	DropPornographicURLs bool `yaml:"drop_pornographic_urls" jsonschema_description:"Reject documents with an http address that holds porn; default false, as it is not part of Curator's English config."`
}

// DefaultCuratorOptions returns the thresholds of Curator's English config.
func DefaultCuratorOptions() CuratorOptions {
	return CuratorOptions{
		MaxNonAlphaNumeric: 0.25, MaxSymbolWords: 0.1, MaxNumbers: 0.15, MaxURLs: 0.2, MaxWhiteSpace: 0.25, MaxParentheses: 0.1, MaxBoilerplate: 0.4,
		MinDistinctLines: 0.7, MinDistinctParagraphs: 0.7, MinDistinctLineChars: 0.8, MinDistinctParagraphChars: 0.8,
		MinWords: 50, MaxWords: 100_000, MaxNoEndMark: 0.85, MinAlphaWords: 0.8,
		MinCommonWords: 2, CommonWords: []string{"the", "be", "to", "of", "and", "that", "have", "with"},
		MinMeanWordLength: 3, MaxMeanWordLength: 10, MaxWordLength: 1000, MaxEllipsisLines: 0.3,
		TopNGrams:      []NGramLimit{{2, 0.2}, {3, 0.18}, {4, 0.16}},
		DupNGrams:      []NGramLimit{{5, 0.15}, {6, 0.14}, {7, 0.13}, {8, 0.12}, {9, 0.11}, {10, 0.10}},
		MaxBulletLines: 0.9,
	}
}

// Validate reports the first bad option.
func (o CuratorOptions) Validate() error {
	if err := checkRanges([]optionRange{
		{"max_non_alpha_numeric", o.MaxNonAlphaNumeric, 1}, {"max_symbol_words", o.MaxSymbolWords, 1}, {"max_numbers", o.MaxNumbers, 1},
		{"max_urls", o.MaxURLs, 1}, {"max_white_space", o.MaxWhiteSpace, 1}, {"max_parentheses", o.MaxParentheses, 1}, {"max_boilerplate", o.MaxBoilerplate, 1},
		{"min_distinct_lines", o.MinDistinctLines, 1}, {"min_distinct_paragraphs", o.MinDistinctParagraphs, 1},
		{"min_distinct_line_chars", o.MinDistinctLineChars, 1}, {"min_distinct_paragraph_chars", o.MinDistinctParagraphChars, 1},
		{"min_words", float64(o.MinWords), 0}, {"max_words", float64(o.MaxWords), 0}, {"max_no_end_mark", o.MaxNoEndMark, 1},
		{"min_alpha_words", o.MinAlphaWords, 1}, {"min_common_words", float64(o.MinCommonWords), 0},
		{"min_mean_word_length", o.MinMeanWordLength, 0}, {"max_mean_word_length", o.MaxMeanWordLength, 0}, {"max_word_length", float64(o.MaxWordLength), 0},
		{"max_ellipsis_lines", o.MaxEllipsisLines, 1}, {"max_bullet_lines", o.MaxBulletLines, 1},
	}); err != nil {
		return err
	}
	switch {
	case o.MaxWords != 0 && o.MaxWords < o.MinWords:
		return corpus.BadOption("max_words", "%d is less than min_words (%d)", o.MaxWords, o.MinWords)
	case o.MaxMeanWordLength != 0 && o.MaxMeanWordLength < o.MinMeanWordLength:
		return corpus.BadOption("max_mean_word_length", "%v is less than min_mean_word_length (%v)", o.MaxMeanWordLength, o.MinMeanWordLength)
	case o.MinCommonWords > 0 && len(o.CommonWords) == 0:
		return corpus.BadOption("common_words", "no words can never reach min_common_words (%d)", o.MinCommonWords)
	}
	return checkNGramLimits(o.TopNGrams, o.DupNGrams)
}

// optionRange is an option that must lie within 0 and most; most 0 is no upper bound.
type optionRange struct {
	key         string
	value, most float64
}

func checkRanges(list []optionRange) error {
	for _, c := range list {
		if err := checkRange(c.key, c.value, c.most); err != nil {
			return err
		}
	}
	return nil
}

// checkNGramLimits validates the options named top_n_grams and dup_n_grams.
func checkNGramLimits(top, dup []NGramLimit) error {
	for _, list := range []struct {
		key    string
		limits []NGramLimit
	}{{"top_n_grams", top}, {"dup_n_grams", dup}} {
		for i, limit := range list.limits {
			if limit.N < 2 || limit.N > maxNGram {
				return corpus.BadOption(fmt.Sprintf("%s[%d].n", list.key, i), "%d is not within 2 to %d", limit.N, maxNGram)
			}
			if err := checkRange(fmt.Sprintf("%s[%d].max", list.key, i), limit.Max, 1); err != nil {
				return err
			}
		}
	}
	return nil
}

// Curator is the stage curator.
type Curator struct {
	options CuratorOptions
	common  map[uint64]struct{} // hashes of the common words
	ngrams  sync.Pool           // of *ngramWalk; BenchmarkCurator
}

// NewCurator makes the stage, or returns an OptionError.
func NewCurator(options CuratorOptions) (*Curator, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	return &Curator{options: options, common: hashedWords(options.CommonWords), ngrams: sync.Pool{New: func() any { return new(ngramWalk) }}}, nil
}

// hashedWords are the wordHash of a list of words.
func hashedWords(list []string) map[uint64]struct{} {
	m := make(map[uint64]struct{}, len(list))
	for _, word := range list {
		m[wordHash(word)] = struct{}{}
	}
	return m
}

// Name returns "curator".
func (*Curator) Name() string { return "curator" }

// Process rejects the documents that fail a rule.
func (c *Curator) Process(_ context.Context, batch *corpus.Batch) error {
	for doc := range batch.Live() {
		if rule, value := c.judge(analyse(doc)); rule != "" {
			doc.Reject(c.Name(), rule, value)
		}
	}
	return nil
}

// judge returns the first rule, in the order of Curator's config, that the text fails and the measured value; "" when it passes.
func (c *Curator) judge(a *textAnalysis) (string, any) {
	for _, part := range []func(*textAnalysis) (string, any){c.judgeCharacters, c.judgeParts, c.judgeWords, c.judgeNGrams} {
		if rule, value := part(a); rule != "" {
			return rule, value
		}
	}
	if o := &c.options; o.MaxBulletLines > 0 {
		if m := scanCuratorLines(a.text); ratio(m.bullets, m.lines) > o.MaxBulletLines {
			return "bullet_ratio", ratio(m.bullets, m.lines)
		}
	}
	return "", nil
}

// judgeCharacters tries the rules on shares of characters. Of an empty text every share is 1, as in Curator.
func (c *Curator) judgeCharacters(a *textAnalysis) (string, any) {
	o := &c.options
	m := scanCuratorCharacters(a.text)
	share := func(n int) float64 {
		if m.chars == 0 {
			return 1
		}
		return ratio(n, m.chars)
	}
	over := func(n int, most float64) bool { return most > 0 && share(n) > most }
	if over(m.others, o.MaxNonAlphaNumeric) {
		return "alpha_numeric", share(m.others)
	}
	if o.MaxSymbolWords > 0 {
		if share := ratio(symbolWords(a.text), a.words(WordsWhitespace).words); share > o.MaxSymbolWords {
			return "symbol_to_word", share
		}
	}
	if over(m.digits, o.MaxNumbers) {
		return "numbers_ratio", share(m.digits)
	}
	if urls, porn := scanURLs(a.text); over(urls, o.MaxURLs) {
		return "urls_ratio", share(urls)
	} else if porn && o.DropPornographicURLs {
		return "pornographic_urls", nil
	}
	if over(m.space, o.MaxWhiteSpace) {
		return "white_space", share(m.space)
	}
	if over(m.brackets, o.MaxParentheses) {
		return "parentheses_ratio", share(m.brackets)
	}
	return "", nil
}

// judgeParts tries the rules on paragraphs and repeated lines.
func (c *Curator) judgeParts(a *textAnalysis) (string, any) {
	o := &c.options
	if o.MaxBoilerplate > 0 {
		if share := boilerplateShare(a.text); share > o.MaxBoilerplate {
			return "boilerplate_string_ratio", share
		}
	}
	lines, paragraphs := distinctParts(a.text, "\n", true), distinctParts(a.text, "\n\n", false)
	under := func(n, all int, least float64) bool { return all > 0 && ratio(n, all) < least }
	switch {
	case under(lines.distinct, lines.parts, o.MinDistinctLines):
		return "repeated_lines", ratio(lines.distinct, lines.parts)
	case under(paragraphs.distinct, paragraphs.parts, o.MinDistinctParagraphs):
		return "repeated_paragraphs", ratio(paragraphs.distinct, paragraphs.parts)
	case under(lines.distinctChars, lines.chars, o.MinDistinctLineChars):
		return "repeated_lines_char", ratio(lines.distinctChars, lines.chars)
	case under(paragraphs.distinctChars, paragraphs.chars, o.MinDistinctParagraphChars):
		return "repeated_paragraphs_char", ratio(paragraphs.distinctChars, paragraphs.chars)
	}
	return "", nil
}

// judgeWords tries the rules on words and on the ends of lines.
func (c *Curator) judgeWords(a *textAnalysis) (string, any) {
	o := &c.options
	table := a.words(WordsWhitespace)
	if table.words < o.MinWords || o.MaxWords > 0 && table.words > o.MaxWords {
		return "word_count", table.words
	}
	lines := scanCuratorLines(a.text)
	if share := ratio(lines.lines-lines.ended, lines.lines); o.MaxNoEndMark > 0 && share > o.MaxNoEndMark {
		return "punctuation", share
	}
	if table.words == 0 {
		return "", nil
	}
	if share := ratio(table.alpha, table.words); share < o.MinAlphaWords {
		return "words_without_alphabets", share
	}
	if n := countListed(table.hashes, c.common, o.MinCommonWords); n < o.MinCommonWords {
		return "common_english_words", n
	}
	length, longest := wordLengths(table)
	if mean := ratio(length, len(table.hashes)); mean < o.MinMeanWordLength || o.MaxMeanWordLength > 0 && mean > o.MaxMeanWordLength {
		return "mean_word_length", mean
	}
	if o.MaxWordLength > 0 && longest > o.MaxWordLength {
		return "max_word_length", longest
	}
	if share := ratio(lines.ellipses, lines.lines); o.MaxEllipsisLines > 0 && share > o.MaxEllipsisLines {
		return "ellipsis", share
	}
	return "", nil
}
