package substring

import (
	"math"
	"math/bits"
)

const (
	smallSort = 16
	largeSort = 1024
	// enough is the number of symbols in which LMS suffixes agree before it is looked at whether they are tied.
	enough = 7
)

// tied marks, in the sorted LMS suffixes, one that agrees with the one before it as far as they were compared.
const tied = math.MinInt32

// sortLeftmost writes the LMS suffixes of a text of numbers 1 to last to the beginning of sa, in order, and returns how many there are.
//
// They are sorted by their first numbers, some at a time. Those that agree for longer are tied: they agree up to an LMS position at the same distance. They are
// named by what they agree in, and the array of the text of those names settles the rest (orderTies), so that long repeated passages cost no more than their length.
func sortLeftmost(text, sa []int32, last int32, scratch []uint64) int {
	list := listLeftmost(text, sa)
	m := len(list)
	if m == 0 {
		return 0
	}
	free := scratch
	if len(free) < m {
		free = make([]uint64, m)
	}
	keys, free := free[:m], free[m:]
	var at []int32
	if n := int(last) + 2; n <= 2*len(free) {
		at, free = asInt32(free)[:n], free[(n+1)/2:]
		clear(at)
	} else {
		at = make([]int32, n)
	}
	for _, p := range list {
		at[1+text[p]]++
	}
	for i := range at[1:] {
		at[i+1] += at[i]
	}
	s := newNumberSorter(text, last, free)
	// The keys are taken while the text is read in order, not when the suffixes lie in another.
	for _, p := range list {
		to := at[text[p]]
		at[text[p]] = to + 1
		sa[to] = p
		keys[to] = s.key(int(p) + 1)
	}
	from := int32(0)
	for _, to := range at[:last+1] {
		if to-from > 1 {
			s.sortLoaded(sa[from:to], keys[from:to], 1, enough)
		}
		from = to
	}
	orderTies(sa, m, scratch)
	return m
}

// A numberSorter sorts suffixes by the next few numbers, packed into one, and those that agree by the ones after these (multikey
// quicksort: Bentley and Sedgewick 1997, with several symbols at once).
type numberSorter struct {
	text  []int32
	bits  uint     // of a number
	each  int      // numbers in a key
	spare []uint64 // for copies of keys and suffixes
}

func newNumberSorter(text []int32, last int32, spare []uint64) *numberSorter {
	width := uint(bits.Len32(uint32(last)))
	return &numberSorter{text: text, bits: width, each: int(64 / width), spare: spare}
}

// sort sorts suffixes that agree in their first depth numbers. Those that agree in limit numbers may be tied. keys is as long as suffixes.
func (s *numberSorter) sort(suffixes []int32, keys []uint64, depth, limit int) {
	if len(suffixes) == 2 {
		s.sortPair(suffixes, depth, limit)
		return
	}
	if depth >= limit {
		if limit = s.tie(suffixes, depth); limit == 0 {
			return
		}
	}
	for i, p := range suffixes {
		keys[i] = s.key(int(p) + depth)
	}
	s.sortLoaded(suffixes, keys, depth, limit)
}

// sortPair is sort for two suffixes, the most frequent case.
func (s *numberSorter) sortPair(suffixes []int32, depth, limit int) {
	for {
		a, b := int(suffixes[0]), int(suffixes[1])
		n := len(s.text) - max(a, b) // numbers that both have
		for depth < min(limit, n) && s.text[a+depth] == s.text[b+depth] {
			depth++
		}
		if depth == n || depth < limit {
			// The later one is shorter, and less when the other begins with it.
			if depth == n && a < b || depth < n && s.text[a+depth] > s.text[b+depth] {
				suffixes[0], suffixes[1] = suffixes[1], suffixes[0]
			}
			return
		}
		if limit = s.tie(suffixes, depth); limit == 0 {
			return
		}
	}
}

// sortLoaded is sort for suffixes whose keys at depth are loaded.
func (s *numberSorter) sortLoaded(suffixes []int32, keys []uint64, depth, limit int) {
	for {
		s.sortKeys(suffixes, keys, 56)
		depth += s.each
		// The largest group is the next round of this loop, so that the stack stays small.
		from, to := 0, 0
		for i := 0; i < len(keys); {
			j := i + 1
			for j < len(keys) && keys[j] == keys[i] {
				j++
			}
			smaller := span{int64(i), int64(j)}
			if j-i > to-from {
				smaller = span{int64(from), int64(to)}
				from, to = i, j
			}
			if smaller.end-smaller.start > 1 {
				s.sort(suffixes[smaller.start:smaller.end], keys[smaller.start:smaller.end], depth, limit)
			}
			i = j
		}
		if to-from < 2 {
			return
		}
		suffixes, keys = suffixes[from:to], keys[from:to]
		if depth >= limit {
			if limit = s.tie(suffixes, depth); limit == 0 {
				return
			}
		}
		for i, p := range suffixes {
			keys[i] = s.key(int(p) + depth)
		}
	}
}

