package substring

import "bytes"

// A filter tells which windows of a text may occur twice. Whatever occurs twice, as long as its suffixes that begin at a multiple of 1<<shift do so too, in what of the window
// they hold; and suffixes that agree are neighbours in the array. So it is enough to compare those few with their neighbours (LCP values of a sample of the text: Kärkkäinen,
// Manzini and Puglisi 2009).
type filter struct {
	shift uint
	marks *Bitmap // of blocks: block b is the positions that have their next multiple of 1<<shift at b<<shift
}

// mostSkip is the most positions, as a power of two, of which one is compared.
const mostSkip = 5

// newFilter returns nil, which lets all windows pass, for short windows.
func newFilter(texts *Texts, window int, suffixes []int32) *filter {
	f := &filter{}
	for f.shift < mostSkip && 4<<f.shift <= window {
		f.shift++
	}
	if f.shift < 2 {
		return nil
	}
	skip := int32(1)<<f.shift - 1
	size := texts.Size()
	f.marks = newBitmap(size>>f.shift + 2)
	n := int64(window) - int64(skip) // what a window holds of the suffix at least
	for i, p := range suffixes {
		if p&skip != 0 {
			continue
		}
		if i > 0 && agree(texts, int64(p), int64(suffixes[i-1]), n) || i+1 < len(suffixes) && agree(texts, int64(p), int64(suffixes[i+1]), n) {
			f.marks.set(int64(p) >> f.shift)
		}
	}
	return f
}

// may reports whether the window at p may occur twice.
func (f *filter) may(p int32) bool {
	return f == nil || f.marks.Has((int64(p)+1<<f.shift-1)>>f.shift)
}

// blockEnd is the last position of the block that holds i.
func (f *filter) blockEnd(i int64) int64 { return (i + 1<<f.shift - 1) >> f.shift << f.shift }

// agree reports whether the suffixes at p and q agree in n symbols.
func agree(texts *Texts, p, q, n int64) bool {
	if max(p, q)+n > texts.Size() {
		return false
	}
	a, b := texts.at(uint64(p), uint64(n)), texts.at(uint64(q), uint64(n))
	tail := len(a) - min(8, len(a)) // where what differs mostly does
	return lastBytes(a[tail:]) == lastBytes(b[tail:]) && bytes.Equal(a, b)
}

// markEqual leaves in the array of the only partition the windows that may occur twice, and adds to found those that are equal to the one before. Room is an element for each
// position.
//
// The windows are compared in the order of the text: what begins one position later agrees with its neighbour in one symbol less at least, so
// that a long passage is read once (Kärkkäinen, Manzini and Puglisi 2009, section 3).
func (s *suffixSearch) markEqual(p *partition, room []uint32) {
	f := newFilter(s.texts, s.window, p.suffixes)
	kept, before := p.suffixes[:0], int32(-1)
	for _, q := range p.suffixes {
		if int64(q) < p.last && f.may(q) {
			room[q] = uint32(before + 1)
			kept = append(kept, q)
		}
		before = q
	}
	p.suffixes = kept
	size, window, shift := s.texts.Size(), int64(s.window), s.texts.shift
	text := s.texts.bytes
	common := int64(0) // symbols in which the suffix at i agrees with the one before it in the array, at least
	for i := int64(0); i < p.last; i++ {
		if !f.may(int32(i)) {
			i, common = f.blockEnd(i), 0
			continue
		}
		if room[i] == 0 {
			common = 0
			continue
		}
		if common = max(common-1, 0); common < window {
			j := int64(room[i]) - 1
			common += int64(commonPrefix(text[(i+common)<<shift:size<<shift], text[(j+common)<<shift:]) >> shift)
		}
		if common >= window {
			s.found.set(i)
		}
	}
}
