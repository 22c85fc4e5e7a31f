package clean

import (
	"bytes"
	"strings"

	"golang.org/x/net/html/charset"
)

// maxPrescan is how far into a page a <meta> label is looked for. Browsers stop at 1,024 bytes, and
// many pages have scripts before it.
const maxPrescan = 1 << 16

// maxMeta is the length of a <meta> tag that is read.
const maxMeta = 2048

// maxLabels is how many labels of a page are looked at.
const maxLabels = 4

// label is a claim of what charset a page is in.
type label struct {
	name  string // WHATWG name
	table string // the table that scores it: "gb18030" for "gbk", else the name
}

// labels returns the charsets that the HTTP head and the page claim, in the order in which WHATWG HTML (13.2.3.2, determining the character
// encoding) believes them, and whether one of them says UTF-8.
func labels(page []byte, contentType string) (out []label, utf8 bool) {
	add := func(text []byte) {
		_, name := charset.Lookup(charsetOf(text))
		utf8 = utf8 || name == utf8Name
		out = addLabel(out, name)
	}
	add([]byte(contentType))
	head := page[:min(len(page), maxPrescan)]
	for len(out) < maxLabels {
		i := bytes.IndexByte(head, '<')
		if i < 0 {
			break
		}
		head = head[i:]
		if bytes.HasPrefix(head, []byte("<!--")) {
			end := bytes.Index(head[2:], []byte("-->")) // <!--> is a whole comment
			if end < 0 {
				break
			}
			head = head[2+end:]
			continue
		}
		size := 1
		if isMeta(head) {
			tag := head[:min(len(head), maxMeta)]
			tag = tag[:bytes.IndexByte(tag, '>')+1]
			if content := indexFold(tag, "content"); content < 0 || content > indexFold(tag, "charset") || indexFold(tag, "http-equiv") >= 0 {
				add(tag) // else a description that speaks of a charset
			}
			size = max(len(tag), len("<meta"))
		}
		head = head[size:]
	}
	return out, utf8
}

// isMeta reports whether b starts with a <meta> tag: not with <metadata>.
func isMeta(b []byte) bool {
	const name = "<meta"
	return len(b) > len(name) && bytes.EqualFold(b[:len(name)], []byte(name)) && (b[len(name)] == '/' || b[len(name)] <= ' ')
}

// addLabel adds a claim that can be true: UTF-16 has been ruled out by now, UTF-8 is judged apart, and "replacement" stands for charsets that
// the web gave up.
func addLabel(to []label, name string) []label {
	if name == "" || strings.HasPrefix(name, "utf-") || name == "replacement" || name == "x-user-defined" || isLabel(to, name) {
		return to
	}
	l := label{name, name}
	switch name {
	case "gbk": // GB18030 contains GBK and GB 2312, and pages labelled with either use all of it
		l.table = "gb18030"
	case "iso-8859-8-i":
		l.table = "iso-8859-8"
	}
	return append(to, l)
}

// isLabel reports whether one of the labels is scored by the table of this name.
func isLabel(labels []label, table string) bool {
	for _, l := range labels {
		if l.table == table {
			return true
		}
	}
	return false
}

// charsetOf returns what stands behind "charset=" in a tag or a media type.
func charsetOf(tag []byte) string {
	for i := indexFold(tag, "charset"); i >= 0; {
		rest := bytes.TrimLeft(tag[i+len("charset"):], " \t\r\n\f")
		if len(rest) > 0 && rest[0] == '=' {
			rest = bytes.TrimLeft(rest[1:], " \t\r\n\f\"'")
			if n := bytes.IndexAny(rest, " \t\r\n\f\"',;>/"); n >= 0 {
				rest = rest[:n]
			}
			return string(rest)
		}
		tag = tag[i+len("charset"):]
		i = indexFold(tag, "charset")
	}
	return ""
}

// indexFold is bytes.Index for a lower-case ASCII word in any case.
func indexFold(b []byte, word string) int {
	for i := 0; i+len(word) <= len(b); i++ {
		k := bytes.IndexByte(b[i:], word[0])
		if word[0] != '<' {
			k = bytes.IndexAny(b[i:], word[:1]+strings.ToUpper(word[:1]))
		}
		if k < 0 || i+k+len(word) > len(b) {
			return -1
		}
		i += k
		if bytes.EqualFold(b[i:i+len(word)], []byte(word)) {
			return i
		}
	}
	return -1
}

// declaredLanguage is the primary language that <html lang> names, in lower case; empty when it names none.
func declaredLanguage(page []byte) string {
	head := page[:min(len(page), 4096)]
	i := indexFold(head, "<html")
	if i < 0 {
		return ""
	}
	tag := head[i:]
	tag = tag[:max(0, bytes.IndexByte(tag, '>'))]
	j := indexFold(tag, "lang=")
	if j < 0 {
		return ""
	}
	v := bytes.TrimLeft(tag[j+len("lang="):], `"' `)
	n := 0
	for n < len(v) && n < 3 && 'a' <= v[n]|0x20 && v[n]|0x20 <= 'z' {
		n++
	}
	return strings.ToLower(string(v[:n]))
}
