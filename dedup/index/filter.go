package index

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/FastFilter/xorfilter"
	"github.com/cespare/xxhash/v2"
)

// hashKey is what filters know a key by.
func hashKey(key []byte) uint64 { return xxhash.Sum64(key) }

// appendFilter builds a binary fuse filter with fingerprints of 8 bits (Graf and Lemire, "Binary fuse filters", JEA 27, 2022)
// over the hashes of keys, which are left in disorder, and appends it: seed, segment length, length of all segments but two, fingerprints.
func appendFilter(b []byte, builder *xorfilter.BinaryFuseBuilder, hashes []uint64) ([]byte, error) {
	f, err := xorfilter.BuildBinaryFuse[uint8](builder, hashes)
	if err != nil {
		return nil, fmt.Errorf("build the filter of %d keys: %w", len(hashes), err)
	}
	b = binary.LittleEndian.AppendUint64(b, f.Seed)
	b = binary.LittleEndian.AppendUint32(b, f.SegmentLength)
	b = binary.LittleEndian.AppendUint32(b, f.SegmentCountLength)
	return append(b, f.Fingerprints...), nil
}

// parseFilter reads a filter, which keeps b. It refuses one in which a key could lead out of the fingerprints.
func parseFilter(b []byte) (*xorfilter.BinaryFuse8, error) {
	if len(b) < filterHeadSize {
		return nil, errors.New("filter ends within its head")
	}
	f := xorfilter.BinaryFuse8{
		Seed:               binary.LittleEndian.Uint64(b),
		SegmentLength:      binary.LittleEndian.Uint32(b[8:]),
		SegmentCountLength: binary.LittleEndian.Uint32(b[12:]),
		Fingerprints:       b[filterHeadSize:],
	}
	n := f.SegmentLength
	if n == 0 || n&(n-1) != 0 || f.SegmentCountLength == 0 || f.SegmentCountLength%n != 0 ||
		uint64(f.SegmentCountLength)+2*uint64(n) != uint64(len(f.Fingerprints)) {
		return nil, fmt.Errorf("filter of %d fingerprints has segments of %d and %d in all but two of them", len(f.Fingerprints), n, f.SegmentCountLength)
	}
	f.SegmentLengthMask, f.SegmentCount = n-1, f.SegmentCountLength/n
	return &f, nil
}
