package ingest

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// field is a field of a JSON object: its name, and its value as it stands there.
type field struct {
	name  string
	value json.RawMessage
}

// readObject takes an object apart. Its values are parts of b where b is of the usual form, which splitObject knows; parseObject is the reference, and
// takes the others.
func readObject(b []byte) (*object, error) {
	if list, ok := splitObject(b); ok {
		return &object{list: list}, nil
	}
	return parseObject(b)
}

// TextField is the text of a field of the JSON object on a line; ok is false where there is no such field, or its value is no string.
func TextField(line []byte, name string) (value string, ok bool) {
	o, err := readObject(line)
	if err != nil {
		return "", false
	}
	v, _ := o.field(name)
	return text(v)
}

// usualFields is the number of fields up to which an object is of the usual form: they are looked for one by one.
const usualFields = 32

// splitObject finds the fields of an object in one pass. It gives up on what is no JSON, on names that are not plain ASCII, and on more than usualFields.
func splitObject(b []byte) (list []field, ok bool) {
	i := skipSpace(b, 0)
	if i == len(b) || b[i] != '{' {
		return nil, false
	}
	list = make([]field, 0, 8)
	if i = skipSpace(b, i+1); i < len(b) && b[i] == '}' {
		return list, skipSpace(b, i+1) == len(b)
	}
	for len(list) < usualFields {
		name := plainName(b[min(i, len(b)):])
		if name == 0 {
			return nil, false
		}
		f := field{name: string(b[i+1 : i+name-1])}
		if i = skipSpace(b, i+name); i == len(b) || b[i] != ':' {
			return nil, false
		}
		i = skipSpace(b, i+1)
		n := valueLength(b[i:])
		if n == 0 {
			return nil, false
		}
		f.value = json.RawMessage(b[i : i+n : i+n])
		list = append(list, f)
		if i = skipSpace(b, i+n); i == len(b) {
			return nil, false
		}
		switch b[i] {
		case '}':
			return list, skipSpace(b, i+1) == len(b)
		case ',':
			i = skipSpace(b, i+1)
		default:
			return nil, false
		}
	}
	return nil, false
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// plainName is the length of the string at the beginning of b with its quotes, 0 where that is no string of plain ASCII without escapes.
func plainName(b []byte) int {
	if len(b) == 0 || b[0] != '"' {
		return 0
	}
	for i := 1; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			return i + 1
		case c < ' ' || c == '\\' || c >= utf8.RuneSelf:
			return 0
		}
	}
	return 0
}

// valueLength is the length of the JSON value at the beginning of b, 0 where there is none.
func valueLength(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	n := 0
	switch b[0] {
	case '"':
		return stringLength(b)
	case '{', '[':
		n = nestedLength(b)
	default:
		for n < len(b) && !strings.ContainsRune(",}] \t\n\r", rune(b[n])) {
			n++
		}
	}
	if !json.Valid(b[:n]) {
		return 0
	}
	return n
}

// maxUsualDepth is far less than encoding/json takes.
const maxUsualDepth = 100

// nestedLength is the length of the array or object at the beginning of b by its brackets, 0 where they do not close. What is between is not looked at.
func nestedLength(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			n := stringLength(b[i:])
			if n == 0 {
				return 0
			}
			i += n - 1
		case '{', '[':
			if depth++; depth > maxUsualDepth {
				return 0
			}
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

const (
	lows  = 0x0101010101010101
	highs = 0x80 * lows
)

// special has the high bit of the first byte of x that is a quote, a backslash or a control character, and maybe of others behind it.
func special(x uint64) uint64 {
	quote, backslash := x^'"'*lows, x^'\\'*lows
	return ((quote-lows)&^quote | (backslash-lows)&^backslash | (x-' '*lows)&^x) & highs
}

// stringLength is the length of the JSON string at the beginning of b with its quotes, 0 where there is none.
func stringLength(b []byte) int {
	i := 1
	for {
		for i+8 <= len(b) {
			if found := special(binary.LittleEndian.Uint64(b[i:])); found != 0 {
				i += bits.TrailingZeros64(found) >> 3
				break
			}
			i += 8
		}
		if i >= len(b) {
			return 0
		}
		switch c := b[i]; {
		case c == '"':
			return i + 1
		case c == '\\':
			n := escapeLength(b[i:])
			if n == 0 {
				return 0
			}
			i += n
		case c < ' ':
			return 0
		default:
			i++
		}
	}
}

// escapeLength is the length of the escape at the beginning of b, 0 where there is none.
func escapeLength(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hexRune(b); ok {
			return 6
		}
	}
	return 0
}

// hexRune is the character of \uXXXX, which may be half of a pair.
func hexRune(b []byte) (r rune, ok bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	for _, c := range b[2:6] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// unquote is the text of a JSON string, false for what is known to be another value. plainUnquote is its reference, and takes strings that are not UTF-8.
func unquote(quoted []byte) (string, bool) {
	if len(quoted) < 2 || quoted[0] != '"' || !utf8.Valid(quoted) {
		return plainUnquote(quoted)
	}
	b := quoted[1 : len(quoted)-1]
	at := bytes.IndexByte(b, '\\')
	if at < 0 {
		return string(b), true
	}
	var s strings.Builder
	s.Grow(len(b))
	for ; at >= 0; at = bytes.IndexByte(b, '\\') {
		s.Write(b[:at])
		n := writeEscape(&s, b[at:])
		if n == 0 {
			return "", false
		}
		b = b[at+n:]
	}
	s.Write(b)
	return s.String(), true
}

func plainUnquote(quoted []byte) (text string, ok bool) {
	ok = json.Unmarshal(quoted, &text) == nil && quoted[0] == '"' // and not null
	return text, ok
}

// writeEscape writes what the escape at the beginning of b stands for, and returns its length.
func writeEscape(s *strings.Builder, b []byte) int {
	n := escapeLength(b)
	if n == 0 {
		return 0
	}
	switch b[1] {
	case 'b':
		s.WriteByte('\b')
	case 'f':
		s.WriteByte('\f')
	case 'n':
		s.WriteByte('\n')
	case 'r':
		s.WriteByte('\r')
	case 't':
		s.WriteByte('\t')
	case 'u':
		return writeRune(s, b)
	default:
		s.WriteByte(b[1])
	}
	return n
}

// writeRune writes the character of \uXXXX, which takes two of them beyond the Basic Multilingual Plane. Half a pair becomes U+FFFD.
func writeRune(s *strings.Builder, b []byte) int {
	r, _ := hexRune(b)
	if low, ok := hexRune(b[6:]); ok && 0xD800 <= r && r < 0xDC00 && 0xDC00 <= low && low < 0xE000 {
		s.WriteRune((r-0xD800)<<10 | (low - 0xDC00) + 0x10000)
		return 12
	}
	s.WriteRune(r) // WriteRune makes U+FFFD of a half
	return 6
}
