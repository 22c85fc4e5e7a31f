package pretoken

// nextWhitespace returns the end of the word at text[i] by whitespaceRegex.
func nextWhitespace(text string, i int) int {
	start := i
	if text[i] == ' ' {
		i++
	}
	c, n := classes.at(text, i)
	if n == 0 || c&space != 0 { // nothing but white space
		return blanks(text, start)
	}
	return span(text, i+n, 0, space)
}

// nextBytes makes one word of the whole text.
func nextBytes(text string, _ int) int { return len(text) }
