package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// scrub replaces what is not UTF-8, maps spaces and line ends, and removes what must not stay.
func scrub(s string) string {
	n, last := ordinary(s)
	if n == len(s) {
		return s
	}
	var w scrubber
	w.out.Grow(len(s))
	for s != "" {
		if n > 0 {
			w.out.WriteString(s[:n])
			w.last, w.base, w.virama = last, last, false
			s = s[n:]
		}
		if s != "" {
			r, size := utf8.DecodeRuneInString(s)
			s = s[size:]
			w.write(r, s)
		}
		n, last = ordinary(s)
	}
	return w.out.String()
}

// ordinary returns the length of the longest start of s that scrub leaves alone and that holds no marks, and its last character:
// printable ASCII and ordinary ones.
func ordinary(s string) (n int, last rune) {
	for n < len(s) {
		if c := s[n]; c < utf8.RuneSelf {
			if (c < ' ' || c == 0x7F) && c != '\n' && c != '\t' {
				break
			}
			last = rune(c)
			n++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[n:])
		if !isOrdinary(r) {
			break
		}
		last = r
		n += size
	}
	return n, last
}

// isOrdinary reports characters beyond ASCII that Normalise leaves as they are wherever they stand: letters of the scripts with the most text, and common
// punctuation. None is a mark, has a decomposition that NFC keeps apart, or composes with another one of them.
func isOrdinary(r rune) bool {
	switch {
	case r < 0x300:
		return r >= 0xA1 && r != 0xAD
	case r < 0x1000:
		return r == 0x386 || 0x388 <= r && r <= 0x481
	case r < 0x3000:
		return 0x2010 <= r && r <= 0x2027 || 0x2030 <= r && r <= 0x205E || 0x20A0 <= r && r <= 0x20BF
	case r < 0x3100:
		return 0x3001 <= r && r <= 0x3029 || 0x3041 <= r && r <= 0x3096 || 0x30A1 <= r && r <= 0x30FE
	}
	return 0x4E00 <= r && r <= 0x9FFF || 0xAC00 <= r && r <= 0xD7A3 || 0xFF01 <= r && r <= 0xFF5E
}

// scrubber is the state of scrub.
type scrubber struct {
	out  strings.Builder
	last rune // the last character written, 0 at first
	// base is the last character written that is no nonspacing mark, virama whether a virama stands among the marks behind it:
	// what a joiner does must not depend on the order of marks, which NFC changes.
	base   rune
	virama bool
}

// write writes what becomes of a character, behind which rest follows.
func (w *scrubber) write(r rune, rest string) {
	switch {
	case r == utf8.RuneError && w.last == utf8.RuneError:
		return
	case r == '\r' && strings.HasPrefix(rest, "\n"):
		return
	case r == '\r' || r == '\v' || r == '\f' || r == 0x85 || r == 0x2028:
		r = '\n'
	case r == 0x2029:
		w.out.WriteByte('\n')
		r = '\n'
	case r >= 0x80 && unicode.Is(unicode.Zs, r):
		r = ' '
	case r == zwnj || r == zwj:
		if w.last == zwnj || w.last == zwj || !w.virama && !joins(w.base, r, rest) {
			return
		}
	case 0xE0020 <= r && r <= 0xE007F:
		// Tags make flags of a black flag (UTS #51 section 3.9), and hidden text elsewhere.
		if w.last != 0x1F3F4 && (w.last < 0xE0020 || w.last > 0xE007F) {
			return
		}
	case isInvisible(r):
		return
	}
	w.out.WriteRune(r)
	w.last = r
	switch {
	case r < 0x300 || !unicode.Is(unicode.Mn, r):
		w.base, w.virama = r, false
	case isVirama(r):
		w.virama = true
	}
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

// joins reports whether a joiner between a character and the rest of the text does something there: between two
// characters of a script whose letters join (Unicode Standard section 23.2), or within an emoji sequence (UTS #51 section 2.3).
// Nonspacing marks are looked through.
func joins(base, joiner rune, rest string) bool {
	seen := 0
	for _, r := range rest {
		if seen++; seen > maxJoinerAhead {
			break
		}
		switch {
		case r == '\v' || r == '\f' || r == '\r' || r == 0x85:
			return false // line ends
		case r == zwnj || r == zwj || 0xE0020 <= r && r <= 0xE007F || isInvisible(r):
			continue // none of them is written behind a joiner
		case unicode.Is(unicode.Mn, r):
			continue
		case isJoining(base):
			return isJoining(r)
		}
		return joiner == zwj && isPictograph(base) && isPictograph(r)
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

// isPictograph reports characters that emoji joiner sequences are made of.
func isPictograph(r rune) bool {
	return 0x1F000 <= r && r <= 0x1FAFF || 0x2190 <= r && r <= 0x2BFF || r == 0xA9 || r == 0xAE
}
