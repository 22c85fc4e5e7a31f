package filter

import (
	"math/bits"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
)

// ngramCounter counts the n-grams of one text for growing n.
//
// An n-gram can occur twice only if its first n-1 words do, so each length is counted only at the
// places where the length before had a repeat. In plain prose that is a third of the places for
// three words and a few percent for five, so that nine lengths cost little more than one.
// N-grams are told apart by 64-bit hashes: two different ones among a million share a hash with probability below 1e-7.
type ngramCounter struct {
	hashes []uint64 // of each word
	chars  []uint32 // chars[i]: characters of the words before word i

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
	seen  bool // met by the walk of repeatedChars
}

// read takes the words of a text, at most limit of them, and returns how many bytes of the text they span.
func (c *ngramCounter) read(walk words, limit int) (used int) {
	c.hashes, c.chars = c.hashes[:0], append(c.chars[:0], 0)
	total := uint32(0)
	for {
		start, end, ok := walk.next()
		if !ok {
			return len(walk.text)
		}
		if len(c.hashes) == limit {
			return used
		}
		word := walk.text[start:end]
		total += uint32(utf8.RuneCountInString(word))
		c.hashes = append(c.hashes, xxhash.Sum64String(word))
		c.chars = append(c.chars, total)
		used = end
	}
}

func (c *ngramCounter) words() int { return len(c.hashes) }

// count counts the n-grams. It must be called with n ascending by one, and first set on the first call.
func (c *ngramCounter) count(n int, first bool) {
	if first {
		c.start(n)
	} else {
		c.extend(n)
	}
	c.group()
}

// start makes every place a candidate.
func (c *ngramCounter) start(n int) {
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
		slot := key & mask
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

// length is the number of characters of the n words at place, without spaces.
func (c *ngramCounter) length(place, n int) int { return int(c.chars[place+n] - c.chars[place]) }

// topChars is the number of characters, with the n-1 spaces, of all occurrences of the most frequent
// n-gram; of several, the one that occurs first.
func (c *ngramCounter) topChars(n int) int {
	if len(c.hashes) < n {
		return 0
	}
	place, count := 0, 1
	for _, group := range c.groups {
		if int(group.count) > count {
			place, count = int(group.first), int(group.count)
		}
	}
	return count * (c.length(place, n) + n - 1)
}

// repeatedChars walks over the n-grams from the left, counts the characters, without spaces, of each one met
// before, and goes on behind it.
func (c *ngramCounter) repeatedChars(n int) int {
	total, next := 0, 0
	for i, place := range c.places {
		if int(place) < next {
			continue
		}
		group := &c.groups[c.ids[i]]
		if group.seen {
			total += c.length(int(place), n)
			next = int(place) + n
		}
		group.seen = true
	}
	return total
}

// mix adds a word to an n-gram's hash.
func mix(key, word uint64) uint64 {
	key = (key ^ word) * 0x9e3779b97f4a7c15
	return key ^ key>>29 ^ key<<32
}
