// Package evaluate measures classifiers: pure functions from scores and truths to the figures that a model card carries.
//
// A score counts as found from a threshold on, that threshold included. Texts of equal score are never told apart: every figure
// over thresholds uses only those between different scores, so that the order of the input changes nothing.
//
// Invariants:
//   - A figure that is not defined (the precision of nothing found, the AUC of one class alone) is NaN, and is left out of rows of metrics.
//   - Everything is deterministic; what draws takes a seed.
//
// Example:
//
//	curve := evaluate.NewCurve(samples)
//	threshold, counts := curve.Best()
//	fmt.Println(curve.AUC(), threshold, counts.F1())
package evaluate

import (
	"math"

	"corpus"
)

// Sample is a text's score and whether it should be found.
type Sample struct {
	Score    float64 // no NaN
	Positive bool
}

// Counts are the four outcomes at a threshold.
type Counts struct {
	TruePositives  int `json:"true_positives"`
	FalsePositives int `json:"false_positives"`
	TrueNegatives  int `json:"true_negatives"`
	FalseNegatives int `json:"false_negatives"`
}

// At counts the outcomes of samples at a threshold.
func At(samples []Sample, threshold float64) Counts {
	var c Counts
	for _, s := range samples {
		c.add(s.Score >= threshold, s.Positive)
	}
	return c
}

func (c *Counts) add(found, positive bool) {
	switch {
	case found && positive:
		c.TruePositives++
	case found:
		c.FalsePositives++
	case positive:
		c.FalseNegatives++
	default:
		c.TrueNegatives++
	}
}

// Positives is the number of samples that should be found.
func (c Counts) Positives() int { return c.TruePositives + c.FalseNegatives }

// Negatives is the number of samples that should not.
func (c Counts) Negatives() int { return c.FalsePositives + c.TrueNegatives }

// Total is the number of samples.
func (c Counts) Total() int { return c.Positives() + c.Negatives() }

// Precision is the share of what was found that should be; NaN where nothing was found.
func (c Counts) Precision() float64 { return share(c.TruePositives, c.TruePositives+c.FalsePositives) }

// Recall is the share of the positives that was found, which is also called the true positive rate; NaN without positives.
func (c Counts) Recall() float64 { return share(c.TruePositives, c.Positives()) }

// F1 is the harmonic mean of precision and recall; NaN where there is nothing to find and nothing was found.
func (c Counts) F1() float64 {
	return share(2*c.TruePositives, 2*c.TruePositives+c.FalsePositives+c.FalseNegatives)
}

// FalsePositiveRate is the share of the negatives that was found; NaN without negatives.
func (c Counts) FalsePositiveRate() float64 { return share(c.FalsePositives, c.Negatives()) }

// Accuracy is the share of samples with the right outcome; NaN without samples.
func (c Counts) Accuracy() float64 { return share(c.TruePositives+c.TrueNegatives, c.Total()) }

func share(part, whole int) float64 {
	if whole == 0 {
		return math.NaN()
	}
	return float64(part) / float64(whole)
}

// Value is a named figure.
type Value struct {
	Name  string
	Value float64
}

// Rows makes metrics of figures that share a set, a group, a threshold and a count; those that are not defined are left out.
func Rows(set, group string, threshold float64, count int, values ...Value) []corpus.Metric {
	var rows []corpus.Metric
	for _, v := range values {
		if !math.IsNaN(v.Value) && !math.IsInf(v.Value, 0) {
			rows = append(rows, corpus.Metric{Set: set, Group: group, Name: v.Name, Value: v.Value, Threshold: threshold, Count: count})
		}
	}
	return rows
}
