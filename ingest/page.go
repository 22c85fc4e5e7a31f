package ingest

import (
	"bytes"
	"errors"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"corpus"
)

// pageReader makes the content of a document out of a WARC record's block, or
// rejects it. It is for one goroutine.
type pageReader struct {
	statuses []string
	digests  string
	max      int64
	decoder  decoder
	pdf      func(d *corpus.Document, body []byte) // takes the text of a PDF; nil where PDFs are not read
}

func newPageReader(opts Options) *pageReader {
	p := &pageReader{digests: opts.Digests, max: opts.MaxRecordBytes, decoder: decoder{max: opts.MaxRecordBytes}}
	for _, s := range opts.Statuses {
		p.statuses = append(p.statuses, strconv.Itoa(s))
	}
	return p
}

// fill takes what the document keeps of a record's block, and sets its digest. The block is not held on to.
// It returns the head of an HTTP response, also of a revisit.
func (p *pageReader) fill(d *corpus.Document, h *warcHeader, block []byte) (head httpHead) {
	p.checkDigest(d, h.blockDigest, signalBlockDigest, "block", block)
	body, isHTTP := block, false
	switch h.kind {
	case "response":
		head, body, isHTTP = parseHTTP(block)
		if isHTTP && (head.contentType != "" || h.payloadType == "") {
			d.ContentType = head.contentType
		}
		p.checkPayload(d, h, head, body)
	case "resource", "conversion":
		p.checkPayload(d, h, head, body)
	}
	rejectType(d, h)
	body, owned := p.undo(d, h, head, body)
	if len(body) > 0 {
		d.Origin.Digest = corpus.PayloadDigest(body)
	}
	p.judge(d, h, head, isHTTP, body)
	if h.kind == "revisit" {
		head, _, isHTTP = parseHTTP(block)
	}
	if isHTTP {
		takeRights(d, head)
	}
	if d.Reason != nil {
		return head
	}
	if mediaType(d.ContentType) == pdfMedia {
		p.pdf(d, body)
		return head
	}
	if h.kind == "conversion" && mediaType(d.ContentType) == "text/plain" {
		d.Text = strings.ToValidUTF8(string(bytes.TrimPrefix(body, utf8BOM)), "\ufffd")
		return head
	}
	if !owned {
		body = bytes.Clone(body)
	}
	d.HTML = body
	return head
}

// rejectType rejects a record that holds no page of its own.
func rejectType(d *corpus.Document, h *warcHeader) {
	switch h.kind {
	case "response", "resource", "conversion":
		if isMetadataAddress(d.URL) {
			d.Reject(Stage, RuleRecordType, "metadata")
		}
	case "revisit":
		d.Reject(Stage, RuleRevisit, clip(path.Base(unbracket(h.profile))))
	default:
		d.Reject(Stage, RuleRecordType, clip(h.kind))
	}
	if h.segment != "" {
		d.Reject(Stage, RuleSegmented, clip(h.segment))
	}
}

// judge rejects what is no page.
func (p *pageReader) judge(d *corpus.Document, h *warcHeader, head httpHead, isHTTP bool, body []byte) {
	switch {
	case isHTTP && head.status == "":
		d.Reject(Stage, RuleHTTPStatus, "none")
	case isHTTP && !slices.Contains(p.statuses, head.status):
		d.Reject(Stage, RuleHTTPStatus, head.status)
	}
	media := mediaType(d.ContentType)
	if h.kind == "response" && !isHTTP && media == "application/http" {
		// The body alone, under the label of a whole response.
		d.ContentType, media = "", ""
	}
	switch media {
	case "text/html", "application/xhtml+xml", "text/plain":
	case pdfMedia:
		if p.pdf == nil {
			d.Reject(Stage, RuleContentType, pdfMedia)
		}
	case "", "unknown/unknown", "application/unknown", "*/*":
		// What browsers take for no type at all (WHATWG MIME Sniffing, section 7).
		if h.kind == "conversion" && media == "" {
			d.ContentType = "text/plain"
		} else if len(bytes.TrimSpace(body)) > 0 && !looksLikeHTML(body) {
			d.Reject(Stage, RuleContentType, clip(orNone(media)))
		}
	default:
		d.Reject(Stage, RuleContentType, clip(media))
	}
	if len(bytes.TrimSpace(body)) == 0 {
		d.Reject(Stage, RuleEmpty, nil)
	}
}

