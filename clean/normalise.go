package clean

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Normalise returns text as every kept document carries it:
//
//   - valid UTF-8: a run of bytes that are none, and one of U+FFFD, becomes one U+FFFD;
//   - without control characters (but "\n" and "\t"), zero-width, bidirectional and other invisible characters, noncharacters, soft hyphens and byte order
//     marks; a zero-width joiner or non-joiner stays where a script or an emoji needs it;
//   - in Unicode Normalization Form C (UAX #15), with a U+034F behind every 30 combining marks in a row (Stream-Safe Text Format, section 13);
//   - with "\n" as the only line end (for CR, CRLF, VT, FF, NEL, LS, PS), at most one blank line in a row and no empty line at either end;
//   - with every space character as " ", a run of them within a line as one (as one tab when it holds a tab), and none at a line's
//     end. A line's indentation stays, since it carries the meaning of code and verse; it is cut before the first line.
//
// Normalise(Normalise(s)) == Normalise(s).
func Normalise(s string) string {
	if isTidy(s) {
		return s
	}
	return collapseNewlines(spaceLines(norm.NFC.String(scrub(s)), false))
}

// isTidy is the fast path, one pass over text that Normalise does not change. It may say false of such a text, never true of another.
func isTidy(s string) bool {
	prev, newlines := byte('\n'), 2
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if !isOrdinary(r) {
				return false
			}
			prev, newlines = c, 0
			i += size
			continue
		}
		switch {
		case c == ' ':
			if prev == ' ' || prev == '\n' {
				return false
			}
		case c == '\n':
			if newlines++; newlines > 2 || prev == ' ' {
				return false
			}
		case c < ' ' || c == 0x7F:
			return false
		default:
			newlines = 0
		}
		prev = c
		i++
	}
	return prev != ' ' && prev != '\n' || s == ""
}

// spaceLines trims the end of every line and, without verbatim, collapses runs of spaces behind its indentation.
func spaceLines(s string, verbatim bool) string {
	var out []byte // nil while nothing has changed
	done := 0      // s[:done] is written or, while out is nil, unchanged
	indent := true
	for i := 0; i < len(s); {
		c := s[i]
		if c != ' ' && c != '\t' {
			indent = c == '\n'
			i++
			continue
		}
		end, tab := i, false
		for end < len(s) && (s[end] == ' ' || s[end] == '\t') {
			tab = tab || s[end] == '\t'
			end++
		}
		keep := s[i:end]
		switch {
		case end == len(s) || s[end] == '\n':
			keep = ""
		case verbatim || indent:
		case tab:
			keep = "\t"
		default:
			keep = " "
		}
		if len(keep) != end-i || keep != s[i:end] {
			if out == nil {
				out = make([]byte, 0, len(s))
			}
			out = append(append(out, s[done:i]...), keep...)
			done = end
		}
		i = end
	}
	if out == nil {
		return s
	}
	return string(append(out, s[done:]...))
}

// collapseNewlines cuts newlines at the ends, spaces at the start, and from every run of them all but two.
func collapseNewlines(s string) string {
	s = strings.TrimRight(strings.TrimLeft(s, " \t\n"), "\n")
	i := strings.Index(s, "\n\n\n")
	if i < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for i >= 0 {
		out = append(out, s[:i+2]...)
		s = strings.TrimLeft(s[i+2:], "\n")
		i = strings.Index(s, "\n\n\n")
	}
	return string(append(out, s...))
}
