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
	maxRightsValue  = 256     // bytes of a statement, as corpus.Evidence has it
	maxRightsSource = 8 << 10 // bytes of a field that are read
	maxFieldLinks   = 64      // links of a Link field that are looked at
)

// signalRightsHTTP counts the statements in a response's head. It is there where a head was read, 0 where the head says nothing, so that
// "looked and found nothing" can be told from "not looked".
const signalRightsHTTP = "rights_http"

// Kinds of statements that stand in heads.
const (
	kindRobots         = "robots"
	kindTDMReservation = "tdm-reservation"
	kindTDMPolicy      = "tdm-policy"
	kindContentUsage   = "content-usage"
	kindLicense        = "license"
)

// rightsField takes what a field of a response's head says about the use of its content:
//
//	X-Robots-Tag                  Google, "Robots meta tag, data-nosnippet, and X-Robots-Tag specifications"
//	tdm-reservation, tdm-policy   TDM Reservation Protocol, W3C community group final report, section "TDM Header Field in HTTP Responses"
//	Content-Usage                 draft-ietf-aipref-attach-05, section "HTTP Content-Usage Header Field"
//	Link: <…>; rel="license"      RFC 8288 and RFC 4946
//
// A field that comes several times makes several statements. The name is in lower case.
func (h *httpHead) rightsField(name string, value []byte) {
	if len(h.rights) >= maxHeadRights {
		return
	}
	value = value[:min(len(value), maxRightsSource)]
	switch name {
	case "x-robots-tag":
		if text := strings.ToLower(quoteRights(value)); restrictsRobots(text) {
			h.state(kindRobots, text)
		}
	case "tdm-reservation":
		h.state(kindTDMReservation, quoteRights(value))
	case "tdm-policy":
		h.state(kindTDMPolicy, quoteRights(value))
	case "content-usage":
		h.state(kindContentUsage, quoteRights(value))
	case "link":
		licenseLinks(value, func(address []byte) { h.state(kindLicense, quoteRights(address)) })
	}
}

// state adds a statement that is not there yet.
func (h *httpHead) state(kind, value string) {
	said := corpus.Evidence{Kind: kind, Where: "http", Value: value}
	if value != "" && len(h.rights) < maxHeadRights && !slices.Contains(h.rights, said) {
		h.rights = append(h.rights, said)
	}
}

// quoteRights is a value as it stands on one line: valid UTF-8 without control characters, runs of white space as one space and one space behind a
// comma, at most 256 bytes. A longer list is cut behind one of its parts.
func quoteRights(value []byte) string {
	text := strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(string(value), "\ufffd"))
	if strings.IndexByte(text, ',') >= 0 && !strings.Contains(text, "://") {
		text = strings.ReplaceAll(text, ",", ", ")
		text = strings.ReplaceAll(text, " ,", ",")
	}
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= maxRightsValue {
		return text
	}
	text = strings.ToValidUTF8(text[:maxRightsValue], "")
	if at := strings.LastIndexByte(text, ','); at > 0 {
		text = text[:at]
	}
	return text
}

// restrictsRobots says whether a list of directives for robots, in lower case, restricts anything. Lists that only allow ("index, follow,
// max-snippet:-1") say what holds without them, and are no statement.
func restrictsRobots(list string) bool {
	before := ""
	for word := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' || r == ';' || r == ':' || r == ' ' }) {
		switch {
		case word == "noodp" || word == "noydir" || word == "noyaca":
			// Not to describe the page in the words of directories that are gone.
		case strings.HasPrefix(word, "no") || word == "unavailable_after" || word == "0" && before == "max-snippet":
			return true
		}
		before = word
	}
	return false
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

// takeRights gives a document the statements of its response's head. Addresses become absolute where the document's own is known.
func takeRights(d *corpus.Document, head httpHead) {
	d.Rights = head.rights
	d.SetSignal(signalRightsHTTP, float64(len(head.rights)))
	for i, said := range d.Rights {
		if said.Kind == kindLicense || said.Kind == kindTDMPolicy {
			d.Rights[i].Value = absoluteRights(d.URL, said.Value)
		}
	}
}

// absoluteRights resolves an address against the page's; what is no address stays as it is.
func absoluteRights(page, address string) string {
	if strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") {
		return address
	}
	base, err := url.Parse(page)
	if err != nil || base.Host == "" {
		return address
	}
	at, err := base.Parse(address)
	if err != nil || len(at.String()) > maxRightsValue {
		return address
	}
	return at.String()
}

// joinRights adds, behind the statements of a revisit's own head, those of its original's that it does not make itself.
func joinRights(d, original *corpus.Document) {
	if _, read := original.Signals[signalRightsHTTP]; !read {
		return
	}
	for _, said := range original.Rights {
		if len(d.Rights) < maxHeadRights && !slices.Contains(d.Rights, said) {
			d.Rights = append(d.Rights, said)
		}
	}
	d.SetSignal(signalRightsHTTP, float64(len(d.Rights)))
}
