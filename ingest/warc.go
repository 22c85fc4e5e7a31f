package ingest

import "corpus"

// warcReader reads the records of a WARC file (ISO 28500; IIPC WARC 1.1; also 0.17 and 0.18), or of an ARC file.
type warcReader struct {
	dialect
	in    *input
	opts  Options
	pages *pageReader
	// header is that of the record read last.
	header warcHeader
	// originals resolves revisits; nil where they are not to be, or cannot.
	originals *originals

	// member is the raw offset where the compressed member of the next record
	// begins; it holds only while aligned: nothing but line ends lie between.
	member  int64
	aligned bool
	// memberAt is the decoded offset where that member begins.
	memberAt int64
	// until is the raw offset from which on records are another part's, 0 for none: see PartSource.
	until int64
	// covered says that the record just read has all raw bytes up to the stopping mark in its place.
	covered bool
}

func newWARCReader(in *input, opts Options) *warcReader {
	return newRecordReader(in, warcDialect(), opts)
}

func newARCReader(in *input, opts Options) *warcReader {
	return newRecordReader(in, arcDialect(), opts)
}

func newRecordReader(in *input, d dialect, opts Options) *warcReader {
	in.expect(d)
	w := &warcReader{dialect: d, in: in, opts: opts, pages: newPageReader(opts)}
	w.pages.pdf = pdfOf(in, opts)
	if l, ok := in.layer.(*members); ok {
		w.member, w.aligned = l.first, in.at == 0
	}
	return w
}

// expect tells the layer below what the content is: decoded bytes that look like a member's beginning in the middle of damage must
// begin a record.
func (in *input) expect(d dialect) {
	if l, ok := in.layer.(*members); ok {
		l.plausible = d.plausible
	}
}

func (w *warcReader) read(yield func(*corpus.Document) bool) {
	for {
		w.skipLines()
		if m, ok := w.in.here(); ok && m.stops() {
			if !w.passStop(m, yield) || m.cause == end || w.in.raw.failed != nil {
				return
			}
			continue
		}
		if w.beyond() {
			return
		}
		var d *corpus.Document
		if w.begins(w.in.ensure(w.line)) {
			d = w.record()
		} else {
			d = w.skipDamage(0)
		}
		if w.in.raw.failed != nil || !yield(d) {
			return
		}
	}
}

// beyond says that the next record is another part's: the first one that begins at or behind until. In a
// compressed file that is one at the beginning of a member, where a reader can start.
func (w *warcReader) beyond() bool {
	if w.until == 0 {
		return false
	}
	if w.in.codec == nil {
		return w.in.at >= w.until
	}
	return w.aligned && w.member >= w.until
}

// skipLines goes to the next record, over line ends and joins of members.
func (w *warcReader) skipLines() {
	if m, known := w.in.skipLines(); known {
		w.member, w.memberAt, w.aligned = m.next, m.at, true
	}
}

// passStop passes a stopping mark, and yields a document for bytes that were skipped at it.
func (w *warcReader) passStop(m mark, yield func(*corpus.Document) bool) bool {
	covered := w.covered && m.cause != junk
	w.member, w.memberAt, w.aligned, w.covered = m.next, m.at, true, false
	if m.cause == end || w.in.raw.failed != nil {
		return true
	}
	w.in.pass()
	if covered || m.next == m.lost {
		return true
	}
	return yield(damage(m, w.in))
}

// place is where a record begins.
type place struct {
	at      int64 // decoded
	member  int64 // raw, if aligned
	aligned bool
}

// leave marks that a record begins here and that its first byte is about to be passed.
func (w *warcReader) leave() place {
	p := place{at: w.in.at, member: w.member, aligned: w.aligned}
	w.aligned, w.covered = false, false
	return p
}

// finish goes behind the line ends that follow a record, sets the document's
// place, and rejects it when its compressed member turns out to be damaged;
// missing is how many bytes of the record were not there.
//
// The line ends belong to the record, so that places of records touch each other.
func (w *warcReader) finish(d *corpus.Document, from place, missing int) {
	w.skipLines()
	o := &d.Origin
	o.Offset, o.Length = from.at, w.in.at-from.at
	if w.in.codec == nil {
		return
	}
	o.Codec = w.in.codec.name() + "-stream"
	if !from.aligned || w.in.limit >= 0 {
		return
	}
	m, ok := w.in.here()
	stopped := ok && m.stops()
	if !stopped && !w.aligned {
		return // the member goes on with another record
	}
	o.Codec, o.Offset = w.in.codec.name(), from.member
	if stopped && (!w.aligned || m.cause == end || m.cause == junk) {
		o.Length = m.prev - from.member
	} else {
		o.Length = w.member - from.member
	}
	if stopped && !w.aligned {
		w.damaged(d, m, missing)
	}
}

// damaged rejects the document of a record whose own member ends at the stopping mark.
func (w *warcReader) damaged(d *corpus.Document, m mark, missing int) {
	w.covered = true
	switch m.cause {
	case truncated:
		d.Reject(Stage, RuleTruncated, missing)
	case checksum:
		d.Reject(Stage, RuleChecksum, w.in.codec.name())
	case corrupt:
		// What came out of the member last is nonsense: nothing that was made of it counts.
		d.HTML, d.Text, d.Origin.Digest, d.Reason, d.Rights = nil, "", "", nil, nil
		delete(d.Signals, signalRightsHTTP)
		d.Reject(Stage, RuleMalformed, d.Origin.Length)
	}
	if d.Type == "" && (m.cause == truncated || m.cause == corrupt) {
		d.Origin.Codec = "" // no record at all: raw bytes
		d.Reason = nil
		d.Reject(Stage, RuleMalformed, d.Origin.Length)
	}
}

