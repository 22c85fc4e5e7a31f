package dedup

import (
	"math/bits"
	"sync"
	"unicode"
	"unicode/utf8"
)

// unspaced are scripts written without spaces between words: each of their characters is a word.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo,
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

// isUnspaced reports whether the letter, mark or digit belongs to a script of unspaced.
// None of them has characters below Thai, where most text lies.
func isUnspaced(r rune) bool { return r >= 0x0E00 && unicode.In(r, unspaced...) }

// wordRune is r in lower case where it is a letter, a mark or a digit, 0 where it parts words.
func wordRune(r rune) rune {
	if !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) {
		return 0
	}
	return unicode.ToLower(r)
}

// runeTable answers wordRune and isUnspaced for the Basic Multilingual Plane.
type runeTable struct {
	word     [1 << 16]uint16
	unspaced [1 << 10]uint64
}

// runes makes the table on first use: 136 KiB.
var runes = sync.OnceValue(func() *runeTable {
	t := new(runeTable)
	for r := range rune(1 << 16) {
		t.word[r] = uint16(wordRune(r)) // no letter of the plane has its small form outside it; TestRuneTable
		if t.word[r] != 0 && isUnspaced(r) {
			t.unspaced[r>>6] |= 1 << (r & 63)
		}
	}
	return t
})

// of returns wordRune and isUnspaced of r.
func (t *runeTable) of(r rune) (word rune, alone bool) {
	if r < 1<<16 {
		return rune(t.word[r]), t.unspaced[r>>6]>>(r&63)&1 != 0
	}
	word = wordRune(r)
	return word, word != 0 && isUnspaced(r)
}

// The hash of a word takes its bytes eight at a time, as little-endian numbers of which the last is filled with zeros, and folds each in by
// the two halves of a product of 128 bits. No word holds a zero byte.
const (
	wordSeed = 0x2D358DCCAA6C78A5
	wordBase = 0x8BB84B93962EACC9
)

func foldWord(h, chunk uint64) uint64 {
	hi, lo := bits.Mul64(h^chunk, wordBase)
	return hi ^ lo
}

// hashWord is the hash of a word in lower case.
func hashWord(word []byte) uint64 {
	h := uint64(wordSeed)
	for ; len(word) >= 8; word = word[8:] {
		h = foldWord(h, load64(word))
	}
	if len(word) == 0 {
		return h
	}
	chunk := uint64(0)
	for i, b := range word {
		chunk |= uint64(b) << (8 * i)
	}
	return foldWord(h, chunk)
}

const (
	lows  = 0x0101010101010101
	highs = 0x80 * lows
	cases = 0x20 * lows // the bit in which capitals and small letters of ASCII differ; digits have it set
)

// wordBytes has the high bit of every byte of x that is an ASCII letter or digit.
func wordBytes(x uint64) uint64 {
	low := x &^ highs
	small := low | cases
	is := (small + (0x80-'a')*lows) &^ (small + (0x80-'z'-1)*lows)
	is |= (low + (0x80-'0')*lows) &^ (low + (0x80-'9'-1)*lows)
	return is &^ x & highs
}

// load64 is the first eight bytes as a little-endian number.
func load64[T string | []byte](s T) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// hashWords calls found with the hash of every word of a text, in order. A word is a run of letters, marks and
// digits, lower-cased; in scripts without spaces, one character. plainWords in the tests is its reference.
//
// Words of ASCII are found eight bytes at a time. buffer, which may be nil, is used for others and returned.
func hashWords(text string, buffer []byte, found func(hash uint64)) []byte {
	for i := 0; i < len(text); {
		if i+8 <= len(text) {
			x := load64(text[i:])
			word := wordBytes(x)
			if word&0x80 == 0 && x&0x80 == 0 { // no word begins here
				i += bits.TrailingZeros64(word|x&highs) >> 3
				continue
			}
			if next, hash, ok := asciiWord(text, i, x, word); ok {
				found(hash)
				i = next
				continue
			}
		}
		i, buffer = otherWord(text, i, buffer[:0], found)
	}
	return buffer
}

// asciiWord hashes the word at i, where it is of ASCII alone and ends eight bytes before the text does or earlier. x are the text's
// next bytes, word is wordBytes of them.
func asciiWord(text string, i int, x, word uint64) (next int, hash uint64, ok bool) {
	hash = wordSeed
	for word == highs {
		hash = foldWord(hash, x|cases)
		if i += 8; i+8 > len(text) {
			return 0, 0, false
		}
		x = load64(text[i:])
		word = wordBytes(x)
	}
	end := bits.TrailingZeros64(^word & highs) // the high bit of the byte behind the word
	if x>>end&1 != 0 {
		return 0, 0, false // a letter beyond ASCII
	}
	if end > 7 {
		hash = foldWord(hash, (x|cases)&(1<<(end-7)-1))
	}
	return i + end>>3, hash, true
}

// otherWord hashes what stands at i, rune by rune up to the end of a word.
func otherWord(text string, i int, word []byte, found func(hash uint64)) (int, []byte) {
	table := runes()
	for i < len(text) {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		small, alone := table.of(r)
		if small == 0 || alone {
			if len(word) > 0 {
				break
			}
			i += size
			if alone {
				word = utf8.AppendRune(word, small)
				break
			}
			if i < len(text) && text[i] < utf8.RuneSelf {
				return i, word
			}
			continue
		}
		word = utf8.AppendRune(word, small)
		i += size
	}
	if len(word) > 0 {
		found(hashWord(word))
	}
	return i, word
}
