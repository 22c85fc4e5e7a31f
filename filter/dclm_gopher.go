package filter

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"corpus"
)

// DCLMGopherOptions are the thresholds of DCLM's reading of the Gopher rules, which stand before the line edits in its configs for RefinedWeb
// and DCLM-Baseline (Li et al. 2024, appendix). A threshold of 0 turns its rule off, as does a missing n-gram length.
type DCLMGopherOptions struct {
	// MinWords is the least number of words that begin with a letter or a number; default 50.
	MinWords int `yaml:"min_words" jsonschema_description:"Least number of words that begin with a letter or a number; default 50, 0 for no limit."`
	// MaxWords is the largest number of such words; default 100,000.
	MaxWords int `yaml:"max_words" jsonschema_description:"Largest number of words that begin with a letter or a number; default 100000, 0 for no limit."`
	// MinMeanWordLength is the least mean length of words in characters; default 3.
	MinMeanWordLength float64 `yaml:"min_mean_word_length" jsonschema_description:"Least mean length of words in characters; default 3, 0 for no limit."`
	// MaxMeanWordLength is the largest mean length of words in characters; default 10.
	MaxMeanWordLength float64 `yaml:"max_mean_word_length" jsonschema_description:"Largest mean length of words in characters; default 10, 0 for no limit."`
	// MaxSymbols is the largest number of hash signs and ellipses together for each word; default 0.1.
	MaxSymbols float64 `yaml:"max_symbols" jsonschema_description:"Largest number of hash signs and ellipses together for each word; default 0.1, 0 for no limit."`
	// MaxBulletLines is the largest share of lines that start with ●, •, * or a hyphen; 0 to 1, default 0.9.
	MaxBulletLines float64 `yaml:"max_bullet_lines" jsonschema_description:"Largest share of lines that start with a bullet, an asterisk or a hyphen; 0 to 1, default 0.9, 0 for no limit."`
	// MaxEllipsisLines is the largest share of lines that end in an ellipsis; 0 to 1, default 0.3.
	MaxEllipsisLines float64 `yaml:"max_ellipsis_lines" jsonschema_description:"Largest share of lines that end in an ellipsis; 0 to 1, default 0.3, 0 for no limit."`
	// MaxNonAlphaWords is the largest share of words without a letter; 0 to 1, default 0.2, 1 for no limit.
	MaxNonAlphaWords float64 `yaml:"max_non_alpha_words" jsonschema_description:"Largest share of words without a letter; 0 to 1, default 0.2, 0 for no limit."`
	// MinStopWords is the least number of words that are among StopWords, repeats counted; default 2.
	MinStopWords int `yaml:"min_stop_words" jsonschema_description:"Least number of words that are stop words, repeats counted; default 2, 0 for no limit."`
	// StopWords are matched in any letter case; default the be to of and that have with.
	StopWords []string `yaml:"stop_words" jsonschema_description:"Stop words, matched in any letter case; default the, be, to, of, and, that, have, with."`
	// MaxRepeatedLines is the largest share of lines that occur more than once, every copy counted; 0 to 1, default 0.3.
	MaxRepeatedLines float64 `yaml:"max_repeated_lines" jsonschema_description:"Largest share of lines that occur more than once, every copy counted; 0 to 1, default 0.3, 0 for no limit."`
	// MaxRepeatedParagraphs is the largest share of paragraphs that occur more than once, every copy counted; 0 to 1, default 0.3.
	MaxRepeatedParagraphs float64 `yaml:"max_repeated_paragraphs" jsonschema_description:"Largest share of paragraphs that occur more than once, every copy counted; 0 to 1, default 0.3, 0 for no limit."`
	// MaxRepeatedLineChars is the largest share of the lines' characters in such lines; 0 to 1, default 0.2.
	MaxRepeatedLineChars float64 `yaml:"max_repeated_line_chars" jsonschema_description:"Largest share of the lines' characters in lines that occur more than once; 0 to 1, default 0.2, 0 for no limit."`
	// MaxRepeatedParagraphChars is the largest share of the paragraphs' characters in such paragraphs; 0 to 1, default 0.2.
	MaxRepeatedParagraphChars float64 `yaml:"max_repeated_paragraph_chars" jsonschema_description:"Largest share of the paragraphs' characters in paragraphs that occur more than once; 0 to 1, default 0.2, 0 for no limit."`
	// TopNGrams limit the share of the words' characters in all occurrences of the most frequent n-gram; default 2: 0.2, 3: 0.18, 4: 0.16.
	TopNGrams []NGramLimit `yaml:"top_n_grams" jsonschema_description:"Largest share of the words' characters in the occurrences of the most frequent n-gram; default 0.2, 0.18, 0.16 for 2, 3, 4 words."`
	// DupNGrams limit the share of the words' characters in words that lie in an n-gram that occurs more than once; default 0.15 … 0.10 for 5 to 10 words.
	DupNGrams []NGramLimit `yaml:"dup_n_grams" jsonschema_description:"Largest share of the words' characters in words that lie in an n-gram that occurs more than once; default 0.15, 0.14, 0.13, 0.12, 0.11, 0.10 for 5 to 10 words."`
}

