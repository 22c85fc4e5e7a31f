package dedup

import (
	"unicode"
	"unicode/utf8"
)

// characterShingler hashes shingles of n characters of the folded text (lower-cased rune by rune, each run of white space one space,
// none at either end; punctuation stays), as shingler does with words: a polynomial of the code points that rolls from shingle to shingle. A text of
// fewer characters is one shingle. plainCharacterShingles in the tests is its reference.
type characterShingler struct {
	n     int
	last  uint64 // B^n
	seed  uint64
	ring  []uint64
	block []uint64
}

func newCharacterShingler(n int, seed uint64) *characterShingler {
	s := &characterShingler{n: n, last: 1, seed: mix64(seed), ring: make([]uint64, n), block: make([]uint64, 0, 512)}
	for range n {
		s.last *= shingleBase
	}
	return s
}

// shingles implements shingling.
func (s *characterShingler) shingles(text string, out func([]uint64)) int {
	clear(s.ring)
	s.block = s.block[:0]
	sum, seen, slot := uint64(0), 0, 0
	add := func(r rune) {
		sum = sum*shingleBase + uint64(r) - s.ring[slot]*s.last // an empty place is worth nothing
		s.ring[slot] = uint64(r)
		if slot++; slot == s.n {
			slot = 0
		}
		if seen++; seen < s.n {
			return
		}
		s.block = append(s.block, mix64(sum+s.seed))
		if len(s.block) == cap(s.block) {
			out(s.block)
			s.block = s.block[:0]
		}
	}
	space := false
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		i += size
		if IsSpace(r) {
			space = seen > 0
			continue
		}
		if space {
			add(' ')
			space = false
		}
		if r < utf8.RuneSelf {
			r = rune(LowerASCII(byte(r)))
		} else {
			r = unicode.ToLower(r)
		}
		add(r)
	}
	if 0 < seen && seen < s.n {
		s.block = append(s.block, mix64(sum+s.seed))
	}
	if len(s.block) > 0 {
		out(s.block)
	}
	return seen
}
