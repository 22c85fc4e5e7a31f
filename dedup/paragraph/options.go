package paragraph

import (
	"slices"
	"strings"

	"corpus"
)

// The bounds of Options.
const (
	mostLength = 1 << 20
	mostWords  = 100_000
	mostKeep   = 1000
)

// The values of Options.Unit.
const (
	Paragraphs = "paragraph"
	Lines      = "line"
)

// The values of Options.Normalize.
const (
	None  = "none"
	Fold  = "fold"
	CCNet = "ccnet"
)

// The values of Options.Scope.
const (
	Corpus = "corpus"
	Source = "source"
	Domain = "domain"
)

// The values of Options.Method.
const (
	Exact = "exact"
	Bloom = "bloom"
)

// Options say which paragraphs are compared, what counts as equal, and what happens to a document that loses some.
type Options struct {
	// What is compared: paragraph, the text between blank lines, or line. Default paragraph.
	Unit string `yaml:"unit" jsonschema:"enum=paragraph,enum=line" jsonschema_description:"What is compared: paragraph, the text between blank lines, or line. Default paragraph."`
	// What two paragraphs may differ in: none, nothing but white space around them; fold, case and white space; ccnet, also digits, punctuation and accents. Default fold.
	Normalize string `yaml:"normalize" jsonschema:"enum=none,enum=fold,enum=ccnet" jsonschema_description:"What two paragraphs may differ in: none, nothing but white space around them; fold, case and white space; ccnet, also digits, punctuation and accents. Default fold."`
	// Least bytes of a paragraph, white space around it not counted, 1 to 1,048,576; shorter ones stay. Default 50.
	MinLength int `yaml:"min_length" jsonschema_description:"Least bytes of a paragraph, white space around it not counted, 1 to 1,048,576; shorter ones stay. Default 50."`
	// Least words of a paragraph, set apart by white space, 0 to 100,000; those with fewer stay. Leave it 0 for languages that write no spaces. Default 0.
	MinWords int `yaml:"min_words" jsonschema_description:"Least words of a paragraph, set apart by white space, 0 to 100,000; those with fewer stay. Leave it 0 for languages that write no spaces. Default 0."`
	// Copies of a paragraph that stay, 0 to 1,000; 0 removes all of them. Only 1 with method bloom. Default 1.
	Keep int `yaml:"keep" jsonschema_description:"Copies of a paragraph that stay, 0 to 1,000; 0 removes all of them. Only 1 with method bloom. Default 1."`
	// Where copies count: in the whole corpus, within a source, or within a domain (the registrable domain of the address; the source where a document has none). Default corpus.
	Scope string `yaml:"scope" jsonschema:"enum=corpus,enum=source,enum=domain" jsonschema_description:"Where copies count: in the whole corpus, within a source, or within a domain (the registrable domain of the address; the source where a document has none). Default corpus."`
	// How copies are found: exact, by sorting hashes on disk, or bloom, by a filter in memory that also removes some paragraphs that are not repeated. Default exact.
	Method string `yaml:"method" jsonschema:"enum=exact,enum=bloom" jsonschema_description:"How copies are found: exact, by sorting hashes on disk, or bloom, by a filter in memory that also removes some paragraphs that are not repeated. Default exact."`
	// Different paragraphs that the corpus is expected to hold, which sizes the filter; required by method bloom, 1 to 1,000,000,000,000. Default 0.
	Expected int64 `yaml:"expected" jsonschema_description:"Different paragraphs that the corpus is expected to hold, which sizes the filter; required by method bloom, 1 to 1,000,000,000,000. Default 0."`
	// Share of paragraphs without an earlier copy that the filter takes for repeated once the expected number is in it, 1e-12 to 0.5 (method bloom). Default 0.00001.
	FalsePositiveRate float64 `yaml:"false_positive_rate" jsonschema_description:"Share of paragraphs without an earlier copy that the filter takes for repeated once the expected number is in it, 1e-12 to 0.5 (method bloom). Default 0.00001."`
	// Least bytes of text, without white space at its ends, that a document must have left when something was removed from it; one with less is dropped. 0 keeps every document. Default 100.
	MinDocument int `yaml:"min_document" jsonschema_description:"Least bytes of text, without white space at its ends, that a document must have left when something was removed from it; one with less is dropped. 0 keeps every document. Default 100."`
	// A document that loses more than this share of its text, by bytes of paragraphs, is dropped as a whole, 0 to 1; 1 for never. Default 1.
	DropShare float64 `yaml:"drop_share" jsonschema_description:"A document that loses more than this share of its text, by bytes of paragraphs, is dropped as a whole, 0 to 1; 1 for never. Default 1."`
}

// DefaultOptions returns the defaults.
func DefaultOptions() Options {
	return Options{
		Unit: Paragraphs, Normalize: Fold, MinLength: 50, Keep: 1, Scope: Corpus, Method: Exact,
		FalsePositiveRate: 1e-5, MinDocument: 100, DropShare: 1,
	}
}

// Validate returns a *corpus.OptionError for the first bad value.
func (o Options) Validate() error {
	for _, c := range []struct {
		key, value string
		values     []string
	}{
		{"unit", o.Unit, []string{Paragraphs, Lines}},
		{"normalize", o.Normalize, []string{None, Fold, CCNet}},
		{"scope", o.Scope, []string{Corpus, Source, Domain}},
		{"method", o.Method, []string{Exact, Bloom}},
	} {
		if !slices.Contains(c.values, c.value) {
			return corpus.BadOption(c.key, "%q is none of %s", c.value, strings.Join(c.values, ", "))
		}
	}
	switch {
	case o.MinLength < 1 || o.MinLength > mostLength:
		return corpus.BadOption("min_length", "%d is not between 1 and %d", o.MinLength, mostLength)
	case o.MinWords < 0 || o.MinWords > mostWords:
		return corpus.BadOption("min_words", "%d is not between 0 and %d", o.MinWords, mostWords)
	case o.Keep < 0 || o.Keep > mostKeep:
		return corpus.BadOption("keep", "%d is not between 0 and %d", o.Keep, mostKeep)
	case o.MinDocument < 0:
		return corpus.BadOption("min_document", "%d is negative", o.MinDocument)
	case !(o.DropShare >= 0 && o.DropShare <= 1): // also refuses NaN
		return corpus.BadOption("drop_share", "%v is not between 0 and 1", o.DropShare)
	case !(o.FalsePositiveRate >= leastRate && o.FalsePositiveRate <= mostRate):
		return corpus.BadOption("false_positive_rate", "%v is not between %v and %v", o.FalsePositiveRate, leastRate, mostRate)
	case o.Expected < 0 || o.Expected > mostExpected:
		return corpus.BadOption("expected", "%d is not between 0 and %d", o.Expected, int64(mostExpected))
	}
	if o.Method != Bloom {
		return nil
	}
	switch {
	case o.Expected == 0:
		return corpus.BadOption("expected", "method bloom needs the number of different paragraphs that the corpus is expected to hold")
	case o.Keep != 1:
		return corpus.BadOption("keep", "method bloom keeps the first copy alone: %d is not 1", o.Keep)
	}
	return nil
}
