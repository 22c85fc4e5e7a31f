package pretoken

import "golang.org/x/sys/cpu"

func detectLanes() lanes {
	switch x := &cpu.X86; {
	case x.HasAVX512F && x.HasAVX512BW && x.HasAVX512VL && x.HasAVX512VBMI && x.HasAVX512VBMI2 && x.HasBMI1 && x.HasPOPCNT:
		return avx512
	case x.HasAVX2:
		return avx2
	}
	return plain
}

// classify classes the bytes of a block.
func (w *window) classify(l lanes, block *[blockSize]byte) {
	switch l {
	case avx512:
		classify512(w, block)
	case avx2:
		classify256(w, block)
	default:
		w.classifyPlain(block)
	}
	switch {
	case w.high == 0:
	case l == avx512 && w.long == 0:
		decode512(w, block, &classes.bmp)
	default:
		w.decode(l, block)
	}
}

// foldWide adds the classes of w.wide to the masks.
func (w *window) foldWide(l lanes) {
	if l == plain {
		w.foldWidePlain()
	} else {
		foldWide256(w)
	}
}

// emit writes base plus the places of the bits of starts.
func emit(l lanes, ends *[windowSize]uint32, starts uint64, base uint32) {
	if l == avx512 {
		emit512(ends, starts, base)
	} else {
		emitPlain(ends, starts, base)
	}
}

// classify512 is classifyPlain by AVX-512; it also finds the first bytes of characters of four bytes.
//
//go:noescape
func classify512(w *window, block *[blockSize]byte)

// decode512 is decode by AVX-512, for blocks without characters of four bytes.
//
//go:noescape
func decode512(w *window, block *[blockSize]byte, table *[1 << 16]class)

// emit512 is emitPlain by AVX-512.
//
//go:noescape
func emit512(ends *[windowSize]uint32, starts uint64, base uint32)

// classify256 is classifyPlain by AVX2.
//
//go:noescape
func classify256(w *window, block *[blockSize]byte)

// foldWide256 is foldWidePlain by AVX2.
//
//go:noescape
func foldWide256(w *window)
