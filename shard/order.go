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
	sequenceStream   = 3 // place of a sequence within its window
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

// placed is the hash of one chunk of one copy of a document: that of the document itself for the first of
// the first, and a hash of that and of both numbers for all others, so that every one has a place of its own.
func placed(seed uint64, stream uint64, ref corpus.Ref, copy, chunk uint32) uint64 {
	h := hash(seed, stream, ref)
	if copy|chunk == 0 {
		return h
	}
	return mix(h ^ mix(uint64(copy)<<32|uint64(chunk)))
}

// isValidation says whether a document falls into the share set aside for validation.
func (o Options) isValidation(ref corpus.Ref) bool {
	// A share of at most 0.5 times 2⁶⁴ fits a uint64 exactly as the float has it.
	return hash(o.Seed, validationStream, ref) < uint64(math.Ldexp(o.Validation, 64))
}
