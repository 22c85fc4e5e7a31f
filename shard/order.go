package shard

import (
	"math"

	"corpus"
)

// gamma is the odd constant by which SplitMix64 advances its state.
const gamma = 0x9E3779B97F4A7C15

// The streams of hashes that one seed gives.
const (
	orderStream      = 1 // place of a document within its split
	validationStream = 2 // whether a document is set aside for validation
)

// mix is the finaliser of SplitMix64 (Steele, Lea, Flood, "Fast Splittable
// Pseudorandom Number Generators", OOPSLA 2014, with the constants of Stafford's
// variant 13). It is a bijection.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// hash is a counter-based random number: it depends on seed, stream and ref
// alone, so that every worker gives a document the same one. Ref is mixed before
// it meets the seed because refs differ in few bits. For one seed and stream
// it is a bijection of refs: no two documents have the same hash.
func hash(seed uint64, stream uint64, ref corpus.Ref) uint64 {
	return mix(mix(uint64(ref)+gamma) ^ mix(seed+stream*gamma))
}

// isValidation says whether a document falls into the share set aside for validation.
func (o Options) isValidation(ref corpus.Ref) bool {
	// A share of at most 0.5 times 2⁶⁴ fits a uint64 exactly as the float has it.
	return hash(o.Seed, validationStream, ref) < uint64(math.Ldexp(o.Validation, 64))
}