// key is the next numbers from p on, the first in the highest bits; zero behind the end, so that a suffix that ends comes before one that goes on.
func (s *numberSorter) key(p int) uint64 {
	var key uint64
	text := s.text[min(p, len(s.text)):]
	text = text[:min(len(text), s.each)]
	for _, v := range text {
		key = key<<s.bits | uint64(v)
	}
	return key << (64 - s.bits*uint(len(text)))
}

// tie marks suffixes that agree in depth numbers as tied when the next LMS suffix of each lies at the same distance, no
// farther than that, and returns 0; else it returns the depth at which to try again.
func (s *numberSorter) tie(suffixes []int32, depth int) int {
	distance, _ := nextLeftmost(s.text, int(suffixes[0]))
	most, alike := distance, true
	for _, p := range suffixes[1:] {
		d, _ := nextLeftmost(s.text, int(p))
		alike = alike && d == distance
		most = max(most, d)
	}
	if !alike || most > depth {
		// Distances can differ only where a run of one number reaches past depth, or a distance does.
		return max(2*depth, most)
	}
	for i := range suffixes[1:] {
		suffixes[i+1] |= tied
	}
	return 0
}

// sortKeys sorts both slices by the keys, which agree above the byte at shift: large ones by counting that byte, where there is room for
// copies, others by quicksort.
func (s *numberSorter) sortKeys(suffixes []int32, keys []uint64, shift int) {
	for len(keys) >= largeSort && 3*len(keys)/2+1 <= len(s.spare) && shift > 0 {
		var count [257]int32
		for _, k := range keys {
			count[1+k>>shift&0xff]++
		}
		if count[1+keys[0]>>shift&0xff] == int32(len(keys)) {
			shift -= 8
			continue
		}
		for i := range 256 {
			count[i+1] += count[i]
		}
		bounds := count
		otherKeys, other := s.spare[:len(keys)], asInt32(s.spare[len(keys):])[:len(keys)]
		for i, k := range keys {
			d := k >> shift & 0xff
			to := count[d]
			count[d]++
			otherKeys[to], other[to] = k, suffixes[i]
		}
		copy(keys, otherKeys)
		copy(suffixes, other)
		for d := range 256 {
			from, to := bounds[d], bounds[d+1]
			if to-from > 1 {
				s.sortKeys(suffixes[from:to], keys[from:to], shift-8)
			}
		}
		return
	}
	quicksort(suffixes, keys)
}

// quicksort sorts both slices by the keys, in three parts: less, equal, greater (Bentley and McIlroy 1993).
func quicksort(suffixes []int32, keys []uint64) {
	suffixes = suffixes[:len(keys)]
	for len(keys) > smallSort {
		pivot := pseudomedian(keys)
		less, i, greater := 0, 0, len(keys)
		for i < greater {
			switch k := keys[i]; {
			case k < pivot:
				keys[less], keys[i] = k, keys[less]
				suffixes[less], suffixes[i] = suffixes[i], suffixes[less]
				less++
				i++
			case k > pivot:
				greater--
				keys[greater], keys[i] = k, keys[greater]
				suffixes[greater], suffixes[i] = suffixes[i], suffixes[greater]
			default:
				i++
			}
		}
		// The smaller part first, so that the stack stays small.
		if less < len(keys)-greater {
			quicksort(suffixes[:less], keys[:less])
			suffixes, keys = suffixes[greater:], keys[greater:]
		} else {
			quicksort(suffixes[greater:], keys[greater:])
			suffixes, keys = suffixes[:less], keys[:less]
		}
	}
	for i := 1; i < len(keys); i++ {
		k, p := keys[i], suffixes[i]
		j := i
		for ; j > 0 && keys[j-1] > k; j-- {
			keys[j], suffixes[j] = keys[j-1], suffixes[j-1]
		}
		keys[j], suffixes[j] = k, p
	}
}

// pseudomedian is the middle one of nine keys, or of three.
func pseudomedian(keys []uint64) uint64 {
	n := len(keys)
	if n < 64 {
		return median(keys[0], keys[n/2], keys[n-1])
	}
	step := n / 8
	return median(median(keys[0], keys[step], keys[2*step]), median(keys[n/2-step], keys[n/2], keys[n/2+step]),
		median(keys[n-1-2*step], keys[n-1-step], keys[n-1]))
}

func median(a, b, c uint64) uint64 {
	return max(min(a, b), min(max(a, b), c))
}
