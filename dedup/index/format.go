package index

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// The layout of a file of keys, as docs/format/dedup-index.md draws it.
const (
	magic   = "CRPDKEYS"
	version = 1

	headerSize      = 24 // magic, version, key bytes, keep, CRC-32C of the 20 bytes before
	blockHeaderSize = 12 // bytes of records, records, CRC-32C of these and of the records
	filterHeadSize  = 16 // seed, segment length, length of all segments but two
	sectionSize     = 28 // offset of the filter, its bytes, its CRC-32C, keys, blocks
	trailerSize     = 64 // see trailer.append

	blockTarget = 16 << 10 // a block ends with the record that brings it to this size
	sectionKeys = 1 << 18  // a section ends with the block in which it comes to so many keys
	// maxBlock bounds the records of a block: one record is at most a key, its prefix and 256 numbers of ten bytes.
	maxBlock = blockTarget + maxKeyBytes + 1 + (2*maxKeep+1)*binary.MaxVarintLen64
	// maxFilter bounds a filter: 1.125 bytes a key for many, a few hundred bytes for few.
	maxFilter = 4 * sectionKeys
)

// castagnoli is the table of CRC-32C; read only.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func crc(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

var errTruncated = errors.New("file is too short: it was cut off or never finished")

func appendHeader(b []byte, o Options) []byte {
	start := len(b)
	b = append(b, magic...)
	b = binary.LittleEndian.AppendUint32(b, version)
	b = binary.LittleEndian.AppendUint32(b, uint32(o.KeyBytes))
	b = binary.LittleEndian.AppendUint32(b, uint32(o.Keep))
	return binary.LittleEndian.AppendUint32(b, crc(b[start:]))
}

func parseHeader(b []byte) (o Options, err error) {
	if string(b[:8]) != magic {
		return o, fmt.Errorf("not a file of keys: it starts with %q", b[:8])
	}
	if crc(b[:20]) != binary.LittleEndian.Uint32(b[20:]) {
		return o, errors.New("bad checksum of the file header")
	}
	if v := binary.LittleEndian.Uint32(b[8:]); v != version {
		return o, fmt.Errorf("version %d of files of keys is unknown; this program reads version %d", v, version)
	}
	keyBytes, keep := binary.LittleEndian.Uint32(b[12:]), binary.LittleEndian.Uint32(b[16:])
	if keyBytes > maxKeyBytes || keep > maxKeep {
		return o, fmt.Errorf("keys of %d bytes with %d documents are more than %d with %d", keyBytes, keep, maxKeyBytes, maxKeep)
	}
	o = Options{KeyBytes: int(keyBytes), Keep: int(keep)}
	return o, o.check()
}

func (o Options) check() error {
	if o.KeyBytes < 1 || o.KeyBytes > maxKeyBytes {
		return fmt.Errorf("keys of %d bytes: 1 to %d are possible", o.KeyBytes, maxKeyBytes)
	}
	if o.Keep < 1 || o.Keep > maxKeep {
		return fmt.Errorf("keep %d documents of a key: 1 to %d are possible", o.Keep, maxKeep)
	}
	return nil
}

// places say where each block lies and with which key it begins. They stay as they are on disk: a file of 50 GB has three million.
type places struct {
	entries  []byte
	keyBytes int
}

func (p places) len() int { return len(p.entries) / (8 + p.keyBytes) }

func (p places) offset(i int) int64 {
	return int64(binary.LittleEndian.Uint64(p.entries[i*(8+p.keyBytes):]))
}

// first is the first key of block i.
func (p places) first(i int) []byte { return p.entries[i*(8+p.keyBytes)+8:][:p.keyBytes:p.keyBytes] }

// section is a range of blocks with one filter.
type section struct {
	offset uint64 // of the filter
	length uint32 // of the filter in bytes
	sum    uint32 // CRC-32C of it
	keys   uint64
	blocks uint32

	start int // its first block
}

