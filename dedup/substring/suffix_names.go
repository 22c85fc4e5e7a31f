package substring

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
	"unsafe"
)

// keyBytes is the most bytes of an LMS substring, the symbol at the next LMS position among them, that make a key of their own.
const keyBytes = 7

// nameSubstrings numbers the LMS substrings at the positions from 1 on in their order, equal ones alike, and returns the last number. The order is that of their bytes
// but for one that another begins with: it comes after that, since the other goes on with a suffix of type L where this ends with one of type S. The last
// substring reaches to the end of the text and is like no other. With more different ones than there is room for, ok is false.
//
// The substrings of a text of language are few, and mostly shorter than keyBytes: they are found in a table, and only the different ones sorted.
func nameSubstrings(text []byte, positions, names []int32, scratch []uint64) (last int32, ok bool) {
	if len(positions) == 0 {
		return 0, true
	}
	t := newSubstringTable(text, scratch)
	for i, p := range positions[:len(positions)-1] {
		number, ok := t.number(int(p), int(positions[i+1]))
		if !ok {
			return 0, false
		}
		names[i] = number
	}
	ranks := t.sort(int(positions[len(positions)-1]))
	for i, number := range names[:len(names)-1] {
		names[i] = ranks[number]
	}
	names[len(names)-1] = ranks[t.count]
	return int32(t.count + 1), true
}

// A substringTable numbers the different LMS substrings of a text from 0, as they come: open addressing with linear probing, at most half full.
//
// A slot is two words. The first holds the key of a short substring, which is its bytes, or for a longer one its position, a few bits of its hash and, in the lowest byte,
// isLong; it is 0 when the slot is empty. The second is the number.
type substringTable struct {
	text  []byte
	slots []uint64
	free  []uint64 // room for larger tables
	shift uint
	count int32
}

const (
	isLong     = 1 // as the lowest byte of a slot; short ones have more there
	firstTable = 1 << 10
)

func newSubstringTable(text []byte, scratch []uint64) *substringTable {
	t := &substringTable{text: text, free: scratch}
	t.resize(firstTable)
	return t
}

// resize makes an empty table of so many slots, and reports whether there is room for it.
func (t *substringTable) resize(slots int) bool {
	if 2*slots > len(t.free) {
		if slots > firstTable {
			return false
		}
		t.free = make([]uint64, 2*slots)
	}
	t.slots, t.free = t.free[:2*slots], t.free[2*slots:]
	t.shift = uint(64 - bits.TrailingZeros(uint(slots)))
	clear(t.slots)
	return true
}

// key is the first keyBytes bytes of the substring from p to the next LMS position q as a number that orders substrings: one that another begins with comes after it.
func (t *substringTable) key(p, q int) uint64 {
	n := q - p + 1
	if n > keyBytes {
		return t.load(p) &^ 0xff
	}
	return (t.load(p)|^uint64(0)>>(8*n))&^0xff | uint64(0xff-n)
}

// load is the eight bytes from p on, zero behind the end of the text.
func (t *substringTable) load(p int) uint64 {
	if p+8 <= len(t.text) {
		return binary.BigEndian.Uint64(t.text[p:])
	}
	var b [8]byte
	copy(b[:], t.text[p:])
	return binary.BigEndian.Uint64(b[:])
}

// number is that of the substring from p to the next LMS position q, which is put into the table when it is not there; ok is false when it is full.
func (t *substringTable) number(p, q int) (number int32, ok bool) {
	var entry uint64
	long := q-p+1 > keyBytes
	if long {
		entry = t.long(p, q)
	} else {
		entry = t.key(p, q)
	}
	const longBits = 1<<64 - 1<<40 | 0xff
	i := t.home(entry)
	for t.slots[i] != 0 {
		other := t.slots[i]
		if other == entry && !long || long && (other^entry)&longBits == 0 && t.same(int(other>>8&(1<<32-1)), p, q) {
			return int32(t.slots[i+1]), true
		}
		i = (i + 2) & uint64(len(t.slots)-1)
	}
	t.slots[i], t.slots[i+1] = entry, uint64(t.count)
	t.count++
	return t.count - 1, 4*int(t.count) <= len(t.slots) || t.grow()
}

