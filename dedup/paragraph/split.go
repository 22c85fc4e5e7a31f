package paragraph

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"corpus/dedup"
)

// A unit is a paragraph or a line: text[start:end] from the beginning of its first line to its last character that is not white space.
// What lies between two units is white space with at least one line feed: their separator.
type unit struct{ start, end int }

// nextLine finds the first line from offset at on that is not blank. At is 0 or the end of a unit.
func nextLine(text string, at int) (unit, bool) {
	start, ok := skipBlank(text, at)
	if !ok {
		return unit{}, false
	}
	return unit{start, start + len(trimRight(text[start:lineEnd(text, start)]))}, true
}

// nextParagraph finds the first run of lines from offset at on of which none is blank. At is 0 or the end of a unit.
func nextParagraph(text string, at int) (unit, bool) {
	start, ok := skipBlank(text, at)
	if !ok {
		return unit{}, false
	}
	end := start
	for line := start; line < len(text); {
		feed := lineEnd(text, line)
		content := trimRight(text[line:feed])
		if content == "" {
			break
		}
		end = line + len(content)
		line = feed + 1
	}
	return unit{start, end}, true
}

// skipBlank returns the beginning of the first line behind at that is not blank. At is 0 or the end of a unit, behind which nothing
// else stands on its line.
func skipBlank(text string, at int) (int, bool) {
	start := at
	for at < len(text) {
		r, size := rune(text[at]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[at:])
		}
		if !dedup.IsSpace(r) {
			return start, true
		}
		at += size
		if r == '\n' {
			start = at
		}
	}
	return 0, false
}

// lineEnd is the offset of the next line feed, or the length of the text.
func lineEnd(text string, at int) int {
	if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(text)
}

func trimRight(s string) string { return strings.TrimRightFunc(s, unicode.IsSpace) }

// hasWords reports whether s has at least n words, set apart by white space.
func hasWords(s string, n int) bool {
	inside := false
	for _, r := range s {
		if n <= 0 {
			return true
		}
		if space := dedup.IsSpace(r); !space && !inside {
			n--
			inside = true
		} else if space {
			inside = false
		}
	}
	return n <= 0
}
