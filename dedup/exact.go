package dedup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
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

// textKey hashes the folded text in one pass, ASCII eight bytes at a time. plainTextKey in the tests is its reference.
func textKey(text string) [16]byte {
	h := sha256.New()
	f := folder{space: true}
	for i := 0; i < len(text); {
		if f.filled > len(f.buffer)-8 {
			h.Write(f.buffer[:f.done()]) // never fails
			f.carry()
		}
		if i+8 <= len(text) {
			if x := load64(text[i:]); x&highs == 0 {
				f.addASCII(x)
				i += 8
				continue
			}
		}
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		f.add(r)
		i += size
	}
	h.Write(f.buffer[:f.done()])
	var sum [sha256.Size]byte
	return [16]byte(h.Sum(sum[:0])[:16])
}

// folder folds case and white space, a buffer at a time.
type folder struct {
	buffer [1024]byte
	filled int
	space  bool // the buffer ends with a space, or there was nothing yet: no other space may follow, and at the end of the text it does not count
}

// done is how much of the buffer will stay as it is.
func (f *folder) done() int {
	if f.space && f.filled > 0 {
		return f.filled - 1
	}
	return f.filled
}

// carry empties the buffer of what is done.
func (f *folder) carry() { f.filled = copy(f.buffer[:], f.buffer[f.done():f.filled]) }

// add folds one character. The buffer needs room for utf8.UTFMax bytes.
func (f *folder) add(r rune) {
	switch {
	case IsSpace(r):
		if !f.space {
			f.buffer[f.filled] = ' '
			f.filled++
		}
		f.space = true
		return
	case r < utf8.RuneSelf:
		f.buffer[f.filled] = LowerASCII(byte(r))
		f.filled++
	default:
		f.filled += utf8.EncodeRune(f.buffer[f.filled:], unicode.ToLower(r))
	}
	f.space = false
}

// addASCII folds eight characters of ASCII, the first in the lowest byte of x. The buffer needs room for eight bytes. No sum carries into the next byte.
func (f *folder) addASCII(x uint64) {
	capitals := (x + (0x80-'A')*lows) &^ (x + (0x80-'Z'-1)*lows) & highs
	x |= capitals >> 2 // the bit of caseBit
	controls := (x + (0x80-'\t')*lows) &^ (x + (0x80-'\r'-1)*lows) & highs
	x = x&^(controls>>7*0xFF) | controls>>2 // a space for each
	spaces := ^((x ^ ' '*lows) + 0x7F*lows) & highs
	before := spaces << 8
	if f.space {
		before |= 0x80
	}
	f.space = spaces>>63 != 0
	repeated := spaces & before
	eight := (*[8]byte)(f.buffer[f.filled:])
	if repeated == 0 {
		binary.LittleEndian.PutUint64(eight[:], x)
		f.filled += 8
		return
	}
	n := uint64(0)
	for range 8 {
		eight[n&7] = byte(x)
		n += ^repeated >> 7 & 1
		x, repeated = x>>8, repeated>>8
	}
	f.filled += int(n)
}

// IsSpace reports whether the methods take r for white space: unicode.IsSpace, with a short way for ASCII.
func IsSpace(r rune) bool {
	if r < utf8.RuneSelf {
		return r == ' ' || '\t' <= r && r <= '\r'
	}
	return unicode.IsSpace(r)
}

// LowerASCII is b in lower case where it is a capital of ASCII.
func LowerASCII(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}
