package substring

import (
	"cmp"
	"slices"
)

// record is what is sorted: an anchor by its hash, or a segment by its position.
type record struct{ key, value uint64 }

const chunkLen = 256 // records; 4 KiB

type chunk [chunkLen]record

// pool hands out chunks and takes them back, so that the segments live in the memory that the anchors give up.
type pool struct{ free []*chunk }

func (p *pool) get() *chunk {
	if n := len(p.free); n > 0 {
		c := p.free[n-1]
		p.free = p.free[:n-1]
		return c
	}
	return new(chunk)
}

// buckets holds records by the top bits of their keys, in the order of add within each. Chunks do not move when a bucket
// grows, so memory is that of the records and of half a chunk a bucket.
type buckets struct {
	pool   *pool
	shift  uint
	chunks [][]*chunk
	fill   []int // records in the last chunk of each bucket
}

// newBuckets makes 1<<bits buckets for keys of which the top unused bits are zero.
func newBuckets(p *pool, bits, unused uint) *buckets {
	b := &buckets{pool: p, shift: 64 - unused - bits, chunks: make([][]*chunk, 1<<bits), fill: make([]int, 1<<bits)}
	for i := range b.fill {
		b.fill[i] = chunkLen
	}
	return b
}

func (b *buckets) add(r record) {
	i := r.key >> b.shift
	n := b.fill[i]
	if n == chunkLen {
		b.chunks[i] = append(b.chunks[i], b.pool.get())
		n = 0
	}
	list := b.chunks[i]
	list[len(list)-1][n] = r
	b.fill[i] = n + 1
}

// take returns the records of bucket i in the order of add, in the slice given when it is large enough, and frees the bucket.
func (b *buckets) take(i int, into []record) []record {
	list := b.chunks[i]
	into = slices.Grow(into[:0], len(list)*chunkLen)
	for j, c := range list {
		n := chunkLen
		if j == len(list)-1 {
			n = b.fill[i]
		}
		into = append(into, c[:n]...)
		b.pool.free = append(b.pool.free, c)
	}
	b.chunks[i], b.fill[i] = nil, chunkLen
	return into
}

const (
	digitBits = 11
	digits    = 2 // digits that are sorted by counting; what they leave is sorted by comparing
)

// sortRecords sorts records whose keys agree above the top'th bit by key, equal keys in the order given. It needs a second
// slice of at least the length and returns whichever of the two holds the result, then the other.
func sortRecords(a, other []record, top uint) (sorted, spare []record) {
	if len(a) < 64 {
		slices.SortStableFunc(a, byKey)
		return a, other
	}
	other = slices.Grow(other[:0], len(a))[:len(a)]
	from := uint(max(0, int(top)-digits*digitBits))
	for shift := from; shift < top; shift += digitBits {
		var count [1 << digitBits]uint32
		for _, r := range a {
			count[r.key>>shift&(1<<digitBits-1)]++
		}
		sum := uint32(0)
		for i, n := range count {
			count[i] = sum
			sum += n
		}
		for _, r := range a {
			d := r.key >> shift & (1<<digitBits - 1)
			other[count[d]] = r
			count[d]++
		}
		a, other = other, a
	}
	// Runs that agree in the digits are short, or made of equal keys, unless somebody searched for keys that are not.
	for i := 0; i < len(a); {
		j, ordered := i+1, true
		for ; j < len(a) && a[j].key>>from == a[i].key>>from; j++ {
			ordered = ordered && a[j-1].key <= a[j].key
		}
		if !ordered {
			slices.SortStableFunc(a[i:j], byKey)
		}
		i = j
	}
	return a, other
}

func byKey(a, b record) int { return cmp.Compare(a.key, b.key) }
