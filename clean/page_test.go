package clean

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// makePage makes a page of the shape of a news site's: a head with scripts, a menu, an article with markup, a list, a table
// and code, teasers, comments and a footer. The same seed gives the same page.
func makePage(seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 7))
	vocabulary := strings.Fields("the river was wide and nobody spoke while an old boat drifted slowly past of houses that stood empty since winter café naïve über 2024 water light morning people town road letter answer question")
	sentence := func(n int) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(vocabulary[r.IntN(len(vocabulary))])
		}
		return b.String() + "."
	}
	var b strings.Builder
	b.WriteString("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + sentence(5) + "</title>")
	for range 5 {
		fmt.Fprintf(&b, "<script>var a = {%q: \"<p>%s</p>\"};</script>\n<link rel=stylesheet href=\"/s%d.css\">", "k", strings.Repeat("x", 300), r.IntN(9))
	}
	b.WriteString("</head><body class=\"home page\">\n<header class=\"masthead\"><nav><ul>")
	for i := range 25 {
		fmt.Fprintf(&b, "<li class=\"menu-item menu-item-%d\"><a href=\"/section/%d\">%s</a></li>\n", i, i, vocabulary[i])
	}
	b.WriteString("</ul></nav></header><div id=\"wrap\"><main><article class=\"post\"><h1>" + sentence(7) + "</h1>")
	for i := range 12 + r.IntN(10) {
		switch i % 6 {
		case 3:
			b.WriteString("<ul><li>" + sentence(6) + "</li><li>" + sentence(9) + "</li></ul>\n")
		case 5:
			fmt.Fprintf(&b, "<table><tr><th>%s</th><th>%s</th></tr><tr><td>%d</td><td>%d</td></tr></table>", sentence(1), sentence(1), r.IntN(99), r.IntN(99))
		default:
			fmt.Fprintf(&b, "<p>%s <a href=\"/x?%d\">%s</a> &mdash; <em>%s</em> %s</p>\n", sentence(20+r.IntN(40)), r.IntN(9999), sentence(2), sentence(3), sentence(25))
		}
	}
	b.WriteString("</article></main><aside class=\"sidebar\">")
	for i := range 20 {
		fmt.Fprintf(&b, "<div class=\"teaser t%d\" data-id=\"%d\"><img src=\"/i/%d.jpg\" alt=\"\"><a href=\"/story/%d\"><span>%s</span></a></div>\n", i%3, i, i, i, sentence(8))
	}
	b.WriteString("</aside></div><div id=\"comments\">")
	for i := range r.IntN(8) {
		fmt.Fprintf(&b, "<div class=\"comment\" id=\"c%d\"><b>%s</b><p>%s</p></div>", i, vocabulary[i], sentence(20))
	}
	b.WriteString("</div><footer><p>" + sentence(12) + "</p></footer></body></html>")
	return b.String()
}
