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

// agree reports whether the suffixes at p and q agree in n symbols.
func agree(texts *Texts, p, q, n int64) bool {
	if max(p, q)+n > texts.Size() {
		return false
	}
	a, b := texts.at(uint64(p), uint64(n)), texts.at(uint64(q), uint64(n))
	tail := len(a) - min(8, len(a)) // where what differs mostly does
	return lastBytes(a[tail:]) == lastBytes(b[tail:]) && bytes.Equal(a, b)
}
