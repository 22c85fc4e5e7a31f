package wikitext

import (
	"bytes"
	"strings"
)

// schemes are what an external link may begin with.
var schemes = []string{"http://", "https://", "//", "ftp://", "ftps://", "mailto:", "news:", "irc://", "ircs://", "gopher://", "telnet://", "magnet:", "tel:", "git://", "svn://", "urn:"}

// schemeLength is the length of the scheme that b begins with, 0 for none.
func schemeLength(b []byte) int {
	for _, s := range schemes {
		if len(b) >= len(s) && (b[0]|0x20 == s[0] || s[0] == '/') && strings.EqualFold(string(b[:len(s)]), s) {
			return len(s)
		}
	}
	return 0
}

// external writes the label of [http://… label]; a link without label is a mere number on the page.
func (c *Converter) external(in, out int) {
	i := in
	for i < out && c.src[i] > ' ' && c.src[i] != '<' && c.src[i] != '[' && !bytes.HasPrefix(c.src[i:out], []byte("''")) {
		if c.src[i] == '{' {
			if n := c.at(i); n != nil {
				i = int(n.end) // a template within the address
				continue
			}
		}
		i++
	}
	if i >= out {
		c.drop()
		return
	}
	c.inline(i, out, false)
}

// maxTarget is the longest title of a page, with a namespace, in bytes; longer targets are none.
const maxTarget = 600

// link writes what a reader sees of [[target|label]]: the label, else the target; nothing of
// files, categories and links to the page in other languages.
func (c *Converter) link(in, out int) {
	bar := c.find(in, out, '|', '|')
	target := bytes.TrimSpace(c.src[in:bar])
	if len(target) > maxTarget || bytes.IndexByte(target, '\n') >= 0 {
		c.inline(in, out, false)
		return
	}
	if len(target) > 0 && target[0] == ':' {
		target = target[1:]
	} else if c.unseen(target) {
		c.drop()
		return
	}
	switch {
	case bar == out:
		c.target(target, in, bar)
	case len(bytes.TrimSpace(c.src[bar+1:out])) == 0:
		c.shortTarget(target, in)
	default:
		c.inline(bar+1, out, false)
	}
}

// target writes a target without label, which may hold templates and references.
func (c *Converter) target(target []byte, in, bar int) {
	lo := in + bytes.IndexByte(c.src[in:bar], firstByte(target))
	if len(target) == 0 || lo < in {
		return
	}
	if target[0] == '#' {
		lo++
	}
	c.inline(lo, bar, false)
}

func firstByte(b []byte) byte {
	if len(b) == 0 {
		return 0
	}
	return b[0]
}

// shortTarget writes what the "pipe trick" makes of [[prefix:name (of what)|]]: the name.
func (c *Converter) shortTarget(target []byte, in int) {
	if at := bytes.IndexByte(target, ':'); at >= 0 {
		target = bytes.TrimSpace(target[at+1:])
	}
	if at := bytes.LastIndex(target, []byte(" (")); at > 0 && target[len(target)-1] == ')' {
		target = target[:at]
	} else if at := bytes.Index(target, []byte(", ")); at > 0 {
		target = target[:at]
	}
	if len(target) > 0 {
		lo := in + bytes.Index(c.src[in:], target)
		c.inline(lo, lo+len(target), false)
	}
}

// unseen says whether nothing is shown at the place of a link.
func (c *Converter) unseen(target []byte) bool {
	at := bytes.IndexByte(target, ':')
	if at <= 0 || at > 80 {
		return false
	}
	prefix := strings.ToLower(strings.ReplaceAll(string(bytes.TrimSpace(target[:at])), "_", " "))
	if n, ok := c.site.namespaces[prefix]; ok {
		return n == namespaceFile || n == namespaceCategory
	}
	return isLanguage(prefix) || isFile(target)
}

// isFile knows a file by its extension, under whatever name the wiki gives to the namespace.
func isFile(target []byte) bool {
	at := bytes.LastIndexByte(target, '.')
	if at < 0 || len(target)-at > 5 {
		return false
	}
	switch strings.ToLower(string(target[at+1:])) {
	case "jpg", "jpeg", "png", "svg", "gif", "tif", "tiff", "ogg", "oga", "ogv", "webm", "webp", "pdf", "djvu", "mp3", "wav", "mid", "xcf", "stl", "flac", "opus":
		return true
	}
	return false
}

// variant writes one side of -{zh-hans:…; zh-hant:…}-, the first that is listed of simplified Chinese, Cyrillic and so on, else the first given.
func (c *Converter) variant(in, out int) {
	if bar := c.find(in, out, '|', '|'); bar < out {
		flags := bytes.TrimSpace(c.src[in:bar])
		if bytes.ContainsAny(flags, "TH-") {
			c.drop()
			return
		}
		in = bar + 1
		if bytes.ContainsAny(flags, "RN") {
			c.inline(in, out, false)
			return
		}
	}
	lo, hi, rank := in, out, len(variants)+1
	for i := in; i < out; {
		end := c.find(i, out, ';', ';')
		if colon := c.find(i, end, ':', ':'); colon < end {
			name := string(bytes.TrimSpace(c.src[i:colon]))
			if r := rankOf(name); r < rank {
				lo, hi, rank = colon+1, end, r
			}
		}
		i = end + 1
	}
	c.inline(lo, hi, false)
}

// variants are the sides of a text in several scripts, the preferred ones first.
var variants = []string{"zh-hans", "zh-cn", "zh", "sr-ec", "sr-cyrl", "kk-cyrl", "uz-cyrl", "tg-cyrl", "ku-latn", "crh-latn", "gan-hans", "shi-latn"}

// rankOf is a variant's place in variants; others come behind them, and what is no name of a variant behind all.
func rankOf(name string) int {
	for i, v := range variants {
		if v == name {
			return i
		}
	}
	for _, b := range []byte(name) {
		if (b < 'a' || b > 'z') && b != '-' {
			return len(variants) + 1
		}
	}
	return len(variants)
}
