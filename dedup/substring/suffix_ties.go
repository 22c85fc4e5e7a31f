package substring

import "unsafe"

// What is known of an LMS suffix at position p, at place p/2 of the names: LMS positions are two symbols apart at least.
const (
	isOdd   = 1 << iota // p is odd
	isTied              // it agrees with another one as far as they were compared
	isNamed             // it has a name in the text of names
	isThere
	nameShift = 2 // a name stands above isOdd and isTied
)

// orderTies puts the tied of the m LMS suffixes at the beginning of sa into order.
//
// The text of names has one for each tied suffix, and one for each that follows a tied one in the text. What follows a suffix
// that no other is equal to never decides, so all others are left out.
func orderTies(sa []int32, m int, scratch []uint64) {
	names := sa[len(sa)-(len(sa)+1)/2:] // half of the array is free
	clear(names)
	sorted := sa[:m]
	for i, p := range sorted {
		v := isThere | p&isOdd
		if p < 0 || i+1 < m && sorted[i+1] < 0 {
			v |= isTied
		}
		names[p&^tied>>1] = v
	}
	count := chooseNames(names)
	if count == 0 {
		return
	}
	last := numberNames(sorted, names)
	free := asInt32(scratch)
	text, free := carve(free, count)
	positions, free := carve(free, count)
	order, _ := carve(free, count)
	i := 0
	for slot, v := range names {
		if v == 0 {
			continue
		}
		text[i] = v >> nameShift
		positions[i] = -1
		if v&isTied != 0 {
			positions[i] = int32(2*slot) | v&isOdd
		}
		i++
	}
	sortNumbers(text, order, last, scratch[min(len(scratch), (3*count+1)/2):])
	placeTies(sorted, order, positions)
}

// chooseNames sets isNamed, and returns how many have a name.
func chooseNames(names []int32) int {
	count, wasTied := 0, false
	for i, v := range names {
		if v == 0 {
			continue
		}
		if isTied&v != 0 || wasTied {
			names[i] |= isNamed
			count++
		}
		wasTied = isTied&v != 0
	}
	return count
}

// numberNames replaces what is known of each suffix by its name, 1 and up in the order of the suffixes, or by 0, and returns the last.
func numberNames(sorted, names []int32) (last int32) {
	for _, p := range sorted {
		slot := p &^ tied >> 1
		v := names[slot]
		if v&isNamed == 0 {
			names[slot] = 0
			continue
		}
		if p >= 0 { // else it has the name of the one before
			last++
		}
		names[slot] = last<<nameShift | v&(isOdd|isTied)
	}
	return last
}

// placeTies puts the tied suffixes in their order: those of the names come group by group, as the tied ones lie.
func placeTies(sorted, order, positions []int32) {
	i := 0
	for _, j := range order {
		if positions[j] < 0 {
			continue // tied with none
		}
		for sorted[i] >= 0 && (i+1 == len(sorted) || sorted[i+1] >= 0) {
			i++
		}
		sorted[i] = positions[j] | sorted[i]&tied
		i++
	}
	for i := range sorted {
		sorted[i] &^= tied
	}
}

// asInt32 is the same memory as halves of its elements.
func asInt32(words []uint64) []int32 {
	return unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(words))), 2*len(words))
}

func asUint32(words []uint64) []uint32 {
	return unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(words))), 2*len(words))
}
