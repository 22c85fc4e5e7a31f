package ingest

import (
	"bytes"
	"sort"
	"strings"
)

// bzipped is a bzip2 stream with one block for each piece of at most 20,000 bytes, since the sorting is naive.
func bzipped(s string) string { return bzippedBlocks(s, 20_000) }

// bzippedBlocks is a stream with blocks of a size.
func bzippedBlocks(s string, size int) string {
	w := bitWriter{}
	w.b.WriteString("BZh9")
	var sum uint32
	for len(s) > 0 {
		n := min(size, len(s))
		crc := bzip2CRC(s[:n])
		sum = (sum<<1 | sum>>31) ^ crc
		w.block(s[:n], crc)
		s = s[n:]
	}
	w.bits(bzip2End, 48)
	w.bits(uint64(sum), 32)
	w.flush()
	return w.b.String()
}

type bitWriter struct {
	b    bytes.Buffer
	acc  uint64
	held int
}

func (w *bitWriter) bits(v uint64, n int) {
	for n--; n >= 0; n-- {
		w.acc = w.acc<<1 | v>>n&1
		if w.held++; w.held == 8 {
			w.b.WriteByte(byte(w.acc))
			w.acc, w.held = 0, 0
		}
	}
}

func (w *bitWriter) flush() {
	for w.held > 0 {
		w.bits(0, 1)
	}
}

// block writes one block: runs, Burrows-Wheeler, move to front, and a code of two lengths for all symbols.
func (w *bitWriter) block(s string, crc uint32) {
	last, origin := rotate(runs(s))
	var used []byte
	for b := range 256 {
		if strings.IndexByte(last, byte(b)) >= 0 {
			used = append(used, byte(b))
		}
	}
	w.bits(bzip2Block, 48)
	w.bits(uint64(crc), 32)
	w.bits(0, 1)
	w.bits(uint64(origin), 24)
	w.symbolMap(used)
	symbols := moveToFront(last, used)
	n := len(used) + 2
	symbols = append(symbols, n-1)
	selectors := (len(symbols) + 49) / 50
	w.bits(2, 3)
	w.bits(uint64(selectors), 15)
	w.bits(0, selectors) // always the first table
	long := 1
	for 1<<long < n {
		long++
	}
	short := 1<<long - n // so many symbols have codes one bit shorter
	for range 2 {
		w.lengths(n, short, long)
	}
	for _, x := range symbols {
		if x < short {
			w.bits(uint64(x), long-1)
		} else {
			w.bits(uint64(x+short), long)
		}
	}
}

func (w *bitWriter) symbolMap(used []byte) {
	var high uint64
	low := make([]uint64, 16)
	for _, b := range used {
		high |= 1 << (15 - b>>4)
		low[b>>4] |= 1 << (15 - b&15)
	}
	w.bits(high, 16)
	for _, l := range low {
		if l != 0 {
			w.bits(l, 16)
		}
	}
}

func (w *bitWriter) lengths(n, short, long int) {
	first := long
	if short > 0 {
		first--
	}
	w.bits(uint64(first), 5)
	for x := range n {
		if x == short && short > 0 {
			w.bits(0b10, 2) // one longer
		}
		w.bits(0, 1)
	}
}

// runs replaces what goes on behind four equal bytes by its length.
func runs(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		n := 1
		for i+n < len(s) && n < 255 && s[i+n] == s[i] {
			n++
		}
		b.WriteString(s[i : i+min(n, 4)])
		if n >= 4 {
			b.WriteByte(byte(n - 4))
		}
		i += n
	}
	return b.String()
}

// rotate sorts the rotations of s, and returns their last bytes and the place of s itself.
func rotate(s string) (last string, origin int) {
	order := make([]int, len(s))
	for i := range order {
		order[i] = i
	}
	twice := s + s
	sort.Slice(order, func(i, j int) bool {
		return twice[order[i]:order[i]+len(s)] < twice[order[j]:order[j]+len(s)]
	})
	b := make([]byte, len(s))
	for i, at := range order {
		b[i] = twice[at+len(s)-1]
		if at == 0 {
			origin = i
		}
	}
	return string(b), origin
}

// moveToFront returns the symbols of a block without its end: 0 and 1 are the digits of runs of zeros, others are places and 1.
func moveToFront(s string, used []byte) []int {
	list := bytes.Clone(used)
	var symbols []int
	zeros := 0
	run := func() {
		for ; zeros > 0; zeros = (zeros - 1) / 2 {
			symbols = append(symbols, (zeros-1)&1)
		}
	}
	for _, b := range []byte(s) {
		at := bytes.IndexByte(list, b)
		copy(list[1:], list[:at])
		list[0] = b
		if at == 0 {
			zeros++
			continue
		}
		run()
		symbols = append(symbols, at+1)
	}
	run()
	return symbols
}

func bzip2CRC(s string) uint32 {
	crc := ^uint32(0)
	for _, b := range []byte(s) {
		crc ^= uint32(b) << 24
		for range 8 {
			crc = crc<<1 ^ 0x04c11db7*(crc>>31)
		}
	}
	return ^crc
}
