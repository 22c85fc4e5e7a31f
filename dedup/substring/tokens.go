package substring

import (
	"encoding/binary"
	"fmt"
)

// Texts of tokens hold each id in tokenBytes bytes, the highest first, so that they compare like their bytes.
const (
	tokenBytes = 1 << tokenShift
	tokenShift = 2
)

// AppendTokens appends the ids as texts of tokens hold them: four bytes each, big-endian. A TextReader of a Search for tokens gives these.
func AppendTokens(dst []byte, ids []uint32) []byte {
	for _, id := range ids {
		dst = binary.BigEndian.AppendUint32(dst, id)
	}
	return dst
}

func token(text []byte) uint32 { return binary.BigEndian.Uint32(text) }

// sampleTokens is the number of tokens from one known offset to the next.
const sampleTokens = 256

// A vocabulary knows the bytes of each token and, for documents added in order, the bytes before some of their tokens.
type vocabulary struct {
	tokens  [][]byte
	size    int64   // bytes of all documents
	count   int64   // their tokens
	starts  []int64 // bytes before each document
	samples []int64 // bytes before each sampleTokens'th token
}

// add takes the next document.
func (v *vocabulary) add(ids []uint32) error {
	for i, id := range ids {
		if int64(id) >= int64(len(v.tokens)) {
			return fmt.Errorf("token %d: id %d is not among the %d of the vocabulary", i, id, len(v.tokens))
		}
	}
	v.starts = append(v.starts, v.size)
	for _, id := range ids {
		if v.count%sampleTokens == 0 {
			v.samples = append(v.samples, v.size)
		}
		v.count++
		v.size += int64(len(v.tokens[id]))
	}
	return nil
}

// check reports an id that is not in the vocabulary, in a text of tokens that comes from elsewhere.
func (v *vocabulary) check(text []byte) error {
	for i := 0; i+tokenBytes <= len(text); i += tokenBytes {
		if id := token(text[i:]); int64(id) >= int64(len(v.tokens)) {
			return fmt.Errorf("token %d: id %d is not among the %d of the vocabulary", i/tokenBytes, id, len(v.tokens))
		}
	}
	return nil
}

// length is the number of bytes of a text of tokens.
func (v *vocabulary) length(text []byte) int64 {
	var n int64
	for ; len(text) > 0; text = text[tokenBytes:] {
		n += int64(len(v.tokens[token(text)]))
	}
	return n
}

// before is where to begin to count the bytes before token i of a document that begins at token start of all: how many bytes stand
// before token from <= i of the document.
func (v *vocabulary) before(document int, start, i int64) (from, bytes int64) {
	sample := (start + i) / sampleTokens
	if sample*sampleTokens <= start {
		return 0, 0
	}
	return sample*sampleTokens - start, v.samples[sample] - v.starts[document]
}

// decode sets text to the bytes of a text of tokens, and offsets to where each token begins, with the end of the last.
func (v *vocabulary) decode(tokens, text []byte, offsets []int64) ([]byte, []int64) {
	text, offsets = text[:0], append(offsets[:0], 0)
	for ; len(tokens) > 0; tokens = tokens[tokenBytes:] {
		text = append(text, v.tokens[token(tokens)]...)
		offsets = append(offsets, int64(len(text)))
	}
	return text, offsets
}

// sortTokens writes the positions of a text of tokens to sa, which has a place for each, in the order of the suffixes. Ids are less than size.
func sortTokens(text []byte, sa []int32, size int, scratch []uint64) {
	numbers := make([]int32, len(sa))
	for i := range numbers {
		numbers[i] = int32(token(text[i<<tokenShift:])) + 1
	}
	sortNumbers(numbers, sa, int32(size), scratch)
}
