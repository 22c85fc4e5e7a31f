package tokenize

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
	lower                     // [\p{Ll}\p{Lm}\p{Lo}\p{M}]
)

// classTable maps a code point to its classes in two steps: pages of 256 code points, most of
// which are shared.
type classTable struct {
	page    [(unicode.MaxRune + 1) >> 8]uint16
	classes [][256]class
}

// classes is never changed after the package is initialised.
var classes = newClassTable()

// newClassTable builds the table of Unicode 16.0, the version that tiktoken and Hugging Face's
// tokenizers use, from Go's tables of Unicode 15.0 and what came since.
func newClassTable() *classTable {
	t := &classTable{classes: make([][256]class, 1, 320)} // page 0 of classes: no class at all
	for _, c := range []struct {
		table *unicode.RangeTable
		class class
	}{
		{unicode.Lu, letter | upper},
		{unicode.Lt, letter | upper},
		{unicode.Ll, letter | lower},
		{unicode.Lm, letter | upper | lower},
		{unicode.Lo, letter | upper | lower},
		{unicode.M, upper | lower},
		{unicode.N, number},
		{unicode.White_Space, space},
	} {
		for _, r := range c.table.R16 {
			t.add(rune(r.Lo), rune(r.Hi), rune(r.Stride), c.class)
		}
		for _, r := range c.table.R32 {
			t.add(rune(r.Lo), rune(r.Hi), rune(r.Stride), c.class)
		}
	}
	for _, r := range sinceUnicode15 {
		t.add(r.lo, r.hi, 1, r.class)
	}
	t.add('\n', '\n', 1, newline)
	t.add('\r', '\r', 1, newline)
	return t
}

func (t *classTable) add(lo, hi, stride rune, c class) {
	for r := lo; r <= hi; r += stride {
		p := &t.page[r>>8]
		if *p == 0 {
			*p = uint16(len(t.classes))
			t.classes = append(t.classes, [256]class{})
		}
		t.classes[*p][r&0xff] |= c
	}
}

// at returns the classes of the character that starts at text[i] and the number of its bytes. A byte
// that is not part of valid UTF-8 is a character of one byte without a class, as U+FFFD is.
// At the end of the text both are 0.
func (t *classTable) at(text string, i int) (class, int) {
	if i >= len(text) {
		return 0, 0
	}
	if b := text[i]; b < utf8.RuneSelf {
		return t.classes[t.page[0]][b], 1
	}
	r, n := utf8.DecodeRuneInString(text[i:])
	return t.classes[t.page[r>>8]][r&0xff], n
}
