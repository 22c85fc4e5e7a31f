package dedup

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lowered appends the text in lower case as Python's str.lower does: rune by rune, but for the two that the Unicode Standard (section 3.13
// and SpecialCasing.txt) makes more of. A capital I with a dot keeps the dot as a mark, and a capital sigma at the end of a word is a final one.
func lowered(b []byte, text string) []byte {
	cased := false // the last rune that does not count as none is a letter that has cases
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		i += size
		switch {
		case r < utf8.RuneSelf:
			b = append(b, LowerASCII(byte(r)))
		case r == 'Σ' && cased && !beginsCased(text[i:]):
			b = append(b, "ς"...)
		case r == 'İ':
			b = append(b, "i\u0307"...)
		default:
			b = utf8.AppendRune(b, unicode.ToLower(r))
		}
		if !isCaseIgnorable(r) {
			cased = isCased(r)
		}
	}
	return b
}

// beginsCased reports whether the first rune that counts has cases.
func beginsCased(text string) bool {
	for _, r := range text {
		if !isCaseIgnorable(r) {
			return isCased(r)
		}
	}
	return false
}

// isCased is the Unicode Standard's definition D135.
func isCased(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	return unicode.In(r, unicode.Ll, unicode.Lu, unicode.Lt, unicode.Other_Lowercase, unicode.Other_Uppercase)
}

// isCaseIgnorable is its definition D136: marks, format characters, modifiers, and the punctuation that stands within words
// (MidLetter, MidNumLet and Single_Quote of UAX 29).
func isCaseIgnorable(r rune) bool {
	if r < utf8.RuneSelf {
		return strings.IndexByte("'.:^`", byte(r)) >= 0
	}
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) ||
		strings.ContainsRune("·\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a", r)
}
