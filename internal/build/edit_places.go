package build

import (
	"encoding/binary"
	"errors"
	"hash/crc32"

	"corpus"
	"corpus/internal/spill"
)

// A textPlace is where a document's text is in the file.
type textPlace struct {
	ref            corpus.Ref
	offset, length int64
	sum            uint32 // CRC-32C of the text
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func newTextPlace(d *corpus.Document, offset int64) textPlace {
	return textPlace{d.Ref, offset, int64(len(d.Text)), crc32.Checksum([]byte(d.Text), castagnoli)}
}

// encode is number, offset, length and sum, little-endian; the ref is the end of the record's key.
func (p textPlace) encode(number uint32) []byte {
	v := binary.LittleEndian.AppendUint32(nil, number)
	v = binary.LittleEndian.AppendUint64(v, uint64(p.offset))
	v = binary.LittleEndian.AppendUint64(v, uint64(p.length))
	return binary.LittleEndian.AppendUint32(v, p.sum)
}

func decodeTextPlace(r spill.Record) (p textPlace, number int64, err error) {
	if len(r.Key) < 8 || len(r.Value) != 4+8+8+4 {
		return p, 0, errors.New("bad record of a spooled text")
	}
	v := r.Value
	return textPlace{
		ref:    corpus.Ref(binary.BigEndian.Uint64(r.Key[len(r.Key)-8:])),
		offset: int64(binary.LittleEndian.Uint64(v[4:])), length: int64(binary.LittleEndian.Uint64(v[12:])), sum: binary.LittleEndian.Uint32(v[20:]),
	}, int64(binary.LittleEndian.Uint32(v)), nil
}
