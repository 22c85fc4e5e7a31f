package cpu

import "errors"

// ErrNoCgo says that this binary holds no kernels.
var ErrNoCgo = errors.New("this binary was built without cgo and holds no training kernels: rebuild it with CGO_ENABLED=1 and a C compiler")

// Float is a type of number that the reference computes with.
type Float interface{ float32 | float64 }

// Level is an instruction set, in the order of preference.
type Level int

// The levels. The last bits of a result differ between levels.
const (
	Generic Level = iota // vectors of four floats: any 64-bit processor
	AVX2                 // x86-64 with AVX2 and FMA
	AVX512               // x86-64 with AVX-512 F, BW, DQ and VL
)

// String is the level's name in lower case.
func (l Level) String() string {
	switch l {
	case Generic:
		return "generic"
	case AVX2:
		return "avx2"
	case AVX512:
		return "avx512"
	}
	return "unknown"
}

// Form says how the operands of a matrix product lie in memory. A product
// always is out[m,n] = Σ over k.
type Form int

// The three forms that a linear layer y = x·Wᵀ needs: itself, the gradient of
// x, and the gradient of W.
const (
	ABt Form = iota // a[m,k] · b[n,k]ᵀ
	AB              // a[m,k] · b[k,n]
	AtB             // a[k,m]ᵀ · b[k,n]
)

// strides are the distances in a between rows and along k, and in b along k and between columns.
func (f Form) strides(m, n, k int) (aRow, aCol, bRow, bCol int) {
	switch f {
	case AB:
		return k, 1, n, 1
	case AtB:
		return 1, m, n, 1
	default:
		return k, 1, 1, k
	}
}

// AttentionShape is the shape of causal attention with grouped queries: query i
// of a sequence sits at position Keys-Queries+i and sees the keys up to its own position. Query head h
// reads key and value head h / (Heads/KVHeads).
type AttentionShape struct {
	Batch    int // sequences
	Queries  int // queries per sequence
	Keys     int // keys and values per sequence, at least Queries
	Heads    int // query heads, a multiple of KVHeads
	KVHeads  int // key and value heads
	HeadDim  int // width of a head
	QStride  int // elements from one token's queries to the next token's
	KVStride int // the same for keys and for values
}

// width is the width of a token's output: that of all query heads.
func (s AttentionShape) width() int { return s.Heads * s.HeadDim }

// RotaryShape says where the heads to rotate lie. Row r holds position Start + r mod Period.
type RotaryShape struct {
	Rows    int // tokens
	Period  int // tokens per sequence
	Start   int // position of the first token of a sequence
	Stride  int // elements from one token to the next
	Heads   int // heads to rotate, side by side from the start of the row
	HeadDim int // width of a head, even
	Inverse bool
}

// AdamW is one step of AdamW for one run of weights.
type AdamW struct {
	Rate         float64 // learning rate
	Beta1, Beta2 float64
	Epsilon      float64
	Decay        float64 // decoupled weight decay; 0 for norms and embeddings
	Step         int     // from 1, for the bias corrections
	GradScale    float64 // factor on the gradient: clipping
}
