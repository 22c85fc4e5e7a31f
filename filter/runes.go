package filter

import (
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf8"
)

// isSpace tells white space as Python's str.strip and str.split see it: Unicode White_Space
// and the four information separators U+001C to U+001F.
func isSpace(r rune) bool {
	if r < utf8.RuneSelf {
		return r == ' ' || r >= '\t' && r <= '\r' || r >= 0x1c && r <= 0x1f
	}
	return unicode.IsSpace(r)
}

// trimSpace is Python's str.strip.
func trimSpace(s string) string {
	if s != "" && isVisible(s[0]) && isVisible(s[len(s)-1]) {
		return s
	}
	return strings.TrimFunc(s, isSpace)
}

// isVisible tells ASCII bytes above the control characters and the space.
func isVisible(b byte) bool { return b-0x21 < 0x7f-0x21 }

// symbols are the characters of which a word may consist without counting as a word: the punctuation
// list of CCNet, which datatrove uses too, and every sentence terminal. It is a closed list, not
// a Unicode category: a bullet (U+2022) is not in it, the full-width digit one is.
var symbols = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x00, 0x08, 1}, {0x0b, 0x1f, 1}, {'!', '/', 1}, {':', '@', 1}, {'[', '`', 1}, {'{', '~', 1},
		{0x7f, 0x9f, 1}, {0xab, 0xab, 1}, {0xb4, 0xb4, 1}, {0xbb, 0xbb, 1}, {0x2013, 0x2014, 1}, {0x2019, 0x2019, 1},
		{0x201c, 0x201e, 1}, {0x2026, 0x2026, 1}, {0x2236, 0x2236, 1}, {0x2501, 0x2501, 1}, {0x25ba, 0x25ba, 1},
		{0x3001, 0x3002, 1}, {0x3008, 0x300d, 1}, {0x3010, 0x3011, 1}, {0xff01, 0xff01, 1}, {0xff05, 0xff05, 1},
		{0xff08, 0xff09, 1}, {0xff0c, 0xff0c, 1}, {0xff0e, 0xff0e, 1}, {0xff11, 0xff11, 1}, {0xff1a, 0xff1b, 1},
		{0xff1f, 0xff1f, 1}, {0xff5e, 0xff5e, 1},
	},
	LatinOffset: 10,
}

// isSymbol reports whether r belongs to the punctuation that does not make a word.
func isSymbol(r rune) bool { return unicode.Is(symbols, r) || isTerminal(r) }

// isTerminal reports whether r ends a sentence: Unicode's Sentence_Terminal and the five Khmer signs
// that spaCy and datatrove add to it.
func isTerminal(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '.' || r == '!' || r == '?'
	}
	return r >= 0x17d4 && r <= 0x17d6 || r == 0x17d9 || r == 0x17da || unicode.Is(unicode.Sentence_Terminal, r)
}

// nextLine cuts the first line from text at the line boundaries of Python's str.splitlines:
// \n, \r, \r\n, \v, \f, U+001C to U+001E, U+0085, U+2028 and U+2029.
// A boundary at the very end opens no further line.
func nextLine(text string) (line, rest string) {
	b := bytesOf(text)
	for i := 0; i < len(b); i++ {
		for i+8 <= len(b) && !mayBreak(binary.LittleEndian.Uint64(b[i:])) {
			i += 8
		}
		if i == len(b) {
			break
		}
		if n := breakLen(text, i); n > 0 {
			return text[:i], text[i+n:]
		}
	}
	return text, ""
}

// mayBreak reports whether one of eight bytes is below 0x20 or may start U+0085, U+2028 or U+2029.
func mayBreak(x uint64) bool {
	const (
		c2 = 0xc2 * lowOnes
		e2 = 0xe2 * lowOnes
	)
	return ((x-0x20*lowOnes)&^x|((x^c2)-lowOnes)&^(x^c2)|((x^e2)-lowOnes)&^(x^e2))&highBits != 0
}

// breakLen is the length of the line boundary at i, 0 where none is.
func breakLen(text string, i int) int {
	switch b := text[i]; {
	case b > 0x1e && b < utf8.RuneSelf:
	case b == '\r' && i+1 < len(text) && text[i+1] == '\n':
		return 2
	case b >= '\n' && b <= '\r', b >= 0x1c && b <= 0x1e:
		return 1
	case b == 0xc2 && strings.HasPrefix(text[i:], "\u0085"):
		return 2
	case b == 0xe2 && (strings.HasPrefix(text[i:], "\u2028") || strings.HasPrefix(text[i:], "\u2029")):
		return 3
	}
	return 0
}

// ratio is a/b, and 0 where there is nothing to divide by.
func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
