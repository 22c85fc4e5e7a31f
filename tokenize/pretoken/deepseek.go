package pretoken

import "unicode/utf8"

// nextDeepseekV3 returns the end of the word at text[i] by the three expressions of deepseekV3Splits, applied
// one after the other: each sees the pieces that those before it left or made, one by one, and a piece ends
// for it as a text does. None of the three looks back, so that the rest of a piece is cut as if it were all of it.
func nextDeepseekV3(text string, i int) int {
	c, n := classes.at(text, i)
	switch {
	case c&number != 0:
		return digits(text, i+n)
	case c&kana != 0:
		return kanaWord(text, i)
	case c&sign != 0 && text[i] < utf8.RuneSelf && i+1 < len(text) && asciiLetter(text[i+1]):
		return asciiLetters(text, i+2)
	case c&(upper|lower) != 0:
		return span(text, i+n, upper|lower, kana)
	}
	if c&(newline|sign) == 0 {
		if after, m := classes.at(text, i+n); after&(upper|lower) != 0 && after&kana == 0 {
			return span(text, i+n+m, upper|lower, kana)
		}
	}
	first := i
	if text[i] == ' ' {
		first++
	}
	if end := span(text, first, sign, kana); end > first {
		return span(text, end, newline, 0)
	}
	if c&space != 0 {
		return linesUntil(text, i, number|kana)
	}
	return unmatched(text, i+n, 0)
}

// kanaWord is the third expression in a piece that the second one made, which has neither white space nor numbers.
func kanaWord(text string, i int) int {
	c, n := classes.at(text, i)
	if c == kana {
		after, m := classes.at(text, i+n)
		if after&kana == 0 || after&(upper|lower) == 0 {
			return unmatched(text, i+n, kana)
		}
		c, i = after, i+n
		n = m
	}
	want := c &^ kana
	if c&sign == 0 {
		want = upper | lower
	}
	for n > 0 && c&kana != 0 && c&want != 0 {
		i += n
		c, n = classes.at(text, i)
	}
	return i
}

// unmatched is the rest of a run that no expression matches: control, format, private and unassigned characters, in
// a piece of kana or outside. The last is left to a letter or mark that follows.
func unmatched(text string, i int, piece class) int {
	for {
		c, n := classes.at(text, i)
		if n == 0 || c != piece {
			return i
		}
		if after, _ := classes.at(text, i+n); after&(upper|lower) != 0 && after&kana == piece {
			return i
		}
		i += n
	}
}

func asciiLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }

func asciiLetters(text string, i int) int {
	for i < len(text) && asciiLetter(text[i]) {
		i++
	}
	return i
}
