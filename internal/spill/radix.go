package spill

// Radix sort by the most significant byte, in place: American flag sort (McIlroy, Bostic and McIlroy, "Engineering radix sort",
// Computing Systems 6(1), 1993). Bytes that are the same everywhere cost nothing.

// A row is some words that are compared one after the other.
type row interface {
	[1]uint64 | ~[2]uint64 | [3]uint64 | [4]uint64
}

// smallBucket is the number of rows up to which comparing beats counting.
const smallBucket = 64

// sortRows orders rows, fewer than 2³², by all of their words.
func sortRows[R row](rows []R) {
	differ := differing(rows)
	flagSort(rows, &differ, 0)
}

// entry points to a record in a slab: the first bytes of its key, then slab and offset.
type entry [2]uint64

func newEntry(prefix uint64, slab, offset int) entry {
	return entry{prefix, uint64(slab)<<32 | uint64(offset)}
}

func (e entry) slab() int   { return int(e[1] >> 32) }
func (e entry) offset() int { return int(uint32(e[1])) }

// sortEntries orders entries by the first bytes of their keys, and hands every group for which these are the same to ties.
func sortEntries(entries []entry, ties func([]entry)) {
	differ := differing(entries)
	differ[1] = 0
	flagSort(entries, &differ, 0)
	for len(entries) > 0 {
		n := 1
		for n < len(entries) && entries[n][0] == entries[0][0] {
			n++
		}
		if n > 1 {
			ties(entries[:n])
		}
		entries = entries[n:]
	}
}

// differing has the bits that are not the same in all rows.
func differing[R row](rows []R) (differ R) {
	for i := range rows {
		for w := range len(differ) {
			differ[w] |= rows[i][w] ^ rows[0][w]
		}
	}
	return differ
}

// flagSort orders rows that are alike before the byte at.
func flagSort[R row](rows []R, differ *R, at int) {
	for ; ; at++ {
		if at == 8*len(*differ) {
			return
		}
		if byte((*differ)[at/8]>>(56-at%8*8)) != 0 {
			break
		}
	}
	word, shift := at/8, 56-at%8*8
	if len(rows) <= smallBucket {
		insertionSort(rows, word)
		return
	}
	var count, next, end [256]uint32
	for i := range rows {
		count[byte(rows[i][word]>>shift)]++
	}
	sum := uint32(0)
	for b, n := range count {
		next[b] = sum
		sum += n
		end[b] = sum
	}
	for b := range 256 {
		for next[b] < end[b] {
			r := rows[next[b]]
			for { // follow the cycle of displaced rows until one belongs here
				to := byte(r[word] >> shift)
				if int(to) == b {
					break
				}
				i := next[to]
				next[to]++
				r, rows[i] = rows[i], r
			}
			rows[next[b]] = r
			next[b]++
		}
	}
	start := uint32(0)
	for b, n := range count {
		if n > 1 {
			flagSort(rows[start:end[b]], differ, at+1)
		}
		start = end[b]
	}
}

// insertionSort orders few rows that are alike before a word.
func insertionSort[R row](rows []R, word int) {
	for i := 1; i < len(rows); i++ {
		r := rows[i]
		j := i
		for ; j > 0; j-- {
			before := &rows[j-1]
			w := word
			for w < len(r)-1 && (*before)[w] == r[w] {
				w++
			}
			if (*before)[w] <= r[w] {
				break
			}
			rows[j] = *before
		}
		rows[j] = r
	}
}
