package main

import (
	"math"
	"math/rand/v2"
)

// example is a row as a sparse vector.
type example struct {
	features []uint32
	values   []float32
	toxic    bool
	cost     float64 // the most that its dual variable may be
}

// fit minimises |w|²/2 + Σ cost·log(1+exp(-y·w·x)) by coordinate descent on the dual (Yu, Huang, Lin: Dual coordinate descent methods for
// logistic regression and maximum entropy models, 2011, section 3). The order of the examples follows from the seed.
func fit(examples []example, size, epochs int, seed uint64) []float64 {
	w := make([]float64, size)
	alpha := make([]float64, len(examples))
	order := make([]int, len(examples))
	squared := make([]float64, len(examples))
	for i, x := range examples {
		order[i] = i
		for _, v := range x.values {
			squared[i] += float64(v) * float64(v)
		}
	}
	rng := rand.New(rand.NewPCG(seed, 1))
	for range epochs {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			x := &examples[i]
			y := -1.0
			if x.toxic {
				y = 1
			}
			dot := 0.0
			for j, f := range x.features {
				dot += w[f] * float64(x.values[j])
			}
			next := dualStep(alpha[i], squared[i], y*dot, x.cost)
			step := (next - alpha[i]) * y
			alpha[i] = next
			for j, f := range x.features {
				w[f] += step * float64(x.values[j])
			}
		}
	}
	return w
}

// dualStep solves log(z/(c-z)) + a(z-alpha) + b = 0 for z in (0, c) by Newton's method on t = log(z/(c-z)), kept within a bracket.
func dualStep(alpha, a, b, c float64) float64 {
	low, high := -b-a*c, -b+a*c
	t, before := -b, math.Inf(1)
	for range 60 {
		s := 1 / (1 + math.Exp(-t))
		g := t + a*(c*s-alpha) + b
		if math.Abs(g) < 1e-9 {
			break
		}
		if g > 0 {
			high = t
		} else {
			low = t
		}
		t -= g / (1 + a*c*s*(1-s))
		if t <= low || t >= high || math.Abs(g) > before/2 { // a step that gained little: halve the bracket instead
			t = (low + high) / 2
		}
		before = math.Abs(g)
	}
	return c / (1 + math.Exp(-t))
}
