package ingest

import (
	"bytes"
	"strings"

	"corpus"
)

// httpHead is what counts of the head of an HTTP response.
type httpHead struct {
	// status is the three digits of the status line, "" where there is none.
	status           string
	contentType      string
	contentEncoding  string // the fields joined by commas
	transferEncoding string // the same
	// rights are the statements about the use of the content, at most maxHeadRights.
	rights []corpus.Evidence
}

// parseHTTP splits an HTTP response into head and body (RFC 9112), as browsers do
// rather than as the RFC says: line ends may be bare, lines folded, blank lines may
// come first, the status line may lack its phrase or version, and interim responses
// (1xx) are passed over. Without a status line ok is false and body is all of b.
func parseHTTP(b []byte) (head httpHead, body []byte, ok bool) {
	body = b
	for range 5 {
		start := bytes.TrimLeft(body, "\r\n \t")
		status, n, isStatus := statusLine(start)
		if !isStatus {
			return head, body, ok
		}
		head, ok = httpHead{status: status}, true
		n += headFields(start[n:], &head)
		body = start[n:]
		if len(status) != 3 || status[0] != '1' {
			break
		}
	}
	return head, body, ok
}

// statusLine reads "HTTP/1.1 200 OK" and its kin: the status is the first word of three digits. The length counts the line end.
func statusLine(b []byte) (status string, n int, ok bool) {
	line, _, _ := bytes.Cut(b[:min(len(b), 4096)], []byte("\n"))
	n = min(len(line)+1, len(b))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if len(line) >= 4 && strings.EqualFold(string(line[:4]), "HTTP") && (len(line) == 4 || line[4] == '/' || line[4] == ' ') {
		line = line[4:]
	} else if bytes.HasPrefix(line, []byte("ICY ")) {
		line = line[3:]
	} else {
		return "", 0, false
	}
	for i, word := range strings.Fields(string(line)) {
		if i < 3 && len(word) == 3 && isDigit(word[0]) && isDigit(word[1]) && isDigit(word[2]) && word[0] != '0' {
			return word, n, true
		}
	}
	return "", n, true
}

// headFields reads the fields behind a status line, up to and with the blank line. A line that
// begins with '<' is the body of a response whose blank line is missing.
func headFields(b []byte, head *httpHead) int {
	limit := len(b)
	if at := bytes.Index(b, []byte("\n<")); at >= 0 {
		limit = at + 1
	}
	if bytes.HasPrefix(b, []byte("<")) {
		limit = 0
	}
	n, _ := parseFields(b[:limit], func(name, value []byte) {
		switch string(name) {
		case "content-type":
			if head.contentType == "" {
				head.contentType = fieldText(value)
			}
		case "content-encoding":
			head.contentEncoding = joinTokens(head.contentEncoding, fieldText(value))
		case "transfer-encoding":
			head.transferEncoding = joinTokens(head.transferEncoding, fieldText(value))
		case "x-robots-tag", "tdm-reservation", "tdm-policy", "content-usage", "link":
			head.rightsField(string(name), value)
		}
	})
	return n
}

// joinTokens appends a field's value to the list of those before it, of which no more is kept than the few codings that count need.
func joinTokens(a, b string) string {
	if a == "" {
		return b
	}
	if len(a) > maxShortBytes {
		return a
	}
	return a + "," + b
}

// tokens splits a list of codings into lower-case names.
func tokens(list string) []string {
	var names []string
	for _, s := range strings.Split(list, ",") {
		s, _, _ = strings.Cut(s, ";")
		if s = strings.ToLower(strings.Trim(s, " \t\"'")); s != "" {
			names = append(names, s)
		}
	}
	return names
}