// record reads the record at hand, which begins with a version line.
func (w *warcReader) record() *corpus.Document {
	h := &w.header
	head := w.in.ensure(4 << 10)
	head = head[:min(len(head), maxHeader)]
	size, whole := w.parse(h, head)
	if !whole {
		head = w.in.ensure(maxHeader)
		head = head[:min(len(head), maxHeader)]
		size, whole = w.parse(h, head)
	}
	if !whole {
		if len(head) >= maxHeader {
			// No record in these bytes has a whole header, but the last that begins in them may have one that goes on behind.
			return w.skipDamage(w.last(head))
		}
		from := w.leave()
		return w.cutShort(h.document(), from, len(head), 0)
	}
	d := h.document()
	length, ok := h.length()
	switch {
	case !ok:
		return w.unknownLength(d, h, size)
	case length > w.opts.MaxRecordBytes:
		return w.skipLarge(d, size, length)
	}
	return w.bounded(d, h, size, int(length))
}

// bounded reads a record whose declared length is within the bound.
func (w *warcReader) bounded(d *corpus.Document, h *warcHeader, size, length int) *corpus.Document {
	n := size + length
	b := w.in.ensure(n + w.tail())
	from := w.leave()
	if cut := w.nextMember(b, size, n); cut >= 0 {
		return w.cutShort(d, from, cut, n-cut)
	}
	if len(b) < n {
		cut := w.find(b[size:], true)
		if cut < 0 {
			return w.cutShort(d, from, len(b), n-len(b))
		}
		return w.cutShort(d, from, size+cut, n-size-cut)
	}
	switch w.follow(b, n) {
	case followJunk:
		// The next record may begin right before the declared end.
		if cut := w.find(b[size:min(len(b), n+w.tail())], true); cut >= 0 && size+cut < n {
			return w.cutShort(d, from, size+cut, n-size-cut)
		}
		d.Reject(Stage, RuleContentLength, length)
		w.in.advance(n)
		w.toRecord()
	default:
		own := w.pages.fill(d, h, b[size:n])
		w.in.advance(n)
		w.finish(d, from, 0)
		w.revisit(d, h, own)
		return d
	}
	w.finish(d, from, 0)
	return d
}

// cutShort ends a record after n bytes, where its declared length was not reached.
func (w *warcReader) cutShort(d *corpus.Document, from place, n, missing int) *corpus.Document {
	w.in.advance(n)
	w.finish(d, from, missing)
	d.Reject(Stage, RuleTruncated, missing)
	return d
}

// nextMember looks for a compressed member that begins inside a record's block and
// is itself a record: the record before it is shorter than it declares. It returns its place in b, or -1.
func (w *warcReader) nextMember(b []byte, size, n int) int {
	for _, m := range w.in.marks {
		at := int(m.at - w.in.at)
		if m.cause == join && at >= size && at < n && at < len(b) && w.begins(b[at:]) {
			return at
		}
	}
	return -1
}

// What follows a record's block.
const (
	followRecord = iota // a record, a stopping mark, or another member
	followGap           // the line ends that should be, and then something else
	followJunk          // neither: the block's length is wrong
)

// follow says what comes behind the n bytes of a record.
func (w *warcReader) follow(b []byte, n int) int {
	rest := b[n:]
	ends := 0
	for len(rest) > 0 && (rest[0] == '\r' || rest[0] == '\n') {
		if rest[0] == '\n' {
			ends++
		}
		rest = rest[1:]
	}
	for _, m := range w.in.marks {
		if at := int(m.at - w.in.at); at >= n && at <= len(b)-len(rest) {
			return followRecord
		}
	}
	switch {
	case len(rest) == 0 && w.in.blind, w.begins(rest):
		return followRecord
	case ends >= w.ends:
		return followGap
	}
	return followJunk
}

// unknownLength reads a record that does not say how long it is: up to the next one.
func (w *warcReader) unknownLength(d *corpus.Document, h *warcHeader, size int) *corpus.Document {
	from := w.leave()
	d.Reject(Stage, RuleContentLength, clip(h.contentLength))
	w.in.advance(size)
	w.toRecord()
	w.finish(d, from, 0)
	return d
}

// skipLarge passes a record over the bound without holding it. A length that is
// absurd must not swallow the records behind, so that the search for a record runs along.
func (w *warcReader) skipLarge(d *corpus.Document, size int, length int64) *corpus.Document {
	from := w.leave()
	d.Reject(Stage, RuleTooLarge, length)
	w.in.advance(size)
	w.scan(length)
	if m, ok := w.in.here(); !ok || !m.stops() {
		w.skipLines()
		if !w.aligned && !w.begins(w.in.ensure(w.line)) {
			w.toRecord()
		}
	}
	w.finish(d, from, 0)
	return d
}

// skipDamage passes bytes that begin no record, at least n, and yields the document that says so.
func (w *warcReader) skipDamage(n int) *corpus.Document {
	from := w.leave()
	d := &corpus.Document{}
	w.in.advance(n)
	w.toRecord()
	skipped := w.in.at - from.at
	w.finish(d, from, 0)
	d.Reject(Stage, RuleMalformed, skipped)
	return d
}
