package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lineScan is what one walk over a line counts.
type lineScan struct {
	chars  int // characters
	upper  int // upper-case characters
	digits int // digits of any script, also raised and circled ones
	words  int // runs without white space
	tokens int // runs between fastText's white space that begin with a letter or a number; DCLM counts removed words so
}

// scanLine counts in one pass.
func scanLine(line string) (m lineScan) {
	inWord, inToken := false, false
	for i := 0; i < len(line); {
		b := line[i]
		if b >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(line[i:])
			i += size
			m.chars++
			m.wide(r, &inWord, &inToken)
			continue
		}
		i++
		m.chars++
		kind := class[b]
		switch {
		case kind&classUpper != 0:
			m.upper++
		case kind&classDigit != 0:
			m.digits++
		}
		if kind&classSpace != 0 {
			inWord = false
		} else if !inWord {
			inWord = true
			m.words++
		}
		// fastText parts words at these and at NUL, but not at the separators U+001C to U+001F.
		if b == ' ' || b >= '\t' && b <= '\r' || b == 0 {
			inToken = false
		} else if !inToken {
			inToken = true
			if kind&classAlnum != 0 {
				m.tokens++
			}
		}
	}
	return m
}

// wide counts a character beyond ASCII.
func (m *lineScan) wide(r rune, inWord, inToken *bool) {
	if unicode.IsUpper(r) || unicode.Is(unicode.Other_Uppercase, r) {
		m.upper++
	} else if isDigitLike(r) {
		m.digits++
	}
	if unicode.IsSpace(r) {
		*inWord = false
	} else if !*inWord {
		*inWord = true
		m.words++
	}
	if !*inToken {
		*inToken = true
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			m.tokens++
		}
	}
}

// raisedDigits are the characters that Unicode calls digits (Numeric_Type=Digit) though they form no decimal numbers: raised, lowered and
// circled ones and a few old ones. Python's str.isdigit counts them.
var raisedDigits = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0xb2, 0xb3, 1}, {0xb9, 0xb9, 1}, {0x1369, 0x1371, 1}, {0x19da, 0x19da, 1}, {0x2070, 0x2070, 1}, {0x2074, 0x2079, 1},
		{0x2080, 0x2089, 1}, {0x2460, 0x2468, 1}, {0x2474, 0x247c, 1}, {0x2488, 0x2490, 1}, {0x24ea, 0x24ea, 1}, {0x24f5, 0x24fd, 1},
		{0x24ff, 0x24ff, 1}, {0x2776, 0x277e, 1}, {0x2780, 0x2788, 1}, {0x278a, 0x2792, 1},
	},
	R32:         []unicode.Range32{{0x10a40, 0x10a43, 1}, {0x10e60, 0x10e68, 1}, {0x11052, 0x1105a, 1}, {0x1f100, 0x1f10a, 1}},
	LatinOffset: 2,
}

func isDigitLike(r rune) bool { return unicode.IsDigit(r) || unicode.Is(raisedDigits, r) }

// counterNouns are what social media count.
var counterNouns = [...]string{"likes", "shares", "comments", "retweets", "reposts", "quotes", "bookmarks", "upvotes", "downvotes", "downloads", "views", "followers"}

// isCounter reports whether a line is a number, such as 3, 1,204 or 2.5K, and one of counterNouns, with nothing but signs and white
// space around: DCLM's \W*\d[,.\d]*[kmb]?\s+(likes|…)\W* in any letter case.
func isCounter(line string) bool {
	start := strings.IndexFunc(line, isRegexpWord)
	if start < 0 {
		return false
	}
	rest := line[start:]
	if r, _ := utf8.DecodeRuneInString(rest); !unicode.IsDigit(r) {
		return false
	}
	rest = strings.TrimLeftFunc(rest, func(r rune) bool { return r == ',' || r == '.' || unicode.IsDigit(r) })
	if rest != "" && strings.IndexByte("kmbKMB", rest[0]) >= 0 {
		rest = rest[1:]
	}
	noun := strings.TrimLeftFunc(rest, isSpace)
	if len(noun) == len(rest) {
		return false
	}
	for _, n := range counterNouns {
		if len(noun) >= len(n) && strings.EqualFold(noun[:len(n)], n) {
			return strings.IndexFunc(noun[len(n):], isRegexpWord) < 0
		}
	}
	return false
}

// isRegexpWord tells the characters of \w.
func isRegexpWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// linePattern is a LineSubstring in lower case.
type linePattern struct {
	runes []rune
	at    string
}

func newLinePattern(s LineSubstring) linePattern {
	p := linePattern{at: s.At}
	for _, r := range s.Text {
		p.runes = append(p.runes, unicode.ToLower(r))
	}
	return p
}

// prefix is the length in bytes of the match at the start of s, -1 for none.
func (p linePattern) prefix(s string) int {
	n := 0
	for _, want := range p.runes {
		r, size := utf8.DecodeRuneInString(s[n:])
		if size == 0 || want != '.' && unicode.ToLower(r) != want {
			return -1
		}
		n += size
	}
	return n
}

// remove takes the matches out of a line, each with one white space before it, or behind it for a match at the start.
func (p linePattern) remove(line string) string {
	switch p.at {
	case atStart:
		n := p.prefix(line)
		if n < 0 {
			return line
		}
		line = line[n:]
		if r, size := utf8.DecodeRuneInString(line); size > 0 && isSpace(r) {
			line = line[size:]
		}
		return line
	case atEnd:
		start := len(line)
		for range p.runes {
			_, size := utf8.DecodeLastRuneInString(line[:start])
			start -= size
		}
		if n := p.prefix(line[start:]); n < 0 || start+n != len(line) {
			return line
		}
		if r, size := utf8.DecodeLastRuneInString(line[:start]); size > 0 && isSpace(r) {
			start -= size
		}
		return line[:start]
	}
	return p.removeAll(line)
}

func (p linePattern) removeAll(line string) string {
	var b strings.Builder
	copied := 0
	for i := 0; i < len(line); {
		if n := p.prefix(line[i:]); n >= 0 {
			from := i
			if r, size := utf8.DecodeLastRuneInString(line[copied:i]); size > 0 && isSpace(r) {
				from -= size
			}
			b.WriteString(line[copied:from])
			i += n
			copied = i
			continue
		}
		_, size := utf8.DecodeRuneInString(line[i:])
		i += size
	}
	if copied == 0 {
		return line
	}
	b.WriteString(line[copied:])
	return b.String()
}
