package dedup

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"corpus"
	"corpus/internal/spill"
)

// clusters is a union-find forest over the documents of exact groups and accepted pairs.
// A document is named by its place in refs. A root has the smallest place of its tree, so it is the survivor.
type clusters struct {
	refs   []corpus.Ref // sorted, each once
	parent []uint32
	best   []uint16 // best similarity among the document's accepted pairs, in units of 1e-4
}

// buildClusters joins the exact copies and the accepted pairs.
func (r *resolver) buildClusters(accepted *spill.Run) (*clusters, error) {
	c, err := r.collectMembers(accepted)
	if err != nil {
		return nil, err
	}
	for i, d := range r.exact.dropped {
		c.join(c.place(d), c.place(r.exact.kept[i]))
	}
	for rec, err := range records(r.ctx, []*spill.Run{accepted}) {
		if err != nil {
			return nil, err
		}
		a, b := c.place(readRef(rec.Key)), c.place(readRef(rec.Key[refSize:]))
		similarity := binary.BigEndian.Uint16(rec.Value)
		c.best[a], c.best[b] = max(c.best[a], similarity), max(c.best[b], similarity)
		c.join(a, b)
	}
	return c, nil
}

// collectMembers lists the documents. They are sorted on disk first, so that a
// document costs memory once however many pairs it is in.
func (r *resolver) collectMembers(accepted *spill.Run) (*clusters, error) {
	run, err := r.sorted("resolve-members.run", func(add func(key, value []byte) error) error {
		var key []byte
		for i, d := range r.exact.dropped {
			if err := errors.Join(add(appendRef(key[:0], d), nil), add(appendRef(key[:0], r.exact.kept[i]), nil)); err != nil {
				return err
			}
		}
		for rec, err := range records(r.ctx, []*spill.Run{accepted}) {
			if err != nil {
				return err
			}
			if err := errors.Join(add(rec.Key[:refSize], nil), add(rec.Key[refSize:], nil)); err != nil {
				return err
			}
		}
		return nil
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
	if len(c.refs) > math.MaxUint32 {
		return nil, fmt.Errorf("%d documents in clusters are more than %d", len(c.refs), uint32(math.MaxUint32))
	}
	c.parent, c.best = make([]uint32, len(c.refs)), make([]uint16, len(c.refs))
	for i := range c.parent {
		c.parent[i] = uint32(i)
	}
	return c, nil
}

// place is the place of a ref that collectMembers has listed.
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

// join makes the smaller root the root of both trees.
func (c *clusters) join(a, b uint32) {
	a, b = c.find(a), c.find(b)
	if a < b {
		c.parent[b] = a
	} else {
		c.parent[a] = b
	}
}

// similarity is the best similarity among the document's accepted pairs.
func (c *clusters) similarity(i uint32) float64 { return float64(c.best[i]) / 1e4 }
