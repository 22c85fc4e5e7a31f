package toxic

import (
	"iter"
	"math/bits"
	"unicode"
	"unicode/utf8"
)

// The sizes of the features.
const (
	// maxWord bounds a word in bytes; the rest of a longer one is passed over.
	maxWord = 48
	// minGram and maxGram are the lengths in bytes of the parts of a word that are features.
	minGram, maxGram = 3, 5
	// gramBits and pairBits are the logarithms of the sizes of the tables of parts and of pairs.
	gramBits, pairBits = 18, 18
	// maxGrams bounds the parts of a word.
	maxGrams = (maxGram - minGram + 1) * (maxWord + 2)
)

// Token is a word of a text as the model sees it: a run of letters, marks and digits with apostrophes inside, in lower case; a run of
// exclamation marks, which is the one word "!"; or a run of the signs of code, which is the one word "{".
type Token struct {
	// Word are its bytes, at most maxWord. They are valid until the next token.
	Word []byte
	// Hash is FNV-1a over them.
	Hash uint64
}

const (
	fnvOffset = 0xcbf29ce484222325
	fnvPrime  = 0x100000001b3
)

// hashWord is FNV-1a, 64 bits.
func hashWord(word []byte) uint64 {
	h := uint64(fnvOffset)
	for _, b := range word {
		h = (h ^ uint64(b)) * fnvPrime
	}
	return h
}

// signs gives the word that an ASCII sign stands for, 0 for none. The signs of code tell f(u) from what abuse means by these letters.
var signs = func() (t [256]byte) {
	t['!'] = '!'
	for _, b := range []byte("()[]{}<>=|_\\*+&^%$#@~`") {
		t[b] = '{'
	}
	return t
}()

// signOf is the word that a character stands for as a sign, 0 for none.
func signOf(r rune) byte {
	if r < utf8.RuneSelf {
		return signs[r]
	}
	return 0
}

// Tokens yields the words of a text: the plain form of what Score does in one pass.
func Tokens(text string) iter.Seq[Token] {
	return func(yield func(Token) bool) {
		word := make([]byte, 0, maxWord+utf8.UTFMax)
		emit := func() bool {
			if len(word) == 0 {
				return true
			}
			more := yield(Token{Word: word, Hash: hashWord(word)})
			word = word[:0]
			return more
		}
		add := func(r rune) {
			if len(word)+utf8.RuneLen(r) <= maxWord {
				word = utf8.AppendRune(word, r)
			}
		}
		last := byte(0) // the sign before, 0 where it was none
		for i, r := range text {
			inside := letter(r)
			if r == '\'' || r == '’' {
				inside = len(word) > 0 && letterAt(text, i+utf8.RuneLen(r))
				r = '\''
			}
			if inside {
				last = 0
				add(unicode.ToLower(r))
				continue
			}
			if !emit() {
				return
			}
			sign := signOf(r)
			if sign != 0 && sign != last {
				add(rune(sign))
				if !emit() {
					return
				}
			}
			last = sign
		}
		emit()
	}
}

// letter reports whether r is part of a word.
func letter(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r)
}

// letterAt reports whether a letter stands at offset i.
func letterAt(text string, i int) bool {
	if i >= len(text) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(text[i:])
	return letter(r)
}

// Grams appends the places in the table of parts of a word's byte n-grams; '<' and '>' stand for its ends. The words of one
// byte have none.
func Grams(dst []uint32, word []byte) []uint32 {
	if len(word) < 2 {
		return dst
	}
	var buf [maxWord + 2]byte
	buf[0] = '<'
	n := 1 + copy(buf[1:maxWord+1], word)
	buf[n] = '>'
	framed := buf[:n+1]
	for start := range framed {
		h := uint64(fnvOffset)
		for end := start; end < len(framed) && end < start+maxGram; end++ {
			h = (h ^ uint64(framed[end])) * fnvPrime
			if end-start+1 >= minGram {
				dst = append(dst, uint32(mix(h)>>(64-gramBits)))
			}
		}
	}
	return dst
}

// Pair is the place in the table of pairs of two words that stand side by side.
func Pair(first, second uint64) uint32 {
	return uint32(mix(bits.RotateLeft64(first, 23)^second) >> (64 - pairBits))
}

// mix spreads a hash over its high bits.
func mix(h uint64) uint64 {
	h ^= h >> 32
	return h * 0x9e3779b97f4a7c15
}
