package substring

// mostSuffixes is the most bytes of text that one array is made of.
const mostSuffixes = 1 << 30

// A symbol is what a text is made of: bytes, or numbers from 1 up.
type symbol interface{ byte | int32 }

// sortSuffixes writes the positions of text to sa, which is as long, in the order of the suffixes that begin there; of two of which one
// begins with the other, the shorter comes first. The text must not be longer than mostSuffixes. The scratch must have half as many elements as the text.
//
// The order of a few suffixes gives that of all the others in two passes over the array (induced sorting: Itoh and Tanaka
// 1999; Nong, Zhang and Chan 2009, whose terms are used here). A suffix is of type S when it is less than the one that
// begins one byte later, else of type L; one of type S behind one of type L is leftmost S, or LMS. At most every second is. The text from
// one LMS position to the next is an LMS substring. Those of a text are few different ones (nameSubstrings), and the array of the text of their
// numbers (sortNumbers) gives the order of the LMS suffixes.
//
// Beside the text, the array and the scratch it takes memory for the different LMS substrings.
func sortSuffixes(text []byte, sa []int32, scratch []uint64) {
	n := len(text)
	if n < 2 {
		clear(sa)
		return
	}
	// At most (n-1)/2 positions are LMS. The array holds them and, before them, the numbers of their substrings.
	positions := listLeftmost(text, sa)
	m := len(positions)
	names := sa[n-2*m : n-m]
	last, ok := nameSubstrings(text, positions, names, scratch)
	if !ok {
		numbers := asInt32(scratch)[:n]
		for i, c := range text {
			numbers[i] = int32(c) + 1
		}
		sortNumbers(numbers, sa, 256, nil)
		return
	}
	order := asInt32(scratch)[:m]
	sortNumbers(names, order, last, scratch[(m+1)/2:])
	for i, j := range order {
		order[i] = positions[j]
	}
	clear(sa)
	var starts, ends [256]int32
	bucketBounds(text, starts[:], ends[:])
	induce(text, sa, order, starts[:], ends[:])
}

// sortNumbers is sortSuffixes for a text of numbers 1 to last. What the scratch has room for is not allocated.
func sortNumbers(text, sa []int32, last int32, scratch []uint64) {
	n := len(text)
	if n < 2 {
		clear(sa)
		return
	}
	m := sortLeftmost(text, sa, last, scratch)
	clear(sa[m:])
	free := asInt32(scratch)
	starts, free := carve(free, int(last)+1)
	ends, _ := carve(free, int(last)+1)
	bucketBounds(text, starts, ends)
	induce(text, sa, sa[:m], starts, ends)
}

// listLeftmost writes the LMS positions, in order, to the end of sa, which half of it holds, and returns them.
func listLeftmost[T symbol](text []T, sa []int32) []int32 {
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

// nextLeftmost is the distance from LMS position p to the next, or to the end of the text, and whether it is the end.
func nextLeftmost[T symbol](text []T, p int) (distance int, end bool) {
	i, last := p, len(text)-1
	for i < last && text[i] <= text[i+1] {
		i++
	}
	if i == last {
		return len(text) - p, true
	}
	low := i + 1
	for i++; i < last && text[i] >= text[i+1]; i++ {
		if text[i] > text[i+1] {
			low = i + 1
		}
	}
	if i == last {
		return len(text) - p, true
	}
	return low - p, false
}

// bucketBounds sets where the suffixes that begin with each symbol begin and end in the array.
func bucketBounds[T symbol](text []T, starts, ends []int32) {
	clear(ends)
	for _, c := range text {
		ends[c]++
	}
	sum := int32(0)
	for c, n := range ends {
		starts[c] = sum
		sum += n
		ends[c] = sum
	}
}

// carve takes n elements off the slice, or makes them.
func carve(free []int32, n int) (taken, rest []int32) {
	if n > len(free) {
		return make([]int32, n), free
	}
	return free[:n:n], free[n:]
}
