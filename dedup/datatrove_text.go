package dedup

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// simplifier does what datatrove's simplify_text does with its default settings: lower case, numbers to "0", punctuation to
// spaces, runs of white space to one space and none at either end, and letters without their diacritics.
type simplifier struct{ a, b []byte }

// simplify returns a slice that the next call overwrites.
func (s *simplifier) simplify(text string) []byte {
	s.a = lowered(s.a[:0], text)
	s.b = spaced(zeroed(s.b[:0], s.a))
	if isASCII(s.b) {
		return s.b
	}
	s.a = s.a[:0]
	for _, r := range norm.NFD.String(string(s.b)) {
		if !unicode.Is(unicode.Mn, r) {
			s.a = utf8.AppendRune(s.a, r)
		}
	}
	return singleSpaced(s.a)
}

// singleSpaced takes out the spaces that a mark between them leaves: words must stand one space apart.
func singleSpaced(text []byte) []byte {
	n := 0
	for _, c := range bytes.TrimRight(text, " ") {
		if c == ' ' && (n == 0 || text[n-1] == ' ') {
			continue
		}
		text[n] = c
		n++
	}
	return text[:n]
}

func isASCII[T string | []byte](s T) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// zeroed appends text with each number replaced by "0": digits of any script, and one fraction behind a separator.
func zeroed(b, text []byte) []byte {
	for i := 0; i < len(text); {
		n := digits(text[i:])
		if n == 0 {
			_, size := utf8.DecodeRune(text[i:])
			b = append(b, text[i:i+size]...)
			i += size
			continue
		}
		b = append(b, '0')
		i += n
		if r, size := utf8.DecodeRune(text[i:]); isSeparator(r) {
			if n := digits(text[i+size:]); n > 0 {
				i += size + n
			}
		}
	}
	return b
}

// digits is the length of the digits that text begins with.
func digits(text []byte) int {
	n := 0
	for n < len(text) {
		r, size := rune(text[n]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(text[n:])
		}
		if !unicode.Is(unicode.Nd, r) {
			break
		}
		n += size
	}
	return n
}

func isSeparator(r rune) bool {
	return strings.ContainsRune(".,\u060c\u066b\u2396\u2397\u2398", r)
}

// spaced puts one space for each run of white space and of what datatrove holds for punctuation, none at either end; it works in place.
func spaced(text []byte) []byte {
	n := 0
	space := false
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(text[i:])
		}
		if unicode.IsSpace(r) || isPunctuation(r) {
			space = n > 0
		} else {
			if space {
				text[n] = ' ' // there is room: a space was read
				n++
				space = false
			}
			n += copy(text[n:], text[i:i+size])
		}
		i += size
	}
	return text[:n]
}

// isPunctuation reports whether datatrove's simplify_text makes a space of the character: a list of its own, and the control characters.
func isPunctuation(r rune) bool {
	if r < utf8.RuneSelf {
		return !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z')
	}
	switch {
	case r < 0xa0:
		return true
	case r < 0x2000:
		return r == '«' || r == '´' || r == '»'
	case r < 0x3000:
		switch r {
		case '–', '—', '’', '“', '”', '„', '…', '∶', '━', '►':
			return true
		}
		return false
	case r < 0xff00:
		switch r {
		case '、', '。', '〈', '〉', '《', '》', '「', '」', '【', '】':
			return true
		}
		return false
	}
	switch r {
	case '！', '％', '（', '）', '，', '．', '１', '：', '；', '？', '～':
		return true
	}
	return false
}
