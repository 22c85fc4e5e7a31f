package substring

import (
	"bytes"

	"github.com/cespare/xxhash/v2"
)

// A member is an anchor with the bytes of its windows. All members of a group have anchors of the same hash; they come in the order in which copies stay.
type member struct {
	text  []byte // of the windows that chose the anchor, from the first one's beginning to the last one's end
	ahead int    // where the anchor's gram begins in text, in bytes or tokens
	at    uint64 // where text begins in the corpus
}

// A match says that the n windows that begin at from … from+n-1 are equal to those at to … to+n-1.
type match struct{ from, to, n uint64 }

// A solver finds the equal windows of the members of a group, exactly: whatever it reports was compared byte by byte.
//
// A window is named by its distance x from the anchor: it begins x bytes before it. Two equal windows have the same x, because
// they choose the same place, so only windows of equal x are compared.
//
// Work is bounded by the windows of the group times the window's length, however many members there are: members whose windows are all
// equal stand as copies behind one representative; few representatives are compared in pairs, many by the hash of each window.
type solver struct {
	window int  // K, bytes or tokens
	shift  uint // each of 1<<shift bytes
	keep   int
	top    uint64 // hashBase^(K-1)
	emit   func(match)
	mark   func(p uint64) // called, with keep > 1, for each window that has an equal one; emit says all that is to know otherwise

	members []member
	next    []int32 // the next copy of the same representative, or none
	reps    []representative
	table   table
	pieces  []piece
	rest    []piece // windows of a representative without a partner so far
	spare   []piece
	classes []class
	at      []standing // of each representative at one x
}

// A representative is the first of the members with the same windows.
type representative struct {
	member      int32
	first, last int32 // its copies, in order; none without
	hash        uint64
	open        piece // what byWindows has not reported yet; its partner is a representative
}

// A piece is the windows low <= x <= high of a representative and the member with the equal windows.
type piece struct{ low, high, partner int32 }

// class is a set of equal windows.
type class struct {
	hash   uint64
	first  int32 // the representative that came first
	second int32 // the next, or none
	kept   int32 // the last one to be kept, or none while there are fewer
	count  int32
}

// A standing is the class of a representative's window, or none, how many of the class come before it, and the representative whose window is
// its partner, or none.
type standing struct{ class, rank, partner int32 }

const (
	none     = int32(-1)
	fewPairs = 8 // representatives that are compared in pairs
)

func newSolver(opts Options, emit func(match), mark func(uint64)) *solver {
	s := &solver{window: opts.MinLength, shift: opts.shift(), keep: opts.Keep, top: 1, emit: emit, mark: mark}
	for range opts.MinLength - 1 {
		s.top *= hashBase
	}
	return s
}

// solve reports, for each window that has keep equal ones before it, the last of those that stay; with keep 0, for each
// window that has an equal one, one of those. It reports nothing twice.
func (s *solver) solve(members []member) {
	s.members = members
	if s.keep > 1 {
		// How many equal windows came before depends on copies too.
		s.reps = s.reps[:0]
		for i := range members {
			s.reps = append(s.reps, representative{member: int32(i), first: none, last: none})
		}
		s.byWindows()
		return
	}
	s.collapse()
	if len(s.reps) <= fewPairs {
		s.byPairs()
	} else {
		s.byWindows()
	}
}

// low and high are the least and greatest x of a member's windows.
func (s *solver) low(m *member) int32  { return int32(m.ahead + s.window - len(m.text)>>s.shift) }
func (s *solver) high(m *member) int32 { return int32(m.ahead) }

