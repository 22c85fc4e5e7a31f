package filter

import (
	"unicode"
	"unicode/utf8"
)

// wordBreak is a value of the Word_Break property of UAX 29, section 4.1.
type wordBreak uint8

const (
	breakOther       wordBreak = iota
	breakLetter                // ALetter
	breakHebrew                // Hebrew_Letter
	breakNumber                // Numeric
	breakKatakana              // Katakana
	breakConnector             // ExtendNumLet
	breakExtend                // Extend, Format and ZWJ, which stay with what is before them
	breakFlag                  // Regional_Indicator
	breakMidLetter             // inside a word between letters
	breakMidNumber             // between digits: MidNum
	breakMidBoth               // between either: MidNumLet
	breakSingleQuote           // as breakMidBoth, and behind a Hebrew letter
	breakDoubleQuote           // between Hebrew letters
	breakSpace                 // white space, of which no word is made
)

const zeroWidthJoiner = '\u200d'

// unicodeWordEnd is the end of the word that starts at i, which is not white space, under the rules of UAX 29, section 4.1.1.
// White space always ends a word, also a narrow no-break space, and before combining marks. Thai, Lao, Burmese and
// Khmer, for which UAX 29 asks for a dictionary, are cut as runWidth says.
func unicodeWordEnd(text string, i int) int {
	last, size := utf8.DecodeRuneInString(text[i:])
	if runWidth(last) == 4 {
		return extendEnd(text, runEnd(text, i, 4))
	}
	before := wordBreakOf(last)
	paired := false  // the regional indicator before is the second of two
	between := false // the character before stands between two, the second of which comes now
	for i += size; i < len(text); i += size {
		var r rune
		r, size = utf8.DecodeRuneInString(text[i:])
		next := wordBreakOf(r)
		if next == breakExtend { // WB4
			last = r
			continue
		}
		switch {
		case between:
			between = false
		case last == zeroWidthJoiner && isPictographic(r): // WB3c
		case before == breakFlag && next == breakFlag && !paired: // WB15, WB16
			paired = true
		case holdTogether(before, next):
		case stands(before, next, breakBehind(text, i+size)):
			between = true
		case before == breakHebrew && next == breakSingleQuote: // WB7a
		default:
			return i
		}
		before, last = next, r
	}
	return i
}

// breakBehind is the class of the first character from i that is not taken into the one before it.
func breakBehind(text string, i int) wordBreak {
	r, size := utf8.DecodeRuneInString(text[extendEnd(text, i):])
	if size == 0 {
		return breakSpace
	}
	return wordBreakOf(r)
}

// extendEnd is the end of the characters at i that stay with what is before them.
func extendEnd(text string, i int) int {
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		if wordBreakOf(r) != breakExtend {
			break
		}
		i += size
	}
	return i
}

// holdTogether reports whether no word ends between two neighbours: rules WB5, WB8 to WB10, WB13, WB13a and WB13b.
func holdTogether(a, b wordBreak) bool {
	letterLike := func(w wordBreak) bool { return w == breakLetter || w == breakHebrew || w == breakNumber }
	switch {
	case letterLike(a):
		return letterLike(b) || b == breakConnector
	case a == breakKatakana:
		return b == breakKatakana || b == breakConnector
	case a == breakConnector:
		return letterLike(b) || b == breakKatakana || b == breakConnector
	}
	return false
}

// stands reports whether mid stands inside a word between two neighbours: rules WB6, WB7, WB7b, WB7c, WB11 and WB12.
func stands(before, mid, after wordBreak) bool {
	letters := (before == breakLetter || before == breakHebrew) && (after == breakLetter || after == breakHebrew)
	numbers := before == breakNumber && after == breakNumber
	switch mid {
	case breakMidBoth, breakSingleQuote:
		return letters || numbers
	case breakMidLetter:
		return letters
	case breakMidNumber:
		return numbers
	case breakDoubleQuote:
		return before == breakHebrew && after == breakHebrew
	}
	return false
}

