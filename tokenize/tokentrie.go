package tokenize

import "bytes"

// tokenTrie finds the longest token at the start of a text, one step for each byte. It is a double array (Aoe 1989, "An
// Efficient Digital Search Algorithm by Using a Double-Array Structure") in the form with exclusive or: the child of
// a node for the byte c is the cell at base^c, where base is the node's own and no other node's. So a cell needs only
// its byte to tell whose child it is, and all children of a node lie within 256 cells. It does not change.
type tokenTrie struct {
	cells []trieCell // the length is a multiple of 256
	root  uint32     // the base of the root
}

// trieCell holds, from the low bits up, a byte (8), whether the cell is taken (1), the id of the token that ends here
// and 1 or 0 (25), and the base of the children, 0 if there are none (30). Base 0 is nobody's.
type trieCell uint64

const (
	trieTaken     = 1 << 8
	trieLabel     = trieTaken | 0xff
	trieTokenAt   = 9
	trieTokenMask = 1<<25 - 1
	trieBaseAt    = 34
	maxTrieCells  = 1 << 30
)

// longest returns the longest token that text starts with, and its length in bytes; 0 if there is none.
func (t *tokenTrie) longest(text string) (id uint32, n int) {
	base := t.root
	var last trieCell
	for i := range len(text) {
		c := t.cells[base^uint32(text[i])]
		if c&trieLabel != trieTaken|trieCell(text[i]) {
			break
		}
		if c>>trieTokenAt&trieTokenMask != 0 {
			last, n = c, i+1
		}
		base = uint32(c >> trieBaseAt)
	}
	return uint32(last>>trieTokenAt&trieTokenMask) - 1, n
}

// trieToken is a token to put into a trie.
type trieToken struct {
	text []byte
	id   uint32
}

// compareTokens is the order in which tokens come into a trie.
func compareTokens(a, b trieToken) int { return bytes.Compare(a.text, b.text) }

// newTokenTrie returns the trie of tokens, which are sorted by their bytes, differ from each other and are not empty. For every
// token, prefix is told the longest other one that it starts with, or noID. It returns nil where the tokens are too many for a trie.
func newTokenTrie(tokens []trieToken, prefix func(id, of uint32)) *tokenTrie {
	b := trieBuilder{tokens: tokens, prefix: prefix}
	b.addBlock()
	b.based[0] |= 1
	b.root = b.place(0, len(tokens), 0, noID)
	if b.full {
		return nil
	}
	return &b.tokenTrie
}

// trieBuilder puts cells into blocks of 256, which are the reach of a base.
type trieBuilder struct {
	tokenTrie
	tokens []trieToken
	prefix func(id, of uint32)
	based  []uint64 // a bit for each base that a node has
	free   []uint16 // free cells, by block
	open   []uint32 // the blocks where cells are looked for
	full   bool     // there were more cells than maxTrieCells
}

func (b *trieBuilder) addBlock() uint32 {
	n := uint32(len(b.free))
	b.cells = append(b.cells, make([]trieCell, 256)...)
	b.based = append(b.based, 0, 0, 0, 0)
	b.free = append(b.free, 256)
	if len(b.open) == openBlocks {
		b.open = append(b.open[:0], b.open[1:]...)
	}
	b.open = append(b.open, n)
	return n
}

// place makes the children of the node for the first depth bytes of tokens[lo:hi], which they share, and returns its
// base. above is the longest token among those bytes and their starts.
func (b *trieBuilder) place(lo, hi, depth int, above uint32) uint32 {
	var labels [256]byte
	n := 0
	for i := lo; i < hi; i++ {
		if c := b.tokens[i].text[depth]; n == 0 || labels[n-1] != c {
			labels[n] = c
			n++
		}
	}
	if n == 0 || b.full {
		return 0
	}
	base := b.base(labels[:n])
	b.based[base>>6] |= 1 << (base & 63)
	b.free[base>>8] -= uint16(n)
	for _, c := range labels[:n] {
		b.cells[base^uint32(c)] = trieTaken | trieCell(c)
	}
	for i := lo; i < hi; {
		c := b.tokens[i].text[depth]
		end := i + 1
		for end < hi && b.tokens[end].text[depth] == c {
			end++
		}
		cell, below := &b.cells[base^uint32(c)], above
		if t := b.tokens[i]; len(t.text) == depth+1 {
			b.prefix(t.id, above)
			*cell |= trieCell(t.id+1) << trieTokenAt
			below = t.id
			i++
		}
		child := trieCell(b.place(i, end, depth+1, below)) // which moves the cells
		b.cells[base^uint32(c)] |= child << trieBaseAt
		i = end
	}
	return base
}

const (
	openBlocks = 8  // blocks that are tried for a node before a new one is made
	fewFree    = 12 // free cells of a block that is no longer tried
)

// base finds a base whose cells for the labels are all free, in the blocks last made first.
func (b *trieBuilder) base(labels []byte) uint32 {
	for i := len(b.open) - 1; i >= 0; i-- {
		block := b.open[i]
		if int(b.free[block]) < fewFree {
			b.open = append(b.open[:i], b.open[i+1:]...)
			continue
		}
		if base, ok := b.fit(block, labels); ok {
			return base
		}
	}
	if len(b.cells) >= maxTrieCells {
		b.full = true
		return 0
	}
	base, _ := b.fit(b.addBlock(), labels)
	return base
}

// fit finds a base in a block.
func (b *trieBuilder) fit(block uint32, labels []byte) (uint32, bool) {
	if int(b.free[block]) < len(labels) {
		return 0, false
	}
next:
	for cell := block << 8; cell < (block+1)<<8; cell++ {
		base := cell ^ uint32(labels[0])
		if b.cells[cell] != 0 || b.based[base>>6]>>(base&63)&1 != 0 {
			continue
		}
		for _, c := range labels[1:] {
			if b.cells[base^uint32(c)] != 0 {
				continue next
			}
		}
		return base, true
	}
	return 0, false
}
