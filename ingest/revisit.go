package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/cespare/xxhash/v2"

	"corpus"
)

const (
	// maxOriginals is how many kept records are remembered for the revisits behind them; the oldest are forgotten. They
	// take about 10 MB.
	maxOriginals = 1 << 16
	// maxRevisits is how many times one original is read again for revisits, so that a small file of revisits does not unfold without
	// bound: also where it then turns out that its page is not theirs.
	maxRevisits = 64
)

// originals finds the records that revisits refer to (ISO 28500, section 6.7): those of the same input that were kept.
type originals struct {
	from RandomAccess
	// only is nil, or the place of the one revisit that is resolved.
	only *corpus.Origin

	kept  []original
	count int // of all that were ever remembered; the i-th is at i modulo maxOriginals
	found [keyKinds]map[uint64]int
}

// original is where a record lies, and what revisits may call it.
type original struct {
	offset, length int64
	keys           [keyKinds]uint64 // 0: none
	revisits       uint8
}

// The ways in which a revisit names its original, the surest first.
const (
	keyID    = iota // WARC-Refers-To: the record's id
	keyVisit        // WARC-Refers-To-Target-URI and -Date
	keySum          // WARC-Payload-Digest
	keyKinds
)

// revisitKeys are a record's names, each "" where there is none.
type revisitKeys [keyKinds]string

// names are what the record itself is called.
func (h *warcHeader) names() revisitKeys {
	return makeKeys(h.id, h.url, h.date, h.payloadDigest)
}

// refers are the names of the record that a revisit refers to.
func (h *warcHeader) refers() revisitKeys {
	return makeKeys(h.refersTo, h.refersToURI, h.refersToDate, h.payloadDigest)
}

func makeKeys(id, uri, date, sum string) (k revisitKeys) {
	k[keyID] = unbracket(id)
	if date = normalizeDate(date, firstCrawl); uri != "" && date != "" {
		k[keyVisit] = date + " " + unbracket(uri)
	}
	if d, ok := parseDigest(sum); ok {
		k[keySum] = d.algorithm + ":" + d.sum
	}
	return k
}

// agree says that the declared digests of two payloads do not contradict each other.
func (h *warcHeader) agree(other *warcHeader) bool {
	a, known := parseDigest(h.payloadDigest)
	b, comparable := parseDigest(other.payloadDigest)
	return !known || !comparable || a.algorithm != b.algorithm || a == b
}

// resolveFrom makes the reader resolve revisits, by reading their originals from the input once more.
func (w *warcReader) resolveFrom(r RandomAccess, only *corpus.Origin) {
	if w.opts.Revisits != RevisitsResolve {
		return
	}
	w.originals = &originals{from: r, only: only}
	for k := range w.originals.found {
		w.originals.found[k] = make(map[uint64]int)
	}
}

// revisit remembers a kept page, or gives a revisit the page that it refers to. Head is the revisit's own.
// In one compressed stream there is no way back but from its beginning, so that nothing is resolved there.
func (w *warcReader) revisit(d *corpus.Document, h *warcHeader, head httpHead) {
	x := w.originals
	if x == nil || w.in.codec != nil && d.Origin.Codec != w.in.codec.name() {
		return
	}
	switch {
	case h.kind == "revisit" && d.Reason != nil && d.Reason.Rule == RuleRevisit && h.segment == "":
		if x.only == nil || x.only.Offset == d.Origin.Offset {
			w.resolve(d, h, head)
		}
	case (h.kind == "response" || h.kind == "resource") && d.Reason == nil:
		x.remember(d.Origin, h.names())
	}
}

func (x *originals) remember(o corpus.Origin, names revisitKeys) {
	at := x.count % maxOriginals
	if at < len(x.kept) {
		for k, key := range x.kept[at].keys {
			if x.found[k][key] == x.count-maxOriginals {
				delete(x.found[k], key)
			}
		}
	} else {
		x.kept = append(x.kept, original{})
	}
	entry := original{offset: o.Offset, length: o.Length}
	for k, name := range names {
		if name != "" {
			entry.keys[k] = xxhash.Sum64String(name)
			x.found[k][entry.keys[k]] = x.count
		}
	}
	x.kept[at] = entry
	x.count++
}

