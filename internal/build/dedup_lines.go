package build

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"corpus"
	"corpus/ingest"
	"corpus/internal/jsonl"
)

// lineStore keeps documents in the lines that they are written as, so that those that stay are copied byte for byte, and any one can be read alone. Beside the lines
// stands where each ends, 8 bytes little-endian, on disk too. First all are added, then they are read, by one goroutine.
type lineStore struct {
	lines, ends *os.File
	toLines     *bufio.Writer
	toEnds      *bufio.Writer
	documents   int64
	size        int64 // of the lines
	line        []byte
	page        []byte // of ends, from the one of document first on
	first       int64
	copied      []byte // on its way from lines to another file
}

// endsPage is the number of documents whose ends are read at once.
const endsPage = 512

func newLineStore(lines, ends string) (*lineStore, error) {
	f, err := os.Create(lines)
	if err != nil {
		return nil, err
	}
	g, err := os.Create(ends)
	if err != nil {
		f.Close()
		return nil, err
	}
	return &lineStore{lines: f, ends: g, toLines: bufio.NewWriterSize(f, 256<<10), toEnds: bufio.NewWriterSize(g, 32<<10)}, nil
}

// add keeps a document.
func (s *lineStore) add(d *corpus.Document) (err error) {
	if s.line, err = jsonl.Append(s.line[:0], d, jsonl.Options{}); err != nil {
		return fmt.Errorf("document %s: %w", d.ID, err)
	}
	s.documents++
	s.size += int64(len(s.line))
	if _, err := s.toLines.Write(s.line); err != nil {
		return err
	}
	var end [8]byte
	binary.LittleEndian.PutUint64(end[:], uint64(s.size))
	_, err = s.toEnds.Write(end[:])
	return err
}

// flush ends the adding.
func (s *lineStore) flush() error { return errors.Join(s.toLines.Flush(), s.toEnds.Flush()) }

func (s *lineStore) close() error { return errors.Join(s.lines.Close(), s.ends.Close()) }

// end is where the line of document i ends, that of the document before the first being 0.
func (s *lineStore) end(i int64) (int64, error) {
	if i < 0 {
		return 0, nil
	}
	if at := 8 * (i - s.first); at < 0 || at >= int64(len(s.page)) {
		if s.page == nil {
			s.page = make([]byte, 8*endsPage)
		}
		s.first = i - i%endsPage
		n, err := s.ends.ReadAt(s.page[:8*endsPage], 8*s.first)
		if err != nil && err != io.EOF {
			return 0, err
		}
		if s.page = s.page[:n]; int64(n) < 8*(i-s.first+1) {
			return 0, io.ErrUnexpectedEOF
		}
	}
	return int64(binary.LittleEndian.Uint64(s.page[8*(i-s.first):])), nil
}

// place is where the line of a document lies.
func (s *lineStore) place(i int64) (from, to int64, err error) {
	if from, err = s.end(i - 1); err != nil {
		return 0, 0, err
	}
	to, err = s.end(i)
	return from, to, err
}

// read returns the line of a document, valid until the next call.
func (s *lineStore) read(i int64) ([]byte, error) {
	from, to, err := s.place(i)
	if err != nil {
		return nil, err
	}
	if n := int(to - from); cap(s.line) < n {
		s.line = make([]byte, n)
	}
	s.line = s.line[:to-from]
	_, err = s.lines.ReadAt(s.line, from)
	return s.line, err
}

// text reads one field of a document.
func (s *lineStore) text(i int64, name string) (string, error) {
	line, err := s.read(i)
	if err != nil {
		return "", err
	}
	value, ok := ingest.TextField(line, name)
	if !ok && name != "text" { // a raw page has none
		return "", fmt.Errorf("spooled document %d has no %s", i, name)
	}
	return value, nil
}

// all are the documents in order, as ingest reads them.
func (s *lineStore) all(ctx context.Context) iter.Seq2[*corpus.Document, error] {
	return func(yield func(*corpus.Document, error) bool) {
		opts := ingest.DefaultOptions()
		opts.Format, opts.MaxRecordBytes = ingest.FormatJSONL, 1<<30 // a line may have grown over the bound that it was read under
		src, err := ingest.Open("-", io.NewSectionReader(s.lines, 0, s.size), "", opts)
		if err != nil || s.size == 0 {
			if err != nil {
				yield(nil, err)
			}
			return
		}
		for d, err := range src.Documents(ctx) {
			if err == nil && d.Reason != nil {
				err = fmt.Errorf("spooled document: %s", d.Reason)
			}
			if !yield(d, err) || err != nil {
				return
			}
		}
	}
}

// copyBytes is how much is copied at a time.
const copyBytes = 256 << 10

// copy writes the bytes of the lines between two offsets.
func (s *lineStore) copy(ctx context.Context, w io.Writer, from, to int64) error {
	for from < to {
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.copied == nil {
			s.copied = make([]byte, copyBytes)
		}
		n, err := s.lines.ReadAt(s.copied[:min(copyBytes, to-from)], from)
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		if _, err := w.Write(s.copied[:n]); err != nil {
			return err
		}
		from += int64(n)
	}
	return nil
}
