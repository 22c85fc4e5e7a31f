package ingest

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"corpus"
	"corpus/ingest/wikitext"
)

// wikiSite is what an export says about its wiki, before the first page.
type wikiSite struct {
	db         string // "enwiki"
	base       string // the address of the main page
	language   string
	host       string
	namespaces []wikitext.Namespace
}

// isExport says whether a file begins as a MediaWiki export does, or as a piece of one.
func isExport(b []byte) bool {
	for {
		b = bytes.TrimLeft(b, " \t\r\n")
		n := 0
		if bytes.HasPrefix(b, []byte("<?xml")) {
			n = bytes.Index(b, []byte("?>")) + len("?>")
		} else if bytes.HasPrefix(b, []byte("<!--")) {
			n = bytes.Index(b, []byte("-->")) + len("-->")
		}
		if n < 4 {
			break
		}
		b = b[n:]
	}
	if rest, ok := bytes.CutPrefix(b, []byte("<page>")); ok {
		return bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte("<title>"))
	}
	rest, ok := bytes.CutPrefix(b, []byte("<mediawiki"))
	return ok && len(rest) > 0 && (rest[0] == ' ' || rest[0] == '\n' || rest[0] == '>' || rest[0] == '\t' || rest[0] == '\r')
}

// readSite reads the beginning of an export.
func readSite(head []byte) *wikiSite {
	s := &wikiSite{}
	if at := findPage(head); at >= 0 {
		head = head[:at]
	}
	x := xmlCursor{b: head}
	for {
		e, ok := x.tag()
		if !ok {
			break
		}
		if e.closing {
			continue
		}
		switch e.name {
		case "mediawiki":
			s.language = wikiLine(e.attribute("xml:lang"))
		case "dbname":
			s.db = wikiLeaf(&x, e)
		case "base":
			s.base = wikiLeaf(&x, e)
		case "namespace":
			key := string(e.attribute("key"))
			if n, err := strconv.Atoi(key); err == nil {
				s.namespaces = append(s.namespaces, wikitext.Namespace{Number: n, Name: wikiLeaf(&x, e)})
			}
		}
	}
	if u, err := url.Parse(s.base); err == nil {
		s.host = strings.ToLower(u.Hostname())
	}
	return s
}

func wikiLeaf(x *xmlCursor, e xmlTag) string {
	content, ok := x.leaf(e)
	if !ok {
		return ""
	}
	return wikiLine(content)
}

// name is what page ids are told apart by: the database's name, which schemas before 0.9 lack, else the host.
func (s *wikiSite) name() string {
	if s.db != "" {
		return s.db
	}
	return s.host
}

// namespaceOf finds a page's namespace by its title, for schemas before 0.6.
func (s *wikiSite) namespaceOf(title string) int {
	if prefix, _, ok := strings.Cut(title, ":"); ok {
		for _, n := range s.namespaces {
			if n.Name != "" && strings.EqualFold(n.Name, prefix) {
				return n.Number
			}
		}
	}
	return 0
}

// licenseCCBYSA is what the text of Wikimedia's wikis is under (https://foundation.wikimedia.org/wiki/Policy:Terms_of_Use, section 7).
const licenseCCBYSA = "https://creativecommons.org/licenses/by-sa/4.0/"

// describe fills what a document has from its site and title.
func (s *wikiSite) describe(d *corpus.Document, title string) {
	d.URL = s.address(title)
	d.Declared.Title = title
	d.Declared.Language = s.language
	for _, domain := range []string{
		"wikipedia.org", "wiktionary.org", "wikibooks.org", "wikiquote.org", "wikisource.org", "wikiversity.org", "wikivoyage.org", "wikimedia.org", "mediawiki.org", "wikidata.org",
	} {
		if s.host == domain || strings.HasSuffix(s.host, "."+domain) {
			d.Declared.License = licenseCCBYSA
		}
	}
}

// address is that of a page: beside the main page's, or in its place in the query.
func (s *wikiSite) address(title string) string {
	if s.host == "" || title == "" {
		return ""
	}
	base := s.base
	if at := strings.Index(base, "title="); at >= 0 {
		base = base[:at+len("title=")]
	} else if at := strings.Index(base, "/wiki/"); at >= 0 {
		base = base[:at+len("/wiki/")]
	} else {
		base = base[:strings.LastIndexByte(base, '/')+1]
	}
	return base + wikiEscape(title)
}

// wikiEscape encodes a title as MediaWiki's wfUrlencode does.
func wikiEscape(title string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(title); i++ {
		c := title[i]
		switch {
		case c == ' ':
			b.WriteByte('_')
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_.~;@$!*(),/:", c) >= 0:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// wikiLine is the content of a short element, such as a title, without XML's escapes, on one line.
func wikiLine(escaped []byte) string {
	line := string(unescapeXML(nil, escaped))
	return shorten(strings.Join(strings.FieldsFunc(strings.ToValidUTF8(line, "\uFFFD"), func(r rune) bool {
		return r == ' ' || unicode.IsControl(r)
	}), " "))
}

// maxRedirect is how far into a page its redirect ends, in bytes.
const maxRedirect = 1 << 10

// redirectTarget knows a redirect by its text, for schemas before 0.6, which do not name the target: "#", a word in the wiki's
// language, and a link, at the very beginning.
func redirectTarget(text []byte) (string, bool) {
	text = bytes.TrimLeft(text[:min(len(text), maxRedirect)], " \t\n")
	if len(text) == 0 || text[0] != '#' {
		return "", false
	}
	from := bytes.Index(text, []byte("[["))
	to := bytes.Index(text, []byte("]]"))
	if from < 2 || to < from {
		return "", false
	}
	word := strings.TrimRight(string(text[1:from]), " \t\n:")
	for _, r := range word {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) {
			return "", false
		}
	}
	target, _, _ := bytes.Cut(text[from+2:to], []byte("|"))
	target, _, _ = bytes.Cut(target, []byte("#"))
	return shorten(strings.TrimSpace(strings.ToValidUTF8(string(target), "\uFFFD"))), word != ""
}
