package clean

import (
	"bytes"
	"mime"
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
// encoding) believes them.
func labels(page []byte, contentType string) (out []label) {
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		out = addLabel(out, params["charset"])
	}
	head := page[:min(len(page), maxPrescan)]
	for i := 0; len(out) < maxLabels; {
		j := indexFold(head[i:], "<meta")
		if j < 0 {
			break
		}
		i += j
		tag := head[i:min(len(head), i+maxMeta)]
		tag = tag[:bytes.IndexByte(tag, '>')+1]
		out = addLabel(out, charsetOf(tag))
		i += max(len(tag), len("<meta"))
	}
	return out
}

// addLabel adds a claim that can be true: UTF-8 and UTF-16 have been ruled out by now, and "replacement" stands for charsets that
// the web gave up.
func addLabel(to []label, name string) []label {
	_, name = charset.Lookup(name)
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

// charsetOf returns what stands behind "charset=" in a tag.
func charsetOf(tag []byte) string {
	for i := indexFold(tag, "charset"); i >= 0; {
		rest := bytes.TrimLeft(tag[i+len("charset"):], " \t\r\n\f")
		if len(rest) > 0 && rest[0] == '=' {
			rest = bytes.TrimLeft(rest[1:], " \t\r\n\f\"'")
			n := bytes.IndexAny(rest, " \t\r\n\f\"';>/")
			return string(rest[:max(0, n)])
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
