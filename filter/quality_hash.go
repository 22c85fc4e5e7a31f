package filter

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
	"unsafe"

	"github.com/cespare/xxhash/v2"
)

// bytesOf is the string's bytes in place. They must not be written to.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// High bits of eight bytes at once, and a one in each.
const (
	highBits = 0x8080808080808080
	lowOnes  = 0x0101010101010101
)

// Odd multipliers of wordHash, from the fractional digits of the golden ratio and of the square roots of 2 and 3.
const (
	hashGolden = 0x9e3779b97f4a7c15
	hashRoot2  = 0x6a09e667f3bcc909
	hashRoot3  = 0xbb67ae8584caa73b
)

// wordHash tells words apart, and lines: two different ones among a million share a hash with probability below 1e-7.
// Up to eight bytes it is one to one for a length.
func wordHash(word string) uint64 {
	b := bytesOf(word)
	n := len(b)
	switch {
	case n > 16:
		return xxhash.Sum64(b)
	case n > 8:
		first, last := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[n-8:])
		return hashEight(hashEight(first, n)^last, n)
	case n == 8:
		return hashEight(binary.LittleEndian.Uint64(b), n)
	case n >= 4: // the middle bytes of the two halves may be the same ones
		first, last := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[n-4:])
		return hashEight(uint64(first)|uint64(last)<<(8*(n-4)), n)
	}
	x := uint64(0)
	for i, c := range b {
		x |= uint64(c) << (8 * i)
	}
	return hashEight(x, n)
}

// hashEight is the hash of a word of n bytes, at most eight, that lie in x from its low end.
func hashEight(x uint64, n int) uint64 {
	x = (x ^ uint64(n)*hashGolden) * hashRoot2
	x = (x ^ x>>32) * hashRoot3
	return x ^ x>>29
}

// leadingLetters is the number of ASCII letters at the low end of x, 0 to 8.
func leadingLetters(x uint64) int {
	lowered := x&^highBits | 0x20*lowOnes
	letters := (lowered + (0x80-'a')*lowOnes) &^ (lowered + (0x7f-'z')*lowOnes) &^ x
	return bits.TrailingZeros64(^letters&highBits) / 8
}

// countRunes is utf8.RuneCountInString, eight bytes at a time where they are ASCII.
func countRunes(s string) int {
	b, n := bytesOf(s), 0
	for len(b) >= 8 {
		if binary.LittleEndian.Uint64(b)&highBits == 0 {
			b, n = b[8:], n+8
			continue
		}
		// A character may straddle the eight bytes, so that they are left behind one by one.
		for i := 0; i < 8; n++ {
			size := 1
			if b[i] >= utf8.RuneSelf {
				_, size = utf8.DecodeRune(b[i:])
			}
			i += size
			if i >= 8 {
				b = b[i:]
				n++
				break
			}
		}
	}
	return n + utf8.RuneCount(b)
}
