package clean

import (
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/norm"
)

// renderer writes the blocks that were not dropped, as plain text or, when the page has rich, as Markdown: a blank line between
// paragraphs, one line for each item of a list ("- item", "1. item") and each row of a table, "> " before the lines of a
// quote, items within items indented.
type renderer struct {
	*page
	outline
	out   []byte
	boxes []int32 // around the block before
	wrote bool    // whether there is one
	item  bool    // whether it began an item
	row   int32   // the table that it is a row of, 0 for none

	next      []int32 // around the block
	inline    inliner
	plainRows int // index up to which blocks were found to be no rows of a table
}

func (p *page) render() string {
	r := renderer{page: p, outline: p.outline()}
	if p.rich != nil {
		r.inline = newInliner(p)
	}
	for i := 0; i < len(p.blocks); i++ {
		b := &p.blocks[i]
		if b.drop {
			continue
		}
		if p.rich != nil {
			if last := r.table(i); last > i {
				r.add(b, r.markdownTable(i, last))
				i = last - 1
				continue
			}
			r.add(b, r.markdown(b))
			continue
		}
		if b.kind == pre {
			r.add(b, normaliseCode(string(p.text[b.from:b.to])))
		} else {
			r.add(b, Normalise(string(p.text[b.from:b.to])))
		}
	}
	text := strings.TrimLeft(string(r.out), " \t\n")
	if p.rich != nil {
		text = normaliseCode(text) // what was normalised apart stands side by side now
	}
	return text
}

// composed is text as scrub and NFC leave it.
func composed(s string) string { return norm.NFC.String(scrub(s)) }

// add writes a block.
func (r *renderer) add(b *block, text string) {
	if strings.Trim(text, " \t\n") == "" {
		return
	}
	r.next = r.outline.boxes(r.next[:0], b.elem)
	plain := r.rich == nil
	first, begins := r.marker(r.next, text, plain)
	table := int32(0)
	if b.kind == row && plain {
		table = r.ancestor(b.elem, atom.Table)
	}
	code := plain && b.kind == pre
	begins = begins && !code
	if r.wrote {
		r.separate(begins, table)
	}
	if code {
		r.out = append(r.out, text...)
	} else {
		r.lines(first, r.prefix(r.next), text)
	}
	for _, box := range r.next {
		r.nodes[box].begun = true
	}
	r.boxes = append(r.boxes[:0], r.next...)
	r.wrote, r.item, r.row = true, begins, table
}

// lines writes text with a prefix before its first line and another before each further one.
func (r *renderer) lines(first, more, text string) {
	r.out = append(r.out, first...)
	for {
		line, rest, found := strings.Cut(text, "\n")
		r.out = append(r.out, line...)
		if !found {
			return
		}
		r.out = append(r.out, '\n')
		text = rest
		if text != "" && text[0] == '\n' {
			r.out = append(r.out, strings.TrimRight(more, " ")...)
		} else {
			r.out = append(r.out, more...)
		}
	}
}

// marker is what stands before the first line of a block, and whether an item begins with it. An item that begins with an item of a
// list in it has no marker of its own: it stands for more of the item before it or, as the first of its list, for nothing.
func (r *renderer) marker(boxes []int32, text string, plain bool) (first string, begins bool) {
	if len(boxes) == 0 {
		return "", false
	}
	due := -1 // the innermost item that begins
	for i, box := range boxes {
		if r.elems[box].atom == atom.Li && !r.nodes[box].begun {
			due = i
		}
	}
	var out []byte
	for i, box := range boxes {
		n := &r.nodes[box]
		switch {
		case r.elems[box].atom == atom.Blockquote:
			out = append(out, "> "...)
		case i == due:
			if !plain || !hasMarker(text) { // an item of plain text may bring its own bullet or number
				out = n.appendMarker(out)
			}
			r.nodes[n.list].begun, r.nodes[n.list].indent = true, int8(n.width())
		default:
			if !n.begun && !r.nodes[r.listOf(box)].begun {
				n.bare = true
			}
			out = append(out, spaces[:r.width(box)]...)
		}
	}
	return string(out), due >= 0
}