// long is the entry of a longer substring.
func (t *substringTable) long(p, q int) uint64 {
	hash := uint64(0)
	for _, c := range t.text[p : q+1] {
		hash = hash*hashBase + uint64(c)
	}
	return hash*hashBase&^(1<<40-1) | uint64(p)<<8 | isLong
}

// home is the first slot at which an entry may be.
func (t *substringTable) home(entry uint64) uint64 {
	if entry&0xff == isLong {
		entry &^= 1<<40 - 1
	}
	return (entry ^ entry>>29) * hashBase >> t.shift << 1
}

// grow doubles the table; false means that there is no room.
func (t *substringTable) grow() bool {
	old := t.slots
	if !t.resize(len(old)) {
		return false
	}
	for j := 0; j < len(old); j += 2 {
		if old[j] == 0 {
			continue
		}
		i := t.home(old[j])
		for t.slots[i] != 0 {
			i = (i + 2) & uint64(len(t.slots)-1)
		}
		t.slots[i], t.slots[i+1] = old[j], old[j+1]
	}
	return true
}

// same compares the substring at other with the one from p to q.
func (t *substringTable) same(other, p, q int) bool {
	n := q - p
	if other+n >= len(t.text) || !bytes.Equal(t.text[other:other+n+1], t.text[p:q+1]) {
		return false
	}
	distance, end := nextLeftmost(t.text, other)
	return distance == n && !end
}

// A substringEntry is what a substring is sorted by.
type substringEntry struct {
	key    uint64
	number int32
	at     int32 // the position of a long one
}

// asEntries is the same memory as entries, of which there are none yet.
func asEntries(words []uint64) []substringEntry {
	return unsafe.Slice((*substringEntry)(unsafe.Pointer(unsafe.SliceData(words))), len(words)/2)[:0]
}

// sort returns the place of each number's substring in their order, from 1, and at last that of one more, from position last to the end.
func (t *substringTable) sort(last int) []int32 {
	all := asEntries(t.free)
	if cap(all) < int(t.count)+1 {
		all = make([]substringEntry, 0, t.count+1)
	}
	all = append(all, substringEntry{t.load(last) &^ 0xff, t.count, int32(last)})
	for i := 0; i < len(t.slots); i += 2 {
		v, number := t.slots[i], int32(t.slots[i+1])
		switch {
		case v == 0:
		case v&0xff == isLong:
			p := v >> 8 & (1<<32 - 1)
			all = append(all, substringEntry{t.load(int(p)) &^ 0xff, number, int32(p)})
		default:
			all = append(all, substringEntry{v, number, 0})
		}
	}
	slices.SortFunc(all, func(a, b substringEntry) int {
		if a.key != b.key || a.key&0xff != 0 {
			return cmp.Compare(a.key, b.key)
		}
		return t.compare(int(a.at), int(b.at))
	})
	ranks := make([]int32, len(all))
	for i, e := range all {
		ranks[e.number] = int32(i + 1)
	}
	return ranks
}

// compare orders two different long substrings.
func (t *substringTable) compare(a, b int) int {
	if a == b {
		return 0
	}
	n, endA := nextLeftmost(t.text, a)
	m, endB := nextLeftmost(t.text, b)
	if !endA {
		n++
	}
	if !endB {
		m++
	}
	c := bytes.Compare(t.text[a:a+min(n, m)], t.text[b:b+min(n, m)])
	switch {
	case c != 0:
		return c
	case endA: // what ends with the text is less than what goes on
		return -1
	case endB:
		return 1
	}
	return cmp.Compare(m, n)
}
