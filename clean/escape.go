package clean

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// escape writes text so that a reader of CommonMark gives it back; behind is the character behind it. Only what would be
// read as markup is escaped: "snake_case", "2 * 3" and "AT&T" stay as they are. TeX between \( and \), \[ and \], or dollar signs stays
// as it was found.
func (w *spanWriter) escape(from, to int32, behind rune) {
	if from >= to {
		return
	}
	s := composed(string(w.text[from:to]))
	for i := 0; i < len(s); {
		c := s[i]
		n := 1
		switch c {
		case '\n':
			i = w.newline(s, i, behind)
			continue
		case '\\', '$':
			if n = texLength(s[i:]); n > 0 {
				w.tex(s[i : i+n])
				break
			}
			n = 1
			if c == '\\' && (i+1 < len(s) && isEscapable(s[i+1]) || i+1 == len(s) && behind != edge) {
				w.out = append(w.out, '\\')
			}
			w.out = append(w.out, c)
		case '*', '_', '~':
			for i+n < len(s) && s[i+n] == c {
				n++
			}
			w.delimiters(s[i:i+n], w.before(s, i), after(s, i+n, behind))
		case '<':
			w.put(c, i+1 < len(s) && (opensTag(s[i+1]) || startsMail(s[i+1:])) || i+1 == len(s) && behind != edge)
		case '&':
			w.put(c, isReference(s[i:]))
		case '`':
			w.put(c, true)
		case '[':
			w.put(c, w.linked)
		case ']':
			w.put(c, w.linked || i+1 < len(s) && s[i+1] == '(')
		case '|':
			w.put(c, w.at == inCell)
		default:
			// Up to the next character that this switch names.
			for i+n < len(s) && !isSpecial(s[i+n]) {
				n++
			}
			w.out = append(w.out, s[i:i+n]...)
		}
		i += n
	}
	if s != "" {
		w.last, _ = utf8.DecodeLastRuneInString(s)
		w.closed = false
	}
}

func (w *spanWriter) put(c byte, escaped bool) {
	if escaped {
		w.out = append(w.out, '\\')
	}
	w.out = append(w.out, c)
}

// newline writes a line end with the white space around it, and returns where the text goes on. In a paragraph it is a hard line break, but beside
// maths that stands on a line of its own.
func (w *spanWriter) newline(s string, i int, behind rune) (next int) {
	next = i
	for next < len(s) && isSpaceByte(s[next]) {
		next++
	}
	w.out = bytes.TrimRight(w.out, " ")
	switch {
	case len(w.out) == 0:
	case w.at != inParagraph:
		w.out = append(w.out, ' ')
	case i == 0 && bytes.HasSuffix(w.out, []byte("$$")), next == len(s) && w.upcoming:
		w.out = append(w.out, '\n')
	case next == len(s) && behind == edge:
	default:
		w.out = append(w.out, "\\\n"...)
	}
	return next
}

// tex writes TeX as found.
func (w *spanWriter) tex(s string) {
	s = strings.ReplaceAll(s, "\n", " ")
	if w.at == inCell {
		s = strings.ReplaceAll(s, "|", `\|`)
	}
	w.out = append(w.out, s...)
}

// delimiters writes a run of characters that may open or close emphasis or strikethrough.
func (w *spanWriter) delimiters(run string, before, after rune) {
	var escaped bool
	switch loose := unicode.IsSpace(before) && unicode.IsSpace(after); run[0] {
	case '*':
		escaped = !loose
	case '_':
		escaped = !loose && !(isAlphanumeric(before) && isAlphanumeric(after))
	case '~':
		// Strikethrough needs a run that closes it, which follows a character other than white space.
		escaped = len(run) <= 2 && !unicode.IsSpace(before)
	}
	for i := range len(run) {
		w.put(run[i], escaped)
	}
}

// before is the character before s[i].
func (w *spanWriter) before(s string, i int) rune {
	if i > 0 {
		r, _ := utf8.DecodeLastRuneInString(s[:i])
		return r
	}
	if len(w.out) == 0 {
		return edge
	}
	if w.closed {
		return markup
	}
	r, _ := utf8.DecodeLastRune(w.out)
	return r
}

