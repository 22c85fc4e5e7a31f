package filter

import (
	"math/bits"
	"math/rand/v2"
	"strings"
)

// scatter makes the places of hashes in tables unknown to who writes a text: it is drawn for each process and never changed. Without it a
// text could be made of words or lines whose hashes all belong in one place, so that every search goes past all of them.
// Nothing that is counted depends on it.
var scatter = [2]uint64{rand.Uint64(), rand.Uint64() | 1}

// slotOf is the place of a hash in a table with open addressing of mask+1 slots, a power of two.
func slotOf(hash, mask uint64) uint64 {
	high, low := bits.Mul64(hash^scatter[0], scatter[1])
	return (high ^ low) & mask
}

// lineSet is a set of lines by their hashes. It must be reset before use. Its memory follows the number of different lines.
type lineSet struct {
	slots []uint64 // open addressing; 0 is a free slot
	size  int
}

// reset empties the set and makes room for so many lines, within reason.
func (s *lineSet) reset(lines int) {
	size := 1 << bits.Len(uint(min(2*lines, 1<<16)|63))
	if cap(s.slots) < size {
		s.slots = make([]uint64, size)
	} else {
		s.slots = s.slots[:size]
		clear(s.slots)
	}
	s.size = 0
}

// add reports whether the line was not in the set yet, and puts it there.
func (s *lineSet) add(line string) bool { return s.addHash(wordHash(line)) }

// addHash is add for what has that hash.
func (s *lineSet) addHash(hash uint64) bool {
	if 2*(s.size+1) > len(s.slots) {
		s.grow()
	}
	hash |= 1 // 0 is a free slot
	at := s.place(hash)
	if s.slots[at] == hash {
		return false
	}
	s.slots[at] = hash
	s.size++
	return true
}

// place is the slot of the hash, or the free one where it belongs.
func (s *lineSet) place(hash uint64) uint64 {
	mask := uint64(len(s.slots) - 1)
	at := slotOf(hash, mask)
	for s.slots[at] != 0 && s.slots[at] != hash {
		at = (at + 1) & mask
	}
	return at
}

func (s *lineSet) grow() {
	old := s.slots
	s.slots = make([]uint64, 2*len(old))
	for _, hash := range old {
		if hash != 0 {
			s.slots[s.place(hash)] = hash
		}
	}
}

// repeats splits text at runs of newlines at least as long as separator and counts the parts, those that repeat
// an earlier part, and the characters of these.
func (s *lineSet) repeats(text, separator string) (parts, repeated, repeatedChars int) {
	s.reset(1 + strings.Count(text, separator))
	for more := true; more; {
		part := text
		var at int
		if at = strings.Index(text, separator); at >= 0 {
			part, text = text[:at], strings.TrimLeft(text[at:], "\n")
		}
		more = at >= 0
		parts++
		if !s.add(part) {
			repeated++
			repeatedChars += countRunes(part)
		}
	}
	return parts, repeated, repeatedChars
}
