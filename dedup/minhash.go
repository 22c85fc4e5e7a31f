package dedup

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/cespare/xxhash/v2"

	"corpus"
)

const bandPartitions = 16

// MinHash finds documents that share most of their word shingles: MinHash signatures
// (Broder, "On the resemblance and containment of documents", SEQUENCES 1997) cut into bands
// (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, section 3.4).
// Two documents of Jaccard similarity s share at least one band with probability 1 - (1 - s^rows)^bands.
//
// What shares a band is only a candidate: Resolve compares the pairs by their whole sets of shingles.
type MinHash struct {
	opts     MinHashOptions
	sketches sync.Pool // of *sketcher
}

// NewMinHash returns the exchange, or the error of opts.Validate.
func NewMinHash(opts MinHashOptions) (*MinHash, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	bins := opts.Bands * opts.Rows
	return &MinHash{opts: opts, sketches: sync.Pool{New: func() any { return newSketcher(bins) }}}, nil
}

// Name implements corpus.Exchange.
func (m *MinHash) Name() string { return "minhash" }

// Partitions implements corpus.Exchange.
func (m *MinHash) Partitions() int { return bandPartitions }

// Signature returns the sketch of the text's shingles, bands × rows values, band by band, or nil for a text without words.
// The share of places where two signatures agree estimates the Jaccard similarity s of the
// texts' sets of shingles with a standard error of at most sqrt(s(1-s)/(bands·rows)).
func (m *MinHash) Signature(text string) []uint32 {
	s := m.sketches.Get().(*sketcher)
	defer m.sketches.Put(s)
	s.begin()
	if shingles(text, m.opts.Ngram, m.opts.Seed, s.add) == 0 {
		return nil
	}
	return slices.Clone(s.sketch(func(throw func([]uint64)) { shingles(text, m.opts.Ngram, m.opts.Seed, throw) }))
}

// Map emits for each band its key, the band's index as one byte and the xxHash64 of its rows, big-endian, with an
// empty value. A text without words emits nothing.
func (m *MinHash) Map(doc *corpus.Document, emit func(partition int, key, value []byte)) error {
	signature := m.Signature(doc.Text)
	if signature == nil {
		return nil
	}
	rows := make([]byte, 0, 4*m.opts.Rows)
	for band := range m.opts.Bands {
		rows = rows[:0]
		for _, v := range signature[band*m.opts.Rows:][:m.opts.Rows] {
			rows = binary.LittleEndian.AppendUint32(rows, v)
		}
		var key [9]byte
		key[0] = byte(band)
		h := xxhash.Sum64(rows)
		binary.BigEndian.PutUint64(key[1:], h)
		emit(int(h%bandPartitions), key[:], nil)
	}
	return nil
}

// maxAllPairs is the number of documents up to which all pairs of a bucket are candidates.
const maxAllPairs = 16

// Reduce emits candidate pairs: Key is the smaller Ref and the larger one, 8 bytes big-endian each, Ref the smaller one.
//
// Within a bucket (documents that agree on a band) each document is paired with the first maxAllPairs-1 and with the
// one before it. That is all pairs in a bucket of up to maxAllPairs documents, and at most maxAllPairs·n in one of n, where all would be
// n(n-1)/2: a page that occurs a million times is compared with sixteen of its copies. Nothing is capped.
func (m *MinHash) Reduce(ctx context.Context, partition int, pairs iter.Seq2[corpus.Pair, error], emit func(corpus.Pair) error) error {
	var bucket, out []byte
	var first []corpus.Ref
	var before corpus.Ref
	link := func(a, b corpus.Ref) error {
		out = pairKey(out, a, b)
		return emit(corpus.Pair{Key: out, Ref: a})
	}
	for p, err := range pairs {
		if err != nil {
			return fmt.Errorf("minhash: partition %d: %w", partition, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if bucket == nil || !bytes.Equal(bucket, p.Key) {
			bucket, first, before = append(bucket[:0], p.Key...), append(first[:0], p.Ref), p.Ref
			continue
		}
		if p.Ref == before {
			continue
		}
		for _, a := range first {
			if err := link(a, p.Ref); err != nil {
				return err
			}
		}
		if len(first) < maxAllPairs-1 {
			first = append(first, p.Ref)
		} else if before != first[len(first)-1] {
			if err := link(before, p.Ref); err != nil {
				return err
			}
		}
		before = p.Ref
	}
	return nil
}
