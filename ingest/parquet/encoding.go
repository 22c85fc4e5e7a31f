package parquet

import (
	"encoding/binary"
	"math/bits"
)

// The decoders here follow Encodings.md of the format. Each gets the number of values that it must yield, allocates for no
// more of them, and returns false where the bytes do not hold them.

// hybrid decodes run lengths and bit-packed runs of width bits into dst, and returns how many values there were:
// fewer than len(dst) where the bytes end.
func hybrid[T uint8 | uint32](dst []T, src []byte, width int) (n int, ok bool) {
	mask := uint64(1)<<width - 1
	for n < len(dst) && len(src) > 0 {
		head, k := binary.Uvarint(src)
		if k <= 0 {
			return n, false
		}
		src = src[k:]
		if head&1 == 0 {
			size := (width + 7) / 8
			if len(src) < size {
				return n, false
			}
			var v uint64
			for i := range size {
				v |= uint64(src[i]) << (8 * i)
			}
			src = src[size:]
			run := dst[n : n+int(min(head>>1, uint64(len(dst)-n)))]
			for i := range run {
				run[i] = T(v & mask)
			}
			n += len(run)
			continue
		}
		groups := head >> 1
		if groups > uint64(len(dst)-n+7)/8 {
			groups = uint64(len(dst)-n+7) / 8 // some writers pad the last run to more than there are values
		}
		take := int(groups) * width
		if take > len(src) {
			// A last group that is cut still holds whole values.
			groups, take = uint64(len(src)), len(src)
		}
		count := min(len(dst)-n, int(groups)*8)
		if width > 0 {
			count = min(count, take*8/width)
		}
		unpack(dst[n:n+count], src[:take], width)
		n += count
		src = src[take:]
	}
	if width == 0 {
		clear(dst[n:])
		n = len(dst)
	}
	return n, true
}

// unpack reads integers of width bits, the least significant first. Src holds all of them; width is at most 32.
func unpack[T uint8 | uint32 | uint64](dst []T, src []byte, width int) {
	mask := uint64(1)<<width - 1
	var acc uint64
	have := 0
	for i := range dst {
		for have < width {
			if len(src) >= 4 && have <= 32 {
				acc |= uint64(binary.LittleEndian.Uint32(src)) << have
				src, have = src[4:], have+32
				continue
			}
			acc |= uint64(src[0]) << have
			src, have = src[1:], have+8
		}
		dst[i] = T(acc & mask)
		acc >>= width
		have -= width
	}
}

// unpackWide is unpack for widths up to 64.
func unpackWide(dst []uint64, src []byte, width int) {
	if width <= 32 {
		unpack(dst, src, width)
		return
	}
	for i := range dst {
		var v uint64
		at := i * width
		for got := 0; got < width; {
			low := (at + got) & 7
			b := uint64(src[(at+got)>>3]) >> low
			v |= b << got
			got += 8 - low
		}
		if width < 64 {
			v &= uint64(1)<<width - 1
		}
		dst[i] = v
	}
}

// delta decodes n integers of DELTA_BINARY_PACKED, and returns the bytes behind them.
func delta(n int, src []byte) (values []int64, rest []byte, ok bool) {
	r := thrift{b: src} // the same variable-length integers
	block, minis, total, first := r.uvarint(), r.uvarint(), r.uvarint(), r.varint()
	if r.bad || total != uint64(n) || minis == 0 || block == 0 || block > 1<<20 || block%128 != 0 || block%minis != 0 || block/minis%32 != 0 {
		return nil, nil, false
	}
	if n == 0 {
		return nil, r.b, true
	}
	// A value takes no bits at all where all differences of its block are equal: n has its own bound, and is not one of len(src).
	values = make([]int64, 1, n)
	values[0] = first
	mini := int(block / minis)
	unpacked := make([]uint64, mini)
	last := first
	for len(values) < n {
		least := r.varint()
		if r.bad || uint64(len(r.b)) < minis {
			return nil, nil, false
		}
		widths := r.b[:minis]
		r.b = r.b[minis:]
		for _, w := range widths {
			if len(values) == n {
				break
			}
			size := mini / 8 * int(w)
			if w > 64 || size > len(r.b) {
				return nil, nil, false
			}
			unpackWide(unpacked, r.b[:size], int(w))
			r.b = r.b[size:]
			for _, d := range unpacked[:min(mini, n-len(values))] {
				last += least + int64(d)
				values = append(values, last)
			}
		}
	}
	return values, r.b, true
}

// vector is the values of a page that are not null, or of a dictionary.
type vector struct {
	n     int
	data  []byte
	width int      // of one value, in bytes; 0 for byte arrays
	ends  []uint32 // of byte arrays, n+1 of them: value i is data[ends[i]:ends[i+1]], less skip bytes at its beginning
	skip  uint32
	index []uint32 // into dict
	dict  *vector
}

// at returns a value's bytes: little-endian for numbers, one byte for a boolean. They are part of the page.
func (v *vector) at(i int) []byte {
	if v.dict != nil {
		return v.dict.at(int(v.index[i]))
	}
	if v.width > 0 {
		return v.data[i*v.width : (i+1)*v.width : (i+1)*v.width]
	}
	return v.data[v.ends[i]+v.skip : v.ends[i+1] : v.ends[i+1]]
}

