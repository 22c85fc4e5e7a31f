package clean

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"corpus"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	bcp47 "golang.org/x/text/language"
)

// maxField is the length in bytes to which a declared field is cut.
const maxField = 1024

// declaration gathers what a page says about itself, each source of a field apart, in one pass over the tree. The lists of sources
// below name the first one first.
type declaration struct {
	page  *url.URL // the page's address; nil when unknown
	base  *url.URL // what other addresses are relative to; nil when unknown
	based bool

	titles    [5]string // og:title, citation_title, JSON-LD, <title>, <h1>
	authors   [5]string // meta author, article:author, JSON-LD, rel=author, citation_author; a byline comes before the last
	published [4]string // article:published_time, JSON-LD, <time>, other meta elements
	languages [3]string // <html lang>, Content-Language, og:locale
	licenses  [4]string // rel=license, a link to Creative Commons in a footer, JSON-LD, dc.rights
	canonical [2]string // rel=canonical, og:url
	shown     string    // a byline
	site      string    // og:site_name
	h1        string
	linked    linked
	scripts   int // bytes of JSON-LD read
	looked    int // nodes looked at below and around elements
	rights    []corpus.Evidence
}

// maxLooked is the number of nodes of a page that are looked at for the text of elements and for what stands around them; it keeps nested
// elements from being read over and over. Real pages need a thousand at most.
const maxLooked = 200_000

// statements are what a page says about itself and its use.
type statements struct {
	corpus.Declared
	base   *url.URL // what addresses in the page are relative to; nil when unknown
	parsed bool     // whether there was a page to read
	rights []corpus.Evidence
}

// readDeclared returns what a page says about itself. The address is that of the page and may be empty.
func readDeclared(root *html.Node, address string) statements {
	d := declaration{page: absolute(address)}
	d.base = d.page
	d.children(root, 0)
	said := d.result()
	return statements{said, d.base, true, d.rights}
}

// absolute is an address as a URL, nil when it is not absolute.
func absolute(address string) *url.URL {
	u, err := url.Parse(address)
	if err != nil || !u.IsAbs() || len(address) > maxHref {
		return nil
	}
	return u
}

// rebased is the base that <base href> makes of a page's address.
func rebased(base *url.URL, href string) *url.URL {
	u, err := url.Parse(strings.TrimSpace(href))
	switch {
	case err != nil || len(href) > maxHref:
	case base != nil:
		return base.ResolveReference(u)
	case u.IsAbs():
		return u
	}
	return base
}

// following is the next node of a tree in document order, behind n's descendants unless down.
func following(n, root *html.Node, down bool) *html.Node {
	if down && n.FirstChild != nil {
		return n.FirstChild
	}
	for n != root && n.NextSibling == nil {
		n = n.Parent
	}
	if n == root {
		return nil
	}
	return n.NextSibling
}

func (d *declaration) children(n *html.Node, depth int) {
	if depth > maxDepth {
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && d.element(c) && c.FirstChild != nil {
			d.children(c, depth+1)
		}
	}
}

// element reads an element and reports whether to go on within it.
func (d *declaration) element(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Html:
		setOnce(&d.languages[0], attribute(n, "lang"))
		setOnce(&d.languages[0], attribute(n, "xml:lang"))
	case atom.Base:
		if !d.based {
			d.based, d.base = true, rebased(d.base, attribute(n, "href"))
		}
	case atom.Meta:
		d.meta(n)
		return false
	case atom.Link, atom.A:
		d.link(n)
	case atom.Title:
		if n.Namespace == "" {
			setOnce(&d.titles[3], d.shownText(n))
		}
		return false
	case atom.Script:
		if isLinkedData(n) && d.scripts+len(n.FirstChild.Data) <= maxLinked {
			d.scripts += len(n.FirstChild.Data)
			readLinked(n.FirstChild.Data, &d.linked)
		}
		return false
	case atom.Time:
		d.time(n)
	case atom.H1:
		if d.h1 == "" {
			d.h1 = d.shownText(n)
		}
	case atom.Svg, atom.Style, atom.Template, atom.Select:
		return false
	}
	if d.shown == "" && d.authors[0] == "" && len(n.Attr) > 0 && n.DataAtom != atom.Body {
		d.byline(n)
	}
	return true
}

func isLinkedData(n *html.Node) bool {
	return n.FirstChild != nil && strings.HasPrefix(strings.ToLower(strings.TrimSpace(attribute(n, "type"))), "application/ld+json")
}

// setOnce sets a field that is not set.
func setOnce(field *string, value string) {
	if *field == "" && value != "" {
		*field = oneLine(value)
	}
}

