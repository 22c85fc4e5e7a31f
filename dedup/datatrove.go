package dedup

import (
	"crypto/sha1"
	"encoding/binary"
	"math"

	"github.com/cespare/xxhash/v2"
)

// The family "datatrove" gives the signatures that datatrove 0.10.1 gives for the same shingles, value by value
// (pipeline/dedup/minhash.py there): n words of the simplified text (datatrove_text.go) joined by a space and hashed, and
//
//	h_i(x) = ((a_i·x + b_i) mod 2^64) mod 2^61-1, cut to the precision
//
// with a and b from numpy's RandomState, all a before all b. That a·x + b wraps round before the remainder is part of it.

// mersenne61 is the prime 2^61 - 1: the remainder by it needs shifts and additions alone.
const mersenne61 = 1<<61 - 1

// fold61 is x modulo 2^61-1.
func fold61(x uint64) uint64 {
	x = x&mersenne61 + x>>61
	if x >= mersenne61 {
		x -= mersenne61
	}
	return x
}

// numpyPermutations are the functions h_i.
type numpyPermutations struct {
	a, b []uint64
	mask uint64
}

func newNumpyPermutations(n int, o MinHashOptions) *numpyPermutations {
	p := &numpyPermutations{a: make([]uint64, n), b: make([]uint64, n), mask: math.MaxUint64 >> (64 - o.Precision)}
	random := newMT19937(uint32(o.Seed))
	for i := range p.a {
		p.a[i] = random.between(1, mersenne61-1)
	}
	for i := range p.b {
		p.b[i] = random.between(0, mersenne61-1)
	}
	return p
}

// lower sets each signature[i] to the least of itself and h_i of all shingles.
func (p *numpyPermutations) lower(signature, shingles []uint64) {
	for i := range signature {
		a, b, least := p.a[i], p.b[i], signature[i]
		for _, x := range shingles {
			least = min(least, fold61(a*x+b)&p.mask)
		}
		signature[i] = least
	}
}

// datatroveShingling hashes shingles of words as datatrove does. A text of fewer than n words has none.
type datatroveShingling struct {
	n    int
	hash func([]byte) uint64
	text simplifier

	block []uint64 // not yet handed over
}

func newDatatroveShingling(o MinHashOptions) *datatroveShingling {
	return &datatroveShingling{n: o.Ngram, hash: datatroveHash(o), block: make([]uint64, 0, 512)}
}

// datatroveHash is the hash of a shingle.
func datatroveHash(o MinHashOptions) func([]byte) uint64 {
	switch {
	case o.Hash == "sha1":
		mask := uint64(math.MaxUint64) >> (64 - o.Precision)
		return func(b []byte) uint64 {
			sum := sha1.Sum(b)
			return binary.LittleEndian.Uint64(sum[:]) & mask
		}
	case o.Precision == 32:
		return func(b []byte) uint64 { return uint64(xxhash32(b)) }
	}
	return xxhash.Sum64
}

// shingles implements shingling.
func (s *datatroveShingling) shingles(text string, out func([]uint64)) int {
	words, start := 0, 0 // start of the first of the last n words
	simple := s.text.simplify(text)
	s.block = s.block[:0]
	for i := 0; i <= len(simple); i++ {
		if i < len(simple) && simple[i] != ' ' {
			continue
		}
		if i == 0 { // an empty text
			break
		}
		// The words of simple stand one space apart, so that a shingle is a part of it.
		if words++; words >= s.n {
			s.block = append(s.block, s.hash(simple[start:i]))
			if len(s.block) == cap(s.block) {
				out(s.block)
				s.block = s.block[:0]
			}
			start += nextWord(simple[start:])
		}
	}
	if words < s.n {
		return 0
	}
	if len(s.block) > 0 {
		out(s.block)
	}
	return words
}

// nextWord is where the second word of words that stand one space apart begins.
func nextWord(words []byte) int {
	for i, c := range words {
		if c == ' ' {
			return i + 1
		}
	}
	return len(words)
}
