package substring

import (
	"bytes"
	"container/heap"
	"context"
	"encoding/binary"
	"iter"
	"slices"
)

// suffixSearch is the state of one search by suffix arrays.
type suffixSearch struct {
	texts    *Texts
	window   int
	keep     int
	found    *Bitmap
	partners []uint32 // by position in found: 1 + the partner's position, or 0
	nearby   []uint32 // the document at every nearbyBytes'th position
	equal    []uint32 // the positions of equal windows

	// The window last visited.
	any        bool
	before     uint32
	beforeTail uint64
}

const nearbyBytes = 1024

// searchSuffixes finds the equal windows of texts: in the order of the suffixes, equal windows are neighbours. It gives what searchAnchors gives.
//
// The texts are cut into partitions. Each has the suffixes that begin in it and as many bytes behind them as a window needs, so
// that its order is right as far as windows go. The orders are merged.
func searchSuffixes(ctx context.Context, texts *Texts, opts Options) (*Bitmap, []record, error) {
	s := &suffixSearch{texts: texts, window: opts.MinLength, keep: opts.Keep, found: newBitmap(texts.Size())}
	// The search needs the memory of the partners once the orders are there; sorting uses it until then.
	scratch := large[uint64](int((texts.Size() + 1) / 2))
	var parts []partition
	most := int64(opts.PartitionBytes >> texts.shift)
	for at, size := int64(0), texts.Size(); at < size; {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		p := partition{base: at, end: size}
		if size-at > most {
			p.end = at + most - int64(opts.MinLength-1)
		}
		p.last = min(p.end, size-int64(opts.MinLength)+1) - at
		count := min(size, p.end+int64(opts.MinLength-1)) - at
		text := texts.at(uint64(at), uint64(count))
		p.suffixes = large[int32](int(count))
		if texts.shift == 0 {
			sortSuffixes(text, p.suffixes, scratch)
		} else {
			sortTokens(text, p.suffixes, len(texts.vocabulary.tokens), scratch)
		}
		parts = append(parts, p)
		at = p.end
	}
	s.partners = asUint32(scratch)[:texts.Size()]
	s.index()
	if len(parts) == 1 {
		s.markEqual(&parts[0], s.partners)
		s.inOrder(&parts[0])
	} else {
		s.merge(parts)
	}
	s.group()
	return s.found, s.collect(), ctx.Err()
}

// index makes nearby.
func (s *suffixSearch) index() {
	doc := 0
	for p := int64(0); p < s.texts.Size(); p += nearbyBytes {
		for doc+1 < s.texts.Len() && s.texts.starts[doc+1] <= p {
			doc++
		}
		s.nearby = append(s.nearby, uint32(doc))
	}
}

// document is the index of the document that holds position p.
func (s *suffixSearch) document(p uint32) int {
	doc := int(s.nearby[p/nearbyBytes])
	for doc+1 < s.texts.Len() && s.texts.starts[doc+1] <= int64(p) {
		doc++
	}
	return doc
}

// within reports whether the window at p lies within one document.
func (s *suffixSearch) within(p uint32) bool {
	_, end := s.texts.span(s.document(p))
	return int64(p)+int64(s.window) <= end
}

// A partition holds the order of the suffixes that begin at base … end-1; behind them there may be a few more.
type partition struct {
	base, end int64
	last      int64 // windows begin before base+last
	suffixes  []int32
	next      int
}

// fill writes the positions of the partition's next windows, in order, and returns how many; 0 at the end.
func (p *partition) fill(positions []uint32) int {
	n := 0
	for p.next < len(p.suffixes) && n == 0 {
		todo := p.suffixes[p.next:min(len(p.suffixes), p.next+len(positions))]
		for _, q := range todo {
			positions[n] = uint32(p.base + int64(q))
			if int64(q) < p.last {
				n++
			}
		}
		p.next += len(todo)
	}
	return n
}

const orderBlock = 512 // positions

// inOrder groups the windows that markEqual has left in the only partition. What is equal to the one before has it before itself still.
func (s *suffixSearch) inOrder(p *partition) {
	var isEqual [orderBlock]bool
	var before int32
	for block := range slices.Chunk(p.suffixes, orderBlock) {
		// The look-ups wait for memory; they wait at the same time when nothing stands between them.
		for i, q := range block {
			isEqual[i] = s.found.Has(int64(q))
		}
		for i, q := range block {
			switch {
			case !isEqual[i]:
				s.group()
			case len(s.equal) == 0:
				s.equal = append(s.equal, uint32(before), uint32(q))
			default:
				s.equal = append(s.equal, uint32(q))
			}
			before = q
		}
	}
}

