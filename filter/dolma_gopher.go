package filter

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"sync"
	"unicode/utf8"

	"corpus"
)

// DolmaGopherOptions are the thresholds of Dolma's variant of the Gopher rules: what its tagger gopher_v1 measures and its
// configs for versions 1.5 and 1.6 exclude (Soldaini et al. 2024, section 4.1). A threshold of 0 turns its rule off, as does a missing n-gram length.
// Words are split at white space.
type DolmaGopherOptions struct {
	// MinWords is the least number of words; default 50.
	MinWords int `yaml:"min_words" jsonschema_description:"Least number of words; default 50, 0 for no limit."`
	// MaxWords is the largest number of words; default 100,000.
	MaxWords int `yaml:"max_words" jsonschema_description:"Largest number of words; default 100000, 0 for no limit."`
	// MinMedianWordLength is the least median length of words in characters; default 3.
	MinMedianWordLength float64 `yaml:"min_median_word_length" jsonschema_description:"Least median length of words in characters; default 3, 0 for no limit."`
	// MaxMedianWordLength is the largest median length of words in characters; default 10.
	MaxMedianWordLength float64 `yaml:"max_median_word_length" jsonschema_description:"Largest median length of words in characters; default 10, 0 for no limit."`
	// MaxSymbolWords is the largest share of words that hold a hash sign or the character …; 0 to 1, default 0.1.
	MaxSymbolWords float64 `yaml:"max_symbol_words" jsonschema_description:"Largest share of words that hold a hash sign or the ellipsis character; 0 to 1, default 0.1, 0 for no limit."`
	// MinAlphaWords is the least share of words with a letter; 0 to 1, default 0.8.
	MinAlphaWords float64 `yaml:"min_alpha_words" jsonschema_description:"Least share of words with a letter; 0 to 1, default 0.8, 0 for no limit."`
	// MinRequiredWords is the least number of words that are among RequiredWords, repeats counted; default 2.
	MinRequiredWords int `yaml:"min_required_words" jsonschema_description:"Least number of words that are required words, repeats counted; default 2, 0 for no limit."`
	// RequiredWords are matched exactly, in this very case; default the be to of and that have with.
	RequiredWords []string `yaml:"required_words" jsonschema_description:"Required words, matched exactly and in this very case; default the, be, to, of, and, that, have, with."`
	// MaxBulletLines is the largest share of lines that start with * or a hyphen, without white space before it; 0 to 1, default 0.9.
	MaxBulletLines float64 `yaml:"max_bullet_lines" jsonschema_description:"Largest share of lines that start with an asterisk or a hyphen, without white space before it; 0 to 1, default 0.9, 0 for no limit."`
	// MaxEllipsisLines is the largest share of lines that end in the character …; 0 to 1, default 0.3.
	MaxEllipsisLines float64 `yaml:"max_ellipsis_lines" jsonschema_description:"Largest share of lines that end in the ellipsis character; 0 to 1, default 0.3, 0 for no limit."`
	// MaxDuplicateLines is the largest share of lines that occur more than once, every copy counted; 0 to 1, default 0.3.
	MaxDuplicateLines float64 `yaml:"max_duplicate_lines" jsonschema_description:"Largest share of lines that occur more than once, every copy counted; 0 to 1, default 0.3, 0 for no limit."`
	// MaxDuplicateLineChars is the largest number of characters in such lines for each character of the words; default 0.3.
	MaxDuplicateLineChars float64 `yaml:"max_duplicate_line_chars" jsonschema_description:"Largest number of characters in lines that occur more than once, every copy counted, for each character of the words; default 0.3, 0 for no limit."`
	// TopNGrams limit the share of the words' characters in all occurrences of the most frequent n-gram; default 2: 0.2, 3: 0.18, 4: 0.16.
	// Dolma's own configs name attributes here that its tagger does not write, so that these rules never ran; an empty list does the same.
	TopNGrams []NGramLimit `yaml:"top_n_grams" jsonschema_description:"Largest share of the words' characters in the occurrences of the most frequent n-gram; default 0.2, 0.18, 0.16 for 2, 3, 4 words. With [] the rules are off, as they were in Dolma's runs."`
	// DupNGrams limit the share of characters in n-grams that occur more than once, every copy counted; default 0.15, 0.14, 0.13, 0.12, 0.11, 0.10 for 5 to 10 words.
	DupNGrams []NGramLimit `yaml:"dup_n_grams" jsonschema_description:"Largest share of characters in n-grams that occur more than once, every copy counted; default 0.15, 0.14, 0.13, 0.12, 0.11, 0.10 for 5 to 10 words."`
	// MergeEmptyLines parts lines at runs of newlines, as Dolma's tagger gopher_v2 does; default false.
	MergeEmptyLines bool `yaml:"merge_empty_lines" jsonschema_description:"Part lines at runs of newlines, so that empty lines do not count, as Dolma's tagger gopher_v2 does; default false."`
}

