// Package ingest turns the bytes of input files into documents: WARC, WET and ARC
// (plain, gzip, zstd), and the other formats that Formats lists. docs/ingest.md says what becomes of every record.
//
// Invariants:
//   - Every record of a file yields one document, in the file's order, with the
//     exact place of its bytes in Document.Origin. What is no page is yielded
//     rejected, with one of the rules of this package (see Rule).
//   - Damage costs the record that it hits. Reading goes on at the next record, and
//     a rejected document says what was skipped. A file of an unsupported kind is
//     one rejected document. Errors are for inputs that cannot be read at all.
//   - Memory is bounded by Options.MaxRecordBytes, whatever the file's size, the
//     lengths that it declares, or how far its compressed bytes unfold.
//
// Example:
//
//	source, err := ingest.Open("crawl.warc.gz", file, "web", ingest.DefaultOptions())
//	for doc, err := range source.Documents(ctx) { … }
package ingest

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strings"

	"corpus"
	"corpus/internal/storage"
)

// Input is one file that a pattern named.
type Input struct {
	// Path begins as the pattern did, so that it means the same on any machine with the same layout.
	Path string
	// Bytes is the file's size.
	Bytes int64
	// Places are the records that are read of it, of which Bytes then is the sum; nil for the whole file.
	Places []Place
}

// Expand finds the files that patterns name: paths of files, of folders (all files
// below them), and globs with *, ?, [a-z] and ** for any number of folders.
//
// Inputs come in the order of the patterns, and by path within one; a file that
// is named twice, also through a link, comes once. A pattern without a match, a
// missing path and an unreadable folder are errors that name it.
func Expand(ctx context.Context, patterns []string) ([]Input, error) {
	var inputs []Input
	seen := make(map[string]bool)
	for _, pattern := range patterns {
		entries, err := storage.Glob(ctx, pattern)
		if err != nil {
			return nil, fmt.Errorf("input %q: %w", storage.Redacted(pattern), err)
		}
		if len(entries) == 0 {
			return nil, fmt.Errorf("input %q: the folder holds no files", storage.Redacted(pattern))
		}
		for _, e := range entries {
			key := storage.RealPath(e.Path)
			if seen[key] {
				continue
			}
			seen[key] = true
			inputs = append(inputs, Input{Path: e.Path, Bytes: e.Bytes})
		}
	}
	return inputs, nil
}

// Open returns the documents of one file, which is read from r while they are
// asked for. Path names the file in Origin.File and helps to tell its format;
// source becomes Document.Source; where it is empty, a JSON line may name its own.
//
// The caller opens and closes r. A sequence that ends without error has read r to
// its end, so that r may count or hash it; where r is a RandomAccess, formats that are
// not read from front to back are read through ReadAt instead, and r is not. The error is about opts alone.
func Open(path string, r io.Reader, source string, opts Options) (corpus.Source, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	return &file{path: path, source: source, r: r, opts: opts}, nil
}

// RandomAccess is what a reader offers beside Read where the whole input is at hand, as a file's is.
type RandomAccess interface {
	io.ReaderAt
	// Size is the input's size in bytes.
	Size() int64
}

// file is a Source over one input file.
type file struct {
	path, source string
	r            io.Reader
	opts         Options
	only         *corpus.Origin // where not nil, the one revisit that is resolved
	undigested   bool           // see Undigested
}

// Undigested makes a source of Open leave Origin.Digest empty for lines of JSON that have an id of their own: for commands that hand on documents
// without their origin. A derived id stays what it is.
func Undigested(source corpus.Source) corpus.Source {
	if f, ok := source.(*file); ok {
		copied := *f
		copied.undigested = true
		return &copied
	}
	return source
}

// Documents implements corpus.Source.
func (f *file) Documents(ctx context.Context) iter.Seq2[*corpus.Document, error] {
	return func(yield func(*corpus.Document, error) bool) {
		in := newInput(ctx, f.r, 0, f.opts)
		defer in.close()
		format := in.detect(f.path, f.opts.Format)
		stopped := false
		f.read(in, format, func(d *corpus.Document) bool {
			stopped = !yield(d, nil)
			return !stopped
		})
		if err := in.raw.failed; err != nil && !stopped {
			yield(nil, fmt.Errorf("read %s at byte %d: %w", f.path, in.raw.offset(), err))
		}
	}
}

// Bounds of what a record says about itself, in bytes: it goes into tables and indexes that hold many of them.
const (
	maxIDBytes    = 4 << 10
	maxURLBytes   = 64 << 10
	maxShortBytes = 1 << 10 // source, date, types, the value of a reason
)

// bound rejects a record whose id or address is out of all proportion, and cuts what else is.
func bound(d *corpus.Document) {
	if len(d.ID) > maxIDBytes {
		d.ID = ""
		d.Reject(Stage, RuleFieldTooLong, "id")
	}
	if len(d.URL) > maxURLBytes {
		d.URL = ""
		d.Reject(Stage, RuleFieldTooLong, "url")
	}
	for _, field := range []*string{&d.Source, &d.Date, &d.Type, &d.ContentType} {
		*field = shorten(*field)
	}
	if d.Reason != nil {
		d.Reason.Value = shorten(d.Reason.Value)
	}
}

func shorten(s string) string {
	if len(s) <= maxShortBytes {
		return s
	}
	return strings.ToValidUTF8(s[:maxShortBytes], "")
}

// finish gives a document what it has from its file, before yield sees it.
func (f *file) finish(yield func(*corpus.Document) bool) func(*corpus.Document) bool {
	return func(d *corpus.Document) bool {
		if f.source != "" {
			d.Source = f.source
		}
		d.Origin.File = f.path
		bound(d)
		if d.ID == "" {
			d.ID = corpus.MakeID(d.Source, d.Origin)
		}
		return yield(d)
	}
}

// read parses an input whose format is known, until it ends or yield says no.
func (f *file) read(in *input, format format, yield func(*corpus.Document) bool) {
	finish := f.finish(yield)
	if in.raw.failed != nil {
		return
	}
	switch format.name {
	case FormatWARC:
		w := newWARCReader(in, f.opts)
		if r, ok := f.r.(RandomAccess); ok {
			w.resolveFrom(r, f.only)
		}
		w.read(finish)
	case FormatARC:
		newARCReader(in, f.opts).read(finish)
	case FormatJSONL:
		j := newJSONLReader(in, f.opts)
		j.undigested = f.undigested
		j.read(finish)
	case FormatJSON:
		newJSONReader(in, f.opts).read(finish)
	case FormatPDF:
		readPDF(in, f.opts, finish)
	case FormatParquet:
		f.readParquet(in, finish)
	case FormatMediaWiki:
		newWikiReader(in, f.opts, format.site).read(finish)
	case FormatText, FormatHTML:
		readWhole(in, format.name, f.opts, finish)
	default:
		readUnsupported(in, format.unsupported, finish)
	}
}
