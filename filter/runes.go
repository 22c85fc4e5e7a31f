package filter

import (
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

func trimSpace(s string) string { return strings.TrimFunc(s, isSpace) }

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
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case b > 0x1e && b < utf8.RuneSelf:
		case b == '\r' && i+1 < len(text) && text[i+1] == '\n':
			return text[:i], text[i+2:]
		case b >= '\n' && b <= '\r', b >= 0x1c && b <= 0x1e:
			return text[:i], text[i+1:]
		case b == 0xc2 && strings.HasPrefix(text[i:], "\u0085"):
			return text[:i], text[i+2:]
		case b == 0xe2 && (strings.HasPrefix(text[i:], "\u2028") || strings.HasPrefix(text[i:], "\u2029")):
			return text[:i], text[i+3:]
		}
	}
	return text, ""
}

// ratio is a/b, and 0 where there is nothing to divide by.
func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