// DefaultDolmaGopherOptions returns the thresholds of Dolma 1.6.
func DefaultDolmaGopherOptions() DolmaGopherOptions {
	return DolmaGopherOptions{
		MinWords: 50, MaxWords: 100_000, MinMedianWordLength: 3, MaxMedianWordLength: 10, MaxSymbolWords: 0.1, MinAlphaWords: 0.8,
		MinRequiredWords: 2, RequiredWords: []string{"the", "be", "to", "of", "and", "that", "have", "with"},
		MaxBulletLines: 0.9, MaxEllipsisLines: 0.3, MaxDuplicateLines: 0.3, MaxDuplicateLineChars: 0.3,
		TopNGrams: []NGramLimit{{2, 0.2}, {3, 0.18}, {4, 0.16}},
		DupNGrams: []NGramLimit{{5, 0.15}, {6, 0.14}, {7, 0.13}, {8, 0.12}, {9, 0.11}, {10, 0.10}},
	}
}

// Validate reports the first bad option.
func (o DolmaGopherOptions) Validate() error {
	if err := checkRanges([]optionRange{
		{"min_words", float64(o.MinWords), 0}, {"max_words", float64(o.MaxWords), 0},
		{"min_median_word_length", o.MinMedianWordLength, 0}, {"max_median_word_length", o.MaxMedianWordLength, 0},
		{"max_symbol_words", o.MaxSymbolWords, 1}, {"min_alpha_words", o.MinAlphaWords, 1}, {"min_required_words", float64(o.MinRequiredWords), 0},
		{"max_bullet_lines", o.MaxBulletLines, 1}, {"max_ellipsis_lines", o.MaxEllipsisLines, 1},
		{"max_duplicate_lines", o.MaxDuplicateLines, 1}, {"max_duplicate_line_chars", o.MaxDuplicateLineChars, 0},
	}); err != nil {
		return err
	}
	switch {
	case o.MaxWords != 0 && o.MaxWords < o.MinWords:
		return corpus.BadOption("max_words", "%d is less than min_words (%d)", o.MaxWords, o.MinWords)
	case o.MaxMedianWordLength != 0 && o.MaxMedianWordLength < o.MinMedianWordLength:
		return corpus.BadOption("max_median_word_length", "%v is less than min_median_word_length (%v)", o.MaxMedianWordLength, o.MinMedianWordLength)
	case o.MinRequiredWords > 0 && len(o.RequiredWords) == 0:
		return corpus.BadOption("required_words", "no words can never reach min_required_words (%d)", o.MinRequiredWords)
	}
	return checkNGramLimits(o.TopNGrams, o.DupNGrams)
}

// DolmaGopher is the stage dolma_gopher.
type DolmaGopher struct {
	options  DolmaGopherOptions
	required map[uint64]struct{} // hashes of the required words
	ngrams   sync.Pool           // of *ngramWalk; BenchmarkDolmaGopher
}

// NewDolmaGopher makes the stage, or returns an OptionError.
func NewDolmaGopher(options DolmaGopherOptions) (*DolmaGopher, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	return &DolmaGopher{
		options: options, required: hashedWords(options.RequiredWords), ngrams: sync.Pool{New: func() any { return new(ngramWalk) }},
	}, nil
}

// Name returns "dolma_gopher".
func (*DolmaGopher) Name() string { return "dolma_gopher" }

// Process rejects the documents that fail a rule.
func (d *DolmaGopher) Process(_ context.Context, batch *corpus.Batch) error {
	for doc := range batch.Live() {
		if rule, value := d.judge(analyse(doc)); rule != "" {
			doc.Reject(d.Name(), rule, value)
		}
	}
	return nil
}

// judge returns the first rule, in the order of Dolma's config, that the text fails and the measured value; "" when it passes.
func (d *DolmaGopher) judge(a *textAnalysis) (string, any) {
	o, table := &d.options, a.words(WordsWhitespace)
	if table.words < o.MinWords || o.MaxWords > 0 && table.words > o.MaxWords {
		return "word_count", table.words
	}
	if table.words == 0 {
		return "", nil // only with min_words 0: nothing to measure
	}
	if median := medianLength(table); median < o.MinMedianWordLength || o.MaxMedianWordLength > 0 && median > o.MaxMedianWordLength {
		return "median_word_length", median
	}
	if o.MaxSymbolWords > 0 {
		if share := ratio(wordsWithSymbol(a.text), table.words); share > o.MaxSymbolWords {
			return "symbol_to_word_ratio", share
		}
	}
	if share := ratio(table.alpha, table.words); share < o.MinAlphaWords {
		return "fraction_of_words_with_alpha_character", share
	}
	if n := countListed(table.hashes, d.required, o.MinRequiredWords); n < o.MinRequiredWords {
		return "required_word_count", n
	}
	chars := int(table.chars[len(table.hashes)])
	m := scanDolmaLines(a.text, o.MergeEmptyLines)
	for _, c := range []struct {
		rule        string
		share, most float64
	}{
		{"fraction_of_lines_starting_with_bullet_point", ratio(m.bullets, m.lines), o.MaxBulletLines},
		{"fraction_of_lines_ending_with_ellipsis", ratio(m.ellipses, m.lines), o.MaxEllipsisLines},
		{"fraction_of_duplicate_lines", ratio(m.copies, m.lines), o.MaxDuplicateLines},
		{"fraction_of_characters_in_duplicate_lines", ratio(m.copiedChars, chars), o.MaxDuplicateLineChars},
	} {
		if c.most > 0 && c.share > c.most {
			return c.rule, c.share
		}
	}
	return d.judgeNGrams(table, chars)
}