// held is the memory that a vector takes, without its dictionary.
func (v *vector) held() int { return len(v.data) + 4*len(v.ends) + 4*len(v.index) }

// widthOf is the stored size of a value, 0 for byte arrays and booleans.
func widthOf(n *Node) int {
	switch n.Type {
	case Int32, Float:
		return 4
	case Int64, Double:
		return 8
	case Int96:
		return 12
	case FixedByteArray:
		return n.Length
	}
	return 0
}

// plain decodes PLAIN.
func plain(node *Node, n int, b []byte) (*vector, bool) {
	if node.Type == Boolean {
		if (n+7)/8 > len(b) {
			return nil, false
		}
		v := &vector{n: n, width: 1, data: make([]byte, n)}
		for i := range v.data {
			v.data[i] = b[i>>3] >> (i & 7) & 1
		}
		return v, true
	}
	if w := widthOf(node); w > 0 {
		if n > len(b)/w {
			return nil, false
		}
		return &vector{n: n, width: w, data: b[:n*w]}, true
	}
	if n > len(b)/4 {
		return nil, false
	}
	v := &vector{n: n, data: b, ends: make([]uint32, n+1), skip: 4}
	at := 0
	for i := range n {
		if len(b)-at < 4 {
			return nil, false
		}
		size := binary.LittleEndian.Uint32(b[at:])
		if uint64(size) > uint64(len(b)-at-4) {
			return nil, false
		}
		at += 4 + int(size)
		v.ends[i+1] = uint32(at)
	}
	return v, true
}

// deltaIntegers decodes DELTA_BINARY_PACKED for INT32 and INT64.
func deltaIntegers(node *Node, n int, b []byte) (*vector, bool) {
	values, _, ok := delta(n, b)
	if !ok || node.Type != Int32 && node.Type != Int64 {
		return nil, false
	}
	v := &vector{n: n, width: widthOf(node), data: make([]byte, 0, n*widthOf(node))}
	for _, x := range values {
		if v.width == 4 {
			v.data = binary.LittleEndian.AppendUint32(v.data, uint32(x))
		} else {
			v.data = binary.LittleEndian.AppendUint64(v.data, uint64(x))
		}
	}
	return v, true
}

// deltaLengths decodes DELTA_LENGTH_BYTE_ARRAY.
func deltaLengths(n int, b []byte) (*vector, bool) {
	lengths, rest, ok := delta(n, b)
	if !ok {
		return nil, false
	}
	v := &vector{n: n, data: rest, ends: make([]uint32, n+1)}
	at := int64(0)
	for i, size := range lengths {
		if size < 0 || size > int64(len(rest))-at {
			return nil, false
		}
		at += size
		v.ends[i+1] = uint32(at)
	}
	return v, true
}

// deltaStrings decodes DELTA_BYTE_ARRAY, in which a value names how much of the one before it begins with. The result is at most limit bytes.
func deltaStrings(node *Node, n int, b []byte, limit int) (*vector, bool) {
	shared, rest, ok := delta(n, b)
	if !ok {
		return nil, false
	}
	suffixes, ok := deltaLengths(n, rest)
	if !ok {
		return nil, false
	}
	total, before := int64(0), int64(0)
	for i, s := range shared {
		if s < 0 || s > before {
			return nil, false
		}
		before = s + int64(len(suffixes.at(i)))
		if total += before; total > int64(limit) || node.Type == FixedByteArray && before != int64(node.Length) {
			return nil, false
		}
	}
	v := &vector{n: n, data: make([]byte, 0, total), ends: make([]uint32, n+1)}
	for i, s := range shared {
		start := 0
		if i > 0 {
			start = int(v.ends[i-1])
		}
		v.data = append(v.data, v.data[start:start+int(s)]...)
		v.data = append(v.data, suffixes.at(i)...)
		v.ends[i+1] = uint32(len(v.data))
	}
	return v, true
}

// splitStreams decodes BYTE_STREAM_SPLIT: all first bytes, then all second bytes, and so on.
func splitStreams(node *Node, n int, b []byte) (*vector, bool) {
	w := widthOf(node)
	if w == 0 || n > len(b)/w {
		return nil, false
	}
	v := &vector{n: n, width: w, data: make([]byte, n*w)}
	for i := range n {
		for j := range w {
			v.data[i*w+j] = b[j*n+i]
		}
	}
	return v, true
}

// indexes decodes positions in a dictionary.
func indexes(n int, b []byte, dict *vector) (*vector, bool) {
	v := &vector{n: n, index: make([]uint32, n), dict: dict}
	if n == 0 {
		return v, true
	}
	if len(b) == 0 || b[0] > 32 {
		return nil, false
	}
	got, ok := hybrid(v.index, b[1:], int(b[0]))
	if !ok || got < n {
		return nil, false
	}
	for _, i := range v.index {
		if uint64(i) >= uint64(dict.n) {
			return nil, false
		}
	}
	return v, true
}

// runs decodes booleans in RLE, behind four bytes that give their length.
func runs(node *Node, n int, b []byte) (*vector, bool) {
	if node.Type != Boolean || len(b) < 4 {
		return nil, false
	}
	v := &vector{n: n, width: 1, data: make([]byte, n)}
	got, ok := hybrid(v.data, b[4:], 1)
	return v, ok && got == n
}

// levelWidth is the number of bits of a level.
func levelWidth(most int) int { return bits.Len(uint(most)) }
