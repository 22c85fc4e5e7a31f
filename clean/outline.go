package clean

import "golang.org/x/net/html/atom"

// outline is what rendering needs to know of the elements around the blocks that are kept: list items, their numbers, and quotes. Lists
// and quotes that lay out the page count as neither.
type outline struct {
	nodes []outlineNode // by element; nil when the page has no list and no quote
}

type outlineNode struct {
	list   int32 // the innermost list at or around the element, 0 for none
	box    int32 // the innermost box at or around it, 0 for none: a list item, a quote, or a list that lies in another but in no item of it
	outer  int32 // of a box, the box around it
	number int32 // of an item, its number; -1 for one without
	items  int32 // of a list, its items with kept blocks
	blocks int32 // of a list, kept blocks that lie in it and in no list nested in it
	depth  uint8 // boxes at and around the element
	layout bool  // of a list or quote, whether it lays out the page
	begun  bool  // of an item, whether its first block was written; of a list, whether a marker of it was
	bare   bool  // of an item, whether it has neither marker nor indentation
	indent int8  // of a list, the width of the marker written last
}

const (
	maxBoxes      = 8   // boxes within boxes beyond which further ones are ignored
	maxItemBlocks = 3   // mean number of blocks in an item from which a list lays out the page
	maxQuoted     = 0.8 // share of the kept text from which a quote lays out the page
)

func isList(a atom.Atom) bool {
	return a == atom.Ul || a == atom.Ol || a == atom.Menu || a == atom.Dir
}

func (p *page) outline() outline {
	if !p.hasBoxes() {
		return outline{}
	}
	blocks, heads, size := p.keptSums()
	o := outline{nodes: make([]outlineNode, len(p.elems))}
	next := make(map[int32]int32) // numbers of the ordered lists' next items
	for i := 1; i < len(p.elems); i++ {
		e, n := &p.elems[i], &o.nodes[i]
		list := o.nodes[e.parent].list
		n.list, n.number = list, -1
		kept := blocks[e.to] - blocks[e.from]
		switch {
		case isList(e.atom):
			n.list = int32(i)
			n.blocks = kept
			n.layout = heads[e.to] > heads[e.from]
			o.nodes[list].blocks -= kept
		case e.atom == atom.Li:
			if p.elems[list].atom == atom.Ol {
				n.number = p.itemNumber(next, list, int32(i))
			}
			if kept > 0 {
				o.nodes[list].items++
			}
		case e.atom == atom.Blockquote:
			n.layout = float64(size[e.to]-size[e.from]) > maxQuoted*float64(size[len(size)-1])
		}
	}
	for i := 1; i < len(p.elems); i++ {
		e, n := &p.elems[i], &o.nodes[i]
		around := o.nodes[e.parent]
		n.box, n.depth = around.box, around.depth
		inList := isList(e.atom) && isList(p.elems[e.parent].atom) && !n.layout
		if blocks[e.to] == blocks[e.from] || n.depth == maxBoxes || !inList && !o.isBox(e.atom, n) {
			continue
		}
		n.outer, n.box, n.depth = n.box, int32(i), n.depth+1
	}
	return o
}

func (o *outline) isBox(a atom.Atom, n *outlineNode) bool {
	switch a {
	case atom.Blockquote:
		return !n.layout
	case atom.Li:
		list := &o.nodes[n.list]
		return !list.layout && (n.list == 0 || list.blocks <= maxItemBlocks*list.items)
	}
	return false
}

func (p *page) hasBoxes() bool {
	for i := range p.elems {
		if a := p.elems[i].atom; a == atom.Li || a == atom.Blockquote {
			return true
		}
	}
	return false
}

// keptSums are prefix sums over the blocks that are kept: their number, that of the headings among them, their bytes.
func (p *page) keptSums() (blocks, heads, size []int32) {
	n := len(p.blocks) + 1
	sums := make([]int32, 3*n)
	blocks, heads, size = sums[:n], sums[n:2*n], sums[2*n:]
	for i := range p.blocks {
		b := &p.blocks[i]
		blocks[i+1], heads[i+1], size[i+1] = blocks[i], heads[i], size[i]
		if b.drop {
			continue
		}
		blocks[i+1]++
		size[i+1] += b.to - b.from
		if b.kind == heading {
			heads[i+1]++
		}
	}
	return blocks, heads, size
}

// itemNumber is the number of an item of an ordered list.
func (p *page) itemNumber(next map[int32]int32, list, item int32) int32 {
	number, ok := next[list]
	if !ok {
		number = 1
		if start, ok := p.numbers[list]; ok {
			number = start
		}
	}
	if value, ok := p.numbers[item]; ok {
		number = value
	}
	number = min(number, maxNumber)
	next[list] = number + 1
	return number
}

// boxes appends the boxes around an element, outermost first.
func (o *outline) boxes(dst []int32, elem int32) []int32 {
	if o.nodes == nil {
		return dst
	}
	depth := int(o.nodes[elem].depth)
	for range depth {
		dst = append(dst, 0)
	}
	box := o.nodes[elem].box
	for i := len(dst) - 1; i >= len(dst)-depth; i-- {
		dst[i] = box
		box = o.nodes[box].outer
	}
	return dst
}
