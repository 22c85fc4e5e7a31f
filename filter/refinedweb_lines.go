package filter

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"corpus"
)

// LineSubstring is a text that is taken out of short lines.
type LineSubstring struct {
	// Text is compared in any letter case; a full stop in it stands for any character. 1 to 100 characters.
	Text string `yaml:"text" jsonschema_description:"Text, compared in any letter case; a full stop in it stands for any character. 1 to 100 characters."`
	// At is where it must stand in the line: anywhere (the default when empty), start or end.
	At string `yaml:"at" jsonschema_description:"Where it must stand in the line: anywhere, start or end. Default anywhere."`
}

// The places of a LineSubstring.
const (
	atAnywhere = "anywhere"
	atStart    = "start"
	atEnd      = "end"
)

// RefinedWebLinesOptions are the line edits of RefinedWeb (Penedo et al. 2023, section 3.1 and appendix G.2), with the
// parameters that DCLM found for them (Li et al. 2024, its configs dclm_baseline_refinedweb.yaml).
type RefinedWebLinesOptions struct {
	// MaxUppercaseRatio removes lines with a larger share of upper-case characters; 0 to 1, default 0.5, 1 for no limit.
	MaxUppercaseRatio float64 `yaml:"max_uppercase_ratio" jsonschema_description:"Remove lines with a larger share of upper-case characters; 0 to 1, default 0.5, 1 for no limit."`
	// MaxNumericRatio removes lines with a larger share of digits; 0 to 1, default 0.999999 (lines of digits alone), 1 for no limit.
	MaxNumericRatio float64 `yaml:"max_numeric_ratio" jsonschema_description:"Remove lines with a larger share of digits; 0 to 1, default 0.999999, which are lines of digits alone, 1 for no limit."`
	// RemoveCounters removes lines that are a number and one of likes, shares, comments, views and the like; default true.
	RemoveCounters bool `yaml:"remove_counters" jsonschema_description:"Remove lines that are a number and one of likes, shares, comments, views, followers and the like; default true."`
	// MinWordsPerLine removes lines with fewer words, but no empty ones; default 2, 0 for no limit.
	MinWordsPerLine int `yaml:"min_words_per_line" jsonschema_description:"Remove lines with fewer words, but no empty lines; default 2, 0 for no limit."`
	// Substrings are taken out of lines of at most MaxSubstringLineWords words; a line that then holds nothing goes.
	Substrings []LineSubstring `yaml:"substrings" jsonschema_description:"Texts that are taken out of short lines; a line that then holds nothing goes. Default \"items in cart\" anywhere, \"Read more...\" at the end, \"Sign-in\" at the start."`
	// MaxSubstringLineWords is the number of words up to which a line is searched for substrings; default 10.
	MaxSubstringLineWords int `yaml:"max_substring_line_words" jsonschema_description:"Number of words up to which a line is searched for the substrings; default 10."`
	// MaxRemovedWords rejects a document of which a larger share of words was removed; 0 to 1, default 0.05, 1 for no limit.
	MaxRemovedWords float64 `yaml:"max_removed_words" jsonschema_description:"Reject a document of which a larger share of words was removed; 0 to 1, default 0.05, 1 for no limit."`
}

// DefaultRefinedWebLinesOptions returns DCLM's parameters.
func DefaultRefinedWebLinesOptions() RefinedWebLinesOptions {
	return RefinedWebLinesOptions{
		MaxUppercaseRatio: 0.5, MaxNumericRatio: 0.999999, RemoveCounters: true, MinWordsPerLine: 2,
		Substrings:            []LineSubstring{{"items in cart", atAnywhere}, {"Read more...", atEnd}, {"Sign-in", atStart}},
		MaxSubstringLineWords: 10, MaxRemovedWords: 0.05,
	}
}

// maxLineSubstring bounds a LineSubstring's text in characters, and so the time that a line takes.
const maxLineSubstring = 100

