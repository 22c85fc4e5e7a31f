package tokenize

import (
	"math"
	"math/bits"
	"slices"
	"sync"
)

// A backtracker encodes a word by merging's result rather than by merging: tokens are the encoding of their bytes exactly if
// each two neighbours are, because a merge that crosses a boundary depends on the two tokens there alone. So it takes
// the longest token, and a shorter one where neighbours do not go together, and never comes back to a boundary that
// failed: the encoding of the bytes before a boundary is one only. Each byte is therefore looked at a number of
// times that the vocabulary bounds, and encoding is linear in the length of the word. (The observation is that of
// the crate bpe of github/rust-gems, 2024.)
type backtracker struct {
	trie    *tokenTrie
	parts   []tokenParts // by id
	lengths []uint16     // bytes, by id
	ranks   *pairTable
	filter  pairFilter // of the pairs in ranks
	lone    bool       // some tokens are given by whole words only
	odd     *tokenTrie // of the tokens that are made before their parts; nil: there are none
}

// tokenParts says how a token is made. The rank of a byte is -1, that of a token which only whole words give is loneRank. The size of 16 bytes keeps each in one line of the cache.
type tokenParts struct {
	rank        int32
	left, right uint32
	prefix      uint32 // the longest other token that the token starts with and that merging gives, or noID
}

const loneRank = -2

// lazyTables are what only encoding needs, made when it is first asked for.
type lazyTables struct {
	once     sync.Once
	fast     *backtracker
	specials lazySpecials
	encoders sync.Pool // of EncodeBatch
}

// backtracker returns the model's, or nil where newBacktracker does and where words are not merged.
func (m *Model) backtracker() *backtracker {
	if m.words != nil {
		return nil
	}
	m.lazy.once.Do(func() { m.lazy.fast = newBacktracker(m) })
	return m.lazy.fast
}

// newBacktracker returns nil where there are too many tokens, or too long ones, for its tables.
func newBacktracker(m *Model) *backtracker {
	b := &backtracker{
		parts: make([]tokenParts, len(m.tokens)), lengths: make([]uint16, len(m.tokens)),
		ranks: m.ranks, filter: newPairFilter(len(m.merges)), lone: len(m.lone) > 0,
	}
	for id, t := range m.tokens {
		if len(t) > math.MaxUint16 {
			return nil
		}
		b.parts[id], b.lengths[id] = tokenParts{rank: -1, prefix: noID}, uint16(len(t))
	}
	for _, id := range m.lone {
		b.parts[id].rank = loneRank
	}
	for rank, g := range m.merges {
		b.filter.add(g.pair())
		p := &b.parts[g.id]
		p.rank, p.left, p.right = int32(rank), g.left, g.right
	}
	odd := b.oddTokens(m)
	tokens := make([]trieToken, 0, len(m.tokens))
	for id, t := range m.tokens {
		if t != nil && !odd[uint32(id)] && !m.special(uint32(id)) {
			tokens = append(tokens, trieToken{t, uint32(id)})
		}
	}
	slices.SortFunc(tokens, compareTokens)
	b.trie = newTokenTrie(tokens, func(id, of uint32) {
		if of != noID && b.parts[of].rank == loneRank {
			of = b.parts[of].prefix
		}
		b.parts[id].prefix = of
	})
	if b.trie == nil {
		return nil
	}
	return b
}

// oddTokens returns the tokens whose merge has a lower rank than that of one of their parts, and those made of such ones, and
// puts the former into b.odd. No trainer makes any, but Llama 3 has 81. Merging cannot be undone by rank there. A word
// that has the bytes of none of them is encoded as if they did not exist.
func (b *backtracker) oddTokens(m *Model) map[uint32]bool {
	odd := map[uint32]bool{}
	var tokens []trieToken
	for _, g := range m.merges {
		if p := &b.parts[g.id]; b.parts[g.left].rank >= p.rank || b.parts[g.right].rank >= p.rank {
			odd[g.id] = true
			tokens = append(tokens, trieToken{m.tokens[g.id], g.id})
		}
	}
	if len(tokens) == 0 {
		return nil
	}
	slices.SortFunc(tokens, compareTokens)
	b.odd = newTokenTrie(tokens, func(_, _ uint32) {})
	for more := true; more; {
		more = false
		for _, g := range m.merges {
			if !odd[g.id] && (odd[g.left] || odd[g.right]) {
				odd[g.id], more = true, true
			}
		}
	}
	return odd
}

