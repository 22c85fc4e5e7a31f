package fasttext

import "math/bits"

// modulus divides by a number that is fixed, without the division of the processor: the quotient is the high half of a product
// with the reciprocal, and at most two too small (Barrett 1986). Every n-gram of a text needs one remainder.
type modulus struct{ by, reciprocal uint64 }

// newModulus takes a divisor of at least 1.
func newModulus(by int) modulus { return modulus{by: uint64(by), reciprocal: ^uint64(0) / uint64(by)} }

// of is x % m.by.
func (m modulus) of(x uint64) uint64 {
	quotient, _ := bits.Mul64(x, m.reciprocal)
	x -= quotient * m.by
	for x >= m.by {
		x -= m.by
	}
	return x
}
