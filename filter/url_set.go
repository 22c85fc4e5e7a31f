package filter

import (
	"math/bits"
	"slices"

	"github.com/cespare/xxhash/v2"
)

// urlSet is a set of strings that is asked and never changed: the sorted 64-bit hashes of its members, and where in them each
// of their first bits begins. It takes 8.3 bytes a member, whatever their length. A string that is no member counts as one with probability
// n/2^64: 3e-13 at 5 million members.
type urlSet struct {
	hashes []uint64
	starts []uint32 // of the hashes whose first bits are the index, and one more
	shift  uint     // 64 less the number of these bits
}

// urlSetBuilder gathers the hashes of members, which may come several times.
type urlSetBuilder struct{ hashes []uint64 }

func (b *urlSetBuilder) add(member []byte) {
	if len(b.hashes) == cap(b.hashes) && len(b.hashes) >= urlSetRoom {
		b.compact()
		b.hashes = slices.Grow(b.hashes, len(b.hashes))
	}
	b.hashes = append(b.hashes, xxhash.Sum64(member))
}

// urlSetRoom is the number of members from which a builder looks for repetitions before it takes more memory: a small compressed file may hold one line any number of times.
const urlSetRoom = 1 << 24

func (b *urlSetBuilder) compact() {
	slices.Sort(b.hashes)
	b.hashes = slices.Compact(b.hashes)
}

// maxURLSet is the number of members that a set has room for.
const maxURLSet = 1<<32 - 1

// set makes the set. The builder is of no use afterwards.
func (b *urlSetBuilder) set() urlSet {
	if len(b.hashes) == 0 {
		return urlSet{}
	}
	b.compact()
	s := urlSet{hashes: slices.Clone(b.hashes)}
	b.hashes = nil
	width := max(0, bits.Len(uint(len(s.hashes)))-4) // some 12 hashes a start
	s.shift = uint(64 - width)
	s.starts = make([]uint32, 1<<width+1)
	next := 0
	for i, h := range s.hashes {
		for ; next <= int(h>>s.shift); next++ {
			s.starts[next] = uint32(i)
		}
	}
	for ; next < len(s.starts); next++ {
		s.starts[next] = uint32(len(s.hashes))
	}
	return s
}

// len is the number of members.
func (s *urlSet) len() int { return len(s.hashes) }

// has reports a member.
func (s *urlSet) has(member string) bool {
	if len(s.hashes) == 0 {
		return false
	}
	h := xxhash.Sum64String(member)
	at := h >> s.shift
	for _, other := range s.hashes[s.starts[at]:s.starts[at+1]] {
		if other >= h {
			return other == h
		}
	}
	return false
}
