package ingest

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// wikiPage is what a <page> element says, still with XML's escapes. Of several revisions the last one counts.
type wikiPage struct {
	title, ns, id, redirect  []byte
	isRedirect               bool
	timestamp, model, format []byte
	text                     []byte
	revisions                int
}

// parse reads a page from its opening tag to its closing one. It is false where the elements do not nest as they should.
func (p *wikiPage) parse(b []byte) bool {
	x := xmlCursor{b: b}
	e, ok := x.tag()
	if !ok || e.name != "page" || e.closing || e.empty {
		return false
	}
	for {
		e, ok := x.tag()
		if !ok {
			return false
		}
		if e.closing {
			return e.name == "page" && x.at == len(b)
		}
		switch e.name {
		case "title":
			p.title, ok = x.leaf(e)
		case "ns":
			p.ns, ok = x.leaf(e)
		case "id":
			p.id, ok = x.leaf(e)
		case "redirect":
			p.redirect, p.isRedirect = e.attribute("title"), true
			ok = x.skip(e)
		case "revision":
			ok = p.revision(&x, e)
		default:
			ok = x.skip(e)
		}
		if !ok {
			return false
		}
	}
}

func (p *wikiPage) revision(x *xmlCursor, e xmlTag) bool {
	if e.empty {
		return true
	}
	p.revisions++
	p.timestamp, p.model, p.format, p.text = nil, nil, nil, nil
	for {
		e, ok := x.tag()
		if !ok {
			return false
		}
		if e.closing {
			return e.name == "revision"
		}
		switch e.name {
		case "timestamp":
			p.timestamp, ok = x.leaf(e)
		case "model":
			p.model, ok = x.leaf(e)
		case "format":
			p.format, ok = x.leaf(e)
		case "text":
			p.text, ok = x.leaf(e)
		default:
			ok = x.skip(e)
		}
		if !ok {
			return false
		}
	}
}

// xmlCursor goes through the simple XML that MediaWiki writes: elements, attributes, text.
type xmlCursor struct {
	b  []byte
	at int
}

// xmlTag is one tag.
type xmlTag struct {
	name           string
	attributes     []byte
	closing, empty bool
}

// tag goes behind the next tag, over text and comments.
func (x *xmlCursor) tag() (xmlTag, bool) {
	for {
		k := bytes.IndexByte(x.b[x.at:], '<')
		if k < 0 {
			return xmlTag{}, false
		}
		x.at += k
		if !x.aside() {
			break
		}
	}
	size := bytes.IndexByte(x.b[x.at:], '>')
	if size < 2 {
		return xmlTag{}, false
	}
	content := x.b[x.at+1 : x.at+size]
	x.at += size + 1
	var e xmlTag
	if content[0] == '/' {
		e.closing, content = true, content[1:]
	} else if content[len(content)-1] == '/' {
		e.empty, content = true, content[:len(content)-1]
	}
	name, attributes := content, []byte(nil)
	if k := bytes.IndexAny(content, " \t\r\n"); k >= 0 {
		name, attributes = content[:k], content[k:]
	}
	e.name, e.attributes = knownName(name), attributes
	return e, len(name) > 0
}

// knownName is a name of an element, without a copy of those that are frequent.
func knownName(b []byte) string {
	switch string(b) {
	case "page":
		return "page"
	case "title":
		return "title"
	case "ns":
		return "ns"
	case "id":
		return "id"
	case "revision":
		return "revision"
	case "timestamp":
		return "timestamp"
	case "text":
		return "text"
	case "model":
		return "model"
	case "format":
		return "format"
	}
	return string(b)
}

// aside passes a comment or a CDATA section at the present place, if one stands there.
func (x *xmlCursor) aside() bool {
	for _, e := range []struct{ begins, ends string }{{"<!--", "-->"}, {"<![CDATA[", "]]>"}} {
		if !bytes.HasPrefix(x.b[x.at:], []byte(e.begins)) {
			continue
		}
		k := bytes.Index(x.b[x.at+len(e.begins):], []byte(e.ends))
		if k < 0 {
			x.at = len(x.b)
			return true
		}
		x.at += len(e.begins) + k + len(e.ends)
		return true
	}
	return false
}

