package trees

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// The file (docs/format/trees.md) is little-endian:
//
//	"CTRE"  version u16  models u16
//	for each model: features u16, depth u16, trees u32, bias i32,
//	    trees·depth × (feature u16, threshold u8), trees·2^depth × leaf i16
//	CRC-32C of all before, u32
const (
	magic     = "CTRE"
	version   = 1
	headSize  = 8
	modelHead = 12
	askSize   = 3
	maxTrees  = 1 << 16
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// ErrCorrupt says that bytes are not a file of models.
var ErrCorrupt = errors.New("corrupt file of decision trees")

// Append appends a file of models.
func Append(b []byte, models []*Model) []byte {
	start := len(b)
	le := binary.LittleEndian
	b = append(b, magic...)
	b = le.AppendUint16(b, version)
	b = le.AppendUint16(b, uint16(len(models)))
	for _, m := range models {
		b = le.AppendUint16(b, uint16(m.Features))
		b = le.AppendUint16(b, uint16(m.Depth))
		b = le.AppendUint32(b, uint32(m.Trees()))
		b = le.AppendUint32(b, uint32(m.Bias))
		for i, f := range m.Asks {
			b = le.AppendUint16(b, f)
			b = append(b, m.Thresholds[i])
		}
		for _, l := range m.Leaves {
			b = le.AppendUint16(b, uint16(l))
		}
	}
	return le.AppendUint32(b, crc32.Checksum(b[start:], castagnoli))
}

// Read reads a file of models.
func Read(b []byte) ([]*Model, error) {
	le := binary.LittleEndian
	if len(b) < headSize+4 || string(b[:4]) != magic {
		return nil, fmt.Errorf("%w: no %q at the start", ErrCorrupt, magic)
	}
	if v := le.Uint16(b[4:]); v != version {
		return nil, fmt.Errorf("decision trees of version %d, which this program cannot read: it reads version %d", v, version)
	}
	end := len(b) - 4
	if got := crc32.Checksum(b[:end], castagnoli); got != le.Uint32(b[end:]) {
		return nil, fmt.Errorf("%w: wrong checksum", ErrCorrupt)
	}
	n := int(le.Uint16(b[6:]))
	b = b[headSize:end]
	var models []*Model
	for range n {
		m, rest, err := readModel(b)
		if err != nil {
			return nil, err
		}
		models, b = append(models, m), rest
	}
	if len(b) > 0 {
		return nil, fmt.Errorf("%w: %d bytes too many", ErrCorrupt, len(b))
	}
	return models, nil
}

func readModel(b []byte) (m *Model, rest []byte, err error) {
	le := binary.LittleEndian
	if len(b) < modelHead {
		return nil, nil, fmt.Errorf("%w: cut in a model's head", ErrCorrupt)
	}
	m = &Model{Features: int(le.Uint16(b)), Depth: int(le.Uint16(b[2:])), Bias: int32(le.Uint32(b[8:]))}
	trees := int(le.Uint32(b[4:]))
	if m.Depth < 1 || m.Depth > MaxDepth || trees > maxTrees {
		return nil, nil, fmt.Errorf("%w: %d trees of depth %d", ErrCorrupt, trees, m.Depth)
	}
	asks, leaves := trees*m.Depth, trees<<m.Depth
	b = b[modelHead:]
	if len(b) < askSize*asks+2*leaves {
		return nil, nil, fmt.Errorf("%w: cut in a model's trees", ErrCorrupt)
	}
	for range asks {
		f := le.Uint16(b)
		if int(f) >= m.Features || b[2] > MaxValue {
			return nil, nil, fmt.Errorf("%w: feature %d of %d, threshold %d", ErrCorrupt, f, m.Features, b[2])
		}
		m.Asks = append(m.Asks, f)
		m.Thresholds = append(m.Thresholds, b[2])
		b = b[askSize:]
	}
	for range leaves {
		m.Leaves = append(m.Leaves, int16(le.Uint16(b)))
		b = b[2:]
	}
	return m, b, nil
}
