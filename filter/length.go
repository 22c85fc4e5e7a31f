package filter

import (
	"context"
	"strings"
	"unicode/utf8"

	"corpus"
)

// LengthOptions bound the size of a document. All bounds count characters, which are Unicode code points; 0 turns a rule off.
type LengthOptions struct {
	// MinCharacters is the least number of characters of the text; default 0. OLMo 3 sets 150.
	MinCharacters int `yaml:"min_characters" jsonschema_description:"Least number of characters of the text; default 0: no limit. OLMo 3 sets 150."`
	// MaxCharacters is the largest number of characters of the text; default 0. DCLM's C4 sets 190,000.
	MaxCharacters int `yaml:"max_characters" jsonschema_description:"Largest number of characters of the text; default 0: no limit. DCLM's C4 sets 190000."`
	// MinLongLines is the least number of lines that are at least long_line_length characters long; default 0. mC4 sets 3.
	MinLongLines int `yaml:"min_long_lines" jsonschema_description:"Least number of lines with at least long_line_length characters; default 0: no limit. mC4 sets 3."`
	// LongLineLength is the number of characters from which a line is long; default 200.
	LongLineLength int `yaml:"long_line_length" jsonschema_description:"Number of characters from which a line is long; default 200."`
}

// DefaultLengthOptions returns the defaults, under which every document passes.
func DefaultLengthOptions() LengthOptions { return LengthOptions{LongLineLength: 200} }

// Validate reports the first bad option.
func (o LengthOptions) Validate() error {
	for _, c := range []struct {
		key   string
		value int
	}{
		{"min_characters", o.MinCharacters}, {"max_characters", o.MaxCharacters},
		{"min_long_lines", o.MinLongLines}, {"long_line_length", o.LongLineLength},
	} {
		if err := checkRange(c.key, float64(c.value), 0); err != nil {
			return err
		}
	}
	if o.MaxCharacters != 0 && o.MaxCharacters < o.MinCharacters {
		return corpus.BadOption("max_characters", "%d is less than min_characters (%d)", o.MaxCharacters, o.MinCharacters)
	}
	return nil
}

// Length is the stage length.
type Length struct{ options LengthOptions }

// NewLength makes the stage, or returns an OptionError.
func NewLength(options LengthOptions) (*Length, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	return &Length{options: options}, nil
}

// Name returns "length".
func (*Length) Name() string { return "length" }

// Process rejects the documents that fail a rule.
func (l *Length) Process(_ context.Context, batch *corpus.Batch) error {
	for doc := range batch.Live() {
		if rule, value := l.judge(doc.Text); rule != "" {
			doc.Reject(l.Name(), rule, value)
		}
	}
	return nil
}

// judge returns the first rule that the text fails and the measured value; "" when it passes.
func (l *Length) judge(text string) (string, int) {
	o := &l.options
	if o.MinCharacters > 0 || o.MaxCharacters > 0 {
		chars := utf8.RuneCountInString(text)
		if chars < o.MinCharacters {
			return "min_characters", chars
		}
		if o.MaxCharacters > 0 && chars > o.MaxCharacters {
			return "max_characters", chars
		}
	}
	if o.MinLongLines == 0 {
		return "", 0
	}
	// Lines part at \n alone, and keep their white space, as in the code of mC4.
	long := 0
	for line := range strings.SplitSeq(text, "\n") {
		if len(line) >= o.LongLineLength && utf8.RuneCountInString(line) >= o.LongLineLength {
			if long++; long == o.MinLongLines {
				return "", 0
			}
		}
	}
	return "min_long_lines", long
}
