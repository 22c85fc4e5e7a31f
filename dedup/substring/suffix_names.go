package substring

// sortNames writes the suffix array of a text of numbers 1 to last into order, by SA-IS (Nong, Zhang and Chan 2009). The names of LMS substrings
// are numbered in order's second half. What free has room for is not allocated.
func sortNames(text, order []int32, last int32, free []int32) {
	n := len(text)
	if n < 2 {
		clear(order)
		return
	}
	types := newBitmap(int64(n)) // positions of type S
	counts, free := carve(free, int(last)+1)
	clear(counts)
	for i := n - 2; i >= 0; i-- {
		if text[i] < text[i+1] || text[i] == text[i+1] && types.Has(int64(i+1)) {
			types.set(int64(i))
		}
	}
	for _, c := range text {
		counts[c]++
	}
	lms := func(i int32) bool { return i > 0 && types.Has(int64(i)) && !types.Has(int64(i-1)) }
	at, free := carve(free, int(last)+1)

	// Any order of the LMS suffixes, induced, sorts their substrings.
	fill(order, empty)
	ends(counts, at)
	for i := range int32(n) {
		if lms(i) {
			at[text[i]]--
			order[at[text[i]]] = i
		}
	}
	induceNames(text, order, types, counts, at)
	m := 0
	for _, p := range order {
		if lms(p) {
			order[m] = p
			m++
		}
	}
	name := nameSubstrings(text, order, m, lms)
	sorted := order[:m]
	shorter, free := carve(free, m)
	k := 0
	for _, c := range order[n-(n+1)/2:] {
		if c != 0 {
			shorter[k] = c
			k++
		}
	}
	if int(name) < m {
		sortNames(shorter, sorted, name, free)
	} else {
		for i, c := range shorter {
			sorted[c-1] = int32(i)
		}
	}
	k = 0
	for i := range int32(n) {
		if lms(i) {
			shorter[k] = i
			k++
		}
	}
	for i, j := range sorted {
		sorted[i] = shorter[j]
	}
	fill(order[m:], empty)
	ends(counts, at)
	for i := m - 1; i >= 0; i-- {
		p := order[i]
		order[i] = empty
		at[text[p]]--
		order[at[text[p]]] = p
	}
	induceNames(text, order, types, counts, at)
}

const empty = int32(-1)

func fill(a []int32, v int32) {
	for i := range a {
		a[i] = v
	}
}

// ends and starts set at to where each number's suffixes end and begin.
func ends(counts, at []int32) {
	sum := int32(0)
	for c, n := range counts {
		sum += n
		at[c] = sum
	}
}

func starts(counts, at []int32) {
	sum := int32(0)
	for c, n := range counts {
		at[c] = sum
		sum += n
	}
}

// induceNames sorts the suffixes of type L by the LMS ones, then those of type S by these.
func induceNames(text, order []int32, types *Bitmap, counts, at []int32) {
	starts(counts, at)
	last := int32(len(text) - 1)
	order[at[text[last]]] = last
	at[text[last]]++
	for _, p := range order {
		if p > 0 && !types.Has(int64(p-1)) {
			c := text[p-1]
			order[at[c]] = p - 1
			at[c]++
		}
	}
	ends(counts, at)
	for i := len(order) - 1; i >= 0; i-- {
		if p := order[i]; p > 0 && types.Has(int64(p-1)) {
			c := text[p-1]
			at[c]--
			order[at[c]] = p - 1
		}
	}
}

// nameSubstrings numbers the m LMS substrings at the beginning of order from 1, equal ones alike, and writes the number of the one at
// position p to place p/2 of order's second half. It returns the last number.
func nameSubstrings(text, order []int32, m int, lms func(int32) bool) int32 {
	names := order[len(order)-(len(order)+1)/2:]
	clear(names)
	name, before := int32(0), int32(-1)
	for _, p := range order[:m] {
		if before < 0 || !equalSubstrings(text, before, p, lms) {
			name++
		}
		names[p>>1] = name
		before = p
	}
	return name
}

// equalSubstrings compares from one LMS position to the next, that included.
func equalSubstrings(text []int32, a, b int32, lms func(int32) bool) bool {
	n := int32(len(text))
	for i := int32(0); ; i++ {
		if a+i == n || b+i == n || text[a+i] != text[b+i] {
			return false
		}
		if i > 0 {
			if x, y := lms(a+i), lms(b+i); x != y {
				return false
			} else if x {
				return true
			}
		}
	}
}