// isOdd says whether a word has the bytes of a token that is made before its parts.
func (b *backtracker) isOdd(word string) bool {
	if b.odd == nil {
		return false
	}
	for i := range len(word) {
		if _, n := b.odd.longest(word[i:]); n > 0 {
			return true
		}
	}
	return false
}

// encode appends the ids of a word, which is not empty. ok is false, and nothing is appended, if the word must be merged.
func (b *backtracker) encode(s *mergeScratch, dst []uint32, word string) (ids []uint32, ok bool) {
	id, n := b.trie.longest(word)
	if n == len(word) {
		return append(dst, id), true
	}
	if b.isOdd(word) {
		return dst, false
	}
	id, n = b.notLone(id, n)
	start, pos := len(dst), 0
	s.clearFailed(len(word))
	for {
		end := pos + n
		if s.failed[end>>6]>>(end&63)&1 == 0 && (len(dst) == start || b.together(s, dst[len(dst)-1], id)) {
			dst = append(dst, id)
			if end == len(word) {
				return dst, true
			}
			pos = end
			id, n = b.notLone(b.trie.longest(word[pos:]))
			continue
		}
		for id = b.parts[id].prefix; id == noID; id = b.parts[id].prefix {
			if len(dst) == start {
				return dst, false
			}
			s.failed[pos>>6] |= 1 << (pos & 63)
			id = dst[len(dst)-1]
			dst = dst[:len(dst)-1]
			pos -= int(b.lengths[id])
		}
		n = int(b.lengths[id])
	}
}

// notLone returns the token, or the longest one within it, that merging gives.
func (b *backtracker) notLone(id uint32, n int) (uint32, int) {
	if b.lone && b.parts[id].rank == loneRank {
		id = b.parts[id].prefix
		n = int(b.lengths[id])
	}
	return id, n
}

// clearFailed makes room for a bit at each place in a word of n bytes and behind it.
func (s *mergeScratch) clearFailed(n int) {
	words := n>>6 + 1
	if words > cap(s.failed) {
		s.failed = make([]uint64, words)
		return
	}
	s.failed = s.failed[:words]
	clear(s.failed)
}

// pairMemo remembers of neighbours whether they go together: left, right and the answer, in one place for each hash.
const pairMemoBits = 14

// together says whether two tokens next to each other encode to themselves.
func (b *backtracker) together(s *mergeScratch, left, right uint32) bool {
	if s.memo == nil {
		return b.compatible(left, right)
	}
	key := 1<<63 | uint64(left)<<32 | uint64(right)<<1
	h := key * 0x9E3779B97F4A7C15 >> (64 - pairMemoBits)
	if was := s.memo[h]; was&^1 == key {
		return was&1 != 0
	}
	if b.compatible(left, right) {
		s.memo[h] = key | 1
		return true
	}
	s.memo[h] = key
	return false
}

// compatible goes back through the merges that made two neighbours, the latest first, and asks before each whether the parts that
// then met at the boundary would have been merged earlier than it was. Of merges of one rank the leftmost is made first: that
// inside the left token before one across the boundary, that before one inside the right token.
func (b *backtracker) compatible(left, right uint32) bool {
	limit := int64(noRank)
	for {
		if p := makePair(left, right); b.filter.has(p) {
			if rank := b.ranks.find(p).value; rank != 0 && int64(rank-1) < limit {
				return false
			}
		}
		l, r := &b.parts[left], &b.parts[right]
		switch {
		case l.rank > r.rank:
			left, limit = l.right, int64(l.rank)
		case r.rank >= 0:
			right, limit = r.left, int64(r.rank)+1
		default:
			return true
		}
	}
}

// pairFilter tells most pairs that are not in a set from those that are: a bit for each hash (Bloom 1970, with one
// hash and 8 to 16 bits for each pair), an eighth of the memory of a pairTable at most.
type pairFilter struct {
	bits  []uint64
	shift uint8
}

func newPairFilter(n int) pairFilter {
	size := max(bits.Len(uint(n))+3, 6)
	return pairFilter{make([]uint64, 1<<(size-6)), uint8(64 - size)}
}

func (f pairFilter) place(p pair) uint64 {
	h := uint64(p) * 0x9E3779B97F4A7C15
	return (h ^ h>>32) * 0x9E3779B97F4A7C15 >> f.shift
}

func (f pairFilter) add(p pair) {
	h := f.place(p)
	f.bits[h>>6] |= 1 << (h & 63)
}

func (f pairFilter) has(p pair) bool {
	h := f.place(p)
	return f.bits[h>>6]>>(h&63)&1 != 0
}
