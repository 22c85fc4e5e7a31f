package clean

import (
	"strings"
	"testing"
	"unicode"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
)

// mustText extracts with small pages' needs: the default minimum would make the whole page of most cases.
func mustText(t testing.TB, page string, extract string) string {
	t.Helper()
	opts := DefaultOptions()
	opts.Extract, opts.MinText = extract, 20
	text, _, err := Text([]byte(page), "text/html; charset=utf-8", opts)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestFormat(t *testing.T) {
	tests := []struct{ name, html, want string }{
		{"paragraphs", "<p>One  two\n three.</p><p>Four.</p>", "One two three.\n\nFour."},
		{"headings", "<h1>Title</h1>text under it<h2>Next</h2>", "Title\n\ntext under it\n\nNext"},
		{"inline elements", "<p>a<b>b</b><i> c</i>d <span>e</span></p>", "ab cd e"},
		{"line break", "<p>one<br>two<br/>three</p>", "one\ntwo\nthree"},
		{"two line breaks end a paragraph", "one<br><br>two<br> <br>three", "one\n\ntwo\n\nthree"},
		{"list", "<p>x</p><ul><li>one</li><li><p>two</p></li>\n<li>three</ul><p>y</p>", "x\n\n- one\n- two\n- three\n\ny"},
		{"nested list", "<ul><li>one<ul><li>inner</li></ul></li><li>two</li></ul>", "- one\n  - inner\n- two"},
		{"item of two paragraphs", "<ul><li><p>one</p><p>more</p></li><li>two</li></ul>", "- one\n\n  more\n\n- two"},
		{"own bullets", "<ul><li>• one</li><li>- two</li></ul>", "• one\n- two"},
		{"table", "<table><tr><th>Name<th>Age</tr><tr><td>Ann</td><td> 31 </td></tr></table>", "Name | Age\nAnn | 31"},
		{"cell with a line break", "<table><tr><td>a<br>b</td><td>c</td></tr></table>", "a b | c"},
		{"layout table", "<table><tr><td><p>one</p><p>two</p></td><td>three</td></tr></table>", "one\n\ntwo\n\nthree"},
		{"pre", "<p>see:</p><pre>if x:\n    return  1\n\n  # end  \n</pre>", "see:\n\nif x:\n    return  1\n\n  # end"},
		{"code in pre", "<pre><code>a\n\tb</code></pre>", "a\n\tb"},
		{"references", "<p>R&amp;D &lt;tag&gt; &eacute;&#8212;&#x41;&nbsp;b</p>", "R&D <tag> é—A b"},
		{"scripts and styles", "<p>a</p><script>var x='<p>no</p>'</script><style>p{}</style><template><p>no</p></template><p>b</p>", "a\n\nb"},
		{"form controls", "<p>a</p><select><option>no</option></select><textarea>no</textarea><p>b</p>", "a\n\nb"},
		{"comments", "<p>a<!-- no -->b</p><!-- <p>no</p> -->", "ab"},
		{"definition list", "<dl><dt>Term<dd>Meaning</dl>", "Term\n\nMeaning"},
		{"line end between Chinese characters", "<p>晚上我们\n  去河边。</p>", "晚上我们去河边。"},
		{"line end between words and Chinese", "<p>看\nGo</p>", "看 Go"},
		{"ruby", "<p><ruby>川<rp>(</rp><rt>かわ</rt><rp>)</rp></ruby></p>", "川かわ"},
		{"svg text", "<p>a</p><svg><text>no</text></svg>", "a"},
		{"hidden", `<p>a</p><p hidden>no</p><p style="color:red; display : none">no</p>`, "a"},
		{"no body tag, no end tags", "<title>no</title><p>a<p>b", "a\n\nb"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, mustText(t, tt.html, ExtractAll)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.want, readPage(parseLenient(tt.html, true), false, false).render()); diff != "" {
				t.Errorf("lenient tree: %s", diff)
			}
		})
	}
}

const (
	first  = "The council agreed on Tuesday to rebuild the old bridge, which has been closed to traffic since the flood three years ago."
	second = "Work is to begin in spring, and the engineers who drew the plans expect that it will take some fourteen months, weather permitting."
	third  = "Residents on both banks had asked for a crossing for pedestrians in the meantime, but the mayor said that there was no money for it."
)