// undo takes off the transfer and content codings. Owned says that the result is not part of body.
// A coding that fails rejects the document and leaves the body as it was before it.
func (p *pageReader) undo(d *corpus.Document, h *warcHeader, head httpHead, body []byte) (out []byte, owned bool) {
	transfer, content := tokens(head.transferEncoding), tokens(head.contentEncoding)
	if slices.Contains(transfer, "chunked") {
		plain := dechunk(body)
		owned = len(plain) != len(body)
		body = plain
	}
	codings := append(content, transfer...)
	codings = codings[:min(len(codings), 4)]
	if isMarkup(mediaType(d.ContentType)) {
		// A server that does not say that it compressed, or that did so once more than it says: taken off last, where it is there.
		codings = slices.Insert(codings, 0, "gzip")
	}
	for _, coding := range slices.Backward(codings) {
		if len(body) == 0 {
			break
		}
		decoded, err := p.decoder.decode(coding, body)
		if errors.Is(err, errCut) && h.truncated != "" && len(decoded) > 0 {
			err = nil // the crawler cut the body, and says so
		}
		if errors.Is(err, errTooLarge) {
			d.Reject(Stage, RuleTooLarge, strconv.FormatInt(p.max, 10)+"+")
			return nil, false
		}
		if err != nil {
			d.Reject(Stage, RuleUndecodable, clip(coding))
			return body, owned
		}
		owned = owned || len(decoded) > 0 && &decoded[0] != &body[0]
		body = decoded
	}
	return body, owned
}

// mediaType is a Content-Type without parameters, in lower case. "text/html charset=x" is understood, and so is a list, by its first.
func mediaType(contentType string) string {
	if at := strings.IndexAny(contentType, "; ,\t"); at >= 0 {
		contentType = contentType[:at]
	}
	return strings.ToLower(contentType)
}

func isMarkup(media string) bool {
	return media == "text/html" || media == "application/xhtml+xml" || media == "text/plain" || media == ""
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// htmlTags are what a page begins with (WHATWG MIME Sniffing, section 7.1).
var htmlTags = []string{
	"<!doctype html", "<html", "<head", "<script", "<iframe", "<h1", "<div", "<font", "<table",
	"<a", "<style", "<title", "<b", "<body", "<br", "<p", "<!--",
}

// looksLikeHTML says whether content begins as a page does; an XML declaration may come before.
func looksLikeHTML(b []byte) bool {
	b = bytes.TrimLeft(bytes.TrimPrefix(b, utf8BOM), " \t\r\n\f")
	if len(b) == 0 || b[0] != '<' {
		return false
	}
	start := bytes.ToLower(b[:min(len(b), 1024)])
	if bytes.HasPrefix(start, []byte("<?xml")) {
		return bytes.Contains(start, []byte("<html")) || bytes.Contains(start, []byte("<!doctype html"))
	}
	for _, tag := range htmlTags {
		if !bytes.HasPrefix(start, []byte(tag)) {
			continue
		}
		if tag == "<!--" || len(start) == len(tag) {
			return true
		}
		if c := start[len(tag)]; c == '>' || c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' {
			return true
		}
	}
	return false
}

// validText returns b as text, and false where it is no UTF-8.
func validText(b []byte) (string, bool) {
	b = bytes.TrimPrefix(b, utf8BOM)
	if !utf8.Valid(b) {
		return "", false
	}
	return string(b), true
}