// more appends a name to those joined by "; ".
func more(field *string, name string) {
	name = oneLine(name)
	if rest, ok := strings.CutPrefix(name, "By "); ok {
		name = rest
	}
	switch {
	case name == "" || isAddress(name):
	case *field == "":
		*field = name
	case len(*field)+2+len(name) <= maxField && !strings.Contains("; "+*field+"; ", "; "+name+"; "):
		*field += "; " + name
	}
}

// oneLine is a value as a field holds it: normalised, on one line, cut at maxField.
func oneLine(s string) string {
	if len(s) > 4*maxField {
		s = s[:4*maxField]
	}
	s = strings.Join(strings.Fields(Normalise(s)), " ")
	if len(s) > maxField {
		end := maxField
		for !utf8.RuneStart(s[end]) {
			end--
		}
		s = strings.TrimSpace(s[:end])
	}
	return s
}

// meta reads <meta name|property|itemprop|http-equiv content>.
func (d *declaration) meta(n *html.Node) {
	var name, key, equiv, content string
	for i := range n.Attr {
		switch a := &n.Attr[i]; a.Key {
		case "name", "property", "itemprop":
			if key == "" {
				key = a.Val
			}
			if a.Key == "name" {
				name = a.Val
			}
		case "http-equiv":
			equiv = a.Val
		case "content":
			content = a.Val
		}
	}
	if content == "" || len(name) > maxMetaName || len(key) > maxMetaName {
		return
	}
	if strings.EqualFold(equiv, "content-language") {
		setOnce(&d.languages[1], content)
		return
	}
	key = strings.ToLower(key)
	d.rightsMeta(strings.ToLower(strings.TrimSpace(firstOf([]string{name, key, equiv}))), content)
	switch key {
	case "og:title":
		setOnce(&d.titles[0], content)
	case "citation_title":
		setOnce(&d.titles[1], content)
	case "author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author":
		if key == "author" || d.authors[0] == "" {
			more(&d.authors[0], content)
		}
	case "article:author":
		more(&d.authors[1], content)
	case "citation_author":
		more(&d.authors[4], content)
	case "article:published_time", "og:article:published_time":
		date(&d.published[0], content)
	case "date", "dc.date", "dcterms.date", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "citation_publication_date", "citation_date",
		"citation_online_date", "datepublished", "pubdate", "publishdate", "publish-date", "publication_date", "parsely-pub-date", "sailthru.date":
		date(&d.published[3], content)
	case "og:locale":
		setOnce(&d.languages[2], content)
	case "og:url":
		d.address(&d.canonical[1], content)
	case "og:site_name", "application-name":
		setOnce(&d.site, content)
	case "dc.rights", "dcterms.rights", "dcterms.license", "dc.rights.license", "rights":
		if i := strings.Index(content, "http"); i >= 0 {
			content, _, _ = strings.Cut(content[i:], " ")
			d.address(&d.licenses[3], content)
		}
	}
}

// maxMetaName is longer than any name that meta knows.
const maxMetaName = 40

func date(field *string, s string) {
	if *field == "" {
		*field = parseDate(s)
	}
}

// link reads <link> and <a> by their rel.
func (d *declaration) link(n *html.Node) {
	var rel, property, href string
	for i := range n.Attr {
		switch a := &n.Attr[i]; a.Key {
		case "rel":
			rel = a.Val
		case "property":
			property = a.Val
		case "href":
			href = a.Val
		}
	}
	if strings.HasSuffix(property, "license") {
		rel += " " + property
	}
	if len(rel) > maxClassList {
		return
	}
	// Whatever else rel says ("noopener"), a licence in the footer is the page's.
	if n.DataAtom == atom.A && d.licenses[1] == "" && isCreativeCommons(href) && d.inFooter(n) {
		d.address(&d.licenses[1], href)
		d.stateAddress(corpus.EvidenceLicense, href)
	}
	for name := range strings.FieldsSeq(strings.ToLower(rel)) {
		switch name {
		case "canonical":
			if n.DataAtom == atom.Link {
				d.address(&d.canonical[0], href)
			}
		case "license", "licence", "cc:license", "dc:license", "dct:license", "dcterms:license", "xhv:license":
			d.address(&d.licenses[0], href)
			d.stateAddress(corpus.EvidenceLicense, href)
		case "copyright": // the same to the HTML Living Standard, section 4.6.7, but most who write it point to an imprint
			if isCreativeCommons(href) {
				d.stateAddress(corpus.EvidenceLicense, href)
			}
		case "author":
			if n.DataAtom == atom.A {
				more(&d.authors[3], d.shownText(n))
			}
		}
	}
}

func isCreativeCommons(href string) bool {
	i := strings.Index(href, "creativecommons.org/")
	if i < 0 {
		return false
	}
	path := href[i+len("creativecommons.org/"):]
	return strings.HasPrefix(path, "licenses/") || strings.HasPrefix(path, "publicdomain/")
}

