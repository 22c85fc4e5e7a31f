package filter

import "math/bits"

// ngramCounter counts the n-grams of one text for growing n.
//
// An n-gram can occur twice only if its first n-1 words do, so each length is counted only at the
// places where the length before had a repeat. In plain prose that is a third of the places for
// three words and a few percent for five, so that nine lengths cost little more than one.
// N-grams are told apart by 64-bit hashes: two different ones among a million share a hash with probability below 1e-7.
type ngramCounter struct {
	hashes []uint64 // of each word, as wordTable has them

	places []uint32 // where an n-gram that may repeat starts, ascending
	keys   []uint64 // the n-grams' hashes, by place
	ids    []uint32 // the n-grams' numbers, by place
	groups []ngramGroup
	table  []uint32 // open addressing: index into groups plus one
}

// ngramGroup is one distinct n-gram, in order of first occurrence.
type ngramGroup struct {
	key   uint64
	first uint32 // the place of its first occurrence
	count uint32
}

// readWords makes a table of the first words of a text, at most limit of them, and returns how many bytes of the text they span.
func readWords(walk words, limit int) (table *wordTable, used int) {
	table = newWordTable(walk.text, limit)
	for {
		start, end, ok := walk.next()
		if !ok {
			return table, len(walk.text)
		}
		if table.words == limit {
			return table, used
		}
		table.add(walk.text[start:end])
		used = end
	}
}

// topChars gives, for each n up to most, the number of characters, with the n-1 spaces, of all occurrences of the most frequent
// n-gram; of several, the one that occurs first. It is 0 where the text has fewer words.
func (c *ngramCounter) topChars(table *wordTable, most int) (counts [maxNGram + 1]int) {
	c.hashes = table.hashes
	defer func() { c.hashes = nil }() // the table belongs to the document
	for n := 1; n <= min(most, len(c.hashes)); n++ {
		if n == 1 {
			c.start(n)
		} else {
			c.extend(n)
		}
		c.group()
		place, count := 0, 1
		for _, group := range c.groups {
			if int(group.count) > count {
				place, count = int(group.first), int(group.count)
			}
		}
		counts[n] = count * (int(table.chars[place+n]-table.chars[place]) + n - 1)
	}
	return counts
}

// start makes every place a candidate.
func (c *ngramCounter) start(n int) {
	if words := len(c.hashes); cap(c.keys) < words {
		c.places, c.keys = make([]uint32, 0, words), make([]uint64, 0, words)
	}
	c.places, c.keys = c.places[:0], c.keys[:0]
	for i := 0; i+n <= len(c.hashes); i++ {
		key := uint64(0)
		for _, h := range c.hashes[i : i+n] {
			key = mix(key, h)
		}
		c.places = append(c.places, uint32(i))
		c.keys = append(c.keys, key)
	}
}

// extend keeps the places whose (n-1)-gram occurs more than once and adds the next word to them.
func (c *ngramCounter) extend(n int) {
	kept := 0
	for i, place := range c.places {
		next := int(place) + n - 1
		if c.groups[c.ids[i]].count < 2 || next >= len(c.hashes) {
			continue
		}
		c.places[kept] = place
		c.keys[kept] = mix(c.keys[i], c.hashes[next])
		kept++
	}
	c.places, c.keys = c.places[:kept], c.keys[:kept]
}

// group numbers the distinct n-grams and counts them.
func (c *ngramCounter) group() {
	size := 1 << bits.Len(uint(2*len(c.keys)))
	if cap(c.table) < size {
		c.table = make([]uint32, size)
	} else {
		c.table = c.table[:size]
		clear(c.table)
	}
	mask := uint64(size - 1)
	c.groups, c.ids = c.groups[:0], c.ids[:0]
	for i, key := range c.keys {
		slot := slotOf(key, mask)
		for c.table[slot] != 0 && c.groups[c.table[slot]-1].key != key {
			slot = (slot + 1) & mask
		}
		if c.table[slot] == 0 {
			c.groups = append(c.groups, ngramGroup{key: key, first: c.places[i]})
			c.table[slot] = uint32(len(c.groups))
		}
		id := c.table[slot] - 1
		c.groups[id].count++
		c.ids = append(c.ids, id)
	}
}

// mix adds a word to an n-gram's hash.
func mix(key, word uint64) uint64 {
	key = (key ^ word) * 0x9e3779b97f4a7c15
	return key ^ key>>29 ^ key<<32
}
