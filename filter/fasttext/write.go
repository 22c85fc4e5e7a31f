package fasttext

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"io"
	"math"
	"slices"
)

// Write writes the model as the fastText program reads it: .bin, or .ftz for a quantised one.
func (m *Model) Write(w io.Writer) error {
	e := &encoder{w: bufio.NewWriterSize(w, 1<<16)}
	a := &m.args
	e.int32(magic, version, a.dim, a.window, a.epochs, a.minCount, a.negatives, a.wordNgrams, a.loss, a.model, a.bucket, a.minn, a.maxn, a.lrUpdate)
	e.int64(int64(math.Float64bits(a.sampling)))
	d := m.dict
	pruned := int64(-1)
	if d.pruned != nil {
		pruned = int64(d.pruned.taken)
	}
	e.int32(int32(len(d.names)), int32(d.words), int32(d.labels))
	e.int64(d.tokens, pruned)
	for i, name := range d.names {
		e.w.WriteString(name)
		e.w.WriteByte(0)
		e.int64(d.counts[i])
		e.bool(i >= d.words)
	}
	if d.pruned != nil {
		kept := slices.DeleteFunc(slices.Clone(d.pruned.slots), func(s slot) bool { return s.value == empty })
		slices.SortFunc(kept, func(a, b slot) int { return cmp.Compare(a.key, b.key) })
		for _, s := range kept {
			e.int32(int32(s.key), s.value)
		}
	}
	e.matrix(m.input)
	e.matrix(m.output)
	return e.w.Flush()
}

// encoder writes little-endian values; its bufio.Writer keeps the first error.
type encoder struct {
	w   *bufio.Writer
	tmp [1 << 12]byte
}

func (e *encoder) int32(values ...int32) {
	for _, v := range values {
		e.w.Write(binary.LittleEndian.AppendUint32(e.tmp[:0], uint32(v)))
	}
}

func (e *encoder) int64(values ...int64) {
	for _, v := range values {
		e.w.Write(binary.LittleEndian.AppendUint64(e.tmp[:0], uint64(v)))
	}
}

func (e *encoder) bool(v bool) {
	if v {
		e.w.WriteByte(1)
		return
	}
	e.w.WriteByte(0)
}

func (e *encoder) floats(values []float32) {
	for part := range slices.Chunk(values, len(e.tmp)/4) {
		b := e.tmp[:0]
		for _, v := range part {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
		e.w.Write(b)
	}
}

func (e *encoder) matrix(x matrix) {
	q, quant := x.(*quantized)
	e.bool(quant)
	if !quant {
		d := x.(*dense)
		e.int64(int64(d.rows()), int64(d.n))
		e.floats(d.data)
		return
	}
	e.bool(q.norms != nil)
	e.int64(int64(q.m), int64(q.n))
	e.int32(int32(len(q.codes)))
	e.w.Write(q.codes)
	e.quantizer(&q.pq)
	if q.norms != nil {
		e.w.Write(q.norms)
		e.quantizer(&q.npq)
	}
}

func (e *encoder) quantizer(q *quantizer) {
	e.int32(int32(q.dim), int32(q.parts), int32(q.width), int32(q.lastWidth))
	e.floats(q.centroids)
}
