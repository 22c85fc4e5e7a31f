package filter

import (
	"unicode"
	"unicode/utf8"
)

// unicodeWordEnd is the end of the word that starts at i under UAX 29, section 4.1, reduced to what
// needs no dictionary: letters and digits stay together (WB5, WB8 to WB10), also across a single
// apostrophe, full stop or colon between letters (WB6, WB7) and a full stop, comma or apostrophe between digits (WB11, WB12);
// underscores join (WB13a); marks stay with their base (WB4). Katakana stays together (WB13); Han and
// Hiragana characters stand alone; runs of Thai, Lao, Burmese and Khmer, for which UAX 29
// asks for a dictionary, are cut as runWidth says. Anything else is a word of one character.
func unicodeWordEnd(text string, i int) int {
	r, size := utf8.DecodeRuneInString(text[i:])
	switch width := runWidth(r); {
	case width == 2:
		return skipMarks(text, i+size)
	case width != 0:
		return runEnd(text, i, width)
	case !isWordRune(r):
		return skipMarks(text, i+size)
	}
	previous := r
	for i += size; i < len(text); {
		r, size = utf8.DecodeRuneInString(text[i:])
		if isWordRune(r) && runWidth(r) == 0 {
			if !unicode.IsMark(r) {
				previous = r
			}
			i += size
			continue
		}
		after, n := utf8.DecodeRuneInString(text[i+size:])
		if n == 0 || runWidth(after) != 0 || !joins(previous, r, after) {
			return i
		}
		i += size
	}
	return i
}

// isWordRune tells what a word is made of: letters, marks, digits and connectors.
func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return class[r]&classAlnum != 0 || r == '_'
	}
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || unicode.Is(unicode.Pc, r)
}

// joins reports whether mid stands inside a word between the characters before and after.
func joins(before, mid, after rune) bool {
	switch mid {
	case '\'', '’', '.', '‘', '․':
		return unicode.IsLetter(before) && unicode.IsLetter(after) || unicode.IsDigit(before) && unicode.IsDigit(after)
	case ':', '·', '‧':
		return unicode.IsLetter(before) && unicode.IsLetter(after)
	case ',', ';', '،', '؍', '٬':
		return unicode.IsDigit(before) && unicode.IsDigit(after)
	}
	return false
}

func skipMarks(text string, i int) int {
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsMark(r) {
			break
		}
		i += size
	}
	return i
}
