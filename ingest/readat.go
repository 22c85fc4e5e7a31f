package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"corpus"
)

// ReadAt reads one record again, at the place that an earlier reading left in
// Document.Origin. R is the whole file, size its length; opts must be the
// same. It seeks to the record; where the file is one compressed stream it decodes
// from the beginning. The document equals the one that Open's source yielded. An
// error says that the place is outside the file, or that other bytes are there than were.
//
// The place of skipped bytes gives the rejected document that stood for them.
func ReadAt(r io.ReaderAt, size int64, o corpus.Origin, source string, opts Options) (*corpus.Document, error) {
	if o.Codec == codecParquet {
		found, err := readRow(r, size, o, source, opts)
		if err != nil {
			return nil, err
		}
		return checkFound(found, o)
	}
	at, err := openAt(r, size, o, opts)
	if err != nil {
		return nil, err
	}
	defer at.close()
	f := &file{path: o.File, source: source, opts: opts}
	if at.format.name == FormatParquet && o.Codec == "" {
		f.r = io.NewSectionReader(r, 0, size)
	}
	var found *corpus.Document
	take := func(d *corpus.Document) bool {
		found = d
		return false
	}
	if at.gap {
		found = gapDocument(f, o, at.in)
	} else {
		f.read(at.in, at.format, take)
	}
	if err := at.in.raw.failed; err != nil {
		return nil, fmt.Errorf("read %s: %w", placeName(o), err)
	}
	if found != nil && isResolved(found, o, opts) {
		if found, err = readResolved(r, size, o, source, opts); err != nil {
			return nil, err
		}
	}
	return checkFound(found, o)
}

// checkFound says whether what was found at a place is what was there before.
func checkFound(found *corpus.Document, o corpus.Origin) (*corpus.Document, error) {
	switch {
	case found == nil:
		return nil, fmt.Errorf("read %s: no record there", placeName(o))
	case found.Origin.Digest != o.Digest:
		return nil, fmt.Errorf("read %s: digest is %q, not %q", placeName(o), found.Origin.Digest, o.Digest)
	case found.Origin != o:
		return nil, fmt.Errorf("read %s: the record there is %s", placeName(o), placeName(found.Origin))
	}
	return found, nil
}

// RawAt returns the decoded bytes at a place: a WARC record with its headers, a
// JSON line; of skipped bytes, the bytes themselves. More than Options.MaxRecordBytes and 256 KiB is an error.
// A row of a Parquet file has no bytes of its own, which is an error, too.
func RawAt(r io.ReaderAt, size int64, o corpus.Origin, opts Options) ([]byte, error) {
	if o.Codec == codecParquet {
		return nil, fmt.Errorf("read %s: a row has no bytes of its own", placeName(o))
	}
	at, err := openAt(r, size, o, opts)
	if err != nil {
		return nil, err
	}
	defer at.close()
	most := int(opts.MaxRecordBytes) + maxHeader
	var b []byte
	if at.gap {
		b = make([]byte, min(o.Length, int64(most)+1))
		if _, err := r.ReadAt(b, o.Offset); err != nil && err != io.EOF {
			return nil, fmt.Errorf("read %s: %w", placeName(o), err)
		}
	} else {
		b = at.in.ensure(most + 1)
	}
	if err := at.in.raw.failed; err != nil {
		return nil, fmt.Errorf("read %s: %w", placeName(o), err)
	}
	if len(b) > most {
		return nil, fmt.Errorf("read %s: larger than %d bytes", placeName(o), most)
	}
	return bytes.Clone(b), nil
}

// opened is an input that begins and ends where one record does.
type opened struct {
	in     *input
	format format
	gap    bool // the place is of raw bytes of a compressed file, which in decodes all the same
}

func (a *opened) close() { a.in.close() }

