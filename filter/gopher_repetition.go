package filter

import (
	"context"
	"fmt"
	"sync"

	"corpus"
)

// NGramLimit is a threshold for n-grams of one length.
type NGramLimit struct {
	// N is the number of words; 1 to 20.
	N int `yaml:"n" jsonschema_description:"Number of words in the n-gram; 1 to 20."`
	// Max is the largest share of the text's characters; 0 to 1, or more for top_n_grams, as occurrences that overlap count in full.
	Max float64 `yaml:"max" jsonschema_description:"Largest share of the text's characters; 0 to 1, or more for top_n_grams, whose occurrences can overlap; 0 for no limit."`
}

// GopherRepetitionOptions are the thresholds of the Gopher repetition rules (Rae et al. 2021, table A1), named
// as datatrove names them. A share of 0 turns its rule off, as does a missing n-gram length.
type GopherRepetitionOptions struct {
	// DupLineFrac is the largest share of lines that repeat an earlier one; 0 to 1, default 0.3.
	DupLineFrac float64 `yaml:"dup_line_frac" jsonschema_description:"Largest share of lines that repeat an earlier line; 0 to 1, default 0.3, 0 for no limit."`
	// DupParaFrac is the largest share of paragraphs that repeat an earlier one; 0 to 1, default 0.3.
	DupParaFrac float64 `yaml:"dup_para_frac" jsonschema_description:"Largest share of paragraphs that repeat an earlier paragraph; 0 to 1, default 0.3, 0 for no limit."`
	// DupLineCharFrac is the largest share of characters in repeated lines; 0 to 1, default 0.2.
	DupLineCharFrac float64 `yaml:"dup_line_char_frac" jsonschema_description:"Largest share of characters in repeated lines; 0 to 1, default 0.2, 0 for no limit."`
	// DupParaCharFrac is the largest share of characters in repeated paragraphs; 0 to 1, default 0.2.
	DupParaCharFrac float64 `yaml:"dup_para_char_frac" jsonschema_description:"Largest share of characters in repeated paragraphs; 0 to 1, default 0.2, 0 for no limit."`
	// TopNGrams limits the characters of all occurrences of the most frequent n-gram; default 2: 0.2, 3: 0.18, 4: 0.16.
	TopNGrams []NGramLimit `yaml:"top_n_grams" jsonschema_description:"Largest share of characters in the occurrences of the most frequent n-gram; default 0.2, 0.18, 0.16 for 2, 3, 4 words."`
	// DupNGrams limits the characters of repeated n-grams; default 0.15, 0.14, 0.13, 0.12, 0.11, 0.10 for 5 to 10 words.
	DupNGrams []NGramLimit `yaml:"dup_n_grams" jsonschema_description:"Largest share of characters in repeated n-grams; default 0.15, 0.14, 0.13, 0.12, 0.11, 0.10 for 5 to 10 words."`
	// MaxWords bounds memory: the n-gram rules look at so many words from the start of the text; default 1,000,000 (about 6 MB of English).
	MaxWords int `yaml:"max_words" jsonschema_description:"The n-gram rules look at so many words from the start of the text; 1 to 100000000, default 1000000 (about 6 MB of English)."`
	// Words is the way of splitting words: punctuation (default), whitespace or unicode.
	Words string `yaml:"words" jsonschema_description:"How words are split: punctuation (default), whitespace or unicode."`
	// LanguageThresholds are options for single languages.
	LanguageThresholds `yaml:",inline"`
}

// DefaultGopherRepetitionOptions returns the published thresholds.
func DefaultGopherRepetitionOptions() GopherRepetitionOptions {
	return GopherRepetitionOptions{
		DupLineFrac: 0.3, DupParaFrac: 0.3, DupLineCharFrac: 0.2, DupParaCharFrac: 0.2,
		TopNGrams: []NGramLimit{{2, 0.2}, {3, 0.18}, {4, 0.16}},
		DupNGrams: []NGramLimit{{5, 0.15}, {6, 0.14}, {7, 0.13}, {8, 0.12}, {9, 0.11}, {10, 0.10}},
		MaxWords:  1_000_000, Words: WordsPunctuation,
	}
}

