package dedup

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"math"
	"slices"
	"sync"

	"github.com/cespare/xxhash/v2"

	"corpus"
)

const bandPartitions = 16

// bandKeySize is the length of a band's key: its index and the hash of its rows.
const bandKeySize = 1 + 8

// MinHash finds documents that share most of their shingles: MinHash signatures
// (Broder, "On the resemblance and containment of documents", SEQUENCES 1997) cut into bands
// (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, section 3.4).
// Two documents of Jaccard similarity s share at least one band with probability 1 - (1 - s^rows)^bands.
//
// What shares a band is only a candidate: Resolve compares the pairs by their whole sets of shingles.
type MinHash struct {
	opts         MinHashOptions     // resolved
	permutations *numpyPermutations // of the family datatrove; nil for sketch
	signers      sync.Pool          // of *signer
}

// NewMinHash returns the exchange, or the error of opts.Validate.
func NewMinHash(opts MinHashOptions) (*MinHash, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	opts = opts.Resolved()
	values := opts.Bands * opts.Rows
	m := &MinHash{opts: opts}
	if opts.Family == familyDatatrove {
		m.permutations = newNumpyPermutations(values, opts)
	}
	m.signers.New = func() any {
		s := &signer{shingling: newShingling(opts)}
		if m.permutations == nil {
			s.sketcher = newSketcher(values)
		}
		return s
	}
	return m, nil
}

// signer makes signatures, for one goroutine at a time.
type signer struct {
	*sketcher // nil for the family datatrove
	shingling
	rows []byte
}

// Name implements corpus.Exchange.
func (m *MinHash) Name() string { return "minhash" }

// Partitions implements corpus.Exchange.
func (m *MinHash) Partitions() int { return bandPartitions }

// Signature returns the sketch of the text's shingles, bands × rows values, band by band, or nil for a text without words, and for all texts
// where the family is another.
// The share of places where two signatures agree estimates the Jaccard similarity s of the
// texts' sets of shingles with a standard error of at most sqrt(s(1-s)/(bands·rows)).
func (m *MinHash) Signature(text string) []uint32 {
	if m.permutations != nil {
		return nil
	}
	s := m.signers.Get().(*signer)
	defer m.signers.Put(s)
	return slices.Clone(s.signature(text))
}

// signature is Signature; the slice is overwritten by the next call.
func (s *signer) signature(text string) []uint32 {
	s.begin()
	if s.shingles(text, s.add) == 0 {
		return nil
	}
	return s.sketch(func(throw func([]uint64)) { s.shingles(text, throw) })
}

// permuted is the signature of the family datatrove, nil for a text of fewer words than a shingle has.
func (m *MinHash) permuted(s *signer, text string) []uint64 {
	signature := slices.Repeat([]uint64{math.MaxUint64}, len(m.permutations.a))
	if s.shingles(text, func(block []uint64) { m.permutations.lower(signature, block) }) == 0 {
		return nil
	}
	return signature
}

// Map emits for each band its key, the band's index as one byte and the xxHash64 of its rows, big-endian, with an
// empty value. A text without shingles emits nothing.
func (m *MinHash) Map(doc *corpus.Document, emit func(partition int, key, value []byte)) error {
	s := m.signers.Get().(*signer)
	defer m.signers.Put(s)
	s.rows = s.rows[:0]
	if m.permutations == nil {
		for _, v := range s.signature(doc.Text) {
			s.rows = binary.LittleEndian.AppendUint32(s.rows, v)
		}
	} else {
		for _, v := range m.permuted(s, doc.Text) {
			s.rows = binary.LittleEndian.AppendUint64(s.rows, v)
		}
	}
	if len(s.rows) == 0 {
		return nil
	}
	width := len(s.rows) / m.opts.Bands
	var key [bandKeySize]byte
	for band := range m.opts.Bands {
		h := xxhash.Sum64(s.rows[band*width:][:width])
		key[0] = byte(band)
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
//
// A bucket of more than maxAllPairs is reported besides: Key is the band's key, 9 bytes, Ref the first document in it, Value the number of documents, 8 bytes big-endian.
func (m *MinHash) Reduce(ctx context.Context, partition int, pairs iter.Seq2[corpus.Pair, error], emit func(corpus.Pair) error) error {
	b := bucket{emit: emit}
	for p, err := range pairs {
		if err != nil {
			return fmt.Errorf("minhash: partition %d: %w", partition, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if b.documents > 0 && bytes.Equal(b.key, p.Key) {
			if err := b.add(p.Ref); err != nil {
				return err
			}
			continue
		}
		if err := b.report(); err != nil {
			return err
		}
		b.key, b.documents = append(b.key[:0], p.Key...), 1
		b.first, b.before = append(b.first[:0], p.Ref), p.Ref
	}
	return b.report()
}

// bucket is the bucket that Reduce is in.
type bucket struct {
	emit      func(corpus.Pair) error
	key, out  []byte
	first     []corpus.Ref // the first of it, up to maxAllPairs-1
	before    corpus.Ref   // the last one
	documents uint64
}

// add pairs the next document.
func (b *bucket) add(ref corpus.Ref) error {
	if ref == b.before {
		return nil
	}
	b.documents++
	for _, a := range b.first {
		if err := b.pair(a, ref); err != nil {
			return err
		}
	}
	if len(b.first) < maxAllPairs-1 {
		b.first = append(b.first, ref)
	} else if b.before != b.first[len(b.first)-1] {
		if err := b.pair(b.before, ref); err != nil {
			return err
		}
	}
	b.before = ref
	return nil
}

func (b *bucket) pair(first, second corpus.Ref) error {
	b.out = pairKey(b.out, first, second)
	return b.emit(corpus.Pair{Key: b.out, Ref: first})
}

// report reports a bucket that is at its end, where it is large.
func (b *bucket) report() error {
	if b.documents <= maxAllPairs {
		return nil
	}
	b.out = binary.BigEndian.AppendUint64(b.out[:0], b.documents)
	return b.emit(corpus.Pair{Key: b.key, Ref: b.first[0], Value: b.out})
}
