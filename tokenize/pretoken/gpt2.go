package pretoken

// nextGPT2 returns the end of the word at text[i] by gpt2Regex.
func nextGPT2(text string, i int) int {
	if n := contraction(text, i, false); n > 0 {
		return i + n
	}
	start := i
	if text[i] == ' ' {
		i++
	}
	c, n := classes.at(text, i)
	switch {
	case n == 0 || c&space != 0: // nothing but white space
		return blanks(text, start)
	case c&letter != 0:
		return span(text, i+n, letter, 0)
	case c&number != 0:
		return span(text, i+n, number, 0)
	}
	return span(text, i+n, 0, space|letter|number)
}
