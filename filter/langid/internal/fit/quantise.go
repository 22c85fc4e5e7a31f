package main

import (
	"math"
	"slices"

	"corpus/filter/langid/internal/linear"
)

// quantise turns a model into whole numbers. A dimension's numbers are divided by a step such that all but one in a thousand fit into a byte; the
// head takes the steps in.
func quantise(t *trained, labels []string) *linear.Model {
	v := t.vocabulary
	m := &linear.Model{Labels: labels, Bits: v.bits, Marks: v.marks, Rows: linear.NewRows(v.bits), Offset: t.offset, Head: make([][linear.Dim]int16, len(labels))}
	var steps [linear.Dim]float32
	size := make([]float32, len(t.rows))
	for d := range steps {
		for i := range t.rows {
			size[i] = float32(math.Abs(float64(t.rows[i][d])))
		}
		slices.Sort(size)
		steps[d] = max(size[len(size)-1-len(size)/1000], 1e-6) / 127
	}
	small := func(row *[linear.Dim]float32) (out [linear.Dim]int8) {
		for d, v := range row {
			out[d] = int8(max(-127, min(127, math.Round(float64(v/steps[d])))))
		}
		return out
	}
	for b, mark := range v.marks {
		if mark != 0 {
			m.SetRow(uint32(b), small(&t.rows[v.id[b]]))
		}
	}
	for kind := range m.Missing {
		m.Missing[kind] = small(&t.rows[len(v.counts)+kind])
	}
	most := float32(0)
	for l := range labels {
		for d, w := range t.head[l] {
			most = max(most, float32(math.Abs(float64(w*steps[d]))))
		}
	}
	m.Scale = most / 32767
	for l := range labels {
		for d, w := range t.head[l] {
			m.Head[l][d] = int16(math.Round(float64(w * steps[d] / m.Scale)))
		}
	}
	for i := range m.Sharpness {
		m.Sharpness[i] = 1
	}
	return m
}