// asciiBreaks is wordBreakOf for ASCII.
var asciiBreaks = func() (t [utf8.RuneSelf]wordBreak) {
	for b := range t {
		switch c := class[b]; {
		case c&classSpace != 0:
			t[b] = breakSpace
		case c&classAlpha != 0:
			t[b] = breakLetter
		case c&classDigit != 0:
			t[b] = breakNumber
		}
	}
	t['_'], t['\''], t['"'], t['.'], t[':'], t[','], t[';'] = breakConnector, breakSingleQuote, breakDoubleQuote, breakMidBoth, breakMidLetter, breakMidNumber, breakMidNumber
	return t
}()

// wordBreakOf is the class of a character, by the table of UAX 29, section 4.1, over the Unicode data of package unicode.
func wordBreakOf(r rune) wordBreak {
	if r < utf8.RuneSelf {
		return asciiBreaks[r]
	}
	switch runWidth(r) {
	case -1:
		if r == 0xff9e || r == 0xff9f { // half-width voicing marks
			return breakExtend
		}
		return breakKatakana
	case 4:
		if unicode.IsMark(r) {
			return breakExtend
		}
		return breakOther
	case 2:
		if r != 0x3005 { // 々
			return wordBreakOfHan(r)
		}
		return breakLetter
	}
	switch r {
	case 0xb7, 0x387, 0x55f, 0x5f4, 0x2027, 0xfe13, 0xfe55, 0xff1a:
		return breakMidLetter
	case 0x2018, 0x2019, 0x2024, 0xfe52, 0xff07, 0xff0e:
		return breakMidBoth
	case 0x37e, 0x589, 0x60c, 0x60d, 0x66c, 0x7f8, 0x2044, 0xfe10, 0xfe14, 0xfe50, 0xfe54, 0xff0c, 0xff1b:
		return breakMidNumber
	case 0x3031, 0x3032, 0x3033, 0x3034, 0x3035, 0x309b, 0x309c, 0x30a0:
		return breakKatakana
	case 0x200b:
		return breakOther
	case 0x66b:
		return breakNumber
	}
	return wordBreakByCategory(r)
}

// wordBreakOfHan is the class of a character that runWidth counts among Han and Hiragana: each stands alone, but for marks.
func wordBreakOfHan(r rune) wordBreak {
	switch {
	case r == 0x309b || r == 0x309c:
		return breakKatakana
	case r == 0x3099 || r == 0x309a || unicode.IsMark(r):
		return breakExtend
	}
	return breakOther
}

func wordBreakByCategory(r rune) wordBreak {
	switch {
	case unicode.IsSpace(r):
		return breakSpace
	case r >= 0x1f1e6 && r <= 0x1f1ff:
		return breakFlag
	case unicode.IsMark(r), r >= 0x1f3fb && r <= 0x1f3ff, unicode.Is(unicode.Cf, r), unicode.Is(unicode.Other_Grapheme_Extend, r):
		return breakExtend
	case unicode.IsDigit(r):
		return breakNumber
	case unicode.Is(unicode.Pc, r):
		return breakConnector
	case unicode.Is(unicode.Katakana, r):
		return breakKatakana
	case unicode.IsLetter(r), unicode.Is(unicode.Nl, r), unicode.Is(unicode.Other_Alphabetic, r):
		switch {
		case unicode.Is(unicode.Hebrew, r) && unicode.Is(unicode.Lo, r):
			return breakHebrew
		case unicode.Is(unicode.Hiragana, r), unicode.Is(unicode.Ideographic, r), unicode.In(r, unicode.Myanmar, unicode.Tai_Le, unicode.New_Tai_Lue, unicode.Tai_Tham, unicode.Tai_Viet, unicode.Ahom):
			return breakOther
		}
		return breakLetter
	case unicode.Is(letterSigns, r):
		return breakLetter
	}
	return breakOther
}

// letterSigns are the characters that UAX 29 adds to the letters.
var letterSigns = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x02c2, 0x02c5, 1}, {0x02d2, 0x02d7, 1}, {0x02de, 0x02df, 1}, {0x02e5, 0x02eb, 1}, {0x02ed, 0x02ed, 1}, {0x02ef, 0x02ff, 1},
		{0x055a, 0x055c, 1}, {0x055e, 0x055e, 1}, {0x058a, 0x058a, 1}, {0x05f3, 0x05f3, 1}, {0x070f, 0x070f, 1},
		{0xa708, 0xa716, 1}, {0xa720, 0xa721, 1}, {0xa789, 0xa78a, 1}, {0xab5b, 0xab5b, 1},
	},
}

