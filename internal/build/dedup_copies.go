package build

import (
	"context"
	"fmt"
	"iter"

	"corpus"
	"corpus/internal/spill"
)

// leavesOutCopies reports whether minhash need not see the documents whose text an earlier one has, as exact finds them. They share every bucket with that
// one, which Resolve lets stand for all of them, so that their pairs would say nothing new.
//
// Where url runs too they stay: the first document of a text may be out by its address, and then a copy stands for itself. That is known when all
// pairs are resolved, and may change with the documents of later builds.
func (b *build) leavesOutCopies() bool {
	d := b.Config.Dedup
	return d.Has("exact") && d.Has("minhash") && !d.Has("url")
}

// copies are the documents that exact found to have an earlier one's text: a bit for each document of a unit up to the last of them.
type copies map[int][]uint64

// readCopies reads what exact reduced.
func (b *build) readCopies(ctx context.Context, parts []partition) (copies, error) {
	c := copies{}
	for _, p := range parts {
		if p.exchange.Name() != "exact" {
			continue
		}
		path := reducedPath("exact", p.index)
		err := b.eachRecord(ctx, path, func(r spill.Record) error {
			if len(r.Key) != 8 {
				return fmt.Errorf("%s: key of %d bytes", path, len(r.Key))
			}
			c.add(readRef(r.Key))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c copies) add(ref corpus.Ref) {
	bits, word := c[ref.Unit()], ref.Index()/64
	if word >= len(bits) { // refs come in no order, and append keeps room for those behind
		bits = append(bits, make([]uint64, word+1-len(bits))...)
	}
	bits[word] |= 1 << (ref.Index() % 64)
	c[ref.Unit()] = bits
}

func (c copies) has(ref corpus.Ref) bool {
	bits, word := c[ref.Unit()], ref.Index()/64
	return word < len(bits) && bits[word]>>(ref.Index()%64)&1 != 0
}

// partly is an exchange that sees the pairs of some documents only.
type partly struct {
	corpus.Exchange
	sees func(corpus.Ref) bool
}

func (x partly) Reduce(ctx context.Context, partition int, pairs iter.Seq2[corpus.Pair, error], emit func(corpus.Pair) error) error {
	return x.Exchange.Reduce(ctx, partition, func(yield func(corpus.Pair, error) bool) {
		for p, err := range pairs {
			if err == nil && !x.sees(p.Ref) {
				continue
			}
			if !yield(p, err) {
				return
			}
		}
	}, emit)
}