// maxNGram bounds the length of n-grams in words.
const maxNGram = 20

// Validate reports the first bad option.
func (o GopherRepetitionOptions) Validate() error {
	for _, c := range []struct {
		key   string
		value float64
	}{
		{"dup_line_frac", o.DupLineFrac}, {"dup_para_frac", o.DupParaFrac},
		{"dup_line_char_frac", o.DupLineCharFrac}, {"dup_para_char_frac", o.DupParaCharFrac},
	} {
		if err := checkRange(c.key, c.value, 1); err != nil {
			return err
		}
	}
	for _, list := range []struct {
		key    string
		limits []NGramLimit
		most   float64 // occurrences of one n-gram can overlap, so that they hold more characters than the text
	}{{"top_n_grams", o.TopNGrams, maxNGram}, {"dup_n_grams", o.DupNGrams, 1}} {
		for i, limit := range list.limits {
			if limit.N < 1 || limit.N > maxNGram {
				return corpus.BadOption(fmt.Sprintf("%s[%d].n", list.key, i), "%d is not within 1 to %d", limit.N, maxNGram)
			}
			if err := checkRange(fmt.Sprintf("%s[%d].max", list.key, i), limit.Max, list.most); err != nil {
				return err
			}
		}
	}
	if o.MaxWords < 1 || o.MaxWords > 100_000_000 {
		return corpus.BadOption("max_words", "%d is not within 1 to 100000000", o.MaxWords)
	}
	if err := checkWords(o.Words); err != nil {
		return err
	}
	return o.LanguageThresholds.validate()
}

// GopherRepetition is the stage gopher_repetition.
type GopherRepetition struct {
	variants byLanguage[*GopherRepetition] // by the language of a document; others is the stage itself
	options  GopherRepetitionOptions
	work     sync.Pool // of *repetitionWork; BenchmarkGopherRepetition
}

// NewGopherRepetition makes the stage and reads its thresholds by language, or returns an OptionError.
func NewGopherRepetition(options GopherRepetitionOptions) (*GopherRepetition, error) {
	variants, err := newByLanguage("gopher_repetition", options, options.LanguageThresholds, newGopherRepetition)
	if err != nil {
		return nil, err
	}
	stage := variants.others
	stage.variants = variants
	return stage, nil
}

// newGopherRepetition makes what judges by one set of options.
func newGopherRepetition(options GopherRepetitionOptions) (*GopherRepetition, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	return &GopherRepetition{options: options, work: sync.Pool{New: func() any { return new(repetitionWork) }}}, nil
}

// Name returns "gopher_repetition".
func (*GopherRepetition) Name() string { return "gopher_repetition" }

// Process rejects the documents that fail a rule.
func (g *GopherRepetition) Process(_ context.Context, batch *corpus.Batch) error {
	for doc := range batch.Live() {
		rules, ok := g.variants.of(doc.Language)
		if !ok {
			doc.Reject(g.Name(), noThresholds, doc.Language)
			continue
		}
		if rule, value := rules.judge(analyse(doc)); rule != "" {
			doc.Reject(g.Name(), rule, value)
		}
	}
	return nil
}

