package shard

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
)

const (
	// HeaderSize is the number of bytes before the first token of a shard file.
	HeaderSize = 128
	// Version is the version of the shard file that this package writes, and the only one that it reads.
	Version = 2
	// NoToken stands where the id of a special token would, when there is none.
	NoToken uint32 = 0xFFFFFFFF
	// NoEOS is NoToken in the place of an end-of-document token.
	NoEOS = NoToken

	magic = "CORPUSSH"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Header is what the first 128 bytes of a shard file say.
type Header struct {
	TokenBytes     int    // width of a token in bytes, 2 or 4
	Packing        string // Concat or BestFit
	Tokens         int64  // number of tokens in the file, padding among them
	VocabSize      int    // number of token ids, 1 to 2³¹-1; every token is below it
	EOS            uint32 // id of the token that ends a document, or NoToken
	BOS            uint32 // id of the token that begins a document, or NoToken
	Pad            uint32 // id of the token that fills a sequence up, or NoToken under Concat
	SequenceLength int    // tokens of a sequence; 0 when there are no sequences
	Shard          int    // index of the file within its split, from 0
	FirstToken     int64  // position in the split of the file's first token
	Boundaries     int64  // number of stretches in the file, padding among them
	CRC            uint32 // CRC-32C of the token bytes
	BoundaryCRC    uint32 // CRC-32C of the boundary bytes
}

// TokenBytes is the width in bytes that holds every id of a vocabulary: 2 up to
// 65,536 ids, 4 beyond.
func TokenBytes(vocabSize int) int {
	if vocabSize <= 1<<16 {
		return 2
	}
	return 4
}

// packings are the names of the values of the header's packing field.
func packings() []string { return []string{Concat, BestFit} }

// ParseHeader reads a header from the first 128 bytes of a shard file. It refuses
// another magic, another version, a wrong checksum and values that contradict each other.
func ParseHeader(b []byte) (Header, error) {
	if len(b) >= 12 && string(b[:8]) == magic {
		// The version comes before all else: another one may lay out everything anew.
		if v := binary.LittleEndian.Uint32(b[8:]); v != Version {
			return Header{}, fmt.Errorf("unknown shard version %d: this program reads version %d", v, Version)
		}
	}
	if len(b) < HeaderSize {
		return Header{}, fmt.Errorf("header is %d bytes, want %d", len(b), HeaderSize)
	}
	b = b[:HeaderSize]
	if string(b[:8]) != magic {
		return Header{}, fmt.Errorf("not a shard file: magic is %q, want %q", b[:8], magic)
	}
	if want, got := binary.LittleEndian.Uint32(b[124:]), crc32.Checksum(b[:124], castagnoli); want != got {
		return Header{}, fmt.Errorf("header checksum is %08x, its bytes have %08x", want, got)
	}
	if !allZero(b[72:124]) {
		return Header{}, fmt.Errorf("reserved header bytes are not zero")
	}
	packing := binary.LittleEndian.Uint16(b[14:])
	if int(packing) >= len(packings()) {
		return Header{}, fmt.Errorf("unknown packing %d: this program knows 0 to %d", packing, len(packings())-1)
	}
	tokens, first, boundaries := binary.LittleEndian.Uint64(b[16:]), binary.LittleEndian.Uint64(b[40:]), binary.LittleEndian.Uint64(b[56:])
	vocab, index, length := binary.LittleEndian.Uint32(b[24:]), binary.LittleEndian.Uint32(b[48:]), binary.LittleEndian.Uint32(b[52:])
	if tokens > maxTokens || first > maxTokens || boundaries > maxTokens {
		return Header{}, fmt.Errorf("%d tokens from position %d on in %d stretches are more than a shard can hold", tokens, first, boundaries)
	}
	if vocab > math.MaxInt32 || index > math.MaxInt32 || length > maxSequence {
		return Header{}, fmt.Errorf("vocabulary size %d, shard index %d or sequence length %d is too large", vocab, index, length)
	}
	h := Header{
		TokenBytes:     int(binary.LittleEndian.Uint16(b[12:])),
		Packing:        packings()[packing],
		Tokens:         int64(tokens),
		VocabSize:      int(vocab),
		EOS:            binary.LittleEndian.Uint32(b[28:]),
		BOS:            binary.LittleEndian.Uint32(b[32:]),
		Pad:            binary.LittleEndian.Uint32(b[36:]),
		FirstToken:     int64(first),
		Shard:          int(index),
		SequenceLength: int(length),
		Boundaries:     int64(boundaries),
		CRC:            binary.LittleEndian.Uint32(b[64:]),
		BoundaryCRC:    binary.LittleEndian.Uint32(b[68:]),
	}
	return h, h.validate()
}

// maxTokens bounds counts and positions, so that bytes and sums of positions stay within an int64.
const maxTokens = 1 << 56

// validate says what is wrong with the values of a header.
func (h Header) validate() error {
	switch {
	case h.TokenBytes != 2 && h.TokenBytes != 4:
		return fmt.Errorf("%d bytes per token: want 2 or 4", h.TokenBytes)
	case h.VocabSize < 1 || h.VocabSize > math.MaxInt32:
		return fmt.Errorf("vocabulary size %d: want 1 to %d", h.VocabSize, math.MaxInt32)
	case h.TokenBytes == 2 && h.VocabSize > 1<<16:
		return fmt.Errorf("a vocabulary of %d ids does not fit 2 bytes per token", h.VocabSize)
	case h.Tokens < 0 || h.Tokens > maxTokens || h.FirstToken < 0 || h.FirstToken > maxTokens:
		return fmt.Errorf("%d tokens from position %d on: want 0 to %d", h.Tokens, h.FirstToken, int64(maxTokens))
	case h.Shard < 0 || h.Shard > math.MaxInt32:
		return fmt.Errorf("shard index %d: want 0 to %d", h.Shard, math.MaxInt32)
	case h.Boundaries < 0 || h.Boundaries > h.Tokens || (h.Boundaries == 0) != (h.Tokens == 0):
		return fmt.Errorf("%d stretches cannot make up %d tokens", h.Boundaries, h.Tokens)
	}
	for _, special := range []struct {
		name string
		id   uint32
	}{{"end-of-document", h.EOS}, {"beginning-of-document", h.BOS}, {"padding", h.Pad}} {
		if special.id != NoToken && int64(special.id) >= int64(h.VocabSize) {
			return fmt.Errorf("%s id %d is outside the vocabulary of %d ids", special.name, special.id, h.VocabSize)
		}
	}
	return h.validateSequences()
}

func (h Header) validateSequences() error {
	length := int64(h.SequenceLength)
	switch {
	case length != 0 && (length < 2 || length > maxSequence):
		return fmt.Errorf("sequence length %d: want 0, or 2 to %d", length, maxSequence)
	case length != 0 && h.FirstToken%length != 0:
		return fmt.Errorf("first token is at position %d, inside a sequence of %d tokens", h.FirstToken, length)
	case h.Packing == Concat && h.Pad != NoToken:
		return fmt.Errorf("packing %s with padding id %d", h.Packing, h.Pad)
	case h.Packing == BestFit && (length == 0 || h.Tokens%length != 0):
		return fmt.Errorf("%d tokens are not whole sequences of %d", h.Tokens, length)
	case h.Packing == BestFit && h.Pad == NoToken:
		return fmt.Errorf("packing %s without a padding id", h.Packing)
	case h.Packing != Concat && h.Packing != BestFit:
		return fmt.Errorf("unknown packing %q", h.Packing)
	}
	return nil
}

// boundaryOffset is where the boundaries lie: behind the tokens, at a multiple of eight bytes.
func (h Header) boundaryOffset() int64 {
	return (HeaderSize + h.Tokens*int64(h.TokenBytes) + 7) &^ 7
}

// fileSize is the size of the file that the header promises.
func (h Header) fileSize() int64 { return h.boundaryOffset() + 8*h.Boundaries }

// appendTo appends the 128 bytes of the header.
func (h Header) appendTo(b []byte) []byte {
	start := len(b)
	packing := uint16(0)
	if h.Packing == BestFit {
		packing = 1
	}
	b = append(b, magic...)
	b = binary.LittleEndian.AppendUint32(b, Version)
	b = binary.LittleEndian.AppendUint16(b, uint16(h.TokenBytes))
	b = binary.LittleEndian.AppendUint16(b, packing)
	b = binary.LittleEndian.AppendUint64(b, uint64(h.Tokens))
	b = binary.LittleEndian.AppendUint32(b, uint32(h.VocabSize))
	b = binary.LittleEndian.AppendUint32(b, h.EOS)
	b = binary.LittleEndian.AppendUint32(b, h.BOS)
	b = binary.LittleEndian.AppendUint32(b, h.Pad)
	b = binary.LittleEndian.AppendUint64(b, uint64(h.FirstToken))
	b = binary.LittleEndian.AppendUint32(b, uint32(h.Shard))
	b = binary.LittleEndian.AppendUint32(b, uint32(h.SequenceLength))
	b = binary.LittleEndian.AppendUint64(b, uint64(h.Boundaries))
	b = binary.LittleEndian.AppendUint32(b, h.CRC)
	b = binary.LittleEndian.AppendUint32(b, h.BoundaryCRC)
	b = append(b, make([]byte, 52)...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[start:], castagnoli))
}

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