func (s section) append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, s.offset)
	b = binary.LittleEndian.AppendUint32(b, s.length)
	b = binary.LittleEndian.AppendUint32(b, s.sum)
	b = binary.LittleEndian.AppendUint64(b, s.keys)
	return binary.LittleEndian.AppendUint32(b, s.blocks)
}

func parseSection(b []byte) section {
	return section{
		offset: binary.LittleEndian.Uint64(b), length: binary.LittleEndian.Uint32(b[8:]), sum: binary.LittleEndian.Uint32(b[12:]),
		keys: binary.LittleEndian.Uint64(b[16:]), blocks: binary.LittleEndian.Uint32(b[24:]),
	}
}

// trailer ends the file.
type trailer struct {
	tableOffset uint64
	sections    uint64
	blocks      uint64
	keys        uint64
	documents   uint64 // sum over all keys, of those that are not kept too
	tableSum    uint32
}

func (t trailer) append(b []byte) []byte {
	start := len(b)
	for _, v := range []uint64{t.tableOffset, t.sections, t.blocks, t.keys, t.documents} {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	b = binary.LittleEndian.AppendUint32(b, t.tableSum)
	b = binary.LittleEndian.AppendUint32(b, 0) // reserved
	b = binary.LittleEndian.AppendUint32(b, 0)
	b = binary.LittleEndian.AppendUint32(b, crc(b[start:]))
	return append(b, magic...)
}

func parseTrailer(b []byte) (t trailer, err error) {
	if string(b[56:]) != magic || crc(b[:52]) != binary.LittleEndian.Uint32(b[52:]) {
		return t, errTruncated
	}
	for i, v := range []*uint64{&t.tableOffset, &t.sections, &t.blocks, &t.keys, &t.documents} {
		*v = binary.LittleEndian.Uint64(b[8*i:])
	}
	t.tableSum = binary.LittleEndian.Uint32(b[40:])
	return t, nil
}

// parseTable reads the sections and the places of their blocks. The blocks of a section and its filter fill the file without gaps.
func parseTable(b []byte, t trailer, keyBytes int) (sections []section, blocks places, err error) {
	entry := uint64(8 + keyBytes)
	if t.sections > uint64(len(b))/sectionSize || t.blocks > uint64(len(b))/entry || t.sections*sectionSize+t.blocks*entry != uint64(len(b)) {
		return nil, blocks, fmt.Errorf("table of %d bytes does not hold %d sections and %d blocks", len(b), t.sections, t.blocks)
	}
	var count, keys uint64
	for range t.sections {
		s := parseSection(b)
		s.start = int(count)
		if s.blocks == 0 || s.keys == 0 || s.keys > 2*sectionKeys || s.length < filterHeadSize || s.length > maxFilter {
			return nil, blocks, fmt.Errorf("section %d of %d keys, %d blocks and a filter of %d bytes", len(sections), s.keys, s.blocks, s.length)
		}
		count, keys = count+uint64(s.blocks), keys+s.keys
		sections, b = append(sections, s), b[sectionSize:]
	}
	if count != t.blocks || keys != t.keys {
		return nil, blocks, fmt.Errorf("sections of %d keys and %d blocks; the file says %d and %d", keys, count, t.keys, t.blocks)
	}
	blocks = places{b, keyBytes}
	at := int64(headerSize) // where the next thing begins
	for i, s := range sections {
		for n := s.start; n < s.start+int(s.blocks); n++ {
			offset := blocks.offset(n)
			if offset < at || n == s.start && offset != at || uint64(offset) > t.tableOffset {
				return nil, blocks, fmt.Errorf("block %d at offset %d", n, offset)
			}
			at = offset + blockHeaderSize
		}
		if s.offset < uint64(at) || s.offset > t.tableOffset || uint64(s.length) > t.tableOffset-s.offset {
			return nil, blocks, fmt.Errorf("filter %d of %d bytes at offset %d", i, s.length, s.offset)
		}
		at = int64(s.offset) + int64(s.length)
	}
	if at != int64(t.tableOffset) {
		return nil, blocks, fmt.Errorf("%d bytes before the table belong to nothing", int64(t.tableOffset)-at)
	}
	return sections, blocks, nil
}