const spaces = "            "

func (n *outlineNode) appendMarker(dst []byte) []byte {
	if n.number < 0 {
		return append(dst, "- "...)
	}
	return append(strconv.AppendInt(dst, int64(n.number), 10), ". "...)
}

// width is the length of an item's marker.
func (n *outlineNode) width() int {
	if n.number < 0 {
		return 2
	}
	return len(strconv.Itoa(int(n.number))) + 2
}

// width is that by which the lines of a box are indented.
func (r *renderer) width(box int32) int {
	n := &r.nodes[box]
	switch {
	case n.bare:
		return 0
	case isList(r.elems[box].atom):
		return int(r.nodes[r.listOf(box)].indent)
	}
	return n.width()
}

// listOf is the list that holds a box.
func (r *renderer) listOf(box int32) int32 {
	if isList(r.elems[box].atom) {
		box = r.elems[box].parent
	}
	return r.nodes[box].list
}

// prefix is what stands before the further lines of a block.
func (r *renderer) prefix(boxes []int32) string {
	if len(boxes) == 0 {
		return ""
	}
	var out []byte
	for _, box := range boxes {
		if r.elems[box].atom == atom.Blockquote {
			out = append(out, "> "...)
		} else {
			out = append(out, spaces[:r.width(box)]...)
		}
	}
	return string(out)
}

// separate ends the block before: with a line end between items of a list and rows of a table, else with a blank line, which
// within a quote has its mark.
func (r *renderer) separate(begins bool, table int32) {
	r.out = append(r.out, '\n')
	if table != 0 && table == r.row || begins && r.item && r.sameList() && !r.interrupts() {
		return
	}
	common := 0
	for common < len(r.next) && common < len(r.boxes) && r.next[common] == r.boxes[common] {
		common++
	}
	r.out = append(r.out, strings.TrimRight(r.prefix(r.next[:common]), " ")...)
	r.out = append(r.out, '\n')
}

// sameList reports whether the outermost list item of the block and of the one before are of one list.
func (r *renderer) sameList() bool {
	for i := 0; i < len(r.next) && i < len(r.boxes); i++ {
		a, b := r.next[i], r.boxes[i]
		if r.elems[a].atom != atom.Blockquote && r.elems[b].atom != atom.Blockquote {
			return r.listOf(a) != 0 && r.listOf(a) == r.listOf(b)
		}
		if a != b {
			return false
		}
	}
	return false
}

// interrupts reports an item of Markdown that would be read as more of the paragraph before it, were there no blank
// line between: the first of a nested list, when its number is not 1 (CommonMark 0.31.2, section 5.3).
func (r *renderer) interrupts() bool {
	last := len(r.next) - 1
	return r.rich != nil && len(r.next) > len(r.boxes) && r.nodes[r.next[last]].number >= 0 && r.nodes[r.next[last]].number != 1
}

// ancestor is the innermost element of a kind at or around an element, 0 for none.
func (p *page) ancestor(elem int32, a atom.Atom) int32 {
	for elem > 0 && p.elems[elem].atom != a {
		elem = p.elems[elem].parent
	}
	return elem
}

// hasMarker reports an item that brings its own bullet or number.
func hasMarker(s string) bool {
	return bullet(s) > 0 || ordinal(s) > 0
}

// bullet is the length of a bullet and the space behind it at the start of s.
func bullet(s string) int {
	for _, b := range [...]string{"- ", "• ", "* ", "· ", "▪ ", "– "} {
		if strings.HasPrefix(s, b) {
			return len(b)
		}
	}
	return 0
}

// ordinal is the length of a number with a dot or bracket and the space behind it at the start of s.
func ordinal(s string) int {
	n := 0
	for n < len(s) && n < 4 && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	if n > 0 && n+1 < len(s) && (s[n] == '.' || s[n] == ')') && s[n+1] == ' ' {
		return n + 2
	}
	return 0
}
