package dedup

// shingleBase is the base B of the shingle hash: odd, so that multiplication by it loses
// nothing modulo 2^64; the 64 bits of the golden ratio, as in SplitMix64.
const shingleBase = 0x9E3779B97F4A7C15

// shingler cuts a text into words and hashes its shingles of n words in one pass.
//
// The hash of a shingle of words with hashes w (hashWords) is
//
//	H = w[0]·B^(n-1) + w[1]·B^(n-2) + … + w[n-1]  modulo 2^64,
//
// which rolls from one shingle to the next (Karp and Rabin, IBM J. Res. Dev. 31(2), 1987, section 4); the seed is added, and the
// finaliser of SplitMix64 makes all bits depend on all of it. A text of fewer than n words is one shingle of all its words.
type shingler struct {
	n    int
	last uint64   // B^n: what the word that leaves is worth once the sum has moved on
	ring []uint64 // the last n words' hashes
	slot int      // of the next word
	seen int      // words so far
	sum  uint64
	seed uint64

	out  func([]uint64)
	hold []uint64 // shingles not yet handed to out
}

// shingleBlock is the number of shingles handed over at once: enough that
// the permutations run over them in long loops, few enough that they stay in the first-level cache.
const shingleBlock = 512

// shingles calls out with the hashes of all shingles of n words of the text, block by
// block, and returns the number of words. The slice is reused between calls of out.
func shingles(text string, n int, seed uint64, out func([]uint64)) (words int) {
	s := shingler{n: n, last: 1, ring: make([]uint64, n), seed: mix64(seed), out: out, hold: make([]uint64, 0, shingleBlock)}
	for range n {
		s.last *= shingleBase
	}
	hashWords(text, nil, s.word)
	if 0 < s.seen && s.seen < n {
		s.hold = append(s.hold, mix64(s.sum+s.seed))
	}
	if len(s.hold) > 0 {
		out(s.hold)
	}
	return s.seen
}

// word takes the next word's hash.
func (s *shingler) word(h uint64) {
	s.sum = s.sum*shingleBase + h - s.ring[s.slot]*s.last // an empty slot is worth nothing
	s.ring[s.slot] = h
	if s.slot++; s.slot == s.n {
		s.slot = 0
	}
	s.seen++
	if s.seen < s.n {
		return
	}
	s.hold = append(s.hold, mix64(s.sum+s.seed))
	if len(s.hold) == shingleBlock {
		s.out(s.hold)
		s.hold = s.hold[:0]
	}
}

// mix64 is the finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable
// pseudorandom number generators", OOPSLA 2014, figure 16): a bijection in which each bit depends on all.
func mix64(x uint64) uint64 {
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}
