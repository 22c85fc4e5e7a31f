package ingest

import (
	"bytes"
	"compress/bzip2"
	"io"
)

// Beginnings of a block and of a stream's end (https://en.wikipedia.org/wiki/Bzip2#File_format): 48 bits each.
const (
	bzip2Block = 0x314159265359
	bzip2End   = 0x177245385090
)

// bzip2Codec reads bzip2 streams, each as a member: dumps are sequences of them.
//
// The decoder is the standard library's, which gives out a block before it has checked it, and goes on to the next
// stream by itself. So a block is held back here until the decoder asks for more input, which it does once the
// block is right; and the input pretends to end where a stream does. A block is at most 900,000 bytes, which may stand for runs of bytes of
// 46 MB: that bounds the memory.
type bzip2Codec struct {
	z   io.Reader
	src bzip2Source

	buf       []byte
	out, good int   // buf[out:good] was checked; what is behind belongs to the present block
	block     int64 // raw offset where the input of the present block begins
	err       error
}

func (c *bzip2Codec) name() string    { return "bzip2" }
func (c *bzip2Codec) skip(*raw) error { return nil }

func (c *bzip2Codec) begins(head []byte) bool { return isBzip2(head) }

// isBzip2 says whether a stream begins with these bytes: a header, then a block or the end of an empty stream.
func isBzip2(head []byte) bool {
	if len(head) < 10 || !bytes.HasPrefix(head, []byte("BZh")) || head[3] < '1' || head[3] > '9' {
		return false
	}
	var magic uint64
	for _, b := range head[4:10] {
		magic = magic<<8 | uint64(b)
	}
	return magic == bzip2Block || magic == bzip2End
}

func (c *bzip2Codec) find(b []byte) int {
	for from := 0; ; {
		at := bytes.Index(b[from:], []byte("BZh"))
		if at < 0 {
			return -1
		}
		if at += from; len(b)-at < 10 || isBzip2(b[at:]) {
			return at
		}
		from = at + 1
	}
}

func (c *bzip2Codec) open(raw *raw) error {
	if head, _ := raw.br.Peek(10); !isBzip2(head) {
		return io.ErrUnexpectedEOF
	}
	c.src = bzip2Source{raw: raw, matched: -1}
	c.z = bzip2.NewReader(&c.src)
	c.buf, c.out, c.good, c.err = c.buf[:0], 0, 0, nil
	c.block = raw.offset()
	return nil
}

// lost is the raw offset from which on bytes of the input gave nothing, once Read has failed.
func (c *bzip2Codec) lost() int64 { return c.block }

func (c *bzip2Codec) Read(p []byte) (int, error) {
	for c.out == c.good {
		if c.err != nil {
			return 0, c.err
		}
		c.fill()
	}
	n := copy(p, c.buf[c.out:c.good])
	c.out += n
	return n, nil
}

// bzip2Step is how much is decoded at once, in bytes.
const bzip2Step = 64 << 10

// fill decodes until a block is known to be right, or the stream ends.
func (c *bzip2Codec) fill() {
	c.buf = append(c.buf[:0], c.buf[c.good:]...)
	c.out, c.good = 0, 0
	for c.good == 0 {
		held := len(c.buf)
		if cap(c.buf)-held < bzip2Step {
			c.buf = append(make([]byte, 0, 2*cap(c.buf)+bzip2Step), c.buf...)
		}
		before := c.src.raw.offset()
		n, err := c.z.Read(c.buf[held : held+bzip2Step])
		if err != nil {
			c.end(err, before, held)
			return
		}
		if c.src.raw.offset() > before && n > 0 {
			c.good, c.block = held, before // what came before is a block that was checked, unless there was none
		}
		c.buf = c.buf[:held+n]
	}
}

// end takes the end of a stream, or of what can be decoded of it, which showed when the input was read from before on;
// held bytes are those of the last block.
func (c *bzip2Codec) end(err error, before int64, held int) {
	c.buf = c.buf[:held]
	raw := c.src.raw
	if over := raw.offset() - c.src.matched; c.src.matched >= 0 && over <= longestBzip2Head && err != errBzip2Checksum {
		// The stream is whole. The decoder looked for another one behind it, and found other bytes.
		raw.rewind(c.src.matched)
		err = io.EOF
	}
	if err != errBzip2Block {
		c.good, c.block = held, before // the fault is in what comes behind the block
	}
	c.err = err
}

// longestBzip2Head is more than the decoder reads of another stream until it sees that it is none.
const longestBzip2Head = 16

// What the decoder says where a block is wrong, and where all blocks are right and the sum over them is not.
const (
	errBzip2Block    = bzip2.StructuralError("block checksum mismatch")
	errBzip2Checksum = bzip2.StructuralError("file checksum mismatch")
)

// bzip2Source hands the decoder the bytes of one stream.
type bzip2Source struct {
	raw        *raw
	high, tail uint64 // the last 16 bytes
	matched    int64  // offset behind the last bytes that look like a stream's end, or -1
}

func (s *bzip2Source) Read([]byte) (int, error) { return 0, io.ErrNoProgress } // never called: the decoder takes single bytes

func (s *bzip2Source) ReadByte() (byte, error) {
	if bzip2Tails[byte(s.tail>>40)] && s.ended() {
		s.matched = s.raw.offset()
		if head, err := s.raw.br.Peek(10); isBzip2(head) || len(head) == 0 && err == io.EOF {
			return 0, io.EOF
		}
	}
	b, err := s.raw.br.ReadByte()
	s.high, s.tail = s.high<<8|s.tail>>56, s.tail<<8|uint64(b)
	return b, err
}

// bzip2Tails are the values that the byte 40 bits before a stream's end can have: it lies within the magic number, whatever the padding.
var bzip2Tails = func() (tails [256]bool) {
	for pad := range 8 {
		tails[uint64(bzip2End)>>(8-pad)&0xff] = true
	}
	return tails
}()

// ended says whether the last bytes are the end of a stream: 48 bits of magic number, 32 of checksum, 0 to 7 of padding.
func (s *bzip2Source) ended() bool {
	for pad := range 8 {
		if magic := s.high<<(32-pad) | s.tail>>(32+pad); magic&(1<<48-1) == bzip2End {
			return true
		}
	}
	return false
}
