package fasttext

// table is a hash table with open addressing: slots of a key and what it stands for, tried one after another.
type table struct {
	slots []slot // a power of two, at most half of them taken
	taken int
}

type slot struct {
	key   uint32
	value int32 // empty: no entry
}

const empty = -1

func newTable(n int) table {
	size := 8
	for size < 2*n {
		size *= 2
	}
	t := table{slots: make([]slot, size)}
	for i := range t.slots {
		t.slots[i].value = empty
	}
	return t
}

// spread mixes a key's bits: buckets that were kept are neighbours, and the low bits of FNV-1a are its weak ones.
func spread(key uint32) uint32 { return (key ^ key>>15) * 0x9E3779B1 }

// find is the value of a key that was added once at most.
func (t *table) find(key uint32) (int32, bool) {
	mask := uint32(len(t.slots) - 1)
	for i := spread(key) & mask; ; i = (i + 1) & mask {
		s := t.slots[i]
		if s.value == empty {
			return 0, false
		}
		if s.key == key {
			return s.value, true
		}
	}
}

// word is the value of a word with a hash; several words may share one. Values are indexes of names.
func (t *table) word(hash uint32, word string, names []string) (int32, bool) {
	mask := uint32(len(t.slots) - 1)
	for i := spread(hash) & mask; ; i = (i + 1) & mask {
		s := t.slots[i]
		if s.value == empty {
			return 0, false
		}
		if s.key == hash && names[s.value] == word {
			return s.value, true
		}
	}
}

// add appends an entry, whether or not there is one of its key, and grows the table.
func (t *table) add(key uint32, value int32) {
	if 2*(t.taken+1) > len(t.slots) {
		old := t.slots
		*t = newTable(2 * (t.taken + 1))
		for _, s := range old {
			if s.value != empty {
				t.put(s)
			}
		}
	}
	t.put(slot{key, value})
}

func (t *table) put(s slot) {
	mask := uint32(len(t.slots) - 1)
	i := spread(s.key) & mask
	for t.slots[i].value != empty {
		i = (i + 1) & mask
	}
	t.slots[i] = s
	t.taken++
}
