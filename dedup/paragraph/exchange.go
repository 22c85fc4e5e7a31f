package paragraph

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"math"

	"corpus"
)

const partitions = 16

// A Repeat is a paragraph that is to be removed.
type Repeat struct {
	// Offset is that of the Paragraph.
	Offset uint32
	// Partner is the document in which an equal paragraph begins at PartnerOffset; NoPartner from a Filter.
	Partner       corpus.Ref
	PartnerOffset uint32
}

// NoPartner is the partner of a Repeat or Range whose equal is not known.
const NoPartner = ^corpus.Ref(0)

// An Exchange finds every copy of a paragraph by sorting the keys of all of them. It is a corpus.Exchange; ParseRepeat reads what Reduce emits.
type Exchange struct {
	*Hasher
	rank func(*corpus.Document) []byte
}

var _ corpus.Exchange = (*Exchange)(nil)

// NewExchange returns the exchange, or the error of opts.Validate. Rank orders the documents whose copies stay, the least bytes first; nil leaves it to the
// order of the inputs. It must be safe for concurrent use.
func NewExchange(opts Options, rank func(*corpus.Document) []byte) (*Exchange, error) {
	h, err := NewHasher(opts)
	if err != nil {
		return nil, err
	}
	if rank == nil {
		rank = func(*corpus.Document) []byte { return nil }
	}
	return &Exchange{h, rank}, nil
}

// Name implements corpus.Exchange.
func (x *Exchange) Name() string { return "paragraph" }

// Partitions implements corpus.Exchange.
func (x *Exchange) Partitions() int { return partitions }

// Map emits, for each paragraph that is compared, its key (16 bytes) and the document's rank behind it, with the offset (4 bytes, big-endian)
// as the value. So the pairs of one key come to Reduce in the order in which copies are to stay.
func (x *Exchange) Map(doc *corpus.Document, emit func(partition int, key, value []byte)) error {
	paragraphs := x.Paragraphs(doc, nil)
	if len(paragraphs) == 0 {
		return nil
	}
	rank := x.rank(doc)
	var key []byte
	var value [4]byte
	for _, p := range paragraphs {
		key = append(append(key[:0], p.Key[:]...), rank...)
		binary.BigEndian.PutUint32(value[:], p.Offset)
		emit(int(p.Key[0])*partitions>>8, key, value[:])
	}
	return nil
}

// place is where a paragraph begins.
type place struct {
	ref    corpus.Ref
	offset uint32
}

// Reduce emits a pair for each copy that goes: the Ref (8 bytes, big-endian) and the offset (4) of the paragraph as the key, the Ref of its
// partner, and the partner's offset (4 bytes, big-endian) as the value. The partner is the best copy; where none stays, the second best is that of the best.
func (x *Exchange) Reduce(ctx context.Context, partition int, pairs iter.Seq2[corpus.Pair, error], emit func(corpus.Pair) error) error {
	var group Key
	var best place
	seen := 0 // copies of the group so far
	var key, value []byte
	remove := func(p, partner place) error {
		key = appendPlace(key[:0], p)
		value = binary.BigEndian.AppendUint32(value[:0], partner.offset)
		return emit(corpus.Pair{Key: key, Ref: partner.ref, Value: value})
	}
	for p, err := range pairs {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil && (len(p.Key) < len(group) || len(p.Value) != 4) {
			err = fmt.Errorf("a pair of %d and %d bytes is no paragraph", len(p.Key), len(p.Value))
		}
		if err != nil {
			return err // who runs the exchange says which partition it was
		}
		at := place{p.Ref, binary.BigEndian.Uint32(p.Value)}
		if k := Key(p.Key[:len(group)]); seen == 0 || k != group {
			group, best, seen = k, at, 1
			continue
		}
		if seen++; seen == 2 && x.opts.Keep == 0 {
			if err := remove(best, at); err != nil {
				return err
			}
		}
		if seen > x.opts.Keep {
			if err := remove(at, best); err != nil {
				return err
			}
		}
	}
	return nil
}

func appendPlace(b []byte, p place) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64(b, uint64(p.ref)), p.offset)
}

// RefKey is the least key of a pair that Reduce emits for a document: the pairs of a unit's documents lie between two of them.
func RefKey(ref corpus.Ref) []byte { return appendPlace(nil, place{ref: ref}) }

// ParseRepeat reads a pair that Reduce emitted: the document that loses a paragraph, and which.
func ParseRepeat(p corpus.Pair) (corpus.Ref, Repeat, error) {
	if len(p.Key) != 12 || len(p.Value) != 4 {
		return 0, Repeat{}, fmt.Errorf("paragraph: a pair of %d and %d bytes is no repeat", len(p.Key), len(p.Value))
	}
	return corpus.Ref(binary.BigEndian.Uint64(p.Key)), Repeat{
		Offset:  binary.BigEndian.Uint32(p.Key[8:]),
		Partner: p.Ref, PartnerOffset: binary.BigEndian.Uint32(p.Value),
	}, nil
}

// maxOffset is the last offset at which a paragraph is compared.
const maxOffset = math.MaxUint32