// inFooter reports a node within a footer: what stands there is said of the whole page.
func (d *declaration) inFooter(n *html.Node) bool {
	for n = n.Parent; n != nil && d.looked < maxLooked; n = n.Parent {
		d.looked++
		if n.DataAtom == atom.Footer || n.DataAtom == atom.Div && (saysFooter(attribute(n, "id")) || saysFooter(attribute(n, "class"))) {
			return true
		}
	}
	return false
}

func saysFooter(class string) bool {
	return len(class) <= maxClassList && strings.Contains(class, "footer")
}

// address sets a field to an absolute http or https address.
func (d *declaration) address(field *string, href string) {
	href = strings.TrimSpace(href)
	if *field != "" || href == "" || len(href) > maxField {
		return
	}
	u, err := url.Parse(href)
	if err != nil {
		return
	}
	if d.base != nil {
		u = d.base.ResolveReference(u)
	}
	if (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		u.Fragment, u.RawFragment = "", ""
		if s := oneLine(u.String()); len(s) < maxField {
			*field = s
		}
	}
}

// time reads <time datetime>: that which is marked as the date of publication, else the first within an article.
func (d *declaration) time(n *html.Node) {
	value := attribute(n, "datetime")
	if value == "" || d.published[2] != "" {
		return
	}
	if class := attribute(n, "class"); strings.Contains(class, "updated") && !strings.Contains(class, "published") ||
		strings.EqualFold(attribute(n, "itemprop"), "dateModified") {
		return
	}
	date(&d.published[2], value)
}

// shownText is the text of an element, at most a few KiB of it.
func (d *declaration) shownText(n *html.Node) string {
	var out strings.Builder
	for c := n.FirstChild; c != nil && out.Len() < 4*maxField && d.looked < maxLooked; {
		d.looked++
		down := true
		switch {
		case c.Type == html.TextNode:
			out.WriteString(c.Data[:min(len(c.Data), 4*maxField)])
		case skipped(c.DataAtom):
			down = false
		case isBlock(c.DataAtom) || c.DataAtom == atom.Br:
			out.WriteByte(' ')
		}
		c = following(c, n, down)
	}
	return strings.TrimSpace(out.String())
}

// result takes each field from its first source.
func (d *declaration) result() corpus.Declared {
	d.titles[2], d.published[1] = oneLine(d.linked.headline), parseDate(d.linked.published)
	for _, name := range d.linked.authors {
		more(&d.authors[2], name)
	}
	if isRightsAddress(d.linked.license) {
		d.address(&d.licenses[2], d.linked.license)
	} else {
		setOnce(&d.licenses[2], d.linked.license)
	}
	if d.linked.license != "" {
		d.licence(d.linked.license)
	}
	d.h1 = oneLine(d.h1)
	d.titles[4] = d.h1
	d.titles[0] = d.cutSite(d.titles[0])
	d.titles[3] = d.cutSite(d.titles[3])
	r := corpus.Declared{Title: firstOf(d.titles[:]), Published: firstOf(d.published[:]), License: firstOf(d.licenses[:]), Canonical: firstOf(d.canonical[:])}
	if r.Author = firstOf(d.authors[:4]); r.Author == "" {
		r.Author = firstOf([]string{d.shown, d.authors[4]})
	}
	if r.Published == "" && d.page != nil {
		r.Published = addressDate(d.page.Path)
	}
	for _, tag := range d.languages {
		if r.Language = languageTag(tag); r.Language != "" {
			break
		}
	}
	return r
}

func firstOf(values []string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// languageTag is the first tag of a list in the form of BCP 47, empty when it is none.
func languageTag(s string) string {
	s, _, _ = strings.Cut(s, ",")
	s, _, _ = strings.Cut(strings.TrimSpace(s), " ")
	if len(s) < 2 || len(s) > 35 {
		return ""
	}
	s, _, _ = strings.Cut(s, ".") // "en_US.UTF-8"
	tag, err := bcp47.Raw.Parse(strings.ReplaceAll(s, "_", "-"))
	if err != nil || tag == bcp47.Und {
		return ""
	}
	return tag.String()
}

// withDeclared fills the fields of a document's declaration that are empty.
func withDeclared(have, found corpus.Declared) corpus.Declared {
	for _, f := range []struct {
		to   *string
		from string
	}{
		{&have.Title, found.Title}, {&have.Author, found.Author}, {&have.Published, found.Published},
		{&have.Language, found.Language}, {&have.License, found.License}, {&have.Canonical, found.Canonical},
	} {
		if *f.to == "" {
			*f.to = f.from
		}
	}
	return have
}
