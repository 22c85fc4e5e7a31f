package toxic

import "math"

// The functions of this file round alike on every machine. Those of package math do not: on some processors they are other code, with
// fused operations. Each conversion to float64 keeps the compiler from fusing a product with a sum.

// LengthFactor is (n+1)^0.6, by which the sum of the weights of a passage of n words is divided; n is at least 0.
func LengthFactor(n int) float64 {
	a := float64(n + 1)
	cube := float64(a*a) * a
	// Newton's method for the fifth root comes from above and stops where rounding ends its fall.
	for x := a; ; {
		fourth := float64(x*x) * float64(x*x)
		next := x - (float64(fourth*x)-cube)/float64(5*fourth)
		if !(next < x) {
			return x
		}
		x = next
	}
}

// ln2 is cut in two, so that products with small whole numbers lose nothing: the first part has 33 significant bits.
const (
	ln2High = 0x1.62e42fee00000p-1
	ln2Low  = 0x1.a39ef35793c76p-33
)

// taylor are the coefficients of the series of exp; behind the last, terms are below 2^-55 for arguments up to ln2/2.
var taylor = [...]float64{1, 1, 1. / 2, 1. / 6, 1. / 24, 1. / 120, 1. / 720, 1. / 5040, 1. / 40320, 1. / 362880, 1. / 3628800, 1. / 39916800, 1. / 479001600, 1. / 6227020800}

// exp is e to the power of x, from -700 to 700.
func exp(x float64) float64 {
	k := math.Floor(float64(x*(1/math.Ln2)) + .5)
	r := x - float64(k*ln2High) - float64(k*ln2Low)
	sum := 0.0
	for i := len(taylor) - 1; i >= 0; i-- {
		sum = float64(sum*r) + taylor[i]
	}
	return math.Ldexp(sum, int(k))
}

// logistic is 1 / (1 + e^-x).
func logistic(x float64) float64 { return 1 / (1 + exp(-min(max(x, -700), 700))) }
