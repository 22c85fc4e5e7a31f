package dedup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"iter"
	"unicode"
	"unicode/utf8"

	"corpus"
)

const exactPartitions = 16

// ExactOptions configure Exact. There is nothing to set yet.
type ExactOptions struct{}

// DefaultExactOptions returns the defaults.
func DefaultExactOptions() ExactOptions { return ExactOptions{} }

// Validate returns nil: no value is bad.
func (o ExactOptions) Validate() error { return nil }

// Exact groups documents whose texts are equal once case and white space are folded:
// lower-cased rune by rune, each run of white space made one space, none at either end.
// Punctuation counts. The text is expected in NFC, as clean leaves it.
//
// The key is the first 128 bits of the text's SHA-256. Equal keys are taken for equal texts without another
// look, so the hash must hold against pages that are made to collide: a fast hash such as xxHash
// would let one page's author have another's page removed. It also costs little beside the rest of the pipeline.
type Exact struct{}

// NewExact returns the exchange, or the error of opts.Validate.
func NewExact(opts ExactOptions) (*Exact, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	return &Exact{}, nil
}

// Name implements corpus.Exchange.
func (e *Exact) Name() string { return "exact" }

// Partitions implements corpus.Exchange.
func (e *Exact) Partitions() int { return exactPartitions }

// Map emits the key of the text with an empty value.
func (e *Exact) Map(doc *corpus.Document, emit func(partition int, key, value []byte)) error {
	key := textKey(doc.Text)
	emit(int(key[0])*exactPartitions>>8, key[:], nil)
	return nil
}

// Reduce emits, for every document whose text an earlier one has, the pair of its Ref
// (Key: 8 bytes, big-endian) and the first document with that text (Ref). Pairs come in no order.
func (e *Exact) Reduce(ctx context.Context, partition int, pairs iter.Seq2[corpus.Pair, error], emit func(corpus.Pair) error) error {
	return reduceEqual(ctx, e.Name(), partition, pairs, emit)
}

// reduceEqual emits, for every document whose key an earlier one has, its Ref as Key and the earliest as Ref.
func reduceEqual(ctx context.Context, name string, partition int, pairs iter.Seq2[corpus.Pair, error], emit func(corpus.Pair) error) error {
	var group []byte // key of the current group; nil before the first
	var first corpus.Ref
	var out []byte
	for p, err := range pairs {
		if err != nil {
			return fmt.Errorf("%s: partition %d: %w", name, partition, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if group == nil || !bytes.Equal(group, p.Key) {
			group, first = append(group[:0], p.Key...), p.Ref
			continue
		}
		if p.Ref == first {
			continue
		}
		out = appendRef(out[:0], p.Ref)
		if err := emit(corpus.Pair{Key: out, Ref: first}); err != nil {
			return err
		}
	}
	return nil
}

// textKey hashes the folded text in one pass, a buffer at a time. plainTextKey in the tests is its reference.
func textKey(text string) [16]byte {
	h := sha256.New()
	var buffer [1024]byte
	n := 0
	space := false // white space was seen since the last character
	some := false  // a character was seen
	for i := 0; i < len(text); {
		if n > len(buffer)-1-utf8.UTFMax {
			h.Write(buffer[:n]) // never fails
			n = 0
		}
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		i += size
		if isSpace(r) {
			space = some
			continue
		}
		if space {
			buffer[n] = ' '
			n++
			space = false
		}
		some = true
		if r < utf8.RuneSelf {
			buffer[n] = lowerASCII(byte(r))
			n++
		} else {
			n += utf8.EncodeRune(buffer[n:], unicode.ToLower(r))
		}
	}
	h.Write(buffer[:n])
	var sum [sha256.Size]byte
	return [16]byte(h.Sum(sum[:0])[:16])
}

func isSpace(r rune) bool {
	if r < utf8.RuneSelf {
		return r == ' ' || '\t' <= r && r <= '\r'
	}
	return unicode.IsSpace(r)
}

func lowerASCII(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}
