package linear

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"

	"github.com/klauspost/compress/zstd"
)

// docs/format/langid.md describes the file.
const (
	magic   = "corplang"
	version = 1

	headSize  = 32
	labelSize = 8
	maxLabels = 1024
	minBits   = 8
	maxBits   = 24
)

// Append writes a model as a file behind dst.
func Append(dst []byte, m *Model) ([]byte, error) {
	le := binary.LittleEndian
	start := len(dst)
	body, used := appendTable(nil, m)
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("language model: %w", err)
	}
	packed := encoder.EncodeAll(body, nil)
	dst = append(dst, magic...)
	dst = le.AppendUint32(dst, version)
	dst = le.AppendUint16(dst, Dim)
	dst = le.AppendUint16(dst, uint16(len(m.Labels)))
	dst = le.AppendUint32(dst, uint32(m.Bits))
	dst = le.AppendUint32(dst, uint32(used))
	dst = le.AppendUint32(dst, uint32(len(packed)))
	dst = le.AppendUint32(dst, math.Float32bits(m.Scale))
	for _, v := range m.Sharpness {
		dst = le.AppendUint32(dst, math.Float32bits(v))
	}
	for _, row := range m.Missing {
		for _, v := range row {
			dst = append(dst, byte(v))
		}
	}
	for l, label := range m.Labels {
		if len(label) == 0 || len(label) > labelSize {
			return nil, fmt.Errorf("language model: the label %q is not 1 to %d bytes", label, labelSize)
		}
		var name [labelSize]byte
		copy(name[:], label)
		dst = append(dst, name[:]...)
		dst = le.AppendUint32(dst, math.Float32bits(m.Offset[l]))
		for _, v := range m.Head[l] {
			dst = le.AppendUint16(dst, uint16(v))
		}
	}
	dst = append(dst, packed...)
	return le.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli())), nil
}

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

// appendTable writes the marks of all buckets, then the rows of those in use, one dimension after another, which compresses better.
func appendTable(dst []byte, m *Model) (table []byte, used int) {
	dst = append(dst, m.Marks...)
	for d := range Dim {
		used = 0
		for b, mark := range m.Marks {
			if mark != 0 {
				dst = append(dst, byte(m.Rows[b][d/8]>>(8*(d%8))))
				used++
			}
		}
	}
	return dst, used
}

// Read reads a model. It refuses what is not whole and of this version, and allocates no more than the sizes in the head allow: 18 bytes for each
// bucket and 16 more for each in use, 544 MiB at most.
func Read(b []byte) (*Model, error) {
	le := binary.LittleEndian
	const fixed = headSize + 4*Lengths + Kinds*Dim
	if len(b) < fixed+4 || string(b[:len(magic)]) != magic {
		return nil, errors.New("language model: wrong magic")
	}
	if v := le.Uint32(b[8:]); v != version {
		return nil, fmt.Errorf("language model: version %d, want %d", v, version)
	}
	body, sum := b[:len(b)-4], le.Uint32(b[len(b)-4:])
	if crc32.Checksum(body, castagnoli()) != sum {
		return nil, errors.New("language model: wrong checksum")
	}
	dim, labels := int(le.Uint16(b[12:])), int(le.Uint16(b[14:]))
	bits, used, packed := le.Uint32(b[16:]), le.Uint32(b[20:]), le.Uint32(b[24:])
	switch {
	case dim != Dim:
		return nil, fmt.Errorf("language model: %d dimensions, want %d", dim, Dim)
	case labels < 2 || labels > maxLabels:
		return nil, fmt.Errorf("language model: %d labels are not within 2 to %d", labels, maxLabels)
	case bits < minBits || bits > maxBits || used > 1<<bits:
		return nil, fmt.Errorf("language model: %d of 2^%d buckets in use", used, bits)
	case uint64(len(body)) != uint64(fixed)+uint64(labels)*(labelSize+4+2*Dim)+uint64(packed):
		return nil, fmt.Errorf("language model: %d bytes are not what its head says", len(b))
	}
	m := &Model{Bits: int(bits), Scale: math.Float32frombits(le.Uint32(b[28:]))}
	at := body[headSize:]
	for i := range m.Sharpness {
		m.Sharpness[i] = math.Float32frombits(le.Uint32(at[4*i:]))
	}
	at = at[4*Lengths:]
	for kind := range m.Missing {
		for d := range m.Missing[kind] {
			m.Missing[kind][d] = int8(at[kind*Dim+d])
		}
	}
	at = at[Kinds*Dim:]
	at = m.readLabels(at, labels)
	switch {
	case !m.finite():
		return nil, errors.New("language model: a number that is none, or out of range")
	case !m.ascending():
		return nil, errors.New("language model: the labels are not in order, or one is empty")
	}
	return m, m.readTable(at, int(used))
}

