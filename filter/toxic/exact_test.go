package toxic

import (
	"math"
	"testing"
)

// TestExactFunctions compares with package math, which may differ in the last digits.
func TestExactFunctions(t *testing.T) {
	near := func(got, want float64) bool { return math.Abs(got-want) <= 1e-14*math.Abs(want) }
	for n := range 3000 {
		if got, want := LengthFactor(n), math.Pow(float64(n+1), .6); !near(got, want) {
			t.Fatalf("factor of %d words: %v, want %v", n, got, want)
		}
	}
	for _, n := range []int{1 << 20, 1 << 40} {
		if got, want := LengthFactor(n), math.Pow(float64(n+1), .6); !near(got, want) {
			t.Errorf("factor of %d words: %v, want %v", n, got, want)
		}
	}
	for x := -700.0; x <= 700; x += .37 {
		if got, want := exp(x), math.Exp(x); !near(got, want) {
			t.Fatalf("e^%v: %v, want %v", x, got, want)
		}
	}
	for _, test := range []struct{ x, want float64 }{{0, .5}, {math.Inf(1), 1}, {math.Inf(-1), 1 / (1 + math.Exp(700))}, {math.Log(3), .75}} {
		if got := logistic(test.x); !near(got, test.want) {
			t.Errorf("logistic(%v) = %v, want %v", test.x, got, test.want)
		}
	}
	// These bits are the same on every machine.
	if got := math.Float64bits(logistic(1.25)); got != 0x3fe8dfa3f55dc7ca {
		t.Errorf("logistic(1.25) has the bits %#x", got)
	}
	if got := math.Float64bits(LengthFactor(61)); got != 0x4027cb3acb72f534 {
		t.Errorf("LengthFactor(61) has the bits %#x", got)
	}
}
