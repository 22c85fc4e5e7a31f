package clean

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// mark is what an element's name and attributes say about its content.
type mark uint8

const (
	noise   mark = 1 << iota // navigation, banners, teasers, advertisements, forms
	comment                  // readers' comments
	hidden                   // not shown
	content                  // declared to be the main content
	forum                    // part of a forum's page
)

// skipped reports elements that a browser does not show as text, or not of this page.
func skipped(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Template, atom.Head, atom.Title, atom.Iframe, atom.Object, atom.Embed, atom.Applet,
		atom.Svg, atom.Canvas, atom.Video, atom.Audio, atom.Map, atom.Select, atom.Datalist, atom.Textarea, atom.Input, atom.Meter, atom.Progress,
		atom.Noframes, atom.Noembed, atom.Annotation, atom.AnnotationXml, atom.Rp:
		return true
	}
	return false
}

// isControlElement reports elements that a reader clicks.
func isControlElement(a atom.Atom) bool {
	switch a {
	case atom.Button, atom.Label, atom.Legend, atom.Dialog:
		return true
	}
	return false
}

// isBlock reports elements that a browser sets apart from the text around them (the HTML standard's default style sheet, display: block, list-item
// and table parts).
func isBlock(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.Li, atom.Ul, atom.Ol, atom.Dl, atom.Dt, atom.Dd, atom.Menu, atom.Dir, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Hgroup,
		atom.Table, atom.Caption, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr, atom.Td, atom.Th, atom.Blockquote, atom.Pre, atom.Listing, atom.Plaintext, atom.Xmp, atom.Article,
		atom.Section, atom.Main, atom.Nav, atom.Aside, atom.Header, atom.Footer, atom.Address, atom.Figure, atom.Figcaption,
		atom.Form, atom.Fieldset, atom.Details, atom.Summary, atom.Body, atom.Html, atom.Center, atom.Hr, atom.Legend, atom.Dialog, atom.Option, atom.Optgroup, atom.Search:
		return true
	}
	return false
}

// marks reads an element's name and attributes.
func (w *walker) marks(n *html.Node) mark {
	var m mark
	switch n.DataAtom {
	case atom.Html, atom.Body:
		// The classes of these speak of the whole page.
		for i := range n.Attr {
			if k := n.Attr[i].Key; k == "class" || k == "id" {
				w.countForum(w.class(n.Attr[i].Val))
			}
		}
		return 0
	case atom.Nav, atom.Aside, atom.Footer, atom.Form, atom.Menu, atom.Search:
		m = noise
	case atom.Header:
		m = noise
	case atom.Main, atom.Article:
		m = content
	}
	for i := range n.Attr {
		a := &n.Attr[i]
		switch a.Key {
		case "class", "id":
			m |= w.class(a.Val)
		case "role":
			m |= roleMark(a.Val)
		case "itemprop":
			if strings.EqualFold(a.Val, "articleBody") {
				m |= content
			}
		case "itemtype":
			if i := strings.LastIndexByte(a.Val, '/'); forumType(a.Val[i+1:]) {
				m |= forum
			}
		case "hidden":
			m |= hidden
		case "aria-hidden":
			if a.Val == "true" {
				m |= hidden
			}
		case "style":
			if hidesStyle(a.Val) {
				m |= hidden
			}
		}
	}
	w.countForum(m)
	m &^= forum
	if m&content != 0 {
		m &^= noise | comment
	}
	return m
}

// countForum counts the elements that say the page is a forum's.
func (w *walker) countForum(m mark) {
	if m&forum != 0 {
		w.forum++
	}
}

// forumType reports the schema.org types of threads.
func forumType(s string) bool {
	switch s {
	case "DiscussionForumPosting", "QAPage", "Question", "Answer":
		return true
	}
	return false
}

func roleMark(role string) mark {
	switch role {
	case "navigation", "banner", "contentinfo", "complementary", "search", "menu", "menubar", "dialog", "alertdialog", "toolbar", "form":
		return noise
	case "main", "article":
		return content
	}
	return 0
}

// hidesStyle reports a style attribute with display: none or visibility: hidden.
func hidesStyle(s string) bool {
	for decl := range strings.SplitSeq(s, ";") {
		key, value, ok := strings.Cut(decl, ":")
		if !ok {
			continue
		}
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if strings.EqualFold(key, "display") && len(value) >= 4 && strings.EqualFold(value[:4], "none") ||
			strings.EqualFold(key, "visibility") && len(value) >= 6 && strings.EqualFold(value[:6], "hidden") {
			return true
		}
	}
	return false
}

// maxClass bounds the length of a class attribute that is read.
const maxClass = 512

// class reads a class or id attribute, once per distinct value.
func (w *walker) class(s string) mark {
	if s == "" || len(s) > maxClass {
		return 0
	}
	m, ok := w.classes[s]
	if !ok {
		m = classMark(s)
		w.classes[s] = m
	}
	return m
}

// classMark looks up the words of a class attribute. Words are cut where letters meet other
// characters or a lower-case letter meets an upper-case one: "post-navBar" has post, nav, bar.
func classMark(s string) mark {
	var m mark
	var word [24]byte
	n, negated := 0, false
	flush := func() {
		if n == 0 {
			return
		}
		switch string(word[:n]) {
		case "no", "with", "has", "without", "not":
			negated = true // "with-sidebar" is not the sidebar
		default:
			if !negated {
				m |= wordMark(string(word[:n]))
			}
			negated = false
		}
		n = 0
	}
	lower := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		isLetter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !isLetter || lower && c < 'a' {
			flush()
			if c == ' ' {
				negated = false
			}
		}
		if isLetter && n < len(word) {
			word[n] = c | 0x20
			n++
		}
		lower = isLetter && c >= 'a'
	}
	flush()
	return m
}

// wordMark is the mark of one word of a class attribute.
func wordMark(s string) mark {
	switch s {
	case "nav", "navbar", "navigation", "menu", "menubar", "submenu", "topnav", "breadcrumb", "breadcrumbs", "crumbs", "crumb",
		"footer", "foot", "colophon", "sidebar", "sidenav", "masthead", "toolbar", "topbar", "subnav", "navbox",
		"cookie", "cookies", "consent", "gdpr", "popup", "modal", "lightbox", "overlay", "skip",
		"share", "sharing", "sharebar", "social", "addthis", "sharethis", "addtoany", "newsletter", "subscribe", "signup", "login", "signin",
		"advert", "adverts", "advertisement", "ad", "ads", "adsense", "adbox", "sponsor", "sponsored", "promo", "outbrain", "taboola", "banner",
		"related", "recommended", "recommendations", "recirc", "trending", "popular", "mostread", "readmore",
		"pager", "pagination", "pagenav", "tags", "taglist", "tagcloud", "copyright", "disclaimer", "noprint", "printonly",
		"byline", "dateline", "timestamp", "search", "widget", "toc", "editsection", "paywall":
		return noise
	case "comment", "comments", "commentlist", "disqus", "respond", "replies":
		return comment
	case "forum", "forums", "bbpress", "phpbb", "vbulletin", "xenforo", "discourse", "viewtopic", "topictitle", "discussion", "conversation", "topic":
		return forum
	case "hidden", "hide", "invisible", "sr", "screenreader":
		return hidden
	}
	return 0
}
