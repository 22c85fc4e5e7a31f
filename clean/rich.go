package clean

import (
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// rich is what the walk records beside the text when Markdown is wanted: runs of inline markup, the cells of table rows
// and the languages of code blocks. Positions are bytes of page.text. In text mode there is none.
type rich struct {
	// spans lie within one block or cell each and are ordered by their ends; those of one kind do not overlap, and any two are apart or nested.
	spans []span
	depth [spanKinds]int   // open elements of each kind
	open  [spanKinds]int32 // where the outermost of them starts
	href  string           // the outermost link's

	links bool     // whether links are written
	base  *url.URL // what their addresses are relative to; nil when unknown

	langs map[int32]string // languages of code blocks, by where the block starts
	rows  map[int32][]cell // cells of table rows, by where the row's block starts
	cells []cell           // cells of the rows being read
}

type spanKind uint8

const (
	spanLink spanKind = iota
	spanEm
	spanStrong
	spanCode
	spanMaths
	spanKinds = iota
)

// span is a run of text with inline markup.
type span struct {
	from, to int32
	kind     spanKind
	href     string // of a link, as the page has it
}

// cell is a cell of a table row, empty when from == to.
type cell struct {
	elem         int32 // an index of page.elems
	from, to     int32 // its text
	across, down int32 // colspan and rowspan
	header       bool
}

// rich makes the record of a page, nil where plain text is wanted.
func (c *Cleaner) rich() *rich {
	if c.opts.Format != FormatMarkdown {
		return nil
	}
	return newRich()
}

func newRich() *rich { return &rich{langs: make(map[int32]string), rows: make(map[int32][]cell)} }

// inline walks an element of inline markup.
func (w *walker) inline(n *html.Node, depth int) {
	k := spanEm
	switch n.DataAtom {
	case atom.A:
		k = spanLink
		w.link++
	case atom.Strong, atom.B:
		k = spanStrong
	case atom.Code, atom.Samp, atom.Kbd, atom.Tt:
		k = spanCode
	}
	if r := w.rich; r != nil {
		if r.depth[k]++; r.depth[k] == 1 {
			r.open[k] = int32(len(w.text))
			if k == spanLink {
				r.href = attribute(n, "href")
			}
		}
	}
	if k == spanCode && !holdsBlock(n) {
		// Highlighters mark parts of code as "comment" or "title", which says nothing about the page.
		w.coding = true
		w.children(n, depth)
		w.coding = false
	} else {
		w.inside(n, depth)
	}
	if r := w.rich; r != nil {
		if r.depth[k]--; r.depth[k] == 0 {
			r.add(k, max(r.open[k], w.start), int32(len(w.text)))
		}
	}
	if k == spanLink {
		w.link--
	}
}

func (r *rich) add(k spanKind, from, to int32) {
	if from >= to {
		return
	}
	s := span{from: from, to: to, kind: k}
	if k == spanLink {
		s.href = r.href
	}
	r.spans = append(r.spans, s)
}

// cut ends what is open at the end of the block [from, to) and opens it again at next.
func (r *rich) cut(from, to, next int32) {
	for k := range r.depth {
		if r.depth[k] > 0 {
			r.add(spanKind(k), max(r.open[k], from), to)
			r.open[k] = next
		}
	}
}

// Bounds of a table in Markdown. Browsers take a colspan up to 1,000 and a rowspan up to 65,534 (WHATWG HTML 4.9.11).
const (
	maxColumns = 64
	maxDown    = 1000
)

// cell walks a table cell.
func (w *walker) cell(n *html.Node, depth int) {
	id := int32(len(w.elems))
	if r := w.rich; r != nil {
		r.cells = append(r.cells, cell{elem: id, across: spanOf(n, "colspan", maxColumns), down: spanOf(n, "rowspan", maxDown), header: n.DataAtom == atom.Th})
	}
	w.inside(n, depth)
	if r := w.rich; r != nil && len(w.elems) == int(id) {
		r.cells = r.cells[:len(r.cells)-1] // a hidden cell
	}
}

func spanOf(n *html.Node, key string, most int32) int32 {
	v, err := strconv.Atoi(strings.TrimSpace(attribute(n, key)))
	if err != nil || v < 1 {
		return 1
	}
	return int32(min(v, int(most)))
}

// notedCells is the number of cells noted so far.
func (w *walker) notedCells() int {
	if w.rich == nil {
		return 0
	}
	return len(w.rich.cells)
}

// takeCells returns the cells of a row whose element is row, and forgets all that were noted from the mark on: those of
// rows nested in it have been taken before.
func (w *walker) takeCells(mark int, row int32) []cell {
	if w.rich == nil {
		return nil
	}
	var own []cell
	for _, c := range w.rich.cells[mark:] {
		if w.elems[c.elem].parent == row {
			own = append(own, c)
		}
	}
	w.rich.cells = w.rich.cells[:mark]
	return own
}

// keepCells notes the cells of a row of which each holds one of the blocks at most. The key is where the row's block starts.
func (w *walker) keepCells(key int32, cells []cell, blocks []block, within int32) {
	if len(cells) == 0 || len(blocks) == 1 && blocks[0].kind == heading {
		return
	}
	i := 0
	for _, b := range blocks {
		id := w.cellOf(b.elem, within)
		for i < len(cells) && cells[i].elem != id {
			i++
		}
		if i == len(cells) || b.kind == pre || b.kind == row || b.to-b.from > maxCell {
			return
		}
		cells[i].from, cells[i].to = b.from, b.to
		i++
	}
	w.rich.rows[key] = cells
}

// number notes the numbers that a list or an item of it sets.
func (w *walker) number(n *html.Node, id int32) {
	key := "value"
	switch {
	case len(n.Attr) == 0:
		return
	case n.DataAtom == atom.Ol:
		key = "start"
	case n.DataAtom != atom.Li:
		return
	}
	v, err := strconv.Atoi(strings.TrimSpace(attribute(n, key)))
	if err != nil || v < 0 || v > maxNumber {
		return
	}
	if w.numbers == nil {
		w.numbers = make(map[int32]int32)
	}
	w.numbers[id] = int32(v)
}

// maxNumber is the highest number of an item that CommonMark knows (0.31.2, section 5.2).
const maxNumber = 999_999_999

// attribute is the value of an attribute, empty when the element has none of the name.
func attribute(n *html.Node, key string) string {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return n.Attr[i].Val
		}
	}
	return ""
}
