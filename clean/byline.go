package clean

import (
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// titleSeparators stand between a title and the name of its site.
var titleSeparators = [...]string{" | ", " - ", " – ", " — ", " :: ", " · ", " • ", " « ", " » ", " / ", " ‹ "}

// minTitleWords is the number of words that a title keeps when a bar cuts what follows.
const minTitleWords = 3

// cutSite cuts the name of the site from the end or the start of a title: what a separator sets apart and is the site's name, or a word of the
// page's host, or is not in the page's first heading while the rest is. What follows a bar is cut from any title
// of at least minTitleWords.
func (d *declaration) cutSite(title string) string {
	at, separator := -1, ""
	for _, s := range titleSeparators {
		if i := strings.LastIndex(title, s); i > at {
			at, separator = i, s
		}
	}
	if at <= 0 {
		return title
	}
	head, tail := title[:at], title[at+len(separator):]
	if d.isSite(tail) {
		return head
	}
	if i := strings.Index(title, separator); d.isSite(title[:i]) {
		return title[i+len(separator):]
	}
	h1 := spelling(d.h1)
	switch name := spelling(head); {
	case h1 != "" && h1 == spelling(title):
		return title
	case h1 != "" && h1 == name:
		return head
	case h1 != "" && h1 == spelling(tail):
		return tail
	case separator == " | " || separator == " :: " || separator == " « " || separator == " » ":
		if len(strings.Fields(head)) >= minTitleWords || isSpaceless([]rune(head)[0]) {
			return head
		}
	}
	return title
}

// isSite reports the name of the page's site.
func (d *declaration) isSite(s string) bool {
	name := spelling(s)
	if name == "" {
		return false
	}
	if name == spelling(d.site) {
		return true
	}
	return d.page != nil && isHost(d.page, name)
}

// isHost reports a name that is one of the words of a host, or its whole: "example", "examplecom" for www.example.com.
func isHost(u *url.URL, name string) bool {
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	if spelling(host) == name {
		return true
	}
	for label := range strings.SplitSeq(host, ".") {
		if len(label) > 3 && spelling(label) == name {
			return true
		}
	}
	return false
}

// spelling is the letters and digits of a text in lower case.
func spelling(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// Bounds of a byline.
const (
	maxByline      = 100 // bytes
	maxBylineWords = 8
)

// byline reads the name of the author where the page's text shows it: the first short text in an element whose itemprop or class says so, but not
// that of a reader's comment.
func (d *declaration) byline(n *html.Node) {
	for i := range n.Attr {
		switch a := &n.Attr[i]; a.Key {
		case "itemprop":
			if a.Val != "author" {
				continue
			}
		case "class":
			if len(a.Val) > maxClassList || !isByline(a.Val) {
				continue
			}
		default:
			continue
		}
		if name := authorName(d.shownText(n)); name != "" && !d.inComments(n) {
			d.shown = name
		}
		return
	}
}

// inComments reports a node within readers' comments.
func (d *declaration) inComments(n *html.Node) bool {
	for ; n != nil && n.DataAtom != atom.Body && d.looked < maxLooked; n = n.Parent {
		d.looked++
		for i := range n.Attr {
			a := &n.Attr[i]
			if a.Key != "class" && a.Key != "id" || len(a.Val) > maxClassList || !strings.Contains(a.Val, "comment") {
				continue
			}
			for name := range strings.FieldsSeq(a.Val) {
				switch name {
				case "comment", "comments", "commentlist", "comment-list", "comment-author", "comment-body", "comments-area":
					return true
				}
			}
		}
	}
	return false
}

func isByline(class string) bool {
	// Most classes hold neither word, and many of them not even its rarest letter.
	if !(strings.IndexByte(class, 'h') >= 0 && strings.Contains(class, "author")) && !(strings.IndexByte(class, 'y') >= 0 && strings.Contains(class, "byline")) {
		return false
	}
	for name := range strings.FieldsSeq(class) {
		switch strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(name), "_", "-"), "--", "-") {
		case "author", "byline", "author-name", "authorname", "article-author", "post-author", "entry-author", "byline-name", "byline-author", "author-link", "p-author", "posted-by", "post-byline", "article-byline", "entry-byline":
			return true
		}
	}
	return false
}

// authorName is the name in a byline without what stands around it, or empty when it is none.
func authorName(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 3*maxByline || strings.ContainsAny(s, "?!") {
		return ""
	}
	for _, by := range [...]string{"By ", "by ", "BY ", "Posted by ", "Written by ", "Author: ", "Von ", "von ", "Par ", "Por ", "Di "} {
		if rest, ok := strings.CutPrefix(s, by); ok {
			s = rest
			break
		}
	}
	for _, end := range [...]string{" | ", " • ", " · ", " – ", " - ", ", ", " on "} {
		s, _, _ = strings.Cut(s, end)
	}
	s = strings.Trim(s, " :,|·•-–")
	if s == "" || len(s) > maxByline || len(strings.Fields(s)) > maxBylineWords || strings.ContainsAny(s, "@/<>{}0123456789") {
		return ""
	}
	return oneLine(s)
}
