package clean

import (
	"bytes"
	"net/url"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// place is where inline text stands, which decides what must be escaped.
type place uint8

const (
	inParagraph place = iota
	inHeading         // on one line
	inCell            // on one line, bars escaped
)

// inliner writes the text of a block or cell with its inline markup.
type inliner struct {
	text  []byte
	spans []span
	links bool
	base  *url.URL
	plain [spanKinds]bool // kinds that are not written
	buf   []span
}

// maxEmphasis is the share of a page's text from which emphasis says nothing: an element that was never closed.
const maxEmphasis = 0.5

func newInliner(p *page) inliner {
	in := inliner{text: p.text, spans: p.rich.spans}
	var size [spanKinds]int
	for _, s := range in.spans {
		size[s.kind] += int(s.to - s.from)
	}
	for _, k := range []spanKind{spanEm, spanStrong} {
		in.plain[k] = len(p.text) > minEmphasised && float64(size[k]) > maxEmphasis*float64(len(p.text))
	}
	in.links, in.base = p.rich.links, p.rich.base
	in.plain[spanLink] = !in.links
	return in
}

// minEmphasised is the length of text from which maxEmphasis holds.
const minEmphasised = 500

// line writes the text [from, to).
func (in *inliner) line(from, to int32, at place) string {
	first := sort.Search(len(in.spans), func(i int) bool { return in.spans[i].to > from })
	in.buf = in.buf[:0]
	for _, s := range in.spans[first:] {
		if s.from >= to {
			break
		}
		if in.plain[s.kind] {
			continue
		}
		if s.kind == spanLink {
			if s.href = in.address(s.href); s.href == "" {
				continue
			}
		}
		s.from, s.to = max(s.from, from), min(s.to, to)
		for s.from < s.to && isSpaceByte(in.text[s.from]) {
			s.from++
		}
		for s.from < s.to && isSpaceByte(in.text[s.to-1]) {
			s.to--
		}
		// A heading is strong as it is.
		if s.from < s.to && !(at == inHeading && s.kind == spanStrong && s.from == from && s.to == to) {
			in.buf = append(in.buf, s)
		}
	}
	slices.SortFunc(in.buf, func(a, b span) int {
		if a.from != b.from {
			return int(a.from - b.from)
		}
		if a.to != b.to {
			return int(b.to - a.to)
		}
		return int(a.kind) - int(b.kind)
	})
	w := spanWriter{inliner: in, at: at, spans: in.buf, last: edge}
	w.run(from, to, edge, edge)
	return strings.Trim(string(w.out), " \t\n")
}

// isCode reports text that is one run of inline code over several lines.
func (in *inliner) isCode(from, to int32) bool {
	first := sort.Search(len(in.spans), func(i int) bool { return in.spans[i].to >= to })
	for _, s := range in.spans[first:] {
		if s.from > from {
			break
		}
		if s.kind == spanCode && s.from == from && s.to == to {
			return strings.IndexByte(string(in.text[from:to]), '\n') >= 0
		}
	}
	return false
}

// Characters that stand for what is around a text.
const (
	edge   = ' ' // the white space around a block
	markup = -1  // markup
)

// spanWriter writes nested spans.
type spanWriter struct {
	*inliner
	at       place
	spans    []span // those not yet written
	out      []byte
	linked   bool
	upcoming bool // whether maths on a line of its own follows the text being written
	last     rune // the last character of text, or of markup other than emphasis; edge at the start
	closed   bool // whether the last thing written closes emphasis
	around   span // the emphasis around what is being written
}

// run writes [from, to) and the spans within. What follows it is behind: a character or markup, and outer is the same but for
// the ends of emphasis.
func (w *spanWriter) run(from, to int32, behind, outer rune) {
	pos := from
	for len(w.spans) > 0 && w.spans[0].from < to {
		s := w.spans[0]
		w.spans = w.spans[1:]
		if s.from < pos {
			continue // overlaps the span before
		}
		s.to = min(s.to, to)
		w.upcoming = s.kind == spanMaths && bytes.HasPrefix(w.text[s.from:s.to], []byte("$$"))
		w.escape(pos, s.from, markup)
		w.upcoming = false
		next := outer
		if s.to < to {
			next = w.charAt(s.to)
		}
		w.span(s, next)
		pos = s.to
	}
	w.escape(pos, to, behind)
}

// charAt is the character at a position, or that of the markup there which is no emphasis.
func (w *spanWriter) charAt(pos int32) rune {
	for _, s := range w.spans {
		if s.from > pos {
			break
		}
		if s.from == pos && s.kind != spanEm && s.kind != spanStrong {
			return '`' // stands for any punctuation
		}
	}
	r, _ := utf8.DecodeRune(w.text[pos:])
	return r
}

// span writes one span; outer is the character behind it.
func (w *spanWriter) span(s span, outer rune) {
	switch s.kind {
	case spanMaths:
		w.verbatim(s)
	case spanCode:
		w.code(s)
	case spanLink:
		w.link(s)
	default:
		w.emphasis(s, outer)
	}
}

// skip passes over the spans within one that is written without markup.
func (w *spanWriter) skip(to int32) {
	for len(w.spans) > 0 && w.spans[0].from < to {
		w.spans = w.spans[1:]
	}
}

// verbatim writes TeX as it is: readers of Markdown with maths take no escapes in it.
func (w *spanWriter) verbatim(s span) {
	w.skip(s.to)
	text := composed(string(w.text[s.from:s.to]))
	if w.at == inCell {
		text = strings.ReplaceAll(text, "|", `\|`)
	}
	w.out = append(w.out, text...)
	w.last, w.closed = '$', false
}

// code writes a code span (CommonMark 0.31.2, section 6.1).
func (w *spanWriter) code(s span) {
	w.skip(s.to)
	text := strings.Trim(strings.Join(strings.Fields(composed(string(w.text[s.from:s.to]))), " "), " ")
	if text == "" {
		return
	}
	ticks := strings.Repeat("`", shortestFence(text))
	if w.at == inCell {
		text = strings.ReplaceAll(text, "|", `\|`)
	}
	if n := len(w.out); n > 0 && w.out[n-1] == '`' {
		w.out = append(w.out, ' ') // two spans in a row would be one
	}
	w.out = append(w.out, ticks...)
	if text[0] == '`' || text[len(text)-1] == '`' {
		text = " " + text + " "
	}
	w.out = append(append(w.out, text...), ticks...)
	w.last, w.closed = '`', false
}

// shortestFence is the smallest number of backticks of which no run in s has as many.
func shortestFence(s string) int {
	var runs uint64
	for i := 0; i < len(s); {
		n := 0
		for i+n < len(s) && s[i+n] == '`' {
			n++
		}
		if n > 0 && n < 64 {
			runs |= 1 << n
		}
		i += max(n, 1)
	}
	for n := 1; n < 64; n++ {
		if runs&(1<<n) == 0 {
			return n
		}
	}
	return 64 + len(s)
}

// link writes an inline link.
func (w *spanWriter) link(s span) {
	if n := len(w.out); n > 0 && w.out[n-1] == '!' {
		w.out = append(w.out[:n-1], '\\', '!') // no image
	}
	w.out = append(w.out, '[')
	start := len(w.out)
	w.linked, w.last, w.closed = true, '[', false
	w.run(s.from, s.to, markup, ']')
	w.linked = false
	if len(w.out) == start {
		w.out = w.out[:start-1]
		return
	}
	w.out = append(append(append(w.out, "]("...), s.href...), ')')
	w.last, w.closed = ')', false
}

// maxHref is the length in bytes up to which an address is kept.
const maxHref = 2048

// address is a link's address, absolute when the page's own is known; empty when it leads nowhere: within the page, or to a script.
func (in *inliner) address(href string) string {
	href = strings.TrimSpace(href)
	if href == "" || len(href) > maxHref || href[0] == '#' {
		return ""
	}
	u, err := url.Parse(href)
	if err != nil {
		return ""
	}
	if in.base != nil {
		u = in.base.ResolveReference(u)
	}
	switch u.Scheme {
	case "", "http", "https", "ftp", "mailto":
	default:
		return ""
	}
	s := composed(u.String())
	var out []byte
	for i := range len(s) {
		switch c := s[i]; {
		case c == '(' || c == ')' || c == '\\' || c <= ' ' || c == '<' || c == '>' || c == '|' || c == '`' || c == '*' || c == 0x7F:
			out = append(out, '%', "0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15])
		case c == '&' && isReference(s[i:]):
			out = append(out, "&amp;"...)
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

// emphasis writes emphasis where CommonMark's rules of flanking (section 6.2) let a reader find it, else only its text.
func (w *spanWriter) emphasis(s span, outer rune) {
	if w.closed {
		// Two runs of delimiters side by side would be read as one.
		w.run(s.from, s.to, markup, outer)
		return
	}
	mark := "*"
	if s.kind == spanStrong {
		mark = "**"
	}
	before, start, around := w.last, len(w.out), w.around
	w.out = append(w.out, mark...)
	w.around = s
	w.run(s.from, s.to, markup, outer)
	w.around = around
	first, _ := utf8.DecodeRune(w.out[start+len(mark):])
	if first == '*' || first == '\\' {
		first, _ = utf8.DecodeRune(w.text[s.from:])
	}
	opens := !unicode.IsSpace(first) && (!isPunct(first) || unicode.IsSpace(before) || isPunct(before))
	closes := !unicode.IsSpace(w.last) && (!isPunct(w.last) || unicode.IsSpace(outer) || isPunct(outer))
	if around.to > 0 {
		// Within other emphasis, delimiters that could as well be of the other kind would be matched with its own.
		opens = opens && (s.from == around.from || unicode.IsSpace(before) || isPunct(before) && !isPunct(first))
		closes = closes && (s.to == around.to || unicode.IsSpace(outer) || isPunct(outer) && !isPunct(w.last))
	}
	if !opens || !closes || len(w.out) == start+len(mark) {
		w.out = slices.Delete(w.out, start, start+len(mark))
		return
	}
	w.out = append(w.out, mark...)
	w.closed = true
}

// isPunct reports Unicode punctuation or symbols, and markup.
func isPunct(r rune) bool { return r == markup || unicode.IsPunct(r) || unicode.IsSymbol(r) }

func isSpaceByte(c byte) bool { return c == ' ' || c == '\n' || c == '\t' }