// judge returns the first rule that the text fails and the measured value; "" when it passes.
// The order is datatrove's: an empty text, paragraphs, lines, most frequent n-grams, repeated n-grams.
func (g *GopherRepetition) judge(a *textAnalysis) (string, float64) {
	o := &g.options
	chars := a.runes()
	if chars == 0 {
		return "empty", 0
	}
	work := g.work.Get().(*repetitionWork)
	defer func() {
		if work.size() <= 1<<17 { // a giant document's memory is not kept
			g.work.Put(work)
		}
	}()
	all, repeated, repeatedChars := work.seen.repeats(trimSpace(a.text), "\n\n")
	if share := ratio(repeated, all); o.DupParaFrac > 0 && share > o.DupParaFrac {
		return "dup_para_frac", share
	}
	if share := ratio(repeatedChars, chars); o.DupParaCharFrac > 0 && share > o.DupParaCharFrac {
		return "dup_para_char_frac", share
	}
	all, repeated, repeatedChars = work.seen.repeats(a.text, "\n")
	if share := ratio(repeated, all); o.DupLineFrac > 0 && share > o.DupLineFrac {
		return "dup_line_frac", share
	}
	if share := ratio(repeatedChars, chars); o.DupLineCharFrac > 0 && share > o.DupLineCharFrac {
		return "dup_line_char_frac", share
	}
	if len(o.TopNGrams)+len(o.DupNGrams) == 0 {
		return "", 0
	}
	table := a.words(o.Words)
	if table.words > o.MaxWords || !table.whole() { // a giant text: only its start is looked at
		var used int
		table, used = readWords(words{text: a.text, mode: o.Words}, o.MaxWords)
		chars = countRunes(a.text[:used])
	}
	if rule, value := o.judgeTop(work, table, chars); rule != "" {
		return rule, value
	}
	return o.judgeRepeated(work, table, chars)
}

// repetitionWork is memory that one document after another uses.
type repetitionWork struct {
	seen    lineSet
	bounds  ngramBounds
	counter ngramCounter
	repeats ngramRepeats
}

// size is the room of the largest part.
func (w *repetitionWork) size() int {
	return max(cap(w.seen.slots), cap(w.bounds.keys), cap(w.counter.keys), cap(w.repeats.places))
}

// judgeTop applies the limits for the most frequent n-grams in their order.
func (o *GopherRepetitionOptions) judgeTop(work *repetitionWork, table *wordTable, chars int) (string, float64) {
	limits, most := lowest(o.TopNGrams)
	bounds, below := &work.bounds, true
	bounds.start(table)
	for n := 1; n <= most && below; n++ {
		if limits[n] > 0 {
			bounds.extend(table, n)
			below = ratio(bounds.top(table), chars) <= limits[n]
		}
	}
	if below {
		return "", 0
	}
	counts := work.counter.topChars(table, most)
	for _, limit := range o.TopNGrams {
		if share := ratio(counts[limit.N], chars); limit.Max > 0 && share > limit.Max {
			return fmt.Sprintf("top_%d_gram", limit.N), share
		}
	}
	return "", 0
}

// judgeRepeated applies the limits for repeated n-grams in their order.
func (o *GopherRepetitionOptions) judgeRepeated(work *repetitionWork, table *wordTable, chars int) (string, float64) {
	limits, most := lowest(o.DupNGrams)
	if most == 0 {
		return "", 0
	}
	least, limit := 0, 0.0
	for n, l := range limits {
		if least == 0 && l > 0 {
			least = n
		}
		limit = lower(limit, l)
	}
	bounds := &work.bounds
	if least < bounds.n {
		bounds.start(table)
	}
	bounds.extend(table, least)
	if ratio(bounds.repeated(table), chars) <= limit {
		return "", 0
	}
	counts := work.repeats.chars(table, bounds, most)
	for _, limit := range o.DupNGrams {
		if share := ratio(counts[limit.N], chars); limit.Max > 0 && share > limit.Max {
			return fmt.Sprintf("duplicated_%d_n_grams", limit.N), share
		}
	}
	return "", 0
}

// lowest gives the lowest limit for each length, 0 for none, and the largest length that has one.
func lowest(list []NGramLimit) (limits [maxNGram + 1]float64, most int) {
	for _, limit := range list {
		if limit.Max > 0 {
			limits[limit.N], most = lower(limits[limit.N], limit.Max), max(most, limit.N)
		}
	}
	return limits, most
}

// lower is the lower of two limits of which 0 stands for none.
func lower(a, b float64) float64 {
	if a == 0 || b > 0 && b < a {
		return b
	}
	return a
}
