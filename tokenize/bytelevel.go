package tokenize

import (
	"fmt"
	"unicode/utf8"
)

// The byte-level alphabet gives every byte a printable character, so that tokens can be written as text
// (openai/gpt-2, encoder.py, bytes_to_unicode). The bytes 33–126, 161–172 and 174–255 are the characters of
// the same number; the other 68, in order, are U+0100 to U+0143.

// alphabetSize is the number of characters in the alphabet.
const alphabetSize = 256

// letterOf returns the character that stands for a byte.
func letterOf(b byte) rune {
	switch {
	case 33 <= b && b <= 126, 161 <= b && b <= 172, 174 <= b:
		return rune(b)
	case b <= 32:
		return 0x100 + rune(b)
	case b <= 160:
		return 0x100 + 33 + rune(b-127)
	}
	return 0x100 + 67 // 173, the soft hyphen
}

// byteOf returns the byte that a character stands for.
func byteOf(r rune) (byte, bool) {
	switch {
	case r >= 0x100 && r <= 0x120:
		return byte(r - 0x100), true
	case r >= 0x121 && r <= 0x142:
		return byte(r - 0x121 + 127), true
	case r == 0x143:
		return 173, true
	case r >= 0 && r < 256 && letterOf(byte(r)) == r:
		return byte(r), true
	}
	return 0, false
}

// alphabet returns the bytes in the order of their characters, which is the order of their ids.
func alphabet() []byte {
	order := make([]byte, 0, alphabetSize)
	for r := rune(0); r <= 0x143; r++ {
		if b, ok := byteOf(r); ok {
			order = append(order, b)
		}
	}
	return order
}

// spell writes bytes in the alphabet.
func spell(token []byte) string {
	out := make([]byte, 0, 2*len(token))
	for _, b := range token {
		out = utf8.AppendRune(out, letterOf(b))
	}
	return string(out)
}

// unspell reads a token written in the alphabet.
func unspell(spelled string) ([]byte, error) {
	out := make([]byte, 0, len(spelled))
	for _, r := range spelled {
		b, ok := byteOf(r)
		if !ok {
			return nil, fmt.Errorf("token %q has the character %q, which stands for no byte", spelled, r)
		}
		out = append(out, b)
	}
	return out, nil
}

// isAlphabetLetter says whether a token's text is that of a single byte.
func isAlphabetLetter(s string) bool {
	b, err := unspell(s)
	return err == nil && len(b) == 1
}

func specialError(token, format string, args ...any) error {
	if token == "" {
		return fmt.Errorf("special token "+format, args...)
	}
	return fmt.Errorf("special token %q "+format, append([]any{token}, args...)...)
}

// spelledBytes returns the bytes that a text would stand for as an ordinary token; empty if for none.
func spelledBytes(s string) string {
	b, err := unspell(s)
	if err != nil {
		return ""
	}
	return string(b)
}

// letterTable gives for a character below 0x144 the byte that it stands for, or -1.
type letterTable [0x144]int16

func newLetterTable() (t letterTable) {
	for r := range t {
		t[r] = -1
		if b, ok := byteOf(rune(r)); ok {
			t[r] = int16(b)
		}
	}
	return t
}

// appendBytes appends the bytes that the spelled token stands for; ok is false if a character stands for none. All
// characters of the alphabet are of one or two bytes in UTF-8.
func (t *letterTable) appendBytes(dst, spelled []byte) (out []byte, ok bool) {
	for i := 0; i < len(spelled); i++ {
		r := rune(spelled[i])
		if r >= utf8.RuneSelf {
			if i+1 >= len(spelled) || r < 0xc2 || r > 0xc5 || spelled[i+1]&0xc0 != 0x80 {
				return dst, false
			}
			r = r&0x1f<<6 | rune(spelled[i+1]&0x3f)
			i++
		}
		if int(r) >= len(t) || t[r] < 0 {
			return dst, false
		}
		dst = append(dst, byte(t[r]))
	}
	return dst, true
}
