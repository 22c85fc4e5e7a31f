package evaluate

import (
	"cmp"
	"math"
	"slices"
)

// Curve holds the outcomes at every threshold that tells samples apart.
type Curve struct {
	points               []point // by descending threshold
	positives, negatives int
}

// point is what is found from a threshold on.
type point struct {
	threshold   float64
	true, false int
}

// NewCurve sorts the samples, unless they are, by ascending score.
func NewCurve(samples []Sample) Curve {
	byScore := func(a, b Sample) int { return cmp.Compare(a.Score, b.Score) }
	if !slices.IsSortedFunc(samples, byScore) {
		samples = slices.Clone(samples)
		slices.SortFunc(samples, byScore)
	}
	var c Curve
	for i := len(samples) - 1; i >= 0; i-- {
		if s := samples[i]; s.Positive {
			c.positives++
		} else {
			c.negatives++
		}
		if i == 0 || samples[i-1].Score != samples[i].Score {
			c.points = append(c.points, point{samples[i].Score, c.positives, c.negatives})
		}
	}
	return c
}

// Total is the number of samples.
func (c Curve) Total() int { return c.positives + c.negatives }

// AUC is the area under the receiver operating characteristic: the probability that a positive scores more than a negative, a
// tie counting half (the Mann-Whitney statistic by midranks). NaN where a class is missing.
func (c Curve) AUC() float64 {
	if c.positives == 0 || c.negatives == 0 {
		return math.NaN()
	}
	wins, before := 0.0, point{}
	for _, p := range c.points {
		tied := float64(p.true-before.true) * float64(p.false-before.false) / 2
		wins += float64(p.true-before.true)*float64(c.negatives-p.false) + tied
		before = p
	}
	return wins / float64(c.positives) / float64(c.negatives)
}

// AveragePrecision is the sum of precisions weighted by the recall that each threshold adds: Σ (Rᵢ − Rᵢ₋₁) Pᵢ, without
// interpolation. NaN without positives.
func (c Curve) AveragePrecision() float64 {
	if c.positives == 0 {
		return math.NaN()
	}
	sum, before := 0.0, 0
	for _, p := range c.points {
		sum += float64(float64(p.true-before) * share(p.true, p.true+p.false)) // no fused multiply-add: the same figure on every machine
		before = p.true
	}
	return sum / float64(c.positives)
}

// At is the outcome at any threshold.
func (c Curve) At(threshold float64) Counts {
	i, exact := slices.BinarySearchFunc(c.points, threshold, func(p point, t float64) int { return cmp.Compare(t, p.threshold) })
	if exact {
		i++
	}
	if i == 0 {
		return c.counts(point{})
	}
	return c.counts(c.points[i-1])
}

func (c Curve) counts(p point) Counts {
	return Counts{TruePositives: p.true, FalsePositives: p.false, TrueNegatives: c.negatives - p.false, FalseNegatives: c.positives - p.true}
}

// Best is the threshold with the largest F1, the highest of several, and its outcome. Without positives it is NaN.
func (c Curve) Best() (threshold float64, at Counts) {
	if c.positives == 0 {
		return math.NaN(), c.counts(point{})
	}
	best := -1.0
	for _, p := range c.points {
		if counts := c.counts(p); counts.F1() > best {
			best, threshold, at = counts.F1(), p.threshold, counts
		}
	}
	return threshold, at
}

// Threshold is the lowest threshold at which at most this share of the negatives is found, and its outcome: that between the
// scores of the samples which lets the most through. It is +Inf where even the highest score finds too many.
func (c Curve) Threshold(falsePositiveRate float64) (threshold float64, at Counts) {
	threshold, at = math.Inf(1), c.counts(point{})
	for _, p := range c.points {
		counts := c.counts(p)
		if counts.FalsePositiveRate() > falsePositiveRate {
			break
		}
		threshold, at = p.threshold, counts
	}
	return threshold, at
}
