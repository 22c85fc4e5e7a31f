package evaluate

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// Interval is a percentile bootstrap of a figure (Efron and Tibshirani 1993, chapter 13): the middle of its values over samples drawn with putting
// back, as often as rounds says. level is the share between low and high, such as 0.95. The same seed gives the same interval. NaN where the
// figure is not defined for some draw.
func Interval(samples []Sample, figure func(Curve) float64, rounds int, level float64, seed uint64) (low, high float64) {
	if len(samples) == 0 || rounds < 1 {
		return math.NaN(), math.NaN()
	}
	sorted := slices.Clone(samples)
	slices.SortStableFunc(sorted, func(a, b Sample) int { return cmp.Compare(a.Score, b.Score) })
	random := rand.New(rand.NewPCG(seed, 2))
	times := make([]int32, len(sorted))
	drawn := make([]Sample, 0, len(sorted))
	values := make([]float64, rounds)
	for i := range values {
		clear(times)
		for range sorted {
			times[random.IntN(len(sorted))]++
		}
		drawn = drawn[:0]
		for k, n := range times {
			for range n {
				drawn = append(drawn, sorted[k])
			}
		}
		if values[i] = figure(NewCurve(drawn)); math.IsNaN(values[i]) {
			return math.NaN(), math.NaN()
		}
	}
	slices.Sort(values)
	at := func(share float64) float64 { return values[int(math.Round(share*float64(rounds-1)))] }
	return at((1 - level) / 2), at((1 + level) / 2)
}