func openAt(r io.ReaderAt, size int64, o corpus.Origin, opts Options) (*opened, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	name, stream := strings.CutSuffix(o.Codec, "-stream")
	if o.Offset < 0 || o.Length < 0 || !stream && (o.Offset > size || o.Length > size-o.Offset) {
		return nil, fmt.Errorf("read %s: outside the file's %d bytes", placeName(o), size)
	}
	ctx := context.Background()
	whole := newInput(ctx, io.NewSectionReader(r, 0, size), 0, opts)
	at := &opened{in: whole, format: whole.detect(o.File, opts.Format)}
	if d, ok := dialectOf(at.format.name); ok {
		whole.expect(d)
	}
	if at.format.unsupported != "" && o.Codec == "" {
		return at, nil
	}
	if stream {
		if whole.codecName() != name {
			whole.close()
			return nil, fmt.Errorf("read %s: the file is no %s stream", placeName(o), name)
		}
		if err := whole.skipTo(o.Offset); err != nil {
			whole.close()
			return nil, fmt.Errorf("read %s: %w", placeName(o), err)
		}
		whole.setLimit(o.Offset + o.Length)
		return at, nil
	}
	defer whole.close()
	if at.gap = name == "" && whole.codec != nil; at.gap {
		name = whole.codec.name()
	}
	c, err := codecAt(name, whole)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", placeName(o), err)
	}
	raw := newRaw(ctx, io.NewSectionReader(r, o.Offset, o.Length), o.Offset)
	raw.more = o.Offset+o.Length < size
	at.in = newWindow(raw, c, opts)
	return at, nil
}

// codecAt makes a codec for a place in a file; zstd takes over the dictionary that the file begins with.
func codecAt(name string, whole *input) (codec, error) {
	switch name {
	case "":
		return nil, nil
	case "gzip":
		return &gzipCodec{}, nil
	case "bzip2":
		return &bzip2Codec{}, nil
	case "zstd":
		c := &zstdCodec{}
		if z, ok := whole.codec.(*zstdCodec); ok {
			c.dictionary = z.dictionary
		}
		return c, nil
	}
	return nil, fmt.Errorf("unknown codec %q", name)
}

// gapDocument is the document for raw bytes of a compressed file that were skipped,
// or that are a member whose checksum is wrong; in begins at them.
func gapDocument(f *file, o corpus.Origin, in *input) *corpus.Document {
	for len(in.ensure(1)) > 0 {
		in.advance(in.w - in.r)
	}
	m := in.marks[len(in.marks)-1]
	d := damage(mark{cause: m.cause, lost: o.Offset, next: o.Offset + o.Length}, in)
	if d == nil {
		return nil
	}
	d.Source, d.Origin.File = f.source, o.File
	d.ID = corpus.MakeID(f.source, d.Origin)
	return d
}

// skipTo passes decoded bytes, over whatever damage there is, to a decoded offset.
func (in *input) skipTo(at int64) error {
	for in.at < at {
		b := in.ensure(1)
		n := min(int64(len(b)), at-in.at)
		in.advance(int(n))
		if m, ok := in.here(); ok && n == 0 {
			if m.cause == end || in.raw.failed != nil {
				return errors.New("outside the decoded content")
			}
			in.pass()
		}
	}
	// Marks here belong to what was before: the record begins behind them.
	for {
		in.ensure(1)
		if m, ok := in.here(); !ok || m.cause == end {
			return nil
		}
		in.pass()
	}
}

// setLimit ends the input at a decoded offset, where that is not behind what is at hand already.
func (in *input) setLimit(at int64) {
	in.limit = at
	over := in.end() - at
	if over < 0 {
		return
	}
	in.w -= int(over)
	k := 0
	for k < len(in.marks) && (in.marks[k].at < at || in.marks[k].at == at && in.marks[k].stops()) {
		k++
	}
	in.marks = in.marks[:k]
	if in.blind = k > 0 && in.marks[k-1].stops(); !in.blind {
		in.fill(1)
	}
}

func placeName(o corpus.Origin) string {
	codec := o.Codec
	if codec == "" {
		codec = "plain"
	}
	return fmt.Sprintf("%s at %d, %d bytes (%s)", o.File, o.Offset, o.Length, codec)
}