// Validate reports the first bad option.
func (o RefinedWebLinesOptions) Validate() error {
	for _, c := range []struct {
		key   string
		value float64
		most  float64
	}{
		{"max_uppercase_ratio", o.MaxUppercaseRatio, 1}, {"max_numeric_ratio", o.MaxNumericRatio, 1},
		{"min_words_per_line", float64(o.MinWordsPerLine), 0}, {"max_substring_line_words", float64(o.MaxSubstringLineWords), 0},
		{"max_removed_words", o.MaxRemovedWords, 1},
	} {
		if err := checkRange(c.key, c.value, c.most); err != nil {
			return err
		}
	}
	for i, s := range o.Substrings {
		if n := utf8.RuneCountInString(s.Text); n < 1 || n > maxLineSubstring {
			return corpus.BadOption(fmt.Sprintf("substrings[%d].text", i), "%d characters are not 1 to %d", n, maxLineSubstring)
		}
		if places := []string{"", atAnywhere, atStart, atEnd}; !slices.Contains(places, s.At) {
			return corpus.BadOption(fmt.Sprintf("substrings[%d].at", i), "%q is not one of %q, %q, %q", s.At, atAnywhere, atStart, atEnd)
		}
	}
	return nil
}

// RefinedWebLines is the stage refinedweb_lines: it removes lines and parts of lines, and rejects documents.
type RefinedWebLines struct {
	options    RefinedWebLinesOptions
	substrings []linePattern
}

// NewRefinedWebLines makes the stage, or returns an OptionError.
func NewRefinedWebLines(options RefinedWebLinesOptions) (*RefinedWebLines, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	stage := &RefinedWebLines{options: options}
	for _, s := range options.Substrings {
		stage.substrings = append(stage.substrings, newLinePattern(s))
	}
	return stage, nil
}

// Name returns "refinedweb_lines".
func (*RefinedWebLines) Name() string { return "refinedweb_lines" }

// Process edits the text of the documents it keeps, and sets the signal refinedweb_lines_removed where lines went.
// A rejected document's text stays as it was.
func (s *RefinedWebLines) Process(_ context.Context, batch *corpus.Batch) error {
	for doc := range batch.Live() {
		text, removed, rule, value := s.edit(doc.Text)
		if rule != "" {
			doc.Reject(s.Name(), rule, value)
			continue
		}
		doc.Text = text
		if removed > 0 {
			doc.SetSignal("refinedweb_lines_removed", float64(removed))
		}
	}
	return nil
}

// edit returns the text left and the number of lines that went, or the rule that the document fails and the measured value.
func (s *RefinedWebLines) edit(text string) (left string, removed int, rule string, value any) {
	var kept strings.Builder
	copied := 0 // bytes of text that kept holds or has left out; nothing is copied until something changes
	before, after := 0, 0
	for at := 0; at < len(text); {
		end, next := len(text), len(text)
		if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
			end, next = at+i, at+i+1
		}
		line := text[at:end]
		m := scanLine(line)
		before += m.tokens
		edited, ok := s.line(line, m)
		switch {
		case !ok:
			kept.WriteString(text[copied:at])
			copied = next
			removed++
		case len(edited) != len(line):
			kept.WriteString(text[copied:at])
			kept.WriteString(edited)
			copied = end
			after += scanLine(edited).tokens
		default:
			after += m.tokens
		}
		at = next
	}
	if copied > 0 {
		kept.WriteString(text[copied:])
		text = kept.String()
	}
	text = trimSpace(text)
	if text == "" || before == 0 {
		return "", removed, "empty", nil
	}
	if share := ratio(before-after, before); share > s.options.MaxRemovedWords {
		return "", removed, "words_removed", share
	}
	return text, removed, "", nil
}

// line applies the edits, in DCLM's order, to one line. It returns what is left of it and whether it stays.
func (s *RefinedWebLines) line(line string, m lineScan) (string, bool) {
	o := &s.options
	if line == "" {
		return "", true
	}
	if ratio(m.upper, m.chars) > o.MaxUppercaseRatio || ratio(m.digits, m.chars) > o.MaxNumericRatio {
		return "", false
	}
	if o.RemoveCounters && isCounter(line) {
		return "", false
	}
	if m.words < o.MinWordsPerLine {
		return "", false
	}
	count := m.words
	for _, p := range s.substrings {
		if count > o.MaxSubstringLineWords {
			continue
		}
		shorter := p.remove(line)
		if trimSpace(shorter) == "" {
			return "", false
		}
		if len(shorter) != len(line) {
			line, count = shorter, scanLine(shorter).words
		}
	}
	return line, true
}
