package pretoken

// nextQwen2 returns the end of the word at text[i] by qwen2Regex, which is cl100kRegex with every number apart.
func nextQwen2(text string, i int) int {
	if c, n := classes.at(text, i); c&number != 0 {
		return i + n
	}
	return nextCL100K(text, i)
}