// leaf returns what stands in an element that holds no other, and goes behind its closing tag.
func (x *xmlCursor) leaf(e xmlTag) ([]byte, bool) {
	if e.empty {
		return nil, true
	}
	from := x.at
	for {
		k := bytes.IndexByte(x.b[x.at:], '<')
		if k < 0 {
			return nil, false
		}
		x.at += k
		if !x.aside() {
			break
		}
	}
	content := x.b[from:x.at]
	closing, ok := x.tag()
	return content, ok && closing.closing && closing.name == e.name
}

// maxXMLDepth is how deep elements that are passed over may nest.
const maxXMLDepth = 32

// skip goes behind the closing tag of an element that does not matter here.
func (x *xmlCursor) skip(e xmlTag) bool {
	if e.empty {
		return true
	}
	names := append(make([]string, 0, 4), e.name)
	for len(names) > 0 {
		e, ok := x.tag()
		switch {
		case !ok:
			return false
		case e.closing && e.name == names[len(names)-1]:
			names = names[:len(names)-1]
		case e.closing || len(names) == maxXMLDepth:
			return false
		case !e.empty:
			names = append(names, e.name)
		}
	}
	return true
}

// attribute returns an attribute's value with XML's escapes, or nil.
func (e xmlTag) attribute(name string) []byte {
	rest := e.attributes
	for {
		k := bytes.IndexByte(rest, '=')
		if k < 0 {
			return nil
		}
		key := bytes.TrimSpace(rest[:k])
		rest = bytes.TrimLeft(rest[k+1:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return nil
		}
		quote := bytes.IndexByte(rest[1:], rest[0])
		if quote < 0 {
			return nil
		}
		if string(key) == name {
			return rest[1 : 1+quote]
		}
		rest = rest[quote+2:]
	}
}

// unescapeXML appends the text that escaped stands for: references are replaced, CDATA sections unwrapped, comments
// left out, and line ends made "\n" (XML 1.0, section 2.11). What is no reference stays.
func unescapeXML(dst, escaped []byte) []byte {
	if bytes.IndexByte(escaped, '<') >= 0 || bytes.IndexByte(escaped, '\r') >= 0 {
		return unescapeOddXML(dst, escaped)
	}
	for {
		at := bytes.IndexByte(escaped, '&')
		if at < 0 {
			return append(dst, escaped...)
		}
		dst = append(dst, escaped[:at]...)
		var n int
		dst, n = appendXMLReference(dst, escaped[at:])
		escaped = escaped[at+n:]
	}
}

// unescapeOddXML is unescapeXML for text that also holds other things than references.
func unescapeOddXML(dst, escaped []byte) []byte {
	for len(escaped) > 0 {
		n := 1
		switch escaped[0] {
		case '&':
			dst, n = appendXMLReference(dst, escaped)
		case '\r':
			if len(escaped) == 1 || escaped[1] != '\n' {
				dst = append(dst, '\n')
			}
		case '<':
			dst, n = appendCDATA(dst, escaped)
		default:
			dst = append(dst, escaped[0])
		}
		escaped = escaped[n:]
	}
	return dst
}

// appendXMLReference appends the character of the reference that b begins with, and returns the reference's length.
func appendXMLReference(dst, b []byte) ([]byte, int) {
	end := bytes.IndexByte(b[:min(len(b), 12)], ';')
	if end < 3 {
		return append(dst, '&'), 1
	}
	switch name := b[1:end]; string(name) {
	case "lt":
		return append(dst, '<'), end + 1
	case "gt":
		return append(dst, '>'), end + 1
	case "quot":
		return append(dst, '"'), end + 1
	case "amp":
		return append(dst, '&'), end + 1
	case "apos":
		return append(dst, '\''), end + 1
	}
	if b[1] == '#' {
		digits, radix := string(b[2:end]), 10
		if digits[0] == 'x' {
			digits, radix = digits[1:], 16
		}
		if n, err := strconv.ParseUint(digits, radix, 21); err == nil && utf8.ValidRune(rune(n)) {
			return utf8.AppendRune(dst, rune(n)), end + 1
		}
	}
	return append(dst, '&'), 1
}

// appendCDATA appends the content of a CDATA section, nothing of a comment, else the sign itself.
func appendCDATA(dst, b []byte) ([]byte, int) {
	x := xmlCursor{b: b}
	if !x.aside() {
		return append(dst, b[0]), 1
	}
	if content, ok := bytes.CutPrefix(b[:x.at], []byte("<![CDATA[")); ok {
		dst = append(dst, bytes.TrimSuffix(content, []byte("]]>"))...)
	}
	return dst, x.at
}
