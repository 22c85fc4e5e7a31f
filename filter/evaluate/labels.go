package evaluate

import (
	"cmp"
	"math"
	"slices"
)

// Outcome is what one text should be and what it was found to be, as indexes of labels without repetition.
type Outcome struct{ Want, Got []int32 }

// LabelRow is how one label fared.
type LabelRow struct {
	Label string `json:"label"`
	Counts
}

// ByLabel counts every label's outcomes over the texts: the row of a label has as many samples as there are texts.
func ByLabel(outcomes []Outcome, labels []string) []LabelRow {
	rows := make([]LabelRow, len(labels))
	for i, l := range labels {
		rows[i].Label = l
	}
	for _, o := range outcomes {
		for _, l := range o.Got {
			rows[l].add(true, slices.Contains(o.Want, l))
		}
		for _, l := range o.Want {
			if !slices.Contains(o.Got, l) {
				rows[l].add(false, true)
			}
		}
	}
	for i := range rows {
		r := &rows[i]
		r.TrueNegatives = len(outcomes) - r.TruePositives - r.FalsePositives - r.FalseNegatives
	}
	return rows
}

// Micro adds up the outcomes of all labels.
func Micro(rows []LabelRow) Counts {
	var sum Counts
	for _, r := range rows {
		sum.TruePositives += r.TruePositives
		sum.FalsePositives += r.FalsePositives
		sum.TrueNegatives += r.TrueNegatives
		sum.FalseNegatives += r.FalseNegatives
	}
	return sum
}

// Macro is the mean of a figure over the labels that some text should have; a figure that is not defined for one of them, such as the
// precision of a label that was never given, counts as 0. NaN without such labels.
func Macro(rows []LabelRow, figure func(Counts) float64) float64 {
	sum, n := 0.0, 0
	for _, r := range rows {
		if r.Positives() == 0 {
			continue
		}
		n++
		if v := figure(r.Counts); !math.IsNaN(v) {
			sum += v
		}
	}
	return sum / float64(n)
}

// Confusion is a label that was taken for another.
type Confusion struct {
	Want  string `json:"want"`
	Got   string `json:"got"`
	Count int    `json:"count"`
}

// Confusions are the most frequent pairs of a missed label and a wrong one given in its place, at most n, equal counts by name.
func Confusions(outcomes []Outcome, labels []string, n int) []Confusion {
	counts := map[[2]int32]int{}
	for _, o := range outcomes {
		for _, w := range o.Want {
			if slices.Contains(o.Got, w) {
				continue
			}
			for _, g := range o.Got {
				if !slices.Contains(o.Want, g) {
					counts[[2]int32{w, g}]++
				}
			}
		}
	}
	all := make([]Confusion, 0, len(counts))
	for pair, count := range counts {
		all = append(all, Confusion{labels[pair[0]], labels[pair[1]], count})
	}
	slices.SortFunc(all, func(a, b Confusion) int {
		return cmp.Or(b.Count-a.Count, cmp.Compare(a.Want, b.Want), cmp.Compare(a.Got, b.Got))
	})
	return all[:min(n, len(all))]
}
