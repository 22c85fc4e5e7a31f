package pretoken

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
	"unsafe"
)

// lanes says how the bytes of a window are classed: by which instructions of the processor.
type lanes uint8

const (
	plain  lanes = iota // 64-bit integers, everywhere
	avx2                // 32 bytes at a time
	avx512              // 64 bytes at a time (F, BW, VL, VBMI, VBMI2)
)

// widestLanes is what this processor can do. It is never changed.
var widestLanes = detectLanes()

// windowSize is the number of bytes that are classed together: one for each bit of a mask.
const windowSize = 64

// blockSize is the number of bytes that are read, so that the last characters of the window are whole.
const blockSize = windowSize + 8

// window holds the classes of the bytes of 64 bytes of text, one mask for each class: bit k is byte k. All
// bytes of a character have its classes, so that arithmetic on masks sees runs of characters as runs of bits.
type window struct {
	letter, number, space, newline, upper, lower uint64 // as class; newline is part of space

	blank uint64 // U+0020
	quote uint64 // U+0027, apostrophe
	slash uint64 // U+002F
	high  uint64 // bytes from 0x80 on
	inner uint64 // bytes of a character behind its first
	long  uint64 // bytes from 0xF0 on; with AVX-512 only

	wide [blockSize]byte // class bytes of characters outside ASCII, the input of foldWide
}

// wideInner marks, in window.wide, the bytes of a character behind its first; the other bits are those of class.
// The assembly knows them by their numbers.
const wideInner = 0x80

// wideMask are the classes that a window has.
const wideMask = letter | number | space | upper | lower

// load classes the bytes text[i:i+64], or fewer at the text's end, where the masks are 0 from there on.
// A character that reaches past the window is classed as a whole.
func (w *window) load(l lanes, text string, i int) {
	if len(text)-i >= blockSize {
		w.classify(l, (*[blockSize]byte)(unsafe.Pointer(unsafe.StringData(text[i:]))))
		return
	}
	var tail [blockSize]byte // never read past the text: the next page may not be there
	copy(tail[:], text[i:])
	w.classify(l, &tail)
}

// decode adds the classes of the characters outside ASCII. A byte that is not part of valid UTF-8 is a character
// without a class.
func (w *window) decode(l lanes, block *[blockSize]byte) {
	clear(w.wide[:])
	for m := w.high; m != 0; {
		k := bits.TrailingZeros64(m) & (windowSize - 1)
		n := 1
		u := binary.LittleEndian.Uint32(block[k:])
		var v uint32
		if u&0xC0E0 == 0x80C0 {
			if r := u&0x1F<<6 | u>>8&0x3F; r >= 0x80 {
				n, v = 2, uint32(classes.bmp[r]&wideMask)*0x0101|wideInner<<8
			}
		} else if u&0xC0C0F0 == 0x8080E0 {
			if r := u&0x0F<<12 | u>>2&0xFC0 | u>>16&0x3F; r >= 0x800 && r&0xF800 != 0xD800 {
				n, v = 3, uint32(classes.bmp[r]&wideMask)*0x010101|wideInner*0x010100
			}
		} else if r, size := utf8.DecodeRune(block[k : k+4]); size > 1 {
			n, v = size, uint32(classes.of(r)&wideMask)*0x01010101|wideInner*0x01010100
		}
		binary.LittleEndian.PutUint32(w.wide[k:], v) // what lies behind the character is written later
		m &= ^uint64(0) << (k + n)
	}
	w.foldWide(l)
}

// rule names the arithmetic that finds the words of a window.
type rule uint8

const (
	ruleNone rule = iota // no such arithmetic: words are cut one by one
	ruleGPT2
	ruleCL100K
	ruleQwen2
	ruleO200K
)

// starts returns a mask of the bytes of the window at text[i], a word's start, at which words start. Only
// the bits up to and including the lowest one of limit are certain.
func (r rule) starts(w *window, text string, i int) (starts, limit uint64) {
	switch r {
	case ruleGPT2:
		return w.startsGPT2(text, i), 0
	case ruleCL100K, ruleQwen2:
		return w.startsCL100K(text, i, r == ruleQwen2), 0
	}
	return w.startsO200K(text, i)
}

const (
	// shortText is the length in bytes of a text, or of a text's end, that is cut by next.
	shortText = 24
	// slowWindow is the number of bytes from which on a window was worth it.
	slowWindow = 16
	// mostByNext is the largest number of words in a row that next cuts because windows were not worth it.
	mostByNext = 32
)

// cutWindows is cut by windows of 64 bytes. A window begins where a word begins, so that nothing needs to be
// known of the text before it, and the next window begins at the last word's start that is certain.
// Words that are longer than a window or hard to find by arithmetic are left to next, and where there are many
// of them, so are those around them.
func (p *Pattern) cutWindows(l lanes, ends []uint32, text string, from int) int {
	var w window
	n, i := 0, from
	byNext, slow := 0, 0
	for n < len(ends) && i < len(text) {
		if byNext > 0 || len(text)-i < shortText {
			i = p.next(text, i)
			if i-from > MaxCut {
				break
			}
			ends[n] = uint32(i - from)
			n++
			byNext--
			continue
		}
		if i-from > MaxCut-windowSize {
			break // the next call goes on from here
		}
		w.load(l, text, i)
		starts, limit := p.rule.starts(&w, text, i)
		starts = w.certain(starts, limit, len(text)-i)
		base := uint32(i - from)
		length := bits.Len64(starts)
		if length <= slowWindow {
			slow = min(2*slow+1, mostByNext)
			byNext = slow
		} else {
			slow = 0
		}
		if starts == 0 {
			continue
		}
		if len(ends)-n >= windowSize {
			emit(l, (*[windowSize]uint32)(ends[n:]), starts, base)
			n += bits.OnesCount64(starts)
			i += length - 1
			continue
		}
		for ; starts != 0 && n < len(ends); starts &= starts - 1 {
			ends[n] = base + uint32(bits.TrailingZeros64(starts))
			n++
		}
		i = from + int(ends[n-1])
	}
	return n
}

// certain returns the starts of words that are certain, and the end of the text if it is in the window, of which left
// bytes of text are. White space at the end of the window may go on behind it, but where it begins is certain.
func (w *window) certain(starts, limit uint64, left int) uint64 {
	valid := uint(min(left, windowSize))
	space := bits.Len64(^w.space & (^uint64(0) >> (windowSize - valid)))
	starts |= 1 << valid
	limit |= 1 << space
	return starts & (limit ^ (limit - 1)) &^ 1
}

// emitPlain writes base plus the places of the bits of starts, from the lowest on, and maybe anything behind them.
func emitPlain(ends *[windowSize]uint32, starts uint64, base uint32) {
	for k := 0; starts != 0; k += 8 {
		e := ends[k&(windowSize-8):][:8]
		for j := range e {
			e[j] = base + uint32(bits.TrailingZeros64(starts))
			starts &= starts - 1
		}
	}
}
