package filter

import (
	"unicode/utf8"

	"corpus/filter/ahocorasick"
)

// termSearch finds terms in one pass: an Aho-Corasick automaton reads the words of a text in lower case with breaks between.
type termSearch struct {
	automaton *ahocorasick.Automaton
	// words is the number of words of each pattern, and breaks that of the breaks that each state's bytes hold.
	words, breaks []uint8
	// outside is the state after a break.
	outside ahocorasick.State
}

// newTermSearch makes a search for patterns of termPattern.
func newTermSearch(patterns []string) (*termSearch, error) {
	a, err := ahocorasick.New(patterns)
	if err != nil {
		return nil, err
	}
	s := &termSearch{automaton: a, words: make([]uint8, len(patterns)), breaks: make([]uint8, a.Size()), outside: a.Next(ahocorasick.Root, termBreak)}
	for i, pattern := range patterns {
		state, breaks := ahocorasick.Root, uint8(0)
		for _, b := range []byte(pattern) {
			if state = a.Next(state, b); b == termBreak {
				breaks++
			}
			s.breaks[state] = breaks
		}
		s.words[i] = breaks - 1
	}
	return s, nil
}

// termFold gives the lower case of the ASCII letters and digits, termBreak for other ASCII, and termOther for what needs a closer look.
var termFold = func() (t [256]byte) {
	for i := range t {
		switch b := byte(i); {
		case b >= utf8.RuneSelf || b == '\'':
			t[i] = termOther
		case class[b]&classUpper != 0:
			t[i] = b + 'a' - 'A'
		case class[b]&classAlnum != 0:
			t[i] = b
		}
	}
	return t
}()

const termOther = 0xff

// termScan is one pass over a text.
type termScan struct {
	*termSearch
	state  ahocorasick.State
	inside bool // within a word
	words  int  // words that have ended
	// found is the first and longest term found so far that no other may yet replace; its words are 0 for none.
	found termFound
	// terms were taken, with so many words in all.
	terms, listed int
}

// termFound is a term in the text: its first word, the number of its words, and the offset behind it.
type termFound struct{ first, words, end int }

// measure counts the terms, which do not overlap, from the left, the longest first, and the share of words in them.
func (s *termSearch) measure(text string) (terms int, share float64) {
	scan := termScan{termSearch: s, state: s.outside}
	for i := 0; ; {
		for i < len(text) {
			i = scan.read(text, i)
			if scan.found.words > 0 && scan.passed() {
				i = scan.take()
			}
		}
		scan.end(i)
		if scan.found.words == 0 {
			return scan.terms, ratio(scan.listed, scan.words)
		}
		i = scan.take()
	}
}

// read reads on at i, at least one character and at most to behind the end of a word.
func (s *termScan) read(text string, i int) int {
	for i < len(text) {
		switch c := termFold[text[i]]; c {
		case termBreak:
			if s.inside {
				s.end(i)
				return i + 1
			}
			i++
		case termOther:
			return s.other(text, i)
		default:
			s.inside = true
			if s.state = s.automaton.Next(s.state, c); s.state == ahocorasick.Root {
				// No term begins with what was read of the word.
				for i++; i < len(text) && termFold[text[i]] != termBreak && termFold[text[i]] != termOther; i++ {
				}
				if s.found.words > 0 {
					return i
				}
				continue
			}
			i++
		}
	}
	return i
}

// other reads an apostrophe or a character beyond ASCII.
func (s *termScan) other(text string, i int) int {
	r, size := utf8.DecodeRuneInString(text[i:])
	kind, folded := termRune(r, s.inside, text[i+size:])
	if kind != termLetter {
		s.end(i)
	}
	if kind == termGap {
		return i + size
	}
	var buf [utf8.UTFMax]byte
	for _, b := range utf8.AppendRune(buf[:0], folded) {
		s.state = s.automaton.Next(s.state, b)
	}
	s.inside = true
	if kind == termAlone {
		s.end(i + size)
	}
	return i + size
}

// end ends the word in work, if any, before offset i, and notes the term that ends with it.
func (s *termScan) end(i int) {
	if !s.inside {
		return
	}
	s.inside = false
	s.words++
	s.state = s.automaton.Next(s.state, termBreak)
	if p := s.automaton.Longest(s.state); p >= 0 {
		n := int(s.termSearch.words[p])
		first := s.words - n
		if f := s.found; f.words == 0 || first < f.first || first == f.first && n > f.words {
			s.found = termFound{first, n, i}
		}
	}
}

// passed reports whether all that may still become a term begins behind the first word of the one found.
func (s *termScan) passed() bool { return s.words-int(s.breaks[s.state])+1 > s.found.first }

// take counts the term found and gives the offset from which to read on.
func (s *termScan) take() int {
	f := s.found
	s.terms++
	s.listed += f.words
	s.words, s.state, s.inside, s.found = f.first+f.words, s.outside, false, termFound{}
	return f.end
}