// tail is the last bytes of the window at p: those in which windows that differ mostly do.
func (s *suffixSearch) tail(p uint32) uint64 {
	window := uint64(s.window) << s.texts.shift
	end := uint64(p)<<s.texts.shift + window
	return lastBytes(s.texts.bytes[end-min(8, window) : end])
}

// visit compares a window with the one before it in the order.
func (s *suffixSearch) visit(p uint32, tail uint64) {
	before := s.before
	if s.any && tail == s.beforeTail && s.same(p, before) {
		if len(s.equal) == 0 {
			s.equal = append(s.equal, before)
		}
		s.equal = append(s.equal, p)
	} else if len(s.equal) > 0 {
		s.group()
	}
	s.any, s.before, s.beforeTail = true, p, tail
}

func (s *suffixSearch) same(p, q uint32) bool {
	return bytes.Equal(s.texts.at(uint64(p), uint64(s.window)), s.texts.at(uint64(q), uint64(s.window)))
}

// lastBytes is up to eight bytes as a number.
func lastBytes(b []byte) uint64 {
	if len(b) == 8 {
		return binary.LittleEndian.Uint64(b)
	}
	var v uint64
	for _, c := range b {
		v = v<<8 | uint64(c)
	}
	return v
}

// group adds equal windows to found, sets their partners and forgets them. Those that reach past a document's end are left out, and one that is then alone.
func (s *suffixSearch) group() {
	if len(s.equal) == 0 {
		return
	}
	for _, p := range s.equal {
		s.found.remove(int64(p)) // where markEqual has put it
	}
	equal := slices.DeleteFunc(s.equal, func(p uint32) bool { return !s.within(p) })
	s.equal = s.equal[:0]
	if len(equal) < 2 {
		return
	}
	if ranks := s.texts.ranks; ranks == nil {
		slices.Sort(equal)
	} else {
		slices.SortFunc(equal, func(p, q uint32) int {
			return ranks.compare(s.document(p), s.document(q), uint64(p), uint64(q))
		})
	}
	for i, p := range equal {
		s.found.set(int64(p))
		switch {
		case s.keep > 0 && i >= s.keep:
			s.partners[p] = 1 + equal[s.keep-1]
		case s.keep == 0 && i == 0:
			s.partners[p] = 1 + equal[1]
		case s.keep == 0:
			s.partners[p] = 1 + equal[0]
		default:
			s.partners[p] = 0
		}
	}
}

// collect joins the partners to matches.
func (s *suffixSearch) collect() []record {
	count := 0
	var last match
	for m := range s.matches() {
		if !last.goesOn(m) {
			count++
		}
		last = m
	}
	all := make([]record, 0, count)
	for m := range s.matches() {
		all = joinMatch(all, m)
	}
	return all
}

// matches yields each window that has a partner, in the order of the text.
func (s *suffixSearch) matches() iter.Seq[match] {
	return func(yield func(match) bool) {
		for p := range s.found.all() {
			if partner := s.partners[p]; partner != 0 && !yield(match{from: uint64(p), to: uint64(partner - 1), n: 1}) {
				return
			}
		}
	}
}

// merge visits the windows of all partitions.
func (s *suffixSearch) merge(parts []partition) {
	m := merger{search: s}
	for i := range parts {
		c := &cursor{partition: &parts[i]}
		if c.forward() {
			m.parts = append(m.parts, c)
		}
	}
	heap.Init(&m)
	for len(m.parts) > 0 {
		c := m.parts[0]
		s.visit(c.positions[0], s.tail(c.positions[0]))
		if c.positions = c.positions[1:]; len(c.positions) > 0 || c.forward() {
			heap.Fix(&m, 0)
		} else {
			heap.Pop(&m)
		}
	}
}

// A cursor goes through the windows of a partition: positions[0] is the current one.
type cursor struct {
	partition *partition
	positions []uint32
	buffer    [orderBlock]uint32
}

// forward fills positions; false means that there are no more.
func (c *cursor) forward() bool {
	c.positions = c.buffer[:c.partition.fill(c.buffer[:])]
	return len(c.positions) > 0
}

// merger is a heap of partitions by their current window.
type merger struct {
	search *suffixSearch
	parts  []*cursor
}

func (m *merger) window(i int) []byte {
	return m.search.texts.at(uint64(m.parts[i].positions[0]), uint64(m.search.window))
}

func (m *merger) Len() int           { return len(m.parts) }
func (m *merger) Less(i, j int) bool { return bytes.Compare(m.window(i), m.window(j)) < 0 }
func (m *merger) Swap(i, j int)      { m.parts[i], m.parts[j] = m.parts[j], m.parts[i] }
func (m *merger) Push(x any)         { m.parts = append(m.parts, x.(*cursor)) }
func (m *merger) Pop() any {
	last := len(m.parts) - 1
	p := m.parts[last]
	m.parts = m.parts[:last]
	return p
}
