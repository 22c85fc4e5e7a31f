package report

import (
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// outside finds what a style sheet can fetch.
var outside = regexp.MustCompile(`(?i)url\(|@import|expression\(`)

// The page must be safe to open and work offline: no script, no event handler, no reference but to its own sections.
func TestPageRefersToNothingOutside(t *testing.T) {
	page := readTree(t, hostile(t, hostileManifest()))["index.html"]
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	ids, links := map[string]bool{}, []string{}
	var text strings.Builder
	for n := range root.Descendants() {
		switch {
		case n.Type == html.TextNode:
			text.WriteString(n.Data)
			continue
		case n.Type == html.ElementNode && (n.Data == "style"):
			if outside.MatchString(n.FirstChild.Data) {
				t.Error("the style sheet refers to something outside")
			}
		case n.Type == html.ElementNode && strings.Contains(" script iframe object embed link base form img image use foreignobject ", " "+strings.ToLower(n.Data)+" "):
			t.Errorf("the page holds <%s>", n.Data)
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "id" && ids[a.Val]:
				t.Errorf("two elements have the id %q", a.Val)
			case a.Key == "id":
				ids[a.Val] = true
			case a.Key == "href":
				links = append(links, a.Val)
			case a.Key == "src" || a.Key == "srcset" || a.Key == "style" || strings.HasPrefix(a.Key, "on"):
				t.Errorf("<%s> has %s=%q", n.Data, a.Key, a.Val)
			}
		}
	}
	for _, l := range links {
		if id, ok := strings.CutPrefix(l, "#"); !ok || !ids[id] {
			t.Errorf("link to %q, which is no section", l)
		}
	}
	if len(links) == 0 {
		t.Error("the page has no table of contents")
	}
	for _, want := range []string{script, pipes, hebrew, `safe\u202egnp.exe`, formula, longURL[:maxShown] + "…", "<EMAIL>"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	if strings.Contains(page, "\u202e") {
		t.Error("the page holds a character that reverses text")
	}
}

func TestPageIsAccessible(t *testing.T) {
	page := readTree(t, hostile(t, hostileManifest()))["index.html"]
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	headings, tables := 0, 0
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "html":
			if attr(n, "lang") == "" {
				t.Error("the page names no language")
			}
		case "h1":
			headings++
		case "table":
			tables++
			if first := firstElement(n); first == nil || first.Data != "caption" {
				t.Error("a table has no caption")
			}
		case "svg":
			if attr(n, "aria-hidden") == "" && (attr(n, "role") != "img" || attr(n, "aria-label") == "") {
				t.Error("a picture has no text")
			}
		case "th":
			if attr(n, "scope") == "" {
				t.Error("a heading of a table has no scope")
			}
		}
	}
	if headings != 1 || tables == 0 {
		t.Errorf("the page has %d h1 and %d tables", headings, tables)
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func firstElement(n *html.Node) *html.Node {
	for c := range n.ChildNodes() {
		if c.Type == html.ElementNode {
			return c
		}
	}
	return nil
}
