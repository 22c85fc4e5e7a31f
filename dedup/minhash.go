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
// Partitions 0 to 15 hold the bands, SignaturePartition the whole signatures, with which Resolve checks the pairs.
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
func (m *MinHash) Partitions() int { return bandPartitions + 1 }

// SignaturePartition is the partition of the signatures: what Reduce emits there are
// Inputs.Signatures, what it emits in the others are Inputs.Candidates.
func (m *MinHash) SignaturePartition() int { return bandPartitions }

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

// Map emits for each band its key (the band's index as one byte and the xxHash64 of its rows, big-endian) with an
// empty value, and the whole signature (bands·rows × uint32, little-endian) under an empty key. A text without words emits nothing.
func (m *MinHash) Map(doc *corpus.Document, emit func(partition int, key, value []byte)) error {
	signature := m.Signature(doc.Text)
	if signature == nil {
		return nil
	}
	value := make([]byte, 0, 4*len(signature))
	for _, v := range signature {
		value = binary.LittleEndian.AppendUint32(value, v)
	}
	width := 4 * m.opts.Rows
	for band := range m.opts.Bands {
		var key [9]byte
		key[0] = byte(band)
		h := xxhash.Sum64(value[band*width:][:width])
		binary.BigEndian.PutUint64(key[1:], h)
		emit(int(h%bandPartitions), key[:], nil)
	}
	emit(m.SignaturePartition(), nil, value)
	return nil
}

// Reduce of a band's partition emits candidate pairs: Key is the smaller Ref and the larger one, 8 bytes big-endian each,
// Ref the smaller one. Reduce of the signatures' partition emits each signature as it is: Key is the Ref, Value the signature.
//
// Within a bucket (documents that agree on a band) every document is paired with the first and with the
// one before it: 2n-3 pairs for n documents, where all pairs would be n(n-1)/2. The pairs with the first suffice
// where the bucket's members are all alike; those with the one before keep the others
// together where the first is in the bucket by chance. Nothing is capped.
func (m *MinHash) Reduce(ctx context.Context, partition int, pairs iter.Seq2[corpus.Pair, error], emit func(corpus.Pair) error) error {
	if partition == m.SignaturePartition() {
		return m.reduceSignatures(ctx, pairs, emit)
	}
	var bucket, out []byte
	var first, before corpus.Ref
	link := func(a, b corpus.Ref) error {
		out = appendRef(appendRef(out[:0], a), b)
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
			bucket, first, before = append(bucket[:0], p.Key...), p.Ref, p.Ref
			continue
		}
		if p.Ref == before {
			continue
		}
		if err := link(first, p.Ref); err != nil {
			return err
		}
		if before != first {
			if err := link(before, p.Ref); err != nil {
				return err
			}
		}
		before = p.Ref
	}
	return nil
}

func (m *MinHash) reduceSignatures(ctx context.Context, pairs iter.Seq2[corpus.Pair, error], emit func(corpus.Pair) error) error {
	var out []byte
	for p, err := range pairs {
		if err != nil {
			return fmt.Errorf("minhash: signatures: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		out = appendRef(out[:0], p.Ref)
		if err := emit(corpus.Pair{Key: out, Ref: p.Ref, Value: p.Value}); err != nil {
			return err
		}
	}
	return nil
}
