package ingest

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"corpus"
)

const (
	// maxHeader bounds a WARC record's header, in bytes.
	maxHeader = 256 << 10
	// maxVersionLine is more than the longest "WARC/1.1\r\n" that is understood.
	maxVersionLine = 32
	// maxID is the longest record id that is taken over.
	maxID = 256
)

// versionLine returns the length of the line "WARC/1.1" that b begins with, line
// end included, or 0. White space behind the version is let through, and so are
// lower case and any one-digit major version.
func versionLine(b []byte) int {
	if len(b) < 9 || !bytes.EqualFold(b[:5], []byte("WARC/")) || !isDigit(b[5]) || b[6] != '.' || !isDigit(b[7]) {
		return 0
	}
	for i := 8; i < len(b) && i < maxVersionLine; i++ {
		switch c := b[i]; {
		case c == '\n':
			return i + 1
		case c != '\r' && c != ' ' && c != '\t' && !isDigit(c):
			return 0
		}
	}
	return 0
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// findRecord returns the first place in b where a record begins: a version line and
// behind it a line that names a field of WARC. It returns -1 when there is none, or its second line is not in b whole.
func findRecord(b []byte) int {
	for from := 0; ; {
		slash := bytes.IndexByte(b[from:], '/')
		if slash < 0 {
			return -1
		}
		from += slash + 1
		at := from - len("WARC/")
		if at < 0 {
			continue
		}
		if word := string(b[at : from-1]); word != "WARC" && word != "warc" {
			continue
		}
		if n := versionLine(b[at:]); n > 0 && beginsField(b[at+n:]) {
			return at
		}
	}
}

// lastRecord returns the last place behind the version line that b begins with where a record begins, or
// the place right behind that line.
func lastRecord(b []byte) int {
	last := versionLine(b)
	for from := last; ; from += len("WARC/") {
		at := findRecord(b[from:])
		if at < 0 {
			return last
		}
		from += at
		last = from
	}
}

// beginsField says whether b begins with the name of a field that WARC records have.
func beginsField(b []byte) bool {
	for _, prefix := range []string{"WARC-", "Content-"} {
		if len(b) >= len(prefix) && strings.EqualFold(string(b[:len(prefix)]), prefix) {
			name, _, ok := bytes.Cut(b[:min(len(b), 64)], []byte(":"))
			return ok && !bytes.ContainsAny(name, " \t\r\n")
		}
	}
	return false
}

// warcHeader holds the named fields of a record that are used. Where a field comes twice the first counts.
type warcHeader struct {
	kind          string // WARC-Type in lower case
	id            string
	url           string
	date          string
	contentType   string
	contentLength string
	profile       string
	segment       string
	truncated     string
	blockDigest   string
	payloadDigest string
	// Where a revisit's content is.
	refersTo, refersToURI, refersToDate string
	// payloadType is the media type that an ARC record's line gives its payload; a WARC record has none.
	payloadType string
}

// parse reads a header from its version line on. It returns its length, blank line included, and whether that line was reached.
func (h *warcHeader) parse(b []byte) (size int, whole bool) {
	*h = warcHeader{}
	size = versionLine(b)
	n, whole := parseFields(b[size:], h.set)
	h.kind = strings.ToLower(h.kind)
	return size + n, whole
}

func (h *warcHeader) set(name, value []byte) {
	var field *string
	switch string(name) {
	case "warc-type":
		field = &h.kind
	case "warc-record-id":
		field = &h.id
	case "warc-target-uri":
		field = &h.url
	case "warc-date":
		field = &h.date
	case "content-type":
		field = &h.contentType
	case "content-length":
		field = &h.contentLength
	case "warc-profile":
		field = &h.profile
	case "warc-segment-number":
		field = &h.segment
	case "warc-truncated":
		field = &h.truncated
	case "warc-block-digest":
		field = &h.blockDigest
	case "warc-payload-digest":
		field = &h.payloadDigest
	case "warc-refers-to":
		field = &h.refersTo
	case "warc-refers-to-target-uri":
		field = &h.refersToURI
	case "warc-refers-to-date":
		field = &h.refersToDate
	default:
		return
	}
	if *field == "" {
		*field = fieldText(value)
	}
}

// length is the declared length of the block; ok is false where that is missing or no number.
func (h *warcHeader) length() (n int64, ok bool) {
	if h.contentLength == "" || !isDigit(h.contentLength[0]) {
		return 0, false
	}
	n, err := strconv.ParseInt(h.contentLength, 10, 64)
	return n, err == nil
}

// document begins the record's document with what the header says.
func (h *warcHeader) document() *corpus.Document {
	d := &corpus.Document{
		URL:         unbracket(h.url),
		Date:        normalizeDate(h.date, firstCrawl),
		Type:        clip(h.kind),
		ContentType: h.contentType,
	}
	if h.payloadType != "" {
		d.ContentType = h.payloadType
	}
	if id := unbracket(h.id); len(id) <= maxID && !strings.ContainsAny(id, " \t") {
		d.ID = id
	}
	return d
}

// unbracket takes off the angle brackets that WARC 1.0 puts around addresses (ISO 28500:2009, section 5.1).
func unbracket(s string) string {
	if len(s) >= 2 && s[0] == '<' && s[len(s)-1] == '>' {
		s = s[1 : len(s)-1]
	}
	return strings.TrimSpace(s)
}

// clip makes an offending value fit for a ledger: valid UTF-8, one line, 64 bytes at most.
func clip(s string) string {
	if len(s) > 64 {
		s = s[:64]
	}
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// parseFields reads lines "Name: value" up to a blank line. Names come in lower
// case, values without the white space around them: fieldText makes text of them. Both are valid until set returns. A line that
// begins with white space goes on with the value before it; a line without a colon
// is passed over. Lines end with LF or CRLF. The length counts the blank line;
// whole is false where there is none.
func parseFields(b []byte, set func(name, value []byte)) (n int, whole bool) {
	var names [64]byte
	var name, value, folded []byte // a folded value grows by many small pieces, in a buffer of its own
	flush := func() {
		if len(name) > 0 {
			set(name, value)
		}
		name = nil
	}
	for n < len(b) {
		at := bytes.IndexByte(b[n:], '\n')
		if at < 0 {
			break
		}
		line := bytes.TrimRight(b[n:n+at], "\r")
		n += at + 1
		if len(line) == 0 {
			flush()
			return n, true
		}
		if line[0] == ' ' || line[0] == '\t' {
			if more := bytes.TrimSpace(line); len(more) > 0 && len(name) > 0 && len(value) < maxHeader {
				if folded == nil || len(value) == 0 || &folded[0] != &value[0] {
					folded = append(folded[:0], value...)
				}
				if len(folded) > 0 {
					folded = append(folded, ' ')
				}
				folded = append(folded, more...)
				value = folded
			}
			continue
		}
		flush()
		if before, after, ok := bytes.Cut(line, []byte(":")); ok {
			name = lowerName(names[:0], bytes.TrimSpace(before))
			value = bytes.TrimSpace(after)
		}
	}
	flush()
	return len(b), false
}

// lowerName appends a field's name in lower case; nothing where it is longer than any that is known.
func lowerName(to, name []byte) []byte {
	if len(name) > cap(to) {
		return to
	}
	for _, c := range name {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		to = append(to, c)
	}
	return to
}

func fieldText(b []byte) string {
	b = bytes.TrimSpace(b)
	if !utf8.Valid(b) {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return string(b)
}
