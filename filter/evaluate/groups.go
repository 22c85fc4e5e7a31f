package evaluate

import (
	"cmp"
	"math"
	"slices"
)

// GroupRow is how the texts of one group fared at a threshold, such as those that name an identity, or those of a functional test.
type GroupRow struct {
	Group string
	Counts
	// AUC is that within the group. BPSN compares the background's positives with the group's negatives: low where the group's harmless
	// texts score too high. BNSP compares the background's negatives with the group's positives: low where its harmful texts score
	// too low (Borkan et al. 2019, "Nuanced Metrics for Measuring Unintended Bias", section 3). The background is every text outside
	// the group. NaN where a class is missing.
	AUC, BPSN, BNSP float64
}

// ByGroup measures every group; groups[i] are those of samples[i], any number. Rows come by name.
func ByGroup(samples []Sample, groups [][]string, threshold float64) []GroupRow {
	members := map[string][]int{}
	for i, names := range groups {
		for _, name := range names {
			if m := members[name]; len(m) == 0 || m[len(m)-1] != i {
				members[name] = append(m, i)
			}
		}
	}
	order := make([]int, len(samples)) // by score, so that no curve has to sort
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(samples[a].Score, samples[b].Score) })
	in := make([]bool, len(samples))
	var rows []GroupRow
	for name, list := range members {
		for _, i := range list {
			in[i] = true
		}
		row := GroupRow{Group: name}
		var own, bpsn, bnsp []Sample
		for _, i := range order {
			switch s := samples[i]; {
			case in[i]:
				own = append(own, s)
				if s.Positive {
					bnsp = append(bnsp, s)
				} else {
					bpsn = append(bpsn, s)
				}
			case s.Positive:
				bpsn = append(bpsn, s)
			default:
				bnsp = append(bnsp, s)
			}
		}
		row.Counts = At(own, threshold)
		row.AUC, row.BPSN, row.BNSP = NewCurve(own).AUC(), NewCurve(bpsn).AUC(), NewCurve(bnsp).AUC()
		rows = append(rows, row)
		for _, i := range list {
			in[i] = false
		}
	}
	slices.SortFunc(rows, func(a, b GroupRow) int { return cmp.Compare(a.Group, b.Group) })
	return rows
}

// Spread is the lowest and the highest of a figure over groups that have at least so many samples of the class that it is a share of, and
// which groups they are.
type Spread struct {
	Lowest, Highest           float64
	LowestGroup, HighestGroup string
}

// Gap is the difference between the groups at the ends.
func (s Spread) Gap() float64 { return s.Highest - s.Lowest }

// FalsePositiveSpread compares false positive rates over groups with at least so many negatives; NaN where there is no such group.
func FalsePositiveSpread(rows []GroupRow, least int) Spread {
	return spread(rows, least, Counts.Negatives, Counts.FalsePositiveRate)
}

// TruePositiveSpread compares true positive rates over groups with at least so many positives; NaN where there is no such group.
func TruePositiveSpread(rows []GroupRow, least int) Spread {
	return spread(rows, least, Counts.Positives, Counts.Recall)
}

func spread(rows []GroupRow, least int, size func(Counts) int, figure func(Counts) float64) Spread {
	s := Spread{Lowest: math.NaN(), Highest: math.NaN()}
	for _, r := range rows {
		v := figure(r.Counts)
		if size(r.Counts) < max(1, least) {
			continue
		}
		if !(v >= s.Lowest) {
			s.Lowest, s.LowestGroup = v, r.Group
		}
		if !(v <= s.Highest) {
			s.Highest, s.HighestGroup = v, r.Group
		}
	}
	return s
}
