package substring

import (
	"slices"
	"strings"

	"corpus"
)

// The bounds of Options.
const (
	leastLength = 2
	mostLength  = 1 << 16 // the place of a window beside its anchor is kept in 16 bits
	mostKeep    = 1000
)

// The methods of Options.Method.
const (
	Anchors     = "anchors"
	SuffixArray = "suffix_array"
)

// The values of Options.Unit.
const (
	Bytes  = "bytes"
	Tokens = "tokens"
)

// The values of Options.Boundary.
const (
	Character = "character"
	Word      = "word"
	Line      = "line"
)

// Options configure a Finder.
type Options struct {
	// What passages are compared by: bytes, or tokens of a tokenizer. Default bytes.
	Unit string `yaml:"unit" jsonschema_description:"What passages are compared by: bytes, or tokens of a tokenizer. Default bytes."`
	// Path of the tokenizer whose tokens are compared, with unit tokens. Default none.
	Tokenizer string `yaml:"tokenizer" jsonschema_description:"Path of the tokenizer whose tokens are compared, with unit tokens. Default none."`
	// Least length of a repeated passage in bytes or, with unit tokens, in tokens, 2 to 65,536. Default 100.
	MinLength int `yaml:"min_length" jsonschema_description:"Least length of a repeated passage in bytes or, with unit tokens, in tokens, 2 to 65,536. Default 100."`
	// How repeated passages are found: anchors or suffix_array. Both find the same passages; anchors is faster and needs less memory. Default anchors.
	Method string `yaml:"method" jsonschema_description:"How repeated passages are found: anchors or suffix_array. Both find the same passages; anchors is faster and needs less memory. Default anchors."`
	// Copies of a passage that stay, the first in the order of the documents, 0 to 1,000; 0 removes all of them. Default 1.
	Keep int `yaml:"keep" jsonschema_description:"Copies of a passage that stay, the first in the order of the documents, 0 to 1,000; 0 removes all of them. Default 1."`
	// Where a removed range may begin and end: at any character, at a word or at a line. A range is made shorter until both ends fit. Default character.
	Boundary string `yaml:"boundary" jsonschema_description:"Where a removed range may begin and end: at any character, at a word or at a line. A range is made shorter until both ends fit. Default character."`
	// Least bytes of text, without white space at its ends, that a document must have left when something was removed from it; one with less is dropped. 0 keeps every document. Default 100.
	MinDocument int `yaml:"min_document" jsonschema_description:"Least bytes of text, without white space at its ends, that a document must have left when something was removed from it; one with less is dropped. 0 keeps every document. Default 100."`
	// Most bytes of text, or of tokens of four bytes each, that one suffix array is made of, from twice min_length to 1,073,741,824; a larger corpus is cut into several whose orders are merged. The result does not depend on it. Default 1,073,741,824.
	PartitionBytes int `yaml:"partition_bytes" jsonschema_description:"Most bytes of text, or of tokens of four bytes each, that one suffix array is made of, from twice min_length to 1,073,741,824; a larger corpus is cut into several whose orders are merged. The result does not depend on it. Default 1,073,741,824."`
}

// DefaultOptions returns the defaults.
func DefaultOptions() Options {
	return Options{Unit: Bytes, MinLength: 100, Method: Anchors, Keep: 1, Boundary: Character, MinDocument: 100, PartitionBytes: 1 << 30}
}

// Validate returns a *corpus.OptionError for the first bad value.
func (o Options) Validate() error {
	switch {
	case !slices.Contains([]string{Bytes, Tokens}, o.Unit):
		return corpus.BadOption("unit", "%q is none of %s", o.Unit, strings.Join([]string{Bytes, Tokens}, ", "))
	case o.Unit == Tokens && o.Tokenizer == "":
		return corpus.BadOption("tokenizer", "is needed with unit %s", Tokens)
	case o.Unit == Bytes && o.Tokenizer != "":
		return corpus.BadOption("tokenizer", "has no use with unit %s", Bytes)
	case o.MinLength < leastLength || o.MinLength > mostLength:
		return corpus.BadOption("min_length", "%d is not between %d and %d", o.MinLength, leastLength, mostLength)
	case !slices.Contains([]string{Anchors, SuffixArray}, o.Method):
		return corpus.BadOption("method", "%q is none of %s", o.Method, strings.Join([]string{Anchors, SuffixArray}, ", "))
	case o.Keep < 0 || o.Keep > mostKeep:
		return corpus.BadOption("keep", "%d is not between 0 and %d", o.Keep, mostKeep)
	case !slices.Contains([]string{Character, Word, Line}, o.Boundary):
		return corpus.BadOption("boundary", "%q is none of %s", o.Boundary, strings.Join([]string{Character, Word, Line}, ", "))
	case o.MinDocument < 0:
		return corpus.BadOption("min_document", "%d is negative", o.MinDocument)
	case o.PartitionBytes < 2*o.MinLength<<o.shift() || o.PartitionBytes > mostSuffixes:
		return corpus.BadOption("partition_bytes", "%d is not between %d, twice min_length, and %d", o.PartitionBytes, 2*o.MinLength<<o.shift(), mostSuffixes)
	}
	return nil
}

// shift says that a position takes 1<<shift bytes.
func (o Options) shift() uint {
	if o.Unit == Tokens {
		return tokenShift
	}
	return 0
}
