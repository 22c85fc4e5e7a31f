package dedup

// shingleBase is the base B of the shingle hash: odd, so that multiplication by it loses
// nothing modulo 2^64; the 64 bits of the golden ratio, as in SplitMix64.
const shingleBase = 0x9E3779B97F4A7C15

// shingler cuts texts into words and hashes their shingles of n words in one pass.
//
// The hash of a shingle of words with hashes w (scanner) is
//
//	H = w[0]·B^(n-1) + w[1]·B^(n-2) + … + w[n-1]  modulo 2^64,
//
// which rolls from one shingle to the next (Karp and Rabin, IBM J. Res. Dev. 31(2), 1987, section 4); the seed is added, and
// mixShingle makes all bits depend on all of it. A text of fewer than n words is one shingle of all its words.
//
// A shingler is used for one text after another, by one goroutine. It takes 40 KiB.
type shingler struct {
	n    int
	last uint64 // B^n: what the word that leaves is worth once the sum has moved on
	seed uint64

	scanner        // its first n hashes are those of the last n words before, 0 where there were none
	sum     uint64 // of the last n words
	seen    int    // words before
	rolled  [windowBytes/2 + maxNgram + 1]uint64
	out     func([]uint64)
}

// newShingler makes a shingler for shingles of n words, 1 to maxNgram.
func newShingler(n int, seed uint64) *shingler {
	s := &shingler{n: n, last: 1, seed: mix64(seed)}
	for range n {
		s.last *= shingleBase
	}
	s.full = s.roll
	return s
}

// shingles calls out with the hashes of all shingles of the text, block by block, and returns the number of words. The slice is reused
// between calls of out. plainShingles in the tests is its reference.
func (s *shingler) shingles(text string, out func([]uint64)) (words int) {
	clear(s.hashes[:s.n])
	s.filled, s.sum, s.seen, s.out = s.n, 0, 0, out
	s.scan(text)
	s.roll()
	if 0 < s.seen && s.seen < s.n {
		s.rolled[0] = mixShingle(s.sum + s.seed)
		out(s.rolled[:1])
	}
	s.out = nil
	return s.seen
}

// roll makes shingles of the words at hand and hands them over.
func (s *shingler) roll() {
	words := s.hashes[s.n:s.filled]
	if len(words) == 0 {
		return
	}
	leaving, rolled := s.hashes[:len(words)], s.rolled[:len(words)]
	sum, last, seed := s.sum, s.last, s.seed
	for i, w := range words {
		sum = sum*shingleBase + (w - leaving[i]*last)
		rolled[i] = mixShingle(sum + seed)
	}
	s.sum = sum
	first := max(0, s.n-1-s.seen) // those before are of fewer words
	s.seen += len(words)
	if first < len(rolled) {
		s.out(rolled[first:])
	}
	copy(s.hashes[:s.n], s.hashes[len(words):s.filled])
	s.filled = s.n
}

// mixShingle makes every bit depend on all of x, by one product.
func mixShingle(x uint64) uint64 { return foldWord(x, wordBase) }

// mix64 is the finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable
// pseudorandom number generators", OOPSLA 2014, figure 16): a bijection in which each bit depends on all.
func mix64(x uint64) uint64 {
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}
