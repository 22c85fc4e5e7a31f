package ingest

import (
	"bytes"
	"slices"
	"strconv"

	"corpus"
	"corpus/ingest/wikitext"
)

// wikiReader reads the pages of a MediaWiki export (https://www.mediawiki.org/xml/export-0.11/, also older schemas), as
// Special:Export and the dumps of Wikimedia have it.
//
// Every <page> element is a document, and its place is the element's. An export is written by one program, which escapes every
// "<" of content: so elements are found by their tags alone, and after damage reading goes on at the next "<page>".
type wikiReader struct {
	in   *input
	opts Options
	site *wikiSite
	conv *wikitext.Converter
	text []byte // a page's wiki text
}

func newWikiReader(in *input, opts Options, site *wikiSite) *wikiReader {
	return &wikiReader{in: in, opts: opts, site: site, conv: wikitext.NewConverter(wikitext.NewSite(site.namespaces))}
}

func (w *wikiReader) read(yield func(*corpus.Document) bool) {
	for w.in.raw.failed == nil {
		if m, ok := w.in.here(); ok {
			if m.cause == end {
				return
			}
			w.in.pass()
			if d := damage(m, w.in); d != nil && !yield(d) {
				return
			}
			continue
		}
		if d := w.next(); d != nil && w.in.raw.failed == nil && !yield(d) {
			return
		}
	}
}

// longestTag is more than the longest beginning by which an element is known here, in bytes.
const longestTag = 16

// next passes what stands at the present place. It returns a page, or a document for what has no place
// in an export, or nil.
func (w *wikiReader) next() *corpus.Document {
	b := w.in.ensure(longestTag)
	space := len(b) - len(bytes.TrimLeft(b, " \t\r\n\ufeff"))
	switch {
	case space > 0 || len(b) == 0:
		w.in.advance(space)
		return nil
	case isPage(b):
		return w.page()
	}
	for _, e := range []struct{ begins, ends string }{
		{"<?", "?>"}, {"<!--", "-->"}, {"<mediawiki", ">"}, {"</mediawiki", ">"}, {"<siteinfo", "</siteinfo>"},
	} {
		if !bytes.HasPrefix(b, []byte(e.begins)) {
			continue
		}
		b = w.in.ensure(sniffBytes)
		if at := bytes.Index(b[:min(len(b), sniffBytes)], []byte(e.ends)); at >= 0 {
			w.in.advance(at + len(e.ends))
			return nil
		}
	}
	from := w.in.at
	w.toPage()
	d := w.document(from)
	d.Type = ""
	d.Reject(Stage, RuleMalformed, d.Origin.Length)
	return d
}

// isPage says whether b begins with the tag of a page.
func isPage(b []byte) bool {
	return bytes.HasPrefix(b, []byte("<page>")) || bytes.HasPrefix(b, []byte("<page "))
}

// toPage passes bytes, at least one, up to a page's beginning or a stopping mark.
func (w *wikiReader) toPage() {
	for first := true; ; first = false {
		b := w.in.ensure(rawBytes)
		from := 0
		if first {
			from = min(1, len(b))
		}
		if at := findPage(b[from:]); at >= 0 {
			w.in.advance(from + at)
			return
		}
		if w.in.blind {
			w.in.advance(len(b))
			return
		}
		w.in.advance(len(b) - longestTag) // a tag may begin in the last bytes
	}
}

func findPage(b []byte) int {
	for from := 0; ; from++ {
		at := bytes.Index(b[from:], []byte("<page"))
		if at < 0 {
			return -1
		}
		if from += at; isPage(b[from:]) {
			return from
		}
	}
}

// document makes the document for what was read since from.
func (w *wikiReader) document(from int64) *corpus.Document {
	d := &corpus.Document{Type: FormatMediaWiki, Origin: corpus.Origin{Offset: from, Length: w.in.at - from}}
	if w.in.codec != nil {
		d.Origin.Codec = w.in.codec.name() + "-stream"
	}
	return d
}

// page reads the page at the present place.
func (w *wikiReader) page() *corpus.Document {
	most := int(w.opts.MaxRecordBytes)
	from := w.in.at
	seen, want := 1, 1
	for {
		b := w.in.ensure(want)
		all := w.in.blind && len(b) <= most
		n, over := pageEnd(b[:min(len(b), most)], &seen, all)
		switch {
		case over == pageWhole:
			return w.whole(b[:n])
		case over == pageCut || all:
			return w.cut(b[:n], over)
		case len(b) > most:
			w.toPageEnd()
			d := w.document(from)
			d.Reject(Stage, RuleTooLarge, d.Origin.Length)
			return d
		}
		want = min(len(b)*2+1, most+1)
	}
}

// How pageEnd leaves a page.
type pageState int

const (
	pageOpen  pageState = iota // it goes on behind what is at hand
	pageWhole                  // its closing tag is there
	pageCut                    // another page begins first, or the export ends
)

// longestAside is how far a comment or a CDATA section is followed, in bytes. Longer ones hide no tags of pages: one whose end is
// damaged costs its own page.
const longestAside = 64 << 10

