package main

import (
	"math"

	"corpus/clean"
	"corpus/clean/internal/trees"
)

// usual are the settings of the model that is shipped. They were chosen by cross-validation and on the learnable half
// of the sets that are not learned from.
var usual = settings{trees: 200, depth: 5, rate: 0.1, lambda: 20, minHess: 10, features: 0.15, rowShare: 0.4, seed: 1}

// fullSet is the number of pages from which a set's weight grows with the root of its size only, so that no set outweighs the others.
const fullSet = 50

func weigh(pages []*example) {
	size := make(map[string]int)
	for _, e := range pages {
		size[e.set]++
	}
	for _, e := range pages {
		if n := size[e.set]; n > fullSet {
			w := float32(math.Sqrt(fullSet / float64(n)))
			for i := range e.weight {
				e.weight[i] *= w
			}
		}
	}
}

// innerFolds is the number of parts that the first pass is fitted without, each in turn, for the second pass to see.
const innerFolds = 3

// train fits both passes.
func train(pages []*example, s settings) (m [2]*trees.Model) {
	odds := trees.NewOdds()
	first := make(map[*example][]float32)
	for k := range innerFolds {
		in, out := split(pages, "inner", innerFolds, k)
		part := fit(table(in, clean.FirstFeatures), s)
		for _, e := range out {
			first[e] = judge(e, part, odds)
		}
	}
	m[0] = fit(table(pages, clean.FirstFeatures), s)
	for _, e := range pages {
		e.page.SetFirst(first[e])
	}
	m[1] = fit(table(pages, clean.SecondFeatures), s)
	return m
}

// split divides pages into those of all parts but one, and those of that one.
func split(pages []*example, salt string, folds, k int) (in, out []*example) {
	for _, e := range pages {
		if fold(salt+e.id, folds) == k {
			out = append(out, e)
		} else {
			in = append(in, e)
		}
	}
	return in, out
}

func judge(e *example, m *trees.Model, odds *trees.Odds) []float32 {
	p := make([]float32, e.page.Len())
	for i := range p {
		p[i] = odds.Probability(m.Sum(e.page.Row(i)))
	}
	return p
}

// table lists the blocks of which something is known.
func table(pages []*example, features int) *rows {
	r := &rows{pages: len(pages), column: make([][]uint8, features)}
	for k, e := range pages {
		for i, w := range e.weight {
			if w == 0 {
				continue
			}
			for f, v := range e.page.Row(i)[:features] {
				r.column[f] = append(r.column[f], v)
			}
			r.label, r.weight, r.page = append(r.label, e.share[i]), append(r.weight, w), append(r.page, int32(k))
		}
	}
	return r
}
