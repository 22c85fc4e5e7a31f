package filter

import (
	"context"
	"math"
	"strings"
	"sync"
	"unicode/utf8"

	"corpus"
)

// FineWebOptions are the thresholds of the FineWeb quality rules (Penedo et al. 2024, section 3.5), named as datatrove names them.
type FineWebOptions struct {
	// LinePunctThr is the least share of lines that end in terminal punctuation; 0 to 1, default 0.12.
	LinePunctThr float64 `yaml:"line_punct_thr" jsonschema_description:"Least share of lines that end in terminal punctuation; 0 to 1, default 0.12."`
	// LinePunctExcludeZero lets documents pass in which no line ends in terminal punctuation; default false.
	LinePunctExcludeZero bool `yaml:"line_punct_exclude_zero" jsonschema_description:"Let documents pass in which no line at all ends in terminal punctuation; default false."`
	// StopChars are the line endings that count as terminal punctuation; default every Unicode sentence terminal.
	StopChars []string `yaml:"stop_chars" jsonschema_description:"Line endings that count as terminal punctuation; default every Unicode sentence terminal."`
	// ShortLineThr is the largest share of short lines; 0 to 1, default 0.67.
	ShortLineThr float64 `yaml:"short_line_thr" jsonschema_description:"Largest share of short lines; 0 to 1, default 0.67, 1 for no limit."`
	// ShortLineLength is the number of characters up to which a line is short; default 30.
	ShortLineLength int `yaml:"short_line_length" jsonschema_description:"Number of characters up to which a line is short; default 30."`
	// CharDuplicatesRatio is the largest share of characters in lines that repeat an earlier one; 0 to 1, default 0.01.
	CharDuplicatesRatio float64 `yaml:"char_duplicates_ratio" jsonschema_description:"Largest share of characters in lines that repeat an earlier line; 0 to 1, default 0.01, 1 for no limit."`
	// NewLineRatio is the largest number of newlines for each word; default 0.3.
	NewLineRatio float64 `yaml:"new_line_ratio" jsonschema_description:"Largest number of newlines for each word; default 0.3."`
	// Words is the way of splitting words: punctuation (default), whitespace or unicode.
	Words string `yaml:"words" jsonschema_description:"How words are split: punctuation (default), whitespace or unicode."`
	// LanguageThresholds are options for single languages.
	LanguageThresholds `yaml:",inline"`
}

// DefaultFineWebOptions returns the published thresholds.
func DefaultFineWebOptions() FineWebOptions {
	return FineWebOptions{
		LinePunctThr: 0.12, ShortLineThr: 0.67, ShortLineLength: 30, CharDuplicatesRatio: 0.01, NewLineRatio: 0.3, Words: WordsPunctuation,
	}
}

// Validate reports the first bad option.
func (o FineWebOptions) Validate() error {
	for _, c := range []struct {
		key         string
		value, most float64
	}{
		{"line_punct_thr", o.LinePunctThr, 1}, {"short_line_thr", o.ShortLineThr, 1}, {"short_line_length", float64(o.ShortLineLength), 0},
		{"char_duplicates_ratio", o.CharDuplicatesRatio, 1}, {"new_line_ratio", o.NewLineRatio, 0},
	} {
		if err := checkRange(c.key, c.value, c.most); err != nil {
			return err
		}
	}
	for _, s := range o.StopChars {
		if s == "" {
			return corpus.BadOption("stop_chars", "an entry is empty")
		}
	}
	if err := checkWords(o.Words); err != nil {
		return err
	}
	return o.LanguageThresholds.validate()
}

// FineWeb is the stage fineweb.
type FineWeb struct {
	variants byLanguage[*FineWeb] // by the language of a document; others is the stage itself
	options  FineWebOptions
	seen     sync.Pool // of *lineSet; BenchmarkFineWeb
}

// NewFineWeb makes the stage and reads its thresholds by language, or returns an OptionError.
func NewFineWeb(options FineWebOptions) (*FineWeb, error) {
	variants, err := newByLanguage("fineweb", options, options.LanguageThresholds, newFineWeb)
	if err != nil {
		return nil, err
	}
	stage := variants.others
	stage.variants = variants
	return stage, nil
}

// newFineWeb makes what judges by one set of options.
func newFineWeb(options FineWebOptions) (*FineWeb, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	return &FineWeb{options: options, seen: sync.Pool{New: func() any { return new(lineSet) }}}, nil
}

// Name returns "fineweb".
func (*FineWeb) Name() string { return "fineweb" }

// Process rejects the documents that fail a rule.
func (f *FineWeb) Process(_ context.Context, batch *corpus.Batch) error {
	for doc := range batch.Live() {
		rules, ok := f.variants.of(doc.Language)
		if !ok {
			doc.Reject(f.Name(), noThresholds, doc.Language)
			continue
		}
		if rule, value := rules.judge(doc.Text); rule != "" {
			doc.Reject(f.Name(), rule, value)
		}
	}
	return nil
}

// judge returns the first rule that the text fails and the measured value; "" when it passes.
func (f *FineWeb) judge(text string) (string, any) {
	o := &f.options
	m := f.measure(text)
	if m.lines == 0 {
		return "empty", 0
	}
	if share := ratio(m.ended, m.lines); share < o.LinePunctThr && (m.ended > 0 || !o.LinePunctExcludeZero) {
		return "line_punct_ratio", share
	}
	if share := ratio(m.short, m.lines); share > o.ShortLineThr {
		return "short_line_ratio", share
	}
	if share := ratio(m.repeatedChars, m.chars); share > o.CharDuplicatesRatio {
		return "char_dup_ratio", share
	}
	if m.newlines == 0 {
		return "", nil
	}
	enough := math.Inf(1) // words with which the ratio is surely met
	if o.NewLineRatio > 0 {
		enough = float64(m.newlines)/o.NewLineRatio + 1
	}
	count, walk := 0, words{text: text, mode: o.Words}
	for float64(count) <= enough {
		if _, _, ok := walk.next(); !ok {
			break
		}
		count++
	}
	if share := ratio(m.newlines, count); share > o.NewLineRatio {
		return "list_ratio", share
	}
	return "", nil
}

// lineMeasure is what one walk over the lines counts; lines of white space alone are left out of all but newlines and chars.
type lineMeasure struct {
	lines, ended, short  int
	chars, repeatedChars int
	newlines             int
}

func (f *FineWeb) measure(text string) (m lineMeasure) {
	m.newlines = strings.Count(text, "\n")
	m.chars = countRunes(text) - m.newlines
	seen := f.seen.Get().(*lineSet)
	defer func() {
		if cap(seen.slots) <= 1<<17 { // a giant document's memory is not kept
			f.seen.Put(seen)
		}
	}()
	seen.reset(m.newlines + 1)
	for more := true; more; {
		var line string
		line, text, more = strings.Cut(text, "\n")
		if trimSpace(line) == "" {
			continue
		}
		m.lines++
		if f.ends(line) {
			m.ended++
		}
		if len(line)/utf8.UTFMax <= f.options.ShortLineLength && utf8.RuneCountInString(line) <= f.options.ShortLineLength {
			m.short++
		}
		if !seen.add(line) {
			m.repeatedChars += countRunes(line)
		}
	}
	return m
}

// ends reports whether a line, with its white space, ends in terminal punctuation.
func (f *FineWeb) ends(line string) bool {
	if len(f.options.StopChars) == 0 {
		r, _ := utf8.DecodeLastRuneInString(line)
		return isTerminal(r)
	}
	for _, s := range f.options.StopChars {
		if strings.HasSuffix(line, s) {
			return true
		}
	}
	return false
}
