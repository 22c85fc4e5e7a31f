package ingest

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"corpus"
)

// Bounds of what is kept of a response's statements about its use.
const (
	maxHeadRights   = 8       // statements of one head; a page adds its own, up to 16 for the record
	maxRightsSource = 8 << 10 // bytes of a field that are read
	maxFieldLinks   = 64      // links of a Link field that are looked at
)

// inHead is where the statements of heads stand.
const inHead = "http"

// signalRightsHTTP counts the statements in a response's head. It is there where a head was read, 0 where the head says nothing, so that
// "looked and found nothing" can be told from "not looked".
const signalRightsHTTP = "rights_http"

// rightsField takes what a field of a response's head says about the use of its content:
//
//	X-Robots-Tag                  Google, "Robots meta tag, data-nosnippet, and X-Robots-Tag specifications"
//	tdm-reservation, tdm-policy   TDM Reservation Protocol, W3C community group final report, section "TDM Header Field in HTTP Responses"
//	Content-Usage                 draft-ietf-aipref-attach-05, section "HTTP Content-Usage Header Field"
//	Link: <…>; rel="license"      RFC 8288 and RFC 4946
//
// A field that comes several times makes several statements. The name is in lower case.
func (h *httpHead) rightsField(name string, value []byte) {
	value = value[:min(len(value), maxRightsSource)]
	switch name {
	case "x-robots-tag":
		h.rights = corpus.AppendEvidence(h.rights, maxHeadRights, corpus.RobotsEvidence(inHead, "", string(value))...)
	case "tdm-reservation":
		h.state(corpus.EvidenceTDMReservation, value)
	case "tdm-policy":
		h.state(corpus.EvidenceTDMPolicy, value)
	case "content-usage":
		h.state(corpus.EvidenceContentUsage, value)
	case "link":
		licenseLinks(value, func(address []byte) { h.state(corpus.EvidenceLicense, address) })
	}
}

// state adds a statement that is not there yet.
func (h *httpHead) state(kind string, value []byte) {
	h.rights = corpus.AppendEvidence(h.rights, maxHeadRights, corpus.Evidence{Kind: kind, Where: inHead, Value: corpus.QuoteEvidence(string(value))})
}

// licenseLinks finds the targets of the links in a Link field whose relation is "license" (RFC 8288, section 3). One with an anchor speaks of something
// else than this response.
func licenseLinks(value []byte, found func(address []byte)) {
	for range maxFieldLinks {
		open := bytes.IndexByte(value, '<')
		if open < 0 {
			return
		}
		shut := bytes.IndexByte(value[open:], '>')
		if shut < 0 {
			return
		}
		address := value[open+1 : open+shut]
		value = value[open+shut+1:]
		var licence, anchored bool
		value = linkParameters(value, func(name, text string) {
			switch name {
			case "rel":
				licence = licence || slices.Contains(strings.Fields(strings.ToLower(text)), "license")
			case "anchor":
				anchored = true
			}
		})
		if licence && !anchored {
			found(address)
		}
	}
}

// linkParameters reads the parameters behind a link's target, up to the comma that ends the link, and returns what is behind it.
func linkParameters(b []byte, each func(name, value string)) []byte {
	for {
		b = bytes.TrimLeft(b, " \t;")
		if len(b) == 0 || b[0] == ',' || b[0] == '<' {
			return b
		}
		n := bytes.IndexAny(b, "=;,<")
		if n <= 0 {
			return nil
		}
		name := strings.ToLower(string(bytes.TrimSpace(b[:n])))
		if b[n] != '=' {
			b = b[n:]
			each(name, "")
			continue
		}
		b = bytes.TrimLeft(b[n+1:], " \t")
		if len(b) > 0 && b[0] == '"' {
			end := bytes.IndexByte(b[1:], '"')
			if end < 0 {
				return nil
			}
			each(name, string(b[1:1+end]))
			b = b[end+2:]
			continue
		}
		if n = bytes.IndexAny(b, ";,"); n < 0 {
			n = len(b)
		}
		each(name, string(bytes.TrimSpace(b[:n])))
		b = b[n:]
	}
}

// takeRights gives a document the statements of its response's head. Addresses become absolute where the document's own is known; those that are not of the web, which
// may be a person's, are left out.
func takeRights(d *corpus.Document, head httpHead) {
	d.Rights = nil
	for _, said := range head.rights {
		if said.Kind == corpus.EvidenceLicense || said.Kind == corpus.EvidenceTDMPolicy {
			said.Value = absoluteRights(d.URL, said.Value)
		}
		d.Rights = corpus.AppendEvidence(d.Rights, maxHeadRights, said)
	}
	d.SetSignal(signalRightsHTTP, float64(len(d.Rights)))
}

// absoluteRights resolves an address against the page's. One that cannot be resolved stays as it is; it is "" where it leads to anything but the web.
func absoluteRights(page, address string) string {
	link, err := url.Parse(address)
	if err != nil {
		return address
	}
	switch link.Scheme {
	case "http", "https":
		return address
	case "":
	default:
		return ""
	}
	base, err := url.Parse(page)
	if err != nil || base.Host == "" {
		return address
	}
	return corpus.QuoteEvidence(base.ResolveReference(link).String())
}

// joinRights adds, behind the statements of a revisit's own head, those of its original's that it does not make itself.
func joinRights(d, original *corpus.Document) {
	if _, read := original.Signals[signalRightsHTTP]; !read {
		return
	}
	d.Rights = corpus.AppendEvidence(d.Rights, maxHeadRights, original.Rights...)
	d.SetSignal(signalRightsHTTP, float64(len(d.Rights)))
}
