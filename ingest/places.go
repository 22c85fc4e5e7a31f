package ingest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"corpus"
)

// A Place is a range of a file's bytes that holds one record, or several that follow each other. As text it is "OFFSET+LENGTH".
type Place struct{ Offset, Length int64 }

// MarshalText implements encoding.TextMarshaler.
func (p Place) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%d+%d", p.Offset, p.Length), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *Place) UnmarshalText(text []byte) error {
	offset, length, ok := strings.Cut(string(text), "+")
	var errOffset, errLength error
	p.Offset, errOffset = strconv.ParseInt(offset, 10, 64)
	p.Length, errLength = strconv.ParseInt(length, 10, 64)
	if !ok || errOffset != nil || errLength != nil {
		return fmt.Errorf("%q is no place such as 1000+20", text)
	}
	return nil
}

// OpenPlaces returns the documents of some records of a WARC file, plain or with a compressed member for every record. Places are
// sorted by offset and do not overlap; an index of the file has them. Each is read once, in their order and from front to back. The
// documents are those that the whole file's source yields for these records, with the same places in the whole file; only
// revisits are not resolved, unless their original is in the same place.
//
// Bytes that begin no record are one rejected document, as they are in a whole file, and so is a place behind the file's end. The
// caller opens and closes r. The error is about places and opts alone.
func OpenPlaces(path string, r RandomAccess, places []Place, source string, opts Options) (corpus.Source, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	end := int64(0)
	for _, p := range places {
		if p.Offset < end || p.Length <= 0 || p.Offset+p.Length < p.Offset {
			return nil, fmt.Errorf("%s: bad place at %d, %d bytes, behind one that ends at %d", path, p.Offset, p.Length, end)
		}
		end = p.Offset + p.Length
	}
	return &placesSource{file: file{path: path, source: source, opts: opts}, r: r, places: places}, nil
}

type placesSource struct {
	file
	r      RandomAccess
	places []Place
}

// Documents implements corpus.Source.
func (s *placesSource) Documents(ctx context.Context) iter.Seq2[*corpus.Document, error] {
	return func(yield func(*corpus.Document, error) bool) {
		for _, p := range s.places {
			if goOn, err := s.place(ctx, p, yield); err != nil {
				yield(nil, fmt.Errorf("read %s at byte %d: %w", s.path, p.Offset, err))
				return
			} else if !goOn {
				return
			}
		}
	}
}

// place reads one place. It is false where yield said no.
func (s *placesSource) place(ctx context.Context, p Place, yield func(*corpus.Document, error) bool) (goOn bool, err error) {
	take := func(d *corpus.Document) bool {
		goOn = yield(d, nil)
		return goOn
	}
	length := min(p.Length, s.r.Size()-p.Offset)
	if length <= 0 {
		d := &corpus.Document{Origin: corpus.Origin{Offset: p.Offset}}
		d.Reject(Stage, RuleTruncated, p.Length)
		return s.finish(take)(d), nil
	}
	r, err := s.bytes(p.Offset, length)
	if err != nil {
		return false, err
	}
	goOn = true
	in := newInput(ctx, r, p.Offset, s.opts)
	defer in.close()
	in.raw.more = p.Offset+length < s.r.Size()
	s.read(in, format{name: FormatWARC}, take)
	return goOn, in.raw.failed
}

// placeBytes is the longest place that is read at once: most are some 10 KiB, and each read may be a request to a store.
const placeBytes = 4 << 20

func (s *placesSource) bytes(offset, length int64) (io.Reader, error) {
	if length > placeBytes {
		return io.NewSectionReader(s.r, offset, length), nil
	}
	data := make([]byte, length)
	if _, err := s.r.ReadAt(data, offset); err != nil && err != io.EOF {
		return nil, err
	}
	return bytes.NewReader(data), nil
}
