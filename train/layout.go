package train

import (
	"fmt"
	"math"

	"corpus/train/cpu"
)

// tensor is one weight matrix or vector within the flat array that holds them all.
type tensor struct {
	name  string // as transformers names it in a Llama checkpoint
	shape []int
	first int64 // index of the first element
	kind  tensorKind
}

func (t tensor) size() int64 {
	n := int64(1)
	for _, d := range t.shape {
		n *= int64(d)
	}
	return n
}

type tensorKind int

const (
	embeddingTensor tensorKind = iota
	normTensor
	matrixTensor
	residualTensor // a matrix whose output is added to the residual stream
)

// decays says whether weight decay applies: to matrices, not to norms and embeddings.
func (k tensorKind) decays() bool { return k == matrixTensor || k == residualTensor }

// layout lists the model's tensors in the order in which they lie in memory, and
// their total size. Matrices that multiply the same input are neighbours, so that one
// product serves them all: q, k and v; gate and up.
func layout(o ModelOptions, vocab int) ([]tensor, int64) {
	var all []tensor
	var total int64
	add := func(kind tensorKind, name string, shape ...int) {
		t := tensor{name: name, shape: shape, first: total, kind: kind}
		all = append(all, t)
		total += t.size()
	}
	kv := o.Width / o.Heads * o.KVHeads
	add(embeddingTensor, "model.embed_tokens.weight", vocab, o.Width)
	for l := range o.Layers {
		layer := fmt.Sprintf("model.layers.%d.", l)
		add(normTensor, layer+"input_layernorm.weight", o.Width)
		add(matrixTensor, layer+"self_attn.q_proj.weight", o.Width, o.Width)
		add(matrixTensor, layer+"self_attn.k_proj.weight", kv, o.Width)
		add(matrixTensor, layer+"self_attn.v_proj.weight", kv, o.Width)
		add(residualTensor, layer+"self_attn.o_proj.weight", o.Width, o.Width)
		add(normTensor, layer+"post_attention_layernorm.weight", o.Width)
		add(matrixTensor, layer+"mlp.gate_proj.weight", o.Hidden, o.Width)
		add(matrixTensor, layer+"mlp.up_proj.weight", o.Hidden, o.Width)
		add(residualTensor, layer+"mlp.down_proj.weight", o.Width, o.Hidden)
	}
	add(normTensor, "model.norm.weight", o.Width)
	if o.UntiedOutput {
		add(matrixTensor, "lm_head.weight", vocab, o.Width)
	}
	return all, total
}

// initialise draws the weights of a new model: normal with deviation 0.02, matrices that feed
// the residual stream divided by sqrt(2·Layers) (Radford et al., GPT-2, 2019, section 2.3), norms 1.
// Every weight has its own draw, by tensor and index.
func initialise[T cpu.Float](weights []T, tensors []tensor, o ModelOptions, seed uint64) {
	const deviation = 0.02
	for i, t := range tensors {
		w := weights[t.first : t.first+t.size()]
		scale := deviation
		switch t.kind {
		case normTensor:
			for j := range w {
				w[j] = 1
			}
			continue
		case residualTensor:
			scale /= math.Sqrt(float64(2 * o.Layers))
		}
		for j := range w {
			w[j] = T(scale * normal(seed, initStream+uint64(i), uint64(j)))
		}
	}
}

// weightsOf are the tensors of one flat array, weights or gradients, by their use.
type weightsOf[T cpu.Float] struct {
	embedding []T // [vocab, width]
	layers    []layerWeights[T]
	finalNorm []T // [width]
	output    []T // [vocab, width]; the embedding where tied
}

type layerWeights[T cpu.Float] struct {
	attentionNorm []T // [width]
	qkv           []T // [width + 2·kv, width]
	attentionOut  []T // [width, width]
	mlpNorm       []T // [width]
	gateUp        []T // [2·hidden, width]
	down          []T // [width, hidden]
}

// split cuts a flat array along the layout.
func split[T cpu.Float](flat []T, o ModelOptions, vocab int) weightsOf[T] {
	take := func(n int) []T {
		part := flat[:n:n]
		flat = flat[n:]
		return part
	}
	c, kv := o.Width, o.Width/o.Heads*o.KVHeads
	w := weightsOf[T]{embedding: take(vocab * c)}
	for range o.Layers {
		w.layers = append(w.layers, layerWeights[T]{
			attentionNorm: take(c),
			qkv:           take((c + 2*kv) * c),
			attentionOut:  take(c * c),
			mlpNorm:       take(c),
			gateUp:        take(2 * o.Hidden * c),
			down:          take(c * o.Hidden),
		})
	}
	w.finalNorm = take(c)
	w.output = w.embedding
	if o.UntiedOutput {
		w.output = take(vocab * c)
	}
	return w
}
