package wikitext

import "unicode/utf8"

// ordinary marks the bytes that tidy copies without a look: letters, digits, most of what is not ASCII.
var ordinary = func() (o [256]bool) {
	for b := range o {
		o[b] = b > ' ' && b != 0x7f
	}
	for _, b := range []byte("()[]{},;:.") {
		o[b] = false
	}
	// What the punctuation of Chinese and Japanese begins with.
	o[0xe3], o[0xef] = false, false
	return o
}()

// maxParentheses is how deep parentheses nest for tidy.
const maxParentheses = 8

// tidier writes a block's text from a line with marks: white space in a row becomes one space, or none between characters of scripts
// that set no spaces; breaks become line ends; and what was dropped leaves no traces: "word ( , born {{…}}), {{…}}." becomes "word (born)".
type tidier struct {
	out  []byte
	base int // where the block begins in out

	space, newline bool // white space is due before the next character; a line end was in it
	breaks         int  // line ends are due: 1, or 2 for a blank line
	oneLine        bool // a blank line is one line end: in an item of a list

	dropped int // len(out) when something was last left out, or -1
	raw     int // len(out) behind the last raw text
	parens  [maxParentheses]int
	depth   int
}

// tidy appends the text of line to out.
func tidy(out, line []byte, oneLine bool) []byte {
	t := tidier{out: out, base: len(out), oneLine: oneLine, dropped: -1}
	for i := 0; i < len(line); {
		j := i
		for j < len(line) && ordinary[line[j]] {
			j++
		}
		if j > i {
			t.gap(line[i:])
			t.out = append(t.out, line[i:j]...)
			i = j
			continue
		}
		i += t.special(line[i:])
	}
	return t.out
}

// special takes what is not ordinary at the beginning of b, and returns its length.
func (t *tidier) special(b []byte) int {
	switch b[0] {
	case ' ':
		t.space = true
	case '\n':
		t.space, t.newline = true, true
	case markDropped:
		t.dropped = len(t.out)
	case markBreak:
		t.breaks = max(t.breaks, 1)
	case markParagraph:
		t.breaks = 2
	case markRaw:
		return t.copyRaw(b)
	case '(':
		t.open(b, 1)
	case ')':
		t.close(b, 1)
	case ',', ';', ':', '.':
		t.separator(b, 1)
	case '{', '[':
		if n := len(t.out); n > t.base && n > t.raw && t.out[n-1] == b[0] && !t.space && t.breaks == 0 {
			return 1 // never two: that is markup
		}
		t.gap(b)
		t.out = append(t.out, b[0])
	case 0xe3, 0xef:
		return t.wide(b)
	default:
		if b[0] > ' ' && b[0] != 0x7f {
			t.gap(b)
			t.out = append(t.out, b[0])
		}
	}
	return 1
}

// wide takes a character that may be full-width punctuation.
func (t *tidier) wide(b []byte) int {
	r, n := utf8.DecodeRune(b)
	switch r {
	case '（':
		t.open(b, n)
	case '）':
		t.close(b, n)
	case '、', '，', '；', '：':
		t.separator(b, n)
	default:
		t.gap(b)
		t.out = append(t.out, b[:n]...)
	}
	return n
}

// gap writes the white space that is due before the character at the beginning of b.
func (t *tidier) gap(b []byte) {
	switch {
	case len(t.out) == t.base:
	case t.breaks > 1 && !t.oneLine:
		t.out = append(t.out, "\n\n"...)
		t.depth = 0
	case t.breaks > 0:
		t.out = append(t.out, '\n')
		t.depth = 0
	case t.space && t.newline && t.spaceless(b):
	case t.space && t.dropped == len(t.out) && t.opened():
	case t.space:
		t.out = append(t.out, ' ')
	}
	t.space, t.newline, t.breaks = false, false, 0
}

// spaceless says whether a line end stands between two characters of scripts that set no spaces.
func (t *tidier) spaceless(b []byte) bool {
	last, _ := utf8.DecodeLastRune(t.out)
	next, _ := utf8.DecodeRune(b)
	return setsNoSpaces(last) && setsNoSpaces(next)
}

// opened says whether the text so far ends with an opening parenthesis.
func (t *tidier) opened() bool {
	last, _ := utf8.DecodeLastRune(t.out[t.base:])
	return last == '(' || last == '（'
}

func setsNoSpaces(r rune) bool {
	return r >= 0x0e00 && (r <= 0x0eff || 0x1000 <= r && r <= 0x109f || 0x1780 <= r && r <= 0x17ff ||
		0x2e80 <= r && r <= 0x9fff || 0xf900 <= r && r <= 0xfaff || 0xff00 <= r && r <= 0xff60 || 0x20000 <= r && r <= 0x3ffff)
}

func (t *tidier) open(b []byte, n int) {
	t.gap(b)
	if t.depth < maxParentheses {
		t.parens[t.depth] = len(t.out)
		t.depth++
	}
	t.out = append(t.out, b[:n]...)
}

// close takes a closing parenthesis. Where something was dropped before it, separators before it go, and
// the opening one as well where nothing else is left between them.
func (t *tidier) close(b []byte, n int) {
	if t.depth == 0 {
		t.separator(b, n)
		return
	}
	t.depth--
	from := t.parens[t.depth]
	inner := from + 1
	if t.out[from] != '(' {
		inner = from + len("（")
	}
	if t.dropped >= inner {
		if end := trimSeparators(t.out, inner); t.dropped >= end {
			t.out = t.out[:end]
			t.space, t.newline, t.breaks = false, false, 0
			if end == inner {
				t.out = t.out[:from]
				for len(t.out) > t.base && t.out[len(t.out)-1] == ' ' {
					t.out = t.out[:len(t.out)-1]
					t.space = true
				}
				t.dropped = len(t.out)
				return
			}
		}
	}
	t.gap(b)
	t.out = append(t.out, b[:n]...)
}

// trimSeparators returns where b ends, not before from, without white space and separators.
func trimSeparators(b []byte, from int) int {
	end := len(b)
	for end > from {
		switch b[end-1] {
		case ' ', ',', ';', ':':
			end--
			continue
		}
		if end-3 >= from {
			switch string(b[end-3 : end]) {
			case "、", "，", "；", "：":
				end -= 3
				continue
			}
		}
		break
	}
	return end
}

// separator takes a sign that may have lost what it separates from what is before it.
func (t *tidier) separator(b []byte, n int) {
	if t.dropped == len(t.out) {
		t.space = t.space && t.breaks == 0 && (b[0] == ';' || b[0] == ':') // French sets spaces there
		if b[0] != '.' && b[0] != ')' && t.loose() {
			t.space = true
			return
		}
	}
	t.gap(b)
	t.out = append(t.out, b[:n]...)
}

// loose says whether a separator would stand at the beginning of the block or of a parenthesis, or behind another.
func (t *tidier) loose() bool {
	n := len(t.out)
	if n == t.base {
		return true
	}
	switch t.out[n-1] {
	case '(', ',', ';':
		return true
	}
	if n-t.base >= 3 {
		switch string(t.out[n-3:]) {
		case "（", "、", "，", "；":
			return true
		}
	}
	return false
}

// copyRaw copies what stands between markRaw and markRawEnd, and returns its length with them.
func (t *tidier) copyRaw(b []byte) int {
	end := 1
	for end < len(b) && b[end] != markRawEnd {
		end++
	}
	if end > 1 {
		t.gap(b[1:])
		t.out = append(t.out, b[1:end]...)
		t.raw = len(t.out)
	}
	return min(end+1, len(b))
}
