package ingest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
)

// errDeflate is data that is no deflate stream.
var errDeflate = errors.New("corrupt deflate data")

// Sizes of the decoder's output buffer, in bytes.
const (
	maxDistance = 32 << 10                 // how far back a match may reach (RFC 1951, section 2)
	outRoom     = 128 << 10                // decoded in one go
	outSlack    = 2 + maxMatch + overshoot // two literals and a match behind the pause
	overshoot   = 31                       // what copyMatch may write too much
	maxMatch    = 258                      // longest match
	wordsAhead  = 16                       // bytes of input that the fast loop wants at hand
	leastOut    = 16 << 10
	outLimit    = len(outBuffer{}) - outSlack // where decoding pauses
)

type outBuffer [maxDistance + outRoom + outSlack]byte

// inflater decodes a deflate stream (RFC 1951) out of a bufio.Reader, and stops at the byte behind its end.
//
// It takes and refuses the same streams as the standard library's flate, and gives the same bytes (of a stream that is cut, all that can be told); klauspost's
// differs in one broken form, a block without distance codes that uses one, which it takes. But the inflater takes
// eight bytes of input at a time, and looks up literals, lengths with their extra bits, and distances in one table each, after the design of
// libdeflate (https://github.com/ebiggers/libdeflate, lib/decompress_template.h).
type inflater struct {
	br  *bufio.Reader
	buf []byte // what br holds
	pos int    // how much of buf is in bits, or done with
	// bits holds nbits bits of input, the next in the lowest place. Those above nbits may be of buf[pos:] already.
	bits  uint64
	nbits uint
	err   error // why the input ends
	over  error // why the output does

	state  blockState
	final  bool // the block is the last
	stored int  // bytes left of a stored block

	symbols   [litTable]uint32
	distances [distTable]uint32
	fixed     bool // the tables are those of the fixed codes
	lengths   [maxLitCodes + maxDistCodes]uint8

	out   outBuffer
	limit int // decoding pauses there
	r, w  int // out[r:w] is yet to be handed out
}

// blockState is where in a deflate stream decoding is.
type blockState uint8

const (
	atBlock  blockState = iota // a block's header is next
	inStored                   // in a stored block
	inCodes                    // in a block of codes
	atEnd                      // behind the last block
)

// reset begins a stream at br's place.
func (z *inflater) reset(br *bufio.Reader) {
	z.br, z.buf, z.pos, z.bits, z.nbits, z.err, z.over = br, nil, 0, 0, 0, nil, nil
	z.state, z.final, z.stored, z.r, z.w = atBlock, false, 0, 0, 0
}

// Read gives decoded bytes, and io.EOF behind the stream's end, io.ErrUnexpectedEOF where the input ends before it.
// Everything that was decoded before an error is given before it.
func (z *inflater) Read(p []byte) (int, error) {
	if z.r == z.w {
		if z.over == nil {
			z.over = z.decode(len(p))
		}
		if z.r == z.w {
			return 0, z.over
		}
	}
	n := copy(p, z.out[z.r:z.w])
	z.r += n
	return n, nil
}

// decode decodes about n bytes more. It leaves br just behind what was used, but for the rest of a byte in bits.
func (z *inflater) decode(n int) error {
	if z.w > outLimit/2 {
		z.w = copy(z.out[:], z.out[z.w-maxDistance:z.w])
	}
	z.r = z.w
	z.limit = min(outLimit, z.w+max(n, leastOut))
	z.resume()
	err := z.blocks()
	z.release()
	return err
}

