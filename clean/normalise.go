package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Normalise returns text as every kept document carries it:
//
//   - valid UTF-8: a run of bytes that are none becomes one U+FFFD;
//   - without control characters (but "\n" and "\t"), zero-width, bidirectional and other invisible characters, noncharacters, soft hyphens and byte order
//     marks; a zero-width joiner or non-joiner stays where a script or an emoji needs it;
//   - in Unicode Normalization Form C (UAX #15);
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

// normalisePre is Normalise for text whose runs of spaces carry meaning.
func normalisePre(s string) string {
	return collapseNewlines(spaceLines(norm.NFC.String(scrub(s)), true))
}

// isTidy is the fast path: ASCII text that Normalise does not change. It may say false of such a text, never true of another.
func isTidy(s string) bool {
	prev, newlines := byte('\n'), 2
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == ' ':
			if prev == ' ' || prev == '\n' {
				return false
			}
		case c == '\n':
			if newlines++; newlines > 2 || prev == ' ' {
				return false
			}
		case c < ' ' || c >= 0x7F:
			return false
		default:
			newlines = 0
		}
		prev = c
	}
	return prev != ' ' && prev != '\n' || s == ""
}

// scrub replaces what is not UTF-8, maps spaces and line ends, and removes what must not stay.
func scrub(s string) string {
	i := 0
	for i < len(s) && (s[i] == '\n' || s[i] == '\t' || ' ' <= s[i] && s[i] < 0x7F) {
		i++
	}
	if i == len(s) {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	out.WriteString(s[:i])
	last, broken := rune(0), false
	if i > 0 {
		last = rune(s[i-1])
	}
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		at := i
		i += size
		if r == utf8.RuneError && size == 1 {
			if !broken {
				out.WriteRune(utf8.RuneError)
				last, broken = utf8.RuneError, true
			}
			continue
		}
		broken = false
		switch {
		case r == '\r':
			if i < len(s) && s[i] == '\n' {
				continue
			}
			r = '\n'
		case r == '\v' || r == '\f' || r == 0x85 || r == 0x2028:
			r = '\n'
		case r == 0x2029:
			out.WriteByte('\n')
			r = '\n'
		case r >= 0x80 && unicode.Is(unicode.Zs, r):
			r = ' '
		case r == zwnj || r == zwj:
			if !joins(last, r, s[i:]) {
				continue
			}
		case 0xE0020 <= r && r <= 0xE007F:
			// Tags make flags of a black flag (UTS #51 section 3.9), and hidden text elsewhere.
			if last != 0x1F3F4 && (last < 0xE0020 || last > 0xE007F) {
				continue
			}
		case isInvisible(r):
			continue
		}
		if size == len(s[at:i]) && r >= ' ' && r < 0x7F {
			out.WriteByte(byte(r))
		} else {
			out.WriteRune(r)
		}
		last = r
	}
	return out.String()
}

const (
	zwnj = '\u200C'
	zwj  = '\u200D'
)

// isInvisible reports characters that no text needs: controls, format characters without a glyph, noncharacters.
func isInvisible(r rune) bool {
	switch {
	case r < ' ':
		return r != '\n' && r != '\t'
	case r < 0x7F:
		return false
	case r < 0xA0, r == 0xAD, r == 0x034F, r == 0x061C, r == 0x115F, r == 0x1160, r == 0x17B4, r == 0x17B5, r == 0x3164, r == 0xFEFF, r == 0xFFA0:
		return true
	case 0x200B <= r && r <= 0x200F, 0x202A <= r && r <= 0x202E, 0x2060 <= r && r <= 0x206F, 0xFDD0 <= r && r <= 0xFDEF, 0xFFF0 <= r && r <= 0xFFFB:
		return true
	}
	return r&0xFFFE == 0xFFFE || r == 0xE0001
}

// joins reports whether a joiner between the last character written and the rest of the text does something there: between two
// characters of a script whose letters join (Unicode Standard section 23.2), behind a virama, or within an emoji sequence.
func joins(last, joiner rune, rest string) bool {
	if isVirama(last) {
		return true
	}
	seen := 0
	for _, r := range rest {
		if seen++; seen > maxJoinerAhead {
			break
		}
		if r == zwnj || r == zwj || isInvisible(r) {
			continue
		}
		if isJoining(last) {
			return isJoining(r)
		}
		return joiner == zwj && isPictograph(last) && isPictograph(r)
	}
	return false
}

// maxJoinerAhead is how many invisible characters may stand between a joiner and what it joins; it keeps a run of joiners
// from being read once for each.
const maxJoinerAhead = 16

// isJoining reports letters and marks of scripts in which joiners choose a letter's form: Arabic, Syriac, Mandaic, N'Ko, the
// Brahmic scripts of India and its neighbours, Khmer, Myanmar, Mongolian.
func isJoining(r rune) bool {
	return (0x0600 <= r && r <= 0x08FF || 0x0900 <= r && r <= 0x0DFF || 0x0F00 <= r && r <= 0x109F || 0x1780 <= r && r <= 0x18AF ||
		0xA8E0 <= r && r <= 0xA9FF || 0xFB50 <= r && r <= 0xFDCF || 0xFE70 <= r && r <= 0xFEFC || 0x11000 <= r && r <= 0x11FFF) &&
		(unicode.IsLetter(r) || unicode.IsMark(r))
}

// isVirama reports the signs that kill an Indic letter's inherent vowel.
func isVirama(r rune) bool {
	switch r {
	case 0x094D, 0x09CD, 0x0A4D, 0x0ACD, 0x0B4D, 0x0BCD, 0x0C4D, 0x0CCD, 0x0D4D, 0x0DCA:
		return true
	}
	return false
}

// isPictograph reports characters that emoji joiner sequences are made of, with variation selector and skin tones.
func isPictograph(r rune) bool {
	return 0x1F000 <= r && r <= 0x1FAFF || 0x2190 <= r && r <= 0x2BFF || r == 0xFE0F || r == 0xA9 || r == 0xAE || 0xE0020 <= r && r <= 0xE007F
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
