package dedup

import (
	"unicode"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
)

// shingleBase is the base B of the shingle hash: odd, so that multiplication by it loses
// nothing modulo 2^64; the 64 bits of the golden ratio, as in SplitMix64.
const shingleBase = 0x9E3779B97F4A7C15

// unspaced are scripts written without spaces between words: each of their characters is a word.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo,
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

// isUnspaced reports whether the letter, mark or digit belongs to a script of unspaced.
// None of them has characters below Thai, where most text lies.
func isUnspaced(r rune) bool { return r >= 0x0E00 && unicode.In(r, unspaced...) }

// shingler cuts a text into words and hashes its shingles of n words in one pass.
//
// A word is a run of letters, marks and digits, lower-cased; in scripts without spaces, one character.
// A word's hash w is the xxHash64 of its UTF-8 bytes. The hash of a shingle is
//
//	H = w[0]·B^(n-1) + w[1]·B^(n-2) + … + w[n-1]  modulo 2^64,
//
// which rolls from one shingle to the next (Karp and Rabin, IBM J. Res. Dev. 31(2), 1987, section 4), then mixed by the
// finaliser of SplitMix64 so that the low bits depend on all of it. A text of fewer than n words is one shingle of all its words.
type shingler struct {
	n    int
	last uint64   // B^n: what the word that leaves is worth once the sum has moved on
	ring []uint64 // the last n words' hashes
	seen int      // words so far
	sum  uint64

	word []byte
	out  func([]uint64)
	hold []uint64 // shingles not yet handed to out
}

// shingleBlock is the number of shingles handed over at once: enough that
// the permutations run over them in long loops, few enough that they stay in the first-level cache.
const shingleBlock = 512

// shingles calls out with the hashes of all shingles of n words of the text, block by
// block, and returns the number of words. The slice is reused between calls of out.
func shingles(text string, n int, out func([]uint64)) (words int) {
	s := shingler{n: n, last: 1, ring: make([]uint64, n), out: out, hold: make([]uint64, 0, shingleBlock)}
	for range n {
		s.last *= shingleBase
	}
	s.scan(text)
	if 0 < s.seen && s.seen < n {
		s.hold = append(s.hold, mix64(s.sum))
	}
	if len(s.hold) > 0 {
		out(s.hold)
	}
	return s.seen
}

func (s *shingler) scan(text string) {
	for i := 0; i < len(text); {
		if b := text[i]; b < utf8.RuneSelf {
			if c := asciiWord[b]; c != 0 {
				s.word = append(s.word, c)
			} else {
				s.end()
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		switch {
		case !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r):
			s.end()
		case isUnspaced(r):
			s.end()
			s.word = utf8.AppendRune(s.word, r)
			s.end()
		default:
			s.word = utf8.AppendRune(s.word, unicode.ToLower(r))
		}
	}
	s.end()
}

// end takes the word that was collected, if any.
func (s *shingler) end() {
	if len(s.word) == 0 {
		return
	}
	h := xxhash.Sum64(s.word)
	s.word = s.word[:0]
	slot := s.seen % s.n
	s.sum = s.sum*shingleBase + h - s.ring[slot]*s.last // an empty slot is worth nothing
	s.ring[slot] = h
	s.seen++
	if s.seen < s.n {
		return
	}
	s.hold = append(s.hold, mix64(s.sum))
	if len(s.hold) == shingleBlock {
		s.out(s.hold)
		s.hold = s.hold[:0]
	}
}

// asciiWord holds the lower-case form of each ASCII letter and digit and 0 for other bytes.
var asciiWord = func() (t [utf8.RuneSelf]byte) {
	for b := range t {
		if c := lowerASCII(byte(b)); 'a' <= c && c <= 'z' || '0' <= c && c <= '9' {
			t[b] = c
		}
	}
	return t
}()

// mix64 is the finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable
// pseudorandom number generators", OOPSLA 2014, figure 16): a bijection in which each bit depends on all.
func mix64(x uint64) uint64 {
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}
