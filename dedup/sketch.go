package dedup

import (
	"math"
	"math/bits"
	"slices"
)

// sketcher makes sketches of sets of shingle hashes by fast similarity sketching (Dahlgaard, Knudsen and Thorup,
// "Fast similarity sketching", FOCS 2017, section 2): the least hash of each of k bins, where one hash of a shingle chooses
// both the bin and the value. Bins that are empty once all shingles were thrown are filled by throwing them again with
// fresh hashes, and from the k-th round on by throwing all of them into one bin after the other.
//
// Two sketches agree in a bin with a probability equal to the Jaccard similarity of the two sets, as with k independent
// permutations (Broder 1997), but a shingle of a long text costs one hash instead of k. One-permutation hashing with densification
// (Shrivastava 2017) costs the same; where a set has few shingles for the bins it copies bins, which makes the rows of a
// band depend on each other and the S-curve with them.
//
// A sketcher is used for one text after another, by one goroutine.
type sketcher struct {
	values []uint32
	open   []uint32 // after the first round: the least value so far of a bin that no earlier round has filled, 0 of one that one has
	empty  int

	// kept are the shingles, as long as they are at most maxKept: what further rounds throw.
	kept []uint64
	over bool // there were more

	scratch []uint64
	fresh   []uint32 // bins that took their first value in the round in work
}

// maxKept bounds the shingles that are kept. A text with more of them, all different, leaves one of 256 bins empty after the first round with a
// probability below 256·exp(-maxKept/256) = 3e-5; a text that repeats itself may.
const maxKept = 4096

// manyRounds is the round before which repetitions among the shingles are not worth looking for.
const manyRounds = 8

func newSketcher(bins int) *sketcher {
	return &sketcher{values: make([]uint32, bins), open: make([]uint32, bins)}
}

// begin forgets the last text.
func (s *sketcher) begin() {
	for i := range s.values {
		s.values[i] = math.MaxUint32
	}
	s.empty = 0
	s.kept, s.over = s.kept[:0], false
}

// add throws shingles in the first round.
func (s *sketcher) add(shingles []uint64) {
	values, k := s.values, uint64(len(s.values))
	for _, x := range shingles {
		bin, _ := bits.Mul64(x, k)
		values[bin] = min(values[bin], uint32(x))
	}
	if s.over = s.over || len(s.kept)+len(shingles) > maxKept; !s.over {
		s.kept = append(s.kept, shingles...)
	}
}

// sketch fills the empty bins and returns the values, valid until begin. again must hand all shingles to its argument once
// more; it is called where too many were there to keep and a bin is empty all the same.
//
// A bin counts as empty after the first round while its value is the largest there is: a shingle with that very value
// (2^-32) is thrown again, in every text alike.
func (s *sketcher) sketch(again func(func([]uint64))) []uint32 {
	for i, v := range s.values {
		if s.open[i] = 0; v == math.MaxUint32 {
			s.open[i] = v
			s.empty++
		}
	}
	if s.empty > 0 && s.over {
		s.distinct(again)
	}
	for round := uint64(1); s.empty > 0; round++ {
		if round == manyRounds && !s.over { // few different shingles: throw each once
			s.scratch = sortHashes(s.kept, s.scratch)
			s.kept = slices.Compact(s.kept)
		}
		throw := func(shingles []uint64) { s.throw(round, shingles) }
		if s.over {
			again(throw)
		} else {
			throw(s.kept)
		}
		s.settle()
	}
	return s.values
}

// distinct keeps the different shingles, where they are no more than maxKept.
func (s *sketcher) distinct(again func(func([]uint64))) {
	seen := make(map[uint64]struct{}, maxKept)
	again(func(shingles []uint64) {
		for _, x := range shingles {
			if len(seen) > maxKept {
				return
			}
			seen[x] = struct{}{}
		}
	})
	if len(seen) > maxKept {
		return
	}
	s.kept, s.over = s.kept[:0], false
	for x := range seen { // the order is without meaning: each throws into a bin of its own choice, which takes the least
		s.kept = append(s.kept, x)
	}
}

// throw throws shingles in a later round: only bins that no earlier round has filled take a value.
func (s *sketcher) throw(round uint64, shingles []uint64) {
	if k := uint64(len(s.values)); round >= k {
		s.throwInto((round-1)%k, round, shingles)
		return
	}
	open, factor := s.open, round*shingleBase
	k := uint64(len(open))
	for _, x := range shingles {
		h := foldWord(x, factor)
		bin, _ := bits.Mul64(h, k)
		if v := uint32(h); v < open[bin] { // seldom: most bins are filled
			s.take(bin, v)
		}
	}
}

// throwInto throws all shingles into one bin.
func (s *sketcher) throwInto(bin, round uint64, shingles []uint64) {
	for _, x := range shingles {
		if v := uint32(again64(x, round)); v < s.open[bin] {
			s.take(bin, v)
		}
	}
}

// take lowers the value of an open bin.
func (s *sketcher) take(bin uint64, v uint32) {
	if s.open[bin] == math.MaxUint32 {
		s.fresh = append(s.fresh, uint32(bin))
	}
	s.open[bin] = v
}

// again64 is the hash of a shingle in a later round. Shingles are mixed already, so that one product does.
func again64(x, round uint64) uint64 { return foldWord(x, round*shingleBase) }

// settle closes the bins that the round has filled.
func (s *sketcher) settle() {
	for _, bin := range s.fresh {
		s.values[bin], s.open[bin] = s.open[bin], 0
	}
	s.empty -= len(s.fresh)
	s.fresh = s.fresh[:0]
}
