package pretoken

// nextO200K returns the end of the word at text[i] by o200kRegex.
func nextO200K(text string, i int) int {
	c, n := classes.at(text, i)
	if c&(letter|number|newline) == 0 {
		if end := capitalised(text, i+n); end >= 0 {
			return withContraction(text, end)
		}
	}
	if end := capitalised(text, i); end >= 0 {
		return withContraction(text, end)
	}
	if c&(letter|number|newline) == 0 {
		if end := span(text, i+n, upper, 0); end > i+n {
			return withContraction(text, span(text, end, lower, 0))
		}
	}
	if end := span(text, i, upper, 0); end > i {
		return withContraction(text, span(text, end, lower, 0))
	}
	if c&number != 0 {
		return digits(text, i+n)
	}
	if end := punctuation(text, i); end > i {
		for end < len(text) && (text[end] == '\n' || text[end] == '\r' || text[end] == '/') {
			end++
		}
		return end
	}
	return lines(text, i)
}

// capitalised is `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+` at text[i], or -1. The first part takes
// all it can; where nothing of the second class follows, it gives back characters until
// one that is of both classes begins the second part, which then ends with it.
func capitalised(text string, i int) int {
	both := -1 // end of the last character of both classes
	for i < len(text) {
		c, n := classes.at(text, i)
		if c&upper == 0 {
			if c&lower != 0 {
				return span(text, i+n, lower, 0)
			}
			break
		}
		i += n
		if c&lower != 0 {
			both = i
		}
	}
	return both
}

func withContraction(text string, i int) int { return i + contraction(text, i, true) }
