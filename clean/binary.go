package clean

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// Text holds next to no control bytes, while random or compressed bytes hold 11 % of the ones counted here
// (28 of 256) and executables far more. Undecodable characters alone must be many more before a page is
// given up: a wrong charset on a readable page leaves some.
const (
	maxControlShare = 0.05
	maxBrokenShare  = 0.3
)

// isControl reports the bytes that occur in no text: C0 without tab, line ends, form feed and the
// escape of ISO-2022, and DEL.
func isControl(c byte) bool {
	return c < 0x20 && (c < '\t' || c > '\r') && c != 0x1B || c == 0x7F
}

// binaryBytes measures the share of control bytes of a page in an encoding other than UTF-16.
func binaryBytes(b []byte) (share float64, binary bool) {
	n := 0
	for i := 0; i < len(b); i++ {
		if i += plainBytes(b[i:]); i < len(b) && isControl(b[i]) {
			n++
		}
	}
	if n == 0 {
		return 0, false
	}
	share = float64(n) / float64(len(b))
	return share, share > maxControlShare
}

// plainBytes is the number of bytes at the front, in words of eight, that are not below 0x20 and not 0x7F.
func plainBytes(b []byte) int {
	const ones = 0x0101010101010101
	n := 0
	for ; len(b)-n >= 8; n += 8 {
		w := binary.LittleEndian.Uint64(b[n:])
		del := w ^ 0x7F*ones
		// The lowest bit that is set is right; a borrow can set only higher ones.
		if odd := ((w-0x20*ones)&^w | (del-ones)&^del) & highBits; odd != 0 {
			return n + bits.TrailingZeros64(odd)/8
		}
	}
	return n
}

// binaryText measures the share of characters that are control characters, U+FFFD or invalid UTF-8.
func binaryText(s string) (share float64, binary bool) {
	control, broken := 0, 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if isControl(c) {
				control++
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError {
			broken++
		} else if r < 0xA0 && r != 0x85 {
			control++
		}
		i += size
	}
	if control+broken == 0 {
		return 0, false
	}
	total := utf8.RuneCountInString(s)
	share = float64(control+broken) / float64(total)
	return share, share > maxBrokenShare || float64(control)/float64(total) > maxControlShare
}
