package tokenize

// The memory of an Encoder's caches: 8 MiB of short words, 512 KiB of ids beyond three, 2 MiB of long words.
const (
	cacheBits = 17 // of the number of sets, of two words each
	cachedIDs = 3
	spillIDs  = 1 << 17
	longBits  = 14
	longWord  = 48 // bytes of the longest word that is cached
	longIDs   = 18
)

// cachedWord is a word and its ids, in half a line of the processor's cache.
type cachedWord struct {
	key wordKey
	// ids are up to three ids and their number. Of more, they are their place among the spilled
	// ones, their number, the round in which they were spilled, and spilled.
	ids [cachedIDs + 1]uint32
}

const spilled = cachedIDs + 1

// wordSet is the words of one hash: the one used last, and the one before it.
type wordSet [2]cachedWord

// wordCache keeps words of up to shortWord bytes with their ids. A word takes the place of the
// one that was used least lately among those of its hash.
type wordCache struct {
	sets  *[1 << cacheBits]wordSet
	more  []uint32 // ids of words that have more than cachedIDs, one behind another
	round uint32   // how often more was full and begun again
}

func newWordCache() wordCache {
	sets := new([1 << cacheBits]wordSet)
	return wordCache{sets: sets, more: make([]uint32, 0, spillIDs)}
}

// probeWords is the number of words whose places are found together: their sets are 16 KiB, a third of the nearest cache.
const probeWords = 256

// probes are the keys of words and the places of their sets. A word that is too long for a key has noKey and place 0.
type probes struct {
	keys   [probeWords]wordKey
	places [probeWords]uint32
}

// noKey is the key of no word.
var noKey = wordKey{^uint64(0), ^uint64(0)}

// fill is the plain form of probe.
func (p *probes) fill(text string, start uint32, ends []uint32) {
	for k, end := range ends {
		key, place := noKey, uint32(0)
		if n := end - start; n <= shortWord {
			mask := &keyMasks[n]
			key = wordKey{load64(text[start:]) & mask.lo, load64(text[start+8:])&mask.hi | uint64(n)<<56}
			place = uint32(key.hash() >> (64 - cacheBits))
		}
		p.keys[k], p.places[k] = key, place
		start = end
	}
}

// put keeps a word in place of the one in its set that was used least lately.
func (c *wordCache) put(set *wordSet, key wordKey, ids []uint32) {
	set[1] = set[0]
	c.fill(&set[0], key, ids)
}

// fill keeps a word in a place.
func (c *wordCache) fill(w *cachedWord, key wordKey, ids []uint32) {
	w.key = key
	if len(ids) <= cachedIDs {
		w.ids[cachedIDs] = uint32(copy(w.ids[:cachedIDs], ids))
		return
	}
	if len(c.more)+len(ids) > spillIDs {
		c.more = c.more[:0]
		if c.round++; c.round == 0 { // after 2^32 rounds old places would look new
			clear(c.sets[:])
			w.key = key
		}
	}
	w.ids = [...]uint32{uint32(len(c.more)), uint32(len(ids)), c.round, spilled}
	c.more = append(c.more, ids...)
}

// spill returns the ids of a word that has more than cachedIDs; ok is false if they are gone.
func (c *wordCache) spill(w *cachedWord) (ids []uint32, ok bool) {
	from, n := w.ids[0], w.ids[1]
	if w.ids[2] != c.round {
		return nil, false
	}
	return c.more[from : from+n], true
}

// longCache keeps words of more than shortWord and up to longWord bytes, one for each hash.
type longCache []cachedLong

type cachedLong struct {
	n, bytes uint8
	word     [longWord]byte
	ids      [longIDs]uint32
}

// at returns the place of a word.
func (c longCache) at(word string) *cachedLong {
	// The first and the last 15 bytes overlap or leave a gap: the hash need not depend on all.
	n := len(word)
	a, b := wordKey{load64(word), load64(word[8:])}, wordKey{load64(word[n-16:]), load64(word[n-8:])}
	b.hi ^= uint64(n) << 32
	return &c[(a.hash()^b.hash()*0x9E3779B97F4A7C15)>>(64-longBits)]
}

func (w *cachedLong) is(word string) bool {
	return int(w.bytes) == len(word) && string(w.word[:len(word)]) == word
}

func (w *cachedLong) put(word string, ids []uint32) {
	if len(ids) <= longIDs {
		w.bytes, w.n = uint8(copy(w.word[:], word)), uint8(copy(w.ids[:], ids))
	}
}
