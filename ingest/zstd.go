package ingest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

const (
	// maxZstdWindow is the largest window that a frame may ask for: what the zstd
	// tool itself takes without --long. It bounds the decoder's memory.
	maxZstdWindow = 128 << 20
	// maxDictionary is the largest dictionary, compressed or not.
	maxDictionary = 16 << 20
	// dictionaryFrame is the skippable frame that begins a WARC file compressed
	// with a dictionary (IIPC WARC-Zstandard 1.0, section 3).
	dictionaryFrame = 0x184D2A5D
)

var zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}

// zstdCodec reads Zstandard frames (RFC 8878), each as a member.
type zstdCodec struct {
	dictionary []byte // in the format of RFC 8878, section 6; nil when there is none
	z          *zstd.Decoder
	frame      frame
}

func (c *zstdCodec) name() string { return "zstd" }

// skip passes over skippable frames; the one that begins the file may hold the dictionary.
func (c *zstdCodec) skip(raw *raw) error {
	for {
		head, _ := raw.br.Peek(8)
		if len(head) < 8 || !isSkippable(head) {
			return nil
		}
		magic, size := binary.LittleEndian.Uint32(head), binary.LittleEndian.Uint32(head[4:])
		first := raw.offset() == 0
		raw.br.Discard(8)
		if first && magic == dictionaryFrame && size <= maxDictionary {
			content := make([]byte, size)
			if _, err := io.ReadFull(raw.br, content); err != nil {
				return err
			}
			c.setDictionary(content)
			continue
		}
		if _, err := io.CopyN(io.Discard, raw.br, int64(size)); err != nil {
			return err
		}
	}
}

// setDictionary takes the content of a dictionary frame: a dictionary, or one in
// a zstd frame. One that cannot be read is left out; the frames that need it then fail one by one.
func (c *zstdCodec) setDictionary(content []byte) {
	if bytes.HasPrefix(content, zstdMagic) {
		z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxDictionary))
		if err != nil {
			return
		}
		defer z.Close()
		if content, err = z.DecodeAll(content, nil); err != nil {
			return
		}
	}
	c.dictionary = content
}

func isSkippable(head []byte) bool {
	return len(head) >= 4 && binary.LittleEndian.Uint32(head)&^0xf == 0x184D2A50
}

func (c *zstdCodec) begins(head []byte) bool { return bytes.HasPrefix(head, zstdMagic) }
func (c *zstdCodec) find(b []byte) int       { return bytes.Index(b, zstdMagic) }

func (c *zstdCodec) open(raw *raw) error {
	if c.z == nil {
		if err := c.newDecoder(); err != nil {
			return err
		}
	}
	c.frame = frame{raw: raw}
	return c.z.Reset(&c.frame)
}

func (c *zstdCodec) newDecoder() error {
	// One goroutine: the frame's end must be found by the time that its last byte is read.
	opts := []zstd.DOption{zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxZstdWindow), zstd.WithDecoderLowmem(true)}
	z, err := zstd.NewReader(nil, append(opts, zstd.WithDecoderDicts(c.dictionary))...)
	if c.dictionary == nil || err != nil {
		z, err = zstd.NewReader(nil, opts...)
	}
	if err != nil {
		return fmt.Errorf("zstd decoder: %w", err)
	}
	c.z = z
	return nil
}

func (c *zstdCodec) Read(p []byte) (int, error) { return c.z.Read(p) }

func (c *zstdCodec) close() {
	if c.z != nil {
		c.z.Close()
	}
}

// frame yields the bytes of one zstd frame and then io.EOF, so that the decoder
// cannot read beyond it. It reads the structure alone: header, block headers, checksum (RFC 8878, section 3.1.1).
type frame struct {
	raw      *raw
	left     int  // bytes of the present piece
	begun    bool // the frame header is done
	checksum bool // four bytes follow the last block
	last     bool // the last block has begun
	done     bool
}

func (f *frame) Read(p []byte) (int, error) {
	for f.left == 0 {
		if f.done {
			return 0, io.EOF
		}
		if err := f.piece(); err != nil {
			return 0, err
		}
	}
	n, err := f.raw.br.Read(p[:min(len(p), f.left)])
	f.left -= n
	if n > 0 || err == nil {
		return n, nil
	}
	return 0, unexpected(err)
}

// piece finds out how long the next piece is: the header, a block with its header, or the checksum.
func (f *frame) piece() error {
	switch {
	case !f.begun:
		head, err := f.raw.br.Peek(5)
		if err != nil {
			return unexpected(err)
		}
		d := head[4]
		single := d>>5&1 == 1
		f.left = 5 + [4]int{0, 1, 2, 4}[d&3] + [4]int{0, 2, 4, 8}[d>>6]
		if single && d>>6 == 0 || !single {
			f.left++ // one byte of content size, or the window descriptor
		}
		f.begun, f.checksum = true, d>>2&1 == 1
	case f.last:
		f.done = true
		if f.checksum {
			f.left = 4
		}
	default:
		head, err := f.raw.br.Peek(3)
		if err != nil {
			return unexpected(err)
		}
		h := int(head[0]) | int(head[1])<<8 | int(head[2])<<16
		f.last = h&1 == 1
		switch h >> 1 & 3 {
		case 1: // a run: one byte
			f.left = 3 + 1
		case 3:
			return errors.New("reserved zstd block type")
		default:
			f.left = 3 + h>>3
		}
	}
	return nil
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
