package tokenize

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"math"
	"slices"
	"sort"
)

const (
	// seedsPerPiece is the number of pieces that training begins with for each one wanted.
	seedsPerPiece = 16
	// mostSeeds is the most pieces that training begins with, if fewer than half of them are wanted. It is the number in
	// sentencepiece and Hugging Face's trainer.
	mostSeeds = 1_000_000
	// leastSeen is how often a piece to begin with is seen at least.
	leastSeen = 2
	// maxPieceChars is the longest piece, in characters of UTF-8 and so of text; Hugging Face's byte-level Unigram has
	// 16 bytes, which are five characters of Devanagari.
	maxPieceChars = 16
	// maxPieceBytes bounds pieces of what is not UTF-8.
	maxPieceBytes = 64
)

// unigramText is the distinct words behind one another, after the 256 bytes in order.
type unigramText struct {
	bytes  []byte
	ends   []uint32 // by word
	counts []int64  // by word
}

// newUnigramText returns one with room for words of so many bytes.
func newUnigramText(size int) *unigramText {
	t := &unigramText{bytes: make([]byte, 0, alphabetSize+size)}
	for b := range 256 {
		t.bytes = append(t.bytes, byte(b))
	}
	return t
}

// add takes a word in.
func (t *unigramText) add(w WordCount) {
	t.bytes = append(t.bytes, w.Word...)
	t.ends = append(t.ends, uint32(len(t.bytes)))
	t.counts = append(t.counts, w.Count)
}

// word returns where a word lies.
func (t *unigramText) word(i int) (from, to uint32) {
	if from = alphabetSize; i > 0 {
		from = t.ends[i-1]
	}
	return from, t.ends[i]
}

// piece is a token in training: where it lies in the text, and its score.
type piece struct {
	at    uint32
	n     uint32
	score float64
}

func (p piece) in(text []byte) []byte { return text[p.at : p.at+p.n] }

// seeds returns the bytes and the substrings of words that occur most often times their length, sorted by their
// bytes. A substring is one that is not always followed by the same byte, or that ends a word (or has the length
// of the longest piece); of others the longer one is as good. Occurrences count as often as the word does. least is
// what a substring's must be; most is the number of pieces, and maxBytes the longest one's.
func (t *unigramText) seeds(ctx context.Context, least int64, most, maxBytes int) ([]piece, error) {
	c := seedCounter{text: t, least: least, most: max(0, most-alphabetSize), maxBytes: maxBytes}
	if err := c.sortSuffixes(ctx); err != nil {
		return nil, err
	}
	c.keepBest()
	slices.SortFunc(c.found, func(a, b seed) int { return cmp.Compare(a.order, b.order) })
	var single [256]int64
	for i, n := range t.counts {
		from, to := t.word(i)
		for _, b := range t.bytes[from:to] {
			single[b] += n
		}
	}
	var pieces []piece
	var sum float64
	next := 0
	for b, n := range single {
		// At least a half, as the expected counts of training are.
		pieces = append(pieces, piece{uint32(b), 1, max(float64(n), leastExpected)})
		for ; next < len(c.found) && t.bytes[c.at(next)] == byte(b); next++ {
			pieces = append(pieces, piece{c.at(next), c.length(next), c.found[next].score})
		}
	}
	for _, p := range pieces {
		sum += p.score
	}
	for i := range pieces {
		pieces[i].score = math.Log(pieces[i].score) - math.Log(sum)
	}
	return pieces, nil
}

// seedCounter sorts all suffixes of the words and counts what neighbours have in common (Kasai et al. 2001; Abouelhoda
// et al. 2004: the intervals of a suffix array are the nodes of the suffix tree). Since pieces are short, so is what
// must be compared, and no suffix is followed beyond its word. It takes 4 bytes for every byte of the words, and 32 MB.
type seedCounter struct {
	text     *unigramText
	least    int64
	most     int
	maxBytes int

	order []uint32 // suffixes of at least two bytes, by their bytes
	stack []seedNode
	found []seed
}

// seed is a substring found.
type seed struct {
	score float64 // its occurrences times its bytes
	order uint64  // the index into order of the first suffix that begins with it in the high bits, its bytes in the low 8
}

func (c *seedCounter) at(i int) uint32     { return c.order[c.found[i].order>>8] }
func (c *seedCounter) length(i int) uint32 { return uint32(c.found[i].order & 0xff) }

// seedNode is a substring whose occurrences are being counted.
type seedNode struct {
	n     int // bytes
	count int64
	first int // index into order
}

// suffix is one place of the text with its first bytes, by which most are told apart.
type suffix struct {
	key  uint64 // the third byte to the tenth, 0 where there is none
	at   uint32
	n    uint32 // bytes that count
	word uint32
}

