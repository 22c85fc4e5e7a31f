package build

import (
	"math/rand/v2"
	"testing"

	"corpus"
)

func TestCopiesHoldWhatWasAdded(t *testing.T) {
	c, plain := copies{}, map[corpus.Ref]bool{}
	for _, i := range []int{0, 63, 64, 127, 128, 4097} {
		for unit := range 2 {
			plain[corpus.MakeRef(unit, i)] = true
		}
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for range 500 {
		plain[corpus.MakeRef(3, rng.IntN(2000))] = true
	}
	for ref := range plain { // in any order
		c.add(ref)
	}
	for unit := range 5 {
		for i := range 5000 {
			if ref := corpus.MakeRef(unit, i); c.has(ref) != plain[ref] {
				t.Fatalf("%d:%d: %t, want %t", unit, i, c.has(ref), plain[ref])
			}
		}
	}
}
