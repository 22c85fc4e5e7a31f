package substring

import "math"

// mostSuffixes is the most bytes of text that one array is made of: entries have a bit to spare beside the sign.
const mostSuffixes = 1 << 30

// alone marks an entry of the array whose window cannot occur twice: the next LMS suffix begins within the window and differs from all others
// before its end. The marks spare the search most of its look-ups in the text.
const alone = 1 << 30

// sortSuffixes writes the positions of text to sa, which is as long, in the order of the suffixes that begin there; of two of which one
// begins with the other, the shorter comes first. Entries may be marked alone as far as windows of so many bytes go; none is with window 0. The text must not
// be longer than mostSuffixes. The scratch must have half as many elements as the text.
//
// The order of a few suffixes gives that of all the others in two passes over the array (induced sorting: Itoh and Tanaka
// 1999; Nong, Zhang and Chan 2009, whose terms are used here). A suffix is of type S when it is less than the one that
// begins one byte later, else of type L; one of type S behind one of type L is leftmost S, or LMS. At most every second is.
// LMS suffixes are sorted by their first bytes (sortLeftmost). Those that agree for longer are named by what they agree in, and the array
// of the text of those names settles the rest (orderTies), so that long repeated passages cost no more than their length.
//
// Beside the text, the array and the scratch it takes up to about 10 bytes for each LMS suffix that is tied, less those that the scratch has room for.
func sortSuffixes(text []byte, sa []int32, scratch []uint64, window int) {
	if len(text) < 2 {
		clear(sa)
		return
	}
	// Deeper comparisons leave fewer ties; but what is not tied must be told apart well within a window to be of use there.
	enough := min(max(window/2-keyBytes, 9), 44)
	m, deep := sortLeftmost(text, sa, scratch, enough)
	orderTies(text, sa, m, scratch, deep, window-enough-keyBytes, window)
	clear(sa[m:])
	induce(text, sa, m)
}

// induce makes the whole array of the m sorted LMS suffixes at its beginning; the rest must be zero.
//
// An entry > 0 of the first pass, or < 0 of the second, still has to place the suffix one byte before it, which takes over its mark. Zero is an empty
// place or the whole text, which has no byte before it.
func induce(text []byte, sa []int32, m int) {
	var starts, ends [256]int32
	bucketBounds(text, &starts, &ends)
	at := ends
	for i := m - 1; i >= 0; i-- { // a suffix's place is never before the one that it has
		j := sa[i]
		sa[i] = 0
		c := text[j&^alone]
		at[c]--
		sa[at[c]] = j
	}
	at = starts
	last := int32(len(text) - 1)
	v := last
	if text[last-1] < text[last] {
		v = -last
	}
	c := text[last]
	sa[at[c]] = v
	at[c]++
	for i := range sa {
		j := sa[i]
		if j <= 0 {
			continue
		}
		k := j - 1
		p := k &^ alone
		c := text[p]
		if p == 0 {
			k = 0
		} else if text[p-1] < c {
			k = -k
		}
		to := at[c]
		at[c] = to + 1
		sa[to] = k
	}
	at = ends
	for i := len(sa) - 1; i >= 0; i-- {
		j := sa[i]
		if j >= 0 {
			continue
		}
		sa[i] = -j
		k := -j - 1
		p := k &^ alone
		c := text[p]
		if p == 0 {
			k = 0
		} else if text[p-1] <= c {
			k = -k
		}
		to := at[c] - 1
		at[c] = to
		sa[to] = k
	}
}

// bucketBounds sets where the suffixes that begin with each byte begin and end in the array.
func bucketBounds(text []byte, starts, ends *[256]int32) {
	var count [256]int32
	for _, c := range text {
		count[c]++
	}
	sum := int32(0)
	for c, n := range count {
		starts[c] = sum
		sum += n
		ends[c] = sum
	}
}

// tied marks, in the sorted LMS suffixes, one that agrees with the one before it as far as they were compared.
const tied = math.MinInt32
