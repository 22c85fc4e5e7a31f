package filter

import (
	"strings"
	"unicode/utf8"
)

// phrases are what the c4 rules look for, but for those that hold the word cookie, which stands for all of them.
var phrases = [...]string{"lorem ipsum", "javascript", "terms of use", "privacy policy", "cookie"}

// phraseWindow is the length of the shortest phrase.
const phraseWindow = len("cookie")

// phraseShifts says, by the last two bytes of a window, how far the window may move on before it can be the start of a phrase
// (Wu and Manber 1994, "A fast algorithm for multi-pattern searching", with blocks of two bytes); 0 where it may be one now.
// The low five bits of a byte tell letters apart and are the same for a capital and its small letter.
var phraseShifts = func() (shifts [1 << 10]uint8) {
	for i := range shifts {
		shifts[i] = uint8(phraseWindow - 1)
	}
	for _, phrase := range phrases {
		for end := 2; end <= phraseWindow; end++ {
			shift := &shifts[phraseBlock(phrase[end-2], phrase[end-1])]
			*shift = min(*shift, uint8(phraseWindow-end))
		}
	}
	return shifts
}()

func phraseBlock(a, b byte) int { return int(a&31)<<5 | int(b&31) }

// holdsPhrase reports whether the text holds one of the phrases in any letter case; it may be wrong only where the text holds the
// Kelvin sign, whose small letter is k: then it always says so.
func holdsPhrase(text string) bool {
	for end := phraseWindow; end <= len(text); {
		shift := phraseShifts[phraseBlock(text[end-2], text[end-1])]
		if shift != 0 {
			end += int(shift)
			continue
		}
		if startsPhrase(text[end-phraseWindow:]) {
			return true
		}
		end++
	}
	return strings.Contains(text, "\u212a")
}

// startsPhrase reports whether a phrase in any letter case is at the start of s.
func startsPhrase(s string) bool {
	for _, phrase := range phrases {
		if len(s) >= len(phrase) && equalFoldASCII(s[:len(phrase)], phrase) {
			return true
		}
	}
	return false
}

// equalFoldASCII reports whether s is the lower-case phrase in any letter case.
func equalFoldASCII(s, phrase string) bool {
	for i := range len(phrase) {
		c := s[i]
		if c-'A' < 26 {
			c |= 0x20
		}
		if c != phrase[i] || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
