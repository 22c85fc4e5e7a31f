package pretoken

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/dlclark/regexp2"
)

// referenceWords cuts text by the published expressions with a backtracking engine, each applied to every piece that those
// before it left. It is the plain reference of the scanners. The engine has Go's tables of Unicode and
// does not fold U+017F: classes are written out as the characters of Unicode 16.0.
func referenceWords(t testing.TB, p *Pattern) func(text string) []string {
	t.Helper()
	splits, byteLevel := p.Splits()
	if byteLevel {
		splits = []string{p.Regex}
	}
	return referenceSplits(t, splits)
}

func referenceSplits(t testing.TB, splits []string) func(text string) []string {
	t.Helper()
	var expressions []*regexp2.Regexp
	for _, s := range splits {
		re, err := regexp2.Compile(writtenOut(s), regexp2.None)
		if err != nil {
			t.Fatal(err)
		}
		expressions = append(expressions, re)
	}
	return func(text string) []string {
		if text == "" {
			return nil
		}
		var runes []rune
		var starts []int // starts[k]: where the k-th character is in text
		for i, r := range text {
			runes, starts = append(runes, r), append(starts, i)
		}
		starts = append(starts, len(text))
		pieces := [][2]int{{0, len(runes)}}
		for _, re := range expressions {
			var next [][2]int
			var err error
			for _, p := range pieces {
				next, err = appendIsolated(next, re, runes, p)
				if err != nil {
					panic(err) // the reference is at fault, not what it is compared with
				}
			}
			pieces = next
		}
		words := make([]string, len(pieces))
		for k, p := range pieces {
			words[k] = text[starts[p[0]]:starts[p[1]]]
		}
		return words
	}
}

// appendIsolated cuts a piece into the matches and what lies between them, as "Isolated" does.
func appendIsolated(to [][2]int, re *regexp2.Regexp, runes []rune, piece [2]int) ([][2]int, error) {
	from := piece[0]
	m, err := re.FindRunesMatch(runes[piece[0]:piece[1]])
	for ; m != nil && err == nil; m, err = re.FindNextMatch(m) {
		at := piece[0] + m.Index
		if at > from {
			to = append(to, [2]int{from, at})
		}
		from = at + m.Length
		to = append(to, [2]int{at, from})
	}
	if from < piece[1] {
		to = append(to, [2]int{from, piece[1]})
	}
	return to, err
}

// writtenOut spells an expression without properties and without folding.
func writtenOut(expr string) string {
	expr = strings.ReplaceAll(expr, "(?i:'s|'t|'re|'ve|'m|'ll|'d)", "(?:'[sSſ]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])")
	expr = strings.ReplaceAll(expr, "(?i:[sdmt]|ll|ve|re)", "(?:[sSſdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])")
	var b strings.Builder
	inside := false
	for i := 0; i < len(expr); i++ {
		if expr[i] != '\\' {
			inside = expr[i] == '[' || inside && expr[i] != ']'
			b.WriteByte(expr[i])
			continue
		}
		name := expr[i : i+2]
		if name == `\p` {
			name = expr[i : i+strings.IndexByte(expr[i:], '}')+1]
		}
		i += len(name) - 1
		set, ok := writtenSets[name]
		switch {
		case name == `\S`:
			b.WriteString("[^" + ranges(space, space) + "]")
		case !ok:
			b.WriteString(name)
		case inside:
			b.WriteString(ranges(set.of, set.is))
		default:
			b.WriteString("[" + ranges(set.of, set.is) + "]")
		}
	}
	return b.String()
}

// writtenSets are the sets of characters that have of the classes of exactly those of is.
var writtenSets = map[string]struct{ of, is class }{
	`\p{L}`:  {letter, letter},
	`\p{N}`:  {number, number},
	`\p{M}`:  {letter | upper | lower, upper | lower},
	`\p{P}`:  {sign, sign}, // together with S wherever it is
	`\p{S}`:  {sign, sign},
	`\s`:     {space, space},
	`\p{Lu}`: {letter | upper | lower, letter | upper}, // together with Lt
	`\p{Lt}`: {letter | upper | lower, letter | upper},
	`\p{Ll}`: {letter | upper | lower, letter | lower},
	`\p{Lm}`: {letter | upper | lower, letter | upper | lower}, // together with Lo
	`\p{Lo}`: {letter | upper | lower, letter | upper | lower},
}

// ranges writes the characters of a set as the inside of brackets.
func ranges(of, is class) string {
	var b strings.Builder
	first := rune(-1)
	for r := rune(0); r <= unicode.MaxRune+1; r++ {
		in := r <= unicode.MaxRune && (r < 0xD800 || r > 0xDFFF) && classes.of(r)&of == is
		switch {
		case in && first < 0:
			first = r
		case !in && first >= 0:
			fmt.Fprintf(&b, "%s-%s", written(first), written(r-1))
			first = -1
		}
	}
	return b.String()
}

func written(r rune) string {
	if r < 0x10000 {
		return fmt.Sprintf(`\u%04X`, r)
	}
	return string(r)
}