func (m *Model) readLabels(at []byte, labels int) []byte {
	le := binary.LittleEndian
	m.Labels, m.Offset, m.Head = make([]string, labels), make([]float32, labels), make([][Dim]int16, labels)
	for l := range labels {
		n := 0
		for n < labelSize && at[n] != 0 {
			n++
		}
		m.Labels[l] = string(at[:n])
		m.Offset[l] = math.Float32frombits(le.Uint32(at[labelSize:]))
		at = at[labelSize+4:]
		for d := range Dim {
			m.Head[l][d] = int16(le.Uint16(at[2*d:]))
		}
		at = at[2*Dim:]
	}
	return at
}

// finite reports whether all numbers are such that scores are numbers.
func (m *Model) finite() bool {
	const far = 1e6
	ok := m.Scale >= 0 && m.Scale < far
	for _, v := range m.Sharpness {
		ok = ok && v > 0 && v < far
	}
	for _, v := range m.Offset {
		ok = ok && v > -far && v < far
	}
	return ok
}

// ascending reports whether the labels are unique, in order, and none is empty.
func (m *Model) ascending() bool {
	before := ""
	for _, label := range m.Labels {
		if label <= before {
			return false
		}
		before = label
	}
	return true
}

func (m *Model) readTable(packed []byte, used int) error {
	buckets := 1 << m.Bits
	size := buckets + used*Dim
	// The decoder needs room for the window that the frame names, up to the next power of two.
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(uint64(size)), zstd.WithDecoderMaxWindow(1<<27))
	if err != nil {
		return fmt.Errorf("language model: %w", err)
	}
	defer decoder.Close()
	table, err := decoder.DecodeAll(packed, make([]byte, 0, size))
	if err != nil {
		return fmt.Errorf("language model: table: %w", err)
	}
	if len(table) != size {
		return fmt.Errorf("language model: a table of %d bytes, want %d", len(table), size)
	}
	m.Marks = table[:buckets:buckets]
	n := 0
	for _, mark := range m.Marks {
		if mark != 0 {
			n++
		}
	}
	if n != used {
		return fmt.Errorf("language model: %d buckets are in use, the head says %d", n, used)
	}
	m.Rows = make([][lanes]uint64, buckets)
	n = 0
	for b, mark := range m.Marks {
		if mark == 0 {
			continue
		}
		for d := range Dim {
			m.Rows[b][d/8] |= uint64(table[buckets+d*used+n]) << (8 * (d % 8))
		}
		n++
	}
	m.Marks = append([]uint8(nil), m.Marks...) // lets go of the rest of the table
	return nil
}

// SetRow sets the row of a bucket.
func (m *Model) SetRow(bucket uint32, row [Dim]int8) {
	m.Rows[bucket] = [lanes]uint64{}
	for d, v := range row {
		m.Rows[bucket][d/8] |= uint64(uint8(int(v)+bias)) << (8 * (d % 8))
	}
}

// NewRows makes the rows of a model with so many buckets.
func NewRows(bits int) [][lanes]uint64 { return make([][lanes]uint64, 1<<bits) }
