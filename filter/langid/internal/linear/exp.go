package linear

import "math"

// Exp is e to the power of x for x up to 0, to about twelve digits, by the same operations on every machine: math.Exp is
// written in assembly for some, with other last bits. Below -700 it is 0; above 0, and for what is no number, 1.
func Exp(x float64) float64 {
	if x < -700 {
		return 0
	}
	if !(x < 0) {
		return 1
	}
	const ln2 = math.Ln2
	k := math.Floor(x / ln2)
	r := x - float64(k*ln2) // 0 to ln 2
	// Taylor's series to the 14th power; the rest is below 0.7^15/15!.
	sum := 1.0 / 87178291200
	for _, c := range [...]float64{1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2, 1, 1} {
		sum = float64(sum*r) + c
	}
	return math.Ldexp(sum, int(k))
}