// isPictographic tells Extended_Pictographic of UTS 51, in whose blocks characters not assigned yet are reserved for it.
func isPictographic(r rune) bool { return unicode.Is(pictographs, r) }

var pictographs = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0xa9, 0xa9, 1}, {0xae, 0xae, 1}, {0x203c, 0x203c, 1}, {0x2049, 0x2049, 1}, {0x2122, 0x2122, 1}, {0x2139, 0x2139, 1},
		{0x2194, 0x2199, 1}, {0x21a9, 0x21aa, 1}, {0x231a, 0x231b, 1}, {0x2328, 0x2328, 1}, {0x2388, 0x2388, 1}, {0x23cf, 0x23cf, 1},
		{0x23e9, 0x23f3, 1}, {0x23f8, 0x23fa, 1}, {0x24c2, 0x24c2, 1}, {0x25aa, 0x25ab, 1}, {0x25b6, 0x25b6, 1}, {0x25c0, 0x25c0, 1},
		{0x25fb, 0x25fe, 1}, {0x2600, 0x2605, 1}, {0x2607, 0x2612, 1}, {0x2614, 0x2685, 1}, {0x2690, 0x2705, 1}, {0x2708, 0x2712, 1},
		{0x2714, 0x2714, 1}, {0x2716, 0x2716, 1}, {0x271d, 0x271d, 1}, {0x2721, 0x2721, 1}, {0x2728, 0x2728, 1}, {0x2733, 0x2734, 1},
		{0x2744, 0x2744, 1}, {0x2747, 0x2747, 1}, {0x274c, 0x274c, 1}, {0x274e, 0x274e, 1}, {0x2753, 0x2755, 1}, {0x2757, 0x2757, 1},
		{0x2763, 0x2767, 1}, {0x2795, 0x2797, 1}, {0x27a1, 0x27a1, 1}, {0x27b0, 0x27b0, 1}, {0x27bf, 0x27bf, 1}, {0x2934, 0x2935, 1},
		{0x2b05, 0x2b07, 1}, {0x2b1b, 0x2b1c, 1}, {0x2b50, 0x2b50, 1}, {0x2b55, 0x2b55, 1}, {0x3030, 0x3030, 1}, {0x303d, 0x303d, 1},
		{0x3297, 0x3297, 1}, {0x3299, 0x3299, 1},
	},
	R32: []unicode.Range32{
		{0x1f000, 0x1f0ff, 1}, {0x1f10d, 0x1f10f, 1}, {0x1f12f, 0x1f12f, 1}, {0x1f16c, 0x1f171, 1}, {0x1f17e, 0x1f17f, 1}, {0x1f18e, 0x1f18e, 1},
		{0x1f191, 0x1f19a, 1}, {0x1f1ad, 0x1f1e5, 1}, {0x1f201, 0x1f20f, 1}, {0x1f21a, 0x1f21a, 1}, {0x1f22f, 0x1f22f, 1}, {0x1f232, 0x1f23a, 1},
		{0x1f23c, 0x1f23f, 1}, {0x1f249, 0x1f3fa, 1}, {0x1f400, 0x1f53d, 1}, {0x1f546, 0x1f64f, 1}, {0x1f680, 0x1f6ff, 1}, {0x1f774, 0x1f77f, 1},
		{0x1f7d5, 0x1f7ff, 1}, {0x1f80c, 0x1f80f, 1}, {0x1f848, 0x1f84f, 1}, {0x1f85a, 0x1f85f, 1}, {0x1f888, 0x1f88f, 1}, {0x1f8ae, 0x1f8ff, 1},
		{0x1f90c, 0x1f93a, 1}, {0x1f93c, 0x1f945, 1}, {0x1f947, 0x1faff, 1}, {0x1fc00, 0x1fffd, 1},
	},
	LatinOffset: 2,
}
