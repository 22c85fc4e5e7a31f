package clean

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// mark is what an element's name and attributes say about its content.
type mark uint32

const (
	noise   mark = 1 << iota // navigation, banners, teasers, advertisements, forms
	comment                  // readers' comments
	hidden                   // not shown
	content                  // declared to be the main content
	forum                    // part of a forum's page

	// The marks below say no more than which words were met; what they are worth is for the model to weigh.
	asNav
	asFooter
	asHeader
	asSidebar
	asShare
	asRelated
	asAd
	asConsent
	asByline
	asTags
	asForm
	asPager
	asCaption
	asTitle
	asBody
	asPost
	asUser
	asProduct
	asList
	asQuote
	asReview
	asWidget
	asSummary
	asDate
	asVeiled // hidden by an attribute or a style, not by the words of a class alone
)

// marks is the number of different marks.
const marks = 30

// structural are the marks that make an inline element a block of its own, so that it can be left out.
const structural = noise | comment | hidden | content

// class is what a class attribute says.
type class struct {
	mark  mark
	shape uint32 // hash of its letters
}

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

// marks reads an element's name and attributes. The shape is a hash of its name and of its classes' letters: items of
// a list, teasers and posts have the same one each.
func (w *walker) marks(n *html.Node) (m mark, shape uint32) {
	shape = uint32(n.DataAtom) * 0x9E3779B1
	switch n.DataAtom {
	case atom.Html, atom.Body:
		// The classes of these speak of the whole page.
		for i := range n.Attr {
			if k := n.Attr[i].Key; k == "class" || k == "id" {
				w.countForum(w.class(n.Attr[i].Val).mark)
			}
		}
		return 0, shape
	case atom.Nav, atom.Menu:
		m = noise | asNav
	case atom.Aside:
		m = noise | asSidebar
	case atom.Footer:
		m = noise | asFooter
	case atom.Form, atom.Search:
		m = noise | asForm
	case atom.Header:
		m = noise | asHeader
	case atom.Main, atom.Article:
		m = content
	case atom.Blockquote:
		m = asQuote
	case atom.Figcaption, atom.Caption:
		m = asCaption
	}
	for i := range n.Attr {
		a := &n.Attr[i]
		switch a.Key {
		case "class":
			c := w.class(a.Val)
			m |= c.mark
			shape ^= c.shape
		case "id":
			m |= w.class(a.Val).mark
		case "role":
			m |= roleMark(a.Val)
		case "itemprop":
			m |= propertyMark(a.Val)
		case "itemtype":
			if i := strings.LastIndexByte(a.Val, '/'); forumType(a.Val[i+1:]) {
				m |= forum
			}
		case "hidden":
			m |= hidden | asVeiled
		case "aria-hidden":
			if a.Val == "true" {
				m |= hidden
			}
		case "style":
			if hidesStyle(a.Val) {
				m |= hidden | asVeiled
			}
		}
	}
	w.countForum(m)
	if m&content != 0 {
		m &^= noise | comment
	}
	return m, shape
}

// propertyMark reads the schema.org properties that bear on the main content.
func propertyMark(s string) mark {
	switch strings.ToLower(s) {
	case "articlebody":
		return content | asBody
	case "text", "description", "reviewbody":
		return asBody
	case "headline", "name":
		return asTitle
	case "author", "publisher":
		return asByline
	case "datepublished", "datemodified", "datecreated":
		return asDate
	}
	return 0
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
	case "navigation", "menu", "menubar", "toolbar":
		return noise | asNav
	case "banner":
		return noise | asHeader
	case "contentinfo":
		return noise | asFooter
	case "complementary":
		return noise | asSidebar
	case "dialog", "alertdialog":
		return noise | asConsent
	case "search", "form":
		return noise | asForm
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

// maxClassAttr bounds the length of a class attribute that is read.
const maxClassAttr = 512

// class reads a class or id attribute, once per distinct value.
func (w *walker) class(s string) class {
	if s == "" || len(s) > maxClassAttr {
		return class{}
	}
	c, ok := w.classes[s]
	if !ok {
		c = class{mark: attrMark(s), shape: classShape(s)}
		w.classes[s] = c
	}
	return c
}

// classShape is a hash (FNV-1a) of the attribute without its digits, which often number the items of a list.
func classShape(s string) uint32 {
	h := uint32(2166136261)
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < '0' || c > '9' {
			h = (h ^ uint32(c)) * 16777619
		}
	}
	return h
}

