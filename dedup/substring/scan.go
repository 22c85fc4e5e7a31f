package substring

import (
	"encoding/binary"
	"math/bits"
)

// An anchor stands for the windows of a document that choose the same gram: those that begin at first … last. The gram begins
// at first+ahead.
type anchor struct {
	hash        uint64 // of the gram
	first, last int
	ahead       int
}

// A scanner finds the anchors of one document after another.
//
// A window is K bytes (or tokens); its grams are the K/2-grams that lie within it; its anchor is the leftmost of those with the
// least hash. The choice depends on the window's bytes alone, so equal windows choose the same place: this is
// winnowing (Schleimer, Wilkerson and Aiken 2003, section 3) and minimizers (Roberts et al. 2004), with the
// leftmost instead of the rightmost of equal hashes.
type scanner struct {
	window int  // K, bytes or tokens
	shift  uint // each of 1<<shift bytes
	gram   int  // bytes or tokens of a gram
	grams  int  // grams of a window
	keep   int
	hashes []uint64
	tables byteTables

	// anchor is called for each anchor in the order of the text.
	anchor func(anchor)
	// repeat is called for windows first … last that are equal to those period bytes before them, in place of their anchors.
	repeat func(first, last, period int)
}

// hashBase is the base of the rolling hash: odd, so that no power of it vanishes modulo 2^64.
const hashBase = 0x9fb21c651e98df25

// scanBlock is the least number of hashes that are computed at once.
const scanBlock = 2048

func newScanner(opts Options, anchor func(anchor), repeat func(first, last, period int)) *scanner {
	s := &scanner{window: opts.MinLength, shift: opts.shift(), gram: opts.MinLength / 2, keep: opts.Keep, anchor: anchor, repeat: repeat}
	s.grams = s.window - s.gram + 1
	s.hashes = make([]uint64, s.grams-1+max(scanBlock, 4*s.grams))
	s.tables.set(s.gram)
	return s
}

// scan finds the anchors of a text. Every position at which a window fits is among the windows of exactly one anchor
// or repeat.
func (s *scanner) scan(text []byte) {
	size := len(text) >> s.shift
	count := size - s.gram + 1 // grams of the text
	if size < s.window {
		return
	}
	roll := newRoller(text, s.shift, s.gram, &s.tables)
	run := runs{scanner: s, text: text}
	buffer, filled, base := s.hashes, 0, 0 // buffer[i] is the hash of gram base+i
	var least uint64                       // the hash of the current anchor's gram
	at, first := 0, 0                      // its index in buffer, and the index of its first window; may be negative
	started := false
	for base+filled < count {
		from := filled
		filled = min(len(buffer), count-base)
		roll.fill(buffer[from:filled])
		i := from
		if !started {
			started = true
			at = leftmost(buffer[:s.grams], 0)
			least, i = buffer[at], s.grams
		}
		for {
			end := min(at+s.grams, filled) // the gram at at is in the windows that end before
			i = firstLess(buffer, i, end, least)
			if i >= filled {
				break
			}
			start := i - s.grams + 1
			run.add(anchor{hash: least, first: base + first, last: base + start - 1, ahead: at - first})
			first = start
			if i < end || buffer[i] < least {
				at = i
			} else {
				at = start + leftmost(buffer[start:i+1], least)
			}
			least = buffer[at]
			i++
		}
		// The last grams are still needed for the windows to come.
		if base+filled < count {
			drop := filled - (s.grams - 1)
			copy(buffer, buffer[drop:filled])
			base, filled, at, first = base+drop, s.grams-1, at-drop, first-drop
		}
	}
	run.add(anchor{hash: least, first: base + first, last: size - s.window, ahead: at - first})
	run.flush()
}

// firstLess is the first index i >= from with hashes[i] < least, or end.
func firstLess(hashes []uint64, from, end int, least uint64) int {
	for i, h := range hashes[from:max(from, end)] {
		if h < least {
			return from + i
		}
	}
	return max(from, end)
}

// leftmost is the index of the first of the least hashes. None is less than floor: the first that is equal to it ends the
// search, which makes a periodic text cost one period for each of its anchors.
func leftmost(hashes []uint64, floor uint64) int {
	at, least := 0, hashes[0]
	if least == floor {
		return 0
	}
	for i, h := range hashes {
		if h < least {
			at, least = i, h
			if h == floor {
				break
			}
		}
	}
	return at
}

// byteTables hold the number that stands for each byte in a hash, as it comes into a gram and, times base^gram, as it leaves it.
type byteTables struct {
	coming, leaving [256]uint64
	top             uint64 // base^gram
}

// set draws the numbers at random, from a fixed seed, until the gram made of each byte alone has a hash among the greatest: rulers of
// 70 dashes are frequent, and would otherwise be full of equal anchors whenever the hash of dashes happened to be small.
func (t *byteTables) set(gram int) {
	var sum uint64 // of the powers of the base: a gram of one byte has sum times that byte's number as its hash
	top := uint64(1)
	for range gram {
		sum += top
		top *= hashBase
	}
	t.top = top
	state := uint64(0)
	for c := range t.coming {
		for {
			state += 0x9e3779b97f4a7c15 // SplitMix64 (Steele, Lea and Flood 2014)
			z := (state ^ state>>30) * 0xbf58476d1ce4e5b9
			z = (z ^ z>>27) * 0x94d049bb133111eb
			z ^= z >> 31
			if z*sum >= 1<<64-1<<55 || gram == 1 {
				t.coming[c], t.leaving[c] = z, z*top
				break
			}
		}
	}
}

