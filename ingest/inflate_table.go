package ingest

// Decoding tables. An entry says what the bits at hand, the next in the lowest place, stand for:
//
//	bits 0 to 5    how many bits to take: the code's, and the extra bits behind it; of a second table, how many bits index it
//	bits 8 to 11   how many of them are the code's
//	bits 16 to 27  a literal, the smallest length of a match, or where a second table begins
//	bits 16 to 30  of a distance: the smallest one, or where a second table begins
//	bits 28 to 31  what it is
//
// A table is indexed by the first litBits or distBits bits; longer codes go on in second tables behind it. In that of distances 0 is no code.
const (
	litBits     = 11
	distBits    = 9
	litTable    = 4096 // 2,342 are used at most (zlib's enough.c, for 286 symbols, 11 bits first, 15 in all)
	distTable   = 1024 // 594 are used at most (the same, for 30 symbols and 9 bits first)
	codeShift   = 8
	valueShift  = 16
	valueMask   = 1<<12 - 1
	distMask    = 1<<15 - 1
	isSpecial   = 1 << 30 // no literal and no length: a second table, the block's end, or, with neither, no code
	isSub       = 1 << 29 // with isSpecial: a second table
	isEnd       = 1 << 28 // with isSpecial: the block's end
	isLiteral   = 1 << 31
	isDistSub   = 1 << 31
	maxCodeBits = 15

	maxLitCodes  = 286
	maxDistCodes = 30
	endOfBlock   = 256
)

// lengthEntry and distanceEntry are the entries of symbols, without the bits of their codes (RFC 1951, section 3.2.5).

func litEntry(symbol int) uint32 {
	switch {
	case symbol < endOfBlock:
		return isLiteral | uint32(symbol)<<valueShift
	case symbol == endOfBlock:
		return isSpecial | isEnd
	case symbol == 285:
		return 258 << valueShift
	case symbol > 285:
		return isSpecial // two symbols that only the fixed code has, and that mean nothing
	}
	i := symbol - 257
	if i < 8 {
		return uint32(i+3) << valueShift
	}
	extra := uint32(i/4 - 1)
	return (uint32(4+i%4)<<extra+3)<<valueShift | extra
}

func distEntry(symbol int) uint32 {
	switch {
	case symbol >= maxDistCodes:
		return 0 // two symbols that only the fixed code has: a distance of 0 is none
	case symbol < 4:
		return uint32(symbol+1) << valueShift
	}
	extra := uint32(symbol/2 - 1)
	return (uint32(2+symbol%2)<<extra+1)<<valueShift | extra
}

// buildTable fills a table for the code that has the given lengths. As zlib does, it takes a code that uses all of its bits, one symbol
// alone with a length of 1, and none at all.
func buildTable(table []uint32, lengths []uint8, first uint, none, sub uint32, entry func(symbol int) uint32) bool {
	var count, next [maxCodeBits + 2]uint32
	for _, n := range lengths {
		count[n]++
	}
	most, used := uint(0), uint32(0)
	for n := uint(1); n <= maxCodeBits; n++ {
		next[n+1] = (next[n] + count[n]) << 1
		used += count[n] << (maxCodeBits - n)
		if count[n] > 0 {
			most = n
		}
	}
	whole := used == 1<<maxCodeBits
	if !whole && most > 0 && !(most == 1 && count[1] == 1) {
		return false
	}
	if !whole {
		for i := range table[:1<<first] {
			table[i] = none
		}
	}
	// The symbols in the order of their codes, so that those of one prefix come together.
	var place [maxCodeBits + 2]uint16
	for n := 1; n <= maxCodeBits; n++ {
		place[n+1] = place[n] + uint16(count[n])
	}
	var ordered [288]uint16
	for symbol, n := range lengths {
		if n > 0 {
			ordered[place[n]] = uint16(symbol)
			place[n]++
		}
	}
	free := uint32(1) << first // where the next second table goes
	prefix, seconds := uint32(1)<<31, uint(0)
	for _, symbol := range ordered[:place[most]] {
		n := uint(lengths[symbol])
		at := reverse(next[n], n)
		next[n]++
		e := entry(int(symbol))
		if n <= first {
			e += uint32(n) | uint32(n)<<codeShift
			for i := at; i < 1<<first; i += 1 << n {
				table[i] = e
			}
			continue
		}
		if p := at & (1<<first - 1); p != prefix {
			prefix = p
			seconds = secondBits(&count, n, first)
			if int(free)+1<<seconds > len(table) {
				return false
			}
			table[p] = sub | free<<valueShift | uint32(seconds)
			free += 1 << seconds
		}
		base := table[prefix] &^ sub >> valueShift
		e += uint32(n-first) | uint32(n-first)<<codeShift
		for i := at >> first; i < 1<<seconds; i += 1 << (n - first) {
			table[base+i] = e
		}
		count[n]-- // so that the next second table knows what is left
	}
	return true
}

