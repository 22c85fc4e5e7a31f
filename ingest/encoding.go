package ingest

import (
	"bytes"
	"errors"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

var (
	errTooLarge = errors.New("larger than the bound")
	errCut      = errors.New("ends early")
)

// decoder undoes content codings (RFC 9110, section 8.4.1). It is reused from page to
// page by one goroutine: setting up gzip and brotli costs more than decoding a small page.
type decoder struct {
	max    int64 // most bytes that a body may unfold to
	gzip   gzip.Reader
	flate  io.ReadCloser
	brotli *brotli.Reader
	zstd   *zstd.Decoder
}

// decode undoes one coding. Servers declare codings that they did not apply: a body
// that has another coding's magic number is decoded by that, one without the coding's own, or one that
// reads as text where the coding has none and fails, is returned as it is. An unknown coding is none. The error is
// errTooLarge, or errCut with what was decoded of a body that ends early, or that of the coding.
func (c *decoder) decode(coding string, b []byte) ([]byte, error) {
	switch coding {
	case "gzip", "x-gzip", "zstd":
		return c.byMagic(b)
	case "deflate", "x-deflate":
		return c.inflate(b)
	case "br":
		if c.brotli == nil {
			c.brotli = brotli.NewReader(nil)
		}
		if err := c.brotli.Reset(bytes.NewReader(b)); err != nil {
			return nil, err
		}
		out, err := c.readAll(c.brotli, b)
		if err != nil && !errors.Is(err, errTooLarge) && hasMagic(b) {
			return c.byMagic(b)
		}
		return orText(out, err, b)
	case "compress", "x-compress":
		if !hasPrefix(b, 0x1f, 0x9d) {
			return b, nil
		}
		return nil, errors.New("LZW coding is not supported")
	}
	return b, nil
}

// hasMagic says whether b begins as gzip or zstd do.
func hasMagic(b []byte) bool {
	return hasPrefix(b, 0x1f, 0x8b) || bytes.HasPrefix(b, zstdMagic)
}

// byMagic decodes what begins as gzip or zstd do, and returns anything else as it is.
func (c *decoder) byMagic(b []byte) ([]byte, error) {
	switch {
	case hasPrefix(b, 0x1f, 0x8b):
		return c.gunzip(b)
	case bytes.HasPrefix(b, zstdMagic):
		return c.unzstd(b)
	}
	return b, nil
}

// gunzip reads one member or several; what follows the last and is no member is dropped.
func (c *decoder) gunzip(b []byte) ([]byte, error) {
	if err := c.gzip.Reset(bytes.NewReader(b)); err != nil {
		return nil, cut(err)
	}
	out, err := c.readAll(&c.gzip, b)
	if errors.Is(err, gzip.ErrHeader) && len(out) > 0 {
		err = nil
	}
	return out, err
}

// inflate reads zlib (what the RFC calls deflate) or raw deflate (what some servers send).
func (c *decoder) inflate(b []byte) ([]byte, error) {
	// A zlib header is a multiple of 31 and names method 8 (RFC 1950, section 2.2).
	if len(b) >= 2 && b[0]&0xf == 8 && (int(b[0])<<8|int(b[1]))%31 == 0 {
		if z, err := zlib.NewReader(bytes.NewReader(b)); err == nil {
			out, err := c.readAll(z, b)
			if err == nil || errors.Is(err, errTooLarge) || errors.Is(err, errCut) {
				return out, err
			}
		}
	}
	if hasMagic(b) {
		return c.byMagic(b)
	}
	if c.flate == nil {
		c.flate = flate.NewReader(bytes.NewReader(b))
	} else if err := c.flate.(flate.Resetter).Reset(bytes.NewReader(b), nil); err != nil {
		return nil, err
	}
	out, err := c.readAll(c.flate, b)
	return orText(out, err, b)
}

func (c *decoder) unzstd(b []byte) ([]byte, error) {
	if c.zstd == nil {
		// RFC 9659 limits the window of the coding to 8 MiB. Without concurrency nothing need be closed.
		z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, err
		}
		c.zstd = z
	}
	if err := c.zstd.Reset(bytes.NewReader(b)); err != nil {
		return nil, cut(err)
	}
	return c.readAll(c.zstd, b)
}

// readAll reads r, which decodes b, up to the bound. The result is always newly allocated.
func (c *decoder) readAll(r io.Reader, b []byte) ([]byte, error) {
	out := make([]byte, 0, min(int64(len(b))*4+512, c.max+1))
	for {
		if len(out) == cap(out) {
			grown := make([]byte, len(out), min(int64(len(out))*2, c.max+1))
			copy(grown, out)
			out = grown
		}
		n, err := r.Read(out[len(out):cap(out)])
		out = out[:len(out)+n]
		switch {
		case int64(len(out)) > c.max:
			return nil, errTooLarge
		case err == io.EOF:
			return out, nil
		case err != nil:
			return out, cut(err)
		}
	}
}

// cut tells an early end from damage. brotli has only its own io.ErrUnexpectedEOF for it.
func cut(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errCut
	}
	return err
}

// orText returns b itself where decoding failed and b reads as text that was never encoded.
func orText(out []byte, err error, b []byte) ([]byte, error) {
	if err == nil || errors.Is(err, errTooLarge) || !looksLikeText(b[:min(len(b), 1024)]) {
		return out, err
	}
	return b, nil
}

func hasPrefix(b []byte, first, second byte) bool {
	return len(b) >= 2 && b[0] == first && b[1] == second
}
