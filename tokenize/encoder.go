package tokenize

import "slices"

const (
	// maxMergeWord is the longest word, in bytes, that is merged as one: the places in a rankHeap are of 32 bits.
	maxMergeWord = 1 << 30
	// cutWords is the number of words that are cut at once.
	cutWords = 1024
)

// An Encoder turns text into ids. It keeps the words it met lately, in about 11 MiB of memory, and is for one goroutine.
type Encoder struct {
	model   *Model
	fast    *backtracker // nil where words are not encoded by it
	words   wordCache
	long    longCache
	ends    [cutWords]uint32
	probes  probes
	ids     []uint32 // of IDs
	scratch mergeScratch
}

// NewEncoder returns an Encoder of the model.
func (m *Model) NewEncoder() *Encoder {
	e := &Encoder{model: m, fast: m.backtracker(), words: newWordCache(), long: make(longCache, 1<<longBits)}
	e.scratch.memo = make([]uint64, 1<<pairMemoBits)
	return e
}

// Encode appends the ids of a text to dst. Text that spells a special token is ordinary text; bytes that are not
// UTF-8 are encoded as they are. The ids of a text are never more than its bytes.
func (e *Encoder) Encode(dst []uint32, text string) []uint32 {
	text = e.model.Normalize(text)
	for i := 0; i < len(text); {
		n := e.model.pattern.Cut(e.ends[:], text, i)
		if n == 0 {
			end := e.model.pattern.Next(text, i)
			dst = e.encodeLong(dst, text[i:end])
			i = end
			continue
		}
		dst = e.encodeWords(dst, text, i, e.ends[:n])
		i += int(e.ends[n-1])
	}
	return dst
}

// keyMasks are, by a word's length, the bits of its bytes in a wordKey.
var keyMasks = func() (masks [shortWord + 1]wordKey) {
	for n := range masks {
		masks[n] = wordKey{1<<min(8*n, 64) - 1, 1<<max(8*n-64, 0) - 1}
	}
	return masks
}()

// encodeWords appends the ids of the words from text[from] on that have the ends, relative to from. Their places in the
// cache are found first, so that what is not near the processor comes while others are worked on. The usual word, one
// met before that has at most cachedIDs ids, then takes no branch that depends on it: four ids are written, and the
// place for the next ones goes on by their true number (BenchmarkEncode).
func (e *Encoder) encodeWords(dst []uint32, text string, from int, ends []uint32) []uint32 {
	dst = slices.Grow(dst, spilled*len(ends))
	out, used := dst[:cap(dst)], len(dst)
	text = text[from:]
	safe := len(ends) // words that have 16 bytes of text behind their start
	for safe > 0 && (safe == 1 && len(text) < 16 || safe > 1 && int(ends[safe-2])+16 > len(text)) {
		safe--
	}
	start := uint32(0)
	for k := 0; k < safe; k += probeWords {
		part := ends[k:min(k+probeWords, safe)]
		out, used = e.encodeProbed(out, used, len(ends)-k, text, start, part)
		start = part[len(part)-1]
	}
	for k, end := range ends[safe:] {
		out, used = e.encodeRare(out, used, len(ends)-safe-k, text[start:end])
		start = end
	}
	return out[:used]
}

// encodeProbed appends to out[:used] the ids of the words that follow start and have the ends, at most probeWords, and
// leaves space for room words, among which these count. At least 16 bytes of text follow the start of each.
func (e *Encoder) encodeProbed(out []uint32, used, room int, text string, start uint32, ends []uint32) ([]uint32, int) {
	p := &e.probes
	e.words.probe(p, text, start, ends)
	for k := range ends {
		key := p.keys[k&(probeWords-1)]
		set := &e.words.sets[p.places[k&(probeWords-1)]&(1<<cacheBits-1)]
		w := &set[0]
		if w.key != key {
			if set[1].key != key {
				out, used = e.encodeMiss(out, used, room-k, set, key, wordAt(text, start, ends, k))
				continue
			}
			set[0], set[1] = set[1], set[0]
		}
		if w.ids[cachedIDs] > cachedIDs {
			out, used = e.encodeRare(out, used, room-k, wordAt(text, start, ends, k))
			continue
		}
		*(*[4]uint32)(out[used:]) = w.ids
		used += int(w.ids[cachedIDs])
	}
	return out, used
}

// wordAt returns the kth of the words that follow start and have the ends.
func wordAt(text string, start uint32, ends []uint32, k int) string {
	if k > 0 {
		start = ends[k-1]
	}
	return text[start:ends[k]]
}

// encodeRare appends to out[:used] the ids of a word that is long, at the end of the text or of many ids. It leaves
// space for room words more.
func (e *Encoder) encodeRare(out []uint32, used, room int, word string) ([]uint32, int) {
	dst := out[:used]
	switch {
	case len(word) <= shortWord:
		dst = e.encodeShort(dst, word)
	case len(word) <= longWord:
		w := e.long.at(word)
		if w.is(word) {
			dst = append(dst, w.ids[:w.n]...)
			break
		}
		dst = e.encodeWord(dst, word)
		w.put(word, dst[used:])
	default:
		dst = e.encodeLong(dst, word)
	}
	return grown(dst, room)
}

// encodeMiss appends the ids of a word that is not in its set.
func (e *Encoder) encodeMiss(out []uint32, used, room int, set *wordSet, key wordKey, word string) ([]uint32, int) {
	if len(word) > shortWord {
		return e.encodeRare(out, used, room, word)
	}
	dst := e.encodeWord(out[:used], word)
	e.words.put(set, key, dst[used:])
	return grown(dst, room)
}

// grown makes space in dst for room words of the cache.
func grown(dst []uint32, room int) (out []uint32, used int) {
	dst = slices.Grow(dst, spilled*room)
	return dst[:cap(dst)], len(dst)
}

// encodeShort appends the ids of a word of up to shortWord bytes.
func (e *Encoder) encodeShort(dst []uint32, word string) []uint32 {
	key := keyOf(word, 0, len(word))
	set := &e.words.sets[key.hash()>>(64-cacheBits)]
	for i := range set {
		w := &set[i]
		if w.key != key {
			continue
		}
		if w.ids[cachedIDs] <= cachedIDs {
			return append(dst, w.ids[:w.ids[cachedIDs]]...)
		}
		if ids, ok := e.words.spill(w); ok {
			return append(dst, ids...)
		}
		before := len(dst)
		dst = e.encodeWord(dst, word)
		e.words.fill(w, key, dst[before:])
		return dst
	}
	before := len(dst)
	dst = e.encodeWord(dst, word)
	e.words.put(set, key, dst[before:])
	return dst
}

func (e *Encoder) encodeLong(dst []uint32, word string) []uint32 {
	for len(word) > maxMergeWord {
		dst = e.encodeWord(dst, word[:maxMergeWord])
		word = word[maxMergeWord:]
	}
	return e.encodeWord(dst, word)
}

// encodeWord appends the ids of a word, without the caches.
func (e *Encoder) encodeWord(dst []uint32, word string) []uint32 {
	if e.fast != nil {
		if ids, ok := e.fast.encode(&e.scratch, dst, word); ok {
			if len(word) > 8*maxScratch {
				e.scratch.failed = nil
			}
			return ids
		}
	}
	return e.model.encodeWord(&e.scratch, dst, word)
}
