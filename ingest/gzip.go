package ingest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/gzip"
)

// gzipCodec reads gzip members (RFC 1952).
type gzipCodec struct {
	z    *inflater // nil until the first member
	raw  *raw
	sum  uint32 // CRC-32 of what was decoded
	size uint32 // its length modulo 2^32
}

func (c *gzipCodec) name() string    { return "gzip" }
func (c *gzipCodec) skip(*raw) error { return nil }

func (c *gzipCodec) begins(head []byte) bool {
	// Magic, the deflate method, and no reserved flag.
	return len(head) >= 4 && head[0] == 0x1f && head[1] == 0x8b && head[2] == 8 && head[3]&0xe0 == 0
}

func (c *gzipCodec) find(b []byte) int {
	for from := 0; ; {
		at := bytes.Index(b[from:], []byte{0x1f, 0x8b, 8})
		if at < 0 {
			return -1
		}
		if from+at+3 >= len(b) || b[from+at+3]&0xe0 == 0 {
			return from + at
		}
		from += at + 1
	}
}

// maxGzipName bounds a header's name and comment with the zeros behind them, as klauspost's gzip does, so that damage does not make either of the rest of the file.
const maxGzipName = 512

// The flags of a header (RFC 1952, section 2.3.1).
const (
	flagChecksum = 1 << 1
	flagExtra    = 1 << 2
	flagName     = 1 << 3
	flagComment  = 1 << 4
)

func (c *gzipCodec) open(raw *raw) error {
	if err := readGzipHeader(raw.br); err != nil {
		return err
	}
	if c.z == nil {
		c.z = new(inflater)
	}
	c.z.reset(raw.br)
	c.raw, c.sum, c.size = raw, 0, 0
	return nil
}

// readGzipHeader passes a member's header, and checks it where it has a checksum.
func readGzipHeader(br *bufio.Reader) error {
	head := make([]byte, 10, 64)
	if _, err := io.ReadFull(br, head); err != nil {
		return unexpected(err)
	}
	if !(*gzipCodec)(nil).begins(head) {
		return gzip.ErrHeader
	}
	flags := head[3]
	if flags&flagExtra != 0 {
		var n [2]byte
		if _, err := io.ReadFull(br, n[:]); err != nil {
			return unexpected(err)
		}
		extra := make([]byte, binary.LittleEndian.Uint16(n[:]))
		if _, err := io.ReadFull(br, extra); err != nil {
			return unexpected(err)
		}
		head = append(append(head, n[:]...), extra...)
	}
	for _, flag := range []byte{flagName, flagComment} {
		for n := 0; flags&flag != 0; n++ {
			b, err := br.ReadByte()
			if err != nil {
				return unexpected(err)
			}
			if head = append(head, b); b == 0 {
				break
			}
			if n == maxGzipName-1 {
				return gzip.ErrHeader
			}
		}
	}
	if flags&flagChecksum != 0 {
		var sum [2]byte
		if _, err := io.ReadFull(br, sum[:]); err != nil {
			return unexpected(err)
		}
		if binary.LittleEndian.Uint16(sum[:]) != uint16(crc32.ChecksumIEEE(head)) {
			return gzip.ErrHeader
		}
	}
	return nil
}

func (c *gzipCodec) Read(p []byte) (int, error) {
	n, err := c.z.Read(p)
	c.sum = crc32.Update(c.sum, crc32.IEEETable, p[:n])
	c.size += uint32(n)
	if err != io.EOF {
		return n, err
	}
	var trailer [8]byte
	if _, err := io.ReadFull(c.raw.br, trailer[:]); err != nil {
		return n, unexpected(err)
	}
	if binary.LittleEndian.Uint32(trailer[:]) != c.sum || binary.LittleEndian.Uint32(trailer[4:]) != c.size {
		return n, gzip.ErrChecksum
	}
	return n, io.EOF
}