// after is the character at s[i], or behind.
func after(s string, i int, behind rune) rune {
	if i == len(s) {
		return behind
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	return r
}

func isAlphanumeric(r rune) bool { return r >= 0 && (unicode.IsLetter(r) || unicode.IsNumber(r)) }

func isSpecial(c byte) bool {
	switch c {
	case '\n', '\\', '$', '*', '_', '~', '<', '&', '`', '[', ']', '|':
		return true
	}
	return false
}

// isEscapable reports ASCII punctuation, before which a backslash is an escape, and the line end, before which it is a hard break.
func isEscapable(c byte) bool {
	return '!' <= c && c <= '/' || ':' <= c && c <= '@' || '[' <= c && c <= '`' || '{' <= c && c <= '~' || c == '\n'
}

// opensTag reports the characters behind "<" that may make a tag, a comment or an autolink of it.
func opensTag(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || c == '/' || c == '!' || c == '?'
}

// startsMail reports whether s starts with the local part of a mail address: <1@example.org> is an autolink (CommonMark 0.31.2, section 6.5).
func startsMail(s string) bool {
	for i := range min(len(s), maxLocalPart+1) {
		switch c := s[i]; {
		case c == '@':
			return i > 0
		case !isAlphanumericByte(c) && strings.IndexByte(".!#$%&'*+/=?^_`{|}~-", c) < 0:
			return false
		}
	}
	return false
}

// maxLocalPart is the length in bytes up to which a local part is looked at (RFC 5321, section 4.5.3.1.1).
const maxLocalPart = 64

// isReference reports whether s starts with what may be a character reference.
func isReference(s string) bool {
	i := 1
	if i < len(s) && s[i] == '#' {
		i++
	}
	start := i
	for i < len(s) && i < 40 && isAlphanumericByte(s[i]) {
		i++
	}
	return i > start && i < len(s) && s[i] == ';'
}

func isAlphanumericByte(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
}

// Lengths in bytes up to which text between delimiters is taken for TeX.
const (
	maxTeX       = 1000
	maxDollarTeX = 300
)

// texLength is the length of the TeX that s starts with, delimiters included; 0 when there is none. Between single dollar signs it must look like
// TeX and, as in GitHub's Markdown and Pandoc's, touch them, with no digit behind: "$5 and $10" is no TeX.
func texLength(s string) int {
	var n int
	switch {
	case strings.HasPrefix(s, `\(`):
		n = texUntil(s, `\)`, maxTeX)
	case strings.HasPrefix(s, `\[`):
		n = texUntil(s, `\]`, maxTeX)
	case strings.HasPrefix(s, "$$"):
		n = texUntil(s, "$$", maxTeX)
	case s[0] == '$' && len(s) > 2 && !isSpaceByte(s[1]):
		n = texUntil(s, "$", maxDollarTeX)
		if n < 3 || isSpaceByte(s[n-2]) || n < len(s) && '0' <= s[n] && s[n] <= '9' || !strings.ContainsAny(s[1:n-1], `\^_{}=`) {
			return 0
		}
	}
	return n
}

// texUntil is the length of TeX that ends with a delimiter; 0 when it ends with none or holds what Markdown would take for a tag or for code.
func texUntil(s, end string, most int) int {
	body := s[len(end):min(len(s), most)]
	i := strings.Index(body, end)
	if i <= 0 {
		return 0
	}
	body = body[:i]
	if strings.IndexByte(body, '`') >= 0 || strings.Contains(body, "\n") && len(end) == 1 {
		return 0
	}
	for j := strings.IndexByte(body, '<'); j >= 0 && j+1 < len(body); {
		if opensTag(body[j+1]) {
			return 0
		}
		k := strings.IndexByte(body[j+1:], '<')
		if k < 0 {
			break
		}
		j += 1 + k
	}
	return len(end) + i + len(end)
}

// escapeLines escapes what would be read as a block's structure at the start of a line: a heading, quote, list, rule, fence, link definition
// or the second line of a table; in an item's first line also a check box.
func escapeLines(s string, item bool) string {
	if !strings.ContainsAny(s, "#>-+*_=~|:[0123456789") {
		return s
	}
	var out strings.Builder
	for first := true; ; first = false {
		line, rest, more := strings.Cut(s, "\n")
		line = strings.TrimLeft(line, " \t")
		if at := lineEscape(line, item && first); at >= 0 {
			out.WriteString(line[:at])
			out.WriteByte('\\')
			line = line[at:]
		}
		out.WriteString(line)
		if !more {
			return out.String()
		}
		out.WriteByte('\n')
		s = rest
	}
}

// lineEscape is where a line needs a backslash; -1 when nowhere.
func lineEscape(s string, item bool) int {
	if s == "" {
		return -1
	}
	body := strings.TrimSuffix(s, `\`)
	switch c := s[0]; c {
	case '#':
		n := 0
		for n < len(body) && body[n] == '#' {
			n++
		}
		if n <= 6 && endsWord(body, n) {
			return 0
		}
	case '>':
		return 0
	case '-', '+', '*', '_', '=', '|', ':':
		if c != '=' && c != '|' && c != ':' && c != '_' && endsWord(body, 1) || isRule(body, c) || isDelimiterRow(body) {
			return 0
		}
	case '~':
		if strings.HasPrefix(s, "~~~") {
			return 0
		}
	case '[':
		if i := closingBracket(s); i > 0 && i+1 < len(s) && s[i+1] == ':' {
			return 0
		}
		if item && len(s) > 3 && strings.IndexByte(" xX", s[1]) >= 0 && s[2] == ']' && s[3] == ' ' {
			return 0
		}
	default:
		n := 0
		for n < len(body) && n < 10 && '0' <= body[n] && body[n] <= '9' {
			n++
		}
		if 0 < n && n < 10 && n < len(body) && (body[n] == '.' || body[n] == ')') && endsWord(body, n+1) {
			return n
		}
	}
	return -1
}

// closingBracket is the index of the first "]" that is not escaped, -1 when there is none.
func closingBracket(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ']':
			return i
		}
	}
	return -1
}

// endsWord reports white space or the end of s at i.
func endsWord(s string, i int) bool { return i >= len(s) || s[i] == ' ' || s[i] == '\t' }

// isRule reports a line of one character and spaces.
func isRule(s string, c byte) bool {
	for i := range len(s) {
		if s[i] != c && s[i] != ' ' {
			return false
		}
	}
	return c != '|' && c != ':'
}

// isDelimiterRow reports what may be the second line of a table.
func isDelimiterRow(s string) bool {
	for i := range len(s) {
		if strings.IndexByte("|-: \t", s[i]) < 0 {
			return false
		}
	}
	return strings.IndexByte(s, '-') >= 0
}

// escapeClosing escapes a run of number signs that would be taken for the closing sequence of a heading.
func escapeClosing(s string) string {
	n := len(strings.TrimRight(s, "#"))
	if n == len(s) || n > 0 && s[n-1] != ' ' {
		return s
	}
	return s[:n] + `\` + s[n:]
}
