package shard

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// File is one shard file open for reading. It is safe for concurrent use.
type File struct {
	path   string
	file   *os.File
	header Header
}

// chunkBytes is the size of the pieces in which token bytes are read and written.
const chunkBytes = 256 << 10

// chunks holds *[]byte of chunkBytes. BenchmarkSetRead measures what it saves.
var chunks = sync.Pool{New: func() any { b := make([]byte, chunkBytes); return &b }}

// OpenFile opens a shard file and checks its header and its size, not its tokens and boundaries: see Verify.
func OpenFile(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	h, err := readHeader(f)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &File{path: path, file: f, header: h}, nil
}

func readHeader(f *os.File) (Header, error) {
	info, err := f.Stat()
	if err != nil {
		return Header{}, err
	}
	if !info.Mode().IsRegular() {
		return Header{}, errors.New("not a regular file")
	}
	b := make([]byte, HeaderSize)
	n, err := f.ReadAt(b, 0)
	if err != nil && err != io.EOF {
		return Header{}, err
	}
	h, err := ParseHeader(b[:n])
	if err != nil {
		return Header{}, err
	}
	if want := h.fileSize(); info.Size() != want {
		return Header{}, fmt.Errorf("file is %d bytes, its header promises %d (%d tokens of %d bytes, %d boundaries)",
			info.Size(), want, h.Tokens, h.TokenBytes, h.Boundaries)
	}
	return h, nil
}

// Path is the path that the file was opened with.
func (f *File) Path() string { return f.path }

// Header is the file's header.
func (f *File) Header() Header { return f.header }

// Close closes the file.
func (f *File) Close() error { return f.file.Close() }

// Read fills dst with the tokens from position from of the file on. As with
// io.ReaderAt, fewer tokens than asked for come with an error: io.EOF at the end of
// the file. An id outside the vocabulary is an error, so that a caller may index
// by what it gets.
func (f *File) Read(dst []uint32, from int64) (int, error) {
	if from < 0 {
		return 0, fmt.Errorf("%s: negative token position %d", f.path, from)
	}
	want := len(dst)
	dst = dst[:min(int64(want), max(0, f.header.Tokens-from))]
	if err := f.read(dst, from); err != nil {
		return 0, err
	}
	if len(dst) < want {
		return len(dst), io.EOF
	}
	return len(dst), nil
}

// read fills dst from tokens that lie within the file.
func (f *File) read(dst []uint32, from int64) error {
	width := f.header.TokenBytes
	buf := chunks.Get().(*[]byte)
	defer chunks.Put(buf)
	for len(dst) > 0 {
		part := dst[:min(len(dst), chunkBytes/width)]
		b := (*buf)[:len(part)*width]
		if n, err := f.file.ReadAt(b, HeaderSize+from*int64(width)); n < len(b) {
			return fmt.Errorf("%s: tokens at %d: %w", f.path, from, unexpected(err))
		}
		if id := decodeTokens(part, b, width); int64(id) >= int64(f.header.VocabSize) {
			return f.outside(part, from)
		}
		dst, from = dst[len(part):], from+int64(len(part))
	}
	return nil
}

// outside names the first of tokens that is not in the vocabulary.
func (f *File) outside(tokens []uint32, from int64) error {
	for i, id := range tokens {
		if int64(id) >= int64(f.header.VocabSize) {
			return fmt.Errorf("%s: token %d is id %d, outside the vocabulary of %d ids",
				f.path, from+int64(i), id, f.header.VocabSize)
		}
	}
	return nil
}

// unexpected names an end of file that came before the bytes that the header promised.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
