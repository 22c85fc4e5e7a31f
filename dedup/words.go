package dedup

import (
	"encoding/binary"
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

// The hash of a word takes its bytes sixteen at a time, as two little-endian numbers of which the last are filled up with zeros, and folds
// them in by the two halves of a product of 128 bits. No word holds a zero byte.
const (
	wordSeed = 0x2D358DCCAA6C78A5
	wordBase = 0x8BB84B93962EACC9
)

// foldWord joins two numbers by the halves of their product.
func foldWord(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// hashWord is the hash of a word in lower case.
func hashWord(word []byte) uint64 {
	h := uint64(wordSeed)
	for ; len(word) > 16; word = word[16:] {
		h = foldWord(h^binary.LittleEndian.Uint64(word), wordBase^binary.LittleEndian.Uint64(word[8:]))
	}
	var last [16]byte
	copy(last[:], word)
	return foldWord(h^binary.LittleEndian.Uint64(last[:]), wordBase^binary.LittleEndian.Uint64(last[8:]))
}

const (
	lows    = 0x0101010101010101
	highs   = 0x80 * lows
	caseBit = 0x20 * lows // the bit in which capitals and small letters of ASCII differ; digits have it set
)

// runBytes has the high bit of every byte of x that is an ASCII letter or digit, or of a character beyond ASCII.
func runBytes(x uint64) uint64 {
	low := x &^ highs
	small := low | caseBit
	is := (small + (0x80-'a')*lows) &^ (small + (0x80-'z'-1)*lows)
	is |= (low + (0x80-'0')*lows) &^ (low + (0x80-'9'-1)*lows)
	return (is | x) & highs
}

// runMask is runBytes of 64 bytes as a mask, the first byte the lowest bit. It makes the capitals of ASCII small on the way, and spoils
// characters beyond ASCII.
func runMask(b *[64]byte) (mask uint64) {
	for i := 0; i < 64; i += 8 {
		eight := (*[8]byte)(b[i:])
		x := binary.LittleEndian.Uint64(eight[:])
		binary.LittleEndian.PutUint64(eight[:], x|caseBit)
		// The product moves the high bit of byte i to bit 56+i; no two meet.
		mask = mask>>8 | (runBytes(x)>>7*0x0102040810204080)&(0xff<<56)
	}
	return mask
}

// wordMasks cut sixteen bytes to the length of a word, 0 to 16. The table is longer so that five bits are always an index.
var wordMasks = [32][2]uint64{
	{0, 0}, {1<<8 - 1, 0}, {1<<16 - 1, 0}, {1<<24 - 1, 0}, {1<<32 - 1, 0}, {1<<40 - 1, 0}, {1<<48 - 1, 0}, {1<<56 - 1, 0}, {1<<64 - 1, 0},
	{1<<64 - 1, 1<<8 - 1}, {1<<64 - 1, 1<<16 - 1}, {1<<64 - 1, 1<<24 - 1}, {1<<64 - 1, 1<<32 - 1},
	{1<<64 - 1, 1<<40 - 1}, {1<<64 - 1, 1<<48 - 1}, {1<<64 - 1, 1<<56 - 1}, {1<<64 - 1, 1<<64 - 1},
}

// windowBytes is how much text the scan looks at at a time: enough that its loops are long, little enough that words and shingles stay in
// the first-level cache.
const windowBytes = 4096

// scanner finds the words of a text and hashes them. A word is a run of letters, marks and digits, lower-cased; in scripts without
// spaces, one character. plainWords in the tests is its reference.
//
// Runs of ASCII letters, digits and all characters beyond ASCII are found 64 bytes at a time as edges in a mask. A run of ASCII
// alone is a word; another is looked at rune by rune.
type scanner struct {
	window [windowBytes + 64]byte // a part of the text in small letters, and zeros behind its end
	word   []byte                 // for words beyond ASCII
	hashes [maxNgram + windowBytes/2 + 1]uint64
	filled int
	full   func() // takes the hashes and empties them
}

// scan hashes the words of a text, in order, into s.hashes from s.filled on, and calls s.full when these are full and at the end of each window.
func (s *scanner) scan(text string) {
	for len(text) > 0 {
		n := copy(s.window[:windowBytes], text)
		blocks := n / 64
		if n == len(text) {
			clear(s.window[n:][:64]) // no word goes on
			blocks++
		}
		open := s.scanWindow(text, blocks)
		s.full()
		if open < 0 {
			text = text[n:]
			continue
		}
		if text = text[open:]; open == 0 {
			n := runLength(text)
			s.scanRun(text[:n])
			text = text[n:]
		}
	}
}

// scanWindow hashes the words of the window, which holds the beginning of text. It returns where a run begins that the window does not end, -1 for none.
func (s *scanner) scanWindow(text string, blocks int) int {
	inside := uint64(0) // 1 where the byte before the block is of a run
	filled, start := s.filled, uint(0)
	for block := range blocks {
		base := uint(block) * 64
		mask := runMask((*[64]byte)(s.window[base:]))
		before := mask<<1 | inside
		starts, ends := mask&^before, before&^mask
		if inside == 0 {
			start = base + uint(bits.TrailingZeros64(starts))
			starts &= starts - 1
		}
		inside = mask >> 63
		for ; ends != 0; ends &= ends - 1 {
			length := base + uint(bits.TrailingZeros64(ends)) - start
			sixteen := (*[16]byte)(s.window[start&(2*windowBytes-1):])
			cut := &wordMasks[length%32]
			lo := binary.LittleEndian.Uint64(sixteen[:]) & cut[0]
			hi := binary.LittleEndian.Uint64(sixteen[8:]) & cut[1]
			if length <= 16 && (lo|hi)&highs == 0 {
				s.hashes[filled] = foldWord(lo^wordSeed, hi^wordBase)
				filled++
			} else {
				s.filled = filled
				s.scanRun(text[start : start+length])
				filled = s.filled
			}
			start = base + uint(bits.TrailingZeros64(starts))
			starts &= starts - 1
		}
	}
	s.filled = filled
	if inside == 0 {
		return -1
	}
	return int(start)
}

// runLength is the length of the run at the beginning of text.
func runLength(text string) int {
	i := 0
	for ; i+8 <= len(text); i += 8 {
		if other := ^runBytes(load64(text[i:])) & highs; other != 0 {
			return i + bits.TrailingZeros64(other)>>3
		}
	}
	for ; i < len(text); i++ {
		if runBytes(uint64(text[i]))&0x80 == 0 {
			break
		}
	}
	return i
}

// load64 is the first eight bytes of a text as a little-endian number.
func load64(text string) uint64 {
	_ = text[7]
	return uint64(text[0]) | uint64(text[1])<<8 | uint64(text[2])<<16 | uint64(text[3])<<24 |
		uint64(text[4])<<32 | uint64(text[5])<<40 | uint64(text[6])<<48 | uint64(text[7])<<56
}

// add takes one hash.
func (s *scanner) add(hash uint64) {
	if s.filled == len(s.hashes) {
		s.full()
	}
	s.hashes[s.filled] = hash
	s.filled++
}

// scanRun hashes the words of a run rune by rune.
func (s *scanner) scanRun(run string) {
	table := runes()
	word := s.word[:0]
	for i := 0; i < len(run); {
		r, size := rune(run[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(run[i:])
		}
		i += size
		small, alone := table.of(r)
		if small != 0 && !alone {
			word = utf8.AppendRune(word, small)
			continue
		}
		if len(word) > 0 {
			s.add(hashWord(word))
			word = word[:0]
		}
		if alone {
			s.add(hashWord(utf8.AppendRune(word, small)))
		}
	}
	if len(word) > 0 {
		s.add(hashWord(word))
	}
	s.word = word
}