// DefaultDCLMGopherOptions returns the thresholds of DCLM-Baseline.
func DefaultDCLMGopherOptions() DCLMGopherOptions {
	return DCLMGopherOptions{
		MinWords: 50, MaxWords: 100_000, MinMeanWordLength: 3, MaxMeanWordLength: 10, MaxSymbols: 0.1,
		MaxBulletLines: 0.9, MaxEllipsisLines: 0.3, MaxNonAlphaWords: 0.2,
		MinStopWords: 2, StopWords: []string{"the", "be", "to", "of", "and", "that", "have", "with"},
		MaxRepeatedLines: 0.3, MaxRepeatedParagraphs: 0.3, MaxRepeatedLineChars: 0.2, MaxRepeatedParagraphChars: 0.2,
		TopNGrams: []NGramLimit{{2, 0.2}, {3, 0.18}, {4, 0.16}},
		DupNGrams: []NGramLimit{{5, 0.15}, {6, 0.14}, {7, 0.13}, {8, 0.12}, {9, 0.11}, {10, 0.10}},
	}
}

// Validate reports the first bad option.
func (o DCLMGopherOptions) Validate() error {
	if err := checkRanges([]optionRange{
		{"min_words", float64(o.MinWords), 0}, {"max_words", float64(o.MaxWords), 0},
		{"min_mean_word_length", o.MinMeanWordLength, 0}, {"max_mean_word_length", o.MaxMeanWordLength, 0},
		{"max_symbols", o.MaxSymbols, 0}, {"max_bullet_lines", o.MaxBulletLines, 1}, {"max_ellipsis_lines", o.MaxEllipsisLines, 1},
		{"max_non_alpha_words", o.MaxNonAlphaWords, 1}, {"min_stop_words", float64(o.MinStopWords), 0},
		{"max_repeated_lines", o.MaxRepeatedLines, 1}, {"max_repeated_paragraphs", o.MaxRepeatedParagraphs, 1},
		{"max_repeated_line_chars", o.MaxRepeatedLineChars, 1}, {"max_repeated_paragraph_chars", o.MaxRepeatedParagraphChars, 1},
	}); err != nil {
		return err
	}
	switch {
	case o.MaxWords != 0 && o.MaxWords < o.MinWords:
		return corpus.BadOption("max_words", "%d is less than min_words (%d)", o.MaxWords, o.MinWords)
	case o.MaxMeanWordLength != 0 && o.MaxMeanWordLength < o.MinMeanWordLength:
		return corpus.BadOption("max_mean_word_length", "%v is less than min_mean_word_length (%v)", o.MaxMeanWordLength, o.MinMeanWordLength)
	case o.MinStopWords > 0 && len(o.StopWords) == 0:
		return corpus.BadOption("stop_words", "no words can never reach min_stop_words (%d)", o.MinStopWords)
	}
	return checkNGramLimits(o.TopNGrams, o.DupNGrams)
}

// DCLMGopher is the stage dclm_gopher.
type DCLMGopher struct {
	options DCLMGopherOptions
	stops   map[string]struct{} // in lower case
	longest int                 // bytes of the longest stop word
	ngrams  sync.Pool           // of *ngramWalk; BenchmarkDCLMGopher
}

// NewDCLMGopher makes the stage, or returns an OptionError.
func NewDCLMGopher(options DCLMGopherOptions) (*DCLMGopher, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	stage := &DCLMGopher{options: options, stops: map[string]struct{}{}, ngrams: sync.Pool{New: func() any { return new(ngramWalk) }}}
	for _, word := range options.StopWords {
		word = strings.ToLower(word)
		stage.stops[word] = struct{}{}
		stage.longest = max(stage.longest, len(word))
	}
	return stage, nil
}

// Name returns "dclm_gopher".
func (*DCLMGopher) Name() string { return "dclm_gopher" }

// Process rejects the documents that fail a rule.
func (d *DCLMGopher) Process(_ context.Context, batch *corpus.Batch) error {
	for doc := range batch.Live() {
		if rule, value := d.judge(analyse(doc)); rule != "" {
			doc.Reject(d.Name(), rule, value)
		}
	}
	return nil
}

