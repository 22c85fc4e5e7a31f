package clean

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// page is an HTML page as a list of text blocks in reading order, together with the
// elements that hold them. Boilerpipe (Kohlschütter et al., "Boilerplate Detection using Shallow Text Features", WSDM 2010)
// showed that blocks with a few counts suffice; the elements, each a range of blocks, add what
// Readability takes from the tree. Both lists and the text are filled in one walk.
type page struct {
	text   []byte
	blocks []block
	elems  []elem
	forum  int // elements that say the page is a forum's

	rich    *rich           // what Markdown needs beside the text; nil where plain text is wanted
	numbers map[int32]int32 // numbers that ordered lists start at and that items set, by element

	titleWords []uint32 // hashes of the words of the page's title
	article    bool     // whether the page says that it is an article
}

// block is a run of text that no block element interrupts: a paragraph, a heading, a list item, a table row.
type block struct {
	from, to int32   // the text is page.text[from:to]
	elem     int32   // the innermost element, an index of page.elems
	words    float32 // words; a character of a script that sets no spaces counts one half
	linked   float32 // words within links
	kind     kind
	drop     bool
}

type kind uint8

const (
	paragraph kind = iota
	heading
	item // the first block of a list item
	pre
	row
)

// elem is a block element, or one that its attributes mark; it holds blocks [from, to) and elements up to end.
type elem struct {
	parent   int32
	end      int32 // index behind the element's last descendant
	from, to int32
	atom     atom.Atom
	mark     mark
	shape    uint32 // hash of the name and the classes, digits left out
}

// maxDepth bounds the walk's recursion. x/net/html nests at most 512 open elements, but its adoption
// agency can make a somewhat deeper tree. What lies deeper is taken as inline text.
const maxDepth = 1024

// walker makes a page of a tree.
type walker struct {
	page
	main     bool             // whether to leave out what is no running text
	noscript bool             // whether to read <noscript>
	classes  map[string]class // class attributes met before
	elem     int32            // the innermost element
	link     int              // depth of links
	verbatim int              // depth of <pre>
	kind     kind             // the kind of the next block
	start    int32            // where the current block's text starts
	cur      block            // counts of the current block
	breaks   int              // <br> since the last text
	space    bool             // white space since the last text
	newline  bool             // and a line end in it
	word     bool             // the last character belongs to a word
	last     rune             // the last character of the current block

	coding   bool // within code, see code.go
	lineDue  bool // a line of code has ended, but no line end was written
	searched int  // nodes looked at in search of formulas
}

// readPage reads the tree. With main it leaves out controls, embedded objects and captions of media as well as
// scripts and styles; without, only what a browser does not show. With noscript it reads what is there for
// browsers without scripts.
func readPage(root *html.Node, main, noscript bool) *page {
	return readMarked(root, main, noscript, nil)
}

// readMarked is readPage that also records in r, unless it is nil, what Markdown needs.
func readMarked(root *html.Node, main, noscript bool, r *rich) *page {
	w := walker{main: main, noscript: noscript, classes: make(map[string]class)}
	w.rich = r
	w.elems = append(w.elems, elem{}) // 0 is the document
	w.readHead(root)
	w.children(root, 0)
	w.flush()
	w.elems[0].to, w.elems[0].end = int32(len(w.blocks)), int32(len(w.elems))
	return &w.page
}

func (w *walker) children(n *html.Node, depth int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			w.write(c.Data)
		case html.ElementNode:
			w.element(c, depth+1)
		}
	}
}

func (w *walker) element(n *html.Node, depth int) {
	if depth > maxDepth {
		w.flat(n)
		return
	}
	if w.coding {
		w.codeElement(n, depth)
		return
	}
	if w.formula(n, depth) {
		return
	}
	if n.Namespace == "svg" || skipped(n.DataAtom) || !w.noscript && n.DataAtom == atom.Noscript || w.main && isControlElement(n.DataAtom) {
		return
	}
	switch n.DataAtom {
	case atom.Br:
		w.lineBreak()
		return
	case atom.Hr:
		w.flush()
		return
	case atom.A, atom.Em, atom.I, atom.Strong, atom.B, atom.Code, atom.Samp, atom.Kbd, atom.Tt:
		w.inline(n, depth)
		return
	case atom.Pre, atom.Listing, atom.Plaintext, atom.Xmp:
		w.pre(n, depth)
		return
	case atom.Td, atom.Th:
		w.cell(n, depth)
		return
	case atom.Tr:
		w.row(n, depth)
		return
	}
	w.inside(n, depth)
}

