package ingest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"corpus"
)

// jsonlReader reads JSON Lines: one object a line, in any of the shapes of rolesOf.
type jsonlReader struct {
	in   *input
	opts Options
	// roles are where the parts of a document are found.
	roles roles
	// undigested leaves the digests of lines out that have an id of their own.
	undigested bool
	// until is the offset from which on lines are another part's, 0 for none: see PartSource.
	until int64
}

func newJSONLReader(in *input, opts Options) *jsonlReader {
	return &jsonlReader{in: in, opts: opts, roles: rolesOf(opts.Fields)}
}

func (j *jsonlReader) read(yield func(*corpus.Document) bool) {
	if bytes.HasPrefix(j.in.ensure(len(utf8BOM)), utf8BOM) && j.in.at == 0 {
		j.in.advance(len(utf8BOM))
	}
	for {
		for m, ok := j.in.here(); ok; m, ok = j.in.here() {
			if m.cause == end || j.in.raw.failed != nil {
				return
			}
			j.in.pass()
			if d := damage(m, j.in); d != nil && !yield(d) {
				return
			}
		}
		if j.until > 0 && j.in.at >= j.until {
			return
		}
		d := j.line()
		if j.in.raw.failed != nil || d != nil && !yield(d) {
			return
		}
	}
}

// damage makes the document for raw bytes that were skipped at a mark, or nil where there are none.
func damage(m mark, in *input) *corpus.Document {
	if m.cause == join || m.next == m.lost {
		return nil
	}
	d := &corpus.Document{Origin: corpus.Origin{Offset: m.lost, Length: m.next - m.lost}}
	if m.cause == checksum {
		d.Reject(Stage, RuleChecksum, in.codecName())
	}
	d.Reject(Stage, RuleMalformed, d.Origin.Length)
	return d
}

// line reads one line, or returns nil for a blank one.
func (j *jsonlReader) line() *corpus.Document {
	most := int(j.opts.MaxRecordBytes)
	searched, want := 0, 1
	for {
		b := j.in.ensure(want)
		at := bytes.IndexByte(b[searched:], '\n')
		switch {
		case at >= 0 && searched+at <= most:
			d := j.document(b[:searched+at])
			j.in.advance(searched + at + 1)
			return d
		case at >= 0 || len(b) > most:
			return j.skipLong()
		case j.in.blind:
			return j.lastLine(b)
		}
		searched, want = len(b), min(len(b)*2+1, most+1)
	}
}

// lastLine takes what stands before the end, or before damage, without a line end. A member
// that ends well, with junk behind it, may end a line.
func (j *jsonlReader) lastLine(b []byte) *corpus.Document {
	m := j.in.marks[len(j.in.marks)-1]
	var d *corpus.Document
	if m.cause == end || m.cause == checksum || m.cause == junk {
		d = j.document(b)
	} else if len(bytes.TrimSpace(b)) > 0 {
		d = j.begin(b)
		d.Origin.Digest = corpus.PayloadDigest(b)
		d.Reject(Stage, RuleTruncated, m.next-m.lost)
	}
	j.in.advance(len(b))
	return d
}

// skipLong passes a line over the bound without holding it.
func (j *jsonlReader) skipLong() *corpus.Document {
	d := j.begin(nil)
	for {
		b := j.in.ensure(1)
		at := bytes.IndexByte(b, '\n')
		if at >= 0 {
			j.in.advance(at)
		} else {
			j.in.advance(len(b))
		}
		if at >= 0 || len(b) == 0 {
			break
		}
	}
	d.Origin.Length = j.in.at - d.Origin.Offset
	d.Reject(Stage, RuleTooLarge, d.Origin.Length)
	if len(j.in.ensure(1)) > 0 {
		j.in.advance(1)
	}
	return d
}

// begin makes a document for a line at the present place.
func (j *jsonlReader) begin(line []byte) *corpus.Document {
	d := &corpus.Document{Type: "jsonl", Origin: corpus.Origin{Offset: j.in.at, Length: int64(len(line))}}
	if j.in.codec != nil {
		d.Origin.Codec = j.in.codec.name() + "-stream"
	}
	if len(line) > 0 && !j.undigested {
		d.Origin.Digest = corpus.PayloadDigest(line)
	}
	return d
}

// document parses a line without its line end.
func (j *jsonlReader) document(line []byte) *corpus.Document {
	line = bytes.TrimRight(line, "\r")
	if len(bytes.TrimSpace(line)) == 0 {
		return nil
	}
	d := j.begin(line)
	o, err := readObject(line)
	if err != nil || o.list == nil && o.fields == nil {
		d.Reject(Stage, RuleBadJSON, faultOffset(err))
	} else {
		j.fill(d, o)
	}
	if j.undigested && (d.ID == "" || len(d.ID) > maxIDBytes) {
		d.Origin.Digest = corpus.PayloadDigest(line) // of which an id is derived
	}
	return d
}

// faultOffset is the byte of a line, from 1, at which it is seen to be no JSON object.
func faultOffset(err error) int64 {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return syntax.Offset
	}
	return 1
}

// fill takes the fields that are known out of an object.
func (j *jsonlReader) fill(d *corpus.Document, o *object) {
	o.common(d, &j.roles)
	var hasText, hasHTML bool
	if encoded, ok := o.text(j.roles.htmlBase64); ok {
		html, err := decodeBase64(encoded)
		if err != nil {
			d.Reject(Stage, RuleUndecodable, "base64")
			return
		}
		d.HTML, hasHTML = html, true
	} else if html, ok := o.text(j.roles.html); ok {
		// JSON is UTF-8, whatever the page was served as.
		d.HTML, hasHTML, d.ContentType = []byte(html), true, "text/html; charset=utf-8"
	}
	text := j.roles.text
	if hasHTML && len(text) > 1 {
		text = text[:1] // the page is the content, not what another shape might call so
	}
	d.Text, hasText = o.text(text)
	switch {
	case !hasText && !hasHTML:
		kind := ""
		o.first(text, func(v json.RawMessage) bool { kind = kindOf(v); return true })
		d.Reject(Stage, RuleNoText, kind)
	case strings.TrimSpace(d.Text) == "" && len(bytes.TrimSpace(d.HTML)) == 0:
		d.Reject(Stage, RuleEmpty, nil)
	}
}

// text is the value of a JSON string; ok is false for any other kind of value.
func text(value json.RawMessage) (s string, ok bool) {
	if len(value) == 0 || value[0] != '"' {
		return "", false
	}
	return unquote(value)
}

// idText is the text of a string, or of a number in decimal notation.
func idText(value json.RawMessage) string {
	if s, ok := text(value); ok {
		return s
	}
	switch kindOf(value) {
	case "number":
		if s := string(value); !strings.ContainsAny(s, ".eE") {
			return s
		}
		f, err := strconv.ParseFloat(string(value), 64)
		if err != nil || f > 1e21 || f < -1e21 {
			return string(value)
		}
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return ""
}

// kindOf names what kind of JSON value stands in a field, "" for none.
func kindOf(value json.RawMessage) string {
	if len(value) == 0 {
		return ""
	}
	switch value[0] {
	case '"':
		return "string"
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	return "number"
}

// decodeBase64 takes the standard and the URL alphabet, with or without padding.
func decodeBase64(s string) ([]byte, error) {
	s = strings.TrimRight(s, "=")
	if strings.ContainsAny(s, "-_") {
		return base64.RawURLEncoding.DecodeString(s)
	}
	return base64.RawStdEncoding.DecodeString(s)
}