// collapse sets reps and next.
func (s *solver) collapse() {
	s.reps, s.next = s.reps[:0], s.next[:0]
	hashed := false
	for i := range s.members {
		m := &s.members[i]
		s.next = append(s.next, none)
		var rep int32
		var hash uint64
		if len(s.reps) <= fewPairs {
			rep = s.search(m)
		} else {
			if !hashed {
				hashed = true
				s.table.reset(len(s.members))
				for j := range s.reps {
					r := &s.reps[j]
					r.hash = s.hash(&s.members[r.member])
					s.table.insert(r.hash, int32(j))
				}
			}
			hash = s.hash(m)
			rep = s.table.find(hash, func(j int32) bool {
				return s.reps[j].hash == hash && same(&s.members[s.reps[j].member], m)
			})
			if rep == none {
				s.table.insert(hash, int32(len(s.reps)))
			}
		}
		if rep == none {
			s.reps = append(s.reps, representative{member: int32(i), first: none, last: none, hash: hash})
			continue
		}
		r := &s.reps[rep]
		if r.first == none {
			r.first = int32(i)
		} else {
			s.next[r.last] = int32(i)
		}
		r.last = int32(i)
	}
}

func (s *solver) search(m *member) int32 {
	for i := range s.reps {
		if same(&s.members[s.reps[i].member], m) {
			return int32(i)
		}
	}
	return none
}

func same(a, b *member) bool { return a.ahead == b.ahead && bytes.Equal(a.text, b.text) }

func (s *solver) hash(m *member) uint64 {
	return xxhash.Sum64(m.text) + uint64(m.ahead)*hashBase
}

// byPairs compares the representatives with each other.
func (s *solver) byPairs() {
	for i := range s.reps {
		r := &s.reps[i]
		m := &s.members[r.member]
		s.pieces = s.pieces[:0]
		s.rest = append(s.rest[:0], piece{s.low(m), s.high(m), none})
		for j := range s.reps[:i] {
			s.cover(m, s.reps[j].member)
		}
		if s.keep == 0 && r.first == none {
			for j := i + 1; j < len(s.reps); j++ {
				s.cover(m, s.reps[j].member)
			}
		}
		for _, p := range s.pieces {
			s.report(r, p)
		}
		for _, p := range s.rest {
			s.report(r, p)
		}
	}
}

// cover moves the windows of m that are equal to another member's from rest to pieces.
func (s *solver) cover(m *member, other int32) {
	if len(s.rest) == 0 {
		return
	}
	low, high := s.overlap(m, &s.members[other])
	if low > high {
		return
	}
	s.spare = s.spare[:0]
	for _, p := range s.rest {
		from, to := max(p.low, low), min(p.high, high)
		if from > to {
			s.spare = append(s.spare, p)
			continue
		}
		s.pieces = append(s.pieces, piece{from, to, other})
		if p.low < from {
			s.spare = append(s.spare, piece{p.low, from - 1, none})
		}
		if to < p.high {
			s.spare = append(s.spare, piece{to + 1, p.high, none})
		}
	}
	s.rest, s.spare = s.spare, s.rest
}

// overlap is the range of x at which the windows of a and b are equal; low > high when there is none.
func (s *solver) overlap(a, b *member) (low, high int32) {
	low, high = max(s.low(a), s.low(b)), min(s.high(a), s.high(b))
	if low > high {
		return low, high
	}
	aheadA, aheadB := a.ahead<<s.shift, b.ahead<<s.shift
	after := commonPrefix(a.text[aheadA:], b.text[aheadB:]) >> s.shift
	low = max(low, int32(s.window-after))
	if low > high {
		return low, high
	}
	return low, min(high, int32(commonSuffix(a.text[:aheadA], b.text[:aheadB])>>s.shift))
}

// report emits the matches of a piece of a representative and of its copies. The piece's partner may be none: the
// representative is then the first, and the partner of its copies.
func (s *solver) report(r *representative, p piece) {
	partner := p.partner
	switch {
	case partner != none:
		s.match(r.member, p, partner)
	case s.keep == 0 && r.first != none:
		s.match(r.member, p, r.first)
		partner = r.member
	default:
		partner = r.member
	}
	for c := r.first; c != none; c = s.next[c] {
		s.match(c, p, partner)
	}
}

func (s *solver) match(from int32, p piece, to int32) {
	a, b := &s.members[from], &s.members[to]
	s.emit(match{
		from: a.at + uint64(s.high(a)-p.high),
		to:   b.at + uint64(s.high(b)-p.high),
		n:    uint64(p.high - p.low + 1),
	})
}
