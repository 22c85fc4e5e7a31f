package pretoken

// nextCL100K returns the end of the word at text[i] by cl100kRegex.
func nextCL100K(text string, i int) int {
	c, n := classes.at(text, i)
	switch {
	case c&letter != 0:
		return span(text, i+n, letter, 0)
	case c&number != 0:
		return digits(text, i+n)
	}
	if k := contraction(text, i, true); k > 0 {
		return i + k
	}
	if c&newline == 0 {
		if after, m := classes.at(text, i+n); after&letter != 0 {
			return span(text, i+n+m, letter, 0)
		}
	}
	if end := punctuation(text, i); end > i {
		return span(text, end, newline, 0)
	}
	return lines(text, i)
}

// digits is the rest of `\p{N}{1,3}` behind the first number.
func digits(text string, i int) int {
	for range 2 {
		c, n := classes.at(text, i)
		if c&number == 0 {
			break
		}
		i += n
	}
	return i
}

// punctuation is ` ?[^\s\p{L}\p{N}]+` at text[i], or i where there is none.
func punctuation(text string, i int) int {
	first := i
	if text[i] == ' ' {
		first++
	}
	if end := span(text, first, 0, space|letter|number); end > first {
		return end
	}
	return i
}
