package dedup

import "math/bits"

// permutations are the hash functions h_i(x) = ((a_i·x + b_i) mod 2^61-1) mod 2^32 with 1 <= a_i < 2^61-1 and
// 0 <= b_i < 2^61-1: universal hashing (Carter and Wegman, JCSS 18, 1979, section 2), cut to 32 bits as datatrove does.
// datatrove lets a·x + b overflow 64 bits before the remainder; here the product is exact.
type permutations struct{ a, b []uint64 }

// newPermutations draws n functions from the stream of SplitMix64 that starts at seed:
// a_0, b_0, a_1, b_1, …. The upper 61 bits of each number are taken; one that is out of range is skipped.
func newPermutations(n int, seed uint64) permutations {
	state := seed
	draw := func(least uint64) uint64 {
		for {
			state += shingleBase
			if x := mix64(state) >> 3; x >= least && x < mersenne61 {
				return x
			}
		}
	}
	p := permutations{a: make([]uint64, n), b: make([]uint64, n)}
	for i := range n {
		p.a[i], p.b[i] = draw(1), draw(0)
	}
	return p
}

// lower sets each signature[i] to the least of itself and h_i of all shingles. It leaves
// the shingles reduced modulo 2^61-1. plainSignature in the tests is its reference.
//
// The loop over the shingles is the inner one: the function's parameters and the minimum then stay in registers.
func (p permutations) lower(signature []uint32, shingles []uint64) {
	for j, x := range shingles {
		shingles[j] = fold61(x)
	}
	for i := range signature {
		a, b, least := p.a[i], p.b[i], signature[i]
		for _, x := range shingles {
			hi, lo := bits.Mul64(a, x)
			// a·x < 2^122: the product modulo 2^61-1 is its upper 61 bits plus its lower 61 bits.
			v := lo&mersenne61 + (hi<<3 | lo>>61) + b // < 3·2^61
			v = v&mersenne61 + v>>61
			if v >= mersenne61 {
				v -= mersenne61
			}
			least = min(least, uint32(v))
		}
		signature[i] = least
	}
}
