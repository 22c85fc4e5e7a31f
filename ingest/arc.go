package ingest

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"
)

// maxArcLine bounds the line that begins an ARC record, in bytes.
const maxArcLine = 16 << 10

// arcDialect is ARC 1.0, 1.1 and 2.0 (Internet Archive, "Arc File Format", 1996).
//
// A record is one line, then a block of the length that ends the line, then a line end:
//
//	URL IP-address Archive-date Content-type Archive-length                                            version 1
//	URL IP-address Archive-date Content-type Result-code Checksum Location Offset Filename Archive-length   version 2
//
// Files say one version and hold the other, addresses and media types hold blanks, dates have 8 to
// 20 digits. So a line is read from its IP address and its date, which stand side by side, to both ends.
func arcDialect() dialect {
	return dialect{
		line: maxArcLine,
		ends: 1,
		begins: func(b []byte) bool {
			_, n := parseArcLine(b)
			return n > 0
		},
		plausible: plausibleArc,
		find:      findArc,
		last:      func(b []byte) int { return min(len(b), 1) },
		parse:     (*warcHeader).parseArc,
	}
}

// arcHead is the line that begins an ARC record.
type arcHead struct {
	url, date, media, length string
	// certain says that IP address, date and length are what they should be: enough to know a record in the midst of other bytes.
	certain bool
}

// parseArcLine reads the line that b begins with. Its length counts the line end; it is 0 where that is no ARC record's.
func parseArcLine(b []byte) (h arcHead, n int) {
	if !hasScheme(b) {
		return arcHead{}, 0
	}
	end := bytes.IndexByte(b[:min(len(b), maxArcLine)], '\n')
	if end < 0 {
		return arcHead{}, 0
	}
	words := strings.Split(strings.TrimRight(string(b[:end]), "\r "), " ")
	last := len(words) - 1
	if last < 2 {
		return arcHead{}, 0
	}
	h.length = words[last]
	number := isNumber(strings.TrimPrefix(h.length, "-"))
	if strings.HasPrefix(words[0], "filedesc:") {
		h.url, h.certain = words[0], number
		if last >= 4 {
			h.date = words[2]
		}
		return h, end + 1
	}
	ip, date, sure := arcPair(words)
	if ip < 0 || !sure && !number {
		return arcHead{}, 0
	}
	h.certain = sure && number
	h.url, h.date = strings.Join(words[:min(ip, date)], " "), words[date]
	rest := words[max(ip, date)+1 : max(last, max(ip, date)+1)]
	if len(rest) == 6 && (isNumber(rest[1]) || rest[1] == "-") {
		rest = rest[:1] // version 2
	} else if slices.ContainsFunc(rest[min(1, len(rest)):], isNumber) {
		return arcHead{}, 0 // a line of an index of ARC files, with length, file and offset
	}
	h.media = strings.Join(rest, " ")
	return h, end + 1
}

// arcPair finds the words that are the IP address and the date: in this order or, in some old files, in the other. Sure says
// that both read so; else one of them does, and the other stands where it should.
func arcPair(words []string) (ip, date int, sure bool) {
	for i := len(words) - 3; i >= 1; i-- {
		switch {
		case isIP(words[i]) && isArcDate(words[i+1]):
			return i, i + 1, true
		case isArcDate(words[i]) && isIP(words[i+1]):
			return i + 1, i, true
		}
	}
	for i := len(words) - 3; i >= 1; i-- {
		if isIP(words[i]) || isArcDate(words[i+1]) {
			return i, i + 1, false
		}
	}
	return -1, -1, false
}

// hasScheme says whether b begins as an absolute address does (RFC 3986, section 3.1).
func hasScheme(b []byte) bool {
	for i, c := range b[:min(len(b), 32)] {
		switch {
		case c == ':':
			return i > 0
		case c|0x20 >= 'a' && c|0x20 <= 'z', i > 0 && (isDigit(c) || c == '+' || c == '.' || c == '-'):
		default:
			return false
		}
	}
	return false
}

func isIP(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

// isArcDate says whether a word is 8 to 20 digits that begin with a millennium, and perhaps letters behind 14 of them.
func isArcDate(s string) bool {
	n := leadingDigits(s)
	return n >= 8 && n <= 20 && (n == len(s) || n >= 14 && len(s) <= 24) && (s[0] == '1' || s[0] == '2')
}

func leadingDigits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

func isNumber(s string) bool { return s != "" && leadingDigits(s) == len(s) }

// arcDate turns the digits of a date into the form that normalizeDate takes: to the second, the minute, or the day or
// month that is right, where more is there but is no time.
func arcDate(s string) string {
	s = s[:min(leadingDigits(s), 14)]
	for _, n := range []int{14, 12} {
		if len(s) >= n {
			if date := normalizeDate((s[:n] + "00")[:14], firstCrawl); date != "" {
				return date
			}
		}
	}
	if len(s) < 8 {
		return ""
	}
	for _, date := range []string{s[:4] + "-" + s[4:6] + "-" + s[6:8], s[:4] + "-" + s[4:6], s[:4]} {
		if date = normalizeDate(date, firstCrawl); date != "" {
			return date
		}
	}
	return ""
}

// parseArc reads an ARC record's line.
func (h *warcHeader) parseArc(b []byte) (size int, whole bool) {
	*h = warcHeader{kind: "response"}
	line, n := parseArcLine(b)
	if n == 0 {
		return 0, false
	}
	h.contentLength = line.length
	h.date = arcDate(line.date)
	h.url = fieldText([]byte(strings.Map(addressRune, line.url)))
	if strings.Contains(line.media, "/") {
		h.payloadType = fieldText([]byte(line.media))
	}
	if strings.HasPrefix(h.url, "filedesc:") {
		h.kind = "filedesc"
	}
	return n, true
}

// addressRune takes out of an address what browsers take out (WHATWG URL, section 4.4).
func addressRune(r rune) rune {
	if r == '\t' || r == '\r' {
		return -1
	}
	return r
}

// findArc finds a line that is certain to begin an ARC record.
func findArc(b []byte, atLine bool) int {
	for at := 0; at < len(b); {
		if atLine {
			if h, _ := parseArcLine(b[at:]); h.certain {
				return at
			}
		}
		next := bytes.IndexByte(b[at:], '\n')
		if next < 0 {
			return -1
		}
		at, atLine = at+next+1, true
	}
	return -1
}

// plausibleArc takes the beginning of a line too, whose end is not at hand.
func plausibleArc(b []byte) bool {
	b = bytes.TrimLeft(b, "\r\n")
	if bytes.IndexByte(b, '\n') < 0 {
		return hasScheme(b) && bytes.Contains(b, []byte("://")) // not a field of a head
	}
	_, n := parseArcLine(b)
	return n > 0
}

// beginsArc says whether a file that begins so is an ARC file, whatever its name.
func beginsArc(b []byte) bool {
	h, _ := parseArcLine(b)
	return h.certain || bytes.HasPrefix(b, []byte("filedesc:"))
}

// isMetadataAddress says whether a record holds what a crawler wrote about its crawl, under an address of its own making
// ("metadata://netarkivet.dk/crawl/setup/order.xml").
func isMetadataAddress(url string) bool {
	scheme, _, ok := strings.Cut(url[:min(len(url), 16)], ":")
	return ok && strings.EqualFold(scheme, "metadata")
}
