package spill

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// The layout of a run file, as docs/format/spill.md draws it.
const (
	magic   = "CRPSPILL"
	version = 2

	headerSize      = 16 // magic, version, CRC-32C of the 12 bytes before
	blockHeaderSize = 16 // compressed length, raw length, records, CRC-32C
	indexEntrySize  = 12 // offset and key length, before the key
	trailerSize     = 48 // see trailer.append

	blockTarget = 64 << 10                                         // a block ends with the record that brings it to this size
	maxBlock    = 1 + blockTarget + recordHead + MaxKey + MaxValue // raw bytes
	recordHead  = 8                                                // a record's key length and value length in its block
	columnsHead = 3                                                // layout, key length, value length
	maxColumns  = 64                                               // most bytes of a record that is stored in columns
)

// castagnoli is the table of CRC-32C; read only.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func crc(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

var errTruncated = errors.New("file is too short: it was cut off or never finished")

func appendHeader(b []byte) []byte {
	start := len(b)
	b = append(b, magic...)
	b = binary.LittleEndian.AppendUint32(b, version)
	return binary.LittleEndian.AppendUint32(b, crc(b[start:]))
}

func checkHeader(b []byte) error {
	if string(b[:8]) != magic {
		return fmt.Errorf("not a spill run: it starts with %q", b[:8])
	}
	if crc(b[:12]) != binary.LittleEndian.Uint32(b[12:]) {
		return errors.New("bad checksum of the file header")
	}
	if v := binary.LittleEndian.Uint32(b[8:]); v != version {
		return fmt.Errorf("spill run version %d is unknown; this program reads version %d", v, version)
	}
	return nil
}

// blockHeader stands before each block's compressed bytes.
type blockHeader struct {
	compressed, raw, records uint32
	sum                      uint32 // CRC-32C of the three numbers before and of the compressed bytes
}

// sealBlock writes the header into the first blockHeaderSize bytes of block, whose other bytes are the compressed records.
func sealBlock(block []byte, raw, records int) {
	binary.LittleEndian.PutUint32(block[0:], uint32(len(block)-blockHeaderSize))
	binary.LittleEndian.PutUint32(block[4:], uint32(raw))
	binary.LittleEndian.PutUint32(block[8:], uint32(records))
	binary.LittleEndian.PutUint32(block[12:], blockSum(block))
}

func blockSum(block []byte) uint32 {
	return crc32.Update(crc(block[:12]), castagnoli, block[blockHeaderSize:])
}

// parseBlock checks a block, header and compressed bytes, and returns its header.
func parseBlock(block []byte) (blockHeader, error) {
	if len(block) < blockHeaderSize {
		return blockHeader{}, errTruncated
	}
	h := blockHeader{
		compressed: binary.LittleEndian.Uint32(block[0:]),
		raw:        binary.LittleEndian.Uint32(block[4:]),
		records:    binary.LittleEndian.Uint32(block[8:]),
		sum:        binary.LittleEndian.Uint32(block[12:]),
	}
	switch {
	case h.sum != blockSum(block):
		return h, errors.New("bad checksum of the block")
	case uint64(h.compressed) != uint64(len(block)-blockHeaderSize):
		return h, fmt.Errorf("block says %d compressed bytes but has %d", h.compressed, len(block)-blockHeaderSize)
	case h.raw > maxBlock:
		return h, fmt.Errorf("block of %d bytes is larger than %d", h.raw, maxBlock)
	case h.records == 0 || h.records >= h.raw: // a record takes at least a byte, and the layout one
		return h, fmt.Errorf("block of %d bytes cannot hold %d records", h.raw, h.records)
	}
	return h, nil
}

// trailer ends the file.
type trailer struct {
	indexOffset uint64
	blocks      uint64
	records     uint64
	raw         uint64 // sum of the raw sizes of all blocks
	indexSum    uint32
}

func (t trailer) append(b []byte) []byte {
	start := len(b)
	b = binary.LittleEndian.AppendUint64(b, t.indexOffset)
	b = binary.LittleEndian.AppendUint64(b, t.blocks)
	b = binary.LittleEndian.AppendUint64(b, t.records)
	b = binary.LittleEndian.AppendUint64(b, t.raw)
	b = binary.LittleEndian.AppendUint32(b, t.indexSum)
	b = binary.LittleEndian.AppendUint32(b, crc(b[start:]))
	return append(b, magic...)
}

func parseTrailer(b []byte) (trailer, error) {
	if string(b[40:]) != magic || crc(b[:36]) != binary.LittleEndian.Uint32(b[36:]) {
		return trailer{}, errTruncated
	}
	return trailer{
		indexOffset: binary.LittleEndian.Uint64(b[0:]),
		blocks:      binary.LittleEndian.Uint64(b[8:]),
		records:     binary.LittleEndian.Uint64(b[16:]),
		raw:         binary.LittleEndian.Uint64(b[24:]),
		indexSum:    binary.LittleEndian.Uint32(b[32:]),
	}, nil
}

// indexEntry says where a block starts and with which key.
type indexEntry struct {
	offset   int64
	firstKey []byte
}

func appendIndexEntry(b []byte, offset int64, firstKey []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(offset))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(firstKey)))
	return append(b, firstKey...)
}

// parseIndex reads the entries of blocks that fill the file from the header to the index.
func parseIndex(b []byte, t trailer) ([]indexEntry, error) {
	if t.blocks > uint64(len(b)/indexEntrySize) {
		return nil, fmt.Errorf("index of %d bytes cannot hold %d blocks", len(b), t.blocks)
	}
	entries := make([]indexEntry, 0, t.blocks)
	least := uint64(headerSize) // where the next block may start
	for i := uint64(0); i < t.blocks; i++ {
		if len(b) < indexEntrySize {
			return nil, errors.New("index ends within an entry")
		}
		offset, n := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint32(b[8:])
		b = b[indexEntrySize:]
		if uint64(n) > uint64(len(b)) || n > MaxKey {
			return nil, fmt.Errorf("index entry %d has a key of %d bytes", i, n)
		}
		if offset < least || offset >= t.indexOffset || (i == 0 && offset != headerSize) {
			return nil, fmt.Errorf("index entry %d points to offset %d", i, offset)
		}
		least = offset + blockHeaderSize
		entries = append(entries, indexEntry{offset: int64(offset), firstKey: b[:n:n]})
		b = b[n:]
	}
	if len(b) != 0 {
		return nil, fmt.Errorf("%d bytes left over behind the index", len(b))
	}
	if t.blocks == 0 && (t.indexOffset != headerSize || t.records != 0) {
		return nil, errors.New("index is empty but the file is not")
	}
	return entries, nil
}
