package shard

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
)

const (
	// HeaderSize is the number of bytes before the first token of a shard file.
	HeaderSize = 64
	// Version is the version of the shard file that this package writes, and the only one that it reads.
	Version = 1
	// NoEOS stands where an end-of-document token id would, when there is none.
	NoEOS uint32 = 0xFFFFFFFF

	magic = "CORPUSSH"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Header is what the first 64 bytes of a shard file say.
type Header struct {
	TokenBytes int    // width of a token in bytes, 2 or 4
	Tokens     int64  // number of tokens in the file
	VocabSize  int    // number of token ids, 1 to 2³¹-1; every token is below it
	EOS        uint32 // id of the token that ends a document, or NoEOS
	CRC        uint32 // CRC-32C of the token bytes
	Shard      int    // index of the file within its split, from 0
	FirstToken int64  // position in the split of the file's first token
}

// TokenBytes is the width in bytes that holds every id of a vocabulary: 2 up to
// 65,536 ids, 4 beyond.
func TokenBytes(vocabSize int) int {
	if vocabSize <= 1<<16 {
		return 2
	}
	return 4
}

// ParseHeader reads a header from the first 64 bytes of a shard file. It refuses
// another magic, another version, a wrong checksum and values that contradict each other.
func ParseHeader(b []byte) (Header, error) {
	if len(b) < HeaderSize {
		return Header{}, fmt.Errorf("header is %d bytes, want %d", len(b), HeaderSize)
	}
	b = b[:HeaderSize]
	if string(b[:8]) != magic {
		return Header{}, fmt.Errorf("not a shard file: magic is %q, want %q", b[:8], magic)
	}
	// The version comes before the checksum: another version may lay out everything else anew.
	if v := binary.LittleEndian.Uint32(b[8:]); v != Version {
		return Header{}, fmt.Errorf("unknown shard version %d: this program reads version %d", v, Version)
	}
	if want, got := binary.LittleEndian.Uint32(b[60:]), crc32.Checksum(b[:60], castagnoli); want != got {
		return Header{}, fmt.Errorf("header checksum is %08x, its bytes have %08x", want, got)
	}
	if binary.LittleEndian.Uint16(b[14:]) != 0 || !allZero(b[48:60]) {
		return Header{}, fmt.Errorf("reserved header bytes are not zero")
	}
	tokens, first := binary.LittleEndian.Uint64(b[16:]), binary.LittleEndian.Uint64(b[40:])
	vocab, index := binary.LittleEndian.Uint32(b[24:]), binary.LittleEndian.Uint32(b[36:])
	if tokens > maxTokens || first > maxTokens {
		return Header{}, fmt.Errorf("%d tokens from position %d on are more than a shard can hold", tokens, first)
	}
	if vocab > math.MaxInt32 || index > math.MaxInt32 {
		return Header{}, fmt.Errorf("vocabulary size %d or shard index %d is above %d", vocab, index, math.MaxInt32)
	}
	h := Header{
		TokenBytes: int(binary.LittleEndian.Uint16(b[12:])),
		Tokens:     int64(tokens),
		VocabSize:  int(vocab),
		EOS:        binary.LittleEndian.Uint32(b[28:]),
		CRC:        binary.LittleEndian.Uint32(b[32:]),
		Shard:      int(index),
		FirstToken: int64(first),
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
	case h.EOS != NoEOS && int64(h.EOS) >= int64(h.VocabSize):
		return fmt.Errorf("end-of-document id %d is outside the vocabulary of %d ids", h.EOS, h.VocabSize)
	case h.Tokens < 0 || h.Tokens > maxTokens || h.FirstToken < 0 || h.FirstToken > maxTokens:
		return fmt.Errorf("%d tokens from position %d on: want 0 to %d", h.Tokens, h.FirstToken, int64(maxTokens))
	case h.Shard < 0 || h.Shard > math.MaxInt32:
		return fmt.Errorf("shard index %d: want 0 to %d", h.Shard, math.MaxInt32)
	}
	return nil
}

// appendTo appends the 64 bytes of the header.
func (h Header) appendTo(b []byte) []byte {
	start := len(b)
	b = append(b, magic...)
	b = binary.LittleEndian.AppendUint32(b, Version)
	b = binary.LittleEndian.AppendUint16(b, uint16(h.TokenBytes))
	b = binary.LittleEndian.AppendUint16(b, 0)
	b = binary.LittleEndian.AppendUint64(b, uint64(h.Tokens))
	b = binary.LittleEndian.AppendUint32(b, uint32(h.VocabSize))
	b = binary.LittleEndian.AppendUint32(b, h.EOS)
	b = binary.LittleEndian.AppendUint32(b, h.CRC)
	b = binary.LittleEndian.AppendUint32(b, uint32(h.Shard))
	b = binary.LittleEndian.AppendUint64(b, uint64(h.FirstToken))
	b = append(b, make([]byte, 12)...)
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
