package shard

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"corpus/internal/storage"
)

// Writer writes one shard file. The file has its own name only after Close; until
// then its bytes are in path + ".tmp". Not safe for concurrent use.
type Writer struct {
	path       string
	file       outputFile
	header     Header
	buf        []byte // bytes not written yet, at most chunkBytes
	boundaries boundarySpool
	stretch    uint64 // the boundary of the stretch being written
	begun      bool   // there is one
	err        error  // the first failure, or errClosed
}

// outputFile is what writing a file here needs of a storage.File.
type outputFile interface {
	io.Writer
	io.WriterAt
	Commit() error
	Abort()
}

// createFunc opens a new file for writing. Tests hand in one whose disk is full.
type createFunc func(path string) (outputFile, error)

func createOnDisk(path string) (outputFile, error) { return storage.Create(path) }

var errClosed = errors.New("shard writer is closed")

// Create starts a shard file. Of the header, TokenBytes may be 0 for what the
// vocabulary needs, and Packing empty for Concat without a token that begins documents or pads. Tokens, Boundaries
// and checksums are counted by the writer.
func Create(path string, h Header) (*Writer, error) { return create(path, h, createOnDisk) }

func create(path string, h Header, open createFunc) (*Writer, error) {
	h.Tokens, h.Boundaries, h.CRC, h.BoundaryCRC = 0, 0, 0, 0
	if h.Packing == "" {
		h.Packing, h.BOS, h.Pad = Concat, NoToken, NoToken
	}
	if h.TokenBytes == 0 {
		h.TokenBytes = TokenBytes(h.VocabSize)
	}
	if err := h.validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	w := &Writer{path: path, file: f, header: h, buf: make([]byte, 0, chunkBytes), boundaries: newBoundarySpool(path)}
	// The header's place stays zero until Close: a file that was cut short has no magic.
	w.buf = append(w.buf, make([]byte, HeaderSize)...)
	return w, nil
}

// Write appends tokens of one document that has neither beginning nor end: a new stretch begins only where a sequence does.
// An id outside the vocabulary is an error, and then nothing is appended.
func (w *Writer) Write(tokens []uint32) error {
	if err := checkTokens(tokens, w.header.VocabSize); err != nil {
		return fmt.Errorf("%s: %w", w.path, err)
	}
	length := int64(w.header.SequenceLength)
	for len(tokens) > 0 {
		if !w.begun || length > 0 && w.header.Tokens%length == 0 {
			if err := w.begin(0); err != nil {
				return err
			}
		}
		part := tokens
		if length > 0 {
			part = tokens[:min(int64(len(tokens)), length-w.header.Tokens%length)]
		}
		if err := w.writeBytes(appendTokens(nil, part, w.header.TokenBytes)); err != nil {
			return err
		}
		tokens = tokens[len(part):]
	}
	return nil
}

// begin begins a stretch, of which a token at least must be written before the next one begins.
func (w *Writer) begin(flags uint64) error {
	if w.err != nil {
		return w.err
	}
	if w.begun {
		w.err = w.boundaries.add(w.stretch)
	}
	w.stretch, w.begun = uint64(w.header.Tokens)|flags, true
	return w.err
}

// endDocument says that the document ends with what was written.
func (w *Writer) endDocument() { w.stretch |= flagEnd }

// writeBytes appends tokens that are already little-endian and within the vocabulary to the stretch.
func (w *Writer) writeBytes(b []byte) error {
	if w.err != nil {
		return w.err
	}
	w.header.CRC = crc32.Update(w.header.CRC, castagnoli, b)
	w.header.Tokens += int64(len(b) / w.header.TokenBytes)
	return w.writeRaw(b)
}

func (w *Writer) writeRaw(b []byte) error {
	for len(b) > 0 {
		n := min(len(b), cap(w.buf)-len(w.buf))
		w.buf = append(w.buf, b[:n]...)
		b = b[n:]
		if len(w.buf) == cap(w.buf) {
			if err := w.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *Writer) flush() error {
	_, w.err = w.file.Write(w.buf)
	w.buf = w.buf[:0]
	return w.err
}

// Tokens is the number of tokens written so far.
func (w *Writer) Tokens() int64 { return w.header.Tokens }

// Close writes the header, syncs the file and gives it its name. After an error nothing of the file is left.
func (w *Writer) Close() error {
	if w.err == nil {
		w.err = w.finish()
	}
	if err := w.err; err != nil {
		w.Abort()
		return err
	}
	w.err = errClosed
	return nil
}

func (w *Writer) finish() error {
	if w.begun {
		if err := w.boundaries.add(w.stretch); err != nil {
			return err
		}
	}
	align := w.header.boundaryOffset() - HeaderSize - w.header.Tokens*int64(w.header.TokenBytes)
	if err := w.writeRaw(make([]byte, align)); err != nil {
		return err
	}
	if err := w.flush(); err != nil {
		return err
	}
	if err := w.boundaries.writeTo(w.file); err != nil {
		return err
	}
	w.boundaries.remove()
	w.header.Boundaries, w.header.BoundaryCRC = w.boundaries.count, w.boundaries.crc
	if err := w.header.validate(); err != nil {
		return fmt.Errorf("%s: %w", w.path, err)
	}
	if _, err := w.file.WriteAt(w.header.appendTo(nil), 0); err != nil {
		return err
	}
	return w.file.Commit()
}

// Abort removes what was written. It does nothing after Close.
func (w *Writer) Abort() {
	w.boundaries.remove()
	w.file.Abort()
	if w.err == nil {
		w.err = errClosed
	}
}
