package dedup

import (
	"encoding/binary"
	"math/bits"
)

// The primes of xxHash's 32-bit hash.
const (
	prime32x1 = 2654435761
	prime32x2 = 2246822519
	prime32x3 = 3266489917
	prime32x4 = 668265263
	prime32x5 = 374761393
)

// xxhash32 is the 32-bit xxHash with seed 0, by its specification (Collet, xxHash fast digest algorithm, version 0.1.1).
func xxhash32(b []byte) uint32 {
	n := uint32(len(b))
	h := uint32(prime32x5)
	if len(b) >= 16 {
		first, second := uint32(prime32x1), uint32(prime32x2) // as variables, so that sums wrap round
		lanes := [4]uint32{first + second, second, 0, -first}
		for ; len(b) >= 16; b = b[16:] {
			for i := range lanes {
				lanes[i] = bits.RotateLeft32(lanes[i]+binary.LittleEndian.Uint32(b[4*i:])*prime32x2, 13) * prime32x1
			}
		}
		h = bits.RotateLeft32(lanes[0], 1) + bits.RotateLeft32(lanes[1], 7) + bits.RotateLeft32(lanes[2], 12) + bits.RotateLeft32(lanes[3], 18)
	}
	h += n
	for ; len(b) >= 4; b = b[4:] {
		h = bits.RotateLeft32(h+binary.LittleEndian.Uint32(b)*prime32x3, 17) * prime32x4
	}
	for _, c := range b {
		h = bits.RotateLeft32(h+uint32(c)*prime32x5, 11) * prime32x1
	}
	h = (h ^ h>>15) * prime32x2
	h = (h ^ h>>13) * prime32x3
	return h ^ h>>16
}
