package engine

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"

	"corpus"
	"corpus/internal/spill"
)

// An exchange's pairs live in spill runs. What Map emitted is stored as
//
//	key   = partition (2 bytes, big-endian) ‖ pair key
//	value = ref (8 bytes, big-endian) ‖ pair value
//
// so that a run is sorted by partition, key, ref and value, and a partition is one range of every run.
// What Reduce emitted is stored the same way without the partition: docs/format/work.md.

// AddMapped stores one mapped pair under the ref that its document received.
func AddMapped(s *spill.Sorter, ref corpus.Ref, m MappedPair) error {
	binary.BigEndian.PutUint64(m.Value, uint64(ref))
	return s.Add(m.Key, m.Value)
}

// PartitionKeys is the range from <= key < to of the keys that a partition's pairs have in the runs that Map filled; to is nil behind the last one.
func PartitionKeys(partition int) (from, to []byte) {
	from = binary.BigEndian.AppendUint16(nil, uint16(partition))
	if partition < 1<<16-1 {
		to = binary.BigEndian.AppendUint16(nil, uint16(partition+1))
	}
	return from, to
}

// ReducePartition merges one partition out of the runs that Map filled and stores what Reduce emits.
func ReducePartition(ctx context.Context, ex corpus.Exchange, partition int, runs []*spill.Run, out *spill.Sorter) error {
	from, to := PartitionKeys(partition)
	pairs := mappedPairs(ctx, spill.Merge(runs, from, to))
	var value []byte
	err := ex.Reduce(ctx, partition, pairs, func(p corpus.Pair) error {
		value = append(binary.BigEndian.AppendUint64(value[:0], uint64(p.Ref)), p.Value...)
		return out.Add(p.Key, value)
	})
	if err != nil {
		return fmt.Errorf("%s: partition %d: %w", ex.Name(), partition, err)
	}
	return nil
}

func mappedPairs(ctx context.Context, records iter.Seq2[spill.Record, error]) iter.Seq2[corpus.Pair, error] {
	return func(yield func(corpus.Pair, error) bool) {
		for r, err := range records {
			if err == nil {
				err = ctx.Err()
			}
			if err == nil && (len(r.Key) < 2 || len(r.Value) < 8) {
				err = fmt.Errorf("spilled pair too short: key %d bytes, value %d bytes", len(r.Key), len(r.Value))
			}
			if err != nil {
				yield(corpus.Pair{}, err)
				return
			}
			p := corpus.Pair{Key: r.Key[2:], Ref: corpus.Ref(binary.BigEndian.Uint64(r.Value)), Value: r.Value[8:]}
			if !yield(p, nil) {
				return
			}
		}
	}
}
