package substring

import "encoding/binary"

const (
	keyBytes  = 7 // bytes of text in a key
	smallSort = 16
	largeSort = 1024
)

// sortLeftmost writes the LMS suffixes of text to the beginning of sa, sorted as far as two differ in their first bytes, and
// returns how many there are. One that is marked tied agrees with the one before it in so many bytes that both are followed by
// an LMS suffix at the same distance, and in all bytes up to there. Those that were compared further than enough and keyBytes more are in deep.
func sortLeftmost(text []byte, sa []int32, scratch []uint64, enough int) (m int, deep []int32) {
	list := listLeftmost(text, sa)
	m = len(list)
	var at [1<<16 + 1]int32
	for _, p := range list {
		at[1+(int(text[p])<<8|int(text[p+1]))]++ // the last suffix is of type L, so there is a byte at p+1
	}
	for i := range 1 << 16 {
		at[i+1] += at[i]
	}
	// The keys are taken while the text is read in order, not when the suffixes lie in another.
	s := stringSorter{text: text, enough: enough, spare: scratch[m:]}
	keys := scratch[:m]
	for _, p := range list {
		b := int(text[p])<<8 | int(text[p+1])
		to := at[b]
		at[b] = to + 1
		sa[to] = p
		keys[to] = s.key(int(p) + 2)
	}
	from := int32(0)
	for _, to := range at[:1<<16] {
		if to-from > 1 {
			s.sortLoaded(sa[from:to], keys[from:to], 2, enough)
		}
		from = to
	}
	return m, s.deep
}

// listLeftmost writes the LMS positions, in order, to the end of sa, which half of it holds, and returns them.
func listLeftmost(text []byte, sa []int32) []int32 {
	to := len(sa)
	s := int32(0) // 1 when the suffix at i+1 is of type S; the last one is of type L
	next := text[len(text)-1]
	for i := len(text) - 2; i >= 0; i-- {
		c := text[i]
		var less, greater int32
		if c < next {
			less = 1
		}
		if c > next {
			greater = 1
		}
		// Written anyway, and kept if it is LMS: what a byte is like cannot be foretold, so that branches would be slower.
		sa[to-1] = int32(i + 1)
		to -= int(s & greater)
		s = less | s&^greater
		next = c
	}
	return sa[to:]
}

// A stringSorter sorts suffixes by the next few bytes, as numbers, and those that agree by the ones after these (multikey
// quicksort: Bentley and Sedgewick 1997, with several bytes at once).
type stringSorter struct {
	text   []byte
	enough int
	deep   []int32  // suffixes that were compared further
	spare  []uint64 // for copies of keys and suffixes
}

// sort sorts suffixes that agree in their first depth bytes. Those that agree in limit bytes may be tied. keys is as long as suffixes.
func (s *stringSorter) sort(suffixes []int32, keys []uint64, depth, limit int) {
	if len(suffixes) == 2 {
		s.sortPair(suffixes, depth, limit)
		return
	}
	if depth >= limit {
		if limit = s.tie(suffixes, depth, limit); limit == 0 {
			return
		}
	}
	for i, p := range suffixes {
		keys[i] = s.key(int(p) + depth)
	}
	s.sortLoaded(suffixes, keys, depth, limit)
}

// sortPair is sort for two suffixes, the most frequent case.
func (s *stringSorter) sortPair(suffixes []int32, depth, limit int) {
	for {
		a, b := int(suffixes[0]), int(suffixes[1])
		n := len(s.text) - max(a, b) // bytes that both have
		depth += commonPrefix(s.text[a+depth:a+max(depth, min(limit, n))], s.text[b+depth:])
		if depth == n || depth < limit {
			// The later one is shorter, and less when the other begins with it.
			if depth == n && a < b || depth < n && s.text[a+depth] > s.text[b+depth] {
				suffixes[0], suffixes[1] = suffixes[1], suffixes[0]
			}
			return
		}
		if limit = s.tie(suffixes, depth, limit); limit == 0 {
			return
		}
	}
}

// sortLoaded is sort for suffixes whose keys at depth are loaded.
func (s *stringSorter) sortLoaded(suffixes []int32, keys []uint64, depth, limit int) {
	for {
		s.sortKeys(suffixes, keys, 56)
		depth += keyBytes
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
			if limit = s.tie(suffixes, depth, limit); limit == 0 {
				return
			}
		}
		for i, p := range suffixes {
			keys[i] = s.key(int(p) + depth)
		}
	}
}

// key is the keyBytes bytes from p on as a big-endian number above the number of those that there are: a suffix that ends
// comes before one that goes on.
func (s *stringSorter) key(p int) uint64 {
	if p+8 <= len(s.text) {
		return binary.BigEndian.Uint64(s.text[p:])&^0xff | keyBytes
	}
	var b [8]byte
	n := 0
	if p < len(s.text) {
		n = copy(b[:keyBytes], s.text[p:])
	}
	return binary.BigEndian.Uint64(b[:]) | uint64(n)
}

// tie marks suffixes that agree in depth bytes as tied when the next LMS suffix of each lies at the same distance, no
// farther than that, and returns 0; else it returns the depth at which to try again.
func (s *stringSorter) tie(suffixes []int32, depth, limit int) int {
	distance := s.next(int(suffixes[0]))
	most, alike := distance, true
	for _, p := range suffixes[1:] {
		d := s.next(int(p))
		alike = alike && d == distance
		most = max(most, d)
	}
	if !alike || most > depth {
		// Distances can differ only where a run of one byte reaches past depth, or a distance does.
		if limit == s.enough {
			s.deep = append(s.deep, suffixes...)
		}
		return max(2*depth, most)
	}
	for i := range suffixes[1:] {
		suffixes[i+1] |= tied
	}
	return 0
}

// next is the distance from an LMS position to the next, or to the end of the text.
func (s *stringSorter) next(p int) int {
	i, last := p, len(s.text)-1
	for i < last && s.text[i] <= s.text[i+1] {
		i++
	}
	if i == last {
		return len(s.text) - p
	}
	low := i + 1
	for i++; i < last && s.text[i] >= s.text[i+1]; i++ {
		if s.text[i] > s.text[i+1] {
			low = i + 1
		}
	}
	if i == last {
		return len(s.text) - p
	}
	return low - p
}

// sortKeys sorts both slices by the keys, which agree above the byte at shift: large ones by counting that byte, where there is room for
// copies, others by quicksort.
func (s *stringSorter) sortKeys(suffixes []int32, keys []uint64, shift int) {
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
