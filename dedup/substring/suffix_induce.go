package substring

// Suffixes are looked up in the text some at a time, so that the processor waits for memory once for all of them. A suffix that is placed
// among those that were looked up makes the next blocks small, so that a text that does so everywhere costs a few times as much, no more.
const (
	lookBlock  = 256
	smallBlock = 8
)

// induce makes the whole array of the sorted LMS suffixes, which may lie at its beginning; the rest must be zero. The bounds are those of
// the buckets; they are changed.
//
// An entry > 0 of the first pass, or < 0 of the second, still has to place the suffix one symbol before it. Zero is an empty place or the whole text, which has
// no symbol before it.
func induce[T symbol](text []T, sa, sorted, starts, ends []int32) {
	placeLeftmost(text, sa, sorted, ends)
	// Placing them has moved the ends. Where a bucket ends the next one begins.
	copy(ends, starts[1:])
	ends[len(ends)-1] = int32(len(sa))
	induceGreater(text, sa, starts)
	induceLess(text, sa, ends)
}

// placeLeftmost moves the sorted LMS suffixes to the ends of their buckets. A suffix's place is never before the one that it has at the beginning of the array.
func placeLeftmost[T symbol](text []T, sa, sorted, ends []int32) {
	for i := len(sorted) - 1; i >= 0; i-- {
		j := sorted[i]
		sorted[i] = 0
		c := text[j]
		ends[c]--
		sa[ends[c]] = j
	}
}

// A look holds entries of the array with what stands before them in the text.
type look struct {
	places    [lookBlock]int32
	positions [lookBlock]int32 // the suffix to place
	symbols   [lookBlock]int32 // its first symbol
	before    [lookBlock]int32 // the one before it, or the same at the beginning of the text
}

// induceGreater places the suffixes of type L.
func induceGreater[T symbol](text []T, sa, at []int32) {
	last := int32(len(text) - 1)
	v := last
	if text[last-1] < text[last] {
		v = -last
	}
	c := text[last]
	sa[at[c]] = v
	at[c]++
	var l look
	size := smallBlock
	for from := 0; from < len(sa); {
		to := min(from+size, len(sa))
		n := 0
		for i, j := range sa[from:to] {
			l.places[n&(lookBlock-1)], l.positions[n&(lookBlock-1)] = int32(from+i), j-1
			n += int(uint32(-j) >> 31) // j > 0
		}
		lookUp(text, &l, n)
		size = min(2*size, lookBlock)
		next := to
		for i := range n {
			p, c := l.positions[i], l.symbols[i]
			sign := (l.before[i] - c) >> 31 // -1 when the suffix before p is of type S: for the second pass
			k := p ^ sign - sign
			place := at[c]
			at[c] = place + 1
			sa[place] = k
			if int(place) < to && k > 0 {
				next, size = int(l.places[i])+1, smallBlock
				break
			}
		}
		from = next
	}
}

// lookUp sets symbols and before for the first n positions.
func lookUp[T symbol](text []T, l *look, n int) {
	for i, p := range l.positions[:n] {
		l.symbols[i] = int32(text[p])
		l.before[i] = int32(text[max(p, 1)-1])
	}
}

// induceLess places the suffixes of type S.
func induceLess[T symbol](text []T, sa, at []int32) {
	var l look
	size := smallBlock
	for to := len(sa); to > 0; {
		from := max(to-size, 0)
		n := 0
		for i := to - 1; i >= from; i-- {
			j := sa[i]
			l.places[n&(lookBlock-1)], l.positions[n&(lookBlock-1)] = int32(i), -j-1
			n += int(uint32(j) >> 31) // j < 0
		}
		lookUp(text, &l, n)
		size = min(2*size, lookBlock)
		next := from
		for i := range n {
			p, c := l.positions[i], l.symbols[i]
			sa[l.places[i]] = p + 1
			sign := (l.before[i] - c - 1) >> 31 // -1 when the suffix before p is of type S
			k := p ^ sign - sign
			place := at[c] - 1
			at[c] = place
			sa[place] = k
			if int(place) >= from && k < 0 {
				next, size = int(l.places[i]), smallBlock
				break
			}
		}
		to = next
	}
}
