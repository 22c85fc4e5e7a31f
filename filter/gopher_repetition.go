package filter

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"corpus"
)

// NGramLimit is a threshold for n-grams of one length.
type NGramLimit struct {
	// N is the number of words; 1 to 20.
	N int `yaml:"n" jsonschema_description:"Number of words in the n-gram; 1 to 20."`
	// Max is the largest share of the text's characters; 0 to 1.
	Max float64 `yaml:"max" jsonschema_description:"Largest share of the text's characters; 0 to 1, 0 for no limit."`
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
	}{{"top_n_grams", o.TopNGrams}, {"dup_n_grams", o.DupNGrams}} {
		for i, limit := range list.limits {
			if limit.N < 1 || limit.N > maxNGram {
				return corpus.BadOption(fmt.Sprintf("%s[%d].n", list.key, i), "%d is not within 1 to %d", limit.N, maxNGram)
			}
			if err := checkRange(fmt.Sprintf("%s[%d].max", list.key, i), limit.Max, 1); err != nil {
				return err
			}
		}
	}
	if o.MaxWords < 1 || o.MaxWords > 100_000_000 {
		return corpus.BadOption("max_words", "%d is not within 1 to 100000000", o.MaxWords)
	}
	return checkWords(o.Words)
}

// GopherRepetition is the stage gopher_repetition.
type GopherRepetition struct {
	options GopherRepetitionOptions
	ngrams  sync.Pool // of *ngramCounter; BenchmarkGopherRepetition
}

// NewGopherRepetition makes the stage, or returns an OptionError.
func NewGopherRepetition(options GopherRepetitionOptions) (*GopherRepetition, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	return &GopherRepetition{options: options, ngrams: sync.Pool{New: func() any { return new(ngramCounter) }}}, nil
}

// Name returns "gopher_repetition".
func (*GopherRepetition) Name() string { return "gopher_repetition" }

// Process rejects the documents that fail a rule.
func (g *GopherRepetition) Process(_ context.Context, batch *corpus.Batch) error {
	for doc := range batch.Live() {
		if rule, value := g.judge(doc.Text); rule != "" {
			doc.Reject(g.Name(), rule, value)
		}
	}
	return nil
}

// judge returns the first rule that the text fails and the measured value; "" when it passes.
// The order is datatrove's: paragraphs, lines, most frequent n-grams, repeated n-grams.
func (g *GopherRepetition) judge(text string) (string, float64) {
	o := &g.options
	chars := utf8.RuneCountInString(text)
	if chars == 0 {
		return "", 0
	}
	all, repeated, repeatedChars := repeats(trimSpace(text), "\n\n")
	if share := ratio(repeated, all); o.DupParaFrac > 0 && share > o.DupParaFrac {
		return "dup_para_frac", share
	}
	if share := ratio(repeatedChars, chars); o.DupParaCharFrac > 0 && share > o.DupParaCharFrac {
		return "dup_para_char_frac", share
	}
	all, repeated, repeatedChars = repeats(text, "\n")
	if share := ratio(repeated, all); o.DupLineFrac > 0 && share > o.DupLineFrac {
		return "dup_line_frac", share
	}
	if share := ratio(repeatedChars, chars); o.DupLineCharFrac > 0 && share > o.DupLineCharFrac {
		return "dup_line_char_frac", share
	}
	if len(o.TopNGrams)+len(o.DupNGrams) == 0 {
		return "", 0
	}
	counter := g.ngrams.Get().(*ngramCounter)
	defer func() {
		if cap(counter.hashes) <= 1<<20 { // a giant document's memory is not kept
			g.ngrams.Put(counter)
		}
	}()
	if used := counter.read(words{text: text, mode: o.Words}, o.MaxWords); used < len(text) {
		chars = utf8.RuneCountInString(text[:used])
	}
	return g.judgeNGrams(counter, chars)
}

// judgeNGrams walks up the lengths and applies each rule, in order, as soon as its length has been counted.
func (g *GopherRepetition) judgeNGrams(counter *ngramCounter, chars int) (string, float64) {
	top, dup := g.options.TopNGrams, g.options.DupNGrams
	least, most := 2, 0
	var wantTop, wantDup [maxNGram + 1]bool
	for _, limit := range top {
		least, most, wantTop[limit.N] = min(least, limit.N), max(most, limit.N), true
	}
	for _, limit := range dup {
		least, most, wantDup[limit.N] = min(least, limit.N), max(most, limit.N), true
	}
	var topChars, dupChars [maxNGram + 1]int
	for n := least; n <= most; n++ {
		counter.count(n, n == least)
		if wantTop[n] {
			topChars[n] = counter.topChars(n)
		}
		if wantDup[n] {
			dupChars[n] = counter.repeatedChars(n)
		}
		for len(top) > 0 && top[0].N <= n {
			if share := ratio(topChars[top[0].N], chars); top[0].Max > 0 && top[0].N <= counter.words() && share > top[0].Max {
				return fmt.Sprintf("top_%d_gram", top[0].N), share
			}
			top = top[1:]
		}
		for len(top) == 0 && len(dup) > 0 && dup[0].N <= n {
			if share := ratio(dupChars[dup[0].N], chars); dup[0].Max > 0 && share > dup[0].Max {
				return fmt.Sprintf("duplicated_%d_n_grams", dup[0].N), share
			}
			dup = dup[1:]
		}
	}
	return "", 0
}

// repeats splits text at runs of newlines at least as long as separator and counts the parts, those that repeat
// an earlier part, and the characters of these.
func repeats(text, separator string) (parts, repeated, repeatedChars int) {
	seen := make(map[string]struct{}, min(1+strings.Count(text, separator), 1<<16))
	for more := true; more; {
		part := text
		var at int
		if at = strings.Index(text, separator); at >= 0 {
			part, text = text[:at], strings.TrimLeft(text[at:], "\n")
		}
		more = at >= 0
		parts++
		if _, ok := seen[part]; ok {
			repeated++
			repeatedChars += utf8.RuneCountInString(part)
		} else {
			seen[part] = struct{}{}
		}
	}
	return parts, repeated, repeatedChars
}
