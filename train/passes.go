package train

import "corpus/train/cpu"

// batch is B windows of T tokens; targets are the inputs shifted by one.
type batch struct {
	inputs, targets []uint32 // [B, T]
	ignored         []bool   // [B, T]: targets that are not predicted, such as padding; nil: none
	length          int      // T
}

// predicted is the number of targets that are not ignored.
func (b batch) predicted() int {
	n := b.rows()
	for _, is := range b.ignored {
		if is {
			n--
		}
	}
	return n
}

func (b batch) rows() int      { return len(b.inputs) }
func (b batch) sequences() int { return len(b.inputs) / b.length }

// passes runs a model forward and backward over batches, and holds the activations in between.
type passes[T cpu.Float] struct {
	*model[T]
	grads     []T // flat, as the model's weights; nil when only losses are wanted
	gradients weightsOf[T]

	stream    [][]T // [Layers+1][rows, width]: the residual stream before each block and at the end
	blocks    []block[T]
	normed    []T // [rows, width], behind the last norm
	inv       []T
	losses    []T // [rows]
	logits    []T // [headRows, vocab]
	dstream   []T // [rows, width]
	dnormed   []T // [rows, width]
	dqkv      []T // [rows, qkvWidth]
	dattended []T // [rows, width]
	dgateUp   []T // [rows, 2·hidden]
	dhidden   []T // [rows, hidden]
}

// newPasses allocates for up to rows tokens at once.
func newPasses[T cpu.Float](m *model[T], rows int, gradient bool) *passes[T] {
	p := &passes[T]{model: m}
	n := rows * m.Width
	for range m.Layers + 1 {
		p.stream = append(p.stream, make([]T, n))
	}
	for l := range m.Layers {
		if l > 0 && !gradient { // nothing reads a block again: one serves all
			p.blocks = append(p.blocks, p.blocks[0])
			continue
		}
		p.blocks = append(p.blocks, m.newBlock(rows))
	}
	p.normed, p.inv, p.losses = make([]T, n), make([]T, rows), make([]T, rows)
	p.logits = make([]T, min(rows, headRows(m.vocab))*m.vocab)
	if gradient {
		p.grads = make([]T, len(m.flat))
		p.gradients = split(p.grads, m.ModelOptions, m.vocab)
		p.dstream, p.dnormed, p.dattended = make([]T, n), make([]T, n), make([]T, n)
		p.dqkv = make([]T, rows*m.qkvWidth())
		p.dgateUp, p.dhidden = make([]T, rows*2*m.Hidden), make([]T, rows*m.Hidden)
	}
	return p
}

// headRows is the number of tokens whose logits are in memory at once: about four million logits.
func headRows(vocab int) int { return max(64, (1<<22)/vocab/64*64) }

// loss is the sum over the batch of -log p(target), without ignored targets.
func (p *passes[T]) loss(b batch) float64 {
	p.forward(b)
	return p.head(b, 0, false)
}

// accumulate returns the same sum and adds scale times its gradient to grads.
func (p *passes[T]) accumulate(b batch, scale float64) float64 {
	p.forward(b)
	sum := p.head(b, scale, true)
	p.backward(b)
	return sum
}

func (p *passes[T]) attention(b batch) cpu.AttentionShape {
	return cpu.AttentionShape{Batch: b.sequences(), Queries: b.length, Keys: b.length, Heads: p.Heads, KVHeads: p.KVHeads,
		HeadDim: p.headDim(), QStride: p.qkvWidth(), KVStride: p.qkvWidth()}
}

// parts are queries, keys and values, or their gradients, within rows of all three.
func (p *passes[T]) parts(qkv []T) (q, k, v []T) {
	return qkv, qkv[p.Width:], qkv[p.Width+p.kvWidth():]
}

func (p *passes[T]) forward(b batch) {
	p.ops.Embed(p.stream[0], p.weights.embedding, b.inputs, p.Width)
	for l := range p.Layers {
		w, a := &p.weights.layers[l], &p.blocks[l]
		p.project(w, a, p.stream[l], b.rows(), b.length, 0)
		q, k, v := p.parts(a.qkv)
		p.ops.Attention(a.attended, a.lse, q, k, v, p.attention(b))
		p.finish(w, a, p.stream[l+1], p.stream[l], b.rows())
	}
	p.ops.RMSNorm(p.normed, p.inv, p.stream[p.Layers], p.weights.finalNorm, b.rows(), p.Width, p.NormEpsilon)
}

