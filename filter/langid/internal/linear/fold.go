package linear

import (
	"sync"
	"unicode"
)

const (
	// edge stands for the beginning and the end of a word.
	edge = 1
	// foreign stands for every letter of a script that none of the labelled languages is written in.
	foreign = 0xFFFE
	// wideMark is set on characters that are words by themselves: Han, Hiragana, Katakana.
	wideMark = 1 << 31
	// capitalMark is set on capital letters, combiningMark on combining marks; neither is a part of what is hashed.
	capitalMark   = 1 << 30
	combiningMark = 1 << 29
)

// scripts are those of the labelled languages.
func scripts() []*unicode.RangeTable {
	return []*unicode.RangeTable{
		unicode.Latin, unicode.Cyrillic, unicode.Arabic, unicode.Greek, unicode.Hebrew, unicode.Devanagari, unicode.Armenian, unicode.Bengali,
		unicode.Georgian, unicode.Gujarati, unicode.Gurmukhi, unicode.Tamil, unicode.Telugu, unicode.Thai, unicode.Hangul,
		unicode.Han, unicode.Hiragana, unicode.Katakana,
	}
}

// foldPlain is what a character counts as: 0 what is no part of a word, foreign, else its small letter, with capitalMark if it was none, with
// combiningMark if it is no letter but goes with one, and with wideMark where it is a word by itself.
func foldPlain(r rune) uint32 {
	if !unicode.IsLetter(r) && !unicode.IsMark(r) {
		return 0
	}
	if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) {
		return uint32(r) | wideMark
	}
	if unicode.IsMark(r) {
		return uint32(r) | combiningMark
	}
	if unicode.In(r, scripts()...) || unicode.Is(unicode.Common, r) {
		if small := unicode.ToLower(r); small != r {
			return uint32(small) | capitalMark
		}
		return uint32(r)
	}
	return foreign
}

// folds is foldPlain of the characters below 0x10000, in 256 kB.
var folds = sync.OnceValue(func() *[0x10000]uint32 {
	var t [0x10000]uint32
	for r := range t {
		t[r] = foldPlain(rune(r))
	}
	return &t
})

// fold is foldPlain.
func fold(table *[0x10000]uint32, r rune) uint32 {
	if uint32(r) < 0x10000 {
		return table[r]
	}
	return foldPlain(r)
}
