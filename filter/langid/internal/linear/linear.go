// Package linear is a linear classifier of texts by their character n-grams: the features, the scores, and the file that holds a model.
//
// A text's vector is the sum of the rows of its features; its scores are the products of that sum, over the number of features, with one row for each
// label. Rows are small whole numbers and sums of them are exact, so that every machine gets the same
// scores bit by bit, whatever it fuses or vectorises.
package linear

import "math/bits"

const (
	// Dim is the length of the vectors.
	Dim = 16
	// lanes is the number of words of a row, eight dimensions each.
	lanes = Dim / 8
	// bias is added to each number of a row so that it is a byte from 0 to 255.
	bias = 128
	// Lengths is the number of entries of Model.Sharpness.
	Lengths = 16
	// MaxCharacters is the most characters of a text that are looked at: their sums stay within 32 bits.
	MaxCharacters = 1 << 20
)

// Model is a classifier. It is safe for concurrent use once made.
type Model struct {
	// Labels are unique and in the order of the rows of Head.
	Labels []string
	// Bits is the binary logarithm of the number of buckets, 8 to 24.
	Bits int
	// Marks has a byte for each bucket: 0 if it is empty, else Mark of the hash of its one feature.
	Marks []uint8
	// Rows has Dim biased bytes for each bucket, the first in the lowest bits; those of empty buckets are not looked at.
	Rows [][lanes]uint64
	// Missing are the rows of features that no bucket holds, by kind.
	Missing [Kinds][Dim]int8
	// Head has a row of Dim numbers for each label.
	Head [][Dim]int16
	// Scale turns the products of rows and Head into scores.
	Scale float32
	// Offset is added to the score of each label.
	Offset []float32
	// Sharpness is what scores are multiplied by before they become probabilities, by the bit length of the number of features.
	Sharpness [Lengths]float32
}

// Bucket is a feature's place.
func Bucket(hash uint64, bits int) uint32 { return uint32(hash >> (64 - bits)) }

// Mark tells the feature of a bucket from most others that have the same bucket; 1 to 255.
func Mark(hash uint64) uint8 { return uint8(hash>>8&0xFF*0xFF>>8) + 1 }

// Sum is what a text comes to: the sum of the rows of its features, and their number.
type Sum struct {
	Row   [Dim]int32
	Count int32
	// Letters is the number of letters, and of marks in words that have a letter before them; a Han character or kana counts as three.
	Letters int32
}

// wideLetters is how many letters a Han character or kana counts for.
const wideLetters = 3

// Scores writes the score of each label into dst, which has room for all, and returns it. All are Offset for a text without features.
func (m *Model) Scores(s Sum, dst []float64) []float64 {
	dst = dst[:len(m.Labels)]
	per := 0.0
	if s.Count > 0 {
		per = float64(m.Scale) / float64(s.Count)
	}
	for l := range dst {
		dot := int64(0)
		for d, w := range m.Head[l] {
			dot += int64(w) * int64(s.Row[d])
		}
		dst[l] = float64(float64(dot)*per) + float64(m.Offset[l]) // the conversion forbids fused multiply-add
	}
	return dst
}

// Probabilities turns scores into probabilities over the labels that are allowed, all if allowed is nil; others get 0.
func (m *Model) Probabilities(s Sum, scores []float64, allowed []bool) {
	sharp := float64(m.Sharpness[min(bits.Len32(uint32(s.Count)), Lengths-1)])
	top, first := 0.0, true
	for l, v := range scores {
		if (allowed == nil || allowed[l]) && (first || v > top) {
			top, first = v, false
		}
	}
	sum := 0.0
	for l, v := range scores {
		if allowed != nil && !allowed[l] {
			scores[l] = 0
			continue
		}
		scores[l] = Exp((v - top) * sharp)
		sum += scores[l]
	}
	for l := range scores {
		scores[l] /= sum
	}
}
