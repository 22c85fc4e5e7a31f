package dedup

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"corpus"
	"corpus/internal/spill"
)

// clusters is a union-find forest over the documents that the methods have found together with others.
// A document is named by its place in refs. The root of a tree is the document that stays.
//
// The methods join one after the other:
//
//  1. url: of the documents of one address the best stays, and the others are out: they link nothing behind.
//  2. exact: of the documents of one text that are not out the best stays and speaks for the others.
//  3. minhash: the documents that stayed so far are joined by the pairs that count, and of each part the best stays.
//
// The best is the one of the least Priority, then the least Ref. At each level the best of a part stays, so that the root is the best of
// its whole tree.
type clusters struct {
	refs   []corpus.Ref // sorted, each once
	rank   []uint32     // places in the order of Priority and Ref; nil where that is the order of refs
	parent []uint32
	method []method // that found the document; minhash is not entered
	best   []uint16 // best similarity among the document's accepted pairs, in units of 1e-4

	// Where both url and exact have run, text names for each document of an exact group the first of the group, and speaker for
	// that one a member that is not out: both are places plus one, 0 for none.
	text, speaker []uint32
}

// method is a level.
type method uint8

const (
	byNone method = iota
	byURL
	byExact
	byMinHash
)

func (m method) String() string { return [...]string{"", "url", "exact", "minhash"}[m] }

// collectDocuments lists the documents that are in any pair. They are sorted on disk first, so that a
// document costs memory once however many pairs it is in.
func (r *resolver) collectDocuments() (*clusters, error) {
	run, err := r.sorted("resolve-documents.run", func(add func(key, value []byte) error) error {
		for _, runs := range [][]*spill.Run{r.in.URL, r.in.Exact} {
			if err := r.copies(runs, func(copied, first corpus.Ref) error { return addRefs(add, copied, first) }); err != nil {
				return err
			}
		}
		return r.candidates(func(a, b corpus.Ref) error { return addRefs(add, a, b) }, r.stats.heat)
	})
	if err != nil {
		return nil, err
	}
	c := new(clusters)
	for rec, err := range records(r.ctx, []*spill.Run{run}) {
		if err != nil {
			return nil, err
		}
		if ref := readRef(rec.Key); len(c.refs) == 0 || c.refs[len(c.refs)-1] != ref {
			c.refs = append(c.refs, ref)
		}
	}
	if len(c.refs) >= math.MaxUint32 {
		return nil, fmt.Errorf("%d documents in pairs are more than %d", len(c.refs), uint32(math.MaxUint32-1))
	}
	c.parent, c.method, c.best = make([]uint32, len(c.refs)), make([]method, len(c.refs)), make([]uint16, len(c.refs))
	for i := range c.parent {
		c.parent[i] = uint32(i)
	}
	return c, nil
}

func addRefs(add func(key, value []byte) error, a, b corpus.Ref) error {
	var key [refSize]byte
	binary.BigEndian.PutUint64(key[:], uint64(a))
	if err := add(key[:], nil); err != nil {
		return err
	}
	binary.BigEndian.PutUint64(key[:], uint64(b))
	return add(key[:], nil)
}

// copies calls use for every pair of Exact or URL: a document and the first of its group, which is an earlier one.
func (r *resolver) copies(runs []*spill.Run, use func(copied, first corpus.Ref) error) error {
	var last corpus.Ref
	some := false
	for rec, err := range records(r.ctx, runs) {
		if err != nil {
			return err
		}
		if len(rec.Key) != refSize || len(rec.Value) != refSize {
			return fmt.Errorf("record of %d and %d bytes", len(rec.Key), len(rec.Value))
		}
		d, k := readRef(rec.Key), readRef(rec.Value)
		if some && d == last || k >= d {
			return fmt.Errorf("document %d cannot be a copy of document %d as well", d, k)
		}
		last, some = d, true
		if err := use(d, k); err != nil {
			return err
		}
	}
	return nil
}

// joinCopies joins by url and exact.
func (r *resolver) joinCopies(c *clusters) error {
	if err := r.copies(r.in.URL, func(copied, first corpus.Ref) error {
		c.join(c.place(copied), c.place(first))
		return nil
	}); err != nil {
		return fmt.Errorf("url: %w", err)
	}
	c.mark(byURL)
	if len(r.in.URL) > 0 && len(r.in.Exact) > 0 {
		c.text, c.speaker = make([]uint32, len(c.refs)), make([]uint32, len(c.refs))
	}
	if err := r.copies(r.in.Exact, func(copied, first corpus.Ref) error {
		c.joinTexts(c.place(copied), c.place(first))
		return nil
	}); err != nil {
		return fmt.Errorf("exact: %w", err)
	}
	c.mark(byExact)
	return nil
}

// joinTexts joins a document with the first of its text, or, where that is out, with the first one that is not.
func (c *clusters) joinTexts(copied, first uint32) {
	if c.text == nil { // none is out
		c.join(copied, first)
		return
	}
	for _, i := range []uint32{first, copied} {
		c.text[i] = first + 1
		if c.method[i] == byURL {
			continue
		}
		if speaker := c.speaker[first]; speaker == 0 {
			c.speaker[first] = i + 1
		} else {
			c.join(i, speaker-1)
		}
	}
}

// mark says of the documents that have just ceased to be roots by which method.
func (c *clusters) mark(m method) {
	for i := range c.parent {
		if c.method[i] == byNone && c.find(uint32(i)) != uint32(i) {
			c.method[i] = m
		}
	}
}

// speaks is the document that takes ref's place in pairs once url and exact have joined: the one that stays of its text. It is false for a
// document that url has put out and whose text no other has.
func (c *clusters) speaks(ref corpus.Ref) (corpus.Ref, bool) {
	i := c.place(ref)
	if c.method[i] == byURL {
		if c.text == nil || c.text[i] == 0 || c.speaker[c.text[i]-1] == 0 {
			return 0, false
		}
		i = c.speaker[c.text[i]-1] - 1 // it has the same text, and so the same shingles
	}
	return c.refs[c.find(i)], true
}

// joinPairs joins by minhash.
func (r *resolver) joinPairs(c *clusters, accepted *spill.Run) error {
	for rec, err := range records(r.ctx, []*spill.Run{accepted}) {
		if err != nil {
			return err
		}
		a, b := c.place(readRef(rec.Key)), c.place(readRef(rec.Key[refSize:]))
		similarity := binary.BigEndian.Uint16(rec.Value)
		c.best[a], c.best[b] = max(c.best[a], similarity), max(c.best[b], similarity)
		c.join(a, b)
	}
	return nil
}

// place is the place of a ref that collectDocuments has listed.
func (c *clusters) place(ref corpus.Ref) uint32 {
	i, _ := slices.BinarySearch(c.refs, ref)
	return uint32(i)
}

// find returns the root, halving the path on its way (Tarjan and van Leeuwen, JACM 31(2), 1984).
func (c *clusters) find(i uint32) uint32 {
	for c.parent[i] != i {
		c.parent[i] = c.parent[c.parent[i]]
		i = c.parent[i]
	}
	return i
}

// join makes the better root the root of both trees.
func (c *clusters) join(a, b uint32) {
	a, b = c.find(a), c.find(b)
	if c.rankOf(a) < c.rankOf(b) {
		c.parent[b] = a
	} else {
		c.parent[a] = b
	}
}

func (c *clusters) rankOf(i uint32) uint32 {
	if c.rank == nil {
		return i
	}
	return c.rank[i]
}

// similarity is the best similarity among the document's accepted pairs.
func (c *clusters) similarity(i uint32) float64 { return float64(c.best[i]) / 1e4 }
