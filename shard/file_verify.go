package shard

import (
	"fmt"
	"hash/crc32"
)

// Verify reads all of the file: it checks the checksums, that every id is within the vocabulary, and that the stretches make up
// the tokens, end where sequences do, begin and end with the tokens that the header promises, and pad with that for padding.
func (f *File) Verify() error {
	if err := f.verifyTokens(); err != nil {
		return err
	}
	if err := f.verifyBoundarySum(); err != nil {
		return err
	}
	return f.verifyStretches()
}

// verifyTokens checks the tokens and their checksum.
func (f *File) verifyTokens() error {
	width := int64(f.header.TokenBytes)
	buf := chunks.Get().(*[]byte)
	defer chunks.Put(buf)
	tokens := make([]uint32, chunkBytes/width)
	var crc uint32
	for at := int64(0); at < f.header.Tokens; {
		part := tokens[:min(int64(len(tokens)), f.header.Tokens-at)]
		b := (*buf)[:int64(len(part))*width]
		if n, err := f.file.ReadAt(b, HeaderSize+at*width); n < len(b) {
			return fmt.Errorf("%s: tokens at %d: %w", f.path, at, unexpected(err))
		}
		crc = crc32.Update(crc, castagnoli, b)
		if id := decodeTokens(part, b, int(width)); int64(id) >= int64(f.header.VocabSize) {
			return f.outside(part, at)
		}
		at += int64(len(part))
	}
	if crc != f.header.CRC {
		return fmt.Errorf("%s: checksum of the tokens is %08x, the header says %08x", f.path, crc, f.header.CRC)
	}
	return nil
}

// verifyBoundarySum checks the checksum of the boundaries, and that nothing lies between them and the tokens.
func (f *File) verifyBoundarySum() error {
	h := f.header
	buf := chunks.Get().(*[]byte)
	defer chunks.Put(buf)
	gap := (*buf)[:h.boundaryOffset()-HeaderSize-h.Tokens*int64(h.TokenBytes)]
	if n, err := f.file.ReadAt(gap, h.boundaryOffset()-int64(len(gap))); n < len(gap) {
		return fmt.Errorf("%s: bytes behind the tokens: %w", f.path, unexpected(err))
	}
	if !allZero(gap) {
		return fmt.Errorf("%s: the bytes between tokens and boundaries are not zero", f.path)
	}
	var crc uint32
	for at := h.boundaryOffset(); at < h.fileSize(); {
		b := (*buf)[:min(chunkBytes, h.fileSize()-at)]
		if n, err := f.file.ReadAt(b, at); n < len(b) {
			return fmt.Errorf("%s: boundaries: %w", f.path, unexpected(err))
		}
		crc = crc32.Update(crc, castagnoli, b)
		at += int64(len(b))
	}
	if crc != h.BoundaryCRC {
		return fmt.Errorf("%s: checksum of the boundaries is %08x, the header says %08x", f.path, crc, h.BoundaryCRC)
	}
	return nil
}

// verifyStretches checks what the boundaries say.
func (f *File) verifyStretches() error {
	n := int64(0)
	tokens := tokenCursor{f: f}
	for s, err := range f.stretches() {
		if err == nil {
			err = f.header.checkStretch(s, n)
		}
		if err == nil {
			err = tokens.checkMarks(s)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.path, err)
		}
		n = s.end
	}
	if n != f.header.Tokens {
		return fmt.Errorf("%s: stretches end at token %d of %d", f.path, n, f.header.Tokens)
	}
	return nil
}

// checkStretch says why a stretch cannot stand in a file behind one that ends at a position.
func (h Header) checkStretch(s stretch, last int64) error {
	length := int64(h.SequenceLength)
	switch {
	case s.unknown != 0:
		return fmt.Errorf("unknown flags in the boundary at token %d", s.Token)
	case s.Token != last || s.Token >= s.end || s.end > h.Tokens:
		return fmt.Errorf("stretch of tokens %d to %d follows token %d of %d", s.Token, s.end, last, h.Tokens)
	case length > 0 && s.Token/length != (s.end-1)/length:
		return fmt.Errorf("stretch of tokens %d to %d crosses the end of a sequence of %d", s.Token, s.end, length)
	case s.Padding && (s.Begin || s.End || h.Packing != BestFit || s.Token%length == 0 || s.end%length != 0):
		return fmt.Errorf("padding of tokens %d to %d does not fill a sequence up", s.Token, s.end)
	}
	return nil
}

// tokenCursor reads single tokens in ascending order.
type tokenCursor struct {
	f     *File
	first int64
	block []uint32
}

// cursorTokens is how many tokens a tokenCursor reads at once.
const cursorTokens = 4096

func (c *tokenCursor) at(i int64) (uint32, error) {
	if i < c.first || i >= c.first+int64(len(c.block)) {
		if c.block == nil {
			c.block = make([]uint32, 0, cursorTokens)
		}
		c.first, c.block = i, c.block[:min(cursorTokens, c.f.header.Tokens-i)]
		if err := c.f.read(c.block, i); err != nil {
			return 0, err
		}
	}
	return c.block[i-c.first], nil
}

// checkMarks checks the tokens that begin and end documents, and padding.
func (c *tokenCursor) checkMarks(s stretch) error {
	h := c.f.header
	check := func(at int64, want uint32, what string) error {
		if id, err := c.at(at); err != nil || id == want {
			return err
		} else {
			return fmt.Errorf("token %d is %d, want the %s token %d", at, id, what, want)
		}
	}
	if s.Begin && h.BOS != NoToken {
		if err := check(s.Token, h.BOS, "beginning-of-document"); err != nil {
			return err
		}
	}
	if s.End && h.EOS != NoToken {
		if err := check(s.end-1, h.EOS, "end-of-document"); err != nil {
			return err
		}
	}
	for at := s.Token; s.Padding && at < s.end; at++ {
		if err := check(at, h.Pad, "padding"); err != nil {
			return err
		}
	}
	return nil
}
