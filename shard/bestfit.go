package shard

import "math/bits"

// fitter packs items into bins of one size by best fit decreasing, in which Ding et al. ("Fewer Truncations Improve
// Language Modeling", 2024, section 3.2) pack documents: every item, the longest first, goes into the bin with the least
// room that holds it, or into a new one. It takes constant time an item, and one counting sort. The zero fitter is ready.
type fitter struct {
	order  []int32 // items from the longest to the shortest
	counts []int32 // by length, for the sort
	heads  []int32 // by room, the bin with that room that got it last; -1: none
	next   []int32 // by bin, the bin that had the same room before
	levels [][]uint64
}

// fit puts items of the given lengths, 1 to size, into bins. Rooms are the room in bins that hold items from before, 0 to size; the
// new bins are numbered behind them. It returns the bin of every item, and the room left in every bin.
func (f *fitter) fit(lengths, rooms []int32, size int) (bins, left []int32) {
	f.reset(size)
	for bin, room := range rooms {
		f.put(int32(bin), room)
	}
	bins = make([]int32, len(lengths))
	f.sort(lengths, size)
	for _, item := range f.order {
		length := lengths[item]
		room, ok := f.least(length)
		var bin int32
		if ok {
			bin = f.take(room)
		} else {
			bin, room = int32(len(rooms)), int32(size)
			rooms = append(rooms, room)
			f.next = append(f.next, -1)
		}
		bins[item] = bin
		rooms[bin] = room - length
		f.put(bin, room-length)
	}
	return bins, rooms
}

func (f *fitter) reset(size int) {
	if len(f.heads) != size+1 {
		f.heads, f.counts, f.levels = make([]int32, size+1), make([]int32, size+2), nil
		for n := size + 1; ; {
			n = (n + 63) / 64
			f.levels = append(f.levels, make([]uint64, n))
			if n == 1 {
				break
			}
		}
	}
	for i := range f.heads {
		f.heads[i] = -1
	}
	for _, level := range f.levels {
		clear(level)
	}
	f.next = f.next[:0]
}

// sort lists the items by length, the longest first, and those of one length in their order.
func (f *fitter) sort(lengths []int32, size int) {
	clear(f.counts)
	for _, n := range lengths {
		f.counts[int32(size)-n+1]++
	}
	for i := range size + 1 {
		f.counts[i+1] += f.counts[i]
	}
	if cap(f.order) < len(lengths) {
		f.order = make([]int32, len(lengths))
	}
	f.order = f.order[:len(lengths)]
	for item, n := range lengths {
		f.order[f.counts[int32(size)-n]] = int32(item)
		f.counts[int32(size)-n]++
	}
}

// put notes the room of a bin. A full one is not noted.
func (f *fitter) put(bin, room int32) {
	for int(bin) >= len(f.next) {
		f.next = append(f.next, -1)
	}
	if room == 0 {
		return
	}
	f.next[bin] = f.heads[room]
	f.heads[room] = bin
	for i, level := range f.levels {
		at := room >> (6 * i)
		level[at>>6] |= 1 << (at & 63)
	}
}

// take takes a bin of a room out of the notes.
func (f *fitter) take(room int32) int32 {
	bin := f.heads[room]
	f.heads[room] = f.next[bin]
	if f.heads[room] >= 0 {
		return bin
	}
	for i, level := range f.levels {
		at := room >> (6 * i)
		if level[at>>6] &^= 1 << (at & 63); level[at>>6] != 0 {
			break
		}
	}
	return bin
}

// least finds the least room noted that is not below a length. Level 0 has a bit for every room, and each further level a
// bit for every word of the one below that is not zero.
func (f *fitter) least(length int32) (int32, bool) {
	at := length
	for i := 0; i < len(f.levels); i++ {
		if int(at>>6) >= len(f.levels[i]) {
			return 0, false
		}
		if word := f.levels[i][at>>6] >> (at & 63); word != 0 {
			at += int32(bits.TrailingZeros64(word))
			for i > 0 { // down to the least below it
				i--
				at = at<<6 + int32(bits.TrailingZeros64(f.levels[i][at]))
			}
			return at, true
		}
		at = at>>6 + 1
	}
	return 0, false
}
