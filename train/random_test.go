package train

import (
	"math"
	"testing"
)

func TestPermutationVisitsEveryPlaceOnce(t *testing.T) {
	for _, n := range []uint64{1, 2, 3, 4, 5, 63, 64, 65, 1000} {
		seen := make([]bool, n)
		p := newPermutation(7, shuffleStream, n)
		for i := range n {
			at := p.at(i)
			if at >= n || seen[at] {
				t.Fatalf("n=%d: place %d goes to %d, out of range or taken", n, i, at)
			}
			seen[at] = true
		}
	}
}

func TestPermutationDependsOnSeedAndEpoch(t *testing.T) {
	const n = 1000
	first, seed, epoch := newPermutation(1, shuffleStream, n), newPermutation(2, shuffleStream, n), newPermutation(1, shuffleStream+1, n)
	same := 0
	for i := range uint64(n) {
		for _, other := range []uint64{seed.at(i), epoch.at(i), i} {
			if first.at(i) == other {
				same++
			}
		}
	}
	if same > 20 { // about 3 are expected by chance
		t.Errorf("%d of 3000 places agree with another seed, another epoch or no shuffle at all", same)
	}
}

func TestNormalDraws(t *testing.T) {
	const n = 100_000
	var sum, squares float64
	for i := range uint64(n) {
		x := normal(1, initStream, i)
		sum += x
		squares += x * x
	}
	if mean, variance := sum/n, squares/n; math.Abs(mean) > 0.02 || math.Abs(variance-1) > 0.02 {
		t.Errorf("mean %v and variance %v", mean, variance)
	}
}