func TestMainContent(t *testing.T) {
	article := "<h1>Bridge to be rebuilt</h1><p>" + first + "</p><p>" + second + "</p><p>" + third + "</p>"
	menu := "<ul>" + strings.Repeat(`<li><a href="/s">Some section</a></li>`, 12) + "</ul>"
	teasers := strings.Repeat(`<div class="t"><a href="/x">Another story with a headline of some length that leads elsewhere</a></div>`, 10)
	want := []string{first, second, third}
	tests := []struct {
		name, html string
		in, out    []string
	}{
		{"semantic page", "<nav>" + menu + "</nav><main><article>" + article + "</article></main><footer><p>All rights reserved by the paper and its owners.</p></footer>",
			want, []string{"Some section", "rights reserved"}},
		{"divs only", `<div>` + menu + `</div><div>` + article + `</div><div>` + teasers + `</div>`, want, []string{"Some section", "Another story"}},
		{"layout table", `<table><tr><td>` + menu + `</td><td>` + article + `</td><td>` + teasers + `</td></tr></table>`, want, []string{"Some section", "Another story"}},
		{"cookie banner", `<div class="cookie-banner"><p>We and our partners store small files on your device, so that we can measure how this site is used by its readers.</p></div><div>` + article + `</div>`,
			want, []string{"our partners"}},
		{"form around the page", `<form action="/" id="aspnetForm">` + menu + article + `</form>`, want, []string{"Some section"}},
		{"misleading class", `<div class="sidebar-left content-area">` + article + `</div>`, want, nil},
		{"negated class", `<div class="page with-sidebar"><div>` + article + `</div></div>`, want, nil},
		{"readers' comments", `<div>` + article + `</div><div id="comments"><p>` + strings.Repeat("What a waste of money this bridge will be for all of us. ", 20) + `</p></div>`,
			want, []string{"waste of money"}},
		{"forum thread", `<body class="forum topic"><div class="discussion">` + strings.Repeat(`<div class="comment"><p>I have the same question about the valve, and nobody in the shop could tell me anything useful about it.</p></div>`, 8) + `</div>`,
			[]string{"same question about the valve"}, nil},
		{"teaser links after the article", `<div>` + article + `<div class="x"><h3>Read on</h3>` + menu + `</div></div>`, want, []string{"Some section", "Read on"}},
		{"lists, tables and code within", `<article>` + article + `<ul><li>stone piers</li><li>steel deck</li></ul><table><tr><td>Length</td><td>212 m</td></tr></table><pre>span = 2 * 106
  ok</pre></article>`, append([]string{"- stone piers\n- steel deck", "Length | 212 m", "span = 2 * 106\n  ok"}, want...), nil},
		{"text for browsers without scripts", `<body><div id="app"></div><noscript><div><p>` + first + `</p></div></noscript>`, []string{first}, nil},
		{"short page", `<body><p>Closed on Mondays. Open 9 to 5.</p></body>`, []string{"Closed on Mondays. Open 9 to 5."}, nil},
		{"list of links is all there is", `<body><div>` + menu + `</div></body>`, []string{"- Some section"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := mustText(t, tt.html, ExtractMain)
			for _, s := range tt.in {
				if !strings.Contains(got, s) {
					t.Errorf("%q is missing from:\n%s", s, got)
				}
			}
			for _, s := range tt.out {
				if strings.Contains(got, s) {
					t.Errorf("%q stands in:\n%s", s, got)
				}
			}
		})
	}
}

func TestTextPlain(t *testing.T) {
	for _, tt := range []struct{ name, contentType, in, want string }{
		{"declared", "text/plain; charset=windows-1251", string([]byte{0xC4, 0xE0}) + " <b>no tag</b> &amp;\r\n\r\n\r\nend", "Да <b>no tag</b> &amp;\n\nend"},
		{"no tag", "", "5 < 6  and more\n", "5 < 6 and more"},
		{"html in capitals", "TEXT/HTML", "<P>a</P>", "a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, _, err := Text([]byte(tt.in), tt.contentType, DefaultOptions())
			if err != nil || got != tt.want {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

// goqueryWords is the plain reference of ExtractAll: the words of the body as goquery sees them.
func goqueryWords(t testing.TB, page string) []string {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	doc.Find("script,style,noscript,template,iframe,object,svg,select,textarea,[hidden]").Remove()
	doc.Find("p,div,li,td,th,h1,h2").AppendHtml(" ").PrependHtml(" ")
	doc.Find("br").ReplaceWithHtml(" ")
	return words(doc.Find("body").Text())
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

func TestAllAgainstGoquery(t *testing.T) {
	for seed := range uint64(40) {
		page := makePage(seed)
		want := goqueryWords(t, page)
		if diff := cmp.Diff(want, words(mustText(t, page, ExtractAll))); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
		lenient := words(readPage(parseLenient(page, true), false, false).render())
		if diff := cmp.Diff(want, lenient); diff != "" {
			t.Fatalf("seed %d, lenient tree: %s", seed, diff)
		}
	}
}
