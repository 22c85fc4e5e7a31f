package tokenize

const (
	cacheBits = 15 // 32,768 words, 1 MiB
	cachedIDs = 3
	// maxMergeWord is the longest word, in bytes, that is merged as one: the places in a rankHeap are of 32 bits.
	maxMergeWord = 1 << 30
)

// An Encoder turns text into ids. It keeps the words it met lately, in bounded memory, and is for one goroutine.
type Encoder struct {
	model   *Model
	cache   []cachedWord // one place for each hash: a word that comes later takes it
	scratch mergeScratch
}

type cachedWord struct {
	key wordKey
	n   uint32
	ids [cachedIDs]uint32
}

// NewEncoder returns an Encoder of the model.
func (m *Model) NewEncoder() *Encoder {
	return &Encoder{model: m, cache: make([]cachedWord, 1<<cacheBits)}
}

// Encode appends the ids of a text to dst. Text that spells a special token is ordinary text; bytes that are not
// UTF-8 are encoded as they are. The ids of a text are never more than its bytes.
func (e *Encoder) Encode(dst []uint32, text string) []uint32 {
	for i := 0; i < len(text); {
		end := e.model.pattern.next(text, i)
		if end-i > shortWord {
			dst = e.encodeLong(dst, text[i:end])
			i = end
			continue
		}
		key := keyOf(text, i, end)
		c := &e.cache[key.hash()>>(64-cacheBits)]
		if c.key == key {
			dst = append(dst, c.ids[:c.n]...)
		} else {
			before := len(dst)
			dst = e.encodeWord(dst, text[i:end])
			if n := len(dst) - before; n <= cachedIDs {
				c.key, c.n = key, uint32(n)
				copy(c.ids[:], dst[before:])
			}
		}
		i = end
	}
	return dst
}

func (e *Encoder) encodeLong(dst []uint32, word string) []uint32 {
	for len(word) > maxMergeWord {
		dst = e.encodeWord(dst, word[:maxMergeWord])
		word = word[maxMergeWord:]
	}
	return e.encodeWord(dst, word)
}

func (e *Encoder) encodeWord(dst []uint32, word string) []uint32 {
	if len(word) <= e.model.longest {
		if id, ok := e.model.ids[word]; ok {
			return append(dst, id)
		}
	}
	return e.model.mergeWord(&e.scratch, dst, word)
}
