package shard

import (
	"encoding/binary"
	"fmt"
)

// checkTokens returns an error for the first id that is not below vocabSize.
func checkTokens(ids []uint32, vocabSize int) error {
	for i, id := range ids {
		if int64(id) >= int64(vocabSize) {
			return fmt.Errorf("token %d is id %d, outside the vocabulary of %d ids", i, id, vocabSize)
		}
	}
	return nil
}

// appendTokens appends ids as little-endian numbers of the given width, which must hold them.
func appendTokens(b []byte, ids []uint32, width int) []byte {
	start := len(b)
	b = append(b, make([]byte, len(ids)*width)...)
	out := b[start:]
	if width == 2 {
		for i, id := range ids {
			binary.LittleEndian.PutUint16(out[2*i:], uint16(id))
		}
		return b
	}
	for i, id := range ids {
		binary.LittleEndian.PutUint32(out[4*i:], id)
	}
	return b
}

// decodeTokens fills dst from little-endian numbers of the given width: b holds
// len(dst)*width bytes. It returns the highest id, 0 when there is none.
func decodeTokens(dst []uint32, b []byte, width int) uint32 {
	var highest uint32
	if width == 2 {
		b = b[:2*len(dst)]
		for i := range dst {
			id := uint32(binary.LittleEndian.Uint16(b[2*i:]))
			dst[i] = id
			highest = max(highest, id)
		}
		return highest
	}
	b = b[:4*len(dst)]
	for i := range dst {
		id := binary.LittleEndian.Uint32(b[4*i:])
		dst[i] = id
		highest = max(highest, id)
	}
	return highest
}
