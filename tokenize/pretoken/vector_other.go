//go:build !amd64

package pretoken

func detectLanes() lanes { return plain }

// classify classes the bytes of a block.
func (w *window) classify(l lanes, block *[blockSize]byte) {
	w.classifyPlain(block)
	if w.high != 0 {
		w.decode(l, block)
	}
}

// foldWide adds the classes of w.wide to the masks.
func (w *window) foldWide(lanes) { w.foldWidePlain() }

// emit writes base plus the places of the bits of starts.
func emit(_ lanes, ends *[windowSize]uint32, starts uint64, base uint32) {
	emitPlain(ends, starts, base)
}
