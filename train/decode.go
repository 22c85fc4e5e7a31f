package train

import (
	"fmt"
	"os"
	"path/filepath"

	"corpus/train/cpu"
)

// decodeRows is the number of tokens that a decoder takes in at once.
const decodeRows = 64

// decoder computes the logits of one growing sequence. It keeps the keys and values of
// every token that it has seen, so that a new token costs one token's work.
type decoder[T cpu.Float] struct {
	*model[T]
	keys, values [][]T // [Layers][Context, kvWidth]
	length       int   // tokens seen
	block        block[T]
	stream, next []T // [decodeRows, width]
	normed, inv  []T
	logits       []T // [vocab]
}

func newDecoder[T cpu.Float](m *model[T]) *decoder[T] {
	d := &decoder[T]{model: m, block: m.newBlock(decodeRows)}
	for range m.Layers {
		d.keys = append(d.keys, make([]T, m.Context*m.kvWidth()))
		d.values = append(d.values, make([]T, m.Context*m.kvWidth()))
	}
	n := decodeRows * m.Width
	d.stream, d.next = make([]T, n), make([]T, n)
	d.normed, d.inv, d.logits = make([]T, m.Width), make([]T, 1), make([]T, m.vocab)
	return d
}

// reset forgets the sequence.
func (d *decoder[T]) reset() { d.length = 0 }

// extend appends ids, at least one, and returns the logits of what comes next, valid until the next
// call. The sequence never grows beyond the model's context.
func (d *decoder[T]) extend(ids []uint32) ([]T, error) {
	if len(ids) == 0 || d.length+len(ids) > d.Context {
		return nil, fmt.Errorf("%d tokens behind %d do not fit the context of %d", len(ids), d.length, d.Context)
	}
	for _, id := range ids {
		if int64(id) >= int64(d.vocab) {
			return nil, fmt.Errorf("token id %d: the vocabulary has %d", id, d.vocab)
		}
	}
	rows := 0
	for len(ids) > 0 {
		rows = min(len(ids), decodeRows)
		d.forward(ids[:rows])
		ids = ids[rows:]
	}
	last := d.stream[(rows-1)*d.Width : rows*d.Width]
	d.ops.RMSNorm(d.normed, d.inv, last, d.weights.finalNorm, 1, d.Width, d.NormEpsilon)
	d.ops.MatMul(d.logits, d.normed, d.weights.output, 1, d.vocab, d.Width, cpu.ABt, false)
	return d.logits, nil
}

// forward takes at most decodeRows tokens through the blocks.
func (d *decoder[T]) forward(ids []uint32) {
	rows, kv := len(ids), d.kvWidth()
	d.ops.Embed(d.stream, d.weights.embedding, ids, d.Width)
	for l := range d.Layers {
		w, b := &d.weights.layers[l], &d.block
		d.project(w, b, d.stream, rows, rows, d.length)
		for r := range rows {
			row := b.qkv[r*d.qkvWidth():][:d.qkvWidth()]
			at := (d.length + r) * kv
			copy(d.keys[l][at:at+kv], row[d.Width:])
			copy(d.values[l][at:at+kv], row[d.Width+kv:])
		}
		d.ops.Attention(b.attended, b.lse, b.qkv, d.keys[l], d.values[l], cpu.AttentionShape{
			Batch: 1, Queries: rows, Keys: d.length + rows, Heads: d.Heads, KVHeads: d.KVHeads,
			HeadDim: d.headDim(), QStride: d.qkvWidth(), KVStride: kv})
		d.finish(w, b, d.next, d.stream, rows)
		d.stream, d.next = d.next, d.stream
	}
	d.length += rows
}

// loadModel loads the newest checkpoint of a run folder for use on the CPU.
func loadModel(run string, threads int) (*model[float32], *state, error) {
	kernels, err := cpu.New(cpu.Options{Threads: threads})
	if err != nil {
		return nil, nil, fmt.Errorf("cpu: %w", err)
	}
	dir, err := latestCheckpoint(run)
	if err != nil {
		return nil, nil, err
	}
	s, err := readState(filepath.Join(dir, stateFileName))
	if err != nil {
		return nil, nil, err
	}
	// A state that promises a model far larger than its file must not cost that much memory.
	path := filepath.Join(dir, modelFile)
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if _, weights := layout(s.Options.Model, s.Vocab); weights > info.Size()/4 {
		return nil, nil, fmt.Errorf("%s: corrupt: %d bytes do not hold the %d weights that %s promises", path, info.Size(), weights, stateFileName)
	}
	m := newModel[float32](s.Options.Model, s.Vocab, kernels)
	return m, s, loadWeights(dir, s, m.tensors, m.flat)
}
