package pretoken

import (
	"unicode"
	"unicode/utf8"
)

// class is a set of the character classes that the patterns ask about.
type class uint8

const (
	letter  class = 1 << iota // \p{L}
	number                    // \p{N}
	space                     // \s, Unicode White_Space
	newline                   // \r and \n; these are space as well
	upper                     // [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]
	lower                     // [\p{Ll}\p{Lm}\p{Lo}\p{M}]; upper and lower together are [\p{L}\p{M}]
	sign                      // [\p{P}\p{S}]
	kana                      // [一-龥぀-ゟ゠-ヿ], which deepseek-v3 keeps apart
)

// runeStride is every step-th code point from lo to hi.
type runeStride struct{ lo, hi, step rune }

// classStrides are characters that have a class.
type classStrides struct {
	class   class
	strides []runeStride
}

// ownStrides are the classes that code points alone define.
var ownStrides = [...]classStrides{
	{newline, []runeStride{{'\n', '\n', 1}, {'\r', '\r', 1}}},
	{kana, []runeStride{{0x4E00, 0x9FA5, 1}, {0x3040, 0x309F, 1}, {0x30A0, 0x30FF, 1}}},
}

const (
	firstAstral = 0x10000 // the first code point of four bytes
	astralPages = (unicode.MaxRune + 1 - firstAstral) >> 8
)

// classTable maps a code point to its classes: directly where it has up to three bytes of UTF-8, in two
// steps above, by pages of 256 code points, most of which are shared.
type classTable struct {
	bmp    [firstAstral]class
	page   [astralPages]uint16
	astral [][256]class
}

// classes is never changed after the package is initialised.
var classes = newClassTable()

// newClassTable builds the table of Unicode 16.0, the version that tiktoken and Hugging Face's tokenizers use, from
// the strides that unicodegen has written. This takes about 0.2 ms when the program starts.
func newClassTable() *classTable {
	t := &classTable{astral: make([][256]class, 1, 256)} // page 0: no class at all
	t.addAll(unicodeStrides[:])
	t.addAll(ownStrides[:])
	return t
}

// addAll adds classes to characters. No character of four bytes has classes of two lists, so that a page of
// which all have one class can be shared.
func (t *classTable) addAll(list []classStrides) {
	for _, l := range list {
		full := uint16(0) // the page of which every character has this class
		for _, s := range l.strides {
			if s.hi < firstAstral {
				t.addLow(s, l.class)
				continue
			}
			for r := s.lo; r <= s.hi; r += s.step {
				p := &t.page[(r-firstAstral)>>8]
				switch {
				case r&0xff == 0 && s.step == 1 && r+0xff <= s.hi:
					if full == 0 {
						full = t.newPage()
						for i := range t.astral[full] {
							t.astral[full][i] = l.class
						}
					}
					*p = full
					r += 0xff
					continue
				case *p == 0:
					*p = t.newPage()
				}
				t.astral[*p][r&0xff] |= l.class
			}
		}
	}
}

// addLow adds a class to characters below firstAstral.
func (t *classTable) addLow(s runeStride, c class) {
	if s.step == 1 {
		low := t.bmp[s.lo : s.hi+1]
		for i := range low {
			low[i] |= c
		}
		return
	}
	for r := s.lo; r <= s.hi; r += s.step {
		t.bmp[r] |= c
	}
}

func (t *classTable) newPage() uint16 {
	t.astral = append(t.astral, [256]class{})
	return uint16(len(t.astral) - 1)
}

// of returns the classes of a code point.
func (t *classTable) of(r rune) class {
	if r < firstAstral {
		return t.bmp[uint16(r)]
	}
	return t.astral[t.page[(r-firstAstral)>>8]][r&0xff]
}

// at returns the classes of the character that starts at text[i] and the number of its bytes. A byte
// that is not part of valid UTF-8 is a character of one byte with the classes of U+FFFD.
// At the end of the text both are 0.
func (t *classTable) at(text string, i int) (class, int) {
	if i < len(text) && text[i] < utf8.RuneSelf {
		return t.bmp[text[i]], 1
	}
	return t.wide(text, i)
}

// wide is at for any character, and meant for those of more than one byte.
func (t *classTable) wide(text string, i int) (class, int) {
	if i >= len(text) {
		return 0, 0
	}
	b := text[i]
	if i+2 < len(text) && 0xC2 <= b && b < 0xF0 && text[i+1]&0xC0 == 0x80 {
		if b < 0xE0 {
			return t.bmp[uint16(b&0x1F)<<6|uint16(text[i+1]&0x3F)], 2
		}
		r := uint16(b)<<12 | uint16(text[i+1]&0x3F)<<6 | uint16(text[i+2]&0x3F)
		if text[i+2]&0xC0 == 0x80 && r >= 0x800 && r&0xF800 != 0xD800 {
			return t.bmp[r], 3
		}
	}
	r, n := utf8.DecodeRuneInString(text[i:])
	return t.of(r), n
}
