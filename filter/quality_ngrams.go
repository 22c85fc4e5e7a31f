package filter

import "math/bits"

// ngramBounds tells from above how much of a text its n-grams repeat, without telling n-grams apart: hashes that meet by chance make
// a bound larger, never smaller. Most texts stay far below every limit, so that the bounds decide and ngramCounter
// need not count. See BenchmarkGopherRepetition.
type ngramBounds struct {
	keys       []uint64 // the hash of the n-gram that starts at each word
	n          int
	met, again ngramFilter
}

// start sets the bounds to n-grams of one word.
func (b *ngramBounds) start(table *wordTable) {
	b.n = 1
	if cap(b.keys) < len(table.hashes) {
		b.keys = make([]uint64, len(table.hashes))
	}
	b.keys = b.keys[:len(table.hashes)]
	for i, h := range table.hashes {
		b.keys[i] = mix(0, h)
	}
}

// extend goes on to n words; n is not less than before.
func (b *ngramBounds) extend(table *wordTable, n int) {
	for ; b.n < n; b.n++ {
		b.keys = b.keys[:max(len(table.hashes)-b.n, 0)]
		next := table.hashes[min(b.n, len(table.hashes)):]
		for i, h := range next[:len(b.keys)] {
			b.keys[i] = mix(b.keys[i], h)
		}
	}
}

// topBuckets is a power of two: few enough to stay in the fastest memory, enough for a bucket of a long text to hold a hundredth of it.
const topBuckets = 512

// top is at least ngramCounter.topChars(b.n). N-grams fall into buckets by hash, and all occurrences of one into the same: the fullest
// bucket holds no fewer characters than the most frequent n-gram.
func (b *ngramBounds) top(table *wordTable) int {
	var buckets [topBuckets]uint64 // n-grams that overlap hold more characters than the text
	if len(b.keys) == 0 {
		return 0
	}
	before, after := table.chars[:len(b.keys)], table.chars[b.n:]
	after = after[:len(b.keys)]
	spaces := uint64(b.n - 1)
	for i, key := range b.keys {
		buckets[key>>(64-9)] += uint64(after[i]-before[i]) + spaces
	}
	most := uint64(0)
	for _, chars := range buckets {
		most = max(most, chars)
	}
	return int(most)
}

// repeated is at least ngramCounter.repeatedChars(n) for every n from b.n: the characters, without spaces, of words that lie in an
// n-gram met before. Those that a longer n-gram counts lie in shorter ones met before, and none is counted twice.
//
// The n-grams that were met before are left in b.again.
func (b *ngramBounds) repeated(table *wordTable) int {
	b.met.reset(len(b.keys))
	b.again.reset(len(b.keys))
	total, covered := 0, 0
	for i, key := range b.keys {
		if b.met.add(key) {
			continue
		}
		b.again.add(key)
		covered = max(covered, i)
		total += int(table.chars[i+b.n] - table.chars[covered])
		covered = i + b.n
	}
	return total
}

// ngramFilter is a Bloom filter of 32 to 64 bits for each n-gram, of which each sets three within one word of memory.
// By chance it takes less than one n-gram in a thousand for another.
type ngramFilter struct{ slots []uint64 }

func (f *ngramFilter) reset(ngrams int) {
	size := 1 << bits.Len(uint(ngrams/2))
	if cap(f.slots) < size {
		f.slots = make([]uint64, size)
		return
	}
	f.slots = f.slots[:size]
	clear(f.slots)
}

// add reports whether the n-gram was surely not in the filter yet, and puts it there.
func (f *ngramFilter) add(key uint64) bool {
	slot, three := f.place(key)
	before := *slot
	*slot = before | three
	return before&three != three
}

func (f *ngramFilter) holds(key uint64) bool {
	slot, three := f.place(key)
	return *slot&three == three
}

func (f *ngramFilter) place(key uint64) (slot *uint64, three uint64) {
	return &f.slots[key>>20&uint64(len(f.slots)-1)], 1<<(key&63) | 1<<(key>>6&63) | 1<<(key>>12&63)
}

// ngramRepeats counts the characters of repeated n-grams.
type ngramRepeats struct {
	places []uint32 // where an n-gram starts that may occur more than once, ascending
	keys   []uint64 // the hashes of the n-grams there
	seen   lineSet
}

// chars counts, for each n from bounds.n to most, the characters, without spaces, of the n-grams that a walk from the left has met
// before; the walk goes on behind each. Bounds.repeated must have been called.
//
// A longer n-gram can repeat only where a shorter one does, so that all walks look only at the places where the shortest may.
func (r *ngramRepeats) chars(table *wordTable, bounds *ngramBounds, most int) (counts [maxNGram + 1]int) {
	r.places, r.keys = r.places[:0], r.keys[:0]
	for i, key := range bounds.keys {
		if bounds.again.holds(key) {
			r.places, r.keys = append(r.places, uint32(i)), append(r.keys, key)
		}
	}
	for n := bounds.n; n <= most; n++ {
		if n > bounds.n {
			r.extend(table, n)
		}
		r.seen.reset(len(r.places))
		next := 0
		for i, place := range r.places {
			if int(place) >= next && !r.seen.addHash(r.keys[i]) {
				next = int(place) + n
				counts[n] += int(table.chars[next] - table.chars[place])
			}
		}
	}
	return counts
}

// extend adds the n-th word to every n-gram; those that would reach past the last word go.
func (r *ngramRepeats) extend(table *wordTable, n int) {
	for len(r.places) > 0 && int(r.places[len(r.places)-1])+n > len(table.hashes) {
		r.places = r.places[:len(r.places)-1]
	}
	r.keys = r.keys[:len(r.places)]
	for i, place := range r.places {
		r.keys[i] = mix(r.keys[i], table.hashes[int(place)+n-1])
	}
}
