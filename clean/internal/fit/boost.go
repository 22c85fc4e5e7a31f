package main

import (
	"math"
	"math/rand/v2"

	"corpus/clean/internal/trees"
)

const bins = trees.MaxValue + 1

// settings of the boosting.
type settings struct {
	trees    int
	depth    int
	rate     float64 // what each tree adds of its Newton step
	lambda   float64 // added to a leaf's sum of second derivatives, in mean weights
	minHess  float64 // a question must leave this on both sides of one leaf at least
	features float64 // share of the features that a tree may ask
	rowShare float64 // share of the pages that a tree sees
	seed     uint64
}

// rows are the examples: a table of features by column, with labels and weights.
type rows struct {
	column [][]uint8 // by feature, then row
	label  []float32
	weight []float32
	page   []int32 // the page of a row
	pages  int
}

// fit boosts trees for the logistic loss (Friedman, "Greedy function approximation", 2001; second-order steps as in
// Chen and Guestrin, "XGBoost", KDD 2016, section 2.2).
func fit(r *rows, s settings) *trees.Model {
	m := &trees.Model{Features: len(r.column), Depth: s.depth}
	var pos, all float64
	for i := range len(r.label) {
		pos += float64(r.label[i] * r.weight[i])
		all += float64(r.weight[i])
	}
	meanWeight := all / float64(len(r.label))
	m.Bias = int32(math.Round(math.Log(pos/(all-pos)) * trees.Unit))
	odds := make([]int32, len(r.label))
	for i := range odds {
		odds[i] = m.Bias
	}
	g, h := make([]float32, len(r.label)), make([]float32, len(r.label))
	leaf := make([]uint8, len(r.label))
	rnd := rand.New(rand.NewPCG(s.seed, 1))
	for range s.trees {
		seen := sample(rnd, r.pages, s.rowShare)
		var use []int32
		for i := range len(r.label) {
			if !seen[r.page[i]] {
				continue
			}
			p := 1 / (1 + math.Exp(-float64(odds[i])/trees.Unit))
			w := float64(r.weight[i])
			g[i], h[i] = float32(w*(float64(r.label[i])-p)), float32(w*max(p*(1-p), 1e-4))
			use = append(use, int32(i))
		}
		asks := grow(r, s, use, g, h, leaf, sample(rnd, len(r.column), s.features), s.lambda*meanWeight, s.minHess*meanWeight)
		for len(asks) < s.depth {
			asks = append(asks, ask{threshold: trees.MaxValue}) // no row is above it
		}
		for _, a := range asks {
			m.Asks = append(m.Asks, uint16(a.feature))
			m.Thresholds = append(m.Thresholds, a.threshold)
		}
		values := leaves(s, use, g, h, leaf, s.lambda*meanWeight)
		m.Leaves = append(m.Leaves, values...)
		for i := range len(r.label) {
			l := 0
			for k, a := range asks {
				if r.column[a.feature][i] > a.threshold {
					l |= 1 << k
				}
			}
			odds[i] += int32(values[l])
		}
	}
	return m
}

func sample(rnd *rand.Rand, n int, share float64) []bool {
	in := make([]bool, n)
	for i := range in {
		in[i] = rnd.Float64() < share
	}
	return in
}

type ask struct {
	feature   int
	threshold uint8
}

// grow chooses the questions of one tree, each the best over all leaves together, and leaves each row's leaf in leaf.
func grow(r *rows, s settings, use []int32, g, h []float32, leaf []uint8, may []bool, lambda, minHess float64) (asks []ask) {
	for _, i := range use {
		leaf[i] = 0
	}
	hist := make([][2]float32, bins<<trees.MaxDepth)
	for level := range s.depth {
		n := 1 << level
		best, bestGain := ask{feature: -1}, 1e-9
		for f, ok := range may {
			if !ok {
				continue
			}
			clear(hist[:n*bins])
			col := r.column[f]
			for _, i := range use {
				k := &hist[int(leaf[i])*bins+int(col[i])]
				k[0] += g[i]
				k[1] += h[i]
			}
			gain := make([]float64, bins)
			enough := make([]bool, bins)
			for l := range n {
				of := hist[l*bins : (l+1)*bins]
				var sg, sh float64
				for b := range bins {
					sg, sh = sg+float64(of[b][0]), sh+float64(of[b][1])
				}
				var ag, ah float64
				whole := sg * sg / (sh + lambda)
				for b := range bins - 1 {
					ag, ah = ag+float64(of[b][0]), ah+float64(of[b][1])
					bg, bh := sg-ag, sh-ah
					gain[b] += ag*ag/(ah+lambda) + bg*bg/(bh+lambda) - whole
					enough[b] = enough[b] || ah >= minHess && bh >= minHess
				}
			}
			for b := range bins - 1 {
				if enough[b] && gain[b] > bestGain {
					best, bestGain = ask{f, uint8(b)}, gain[b]
				}
			}
		}
		if best.feature < 0 {
			return asks
		}
		asks = append(asks, best)
		col := r.column[best.feature]
		for _, i := range use {
			if col[i] > best.threshold {
				leaf[i] |= 1 << level
			}
		}
	}
	return asks
}

// leaves are the Newton steps of a tree's leaves, in trees.Unit.
func leaves(s settings, use []int32, g, h []float32, leaf []uint8, lambda float64) []int16 {
	var gs, hs [1 << trees.MaxDepth]float64
	for _, i := range use {
		gs[leaf[i]] += float64(g[i])
		hs[leaf[i]] += float64(h[i])
	}
	values := make([]int16, 1<<s.depth)
	for l := range values {
		v := math.Round(s.rate * gs[l] / (hs[l] + lambda) * trees.Unit)
		values[l] = int16(max(math.MinInt16, min(math.MaxInt16, v)))
	}
	return values
}
