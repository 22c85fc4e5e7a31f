package pretoken

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Pattern is a rule for cutting text into the words that are then encoded one by one. It is one
// of the patterns that Names lists, each a scanner by hand for a published regular expression.
type Pattern struct {
	// Name is "gpt2", "cl100k", "o200k", "llama3", "qwen2", "deepseek-v3", "whitespace" or "bytes".
	Name string
	// Regex is the expression as published, for files that carry it; empty where Splits gives none or several.
	Regex string
	// spellings are other expressions that cut every text the same way.
	spellings []string
	// splits are several expressions, each applied to what those before it left.
	splits []string
	// next returns the end of the word that starts at text[i], i < len(text).
	next func(text string, i int) int
	// rule finds the words of many bytes at once; ruleNone where there is only next.
	rule rule
}

const (
	gpt2Regex   = `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
	cl100kRegex = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	o200kRegex  = `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	qwen2Regex  = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	// whitespaceRegex is ours: Hugging Face's WhitespaceSplit drops the white space, this keeps it, as gpt2 does.
	whitespaceRegex = ` ?\S+|\s+(?!\S)|\s+`
)

// deepseekV3Splits are the expressions in the tokenizer.json of DeepSeek-V3. They carry line ends as such.
var deepseekV3Splits = []string{
	`\p{N}{1,3}`,
	`[一-龥぀-ゟ゠-ヿ]+`,
	"[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+",
}

// patterns are those of openai/tiktoken (tiktoken_ext/openai_public.py) in order of age, of other published models,
// and two plain ones. llama3 is the rule of cl100k in the spelling of meta-llama/llama3 (llama/tokenizer.py), so that
// a file that carries the expression alone is taken to be of cl100k.
var patterns = []*Pattern{
	{Name: "gpt2", Regex: gpt2Regex, next: nextGPT2, rule: ruleGPT2, spellings: []string{
		`'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
		`'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s`,
	}},
	{Name: "cl100k", Regex: cl100kRegex, next: nextCL100K, rule: ruleCL100K, spellings: []string{
		`'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
	}},
	{Name: "o200k", Regex: o200kRegex, next: nextO200K, rule: ruleO200K},
	{Name: "llama3", Regex: cl100kRegex, next: nextCL100K, rule: ruleCL100K},
	{Name: "qwen2", Regex: qwen2Regex, next: nextQwen2, rule: ruleQwen2},
	{Name: "deepseek-v3", splits: deepseekV3Splits, next: nextDeepseekV3},
	{Name: "whitespace", Regex: whitespaceRegex, next: nextWhitespace},
	{Name: "bytes", next: nextBytes},
}

// Splits describes the pattern as Hugging Face's tokenizer.json does: the expressions of its Split pre-tokenisers, in the
// order in which they are applied ("Isolated", invert false), and whether the ByteLevel behind them has use_regex
// set, which is the pattern of GPT-2. bytes has neither: a whole text is one word.
func (p *Pattern) Splits() (regexes []string, byteLevelRegex bool) {
	switch {
	case p.Name == "gpt2":
		return nil, true
	case p.Regex != "":
		return []string{p.Regex}, false
	}
	return slices.Clone(p.splits), false
}

// Names are the names of the known patterns.
func Names() []string {
	names := make([]string, len(patterns))
	for i, p := range patterns {
		names[i] = p.Name
	}
	return names
}

// Find returns the pattern of a name.
func Find(name string) (*Pattern, error) {
	for _, p := range patterns {
		if p.Name == name {
			return p, nil
		}
	}
	return nil, fmt.Errorf("unknown pattern %q (known: %s)", name, strings.Join(Names(), ", "))
}

// findRegex returns the pattern that an expression spells.
func findRegex(regex string) (*Pattern, error) {
	for _, p := range patterns {
		if p.Regex != "" && p.Regex == regex || slices.Contains(p.spellings, regex) {
			return p, nil
		}
	}
	return nil, fmt.Errorf("unknown pre-tokeniser expression %q", regex)
}

// FindSplits returns the pattern that Splits describes so, or in another known spelling.
func FindSplits(regexes []string, byteLevelRegex bool) (*Pattern, error) {
	switch {
	case byteLevelRegex && len(regexes) == 0:
		return Find("gpt2")
	case byteLevelRegex:
		return nil, errors.New("text is split by expressions, and by the one of ByteLevel again")
	case len(regexes) == 0:
		return Find("bytes")
	case len(regexes) == 1:
		return findRegex(regexes[0])
	}
	for _, p := range patterns {
		if slices.Equal(p.splits, regexes) {
			return p, nil
		}
	}
	return nil, fmt.Errorf("unknown pre-tokeniser expressions %q", regexes)
}

// Next returns the end of the word that starts at text[i], 0 ≤ i < len(text).
func (p *Pattern) Next(text string, i int) int { return p.next(text, i) }

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

// Cut writes the ends of the words from text[from] on into ends, relative to from, as many as there are and fit,
// and returns their number. It is 0 only where the first word is longer than MaxCut: next finds its end.
func (p *Pattern) Cut(ends []uint32, text string, from int) int {
	if p.rule != ruleNone && len(text)-from >= shortText {
		return p.cutWindows(widestLanes, ends, text, from)
	}
	n := 0
	for i := from; n < len(ends) && i < len(text); n++ {
		i = p.next(text, i)
		if i-from > MaxCut {
			break
		}
		ends[n] = uint32(i - from)
	}
	return n
}

// MaxCut is the farthest end, in bytes, that cut tells.
const MaxCut = 1 << 31
