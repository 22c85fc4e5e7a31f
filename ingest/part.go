package ingest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"

	"corpus"
)

// The layouts of files that can be read in parts: CanSplit finds them out, OpenPart takes them.
const (
	layoutWARC     = "warc"
	layoutWARCGzip = "warc+gzip"
	layoutARC      = "arc"
	layoutARCGzip  = "arc+gzip"
	layoutJSONL    = "jsonl"
)

// splitHead is how much of a file CanSplit looks at, in bytes.
const splitHead = 1 << 20

// CanSplit says whether a file can be read in parts that meet at the borders of records: WARC and ARC files, plain or with a gzip
// member for every record, and plain JSON Lines. The layout is empty where it cannot, else it is for Part.Layout. R is
// the whole file, of which the first MiB is looked at; size is its length, opts is what it will be read with. The error
// is of r, of ctx or of opts.
func CanSplit(ctx context.Context, path string, r io.ReaderAt, size int64, opts Options) (layout string, err error) {
	if err := opts.Validate(); err != nil {
		return "", err
	}
	head := min(size, splitHead)
	in := newInput(ctx, io.NewSectionReader(r, 0, head), 0, opts)
	defer in.close()
	in.raw.more = head < size
	format := in.detect(path, opts.Format).name
	// Damage that is met before the format is known is passed over in another way than later, which a part could not repeat.
	if last := len(in.marks) - 1; last < 0 || !in.marks[last].stops() || in.marks[last].cause == end {
		layout = in.layout(format, head, opts)
	}
	if err := in.raw.failed; err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	return layout, nil
}

// layout finds the layout of a file of a format by its first bytes.
func (in *input) layout(format string, head int64, opts Options) string {
	d, isRecords := dialectOf(format)
	switch {
	case format == FormatJSONL && in.codec == nil:
		if first := bytes.TrimLeft(bytes.TrimPrefix(in.ensure(sniffBytes), utf8BOM), " \t\r\n"); bytes.HasPrefix(first, []byte("{")) {
			return layoutJSONL
		}
	case isRecords && in.codec == nil:
		if d.plausible(in.ensure(d.line)) {
			return format
		}
	case isRecords && in.codecName() == "gzip":
		if in.recordPerMember(d, head, opts) {
			return format + "+gzip"
		}
	}
	return ""
}

// dialectOf is how records of a format look; ok is false for formats that are no sequence of records with headers.
func dialectOf(format string) (d dialect, ok bool) {
	switch format {
	case FormatWARC:
		return warcDialect(), true
	case FormatARC:
		return arcDialect(), true
	}
	return dialect{}, false
}

// recordPerMember says whether the first records have a compressed member each. What the end of the head cuts says nothing.
func (in *input) recordPerMember(d dialect, head int64, opts Options) bool {
	const enough = 8
	seen, each := 0, true
	newRecordReader(in, d, opts).read(func(d *corpus.Document) bool {
		if d.Origin.Codec == "" || d.Origin.Offset+d.Origin.Length >= head {
			return false
		}
		seen++
		each = d.Origin.Codec == in.codec.name()
		return each && seen < enough
	})
	return each && seen > 0
}

// A Part is a range of a file's bytes as they are stored. To it belongs every record that begins in it, also where the record ends behind it.
type Part struct {
	// Layout is what CanSplit returned.
	Layout string
	// From and To, in bytes, are the range: from 0 to the file's size, To behind From.
	From, To int64
	// At is where the first record is known to begin, at or behind From; nil where that is to be searched for.
	At *Position
}

// A Position is a place between two records.
type Position struct {
	// Raw is the offset in the file. In a compressed file a member begins there.
	Raw int64
	// Decoded is the number of bytes that are decoded from the members before it; 0 in files that are not compressed.
	Decoded int64
}

// Lead is where the reader of the part must begin: at From, or one byte before it where that says whether a line begins at From.
func (p Part) Lead() int64 {
	if p.gzip() || p.From == 0 {
		return p.From
	}
	return p.From - 1
}

func (p Part) gzip() bool { return p.Layout == layoutWARCGzip || p.Layout == layoutARCGzip }

