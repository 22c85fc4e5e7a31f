package clean

import "unicode/utf8"

// glyphs are counts of a block's characters.
type glyphs struct {
	chars, letters, capitals, digits int32
	commas, ends, symbols, lines     int32
	spaceless                        int32
	lower, stop, colon               bool   // how the text starts and ends
	hash                             uint64 // of the letters, in lower case
	inTitle, ofTitle                 float32
	repeats                          int32
}

// sorts of ASCII characters.
const (
	isOther = iota
	isSpace
	isLower
	isUpper
	isDigit
	isComma
	isEnd
	isSymbol
	isLine
)

// sortOf is the sort of each byte below 0x80.
var sortOf = [utf8.RuneSelf]uint8{
	' ': isSpace, '\t': isSpace, '\n': isLine, ',': isComma, ';': isComma, '.': isEnd, '!': isEnd, '?': isEnd,
	'|': isSymbol, '>': isSymbol, '<': isSymbol, '*': isSymbol, '#': isSymbol, '@': isSymbol, '$': isSymbol, '%': isSymbol, '+': isSymbol, '/': isSymbol, '=': isSymbol, '_': isSymbol, '&': isSymbol, '~': isSymbol,
	'0': isDigit, '1': isDigit, '2': isDigit, '3': isDigit, '4': isDigit, '5': isDigit, '6': isDigit, '7': isDigit, '8': isDigit, '9': isDigit,
	'a': isLower, 'b': isLower, 'c': isLower, 'd': isLower, 'e': isLower, 'f': isLower, 'g': isLower, 'h': isLower, 'i': isLower, 'j': isLower, 'k': isLower, 'l': isLower, 'm': isLower,
	'n': isLower, 'o': isLower, 'p': isLower, 'q': isLower, 'r': isLower, 's': isLower, 't': isLower, 'u': isLower, 'v': isLower, 'w': isLower, 'x': isLower, 'y': isLower, 'z': isLower,
	'A': isUpper, 'B': isUpper, 'C': isUpper, 'D': isUpper, 'E': isUpper, 'F': isUpper, 'G': isUpper, 'H': isUpper, 'I': isUpper, 'J': isUpper, 'K': isUpper, 'L': isUpper, 'M': isUpper,
	'N': isUpper, 'O': isUpper, 'P': isUpper, 'Q': isUpper, 'R': isUpper, 'S': isUpper, 'T': isUpper, 'U': isUpper, 'V': isUpper, 'W': isUpper, 'X': isUpper, 'Y': isUpper, 'Z': isUpper,
}

// readGlyphs counts the characters of a text.
func readGlyphs(text []byte) (g glyphs) {
	first, last := uint8(isOther), rune(0)
	g.hash = 14695981039346656037
	for i := 0; i < len(text); {
		c := text[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRune(text[i:])
			i += size
			g.chars++
			g.wide(r)
			g.hash = (g.hash ^ uint64(r)) * 1099511628211
			last = r
			continue
		}
		i++
		sort := sortOf[c]
		if sort == isSpace {
			continue
		}
		g.chars++
		last = rune(c)
		switch sort {
		case isLower:
			g.letters++
			g.hash = (g.hash ^ uint64(c)) * 1099511628211
		case isUpper:
			g.letters++
			g.capitals++
			g.hash = (g.hash ^ uint64(c|0x20)) * 1099511628211
		case isDigit:
			g.digits++
		case isComma:
			g.commas++
		case isEnd:
			// A stop ends a sentence where white space follows: not within 3.14 or example.org.
			if i == len(text) || text[i] <= ' ' || text[i] == '"' || text[i] == '\'' || text[i] == ')' || text[i] == 0xE2 {
				g.ends++
			}
		case isSymbol:
			g.symbols++
		case isLine:
			g.lines++
		}
		if first == isOther && sort >= isLower && g.chars == 1 {
			first = sort
		}
	}
	g.lower = first == isLower
	switch last {
	case '.', '!', '?', '"', ')', '”', '»', '。', '！', '？', '…', '」', '』':
		g.stop = true
	case ':', '：':
		g.colon = true
	}
	return g
}

// wide counts a character beyond ASCII.
func (g *glyphs) wide(r rune) {
	switch r {
	case '，', '、', '；', '،', '؛':
		g.commas++
	case '。', '！', '？', '…', '؟', '।', '．':
		g.ends++
	case '©', '®', '•', '·', '»', '«', '›', '‹', '→', '←', '▶', '►', '|', '｜', '★', '☆', '€', '£', '¥', '™':
		g.symbols++
	default:
		g.letters++
	}
	if isSpaceless(r) {
		g.spaceless++
	}
}
