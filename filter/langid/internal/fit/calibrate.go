package main

import (
	"math"
	"math/bits"

	"corpus/filter/langid/internal/linear"
)

// calibrate sets the sharpness by the length of a text to exp(a + b·length), such that the tuning texts are likeliest. Lengths count
// as linear.Model.Sharpness does.
func calibrate(m *linear.Model, list []example, index map[string]int32, limit int) {
	type scored struct {
		scores []float64
		label  int32
		length int
		weight float64
	}
	var all []scored
	count := map[int]float64{}
	for _, e := range list {
		s := m.Sum(e.text, limit)
		x := scored{m.Scores(s, make([]float64, len(m.Labels))), index[e.label], bits.Len32(uint32(s.Count)), 0}
		count[x.length]++
		all = append(all, x)
	}
	for i := range all {
		all[i].weight = 1 / (count[all[i].length] + 50) // every length weighs about the same
	}
	loss := func(a, b float64) float64 {
		sum := 0.0
		for _, x := range all {
			sharp := math.Exp(a + b*float64(x.length-8))
			top := x.scores[0]
			for _, v := range x.scores {
				top = max(top, v)
			}
			z := 0.0
			for _, v := range x.scores {
				z += linear.Exp((v - top) * sharp)
			}
			sum += x.weight * (math.Log(z) - (x.scores[x.label]-top)*sharp)
		}
		return sum
	}
	bestA, bestB := 0.0, 0.0
	best := loss(0, 0)
	for step := 0.32; step > 0.01; step /= 2 {
		for moved := true; moved; {
			moved = false
			for _, d := range [][2]float64{{step, 0}, {-step, 0}, {0, step}, {0, -step}} {
				if l := loss(bestA+d[0], bestB+d[1]); l < best-1e-9 {
					best, bestA, bestB, moved = l, bestA+d[0], bestB+d[1], true
				}
			}
		}
	}
	for length := range m.Sharpness {
		// Beyond the lengths seen the line is not followed.
		at := float64(max(4, min(length, 13)) - 8)
		m.Sharpness[length] = float32(math.Exp(bestA + bestB*at))
	}
}
