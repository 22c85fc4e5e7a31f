package pretoken

import "math/bits"

// The rules below find the starts of words in a window that begins with a word's start, by arithmetic on
// its masks. "Behind X" is x<<1, "before X" is x>>1; nothing is known of the bytes behind the window, which
// matters only to white space (see certain).

// startsGPT2 is gpt2Regex: words are runs of one class, with a blank before; of a run of white space the last
// character is a word of its own, or part of the one behind it.
func (w *window) startsGPT2(text string, i int) uint64 {
	other := ^(w.letter | w.number | w.space)
	begins := first(w.letter) | first(w.number) | first(other)
	starts := begins&^(w.blank<<1) | first(w.space) | w.lastCharacters(w.space&^(w.space>>1))
	for q := w.quote & first(other) &^ (w.blank << 1) & (w.letter >> 1); q != 0; q &= q - 1 {
		k := bits.TrailingZeros64(q)
		if n := contraction(text, i+k, false); n > 0 {
			starts = cutOut(starts, k, n)
		}
	}
	return starts
}

// startsCL100K is cl100kRegex, or with single the expression of Qwen2, in which each number is a word.
func (w *window) startsCL100K(text string, i int, single bool) uint64 {
	other := ^(w.letter | w.number | w.space)
	begins := first(other) &^ (w.blank << 1)
	starts := begins | w.startsOfLetters(w.letter, begins) | w.startsOfSpace(other)
	if single {
		starts |= w.number &^ w.inner
	} else {
		starts |= w.startsOfNumbers()
	}
	for q := w.quote & begins & (w.letter >> 1); q != 0; q &= q - 1 {
		k := bits.TrailingZeros64(q)
		if n := contraction(text, i+k, true); n > 0 {
			starts = cutOut(starts, k, n)
		}
	}
	return starts
}

// startsO200K is o200kRegex. Two cases are left to next: a character of both classes before one that is upper
// case alone, where the expression may backtrack; and marks or slashes that the end of a run of other
// characters takes.
func (w *window) startsO200K(text string, i int) (starts, limit uint64) {
	letters := w.upper | w.lower
	other := ^(letters | w.number | w.space)
	begins := first(other) &^ (w.blank << 1)
	starts = w.startsOfNumbers() | begins | w.startsOfLetters(letters, begins) | w.startsOfSpace(other)
	up := w.upper &^ w.lower
	starts |= up & ((w.lower &^ w.upper) << 1)
	limit = up & ((w.upper & w.lower) << 1) >> 1
	limit |= (letters &^ w.letter) & (other << 1) >> 1
	limit |= w.slash >> 1 & w.eatenLines(other)
	end := -1 // of the last contraction: an apostrophe there begins a word
	for q := w.quote & (letters << 1); q != 0; q &= q - 1 {
		k := bits.TrailingZeros64(q)
		if k == end {
			continue
		}
		if n := contraction(text, i+k, true); n > 0 {
			starts = cutOut(starts&^(1<<k), k, n)
			end = k + n
		}
	}
	return starts, limit
}

// startsOfLetters is `[^\r\n\p{L}\p{N}]?\p{L}+`: a run of letters starts a word unless the character before it does:
// white space other than a line end, or the only character of a run of others.
func (w *window) startsOfLetters(letters, begins uint64) uint64 {
	return first(letters) &^ ((w.space &^ w.newline) << 1) &^ w.behindFirst(begins)
}

// startsOfNumbers is `\p{N}{1,3}`.
func (w *window) startsOfNumbers() uint64 {
	group := first(w.number)
	starts := group
	if w.number&w.inner != 0 {
		for ; group != 0; starts |= group {
			for range 3 {
				group = w.behindFirst(group) & w.number
			}
		}
		return starts
	}
	if four := w.number & (w.number << 1) & (w.number << 2) & (w.number << 3); four != 0 {
		for ; group != 0; starts |= group {
			group = group << 3 & four
		}
	}
	return starts
}

// eatenLines returns the line ends directly behind runs of other characters, which belong to them.
func (w *window) eatenLines(other uint64) uint64 {
	return w.newline &^ (w.newline + other<<1&w.newline)
}

// startsOfSpace is `\s*[\r\n]+|\s+(?!\S)|\s+`: what is left of a run of white space starts a word, so does what
// follows its last line end, and so does its last character if that is no line end.
func (w *window) startsOfSpace(other uint64) uint64 {
	blanks := w.space &^ w.newline
	behind := blanks & (w.newline << 1)
	if before := blanks & (w.newline >> 1); before != 0 {
		behind &^= fillDown(before, blanks) // a later line end takes these blanks
	}
	return first(w.space&^w.eatenLines(other)) | behind | w.lastCharacters(blanks&^(w.space>>1))
}

// first returns the first bit of every run in m.
func first(m uint64) uint64 { return m &^ (m << 1) }

// cutOut makes the n bytes from bit k on a word's end: none starts within, one starts behind.
func cutOut(starts uint64, k, n int) uint64 {
	inside := uint64(1)<<n - 2
	return starts&^(inside<<k) | 1<<(k+n)
}

// behindFirst returns the byte behind the first character of each run that begins at a bit of begins.
func (w *window) behindFirst(begins uint64) uint64 {
	// The sum carries a bit over the inner bytes of its character to the byte behind it.
	return (begins<<1 + w.inner) &^ w.inner
}

// lastCharacters returns the first bytes of the characters whose last bytes are m.
func (w *window) lastCharacters(m uint64) uint64 {
	if m&w.inner == 0 {
		return m
	}
	found := m &^ w.inner
	for range 2 { // white space has three bytes at most
		m = (m & w.inner) >> 1
		found |= m &^ w.inner
	}
	return found
}

// fillDown returns the bits of the runs of m that end in a bit of tops, up to that bit.
func fillDown(tops, m uint64) uint64 {
	for s := 1; s < windowSize; s <<= 1 {
		tops |= tops >> s & m
		m &= m >> s
	}
	return tops
}