// attrMark looks up the words of a class attribute. Words are cut where letters meet other
// characters or a lower-case letter meets an upper-case one: "post-navBar" has post, nav, bar.
func attrMark(s string) mark {
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
	case "nav", "navbar", "navigation", "menu", "menubar", "submenu", "topnav", "breadcrumb", "breadcrumbs", "crumbs", "crumb", "toolbar", "topbar", "subnav", "navbox", "sidenav", "skip", "toc":
		return noise | asNav
	case "navi", "menus", "tabs", "tab", "links", "sitemap", "dropdown", "megamenu", "back", "jump":
		return asNav
	case "footer", "foot", "colophon", "copyright", "disclaimer":
		return noise | asFooter
	case "bottom", "foottext", "legal", "imprint", "license":
		return asFooter
	case "masthead", "banner":
		return noise | asHeader
	case "header", "head", "top", "logo", "branding", "hero":
		return asHeader
	case "sidebar":
		return noise | asSidebar
	case "side", "aside", "rail", "right", "left", "secondary", "column", "col", "complementary":
		return asSidebar
	case "share", "sharing", "sharebar", "social", "addthis", "sharethis", "addtoany":
		return noise | asShare
	case "like", "likes", "follow", "facebook", "twitter", "tweet", "whatsapp", "bookmark", "print", "email", "button", "buttons", "btn", "cta", "action", "actions", "tools":
		return asShare
	case "related", "recommended", "recommendations", "recirc", "trending", "popular", "mostread", "readmore", "outbrain", "taboola":
		return noise | asRelated
	case "more", "latest", "recent", "teaser", "teasers", "carousel", "slider", "slide", "swiper", "next", "prev", "previous", "also", "similar", "recommend", "hot", "rank", "ranking", "promobox":
		return asRelated
	case "advert", "adverts", "advertisement", "ad", "ads", "adsense", "adbox", "sponsor", "sponsored", "promo":
		return noise | asAd
	case "promotion", "offer", "deal", "affiliate", "marketing", "partner", "partners", "donate":
		return asAd
	case "cookie", "cookies", "consent", "gdpr", "popup", "modal", "lightbox", "overlay", "onetrust", "didomi", "usercentrics", "cookiebot", "cookielaw", "truste", "cookieconsent":
		return noise | asConsent
	case "privacy", "notice", "alert", "warning", "tooltip", "notification":
		return asConsent
	case "byline":
		return noise | asByline
	case "author", "authors", "meta", "metadata", "info", "source", "credit", "credits", "editor", "writer", "bio", "postmeta", "infobar":
		return asByline
	case "dateline", "timestamp":
		return noise | asDate
	case "date", "time", "published", "datetime", "posted", "updated":
		return asDate
	case "tags", "taglist", "tagcloud":
		return noise | asTags
	case "tag", "category", "categories", "cat", "topics", "keywords", "label", "labels", "kicker", "eyebrow":
		return asTags
	case "newsletter", "subscribe", "signup", "login", "signin", "search":
		return noise | asForm
	case "form", "register", "subscription", "contact", "input", "filter", "filters", "sort", "vote", "poll", "quiz":
		return asForm
	case "pager", "pagination", "pagenav":
		return noise | asPager
	case "page", "pages", "paging", "paginate":
		return asPager
	case "caption", "figure", "figcaption", "image", "images", "img", "photo", "photos", "gallery", "media", "video", "thumb", "thumbnail", "picture":
		return asCaption
	case "title", "headline", "heading", "hed", "subtitle", "subject", "subhead":
		return asTitle
	case "article", "content", "contents", "entry", "story", "text", "body", "main", "articlebody", "richtext", "wysiwyg", "prose", "markdown", "paragraph", "copy", "primary", "maincontent", "hentry", "chapter", "blog":
		return asBody
	case "post", "posts", "message", "messages", "msg", "reply", "thread", "threads", "answer", "answers", "question", "questions", "postbody", "postcontent", "postmessage":
		return asPost
	case "user", "users", "username", "profile", "avatar", "member", "members", "signature", "sig", "poster", "userinfo", "nick", "badge":
		return asUser
	case "product", "products", "price", "prices", "sku", "cart", "shop", "shopping", "basket", "details", "detail", "spec", "specs", "specification", "specifications", "feature", "features", "variant", "stock", "delivery", "shipping":
		return asProduct
	case "list", "lists", "item", "items", "card", "cards", "tile", "tiles", "grid", "result", "results", "feed", "listing", "archive", "row", "cell", "table":
		return asList
	case "quote", "quotes", "blockquote", "pullquote", "quoted", "cite", "citation":
		return asQuote
	case "review", "reviews", "rating", "ratings", "stars", "testimonial", "testimonials", "feedback":
		return asReview
	case "widget", "noprint", "printonly", "editsection":
		return noise | asWidget
	case "widgets", "module", "block", "box", "panel", "plugin", "component", "extra", "addon":
		return asWidget
	case "summary", "lead", "lede", "abstract", "intro", "description", "desc", "excerpt", "dek", "standfirst", "synopsis", "overview", "about":
		return asSummary
	case "comment", "comments", "commentlist", "disqus", "respond", "replies":
		return comment
	case "forum", "forums", "bbpress", "phpbb", "vbulletin", "xenforo", "discourse", "viewtopic", "topictitle", "discussion", "conversation", "topic":
		return forum
	case "hidden", "hide", "invisible", "sr", "screenreader":
		return hidden
	}
	return 0
}
