package filter

import (
	"slices"
	"strings"

	"corpus"
	"corpus/filter/ahocorasick"
)

// urlWord says whether a word rejects alone, or counts among several.
type urlWord uint8

const (
	hardURLWord urlWord = 1 << iota
	softURLWord
)

// urlWords are the words that addresses are searched for.
type urlWords struct {
	kinds   map[string]urlWord
	longest int // bytes of the longest
}

func (w *urlWords) add(word string, kind urlWord) {
	if w.kinds == nil {
		w.kinds = map[string]urlWord{}
	}
	w.kinds[word] |= kind
	w.longest = max(w.longest, len(word))
}

// eachURLWord goes through the words of an address, in lower case: its ASCII letters and digits between anything else. Words of more bytes than the longest are left out.
func eachURLWord(address string, longest int, yield func(word string) bool) {
	for i := 0; i < len(address); i++ {
		start := i
		for i < len(address) && class[address[i]]&classAlnum != 0 {
			i++
		}
		if n := i - start; n > 0 && n <= longest && !yield(strings.ToLower(address[start:i])) {
			return
		}
	}
}

// judgeWords returns the rule on words and substrings that the address fails.
func (u *URL) judgeWords(address string) (string, any) {
	var hard string
	var soft []string
	if len(u.words.kinds) > 0 {
		eachURLWord(address, u.words.longest, func(word string) bool {
			kind := u.words.kinds[word]
			if kind&softURLWord != 0 && len(soft) < u.options.MinSoftWords && !slices.Contains(soft, word) {
				soft = append(soft, word)
			}
			if kind&hardURLWord != 0 {
				hard = word
			}
			return hard == ""
		})
	}
	switch {
	case hard != "":
		return "word", clipValue(hard)
	case len(soft) > 0 && len(soft) >= u.options.MinSoftWords:
		return "soft_words", clipValue(strings.Join(soft, "+"))
	}
	if found := u.substring(address); found >= 0 {
		return "substring", clipValue(u.substrings[found])
	}
	return "", nil
}

// substring is the index of the listed string that ends first in the ASCII letters and digits of an address, the longest of several; -1 for none.
func (u *URL) substring(address string) int {
	if u.search == nil {
		return -1
	}
	state := ahocorasick.Root
	for i := range len(address) {
		c := address[i]
		k := class[c]
		if k&classAlnum == 0 {
			continue
		}
		if k&classUpper != 0 {
			c += 'a' - 'A'
		}
		state = u.search.Next(state, c)
		if found := u.search.Longest(state); found >= 0 {
			return found
		}
	}
	return -1
}

// readSubstrings makes the search for substrings.
func (u *URL) readSubstrings() (err error) {
	if len(u.substrings) == 0 {
		return nil
	}
	if u.search, err = ahocorasick.New(u.substrings); err != nil {
		return corpus.BadOption("block_substrings", "%w", err)
	}
	return nil
}

func notAlnum(r rune) bool { return r >= 0x80 || class[r]&classAlnum == 0 }

// alnumOnly keeps the ASCII letters, in lower case, and digits.
func alnumOnly(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case class[c]&classUpper != 0:
			b = append(b, c+'a'-'A')
		case class[c]&classAlnum != 0:
			b = append(b, c)
		}
	}
	return string(b)
}