func (z *inflater) blocks() error {
	for z.w < z.limit {
		var err error
		switch z.state {
		case atBlock:
			err = z.blockHeader()
		case inStored:
			err = z.copyStored()
		case inCodes:
			err = z.codes()
		case atEnd:
			z.nbits -= z.nbits & 7 // the last byte's rest is padding
			z.bits = 0
			return io.EOF
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// blockEnd is behind a block.
func (z *inflater) blockEnd() {
	z.state = atBlock
	if z.final {
		z.state = atEnd
	}
}

// resume takes up the bytes that br holds.
func (z *inflater) resume() {
	z.buf, _ = z.br.Peek(z.br.Buffered())
	z.pos = 0
}

// release gives bytes that were not used back to br.
func (z *inflater) release() {
	z.pos -= int(z.nbits >> 3)
	z.nbits &= 7
	z.bits &= 1<<z.nbits - 1
	z.br.Discard(z.pos)
	z.buf, z.pos = nil, 0
}

// more gets input for the fast loop, and says whether there is enough for it.
func (z *inflater) more() bool {
	z.release()
	if z.br.Buffered() < wordsAhead {
		_, z.err = z.br.Peek(wordsAhead)
	}
	z.resume()
	return len(z.buf) >= wordsAhead
}

// fill takes what input there is into bits: 49 of them and more, where it does not end.
func (z *inflater) fill() {
	if len(z.buf)-z.pos < wordsAhead {
		z.more()
	}
	z.bits &= 1<<z.nbits - 1
	for z.nbits <= 48 && z.pos < len(z.buf) {
		z.bits |= uint64(z.buf[z.pos]) << z.nbits
		z.pos++
		z.nbits += 8
	}
}

// short is the error for input that ends.
func (z *inflater) short() error {
	if z.err != nil && z.err != io.EOF {
		return z.err
	}
	return io.ErrUnexpectedEOF
}

// take takes n bits, up to 16.
func (z *inflater) take(n uint) (int, error) {
	if z.nbits < n {
		if z.fill(); z.nbits < n {
			return 0, z.short()
		}
	}
	v := int(z.bits & (1<<n - 1))
	z.bits >>= n
	z.nbits -= n
	return v, nil
}

// blockHeader reads a block's header, and the codes of a block that brings its own (RFC 1951, section 3.2.3).
func (z *inflater) blockHeader() error {
	head, err := z.take(3)
	if err != nil {
		return err
	}
	z.final = head&1 == 1
	switch head >> 1 {
	case 0:
		return z.storedHeader()
	case 1:
		z.fixedCodes()
	case 2:
		if err := z.dynamicCodes(); err != nil {
			return err
		}
	default:
		return errDeflate
	}
	z.state = inCodes
	return nil
}

func (z *inflater) storedHeader() error {
	if _, err := z.take(z.nbits & 7); err != nil {
		return err
	}
	n, err := z.take(16)
	if err != nil {
		return err
	}
	complement, err := z.take(16)
	if err != nil {
		return err
	}
	if n != ^complement&0xffff {
		return errDeflate
	}
	z.stored, z.state = n, inStored
	return nil
}

// copyStored copies of a stored block what there is room for.
func (z *inflater) copyStored() error {
	for z.stored > 0 {
		z.pos -= int(z.nbits >> 3) // whole bytes that were taken ahead
		z.bits, z.nbits = 0, 0
		if z.pos == len(z.buf) && !z.more() && len(z.buf) == 0 {
			return z.short()
		}
		n := copy(z.out[z.w:z.limit], z.buf[z.pos:min(len(z.buf), z.pos+z.stored)])
		z.w += n
		z.pos += n
		z.stored -= n
		if z.w == z.limit {
			return nil
		}
	}
	z.blockEnd()
	return nil
}

// codes decodes literals and matches until the block's end, or until the output is full.
func (z *inflater) codes() error {
	for z.state == inCodes && z.w < z.limit {
		if len(z.buf)-z.pos < wordsAhead && !z.more() {
			if err := z.lastCode(); err != nil {
				return err
			}
			continue
		}
		if err := z.fastCodes(); err != nil {
			return err
		}
	}
	return nil
}

// fastCodes decodes while enough input is at hand to take it by eight bytes.
func (z *inflater) fastCodes() error {
	in, pos, hold, n := z.buf, z.pos, z.bits, z.nbits
	out, w, limit := z.out[:], z.w, z.limit
	symbols, distances := &z.symbols, &z.distances
	last := len(in) - wordsAhead
	var err error
	for pos <= last && w < limit {
		hold |= binary.LittleEndian.Uint64(in[pos:]) << (n & 63)
		pos += int((63 - n) >> 3)
		n |= 56
		e := symbols[hold&(1<<litBits-1)]
		if e&isLiteral != 0 {
			hold >>= e & 63
			n -= uint(e & 63)
			out[w] = byte(e >> valueShift)
			w++
			e = symbols[hold&(1<<litBits-1)]
			if e&isLiteral != 0 {
				hold >>= e & 63
				n -= uint(e & 63)
				out[w] = byte(e >> valueShift)
				w++
				e = symbols[hold&(1<<litBits-1)]
				if e&isLiteral != 0 {
					hold >>= e & 63
					n -= uint(e & 63)
					out[w] = byte(e >> valueShift)
					w++
					continue
				}
			}
		}
		if e&isSpecial != 0 {
			if e&isSub != 0 {
				hold >>= litBits
				n -= litBits
				e = symbols[(e>>valueShift&valueMask+uint32(hold)&(1<<(e&63)-1))&(litTable-1)]
			}
			if e&isLiteral != 0 {
				hold >>= e & 63
				n -= uint(e & 63)
				out[w] = byte(e >> valueShift)
				w++
				continue
			}
			if e&isSpecial != 0 {
				if e&isEnd == 0 {
					err = errDeflate
					break
				}
				hold >>= e & 63
				n -= uint(e & 63)
				z.blockEnd()
				break
			}
		}
		// A match: at least 14 bits are left behind its length.
		length := int(e>>valueShift&valueMask) + int(hold&(1<<(e&63)-1)>>(e>>codeShift&15))
		hold >>= e & 63
		n -= uint(e & 63)
		if n < 32 {
			hold |= binary.LittleEndian.Uint64(in[pos:]) << (n & 63)
			pos += int((63 - n) >> 3)
			n |= 56
		}
		d := distances[hold&(1<<distBits-1)]
		if d&isDistSub != 0 {
			hold >>= distBits
			n -= distBits
			d = distances[(d>>valueShift&distMask+uint32(hold)&(1<<(d&63)-1))&(distTable-1)]
		}
		distance := int(d>>valueShift&distMask) + int(hold&(1<<(d&63)-1)>>(d>>codeShift&15))
		hold >>= d & 63
		n -= uint(d & 63)
		if distance > w || distance == 0 {
			err = errDeflate
			break
		}
		copyMatch(out, w, distance, length)
		w += length
	}
	z.pos, z.bits, z.nbits, z.w = pos, hold, n, w
	return err
}

// copyMatch repeats length bytes from a distance before w. It may write up to 31 bytes more behind them.
func copyMatch(out []byte, w, distance, length int) {
	from, to := w-distance, w
	end := w + length
	switch {
	case distance >= 32:
		for {
			*(*[32]byte)(out[to:]) = *(*[32]byte)(out[from:])
			from += 32
			to += 32
			if to >= end {
				return
			}
		}
	case distance >= 8:
		for to < end {
			*(*[8]byte)(out[to:]) = *(*[8]byte)(out[from:])
			from += 8
			to += 8
		}
	case distance == 1:
		v := uint64(out[from]) * 0x0101010101010101
		for to < end {
			binary.LittleEndian.PutUint64(out[to:], v)
			to += 8
		}
	default:
		for to < end {
			out[to] = out[from]
			from++
			to++
		}
	}
}

// lastCode decodes one literal or match where the input is about to end.
func (z *inflater) lastCode() error {
	z.fill()
	if z.nbits == 0 {
		return z.short()
	}
	hold, n := z.bits, z.nbits
	e := z.symbols[hold&(1<<litBits-1)]
	if e&(isSpecial|isLiteral) == isSpecial && e&isSub != 0 {
		if n < litBits {
			return z.short()
		}
		hold >>= litBits
		n -= litBits
		e = z.symbols[e>>valueShift&valueMask+uint32(hold)&(1<<(e&63)-1)]
	}
	used := uint(e & 63)
	if used > n {
		return z.short()
	}
	if e&(isSpecial|isEnd|isLiteral) == isSpecial {
		return z.noCode(n)
	}
	length := int(e>>valueShift&valueMask) + int(hold&(1<<used-1)>>(e>>codeShift&15))
	hold >>= used
	n -= used
	if e&isLiteral != 0 {
		z.out[z.w] = byte(e >> valueShift)
		z.w++
		z.bits, z.nbits = hold, n
		return nil
	}
	if e&isSpecial != 0 {
		z.bits, z.nbits = hold, n
		z.blockEnd()
		return nil
	}
	d := z.distances[hold&(1<<distBits-1)]
	if d&isDistSub != 0 {
		if n < distBits {
			return z.short()
		}
		hold >>= distBits
		n -= distBits
		d = z.distances[d>>valueShift&distMask+uint32(hold)&(1<<(d&63)-1)]
	}
	if d == 0 {
		return z.noCode(n)
	}
	used = uint(d & 63)
	if used > n {
		return z.short()
	}
	distance := int(d>>valueShift&distMask) + int(hold&(1<<used-1)>>(d>>codeShift&15))
	if distance > z.w || distance == 0 {
		return errDeflate
	}
	copyMatch(z.out[:], z.w, distance, length)
	z.w += length
	z.bits, z.nbits = hold>>used, n-used
	return nil
}

// noCode is the error for the n bits that are left before the input's end, which no code begins with: there is one code of one bit, or none.
func (z *inflater) noCode(n uint) error {
	if n == 0 {
		return z.short()
	}
	return errDeflate
}

// reverse turns the lowest n bits of a code around: Huffman codes come with their highest bit first.
func reverse(code uint32, n uint) uint32 { return bits.Reverse32(code) >> (32 - n) }
