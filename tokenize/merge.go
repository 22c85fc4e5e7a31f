package tokenize

import "math"

const (
	noRank = math.MaxUint32
	noID   = math.MaxUint32
	// scanLimit is the length in bytes from which merging by heap is faster than by scanning.
	scanLimit = 100
)

// mergeScratch is memory that merging reuses from word to word (BenchmarkEncode).
type mergeScratch struct {
	ids, ranks []uint32
	prev, next []int32
	heap       rankHeap
	last       uint32   // rank of the last merge made
	failed     []uint64 // a bit for each place that is no boundary (backtracker)
	memo       []uint64 // whether neighbours go together, by hash; nil for none (backtracker)
}

// maxScratch is the longest word, in bytes, whose memory is kept for the next one.
const maxScratch = 1 << 16

// rank returns the rank of merging two neighbours, or noRank.
func (m *Model) rank(left, right uint32) uint32 {
	// The table keeps the number and 1, and 0 where there is none, so that this is noRank.
	return m.ranks.find(makePair(left, right)).value - 1
}

// encodeWord appends the ids of a word: the plain form of what a backtracker does.
func (m *Model) encodeWord(s *mergeScratch, dst []uint32, word string) []uint32 {
	if m.words != nil {
		return m.words.encodeWord(s, dst, word)
	}
	if len(word) <= m.longest {
		if id, ok := m.ids[word]; ok {
			return append(dst, id)
		}
	}
	return m.mergeWord(s, dst, word)
}

// mergeWord appends the ids of a word: while neighbours can be merged, those of the lowest rank are, the leftmost first.
func (m *Model) mergeWord(s *mergeScratch, dst []uint32, word string) []uint32 {
	if len(word) <= scanLimit {
		return append(dst, m.mergeByScan(s, word)...)
	}
	dst = m.mergeByHeap(s, dst, word)
	if len(word) > maxScratch {
		*s = mergeScratch{last: s.last}
	}
	return dst
}

// lastMerge encodes a token's bytes and returns the rank of the last merge made; whole is false if several ids are left.
func (m *Model) lastMerge(s *mergeScratch, token []byte) (rank uint32, whole bool) {
	ids := m.mergeWord(s, nil, string(token))
	return s.last, len(ids) == 1
}

// mergeByScan looks through all pairs for every merge: quadratic, and fastest for the usual word. It is
// the plain reference of mergeByHeap. The result is valid until the next call.
func (m *Model) mergeByScan(s *mergeScratch, word string) []uint32 {
	ids, ranks := s.ids[:0], s.ranks[:0]
	for i := range len(word) {
		ids = append(ids, m.bytes[word[i]])
		if i > 0 {
			ranks = append(ranks, m.rank(ids[i-1], ids[i]))
		}
	}
	for {
		best, at := uint32(noRank), 0
		for i, r := range ranks {
			if r < best {
				best, at = r, i
			}
		}
		if best == noRank {
			break
		}
		s.last = best
		ids[at] = m.merges[best].id
		ids = append(ids[:at+1], ids[at+2:]...)
		ranks = append(ranks[:at], ranks[at+1:]...)
		if at > 0 {
			ranks[at-1] = m.rank(ids[at-1], ids[at])
		}
		if at < len(ranks) {
			ranks[at] = m.rank(ids[at], ids[at+1])
		}
	}
	s.ids, s.ranks = ids, ranks
	return ids
}

// mergeByHeap keeps the pairs in a heap by rank, then place, and the ids in a linked list: n log n for a word of n
// bytes, which are fewer than 2^31. An entry of the heap is out of date when its
// place no longer begins a pair of its rank.
func (m *Model) mergeByHeap(s *mergeScratch, dst []uint32, word string) []uint32 {
	n := len(word)
	ids, prev, next, heap := s.ids[:0], s.prev[:0], s.next[:0], s.heap[:0]
	for i := range n {
		ids = append(ids, m.bytes[word[i]])
		prev, next = append(prev, int32(i-1)), append(next, int32(i+1))
		if i > 0 {
			if r := m.rank(ids[i-1], ids[i]); r != noRank {
				heap = append(heap, newRanked(r, i-1))
			}
		}
	}
	heap.init()
	for len(heap) > 0 {
		r, i := heap.pop().split()
		j := next[i]
		if ids[i] == noID || int(j) >= n || m.rank(ids[i], ids[j]) != r {
			continue
		}
		s.last = r
		ids[i], ids[j] = m.merges[r].id, noID
		j = next[j]
		next[i] = j
		if int(j) < n {
			prev[j] = int32(i)
			if r := m.rank(ids[i], ids[j]); r != noRank {
				heap.push(newRanked(r, i))
			}
		}
		if h := prev[i]; h >= 0 {
			if r := m.rank(ids[h], ids[i]); r != noRank {
				heap.push(newRanked(r, int(h)))
			}
		}
	}
	for i := 0; i < n; i = int(next[i]) {
		dst = append(dst, ids[i])
	}
	s.ids, s.prev, s.next, s.heap = ids, prev, next, heap
	return dst
}

// ranked is a rank in the high 32 bits and a place in the low.
type ranked uint64

func newRanked(rank uint32, place int) ranked    { return ranked(rank)<<32 | ranked(place) }
func (r ranked) split() (rank uint32, place int) { return uint32(r >> 32), int(uint32(r)) }

// rankHeap is a binary heap with its least element first.
type rankHeap []ranked

func (h rankHeap) init() {
	for i := len(h)/2 - 1; i >= 0; i-- {
		h.down(i)
	}
}

func (h *rankHeap) push(r ranked) {
	*h = append(*h, r)
	s := *h
	i := len(s) - 1
	for i > 0 {
		up := (i - 1) / 2
		if s[up] <= r {
			break
		}
		s[i] = s[up]
		i = up
	}
	s[i] = r
}

func (h *rankHeap) pop() ranked {
	s := *h
	top, end := s[0], len(s)-1
	s[0] = s[end]
	*h = s[:end]
	h.down(0)
	return top
}

func (h rankHeap) down(i int) {
	if i >= len(h) {
		return
	}
	r := h[i]
	for {
		child := 2*i + 1
		if child >= len(h) {
			break
		}
		if child+1 < len(h) && h[child+1] < h[child] {
			child++
		}
		if r <= h[child] {
			break
		}
		h[i] = h[child]
		i = child
	}
	h[i] = r
}
