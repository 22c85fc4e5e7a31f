package substring

import (
	"iter"
	"math/bits"
)

// Bitmap is a set of positions, one bit for each byte of text.
type Bitmap struct {
	words []uint64
	size  int64
}

func newBitmap(size int64) *Bitmap {
	return &Bitmap{words: large[uint64](int((size + 63) / 64)), size: size}
}

// Has reports whether position p, 0 <= p < Size, is in the set.
func (b *Bitmap) Has(p int64) bool { return b.words[p>>6]>>(p&63)&1 != 0 }

// Size is the number of positions that could be in the set, Count of those that are.
func (b *Bitmap) Size() int64 { return b.size }

// Count is the number of positions in the set.
func (b *Bitmap) Count() int64 {
	var n int64
	for _, w := range b.words {
		n += int64(bits.OnesCount64(w))
	}
	return n
}

// Equal reports whether the two are the same set of the same size.
func (b *Bitmap) Equal(other *Bitmap) bool {
	if b.size != other.size {
		return false
	}
	for i, w := range b.words {
		if w != other.words[i] {
			return false
		}
	}
	return true
}

func (b *Bitmap) set(p int64)    { b.words[p>>6] |= 1 << (p & 63) }
func (b *Bitmap) remove(p int64) { b.words[p>>6] &^= 1 << (p & 63) }

// all yields the positions in the set, in order.
func (b *Bitmap) all() iter.Seq[int64] {
	return func(yield func(int64) bool) {
		for i, w := range b.words {
			for ; w != 0; w &= w - 1 {
				if !yield(int64(i)<<6 + int64(bits.TrailingZeros64(w))) {
					return
				}
			}
		}
	}
}

// setRange adds the n positions from p on.
func (b *Bitmap) setRange(p, n int64) {
	if n <= 0 {
		return
	}
	first, last := p>>6, (p+n-1)>>6
	head, tail := ^uint64(0)<<(p&63), ^uint64(0)>>(63-(p+n-1)&63)
	if first == last {
		b.words[first] |= head & tail
		return
	}
	b.words[first] |= head
	for i := first + 1; i < last; i++ {
		b.words[i] = ^uint64(0)
	}
	b.words[last] |= tail
}
