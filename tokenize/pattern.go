package tokenize

import (
	"fmt"
	"slices"
	"strings"
)

// Pattern is a rule for cutting text into the words that are then encoded one by one. It is one
// of the patterns that PatternNames lists, each a scanner by hand for a published regular expression.
type Pattern struct {
	// Name is "gpt2", "cl100k" or "o200k".
	Name string
	// Regex is the expression as published, for files that carry it.
	Regex string
	// spellings are other expressions that cut every text the same way.
	spellings []string
	// next returns the end of the word that starts at text[i], i < len(text).
	next func(text string, i int) int
}

const (
	gpt2Regex   = `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
	cl100kRegex = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	o200kRegex  = `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`
)

// patterns are those of openai/tiktoken (tiktoken_ext/openai_public.py), in order of age.
var patterns = []*Pattern{
	{Name: "gpt2", Regex: gpt2Regex, next: nextGPT2, spellings: []string{
		`'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
		`'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s`,
	}},
	{Name: "cl100k", Regex: cl100kRegex, next: nextCL100K, spellings: []string{
		`'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
	}},
	{Name: "o200k", Regex: o200kRegex, next: nextO200K},
}

// PatternNames are the names of the known patterns.
func PatternNames() []string {
	names := make([]string, len(patterns))
	for i, p := range patterns {
		names[i] = p.Name
	}
	return names
}

// FindPattern returns the pattern of a name.
func FindPattern(name string) (*Pattern, error) {
	for _, p := range patterns {
		if p.Name == name {
			return p, nil
		}
	}
	return nil, fmt.Errorf("unknown pattern %q (known: %s)", name, strings.Join(PatternNames(), ", "))
}

// findRegex returns the pattern that an expression spells.
func findRegex(regex string) (*Pattern, error) {
	for _, p := range patterns {
		if p.Regex == regex || slices.Contains(p.spellings, regex) {
			return p, nil
		}
	}
	return nil, fmt.Errorf("unknown pre-tokeniser expression %q", regex)
}

// Words yields the words of a text in order; together they are the text.
func (p *Pattern) Words(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for i := 0; i < len(text); {
			j := p.next(text, i)
			if !yield(text[i:j]) {
				return
			}
			i = j
		}
	}
}

// cut writes the ends of the words from text[from] on into ends, relative to from, as many as there are and fit,
// and returns their number. It is 0 only where the first word is longer than maxCut: next finds its end.
func (p *Pattern) cut(ends []uint32, text string, from int) int {
	n := 0
	for i := from; n < len(ends) && i < len(text); n++ {
		i = p.next(text, i)
		if i-from > maxCut {
			break
		}
		ends[n] = uint32(i - from)
	}
	return n
}

// maxCut is the farthest end, in bytes, that cut tells.
const maxCut = 1 << 31
