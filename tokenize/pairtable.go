package tokenize

import "math/bits"

// A pair of neighbouring token ids: the left one in the high 32 bits. Pairs compare as (left, right) do.
type pair uint64

func makePair(left, right uint32) pair { return pair(left)<<32 | pair(right) }
func (p pair) left() uint32            { return uint32(p >> 32) }
func (p pair) right() uint32           { return uint32(p) }

// pairTable maps pairs to numbers: an open table without removal.
type pairTable struct {
	cells []pairCell // length a power of two
	used  int
	shift int // of the hash, so that its high bits are the index
}

type pairCell struct {
	pair  pair
	value uint32 // the number and 1; 0 in an empty cell
}

// newPairTable returns a table with room for n pairs.
func newPairTable(n int) *pairTable {
	size := bits.Len(uint(max(n, 8) * 3 / 2)) // at most two thirds full
	return &pairTable{cells: make([]pairCell, 1<<size), shift: 64 - size}
}

// find returns the pair's cell, or the empty one that it would take.
func (t *pairTable) find(p pair) *pairCell {
	mask := uint64(len(t.cells) - 1)
	// Fibonacci hashing (Knuth, TAOCP volume 3, 6.4) of the two ids folded into each other.
	h := uint64(p) * 0x9E3779B97F4A7C15
	h = (h ^ h>>32) * 0x9E3779B97F4A7C15 >> t.shift
	for ; ; h = (h + 1) & mask {
		if c := &t.cells[h]; c.value == 0 || c.pair == p {
			return c
		}
	}
}

// get returns the pair's number.
func (t *pairTable) get(p pair) (uint32, bool) {
	c := t.find(p)
	return c.value - 1, c.value != 0
}

// put sets the pair's number, which is less than 2^32-1.
func (t *pairTable) put(p pair, value uint32) {
	if 4*(t.used+1) > 3*len(t.cells) {
		t.grow()
	}
	c := t.find(p)
	if c.value == 0 {
		t.used++
	}
	*c = pairCell{p, value + 1}
}

func (t *pairTable) grow() {
	old := t.cells
	t.cells = make([]pairCell, 2*len(old))
	t.shift--
	for _, c := range old {
		if c.value != 0 {
			*t.find(c.pair) = c
		}
	}
}
