package pii

import (
	"strings"
	"unicode/utf8"
)

const (
	cueBefore = 64 // bytes that a cue may reach before a find, across one line end
	cueAfter  = 32 // and behind it, on the same line
)

// cued reports whether one of the cues stands near the bytes [start, end). Cues are in lower case; one that begins or ends in an ASCII letter
// does so at the beginning or end of a word.
func cued(text string, start, end int, cues ...string) bool {
	from, to := max(0, start-cueBefore), min(len(text), end+cueAfter)
	for from < start && (!utf8.RuneStart(text[from]) || asciiLetterAt(text, from-1) && asciiLetterAt(text, from)) {
		from++ // what is left of a word is no cue
	}
	before, after := text[from:start], text[end:to]
	if i := strings.LastIndexByte(before, '\n'); i >= 0 {
		if j := strings.LastIndexByte(strings.TrimRight(before[:i], "\n \r\t"), '\n'); j >= 0 {
			before = before[j+1:]
		}
	}
	if i := strings.IndexByte(after, '\n'); i >= 0 {
		after = after[:i]
	}
	before, after = strings.ToLower(before), strings.ToLower(after)
	for _, cue := range cues {
		if holdsWord(before, cue) || holdsWord(after, cue) {
			return true
		}
	}
	return false
}

// holdsWord reports whether s holds the word, not as a part of a longer one.
func holdsWord(s, word string) bool {
	for from := 0; ; {
		i := strings.Index(s[from:], word)
		if i < 0 {
			return false
		}
		i += from
		end := i + len(word)
		if !(asciiLetterAt(s, i) && asciiLetterAt(s, i-1)) && !(asciiLetterAt(s, end-1) && asciiLetterAt(s, end)) {
			return true
		}
		from = i + 1
	}
}
