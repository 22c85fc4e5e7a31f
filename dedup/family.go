package dedup

// The values of MinHashOptions.Shingle, Family and Hash.
const (
	shingleWord      = "word"
	shingleCharacter = "character"
	familySketch     = "sketch"
	familyDatatrove  = "datatrove"
	hashXX           = "xxhash"
	hashSHA1         = "sha1"
)

// shingling cuts texts into shingles, for one goroutine at a time.
type shingling interface {
	// shingles calls out with the hashes of all shingles of the text, block by block, and returns 0 for a text that has none.
	// The slice is reused between calls of out.
	shingles(text string, out func([]uint64)) int
}

// newShingling is the one place that chooses between kinds of shingles: signatures and the comparison of pairs both use it.
func newShingling(o MinHashOptions) shingling {
	switch {
	case o.Family == familyDatatrove:
		return newDatatroveShingling(o)
	case o.Shingle == shingleCharacter:
		return newCharacterShingler(o.Characters, o.Seed)
	}
	return newShingler(o.Ngram, o.Seed)
}
