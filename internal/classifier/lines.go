package classifier

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"corpus/internal/storage"

	"github.com/klauspost/compress/zstd"
)

// maxLine bounds a line, or a record of several, in bytes. Longer ones are skipped.
const maxLine = 16 << 20

var errLongLine = fmt.Errorf("longer than %d bytes", maxLine)

// lines reads the lines of a file, unpacked, and digests the file as it is stored.
type lines struct {
	r      *bufio.Reader
	stored io.Reader
	sum    hash.Hash
	close  []func()
	line   int // number of the last line
	buf    []byte
}

// openLines opens a path, or stdin for "-".
func openLines(ctx context.Context, path string, stdin io.Reader) (*lines, error) {
	l := &lines{sum: sha256.New()}
	var raw io.Reader
	if path == "-" {
		raw = stdin
	} else {
		f, err := storage.Open(ctx, path)
		if err != nil {
			return nil, openError{err}
		}
		l.close = append(l.close, func() { f.Close() })
		raw = f
	}
	l.stored = io.TeeReader(raw, l.sum)
	head := bufio.NewReaderSize(l.stored, 1<<16)
	magic, err := head.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		l.Close()
		return nil, err
	}
	var text io.Reader = head
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		text, err = gzip.NewReader(head)
	case bytes.HasPrefix(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		var z *zstd.Decoder
		if z, err = zstd.NewReader(head, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20)); err == nil {
			l.close = append(l.close, z.Close)
			text = z
		}
	default:
		err = nil
	}
	if err != nil {
		l.Close()
		return nil, err
	}
	l.r = bufio.NewReaderSize(text, 1<<16)
	if bom, _ := l.r.Peek(3); bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		l.r.Discard(3)
	}
	return l, nil
}

// next returns the next line without its end, valid until the next call; io.EOF behind the last, errLongLine for one that is too long.
func (l *lines) next() ([]byte, error) {
	l.buf = l.buf[:0]
	long := false
	for {
		part, err := l.r.ReadSlice('\n')
		if len(part) == 0 && err != nil && len(l.buf) == 0 && !long {
			return nil, err
		}
		if long = long || len(l.buf)+len(part) > maxLine; !long {
			l.buf = append(l.buf, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		l.line++
		if long {
			return nil, errLongLine
		}
		return bytes.TrimSuffix(bytes.TrimSuffix(l.buf, []byte("\n")), []byte("\r")), nil
	}
}

// digest reads the file to its end, and gives the digest of its bytes.
func (l *lines) digest() (string, error) {
	if _, err := io.Copy(io.Discard, l.stored); err != nil {
		return "", err
	}
	return "sha256:" + hex.EncodeToString(l.sum.Sum(nil)), nil
}

func (l *lines) Close() {
	for i := len(l.close) - 1; i >= 0; i-- {
		l.close[i]()
	}
}
