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
	{"attributes", func(n int) string { return "<p " + repeatf(n, "a%d=1 ") + ">x</p>" }, 1_000_000, true},
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
	{"adoption agency", func(n int) string { return strings.Repeat("<a><div>", 200) + strings.Repeat("</a>x<a>", n) }, 50_000, true},
}

func TestHostilePages(t *testing.T) {
	for _, tt := range hostilePages {
		t.Run(tt.name, func(t *testing.T) {
			n := tt.n
			if testing.Short() {
				n /= 20
			}
			page := tt.page(n) + "<p>" + first + "</p>"
			for _, extract := range []string{ExtractMain, ExtractAll} {
				got := mustText(t, page, extract)
				if tt.found && !strings.Contains(got, first) {
					t.Errorf("%s: the paragraph behind is missing from %d bytes of text", extract, len(got))
				}
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
	f.Fuzz(func(t *testing.T, page []byte, contentType string) {
		opts := DefaultOptions()
		for _, opts.Extract = range []string{ExtractMain, ExtractAll} {
			text, charset, err := Text(page, contentType, opts)
			if err != nil {
				continue
			}
			if !utf8.ValidString(text) || !norm.NFC.IsNormalString(text) || charset == "" {
				t.Errorf("%s: %q is not valid NFC, or charset %q is empty", opts.Extract, text, charset)
			}
			if again := normalisePre(text); again != text {
				t.Errorf("%s: once %q, again %q", opts.Extract, text, again)
			}
			checkNormalise(t, text)
		}
	})
}
