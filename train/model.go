package train

import (
	"math"

	"corpus/train/cpu"
)

// operations is the arithmetic that a model is made of. cpu.Reference and cpu.Kernels
// have it; the comments on cpu.Reference are the contract. It is wide because it is the
// one seam between what the model is and how numbers are crunched.
type operations[T cpu.Float] interface {
	MatMul(out, a, b []T, m, n, k int, form cpu.Form, accumulate bool)
	Embed(out, table []T, ids []uint32, width int)
	EmbedBackward(dtable, dout []T, ids []uint32, width int)
	RMSNorm(out, inv, x, weight []T, rows, width int, epsilon float64)
	RMSNormBackward(dx, dweight, dout, x, weight, inv []T, rows, width int)
	Rotary(x, cos, sin []T, s cpu.RotaryShape)
	Attention(out, lse, q, k, v []T, s cpu.AttentionShape)
	AttentionBackward(dq, dk, dv, dout, out, lse, q, k, v []T, s cpu.AttentionShape)
	SwiGLU(out, gateUp []T, rows, hidden int)
	SwiGLUBackward(dgateUp, dout, gateUp []T, rows, hidden int)
	CrossEntropy(losses, logits []T, targets []uint32, vocab int, scale float64, gradient bool)
	SumSquares(x []T) float64
	UpdateAdamW(w, g, m, v []T, o cpu.AdamW)
}

// model is the weights and the arithmetic of one network; it holds no activations.
type model[T cpu.Float] struct {
	ModelOptions
	vocab    int
	ops      operations[T]
	tensors  []tensor
	flat     []T // every weight
	weights  weightsOf[T]
	cos, sin []T // [Context, headDim/2]
}

// newModel allocates a model with all weights 0. The options are resolved.
func newModel[T cpu.Float](o ModelOptions, vocab int, ops operations[T]) *model[T] {
	m := &model[T]{ModelOptions: o, vocab: vocab, ops: ops}
	tensors, total := layout(o, vocab)
	m.tensors, m.flat = tensors, make([]T, total)
	m.weights = split(m.flat, o, vocab)
	half := m.headDim() / 2
	m.cos, m.sin = make([]T, o.Context*half), make([]T, o.Context*half)
	for position := range o.Context {
		for i := range half {
			angle := float64(position) * math.Pow(o.RotaryBase, -float64(i)/float64(half))
			m.cos[position*half+i], m.sin[position*half+i] = T(math.Cos(angle)), T(math.Sin(angle))
		}
	}
	return m
}

func (m *model[T]) headDim() int { return m.Width / m.Heads }

// kvWidth is the width of a token's keys, and of its values.
func (m *model[T]) kvWidth() int { return m.headDim() * m.KVHeads }

// qkvWidth is the width of a token's queries, keys and values side by side.
func (m *model[T]) qkvWidth() int { return m.Width + 2*m.kvWidth() }

// block holds what one transformer block computes for some rows, and what its
// backward pass reads again.
type block[T cpu.Float] struct {
	normed, inv       []T // [rows, width], [rows]
	qkv               []T // [rows, qkvWidth]
	attended, lse     []T // [rows, width], [B, heads, T]
	middle            []T // [rows, width]: the residual stream between attention and MLP
	normed2, inv2     []T // [rows, width], [rows]
	gateUp, activated []T // [rows, 2·hidden], [rows, hidden]
}

func (m *model[T]) newBlock(rows int) block[T] {
	return block[T]{
		normed: make([]T, rows*m.Width), inv: make([]T, rows),
		qkv:      make([]T, rows*m.qkvWidth()),
		attended: make([]T, rows*m.Width), lse: make([]T, rows*m.Heads),
		middle:  make([]T, rows*m.Width),
		normed2: make([]T, rows*m.Width), inv2: make([]T, rows),
		gateUp: make([]T, rows*2*m.Hidden), activated: make([]T, rows*m.Hidden),
	}
}

// project computes queries, keys and values of x[rows,width], turned to their
// positions: a sequence is period tokens and begins at position start.
func (m *model[T]) project(w *layerWeights[T], b *block[T], x []T, rows, period, start int) {
	m.ops.RMSNorm(b.normed, b.inv, x, w.attentionNorm, rows, m.Width, m.NormEpsilon)
	m.ops.MatMul(b.qkv, b.normed, w.qkv, rows, m.qkvWidth(), m.Width, cpu.ABt, false)
	m.ops.Rotary(b.qkv, m.cos, m.sin, m.rotary(rows, period, start, false))
}

// rotary covers the queries and the keys, which lie side by side.
func (m *model[T]) rotary(rows, period, start int, inverse bool) cpu.RotaryShape {
	return cpu.RotaryShape{Rows: rows, Period: period, Start: start, Stride: m.qkvWidth(),
		Heads: m.Heads + m.KVHeads, HeadDim: m.headDim(), Inverse: inverse}
}

// finish takes b.attended through the rest of the block and writes the residual stream to out.
func (m *model[T]) finish(w *layerWeights[T], b *block[T], out, x []T, rows int) {
	n := rows * m.Width
	copy(b.middle[:n], x[:n])
	m.ops.MatMul(b.middle, b.attended, w.attentionOut, rows, m.Width, m.Width, cpu.ABt, true)
	m.ops.RMSNorm(b.normed2, b.inv2, b.middle, w.mlpNorm, rows, m.Width, m.NormEpsilon)
	m.ops.MatMul(b.gateUp, b.normed2, w.gateUp, rows, 2*m.Hidden, m.Width, cpu.ABt, false)
	m.ops.SwiGLU(b.activated, b.gateUp, rows, m.Hidden)
	copy(out[:n], b.middle[:n])
	m.ops.MatMul(out, b.activated, w.down, rows, m.Width, m.Hidden, cpu.ABt, true)
}
