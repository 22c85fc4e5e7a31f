package substring

import (
	"bytes"
	"slices"
)

// byWindows groups the windows of all representatives, those of one x at a time, by a hash that rolls from one x to the
// next, and compares each with the first of its group.
func (s *solver) byWindows() {
	low, high := int32(s.window), int32(0)
	for i := range s.reps {
		m := &s.members[s.reps[i].member]
		low, high = min(low, s.low(m)), max(high, s.high(m))
		s.reps[i].open = piece{0, -1, none}
	}
	s.at = slices.Grow(s.at[:0], len(s.reps))[:len(s.reps)]
	for x := high; x >= low; x-- {
		s.classify(x)
		for i := range s.reps {
			r := &s.reps[i]
			switch here := s.at[i]; {
			case here.class == none: // it has no window at x
				s.close(r)
			case r.open.low > r.open.high:
				r.open = piece{x, x, here.partner}
			case s.mayStay(int32(i), r.open.partner):
				r.open.low = x
			default:
				s.close(r)
				r.open = piece{x, x, here.partner}
			}
		}
	}
	for i := range s.reps {
		s.close(&s.reps[i])
	}
}

// mayStay reports whether the partner that a representative has at the x before will do at this one. To stay with it, although
// another comes first, makes few long matches of many short ones.
func (s *solver) mayStay(i, partner int32) bool {
	here := s.at[i]
	if here.partner == partner {
		return true
	}
	if here.partner == none || partner == none || s.keep == 0 {
		return false
	}
	there := s.at[partner]
	return there.class == here.class && int(there.rank)+1 >= s.keep && partner < i
}

// close reports the open piece, if there is one.
func (s *solver) close(r *representative) {
	if p := r.open; p.low <= p.high {
		if p.partner != none {
			p.partner = s.reps[p.partner].member
		}
		s.report(r, p)
	}
	r.open = piece{0, -1, none}
}

// classify sets the standing of each representative at x.
func (s *solver) classify(x int32) {
	s.classes = s.classes[:0]
	s.table.reset(len(s.reps))
	for i := range s.reps {
		r := &s.reps[i]
		m := &s.members[r.member]
		s.at[i] = standing{none, 0, none}
		if x > s.high(m) || x < s.low(m) {
			continue
		}
		begin := int(s.high(m) - x)
		s.roll(r, m.text, begin)
		text := s.windowAt(m, begin)
		c := s.table.find(r.hash, func(j int32) bool {
			c := &s.classes[j]
			if c.hash != r.hash {
				return false
			}
			first := &s.members[s.reps[c.first].member]
			return bytes.Equal(s.windowAt(first, int(s.high(first)-x)), text)
		})
		if c == none {
			s.table.insert(r.hash, int32(len(s.classes)))
			s.classes = append(s.classes, class{hash: r.hash, first: int32(i), second: none, kept: none})
			c = int32(len(s.classes) - 1)
		}
		s.at[i].class = c
		s.join(&s.classes[c], int32(i))
		if s.keep > 1 && s.classes[c].count > 1 {
			s.mark(m.at + uint64(begin))
			if s.classes[c].count == 2 {
				first := &s.members[s.reps[s.classes[c].first].member]
				s.mark(first.at + uint64(s.high(first)-x))
			}
		}
	}
	if s.keep > 0 {
		return
	}
	for _, c := range s.classes {
		if c.second != none && s.reps[c.first].first == none {
			s.at[c.first].partner = c.second
		}
	}
}

// windowAt is the window of a member that begins there, in bytes or tokens.
func (s *solver) windowAt(m *member, begin int) []byte {
	return m.text[begin<<s.shift : (begin+s.window)<<s.shift]
}

// roll sets r.hash to that of the window at begin; the window one byte before was hashed by the last call.
func (s *solver) roll(r *representative, text []byte, begin int) {
	if begin == 0 {
		r.hash = 0
		for i := range s.window {
			r.hash = r.hash*hashBase + s.symbol(text, i)
		}
		return
	}
	r.hash = (r.hash-s.symbol(text, begin-1)*s.top)*hashBase + s.symbol(text, begin-1+s.window)
}

// symbol is a byte or token of a text.
func (s *solver) symbol(text []byte, i int) uint64 {
	if s.shift == 0 {
		return uint64(text[i])
	}
	return uint64(token(text[i<<tokenShift:]))
}

// join counts representative i, which comes after all others of the class so far.
func (s *solver) join(c *class, i int32) {
	s.at[i].rank = c.count
	switch {
	case c.count == 0:
	case s.keep <= 1:
		s.at[i].partner = c.first
	case c.kept != none:
		s.at[i].partner = c.kept
	}
	c.count++
	if int(c.count) == s.keep {
		c.kept = i
	}
	if c.count == 2 {
		c.second = i
	}
}

// A table finds numbers by hash: open addressing with linear probing, at most half full.
type table struct {
	slots []int32 // number + 1, or 0
	shift uint
}

// reset empties the table and makes room for n numbers.
func (t *table) reset(n int) {
	size, shift := 16, uint(60)
	for size < 2*n {
		size, shift = size*2, shift-1
	}
	if cap(t.slots) < size {
		t.slots = make([]int32, size)
	} else {
		t.slots = t.slots[:size]
		clear(t.slots)
	}
	t.shift = shift
}

// The rolling hash is weak in its lower bits; the product's upper bits depend on all of them.
func (t *table) slot(hash uint64) int { return int((hash ^ hash>>32) * hashBase >> t.shift) }

// find is the first number inserted under the hash for which is reports true, or none.
func (t *table) find(hash uint64, is func(int32) bool) int32 {
	for i := t.slot(hash); t.slots[i] != 0; i = (i + 1) & (len(t.slots) - 1) {
		if is(t.slots[i] - 1) {
			return t.slots[i] - 1
		}
	}
	return none
}

func (t *table) insert(hash uint64, number int32) {
	i := t.slot(hash)
	for t.slots[i] != 0 {
		i = (i + 1) & (len(t.slots) - 1)
	}
	t.slots[i] = number + 1
}
