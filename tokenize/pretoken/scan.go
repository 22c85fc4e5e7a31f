package pretoken

import "unicode/utf8"

// span returns the end of the run of characters from text[i] on that have a class of want and none of avoid.
// With want 0, any character outside avoid belongs to the run.
func span(text string, i int, want, avoid class) int {
	t := classes
	for i < len(text) {
		c, n := t.bmp[text[i]], 1
		if text[i] >= utf8.RuneSelf {
			c, n = t.wide(text, i)
		}
		if c&avoid != 0 || want != 0 && c&want == 0 {
			break
		}
		i += n
	}
	return i
}

// blanks is the common end of the patterns without line ends, `\s+(?!\S)|\s+`, at text[i], which is a space: a
// run of white space before text gives its last character to the word behind it unless that
// is all it has; at the end of the text it keeps all.
func blanks(text string, i int) int {
	end, last := i, i
	for end < len(text) {
		c, n := classes.at(text, end)
		if c&space == 0 {
			break
		}
		last, end = end, end+n
	}
	if end == len(text) || last == i {
		return end
	}
	return last
}

// lines is `\s*[\r\n]+|\s+(?!\S)|\s+` at text[i], which is a space: a run of white space that has a line
// end is cut behind its last one.
func lines(text string, i int) int { return linesUntil(text, i, 0) }

// linesUntil is lines in a piece of text that ends before the next character of a class of border.
func linesUntil(text string, i int, border class) int {
	end, last, line := i, i, -1
	var c class
	var n int
	for {
		c, n = classes.at(text, end)
		if c&space == 0 {
			break
		}
		last, end = end, end+n
		if c&newline != 0 {
			line = end
		}
	}
	switch {
	case line >= 0:
		return line
	case n == 0 || c&border != 0 || last == i:
		return end
	}
	return last
}

// contraction returns the length of `'s|'t|'re|'ve|'m|'ll|'d` at text[i], in any case if fold is set, or 0.
// Folded, 's' is also U+017F, LATIN SMALL LETTER LONG S (CaseFolding.txt).
func contraction(text string, i int, fold bool) int {
	if len(text)-i < 2 || text[i] != '\'' {
		return 0
	}
	at := func(k int) byte {
		if k >= len(text) {
			return 0
		}
		b := text[k]
		if fold && 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		return b
	}
	switch at(i + 1) {
	case 's', 't', 'm', 'd':
		return 2
	case 'r', 'v':
		if at(i+2) == 'e' {
			return 3
		}
	case 'l':
		if at(i+2) == 'l' {
			return 3
		}
	case 0xC5:
		if fold && at(i+2) == 0xBF {
			return 3
		}
	}
	return 0
}
