package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Visible makes a line of text from the outside safe to show, on a page and on a terminal: characters that move, hide or reverse other text appear as
// escapes, as in \u202e.
func Visible(s string) string { return visibleBut(s, "") }

// VisibleText is Visible for text of several lines: line feeds and tabs stay.
func VisibleText(s string) string { return visibleBut(s, "\n\t") }

// visibleBut lets some characters stay.
func visibleBut(s, stay string) string {
	var b strings.Builder
	for _, r := range s { // bytes that are no UTF-8 come as U+FFFD
		if hidden(r) && !strings.ContainsRune(stay, r) {
			quoted := strconv.QuoteToASCII(string(r))
			b.WriteString(quoted[1 : len(quoted)-1])
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// hidden tells control characters, line and paragraph separators, the bidirectional formatting characters
// (Unicode Standard Annex 9, section 2), and those without width that no script needs.
func hidden(r rune) bool {
	switch {
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r), unicode.Is(unicode.Bidi_Control, r):
		return true
	}
	return r == '\u200b' || r == '\u2060' || r == '\ufeff'
}

// oneLine turns each run of white space into one space.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// grouped writes a number with thousands separators.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if s[0] == '-' {
		sign, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// plural writes a number with its noun.
func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

// percent is a share of a whole to a tenth of a percent; "–" of nothing. What is not
// nothing and not all is never rounded to 0 or 100. Its spaces do not break.
func percent(part, whole int64) string {
	if whole == 0 {
		return "–"
	}
	p := 100 * float64(part) / float64(whole)
	switch {
	case part > 0 && p < 0.05:
		return "<\u00a00.1\u00a0%"
	case part < whole && p >= 99.95:
		return ">\u00a099.9\u00a0%"
	}
	return fmt.Sprintf("%.1f\u00a0%%", p)
}

// indentJSON lays out the resolved config, or shows nothing where it is no JSON. Whether the JSON at
// hand spells <, > and & as escapes, as a manifest that was read does, makes no difference.
func indentJSON(data json.RawMessage) string {
	out, err := json.MarshalIndent(data, "", "  ")
	if err != nil {
		return ""
	}
	var b strings.Builder
	plain := map[string]byte{`\u003c`: '<', `\u003e`: '>', `\u0026`: '&'}
	for i := 0; i < len(out); i++ {
		if out[i] != '\\' {
			b.WriteByte(out[i])
			continue
		}
		if c, ok := plain[string(out[i:min(i+6, len(out))])]; ok {
			b.WriteByte(c)
			i += 5
			continue
		}
		b.Write(out[i : i+2]) // a backslash is never last
		i++
	}
	return visibleBut(b.String(), "\n")
}

// or is s, or something else where s says nothing.
func or(s, instead string) string {
	if strings.TrimSpace(s) == "" {
		return instead
	}
	return s
}

// share100 is a share from 0 to 1 in percent, with as many digits as it takes.
func share100(share float64) string {
	return strconv.FormatFloat(math.Round(share*1e6)/1e4, 'f', -1, 64) + "\u00a0%"
}

// sortedKeys are the keys of a map in order.
func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
