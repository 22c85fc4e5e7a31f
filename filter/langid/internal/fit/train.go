package main

import (
	"math"
	"math/rand/v2"

	"corpus/filter/langid/internal/linear"
)

// settings of a training run.
type settings struct {
	bits     int // binary logarithm of the number of buckets
	minCount int // features with fewer occurrences have no row
	epochs   int
	rate     float64
	limit    int // characters of a text
	crops    int // pieces of a few words cut out of each sentence
	noise    int // texts of each kind that is in no language
	swapped  int // sentences with letters swapped
	seed     uint64
}

// vocabulary gives each feature that has a row its number.
type vocabulary struct {
	bits   int
	marks  []uint8
	id     []int32 // by bucket
	counts []int32 // by number
}

// newVocabulary gives a bucket to the feature that occurs most often of those that fall into it; the lower hash wins a tie.
func newVocabulary(list []example, s settings) *vocabulary {
	// A first pass counts by 2^26 slots, so that the exact counts of the second are of few.
	const slots = 1 << 26
	rough := make([]uint8, slots)
	for _, e := range list {
		linear.Features(e.text, s.limit, func(h uint64, _ int) {
			if slot := &rough[h>>(64-26)]; *slot < 255 {
				*slot++
			}
		})
	}
	exact := make(map[uint64]int32)
	for _, e := range list {
		linear.Features(e.text, s.limit, func(h uint64, _ int) {
			if int(rough[h>>(64-26)]) >= s.minCount {
				exact[h]++
			}
		})
	}
	best := make([]uint64, 1<<s.bits)
	v := &vocabulary{bits: s.bits, marks: make([]uint8, 1<<s.bits), id: make([]int32, 1<<s.bits)}
	for h, n := range exact {
		b := linear.Bucket(h, s.bits)
		if old := exact[best[b]]; int(n) >= s.minCount && (best[b] == 0 || n > old || n == old && h < best[b]) {
			best[b] = h
		}
	}
	for b, h := range best {
		if h != 0 {
			v.marks[b] = linear.Mark(h)
			v.id[b] = int32(len(v.counts))
			v.counts = append(v.counts, exact[h])
		}
	}
	return v
}

// find is the number of a feature, or -1.
func (v *vocabulary) find(h uint64) int32 {
	b := linear.Bucket(h, v.bits)
	if v.marks[b] != linear.Mark(h) {
		return -1
	}
	return v.id[b]
}

// trained is a model in floating point. The rows of missing features come behind those of the vocabulary.
type trained struct {
	vocabulary *vocabulary
	rows       [][linear.Dim]float32
	head       [][linear.Dim]float32
	offset     []float32
}

// item is an example as numbers of features.
type item struct {
	ids   []int32
	label int32
}

// items turns texts into numbers. A feature of n occurrences counts as missing with probability 1/n, as it would be about that often
// in a text that training has not seen.
func items(v *vocabulary, list []example, index map[string]int32, s settings, random *rand.Rand) (out []item) {
	var pool []int32
	for _, e := range list {
		if cap(pool)-len(pool) < 8*s.limit {
			pool = make([]int32, 0, 1<<20)
		}
		from := len(pool)
		linear.Features(e.text, s.limit, func(h uint64, kind int) {
			id := v.find(h)
			if id < 0 || random.Float32()*float32(v.counts[id]) < 1 {
				id = int32(len(v.counts) + kind)
			}
			pool = append(pool, id)
		})
		if len(pool) > from {
			out = append(out, item{pool[from:len(pool):len(pool)], index[e.label]})
		}
	}
	return out
}

// fit is stochastic gradient descent on one text at a time, as fastText does it: the rate falls linearly, rows begin within ±1/Dim,
// the head at zero. One goroutine and explicit conversions keep the result the same.
func fit(v *vocabulary, list []item, labels int, s settings, random *rand.Rand) *trained {
	t := &trained{vocabulary: v, rows: make([][linear.Dim]float32, len(v.counts)+linear.Kinds), head: make([][linear.Dim]float32, labels), offset: make([]float32, labels)}
	for i := range t.rows {
		for d := range t.rows[i] {
			t.rows[i][d] = (2*random.Float32() - 1) / linear.Dim
		}
	}
	p := make([]float32, labels)
	total, done := float64(len(list)*s.epochs), 0.0
	for range s.epochs {
		random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		for _, e := range list {
			t.step(e, float32(s.rate*(1-done/total)), p)
			done++
		}
	}
	return t
}

func (t *trained) step(e item, rate float32, p []float32) {
	var hidden, grad [linear.Dim]float32
	for _, id := range e.ids {
		row := &t.rows[id]
		for d := range hidden {
			hidden[d] += row[d]
		}
	}
	per := 1 / float32(len(e.ids))
	for d := range hidden {
		hidden[d] *= per
	}
	t.probabilities(&hidden, p)
	for l := range p {
		want := float32(0)
		if int32(l) == e.label {
			want = 1
		}
		alpha := rate * (want - p[l])
		row := &t.head[l]
		for d := range grad {
			grad[d] += float32(alpha * row[d])
			row[d] += float32(alpha * hidden[d])
		}
		t.offset[l] += float32(alpha * 0.1)
	}
	for d := range grad {
		grad[d] *= per
	}
	for _, id := range e.ids {
		row := &t.rows[id]
		for d := range grad {
			row[d] += grad[d]
		}
	}
}

func (t *trained) probabilities(hidden *[linear.Dim]float32, p []float32) {
	top := float32(math.Inf(-1))
	for l := range p {
		dot := t.offset[l]
		for d, w := range t.head[l] {
			dot += float32(w * hidden[d])
		}
		p[l] = dot
		top = max(top, dot)
	}
	sum := float32(0)
	for l := range p {
		p[l] = float32(linear.Exp(float64(p[l] - top)))
		sum += p[l]
	}
	for l := range p {
		p[l] /= sum
	}
}
