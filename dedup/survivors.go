package dedup

import (
	"context"
	"fmt"
	"iter"

	"corpus"
	"corpus/internal/spill"
)

// Survivors tells Resolve the Priority of every document. It finds nothing, and is needed only where a Priority has keys.
type Survivors struct{ priority Priority }

// NewSurvivors returns the exchange.
func NewSurvivors(p Priority) *Survivors { return &Survivors{priority: p} }

// Name implements corpus.Exchange.
func (s *Survivors) Name() string { return "survivors" }

// Partitions implements corpus.Exchange: one, so that what Reduce emits is in the order of Refs.
func (s *Survivors) Partitions() int { return 1 }

// Map emits the Priority's Key under an empty key, by which pairs sort by Ref.
func (s *Survivors) Map(doc *corpus.Document, emit func(partition int, key, value []byte)) error {
	emit(0, nil, s.priority.Key(doc))
	return nil
}

// Reduce emits, for every document, its Ref as Key (8 bytes, big-endian) and as Ref, and the Priority's Key as Value. Where there are documents
// and none has a value for one of the Priority's keys, it emits besides the place of that key as Key (1 byte) and its name as Value.
func (s *Survivors) Reduce(ctx context.Context, partition int, pairs iter.Seq2[corpus.Pair, error], emit func(corpus.Pair) error) error {
	var key []byte
	some := false
	decided := make([]bool, len(s.priority.keys))
	for p, err := range pairs {
		if err != nil {
			return fmt.Errorf("survivors: partition %d: %w", partition, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		some = true
		if err := s.priority.decided(p.Value, func(i int) { decided[i] = true }); err != nil {
			return fmt.Errorf("survivors: document %d: %w", p.Ref, err)
		}
		key = appendRef(key[:0], p.Ref)
		if err := emit(corpus.Pair{Key: key, Ref: p.Ref, Value: p.Value}); err != nil {
			return err
		}
	}
	for i, ok := range decided {
		if !some || ok {
			continue
		}
		if err := emit(corpus.Pair{Key: []byte{byte(i)}, Value: []byte(s.priority.keys[i])}); err != nil {
			return err
		}
	}
	return nil
}

// readRanks gives each document that the methods link its place among them: by Priority, then by Ref.
func (r *resolver) readRanks(c *clusters) error {
	if len(r.in.Survivors) == 0 {
		return nil
	}
	run, err := r.sorted("resolve-ranks.run", func(add func(key, value []byte) error) error {
		i := 0
		for rec, err := range records(r.ctx, r.in.Survivors) {
			if err != nil {
				return err
			}
			if len(rec.Key) == 1 && len(rec.Value) >= refSize {
				r.stats.Undecided = append(r.stats.Undecided, string(rec.Value[refSize:]))
				continue
			}
			if len(rec.Key) != refSize || len(rec.Value) < refSize {
				return fmt.Errorf("record of %d and %d bytes", len(rec.Key), len(rec.Value))
			}
			if i == len(c.refs) {
				continue
			}
			switch ref := readRef(rec.Key); {
			case ref > c.refs[i]:
				return fmt.Errorf("document %d has none", c.refs[i])
			case ref == c.refs[i]:
				if err := add(rec.Value[refSize:], rec.Key); err != nil {
					return err
				}
				i++
			}
		}
		if i < len(c.refs) {
			return fmt.Errorf("document %d has none", c.refs[i])
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.rank = make([]uint32, len(c.refs))
	next := uint32(0)
	for rec, err := range records(r.ctx, []*spill.Run{run}) {
		if err != nil {
			return err
		}
		c.rank[c.place(readRef(rec.Value))] = next
		next++
	}
	return nil
}
