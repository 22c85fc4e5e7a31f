package spill

import "encoding/binary"

// compressor makes a zstd frame of some bytes, and appends it to dst. A *zstd.Encoder is one.
type compressor interface {
	EncodeAll(src, dst []byte) []byte
}

// storer makes frames whose blocks hold the bytes as they are (RFC 8878, section 3.1.1.2.2, Raw_Block): for records that a sort
// reads back once and soon, where compression would cost more than the disk that it saves. Any zstd decoder reads them.
type storer struct{}

// maxStored is the most bytes of a block of a frame.
const maxStored = 128 << 10

func (storer) EncodeAll(src, dst []byte) []byte {
	// The magic number; a header with the size of the content in four bytes, in a single segment.
	dst = append(dst, 0x28, 0xB5, 0x2F, 0xFD, 2<<6|1<<5)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(src)))
	for {
		n := min(len(src), maxStored)
		head := uint32(n) << 3 // raw
		if n == len(src) {
			head |= 1 // the last block
		}
		dst = append(dst, byte(head), byte(head>>8), byte(head>>16))
		dst = append(dst, src[:n]...)
		if src = src[n:]; len(src) == 0 {
			return dst
		}
	}
}

// storedBytes returns the content of a frame that storer made, within the frame, where it is one raw block. Of any other frame it says false.
func storedBytes(frame []byte) ([]byte, bool) {
	const head = 9 + 3 // of the frame, and of the block
	if len(frame) < head || binary.LittleEndian.Uint32(frame) != 0xFD2FB528 || frame[4] != 2<<6|1<<5 {
		return nil, false
	}
	size := uint32(len(frame) - head)
	block := uint32(frame[9]) | uint32(frame[10])<<8 | uint32(frame[11])<<16
	if size > maxStored || binary.LittleEndian.Uint32(frame[5:]) != size || block != size<<3|1 {
		return nil, false
	}
	return frame[head:], true
}

// newCompressor makes what compresses the blocks of a run.
func newCompressor(store bool) (compressor, error) {
	if store {
		return storer{}, nil
	}
	return newEncoder()
}
