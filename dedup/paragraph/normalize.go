package paragraph

import (
	"encoding/binary"
	"unicode"
	"unicode/utf8"

	"corpus/dedup"

	"golang.org/x/text/unicode/norm"
)

// appendFolded appends s in lower case, rune by rune, each run of white space made one space, none at either end.
// A byte that is not UTF-8 stays as it is, so that no two texts become alike by it. plainFold in the tests is the reference.
func appendFolded(b []byte, s string) []byte {
	first := len(b)
	for i := 0; i < len(s); {
		if i+8 <= len(s) {
			if word, ok := foldWord(load(s[i:]), ends(b, first)); ok {
				b = binary.LittleEndian.AppendUint64(b, word)
				i += 8
				continue
			}
		}
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		switch {
		case dedup.IsSpace(r):
			if !ends(b, first) {
				b = append(b, ' ')
			}
		case r < utf8.RuneSelf:
			b = append(b, dedup.LowerASCII(byte(r)))
		case r == utf8.RuneError && size == 1:
			b = append(b, s[i])
		default:
			b = utf8.AppendRune(b, unicode.ToLower(r))
		}
		i += size
	}
	return trimSpace(b, first)
}

// ends reports whether b[first:] ends in a space or is empty, so that a space behind it would be one too many.
func ends(b []byte, first int) bool { return len(b) == first || b[len(b)-1] == ' ' }

// trimSpace takes away the one space that may stand at the end of b[first:].
func trimSpace(b []byte, first int) []byte {
	if len(b) > first && b[len(b)-1] == ' ' {
		return b[:len(b)-1]
	}
	return b
}

func load(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// foldWord makes eight bytes lower case, the first in the lowest bits. It is false where one of them is not printable ASCII, or is a space
// behind another; spaced says that a space, or nothing, stands before the first. All bytes being below 0x80, no sum carries into the next.
func foldWord(x uint64, spaced bool) (uint64, bool) {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	if x&tops != 0 || (x+0x60*ones)&tops != tops { // none from 0x80 on, none below 0x20
		return 0, false
	}
	spaces := ^((x ^ 0x20*ones) + 0x7f*ones) & tops
	if spaces&(spaces<<8) != 0 || spaced && spaces&0x80 != 0 {
		return 0, false
	}
	upper := (x + (0x80-'A')*ones) &^ (x + (0x80-'Z'-1)*ones) & tops
	return x | upper>>2, true
}

// appendCCNet appends s as Wenzek et al. 2020, section 3.1 describe it: in lower case, every digit made 0, without punctuation (category P) and
// accent marks (Mn of the canonical decomposition). Control characters go as well, and white space is folded as by appendFolded: where punctuation went, it
// would otherwise stand doubled. plainCCNet in the tests is the reference.
func appendCCNet(b []byte, s string) []byte {
	first := len(b)
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			switch {
			case 'a' <= c && c <= 'z':
				b = append(b, c)
			case dedup.IsSpace(rune(c)):
				if !ends(b, first) {
					b = append(b, ' ')
				}
			case 'A' <= c && c <= 'Z':
				b = append(b, c+'a'-'A')
			case '0' <= c && c <= '9':
				b = append(b, '0')
			case isSymbol(c):
				b = append(b, c)
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case unicode.IsSpace(r):
			if !ends(b, first) {
				b = append(b, ' ')
			}
		case r == utf8.RuneError && size == 1:
			b = append(b, c) // no two texts become alike by bytes that are not UTF-8
		default:
			decomposed := norm.NFD.PropertiesString(s[i:]).Decomposition()
			if decomposed == nil {
				b = appendLetter(b, r)
			}
			for len(decomposed) > 0 {
				part, n := utf8.DecodeRune(decomposed)
				b = appendLetter(b, part)
				decomposed = decomposed[n:]
			}
		}
		i += size
	}
	return trimSpace(b, first)
}

// appendLetter appends what CCNet's rules leave of a rune beyond ASCII.
func appendLetter(b []byte, r rune) []byte {
	switch {
	case unicode.Is(unicode.Mn, r) || unicode.IsPunct(r) || unicode.IsControl(r):
		return b
	case unicode.IsDigit(r): // category Nd
		return append(b, '0')
	}
	return utf8.AppendRune(b, unicode.ToLower(r))
}

// isSymbol reports whether an ASCII character is one of category S.
func isSymbol(c byte) bool {
	switch c {
	case '$', '+', '<', '=', '>', '^', '`', '|', '~':
		return true
	}
	return false
}