// pageEnd returns the length of the page at the beginning of b. Seen is up to where b was looked at, for when there is more of
// it; all says that there is no more.
func pageEnd(b []byte, seen *int, all bool) (int, pageState) {
	var open [2]int // up to where no end of a comment, of a CDATA section, was found
	for {
		at := bytes.IndexByte(b[*seen:], '<')
		if at < 0 {
			*seen = len(b)
			return len(b), pageOpen
		}
		*seen += at
		rest := b[*seen:]
		switch {
		case bytes.HasPrefix(rest, []byte("</page>")):
			return *seen + len("</page>"), pageWhole
		case isPage(rest), bytes.HasPrefix(rest, []byte("</mediawiki>")):
			return *seen, pageCut
		case len(rest) < longestTag && !all:
			return len(b), pageOpen
		}
		skip := 1
		for k, e := range []struct{ begins, ends string }{{"<!--", "-->"}, {"<![CDATA[", "]]>"}} {
			if !bytes.HasPrefix(rest, []byte(e.begins)) {
				continue
			}
			from, to := max(*seen+len(e.begins), open[k]), min(*seen+longestAside, len(b))
			at := -1
			if from < to {
				at = bytes.Index(b[from:to], []byte(e.ends))
			}
			switch {
			case at >= 0:
				skip = from + at + len(e.ends) - *seen
			case to == len(b) && !all:
				return len(b), pageOpen
			default:
				open[k] = max(open[k], to-len(e.ends)+1)
			}
		}
		*seen += skip
	}
}

// toPageEnd passes a page over the bound without holding it.
func (w *wikiReader) toPageEnd() {
	w.in.advance(1)
	for {
		b := w.in.ensure(rawBytes)
		page, closed := findPage(b), bytes.Index(b, []byte("</page>"))
		switch {
		case closed >= 0 && (page < 0 || closed < page):
			w.in.advance(closed + len("</page>"))
			return
		case page >= 0:
			w.in.advance(page)
			return
		case w.in.blind:
			w.in.advance(len(b))
			return
		}
		w.in.advance(len(b) - longestTag)
	}
}

// cut takes a page that ends early: at the input's end, at damage, or where the next one begins.
func (w *wikiReader) cut(b []byte, over pageState) *corpus.Document {
	missing := int64(0)
	if m := w.in.marks; over == pageOpen && len(m) > 0 && m[len(m)-1].cause != end {
		missing = m[len(m)-1].next - m[len(m)-1].lost
	}
	digest := corpus.PayloadDigest(b)
	from := w.in.at
	w.in.advance(len(b))
	d := w.document(from)
	d.Origin.Digest = digest
	d.Reject(Stage, RuleTruncated, missing)
	return d
}

// whole takes a page that is all there.
func (w *wikiReader) whole(b []byte) *corpus.Document {
	d := w.document(w.in.at)
	d.Origin.Length, d.Origin.Digest = int64(len(b)), corpus.PayloadDigest(b)
	var p wikiPage
	if p.parse(b) {
		w.fill(d, &p)
	} else {
		d.Reject(Stage, RuleMalformed, d.Origin.Length)
	}
	w.in.advance(len(b))
	return d
}

// fill makes a document of a page's last revision.
func (w *wikiReader) fill(d *corpus.Document, p *wikiPage) {
	title := wikiLine(p.title)
	w.site.describe(d, title)
	if id, err := strconv.ParseUint(string(bytes.TrimSpace(p.id)), 10, 63); err == nil && w.site.name() != "" {
		d.ID = w.site.name() + ":" + strconv.FormatUint(id, 10)
	}
	d.Date = normalizeDate(string(p.timestamp), firstText)
	d.ContentType = wikiLine(p.format)
	if p.revisions > 1 {
		d.SetSignal("older_revisions", float64(p.revisions-1))
	}
	number, err := strconv.Atoi(string(bytes.TrimSpace(p.ns)))
	if err != nil {
		number = w.site.namespaceOf(title)
	}
	if !slices.Contains(w.opts.Namespaces, number) {
		d.Reject(Stage, RuleNamespace, number)
		return
	}
	w.text = unescapeXML(w.text[:0], p.text)
	target, redirect := wikiLine(p.redirect), p.isRedirect
	if !redirect || target == "" {
		if found, ok := redirectTarget(w.text); ok {
			target, redirect = found, true
		}
	}
	model := wikiLine(p.model)
	switch {
	case redirect:
		d.Reject(Stage, RuleRedirect, target)
	case model != "" && model != "wikitext":
		d.Reject(Stage, RuleContentModel, model)
	default:
		if d.Text = w.conv.Text(title, w.text); d.Text == "" {
			d.Reject(Stage, RuleEmpty, nil)
		}
	}
	if cap(w.text) > maxKeptText {
		w.text = nil
	}
}

// maxKeptText is the largest buffer for wiki text that is kept for the next page, in bytes.
const maxKeptText = 4 << 20