// judge returns the first rule, in the order of DCLM's config, that the text fails and the measured value; "" when it passes.
func (d *DCLMGopher) judge(a *textAnalysis) (string, any) {
	o, table := &d.options, a.words(WordsWhitespace)
	if n := scanLine(a.text).tokens; n < o.MinWords || o.MaxWords > 0 && n > o.MaxWords {
		return "page_length", n
	}
	if table.words == 0 {
		return "", nil // only with min_words 0: nothing to measure
	}
	length, _ := wordLengths(table)
	if mean := ratio(length, len(table.hashes)); mean < o.MinMeanWordLength || o.MaxMeanWordLength > 0 && mean > o.MaxMeanWordLength {
		return "word_length", mean
	}
	symbols := strings.Count(a.text, "#") + strings.Count(a.text, "...") + strings.Count(a.text, ". . .") + strings.Count(a.text, "…")
	if share := ratio(symbols, table.words); o.MaxSymbols > 0 && share > o.MaxSymbols {
		return "symbol_ratio", share
	}
	lines, paragraphs := scanDCLMParts(a.text, "\n"), scanDCLMParts(a.text, "\n\n")
	if share := ratio(lines.bullets, lines.parts); o.MaxBulletLines > 0 && share > o.MaxBulletLines {
		return "bullet_count", share
	}
	if share := ratio(lines.ellipses, lines.parts); o.MaxEllipsisLines > 0 && share > o.MaxEllipsisLines {
		return "ellipsis_count", share
	}
	if share := ratio(table.words-table.alpha, table.words); o.MaxNonAlphaWords > 0 && share > o.MaxNonAlphaWords {
		return "alphabetic_word_ratio", share
	}
	if n := d.countStops(a.text); n < o.MinStopWords {
		return "stop_word", n
	}
	for _, c := range []struct {
		rule        string
		share, most float64
	}{
		{"repeated_lines", ratio(lines.copies, lines.parts), o.MaxRepeatedLines},
		{"repeated_paragraphs", ratio(paragraphs.copies, paragraphs.parts), o.MaxRepeatedParagraphs},
		{"repeated_line_chars", ratio(lines.copiedChars, lines.chars), o.MaxRepeatedLineChars},
		{"repeated_paragraph_chars", ratio(paragraphs.copiedChars, paragraphs.chars), o.MaxRepeatedParagraphChars},
	} {
		if c.most > 0 && c.share > c.most {
			return c.rule, c.share
		}
	}
	return d.judgeNGrams(a.text)
}

// countStops counts the stop words, but no further than the limit.
func (d *DCLMGopher) countStops(text string) (n int) {
	walk := words{text: text, mode: WordsWhitespace}
	for n < d.options.MinStopWords {
		start, end, ok := walk.next()
		if !ok {
			break
		}
		if word := text[start:end]; len(word) <= 2*d.longest { // lower case can take fewer bytes than upper
			if _, ok := d.stops[strings.ToLower(word)]; ok {
				n++
			}
		}
	}
	return n
}

func (d *DCLMGopher) judgeNGrams(text string) (string, any) {
	if len(d.options.TopNGrams)+len(d.options.DupNGrams) == 0 {
		return "", nil
	}
	walk := d.ngrams.Get().(*ngramWalk)
	defer d.ngrams.Put(walk)
	table := namedWords(text)
	chars := int(table.chars[len(table.hashes)])
	found := walk.judge(&table, d.options.TopNGrams, d.options.DupNGrams, func(n int) float64 {
		return ratio(walk.mostChars(n), chars)
	}, func(n int) float64 {
		return ratio(walk.coveredChars(n), chars)
	})
	switch {
	case found.n == 0:
		return "", nil
	case found.dup:
		return fmt.Sprintf("repeated_%d_grams", found.n), found.share
	}
	return fmt.Sprintf("most_common_%d_gram", found.n), found.share
}

// namedWords are the words of UAX 29 that begin with a letter or a number, at most maxTableWords of them; only hashes and chars are set.
func namedWords(text string) wordTable {
	table := wordTable{chars: []uint32{0}}
	walk, total := words{text: text, mode: WordsUnicode}, uint32(0)
	for len(table.hashes) < maxTableWords {
		start, end, ok := walk.next()
		if !ok {
			break
		}
		word := text[start:end]
		if r, _ := utf8.DecodeRuneInString(word); unicode.IsLetter(r) || unicode.IsNumber(r) {
			total += uint32(utf8.RuneCountInString(word))
			table.hashes, table.chars = append(table.hashes, wordHash(word)), append(table.chars, total)
		}
	}
	return table
}

// dclmParts counts the parts of a text between separators that are not blank, without the white space around them.
type dclmParts struct {
	parts, chars        int
	copies, copiedChars int // of the parts that occur more than once, every copy counted
	bullets, ellipses   int
}

func scanDCLMParts(text, separator string) (m dclmParts) {
	seen := make(map[string]bool, min(1+strings.Count(text, separator), 1<<16)) // by part: whether it was met twice
	for part := range strings.SplitSeq(text, separator) {
		part = trimSpace(part)
		if part == "" {
			continue
		}
		chars := utf8.RuneCountInString(part)
		m.parts++
		m.chars += chars
		switch r, _ := utf8.DecodeRuneInString(part); r {
		case '●', '•', '*', '-':
			m.bullets++
		}
		if strings.HasSuffix(part, "...") || strings.HasSuffix(part, ". . .") || strings.HasSuffix(part, "…") {
			m.ellipses++
		}
		repeated, ok := seen[part]
		seen[part] = ok
		if !ok {
			continue
		}
		m.copies++
		m.copiedChars += chars
		if !repeated { // the first copy counts as well
			m.copies++
			m.copiedChars += chars
		}
	}
	return m
}