// format is the format of the layout.
func (p Part) format() (string, error) {
	switch p.Layout {
	case layoutWARC, layoutWARCGzip:
		return FormatWARC, nil
	case layoutARC, layoutARCGzip:
		return FormatARC, nil
	case layoutJSONL:
		return FormatJSONL, nil
	}
	return "", fmt.Errorf("part of a file: unknown layout %q", p.Layout)
}

// A Seam says where the records of a part begin and end. The parts of a file fit together where each one's Start is the End of the
// one before, and Base, where it is set, the bytes decoded so far: see Seam.Fits.
type Seam struct {
	// Start is the offset of the first record; -1 where no record begins in the part.
	Start int64 `json:"start"`
	// End is the offset of the first record behind the part, or the file's size; -1 where Start is.
	End int64 `json:"end"`
	// Decoded is the number of bytes that were decoded from Start to End; 0 in files that are not compressed.
	Decoded int64 `json:"decoded"`
	// Base is Position.Decoded as it was taken to be, where the place of a record rests on it: a record that has no
	// compressed member of its own. Else it is -1.
	Base int64 `json:"base"`
}

// none is the seam of a part in which no record begins.
func none() Seam { return Seam{Start: -1, End: -1, Base: -1} }

// Fits says whether the part with this seam goes on where the records before it end. Next is where the ones behind it must go on: where the
// part fits, and also where its Start does and only its Base does not.
func (s Seam) Fits(p Part, at Position) (next Position, ok bool) {
	if at.Raw >= p.To {
		return at, s.Start < 0
	}
	next = Position{Raw: s.End, Decoded: at.Decoded + s.Decoded}
	return next, s.Start == at.Raw && (s.Base < 0 || s.Base == at.Decoded)
}

// PartSource is the documents of one part of a file.
//
// Its documents equal those that the whole file's source yields from the part's first record to the next
// part's, if its first record is where the reading of the part before ended. Where Part.At is not given, the first record is
// searched for, and bytes inside another record, or behind damage, may be taken for it: whoever splits a file compares the
// seams, and reads a part again where they do not fit. (A WARC revisit is resolved only where its original is in the same part.)
type PartSource struct {
	file
	part Part
	seam Seam
}

// OpenPart returns the documents of one part of a file; see Open. R begins at part.Lead() and goes on to the file's end; the part's
// source reads beyond part.To as far as its last record does, and not always as far as To. Where r is a RandomAccess, that is of
// the whole file. The error is about part and opts alone.
func OpenPart(path string, r io.Reader, part Part, source string, opts Options) (*PartSource, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	if part.From < 0 || part.To <= part.From || part.At != nil && part.At.Raw < part.From {
		return nil, fmt.Errorf("part of %s: bad range %d to %d", path, part.From, part.To)
	}
	if _, err := part.format(); err != nil {
		return nil, err
	}
	if part.From == 0 && part.At == nil {
		part.At = &Position{}
	}
	return &PartSource{file: file{path: path, source: source, r: r, opts: opts}, part: part, seam: none()}, nil
}

// Seam says where the part's records begin and end, once the sequence of documents has come to its end.
func (p *PartSource) Seam() Seam { return p.seam }

// Documents implements corpus.Source.
func (p *PartSource) Documents(ctx context.Context) iter.Seq2[*corpus.Document, error] {
	return func(yield func(*corpus.Document, error) bool) {
		p.seam = none()
		if p.part.At != nil && p.part.At.Raw >= p.part.To {
			return
		}
		raw := newRaw(ctx, p.r, p.part.Lead())
		stopped, based := false, false
		take := p.finish(func(d *corpus.Document) bool {
			based = based || d.Origin.Codec != "" && d.Origin.Codec != "gzip"
			stopped = !yield(d, nil)
			return !stopped
		})
		start, end, found := p.read(raw, take)
		if stopped {
			return
		}
		if raw.failed != nil {
			yield(nil, fmt.Errorf("read %s at byte %d: %w", p.path, raw.offset(), raw.failed))
			return
		}
		if !found {
			return
		}
		p.seam = Seam{Start: start.Raw, End: end.Raw, Decoded: end.Decoded - start.Decoded, Base: -1}
		if based {
			p.seam.Base = start.Decoded
		}
	}
}

