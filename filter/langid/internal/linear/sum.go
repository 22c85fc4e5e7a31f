package linear

import "unicode/utf8"

// adder gathers the hashes of features and adds up their rows, some 250 at a time: as many as a lane of 16 bits holds for sure.
type adder struct {
	model   *Model
	hashes  [atOnce]uint64 // with the kind in the lowest bits, which neither Bucket nor Mark looks at
	n       int
	sum     Sum
	found   int32
	missing [8]int32
}

const (
	atOnce    = 0xFFFF / 0xFF
	kindBits  = 7
	evenBytes = 0x00FF00FF00FF00FF
)

// flush adds the rows of the hashes gathered.
func (a *adder) flush() {
	var even, odd [lanes]uint64 // each four sums of 16 bits
	m := a.model
	shift := uint(64-m.Bits) & 63
	found := int32(0)
	for _, h := range a.hashes[:a.n] {
		b := h >> shift
		if b >= uint64(len(m.Marks)) || b >= uint64(len(m.Rows)) || m.Marks[b] != Mark(h) {
			a.missing[h&kindBits]++
			continue
		}
		found++
		row := &m.Rows[b]
		for w := range lanes {
			even[w] += row[w] & evenBytes
			odd[w] += row[w] >> 8 & evenBytes
		}
	}
	for w := range lanes {
		for k := range 4 {
			a.sum.Row[w*8+2*k] += int32(even[w] >> (16 * k) & 0xFFFF)
			a.sum.Row[w*8+2*k+1] += int32(odd[w] >> (16 * k) & 0xFFFF)
		}
	}
	a.found += found
	a.n = 0
}

// finish takes the bias off and adds the rows of missing features.
func (a *adder) finish(letters int32) Sum {
	a.flush()
	s := a.sum
	s.Letters, s.Count = letters, a.found
	for d := range s.Row {
		s.Row[d] -= bias * a.found
	}
	for kind := range Kinds {
		n := a.missing[kind]
		s.Count += n
		for d, v := range a.model.Missing[kind] {
			s.Row[d] += n * int32(v)
		}
	}
	return s
}

// Sum adds up the features of the first limit characters of a text; Features says what they are. Time and memory
// depend on limit, not on the length of the text; a limit above MaxCharacters counts as that.
func (m *Model) Sum(text string, limit int) Sum {
	limit = min(limit, MaxCharacters)
	table := folds()
	a := adder{model: m}
	var p1, p2, p3, p4 uint32 // the characters before, as far back as the edge of the word, then 0
	var wide uint32           // the wide character just before, 0 for none
	var letters int32
	length, word := 0, uint64(wordSeed) // of the word in work
	small := false                      // the character before is a letter, and no capital
	bare := false                       // the word in work has marks alone
	for i := 0; i <= len(text); {
		// A text ends like a word.
		c, size := uint32(0), 1
		if i < len(text) && limit > 0 {
			if b := text[i]; b < utf8.RuneSelf {
				c = table[b]
			} else {
				var r rune
				r, size = utf8.DecodeRuneInString(text[i:])
				c = fold(table, r)
			}
		} else {
			i = len(text)
		}
		i += size
		limit--
		if a.n > atOnce-4*MaxGram {
			a.flush()
		}
		if c != 0 && c&wideMark == 0 { // a letter
			if c&capitalMark != 0 {
				c &^= capitalMark
				if small {
					a.end(length, word, p1, p2, p3, p4)
					p1, p2, p3, p4, length, word = 0, 0, 0, 0, 0, wordSeed
				}
				small = false
			} else {
				small = true
			}
			mark := c&combiningMark != 0
			c &^= combiningMark
			if length == 0 {
				p1, bare = edge, true
			}
			if bare = bare && mark; !bare {
				letters++
			}
			h := extend(0, c)
			a.hashes[a.n] = h&^kindBits | 1
			a.n++
			a.grams(h, p1, p2, p3, p4)
			p1, p2, p3, p4 = c, p1, p2, p3
			word = extend(word, c)
			length++
			wide = 0
			continue
		}
		small = false
		if length > 0 {
			a.end(length, word, p1, p2, p3, p4)
			p1, p2, p3, p4, length, word = 0, 0, 0, 0, 0, wordSeed
		}
		if c == 0 {
			wide = 0
			continue
		}
		letters += wideLetters
		h := extend(0, c)
		for range wideLetters {
			a.hashes[a.n] = h&^kindBits | 1
			a.n++
			if wide != 0 {
				a.hashes[a.n] = extend(h, wide)&^kindBits | 2
				a.n++
			}
		}
		wide = c
	}
	return a.finish(letters)
}

// end gathers the features of the end of a word.
func (a *adder) end(length int, word uint64, p1, p2, p3, p4 uint32) {
	a.grams(extend(0, edge), p1, p2, p3, p4)
	if length >= minWord && length <= maxWord {
		a.hashes[a.n] = word&^kindBits | WholeWord
		a.n++
	}
}

// grams gathers the n-grams of two characters and more that end in the one with the hash h.
func (a *adder) grams(h uint64, p1, p2, p3, p4 uint32) {
	h = extend(h, p1)
	a.hashes[a.n] = h&^kindBits | 2
	a.n++
	if p2 == 0 {
		return
	}
	h = extend(h, p2)
	a.hashes[a.n] = h&^kindBits | 3
	a.n++
	if p3 == 0 {
		return
	}
	h = extend(h, p3)
	a.hashes[a.n] = h&^kindBits | 4
	a.n++
	if p4 == 0 {
		return
	}
	h = extend(h, p4)
	a.hashes[a.n] = h&^kindBits | 5
	a.n++
}