// resolve gives a rejected revisit the page of its original, where that is remembered: the page is kept then, or
// rejected for what the revisit's own HTTP head says of it.
func (w *warcReader) resolve(d *corpus.Document, h *warcHeader, head httpHead) {
	x := w.originals
	for k, name := range h.refers() {
		number, ok := x.found[k][xxhash.Sum64String(name)]
		if name == "" || !ok {
			continue
		}
		entry := &x.kept[number%maxOriginals]
		if entry.revisits >= maxRevisits {
			return // not on to another one, which ReadAt, that reads for one revisit alone, would not take
		}
		entry.revisits++
		page, found := w.readOriginal(entry)
		if w.in.raw.failed != nil || w.originals == nil {
			return
		}
		// Names are remembered as hashes: only now is it certain whose page this is.
		if page == nil || page.Reason != nil || found.names()[k] != name || !h.agree(found) {
			continue
		}
		w.pages.adopt(d, h, head, page)
		return
	}
}

// readOriginal reads a record once more. An input that cannot be read fails the whole reading, unless it is of a kind that
// cannot be sought in: then nothing is resolved any more.
func (w *warcReader) readOriginal(entry *original) (*corpus.Document, *warcHeader) {
	raw := newRaw(w.in.raw.ctx, io.NewSectionReader(w.originals.from, entry.offset, entry.length), entry.offset)
	raw.more = true
	c, err := codecAt(w.in.codecName(), w.in)
	if err != nil {
		return nil, nil
	}
	in := newWindow(raw, c, w.opts)
	defer in.close()
	again := newWARCReader(in, w.opts)
	var page *corpus.Document
	again.read(func(d *corpus.Document) bool {
		page = d
		return false
	})
	if err := raw.failed; err != nil {
		if errors.Is(err, errors.ErrUnsupported) {
			w.originals = nil
		} else {
			w.in.raw.failed = err
		}
		return nil, nil
	}
	return page, &again.header
}

// adopt gives a revisit the page of its original. What the revisit's own head says of it counts, unless that only says that
// the server had nothing new (304): then it is the original's.
func (p *pageReader) adopt(d *corpus.Document, h *warcHeader, head httpHead, page *corpus.Document) {
	d.Reason = nil
	d.Origin.Digest = page.Origin.Digest
	d.ContentType = page.ContentType
	content := page.HTML
	if content == nil {
		content = []byte(page.Text)
	}
	own := head.status != "" && head.status != "304"
	if !own {
		joinRights(d, page)
	}
	if own && head.contentType != "" {
		d.ContentType = head.contentType
	}
	if own && !slices.Contains(p.statuses, head.status) {
		d.Reject(Stage, RuleHTTPStatus, head.status)
	}
	p.judge(d, h, httpHead{}, false, content)
	if d.Reason == nil {
		d.HTML, d.Text, d.Declared = page.HTML, page.Text, page.Declared
	}
}

// isResolved says whether the record that was read at a place is a revisit that had the page of another record when the place was noted.
func isResolved(d *corpus.Document, o corpus.Origin, opts Options) bool {
	return opts.Revisits == RevisitsResolve && d.Reason != nil && d.Reason.Rule == RuleRevisit && d.Origin.Digest != o.Digest
}

// readResolved reads a revisit with the page of its original, which only the file's beginning up to the revisit can tell.
func readResolved(r io.ReaderAt, size int64, o corpus.Origin, source string, opts Options) (*corpus.Document, error) {
	f := &file{path: o.File, source: source, r: io.NewSectionReader(r, 0, size), opts: opts, only: &o}
	for d, err := range f.Documents(context.Background()) {
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", placeName(o), err)
		}
		if d.Origin.Offset == o.Offset && d.Origin.Codec == o.Codec {
			return d, nil
		}
	}
	return nil, nil
}
