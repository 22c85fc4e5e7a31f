package clean

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func repeatf(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// hostilePages are pages on which a careless extractor takes time or memory out of proportion, or a deep recursion.
// Each is followed by a paragraph that must be found where markup still allows it.
var hostilePages = []struct {
	name  string
	page  func(n int) string
	n     int
	found bool // whether the paragraph behind it is text
}{
	{"nested divs", func(n int) string { return strings.Repeat("<div>", n) }, 100_000, true},
	{"nested lists", func(n int) string { return strings.Repeat("<ul><li>x", n) }, 50_000, true},
	{"nested tables", func(n int) string { return strings.Repeat("<table><tr><td>x", n) }, 50_000, true},
	{"nested inline elements", func(n int) string { return strings.Repeat("<span>x", n) }, 100_000, true},
	{"nested blocks in bold", func(n int) string { return strings.Repeat("<b><div>x", n) }, 50_000, true},
	{"attributes", func(n int) string { return "<p " + repeatf(n, "a%d=1 ") + ">x</p>" }, 500_000, true},
	{"tags behind many attributes", func(n int) string { return "<p " + repeatf(n, "a%d ") + ">" + strings.Repeat("<hr a>", n) }, 100_000, true},
	{"body tags on a body with many attributes", func(n int) string {
		return "<body " + repeatf(n, "a%d ") + ">" + strings.Repeat("<BODY b>", n)
	}, 50_000, true},
	{"formatting elements reopened", func(n int) string {
		return "<p>" + repeatf(400, "<b a=%d>") + strings.Repeat("<p>x", n)
	}, 100_000, true},
	{"less-than signs", func(n int) string { return strings.Repeat("<", n) }, 10 << 20, true},
	{"ampersands", func(n int) string { return strings.Repeat("&", n) + "<br>" }, 1 << 20, true},
	{"entities", func(n int) string { return strings.Repeat("&NotEqualTilde;&amp", n) }, 200_000, true},
	{"numeric references", func(n int) string { return repeatf(n, "&#%d;") }, 200_000, true},
	{"unclosed comment", func(n int) string { return "<p>x</p><!--" + strings.Repeat("-<!--", n) }, 400_000, false},
	{"unclosed attribute", func(n int) string { return "<p>x</p><a href=\"" + strings.Repeat("x>", n) }, 500_000, false},
	{"unclosed script", func(n int) string { return "<p>x</p><script>" + strings.Repeat("</scrip", n) }, 200_000, false},
	{"stray end tags", func(n int) string { return strings.Repeat("x</a>", n) }, 200_000, true},
	{"doctypes", func(n int) string { return strings.Repeat("<!DOCTYPE html>", n) }, 100_000, true},
	{"line breaks", func(n int) string { return strings.Repeat("<br>", n) }, 300_000, true},
	{"empty paragraphs", func(n int) string { return strings.Repeat("<p>", n) }, 300_000, true},
	{"table cells", func(n int) string { return "<table><tr>" + strings.Repeat("<td>x", n) + "</table>" }, 200_000, true},
	{"classes", func(n int) string { return repeatf(n, "<p class='c%d nav-x'>x</p>") }, 100_000, true},
	{"a long class", func(n int) string { return "<p class='" + strings.Repeat("Ab ", n) + "'>x</p>" }, 500_000, true},
	{"joiners", func(n int) string { return "<p>ا" + strings.Repeat("\u200D", n) + "</p>" }, 300_000, true},
	{"combining marks", func(n int) string { return "<p>a" + strings.Repeat("\u0301\u0323", n) + "</p>" }, 200_000, true},
	{"paragraphs in few bytes", func(n int) string { return strings.Repeat("<p>x", n) }, 500_000, true},
	{"scripts behind many tags", func(n int) string {
		return strings.Repeat("<hr>", n) + "<script></script>" + strings.Repeat("<script>a<b</script>", 100)
	}, 300_000, true},
	{"options", func(n int) string { return "<select>" + strings.Repeat("<option>x", n) + "</select>" }, 1_000_000, true},
	{"siblings", func(n int) string { return strings.Repeat("<span class=x>x</span> ", n) }, 500_000, true},
	{"a long attribute", func(n int) string {
		return "<p title='" + strings.Repeat("a&amp;b ", n) + "' style='" + strings.Repeat("a:b;", n) + "'>x</p>"
	}, 500_000, true},
	{"forms", func(n int) string { return strings.Repeat("<form><div>x</form>", n) }, 50_000, true},
	{"fonts in cells", func(n int) string { return strings.Repeat("<table><tr><td><font a><a href=x>x</table>", n) }, 50_000, true},
	{"anchors in tables", func(n int) string { return strings.Repeat("<a><table><a>x</table>", n) }, 50_000, false},
	{"zero bytes", func(n int) string { return "<p>" + strings.Repeat("word and word and\x00 word ", n) + "</p>" }, 10_000, true},
	{"metas", func(n int) string { return repeatf(n, "<meta property='og:x%d' content=y><link rel=x href=y>") }, 100_000, true},
	{"a title of a megabyte", func(n int) string { return "<title>" + strings.Repeat("x | y - ", n) + "</title>" }, 200_000, true},
	{"nested quotes around many paragraphs", func(n int) string { return strings.Repeat("<blockquote>", 300) + strings.Repeat("<p>x</p>", n) }, 50_000, true},
	{"nested lists around many items", func(n int) string { return strings.Repeat("<ul><li>", 200) + strings.Repeat("<li>x", n) }, 50_000, true},
	{"nested maths", func(n int) string { return "<math>" + strings.Repeat("<mrow><msup>", n) + "<mi>x" }, 50_000, false},
	{"nested data", func(n int) string {
		return `<script type="application/ld+json">` + strings.Repeat(`{"a":[`, n) + "</script>"
	}, 100_000, true},
	{"wide rows", func(n int) string {
		return "<table>" + strings.Repeat("<tr>"+strings.Repeat("<td>x", 100), n/100) + "</table>"
	}, 200_000, false},
	{"spans of a table", func(n int) string {
		return "<table>" + strings.Repeat("<tr><td colspan=1000 rowspan=65534>x<td>y", n) + "</table>"
	}, 10_000, true},
	{"code", func(n int) string { return "<pre><code>" + strings.Repeat("<span>`x\n</span>", n) + "</code></pre>" }, 100_000, true},
	{"adoption agency", func(n int) string { return strings.Repeat("<a><div>", 200) + strings.Repeat("</a>x<a>", n) }, 50_000, true},
}

func TestHostilePages(t *testing.T) {
	for _, tt := range hostilePages {
		t.Run(tt.name, func(t *testing.T) {
			n := tt.n
			if testing.Short() {
				n /= 20
			}
			for i, extract := range []string{ExtractMain, ExtractAll} {
				page := tt.page(n>>(2*i)) + "<p>" + first + "</p>"
				got := mustText(t, page, extract)
				// Of main content, one paragraph behind a hundred kilobytes of something else need not be part.
				if tt.found && !strings.Contains(got, first) && (extract == ExtractAll || len(got) < 100_000) {
					t.Errorf("%s: the paragraph behind is missing from %d bytes of text", extract, len(got))
				}
			}
			opts := DefaultOptions()
			opts.Format, opts.Links = FormatMarkdown, LinksKeep
			page := tt.page(n / 8)
			got, _, err := Text([]byte(page), "text/html", opts)
			if err != nil {
				t.Fatal(err)
			}
			if bound := 16*len(page) + 1<<20; len(got) > bound {
				t.Errorf("%d bytes of Markdown for a page of %d", len(got), len(page))
			}
		})
	}
}

// BenchmarkHostilePages shows by its MB/s that time is in proportion to size: both lines of a case are alike.
func BenchmarkHostilePages(b *testing.B) {
	for _, tt := range hostilePages {
		for _, scale := range []int{20, 5} {
			page := []byte(tt.page(tt.n / scale))
			b.Run(fmt.Sprintf("%s/1of%d", strings.ReplaceAll(tt.name, " ", "-"), scale), func(b *testing.B) {
				b.SetBytes(int64(len(page)))
				for b.Loop() {
					_, _, _ = Text(page, "text/html", DefaultOptions())
				}
			})
		}
	}
}

func FuzzExtract(f *testing.F) {
	for _, tt := range hostilePages {
		f.Add([]byte(tt.page(7)+"<p>x"), "")
	}
	f.Add([]byte(makePage(1)), "text/html; charset=utf-8")
	f.Add([]byte("\xFE\xFF\x00<\x00p\x00>\xD8\x00\x00a"), "")
	f.Add([]byte("<pre>a  b\r\n\tc\x00</pre>\xff"), "text/html; charset=shift_jis")
	f.Add([]byte(`<ol start=3><ul><li><b>a<i>b</b>*c</i><a href="x y">[d]</a><code>e`+"`"+`</code><table><tr><th colspan=3>a|b<td rowspan=2>c<tr><td>d</table><blockquote># x<br>1. y<pre><div>z<div>`), "")
	f.Add([]byte(`<p>a<span class="katex-display"><math><mfrac>b<mi>c</math></span>$x_1$ \(y\) <script type="math/tex">{\displaystyle z}</script><img class=tex alt=" ">`), "")
	f.Fuzz(func(t *testing.T, page []byte, contentType string) {
		opts := DefaultOptions()
		opts.Links = LinksKeep
		for i := range 4 {
			opts.Extract = []string{ExtractMain, ExtractAll}[i%2]
			opts.Format = []string{FormatText, FormatMarkdown}[i/2]
			text, charset, err := Text(page, contentType, opts)
			if err != nil {
				continue
			}
			if !utf8.ValidString(text) || !norm.NFC.IsNormalString(text) || charset == "" {
				t.Errorf("%s: %q is not valid NFC, or charset %q is empty", opts.Extract, text, charset)
			}
			// Plain text may hold code with several blank lines in a row.
			if again := normaliseCode(text); again != text {
				t.Errorf("%s, %s: once %q, again %q", opts.Extract, opts.Format, text, again)
			}
			checkNormalise(t, text)
		}
	})
}