func (d *DolmaGopher) judgeNGrams(table *wordTable, chars int) (string, any) {
	if len(d.options.TopNGrams)+len(d.options.DupNGrams) == 0 {
		return "", nil
	}
	walk := d.ngrams.Get().(*ngramWalk)
	defer d.ngrams.Put(walk)
	found := walk.judge(table, d.options.TopNGrams, d.options.DupNGrams, func(n int) float64 {
		place, count := walk.most(n)
		if count == 0 {
			return 0
		}
		return ratio(count*walk.length(place, n), chars)
	}, func(n int) float64 {
		return ratio(walk.allCopies(n))
	})
	switch {
	case found.n == 0:
		return "", nil
	case found.dup:
		return fmt.Sprintf("fraction_of_characters_in_duplicate_%dgrams", found.n), found.share
	}
	return fmt.Sprintf("fraction_of_characters_in_most_common_%dgrams", found.n), found.share
}

// maxMedian is the length from which medianLength no longer tells words apart.
const maxMedian = 1 << 10

// medianLength is the median length of a table's words in characters, and for an even number of them the mean of the two in the middle. A median
// above maxMedian is given as that.
func medianLength(table *wordTable) float64 {
	var counts [maxMedian + 1]int
	for i := range table.hashes {
		counts[min(table.chars[i+1]-table.chars[i], maxMedian)]++
	}
	// nth is the length of the word with the given index in ascending order.
	nth := func(index int) int {
		for length, n := range counts {
			if index -= n; index < 0 {
				return length
			}
		}
		return 0
	}
	n := len(table.hashes)
	return float64(nth((n-1)/2)+nth(n/2)) / 2
}

// wordsWithSymbol counts the words, split at white space, that hold # or ….
func wordsWithSymbol(text string) (n int) {
	for range wordsWith(text, "#", "…") {
		n++
	}
	return n
}

// wordsWith goes through the words, split at white space, that hold one of the marks, and searches for the marks instead of walking over all words.
func wordsWith(text string, marks ...string) iter.Seq[string] {
	return func(yield func(string) bool) {
		next := make([]int, len(marks)) // by mark: where it is next, len(text) for nowhere
		for i := range next {
			next[i] = -1
		}
		for pos := 0; pos < len(text); {
			at := len(text)
			for i, mark := range marks {
				if next[i] < pos {
					if next[i] = strings.Index(text[pos:], mark); next[i] < 0 {
						next[i] = len(text)
					} else {
						next[i] += pos
					}
				}
				at = min(at, next[i])
			}
			if at == len(text) {
				return
			}
			start := pos
			if i := strings.LastIndexFunc(text[pos:at], isSpace); i >= 0 {
				_, size := utf8.DecodeRuneInString(text[pos+i:])
				start = pos + i + size
			}
			pos = chunkEnd(text, at)
			if !yield(text[start:pos]) {
				return
			}
		}
	}
}

// dolmaLines counts the lines between newlines, the empty ones too.
type dolmaLines struct {
	lines, bullets, ellipses int
	copies, copiedChars      int // of the lines that occur more than once, every copy counted
}

func scanDolmaLines(text string, mergeEmpty bool) (m dolmaLines) {
	seen := make(map[string]bool, min(1+strings.Count(text, "\n"), 1<<16)) // by line: whether it was met twice
	for more := true; more; {
		var line string
		line, text, more = strings.Cut(text, "\n")
		if more && mergeEmpty {
			text = strings.TrimLeft(text, "\n")
		}
		m.lines++
		if strings.HasPrefix(line, "*") || strings.HasPrefix(line, "-") {
			m.bullets++
		}
		if strings.HasSuffix(line, "…") {
			m.ellipses++
		}
		repeated, ok := seen[line]
		seen[line] = ok
		if !ok {
			continue
		}
		chars := utf8.RuneCountInString(line)
		m.copies++
		m.copiedChars += chars
		if !repeated { // the first copy counts as well
			m.copies++
			m.copiedChars += chars
		}
	}
	return m
}
