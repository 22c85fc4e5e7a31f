package ingest

import (
	"bytes"

	"corpus"
)

// wholeInput reads an input that is one record, to its end. The document has its place, and is rejected where it is too large, of
// which no bytes are returned, or damaged. The bytes are valid until the input is used again.
func wholeInput(in *input, opts Options, kind string) ([]byte, *corpus.Document) {
	d := &corpus.Document{Type: kind, Origin: corpus.Origin{Codec: in.codecName()}}
	first := in.at
	if l, ok := in.layer.(*members); ok {
		first = l.first
	}
	b := in.ensure(int(opts.MaxRecordBytes) + 1)
	if int64(len(b)) > opts.MaxRecordBytes {
		in.advance(len(b))
		d.Reject(Stage, RuleTooLarge, int64(len(b))+passAll(in))
		b = nil
	} else {
		in.rejectDamaged(d)
	}
	d.Origin.Offset, d.Origin.Length = first, in.drain()-first
	return b, d
}

// readWhole yields a text or HTML file as one document. Text in another charset
// than UTF-8 is left to the stage that decodes pages, as a page of type text/plain.
func readWhole(in *input, name string, opts Options, yield func(*corpus.Document) bool) {
	b, d := wholeInput(in, opts, name)
	if len(b) > 0 {
		d.Origin.Digest = corpus.PayloadDigest(b)
	}
	switch {
	case d.Reason != nil:
	case len(bytes.TrimSpace(b)) == 0:
		d.Reject(Stage, RuleEmpty, nil)
	case name == FormatHTML:
		d.ContentType, d.HTML = "text/html", bytes.Clone(b)
	default:
		if opts.Gutenberg == GutenbergAuto {
			b = gutenberg(d, b)
		}
		text, ok := validText(b)
		d.ContentType, d.Text = "text/plain", text
		if !ok {
			d.HTML = bytes.Clone(b)
		}
		if len(bytes.TrimSpace(b)) == 0 {
			d.Reject(Stage, RuleEmpty, nil) // a licence without a book
		}
	}
	if in.raw.failed == nil {
		yield(d)
	}
}

// rejectDamaged rejects a document whose bytes at hand end at damage. Bytes behind
// a whole member that are none themselves, such as padding, do no harm.
func (in *input) rejectDamaged(d *corpus.Document) bool {
	m := in.marks[len(in.marks)-1]
	switch m.cause {
	case truncated:
		d.Reject(Stage, RuleTruncated, 0)
	case checksum:
		d.Reject(Stage, RuleChecksum, in.codecName())
	case corrupt:
		d.Reject(Stage, RuleMalformed, m.next-m.lost)
	}
	return d.Reason != nil
}

// passAll reads on to the end, or to damage, and returns how many bytes there were.
func passAll(in *input) int64 {
	var n int64
	for {
		b := in.ensure(1)
		if len(b) == 0 {
			return n
		}
		n += int64(len(b))
		in.advance(len(b))
	}
}
