package train

import "math"

// Streams keep apart the draws that share a seed.
const (
	shuffleStream uint64 = 1 << 32
	sampleStream  uint64 = 2 << 32
	initStream    uint64 = 3 << 32
)

// draw is draw number `counter` of a stream: 64 random bits that depend on the arguments alone, so that
// a position in the stream is one number. It chains the finaliser of SplitMix64 (Steele, Lea and
// Flood, Fast Splittable Pseudorandom Number Generators, 2014, figure 10).
func draw(seed, stream, counter uint64) uint64 {
	return scramble(scramble(scramble(seed+0x9e3779b97f4a7c15)^stream) + 0x9e3779b97f4a7c15*(counter+1))
}

func scramble(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// uniform is a draw above 0 and at most 1.
func uniform(seed, stream, counter uint64) float64 {
	return float64(draw(seed, stream, counter)>>11+1) / (1 << 53)
}

// normal is a draw from the standard normal distribution (Box and Muller, 1958).
func normal(seed, stream, counter uint64) float64 {
	radius := math.Sqrt(-2 * math.Log(uniform(seed, stream, 2*counter)))
	return radius * math.Cos(2*math.Pi*uniform(seed, stream, 2*counter+1))
}

// permutation is a random order of the numbers below n that is computed place by place, without
// a table: a Feistel network over the next even power of two, walked until it lands
// below n (Black and Rogaway, Ciphers with Arbitrary Finite Domains, 2002, section 3).
type permutation struct {
	seed, stream uint64
	n            uint64
	half         uint // bits of each half
}

func newPermutation(seed, stream, n uint64) permutation {
	p := permutation{seed: seed, stream: stream, n: n, half: 1}
	for 1<<(2*p.half) < n && p.half < 31 {
		p.half++
	}
	return p
}

// at is the number at place i, both below n. On average it walks fewer than four steps.
func (p permutation) at(i uint64) uint64 {
	mask := uint64(1)<<p.half - 1
	for {
		left, right := i>>p.half, i&mask
		for round := range uint64(4) {
			left, right = right, left^(draw(p.seed, p.stream, right<<2|round)&mask)
		}
		i = left<<p.half | right
		if i < p.n {
			return i
		}
	}
}
