package jsonl

import (
	"math/bits"
	"unicode/utf8"
)

const (
	lows  = 0x0101010101010101
	highs = 0x80 * lows
)

// special has the high bit of the first byte of x that a JSON string cannot hold as it is or that may begin such a character: a quote, a backslash, a control
// character, 0xE2 of U+2028. It may have those of others behind the first.
func special(x uint64) uint64 {
	quote, backslash, separator := x^'"'*lows, x^'\\'*lows, x^0xE2*lows
	return ((quote-lows)&^quote | (backslash-lows)&^backslash | (separator-lows)&^separator | (x-' '*lows)&^x) & highs
}

// appendString appends s as a JSON string, as an encoding/json.Encoder does that does not escape for HTML.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	if !utf8.ValidString(s) {
		return append(appendRunes(b, s), '"')
	}
	from, i := 0, 0
	for {
		for i+8 <= len(s) {
			if found := special(load64(s[i:])); found != 0 {
				i += bits.TrailingZeros64(found) >> 3
				break
			}
			i += 8
		}
		if i >= len(s) {
			break
		}
		n := escapeLength(s[i:])
		if n == 0 {
			i++
			continue
		}
		b = append(b, s[from:i]...)
		if s[i] == '\n' { // the most frequent by far
			b = append(b, '\\', 'n')
		} else {
			b = appendRunes(b, s[i:i+n])
		}
		i += n
		from = i
	}
	return append(append(b, s[from:]...), '"')
}

// load64 is the first eight bytes as a little-endian number.
func load64(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// escapeLength is the length of the character at the beginning of s where it must be escaped, else 0. s is UTF-8.
func escapeLength(s string) int {
	switch c := s[0]; {
	case c == '"', c == '\\', c < ' ':
		return 1
	case c == 0xE2 && (s[:3] == "\u2028" || s[:3] == "\u2029"):
		return 3
	}
	return 0
}

// appendRunes appends s without quotes, rune by rune.
func appendRunes(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	for size := 0; len(s) > 0; s = s[size:] {
		var r rune
		r, size = utf8.DecodeRuneInString(s)
		switch {
		case r == '"', r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\b':
			b = append(b, `\b`...)
		case r == '\f':
			b = append(b, `\f`...)
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		case r == '\u2028', r == '\u2029':
			b = append(b, `\u202`...)
			b = append(b, hex[r&15])
		case r == utf8.RuneError && size == 1: // no UTF-8
			b = append(b, `\ufffd`...)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return b
}
