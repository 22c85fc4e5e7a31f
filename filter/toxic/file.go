package toxic

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
)

// The layout of a file; docs/format/toxic.md shows it.
const (
	magic   = "corptoxi"
	version = 1
	headLen = len(magic) + 4 + 4 + 4 + 4*4
	tailLen = 4
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Append writes the weights in the form of a file.
func (w Weights) Append(dst []byte) []byte {
	begin := len(dst)
	dst = append(dst, magic...)
	for _, n := range []int{version, len(w.Masked), len(w.Words)} {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(n))
	}
	for _, f := range []float32{w.Bias, w.WordUnit, w.PairUnit, w.GramUnit} {
		dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(f))
	}
	hashes := slices.Clone(w.Masked)
	slices.Sort(hashes)
	for _, hash := range hashes {
		dst = binary.LittleEndian.AppendUint64(dst, hash)
	}
	for _, hash := range w.sortedWords() {
		dst = binary.LittleEndian.AppendUint64(dst, hash)
		dst = binary.LittleEndian.AppendUint16(dst, uint16(w.Words[hash]))
	}
	for _, table := range [][]int8{w.Pairs, w.Grams} {
		for _, v := range table {
			dst = append(dst, byte(v))
		}
	}
	return binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst[begin:], castagnoli))
}

// Parse reads a file. It refuses one that is cut short, too long, damaged or of another version.
func Parse(data []byte) (*Model, error) {
	if len(data) < headLen+tailLen || string(data[:len(magic)]) != magic {
		return nil, fmt.Errorf("toxicity model: no %q at its start", magic)
	}
	number := func(i int) uint32 { return binary.LittleEndian.Uint32(data[len(magic)+4*i:]) }
	if v := number(0); v != version {
		return nil, fmt.Errorf("toxicity model: version %d; this program reads version %d", v, version)
	}
	nMasked, nWords := int64(number(1)), int64(number(2))
	want := int64(headLen) + 8*nMasked + 10*nWords + 1<<pairBits + 1<<gramBits + tailLen
	if int64(len(data)) != want {
		return nil, fmt.Errorf("toxicity model: %d bytes, where its head says %d", len(data), want)
	}
	body := data[:len(data)-tailLen]
	if sum := crc32.Checksum(body, castagnoli); sum != binary.LittleEndian.Uint32(data[len(body):]) {
		return nil, fmt.Errorf("toxicity model: its checksum does not match")
	}
	float := func(i int) float32 { return math.Float32frombits(number(i)) }
	w := Weights{Bias: float(3), WordUnit: float(4), PairUnit: float(5), GramUnit: float(6), Words: make(map[uint64]int16, nWords)}
	rest := body[headLen:]
	for range nMasked {
		w.Masked = append(w.Masked, binary.LittleEndian.Uint64(rest))
		rest = rest[8:]
	}
	for range nWords {
		w.Words[binary.LittleEndian.Uint64(rest)] = int16(binary.LittleEndian.Uint16(rest[8:]))
		rest = rest[10:]
	}
	w.Pairs, w.Grams = signed(rest[:1<<pairBits]), signed(rest[1<<pairBits:])
	m, err := New(w)
	if err != nil {
		return nil, fmt.Errorf("toxicity model: %w", err)
	}
	return m, nil
}

func signed(b []byte) []int8 {
	out := make([]int8, len(b))
	for i, v := range b {
		out[i] = int8(v)
	}
	return out
}
