package tokenize

// wordTable counts words within a bound of memory. Short words lie in an open table, the few long
// ones in a map.
type wordTable struct {
	slots  []wordCell // length a power of two, or 0
	used   int
	long   map[string]*int64
	held   int64            // memory of long, in bytes
	memory int64            // bound of the table's memory, in bytes
	ends   [maxBatch]uint32 // scratch for whoever counts (BenchmarkCount)
}

type wordCell struct {
	key   wordKey
	count int64
}

const (
	cellBytes     = 24
	longWordBytes = 80 // what a map entry takes besides the word's own bytes, about
	minWordSlots  = 1 << 10
)

// full says whether n more words might not fit, so that the table must be emptied first.
func (t *wordTable) full(n int) bool {
	bytes := int64(len(t.slots)) * cellBytes
	if t.crowded(n) {
		bytes = 3 * max(bytes, minWordSlots*cellBytes) // the old table and one of twice its size
	}
	return t.used+len(t.long) > 0 && bytes+t.held > t.memory
}

// crowded says whether the slots are too few for n more words.
func (t *wordTable) crowded(n int) bool { return 4*(t.used+n) > 3*len(t.slots) }

// add counts the word text[i:j], which is not empty, as often as said.
func (t *wordTable) add(text string, i, j int, times int64) {
	if j-i > shortWord {
		t.addLong(text[i:j], times)
		return
	}
	if t.crowded(1) {
		t.grow()
	}
	t.addShort(keyOf(text, i, j), times)
}

func (t *wordTable) addShort(key wordKey, times int64) {
	cell := t.find(key)
	if cell.count == 0 {
		cell.key = key
		t.used++
	}
	cell.count += times
}

// maxBatch is the most words that addAll takes at once.
const maxBatch = minWordSlots / 2

// addAll counts the words of text that begin at from and end at from+ends[0], from+ends[1] and so on, at most maxBatch. It returns the number of those it
// counted, which is not all where a word is longer than maxWord or the table is full.
func (t *wordTable) addAll(text string, from int, ends []uint32, times int64) int {
	for t.crowded(len(ends)) {
		t.grow()
	}
	i := from
	for n, end := range ends {
		j := from + int(end)
		if j-i <= shortWord {
			t.addShort(keyOf(text, i, j), times)
		} else {
			if j-i > maxWord || t.full(0) {
				return n
			}
			t.addLong(text[i:j], times)
		}
		i = j
	}
	return len(ends)
}

func (t *wordTable) addLong(word string, times int64) {
	n := t.long[word]
	if n == nil {
		if t.long == nil {
			t.long = make(map[string]*int64)
		}
		n = new(int64)
		t.long[string([]byte(word))] = n // a copy, so that the document's text can go
		t.held += int64(len(word)) + longWordBytes
	}
	*n += times
}

// find returns the key's cell, or the empty one that it would take.
func (t *wordTable) find(key wordKey) *wordCell {
	mask := uint64(len(t.slots) - 1)
	for h := key.hash() & mask; ; h = (h + 1) & mask {
		if c := &t.slots[h]; c.count == 0 || c.key == key {
			return c
		}
	}
}

func (t *wordTable) grow() {
	old := t.slots
	t.slots = make([]wordCell, max(minWordSlots, 2*len(old)))
	for _, c := range old {
		if c.count > 0 {
			*t.find(c.key) = c
		}
	}
}

// all yields every word and its count, in no order. The bytes are valid until the next word.
func (t *wordTable) all(yield func(word []byte, count int64) bool) {
	var b [shortWord + 1]byte
	for _, c := range t.slots {
		if c.count > 0 && !yield(c.key.append(b[:0]), c.count) {
			return
		}
	}
	for word, n := range t.long {
		if !yield([]byte(word), *n) {
			return
		}
	}
}

// clear empties the table and keeps its memory.
func (t *wordTable) clear() {
	clear(t.slots)
	t.used, t.long, t.held = 0, nil, 0
}

// WordCount is a word and the number of times that it was seen.
type WordCount struct {
	// Word is valid until the next one is asked for.
	Word  []byte
	Count int64
}
