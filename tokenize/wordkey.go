package tokenize

import (
	"encoding/binary"
	"math/bits"
)

// shortWord is the longest word, in bytes, that a wordKey holds. In English text only one word in
// a thousand is longer.
const shortWord = 15

// wordKey is a word of 1 to shortWord bytes in two registers: its bytes, little-endian, filled with
// zeros, and its length in the highest byte. The zero wordKey is no word.
type wordKey struct{ lo, hi uint64 }

// keyOf packs text[i:j], a word of 1 to shortWord bytes.
func keyOf(text string, i, j int) wordKey {
	n := uint(j - i)
	var k wordKey
	if i+16 <= len(text) {
		k.lo, k.hi = load64(text[i:i+8]), load64(text[i+8:i+16])
		if n < 8 {
			k.lo &= 1<<(8*n) - 1
			k.hi = 0
		} else {
			k.hi &= 1<<(8*(n-8)) - 1
		}
	} else {
		for m := j - 1; m >= i; m-- {
			k.hi = k.hi<<8 | k.lo>>56
			k.lo = k.lo<<8 | uint64(text[m])
		}
	}
	k.hi |= uint64(n) << 56
	return k
}

// load64 reads eight bytes; the compiler makes one load of it.
func load64(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// append appends the word's bytes.
func (k wordKey) append(dst []byte) []byte {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:8], k.lo)
	binary.LittleEndian.PutUint64(b[8:], k.hi)
	return append(dst, b[:k.hi>>56]...)
}

// hash is the folded product of the two halves, each masked by an odd constant (wyhash's mixing step).
func (k wordKey) hash() uint64 {
	hi, lo := bits.Mul64(k.lo^0x9E3779B97F4A7C15, k.hi^0xD1B54A32D192ED03)
	return hi ^ lo
}