// read reads the part's records and says where they begin and end.
func (p *PartSource) read(raw *raw, yield func(*corpus.Document) bool) (start, end Position, found bool) {
	if p.part.Layout == layoutJSONL {
		return p.readLines(raw, yield)
	}
	format, _ := p.part.format() // which OpenPart has checked
	d, _ := dialectOf(format)
	if p.part.gzip() {
		return p.readMembers(raw, d, yield)
	}
	return p.readPlain(raw, d, yield)
}

// readLines reads JSON Lines.
func (p *PartSource) readLines(raw *raw, yield func(*corpus.Document) bool) (start, end Position, found bool) {
	in := newWindow(raw, nil, p.opts)
	defer in.close()
	if !p.toLine(in) {
		return start, end, false
	}
	j := newJSONLReader(in, p.opts)
	j.until = p.part.To
	start.Raw = in.at
	j.read(yield)
	return start, Position{Raw: in.at}, true
}

// readPlain reads records that are not compressed.
func (p *PartSource) readPlain(raw *raw, d dialect, yield func(*corpus.Document) bool) (start, end Position, found bool) {
	in := newWindow(raw, nil, p.opts)
	defer in.close()
	if !p.toLine(in) {
		return start, end, false
	}
	w := p.newReader(in, d)
	w.until = p.part.To
	if p.part.At == nil && p.part.From > 0 {
		w.scan(p.part.To - in.at)
		if in.at >= p.part.To || !w.begins(in.ensure(w.line)) {
			return start, end, false
		}
	}
	start.Raw = in.at
	w.read(yield)
	return start, Position{Raw: in.at}, true
}

// newReader makes a reader of records, which resolves revisits of WARC where it can.
func (p *PartSource) newReader(in *input, d dialect) *warcReader {
	w := newRecordReader(in, d, p.opts)
	if r, ok := p.r.(RandomAccess); ok && (p.part.Layout == layoutWARC || p.part.Layout == layoutWARCGzip) {
		w.resolveFrom(r, nil)
	}
	return w
}

// toLine goes to the part's first record where that is known, else to the first line that begins in the part.
func (p *PartSource) toLine(in *input) bool {
	if at := p.part.At; at != nil {
		return in.passTo(at.Raw)
	}
	for p.part.From > 0 {
		b := in.ensure(1)
		b = b[:min(int64(len(b)), p.part.To-1-in.at)] // the line behind a later line end is another part's
		if len(b) == 0 {
			return false
		}
		if end := bytes.IndexByte(b, '\n'); end >= 0 {
			in.advance(end + 1)
			break
		}
		in.advance(len(b))
	}
	return true
}

// passTo passes bytes of an uncompressed input up to an offset; false where it ends before.
func (in *input) passTo(at int64) bool {
	for in.at < at {
		b := in.ensure(1)
		if len(b) == 0 {
			return false
		}
		in.advance(int(min(int64(len(b)), at-in.at)))
	}
	return true
}

// readMembers reads records in gzip members.
func (p *PartSource) readMembers(raw *raw, d dialect, yield func(*corpus.Document) bool) (start, end Position, found bool) {
	in := newWindow(raw, &gzipCodec{}, p.opts)
	defer in.close()
	w := p.newReader(in, d)
	l := in.layer.(*members)
	if at := p.part.At; at != nil {
		if _, err := raw.br.Discard(int(at.Raw - p.part.From)); err != nil {
			return start, end, false
		}
		start, in.at = *at, at.Decoded
	} else {
		l.until = p.part.To
		next, ok := l.search()
		if !ok {
			return start, end, false
		}
		start.Raw, l.until = next, 0
	}
	l.first = start.Raw
	w.member, w.memberAt, w.aligned, w.until = start.Raw, in.at, true, p.part.To
	w.read(yield)
	return start, Position{Raw: w.member, Decoded: w.memberAt}, true
}
