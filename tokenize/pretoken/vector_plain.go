package pretoken

import (
	"encoding/binary"
	"math/bits"
)

// Bits of a class byte in asciiClasses.
const (
	asciiUpper = 1 << iota
	asciiLower
	asciiNumber
	asciiSpace
	asciiNewline
	asciiBlank
	asciiQuote
	asciiSlash
)

// asciiClasses gives the class byte of each byte below 0x80; those above have none here.
var asciiClasses = func() (t [256]byte) {
	for c := byte('a'); c <= 'z'; c++ {
		t[c] = asciiLower
		t[c-'a'+'A'] = asciiUpper
	}
	for c := byte('0'); c <= '9'; c++ {
		t[c] = asciiNumber
	}
	t['\t'], t['\v'], t['\f'] = asciiSpace, asciiSpace, asciiSpace
	t['\n'], t['\r'] = asciiSpace|asciiNewline, asciiSpace|asciiNewline
	t[' '], t['\''], t['/'] = asciiSpace|asciiBlank, asciiQuote, asciiSlash
	return t
}()

// classifyPlain classes the bytes of a block below 0x80 and finds those above.
func (w *window) classifyPlain(block *[blockSize]byte) {
	var m [8]uint64
	w.high = 0
	for i := 0; i < windowSize; i += 8 {
		b := block[i : i+8 : i+8]
		w.high |= signs(binary.LittleEndian.Uint64(b)) << i
		x := uint64(asciiClasses[b[0]]) | uint64(asciiClasses[b[1]])<<8 | uint64(asciiClasses[b[2]])<<16 | uint64(asciiClasses[b[3]])<<24 |
			uint64(asciiClasses[b[4]])<<32 | uint64(asciiClasses[b[5]])<<40 | uint64(asciiClasses[b[6]])<<48 | uint64(asciiClasses[b[7]])<<56
		for k := range m {
			m[k] |= signs(x<<(7-k)) << i
		}
	}
	w.upper, w.lower, w.number, w.space, w.newline = m[0], m[1], m[2], m[3], m[4]
	w.blank, w.quote, w.slash = m[5], m[6], m[7]
	w.letter, w.inner = w.upper|w.lower, 0
}

// foldWidePlain adds the classes of w.wide to the masks.
func (w *window) foldWidePlain() {
	for i := 0; i < windowSize; i += 8 {
		x := binary.LittleEndian.Uint64(w.wide[i:])
		if x == 0 {
			continue
		}
		bit := func(c class) uint64 { return signs(x<<bits.LeadingZeros8(uint8(c))) << i }
		w.letter |= bit(letter)
		w.number |= bit(number)
		w.space |= bit(space)
		w.upper |= bit(upper)
		w.lower |= bit(lower)
		w.inner |= bit(wideInner)
	}
}

// signs gathers the highest bits of the eight bytes of x, the first byte's lowest.
func signs(x uint64) uint64 {
	// Every bit is multiplied to its place in the highest byte; no two products meet.
	return (x >> 7 & 0x0101010101010101) * 0x0102040810204080 >> 56
}