// head computes the losses from p.normed, some rows of logits at a time. With gradient it leaves
// the gradient of p.normed in p.dnormed and adds that of the output layer.
func (p *passes[T]) head(b batch, scale float64, gradient bool) float64 {
	step := headRows(p.vocab)
	for first := 0; first < b.rows(); first += step {
		rows := min(step, b.rows()-first)
		x := p.normed[first*p.Width : (first+rows)*p.Width]
		p.ops.MatMul(p.logits, x, p.weights.output, rows, p.vocab, p.Width, cpu.ABt, false)
		p.ops.CrossEntropy(p.losses[first:], p.logits, b.targets[first:first+rows], p.vocab, scale, gradient)
		if b.ignored != nil {
			p.ignore(b.ignored[first:first+rows], first)
		}
		if gradient {
			p.ops.MatMul(p.dnormed[first*p.Width:], p.logits, p.weights.output, rows, p.Width, p.vocab, cpu.AB, false)
			p.ops.MatMul(p.gradients.output, p.logits, x, p.vocab, p.Width, rows, cpu.AtB, true)
		}
	}
	var sum float64
	for _, l := range p.losses[:b.rows()] {
		sum += float64(l)
	}
	return sum
}

// ignore takes the losses of ignored targets, from a row on, and the gradients of their logits away.
func (p *passes[T]) ignore(ignored []bool, first int) {
	for i, is := range ignored {
		if is {
			p.losses[first+i] = 0
			clear(p.logits[i*p.vocab : (i+1)*p.vocab])
		}
	}
}

// backward starts from p.dnormed. p.dstream is the gradient of the residual stream, from its end to its start.
func (p *passes[T]) backward(b batch) {
	rows, c := b.rows(), p.Width
	clear(p.dstream[:rows*c])
	p.ops.RMSNormBackward(p.dstream, p.gradients.finalNorm, p.dnormed, p.stream[p.Layers], p.weights.finalNorm, p.inv, rows, c)
	for l := p.Layers - 1; l >= 0; l-- {
		p.backwardMLP(&p.weights.layers[l], &p.gradients.layers[l], &p.blocks[l], rows)
		p.backwardAttention(&p.weights.layers[l], &p.gradients.layers[l], &p.blocks[l], p.stream[l], b)
	}
	p.ops.EmbedBackward(p.gradients.embedding, p.dstream, b.inputs, c)
}

func (p *passes[T]) backwardMLP(w, g *layerWeights[T], a *block[T], rows int) {
	c, f := p.Width, p.Hidden
	p.ops.MatMul(p.dhidden, p.dstream, w.down, rows, f, c, cpu.AB, false)
	p.ops.MatMul(g.down, p.dstream, a.activated, c, f, rows, cpu.AtB, true)
	p.ops.SwiGLUBackward(p.dgateUp, p.dhidden, a.gateUp, rows, f)
	p.ops.MatMul(p.dnormed, p.dgateUp, w.gateUp, rows, c, 2*f, cpu.AB, false)
	p.ops.MatMul(g.gateUp, p.dgateUp, a.normed2, 2*f, c, rows, cpu.AtB, true)
	p.ops.RMSNormBackward(p.dstream, g.mlpNorm, p.dnormed, a.middle, w.mlpNorm, a.inv2, rows, c)
}

func (p *passes[T]) backwardAttention(w, g *layerWeights[T], a *block[T], x []T, b batch) {
	rows, c := b.rows(), p.Width
	p.ops.MatMul(p.dattended, p.dstream, w.attentionOut, rows, c, c, cpu.AB, false)
	p.ops.MatMul(g.attentionOut, p.dstream, a.attended, c, c, rows, cpu.AtB, true)
	q, k, v := p.parts(a.qkv)
	dq, dk, dv := p.parts(p.dqkv)
	p.ops.AttentionBackward(dq, dk, dv, p.dattended, a.attended, a.lse, q, k, v, p.attention(b))
	p.ops.Rotary(p.dqkv, p.cos, p.sin, p.rotary(rows, b.length, 0, true))
	p.ops.MatMul(p.dnormed, p.dqkv, w.qkv, rows, c, p.qkvWidth(), cpu.AB, false)
	p.ops.MatMul(g.qkv, p.dqkv, a.normed, p.qkvWidth(), c, rows, cpu.AtB, true)
	p.ops.RMSNormBackward(p.dstream, g.attentionNorm, p.dnormed, x, w.attentionNorm, a.inv, rows, c)
}