// secondBits is how many bits index a second table that begins with a code of n bits: until the codes that are left fill it.
func secondBits(count *[maxCodeBits + 2]uint32, n, first uint) uint {
	left := int32(1) << (n - first)
	for bits := n; ; bits++ {
		left -= int32(count[bits])
		if left <= 0 || bits == maxCodeBits {
			return bits - first
		}
		left <<= 1
	}
}

// codeOrder is the order in which the lengths of the code for lengths come (RFC 1951, section 3.2.7).
var codeOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// fixedCodes sets the codes of section 3.2.6.
func (z *inflater) fixedCodes() {
	if z.fixed {
		return
	}
	z.fixed = true
	var lengths [288]uint8
	for i := range lengths {
		switch {
		case i < 144:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		case i < 280:
			lengths[i] = 7
		default:
			lengths[i] = 8
		}
	}
	buildTable(z.symbols[:], lengths[:], litBits, isSpecial, isSpecial|isSub, litEntry)
	for i := range 32 {
		lengths[i] = 5
	}
	buildTable(z.distances[:], lengths[:32], distBits, 0, isDistSub, distEntry)
}

// dynamicCodes reads the codes that a block brings (section 3.2.7).
func (z *inflater) dynamicCodes() error {
	head, err := z.take(14)
	if err != nil {
		return err
	}
	literals, distances, orders := head&31+257, head>>5&31+1, head>>10+4
	if literals > maxLitCodes || distances > maxDistCodes {
		return errDeflate
	}
	var small [19]uint8
	for _, symbol := range codeOrder[:orders] {
		n, err := z.take(3)
		if err != nil {
			return err
		}
		small[symbol] = uint8(n)
	}
	z.fixed = false
	// The table of symbols is free until its own code is known.
	if !buildTable(z.symbols[:], small[:], 7, 0, 0, func(symbol int) uint32 { return uint32(symbol+1) << valueShift }) {
		return errDeflate
	}
	if err := z.readLengths(literals + distances); err != nil {
		return err
	}
	if !buildTable(z.symbols[:], z.lengths[:literals], litBits, isSpecial, isSpecial|isSub, litEntry) ||
		!buildTable(z.distances[:], z.lengths[literals:literals+distances], distBits, 0, isDistSub, distEntry) {
		return errDeflate
	}
	return nil
}

// readLengths reads the lengths of n codes.
func (z *inflater) readLengths(n int) error {
	for i := 0; i < n; {
		if z.nbits < 14 {
			z.fill()
		}
		e := z.symbols[z.bits&(1<<min(z.nbits, 7)-1)]
		used := uint(e & 63)
		if e == 0 {
			return z.noCode(z.nbits)
		}
		if used > z.nbits {
			return z.short()
		}
		z.bits >>= used
		z.nbits -= used
		symbol := int(e>>valueShift) - 1
		if symbol < 16 {
			z.lengths[i] = uint8(symbol)
			i++
			continue
		}
		repeat, extra, value := 3, uint(2), uint8(0)
		switch symbol {
		case 16:
			if i == 0 {
				return errDeflate
			}
			value = z.lengths[i-1]
		case 17:
			extra = 3
		case 18:
			repeat, extra = 11, 7
		}
		more, err := z.take(extra)
		if err != nil {
			return err
		}
		repeat += more
		if i+repeat > n {
			return errDeflate
		}
		for range repeat {
			z.lengths[i] = value
			i++
		}
	}
	return nil
}
