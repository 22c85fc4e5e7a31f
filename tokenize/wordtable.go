package tokenize

import "bytes"

// wordTable counts words within a bound of memory. Short words lie in an open table, the few long
// ones in a map.
type wordTable struct {
	slots  []wordCell // length a power of two, or 0
	used   int
	long   map[string]*int64
	held   int64 // memory of long, in bytes
	memory int64 // bound of the table's memory, in bytes
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

// full says whether another word might not fit, so that the table must be emptied first.
func (t *wordTable) full() bool {
	bytes := int64(len(t.slots)) * cellBytes
	if t.crowded() {
		bytes = 3 * max(bytes, minWordSlots*cellBytes) // the old table and one of twice its size
	}
	return t.used+len(t.long) > 0 && bytes+t.held > t.memory
}

func (t *wordTable) crowded() bool { return 4*(t.used+1) > 3*len(t.slots) }

// add counts the word text[i:j], which is not empty.
func (t *wordTable) add(text string, i, j int) {
	if j-i > shortWord {
		t.addLong(text[i:j])
		return
	}
	key := keyOf(text, i, j)
	if t.crowded() {
		t.grow()
	}
	cell := t.find(key)
	if cell.count == 0 {
		cell.key = key
		t.used++
	}
	cell.count++
}

func (t *wordTable) addLong(word string) {
	n := t.long[word]
	if n == nil {
		if t.long == nil {
			t.long = make(map[string]*int64)
		}
		n = new(int64)
		t.long[string([]byte(word))] = n // a copy, so that the document's text can go
		t.held += int64(len(word)) + longWordBytes
	}
	*n++
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

func compareWords(a, b WordCount) int { return bytes.Compare(a.Word, b.Word) }
