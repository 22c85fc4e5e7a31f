package paragraph

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The plain references of the fast paths: each rule by the standard library, one after another.

func plainFold(s string) string {
	return strings.Join(strings.Fields(strings.Map(unicode.ToLower, s)), " ")
}

func plainCCNet(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r), unicode.IsPunct(r), unicode.IsControl(r) && !unicode.IsSpace(r):
			return -1
		case unicode.IsDigit(r):
			return '0'
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
	return strings.Join(strings.Fields(s), " ")
}

var blankLines = regexp.MustCompile(`\n[\s\p{Z}\x{85}]*\n`)

// plainUnits are the paragraphs or lines of a text, trimmed.
func plainUnits(text, unit string) []string {
	parts := strings.Split(text, "\n")
	if unit == Paragraphs {
		parts = blankLines.Split(text, -1)
	}
	var units []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			units = append(units, p)
		}
	}
	return units
}

// plainRemove keeps the first copies of the units of all texts, by their normal forms.
func plainRemove(texts []string, opts Options) [][]string {
	normal := map[string]func(string) string{None: strings.Clone, Fold: plainFold, CCNet: plainCCNet}[opts.Normalize]
	total := map[string]int{}
	compared := func(u string) (string, bool) {
		n := normal(u)
		return n, len(u) >= opts.MinLength && len(strings.Fields(u)) >= opts.MinWords && n != ""
	}
	for _, text := range texts {
		for _, u := range plainUnits(text, opts.Unit) {
			if n, ok := compared(u); ok {
				total[n]++
			}
		}
	}
	seen := map[string]int{}
	left := make([][]string, len(texts))
	for i, text := range texts {
		for _, u := range plainUnits(text, opts.Unit) {
			if n, ok := compared(u); ok {
				if seen[n]++; seen[n] > opts.Keep && total[n] > 1 {
					continue
				}
			}
			left[i] = append(left[i], u)
		}
	}
	return left
}
