package filter

import (
	"context"
	"slices"
	"strings"

	"corpus"
)

// RefinedWebTextOptions are the edits of the whole text that RefinedWeb makes before all rules (Penedo et al. 2023, section 3.1): web
// addresses go, and so do empty lines in a row. What an address is, is told as in DCLM's configs for RefinedWeb and DCLM-Baseline.
type RefinedWebTextOptions struct {
	// URLs are the texts from which web addresses go: all (the default), dclm for those that begin with the letters of a top-level domain in
	// any letter case, or none. DCLM's code asks for such a beginning by mistake; its data sets hold the addresses of all other texts.
	URLs string `yaml:"urls" jsonschema_description:"Texts from which web addresses are removed: all (default), dclm (those that begin with the letters of a top-level domain in any letter case, such as The or In, as DCLM's code has it) or none."`
	// MaxNewlines is the largest number of newlines in a row; more are cut to it; default 2, 0 for no limit.
	MaxNewlines int `yaml:"max_newlines" jsonschema_description:"Largest number of newlines in a row; more are cut to it; default 2, 0 for no limit."`
}

// The values of RefinedWebTextOptions.URLs.
const (
	urlsOfAll  = "all"
	urlsOfDCLM = "dclm"
	urlsOfNone = "none"
)

// DefaultRefinedWebTextOptions returns RefinedWeb's own.
func DefaultRefinedWebTextOptions() RefinedWebTextOptions {
	return RefinedWebTextOptions{URLs: urlsOfAll, MaxNewlines: 2}
}

// Validate reports the first bad option.
func (o RefinedWebTextOptions) Validate() error {
	if list := []string{urlsOfAll, urlsOfDCLM, urlsOfNone}; !slices.Contains(list, o.URLs) {
		return corpus.BadOption("urls", "%q is not one of %q", o.URLs, list)
	}
	return checkRange("max_newlines", float64(o.MaxNewlines), 0)
}

// RefinedWebText is the stage refinedweb_text: it removes web addresses and newlines, and rejects texts that held nothing else.
type RefinedWebText struct{ options RefinedWebTextOptions }

// NewRefinedWebText makes the stage, or returns an OptionError.
func NewRefinedWebText(options RefinedWebTextOptions) (*RefinedWebText, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	return &RefinedWebText{options: options}, nil
}

// Name returns "refinedweb_text".
func (*RefinedWebText) Name() string { return "refinedweb_text" }

// Process edits the text of the documents it keeps, and sets the signal refinedweb_text_urls where addresses went.
// A rejected document's text stays as it was.
func (s *RefinedWebText) Process(_ context.Context, batch *corpus.Batch) error {
	for doc := range batch.Live() {
		text, urls := doc.Text, 0
		if s.options.URLs == urlsOfAll || s.options.URLs == urlsOfDCLM && startsAsDomain(text) {
			text, urls = removeSpans(text, nextDomainURL)
		}
		if s.options.URLs != urlsOfNone {
			var numeric int // DCLM removes these from all texts
			text, numeric = removeSpans(text, nextNumericURL)
			urls += numeric
		}
		text = limitNewlines(text, s.options.MaxNewlines)
		if text == "" {
			doc.Reject(s.Name(), "empty", nil)
			continue
		}
		doc.Text = text
		if urls > 0 {
			doc.SetSignal("refinedweb_text_urls", float64(urls))
		}
	}
	return nil
}

// removeSpans takes out what next finds, from the left, and counts it. Next gives a span that starts at or after from, and start -1 for none.
func removeSpans(text string, next func(text string, from int) (start, end int)) (left string, spans int) {
	var b strings.Builder
	at := 0
	for {
		start, end := next(text, at)
		if start < 0 {
			break
		}
		if spans == 0 {
			b.Grow(len(text) - (end - start))
		}
		b.WriteString(text[at:start])
		at = end
		spans++
	}
	if spans == 0 {
		return text, 0
	}
	b.WriteString(text[at:])
	return b.String(), spans
}

// limitNewlines cuts runs of newlines that are longer than most; most 0 leaves all.
func limitNewlines(text string, most int) string {
	if most == 0 || most >= len(text) || !strings.Contains(text, strings.Repeat("\n", most+1)) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for run := 0; text != ""; {
		line, rest, found := strings.Cut(text, "\n")
		if line != "" {
			b.WriteString(line)
			run = 0
		}
		if found {
			if run++; run <= most {
				b.WriteByte('\n')
			}
		}
		text = rest
	}
	return b.String()
}
