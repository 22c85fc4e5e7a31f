package fasttext

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"io"
	"maps"
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
		pruned = int64(len(d.pruned))
	}
	e.int32(int32(len(d.entries)), int32(d.words), int32(d.labels))
	e.int64(d.tokens, pruned)
	for i := range d.entries {
		e.w.WriteString(d.entries[i].word)
		e.w.WriteByte(0)
		e.int64(d.entries[i].count)
		e.bool(d.entries[i].label)
	}
	for _, from := range slices.SortedFunc(maps.Keys(d.pruned), cmp.Compare[int32]) {
		e.int32(from, d.pruned[from])
	}
	e.matrix(m.input)
	e.matrix(m.output)
	return e.w.Flush()
}

// encoder writes little-endian values; its bufio.Writer keeps the first error.
type encoder struct{ w *bufio.Writer }

func (e *encoder) int32(values ...int32) {
	var b [4]byte
	for _, v := range values {
		binary.LittleEndian.PutUint32(b[:], uint32(v))
		e.w.Write(b[:])
	}
}

func (e *encoder) int64(values ...int64) {
	var b [8]byte
	for _, v := range values {
		binary.LittleEndian.PutUint64(b[:], uint64(v))
		e.w.Write(b[:])
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
	for _, v := range values {
		e.int32(int32(math.Float32bits(v)))
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
