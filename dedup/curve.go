package dedup

import "math"

const (
	// maxValues is the most values of a signature whose bands and rows are chosen.
	maxValues = 512
	// wantedRows are those of the usual settings (datatrove 14 × 8, the default here 32 × 8): they part strangers well enough, and
	// verification takes out what they let through.
	wantedRows = 8
)

// Caught is the probability that two documents whose sets of shingles have the Jaccard similarity s, 0 to 1, share at least one
// band: 1 - (1 - s^rows)^bands (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, section 3.4.2).
func Caught(s float64, bands, rows int) float64 {
	return -math.Expm1(float64(bands) * math.Log1p(-math.Pow(s, float64(rows))))
}

// chooseBands chooses wantedRows rows, or the most below that for which maxValues values suffice, and the fewest bands that catch a
// pair of the threshold's similarity with at least the probability recall. It is false where nothing does.
//
// The more rows, the fewer strangers share a band; the fewer bands, the less is written and sorted.
func chooseBands(threshold, recall float64) (bands, rows int, ok bool) {
	for rows := wantedRows; rows > 0; rows-- {
		for bands := 1; bands <= maxBands && bands*rows <= maxValues; bands++ {
			if Caught(threshold, bands, rows) >= recall {
				return bands, rows, true
			}
		}
	}
	return 0, 0, false
}

// Resolved returns the options with Bands and Rows chosen where they are 0. The options must be valid.
func (o MinHashOptions) Resolved() MinHashOptions {
	if o.Bands == 0 && o.Rows == 0 {
		o.Bands, o.Rows, _ = chooseBands(o.Threshold, o.Recall)
	}
	return o
}