// inside walks an element's children, as an element of the page when it is a block or marked.
func (w *walker) inside(n *html.Node, depth int) {
	isB := isBlock(n.DataAtom)
	m, shape := w.marks(n)
	if !isB && m&structural == 0 {
		w.children(n, depth)
		return
	}
	if isB {
		w.flush()
	}
	if m&hidden != 0 && !w.main {
		return
	}
	id := int32(len(w.elems))
	outer := w.elem
	w.elems = append(w.elems, elem{parent: outer, from: int32(len(w.blocks)), atom: n.DataAtom, mark: m, shape: shape})
	w.number(n, id)
	if !isB {
		w.flush() // a marked inline element is a block of its own, so that it can be left out
	}
	w.elem = id
	switch n.DataAtom {
	case atom.Li:
		w.kind = item
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		w.kind = heading
	}
	w.children(n, depth)
	w.flush()
	w.kind = paragraph
	w.elem = outer
	w.elems[id].to, w.elems[id].end = int32(len(w.blocks)), int32(len(w.elems))
}

// row walks a table row and joins its cells into one line when each holds one short block at most,
// so that a table which only lays out the page stays paragraphs.
func (w *walker) row(n *html.Node, depth int) {
	w.flush()
	first, elems := len(w.blocks), len(w.elems)
	noted := w.notedCells()
	w.inside(n, depth)
	cells := w.blocks[first:]
	grid := w.takeCells(noted, int32(elems))
	if len(cells) == 1 {
		w.keepCells(cells[0].from, grid, cells, int32(elems))
	}
	if len(cells) < 2 || len(w.elems)-elems > 4*len(cells)+4 {
		return
	}
	joined := block{from: int32(len(w.text)), elem: int32(elems), kind: row}
	prev := int32(-1)
	for _, c := range cells {
		if c.kind == row || c.kind == pre || c.to-c.from > maxCell {
			return
		}
		cell := w.cellOf(c.elem, int32(elems))
		if cell == prev || cell < 0 {
			return
		}
		prev = cell
	}
	w.keepCells(joined.from, grid, cells, int32(elems))
	for i, c := range cells {
		if i > 0 {
			w.text = append(w.text, " | "...)
		}
		for _, b := range w.text[c.from:c.to] {
			if b == '\n' {
				b = ' '
			}
			w.text = append(w.text, b)
		}
		joined.words += c.words
		joined.linked += c.linked
	}
	joined.to = int32(len(w.text))
	w.blocks = append(w.blocks[:first], joined)
	for i := elems; i < len(w.elems); i++ {
		w.elems[i].from, w.elems[i].to = int32(first), int32(first)
	}
	w.elems[elems].to = int32(first) + 1
	w.start = int32(len(w.text))
}

// maxCell is the length in bytes up to which a cell's text belongs on one line with its row.
const maxCell = 400

// cellOf is the <td> or <th> of the row that holds an element; -1 when none does.
func (w *walker) cellOf(e, row int32) int32 {
	for e > row {
		if p := w.elems[e].parent; p == row {
			return e
		}
		e = w.elems[e].parent
	}
	return -1
}

// flat writes the text below a node without recursion.
func (w *walker) flat(n *html.Node) {
	for c := range n.Descendants() {
		if c.Type == html.TextNode && c.Parent.DataAtom != atom.Noscript && !skipped(c.Parent.DataAtom) {
			w.write(c.Data)
		}
	}
}

// flush ends the current block.
func (w *walker) flush() {
	from, to := int(w.start), len(w.text)
	if w.verbatim == 0 {
		for to > from && (w.text[to-1] == ' ' || w.text[to-1] == '\n') {
			to--
		}
	}
	if w.cur.words > 0 || to > from {
		b := w.cur
		b.from, b.to, b.elem, b.kind = int32(from), int32(to), w.elem, w.kind
		if w.verbatim > 0 {
			b.kind = pre
		}
		w.blocks = append(w.blocks, b)
		if w.kind == item {
			w.kind = paragraph
		}
	}
	if w.rich != nil {
		w.rich.cut(int32(from), int32(to), int32(len(w.text)))
	}
	w.start = int32(len(w.text))
	w.cur = block{}
	w.breaks, w.space, w.newline, w.word, w.last = 0, false, false, false, 0
}

// lineBreak is <br>: a line end, or the end of the paragraph when it is the second in a row.
func (w *walker) lineBreak() {
	if w.verbatim > 0 {
		if w.lineDue {
			w.text, w.lineDue = append(w.text, '\n'), false
		}
		w.text = append(w.text, '\n')
		return
	}
	if len(w.text) == int(w.start) {
		return
	}
	w.word = false
	if w.breaks++; w.breaks >= 2 {
		k := w.kind
		w.flush()
		w.kind = k
		if k == item {
			w.kind = paragraph
		}
	}
}