// sortSuffixes goes through the suffixes by their first two bytes.
func (c *seedCounter) sortSuffixes(ctx context.Context) error {
	t := c.text
	starts := make([]uint32, 1<<16+1)
	c.eachSuffix(func(at uint32) {
		starts[int(t.bytes[at])<<8+int(t.bytes[at+1])+1]++
	})
	for i := range 1 << 16 {
		starts[i+1] += starts[i]
	}
	c.order = make([]uint32, starts[1<<16])
	next := slices.Clone(starts[:1<<16])
	c.eachSuffix(func(at uint32) {
		k := int(t.bytes[at])<<8 + int(t.bytes[at+1])
		c.order[next[k]] = at
		next[k]++
	})
	var suffixes []suffix
	for k := range 1 << 16 {
		from, to := int(starts[k]), int(starts[k+1])
		if err := ctx.Err(); err != nil {
			return err
		}
		suffixes = suffixes[:0]
		for _, at := range c.order[from:to] {
			suffixes = append(suffixes, c.suffix(at))
		}
		slices.SortFunc(suffixes, c.compare)
		for i, s := range suffixes {
			c.order[from+i] = s.at
		}
		c.count(suffixes, from)
	}
	return nil
}

func (c *seedCounter) eachSuffix(f func(at uint32)) {
	for i := range c.text.ends {
		from, to := c.text.word(i)
		for ; from+1 < to; from++ {
			f(from)
		}
	}
}

// suffix finds the word of a suffix and how far a piece can reach.
func (c *seedCounter) suffix(at uint32) suffix {
	t := c.text
	word := sort.Search(len(t.ends), func(i int) bool { return t.ends[i] > at })
	s := suffix{at: at, word: uint32(word)}
	rest := t.bytes[at:t.ends[word]]
	rest = rest[:min(len(rest), c.maxBytes)]
	for chars := 0; int(s.n) < len(rest); s.n++ {
		if rest[s.n]&0xc0 != 0x80 {
			chars++
		}
		if chars > maxPieceChars {
			break
		}
	}
	var key [8]byte
	copy(key[:], rest[2:s.n])
	s.key = binary.BigEndian.Uint64(key[:])
	return s
}

// compare orders suffixes whose first two bytes are the same.
func (c *seedCounter) compare(a, b suffix) int {
	if a.key != b.key {
		return cmp.Compare(a.key, b.key)
	}
	text := c.text.bytes
	return bytes.Compare(text[a.at:a.at+a.n], text[b.at:b.at+b.n])
}

// count finds the substrings of sorted suffixes that begin with the same two bytes. from is the index into order of
// the first.
func (c *seedCounter) count(suffixes []suffix, from int) {
	text := c.text.bytes
	c.stack = append(c.stack[:0], seedNode{})
	for i, s := range suffixes {
		common := 0
		if i > 0 {
			p := suffixes[i-1]
			common = commonBytes(text[p.at:p.at+p.n], text[s.at:s.at+s.n])
		}
		c.closeTo(common)
		if top := &c.stack[len(c.stack)-1]; top.n == int(s.n) {
			top.count += c.text.counts[s.word]
		} else {
			c.stack = append(c.stack, seedNode{int(s.n), c.text.counts[s.word], from + i})
		}
	}
	c.closeTo(0)
}

// closeTo ends the substrings of more than n bytes. What they share with the next suffix goes on.
func (c *seedCounter) closeTo(n int) {
	for c.stack[len(c.stack)-1].n > n {
		last := len(c.stack) - 1
		node := c.stack[last]
		c.stack = c.stack[:last]
		if node.count >= c.least {
			c.found = append(c.found, seed{float64(node.count) * float64(node.n), uint64(node.first)<<8 | uint64(node.n)})
			if len(c.found) >= 2*c.most+1 {
				c.keepBest()
			}
		}
		if up := &c.stack[last-1]; up.n >= n {
			up.count += node.count
		} else {
			c.stack = append(c.stack, seedNode{n, node.count, node.first})
		}
	}
}

// keepBest drops all but the best substrings, the first ones by their bytes where scores are the same.
func (c *seedCounter) keepBest() {
	if len(c.found) <= c.most {
		return
	}
	slices.SortFunc(c.found, func(a, b seed) int {
		if d := cmp.Compare(b.score, a.score); d != 0 {
			return d
		}
		return cmp.Compare(a.order, b.order)
	})
	c.found = c.found[:c.most]
}

// commonBytes is the number of bytes that two texts begin with alike.
func commonBytes(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}