// A roller computes the hashes of a text's grams one after the other: the sum of byte i's number times base^(gram-1-i), modulo
// 2^64 (Karp and Rabin 1987).
type roller struct {
	text   []byte // from the next gram on
	shift  uint   // bytes, or tokens
	gram   int
	tables *byteTables
	next   uint64 // hash of the next gram
}

func newRoller(text []byte, shift uint, gram int, tables *byteTables) *roller {
	r := &roller{text: text, shift: shift, gram: gram, tables: tables}
	if shift != 0 {
		for i := range gram {
			r.next = r.next*hashBase + tokenNumber(text[i<<tokenShift:])
		}
		return r
	}
	for _, c := range text[:gram] {
		r.next = r.next*hashBase + tables.coming[c]
	}
	return r
}

// fill writes the hashes of the next grams, as many as there are places; so many must be left.
func (r *roller) fill(hashes []uint64) {
	if r.shift != 0 {
		r.fillTokens(hashes)
		return
	}
	const square = hashBase * hashBase % (1 << 64)
	h, n, tables := r.next, len(hashes), r.tables
	leaving, coming := r.text[:n], r.text[r.gram:]
	coming = coming[:min(n, len(coming))] // one less than n at the end of the text
	i := 0
	for ; i+2 <= len(coming); i += 2 {
		// Two steps at once: only one multiplication and one addition of each pair wait for the pair before.
		a := tables.coming[coming[i]] - tables.leaving[leaving[i]]
		b := tables.coming[coming[i+1]] - tables.leaving[leaving[i+1]]
		hashes[i] = h
		hashes[i+1] = h*hashBase + a
		h = h*square + (a*hashBase + b)
	}
	for ; i < n; i++ {
		hashes[i] = h
		if i < len(coming) {
			h = h*hashBase + tables.coming[coming[i]] - tables.leaving[leaving[i]]
		}
	}
	r.next, r.text = h, r.text[n:]
}

// fillTokens is fill for texts of tokens.
func (r *roller) fillTokens(hashes []uint64) {
	h := r.next
	leaving, coming := r.text, r.text[r.gram<<tokenShift:]
	for i := range hashes {
		hashes[i] = h
		if len(coming) > 0 {
			h = h*hashBase + tokenNumber(coming) - tokenNumber(leaving)*r.tables.top
			leaving, coming = leaving[tokenBytes:], coming[tokenBytes:]
		}
	}
	r.next, r.text = h, r.text[len(hashes)<<tokenShift:]
}

// tokenNumber is the number that stands for a token in a hash.
func tokenNumber(text []byte) uint64 {
	return (uint64(token(text)) + 1) * 0x9e3779b97f4a7c15 // odd, so that different ids stay different
}

// runs passes anchors on, but for those of a periodic text: one byte or a few that repeat many times have an anchor in
// every period, each with the same hash. Once a window has been seen keep times, those a period later need no
// anchor: they are known to be repeated, and what is equal to them is equal to the ones before.
type runs struct {
	scanner *scanner
	text    []byte
	before  anchor // the anchor last added
	any     bool
	period  int
	from    int // byte or token i is equal to i-period for from <= i < to
	to      int
	first   int // windows first … last wait for flush when last >= first > 0
	last    int
}

func (r *runs) add(a anchor) {
	before := r.before
	r.before = a
	if r.any && a.hash == before.hash && r.periodic(a, a.first+a.ahead-before.first-before.ahead) {
		if r.first == 0 {
			r.first = a.first // > 0: windows came before
		}
		r.last = a.last
		return
	}
	r.any = true
	r.flush()
	r.scanner.anchor(a)
}

// periodic reports whether the windows of a are equal to those one period, and keep periods, before them.
func (r *runs) periodic(a anchor, period int) bool {
	if period != r.period || r.to < a.first {
		if r.first != 0 {
			r.flush()
		}
		r.period, r.from, r.to = period, max(a.first, period), max(a.first, period)
	}
	end := a.last + r.scanner.window
	if r.to < end {
		shift := r.scanner.shift
		r.to += commonPrefix(r.text[r.to<<shift:end<<shift], r.text[(r.to-period)<<shift:]) >> shift
	}
	return r.to >= end && r.from <= a.first-(max(1, r.scanner.keep)-1)*period
}

func (r *runs) flush() {
	if r.first != 0 {
		r.scanner.repeat(r.first, r.last, r.period)
		r.first = 0
	}
}

// commonPrefix is the number of bytes that a and b have in common at their beginnings.
func commonPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	i := 0
	for ; i+8 <= n; i += 8 {
		if x := binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:]); x != 0 {
			return i + bits.TrailingZeros64(x)/8
		}
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

// commonSuffix is the number of bytes that a and b have in common at their ends.
func commonSuffix(a, b []byte) int {
	n := min(len(a), len(b))
	a, b = a[len(a)-n:], b[len(b)-n:]
	i := 0
	for ; i+8 <= n; i += 8 {
		if x := binary.LittleEndian.Uint64(a[n-i-8:]) ^ binary.LittleEndian.Uint64(b[n-i-8:]); x != 0 {
			return i + bits.LeadingZeros64(x)/8
		}
	}
	for i < n && a[n-1-i] == b[n-1-i] {
		i++
	}
	return i
}
