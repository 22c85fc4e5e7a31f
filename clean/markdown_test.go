package clean

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func mustMarkdown(t testing.TB, page, links string) string {
	t.Helper()
	opts := DefaultOptions()
	opts.Extract, opts.Format, opts.Links = ExtractAll, FormatMarkdown, links
	text, _, err := Text([]byte(page), "text/html; charset=utf-8", opts)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestMarkdownBlocks(t *testing.T) {
	tests := []struct{ name, html, want string }{
		{"headings", "<h1>One</h1><p>a</p><h3>Three <em>x</em></h3><h6>Six</h6>", "# One\n\na\n\n### Three *x*\n\n###### Six"},
		{"strong heading", "<h2><strong>All of it</strong></h2>", "## All of it"},
		{"heading with a line break and a number sign", "<h2>C<br>and C #</h2>", "## C and C \\#"},
		{"paragraphs", "<p>one<p>two", "one\n\ntwo"},
		{"line break", "<p>one<br>two</p>", "one\\\ntwo"},
		{"list", "<p>a</p><ul><li>one<li>two</ul><p>b</p>", "a\n\n- one\n- two\n\nb"},
		{"ordered list", "<ol><li>one<li>two</ol>", "1. one\n2. two"},
		{"start and value", `<ol start="9"><li>nine<li>ten<li value="20">twenty<li>more</ol>`, "9. nine\n10. ten\n20. twenty\n21. more"},
		{"start that is no number", `<ol start="-3"><li>one</ol>`, "1. one"},
		{"nested list", "<ul><li>one<ol><li>inner<ul><li>deep</ul></ol><li>two</ul>", "- one\n  1. inner\n     - deep\n- two"},
		{"nested list from 3", "<ul><li>one<ol start=3><li>inner</ol></ul>", "- one\n\n  3. inner"},
		{"list in a list without an item", "<ul><li>one</li><ul><li>inner</li></ul><li>two</li></ul>", "- one\n  - inner\n- two"},
		{"item that holds but a list", "<ul><li>one</li><li><ul><li>inner</li></ul></li></ul>", "- one\n  - inner"},
		{"first item that holds but a list", "<ul><li><ul><li>inner</li><li>more</li></ul></li></ul>", "- inner\n- more"},
		{"item of two paragraphs", "<ul><li><p>one</p><p>more</p></li><li>two</li></ul>", "- one\n\n  more\n\n- two"},
		{"items with their own bullets and numbers", "<ul><li>• one<li>- two</ul><ol><li>1. three<li>7. four</ol>", "- one\n- two\n\n1. three\n2. 7\\. four"},
		{"list that lays out the page", "<ul><li><h3>Head</h3><p>text</p></li><li><h3>Next</h3><p>text</p></li></ul>", "### Head\n\ntext\n\n### Next\n\ntext"},
		{"quote", "<p>He said, and would not take it back, whatever they told him:</p><blockquote><p>one</p><p>two<br>lines</p></blockquote><p>b</p>",
			"He said, and would not take it back, whatever they told him:\n\n> one\n>\n> two\\\n> lines\n\nb"},
		{"list in a quote", "<p>He said, and would not take it back, whatever they told him:</p><blockquote><ul><li>one<li>two</ul></blockquote>",
			"He said, and would not take it back, whatever they told him:\n\n> - one\n> - two"},
		{"quote around the page", "<blockquote><p>All of the page.</p></blockquote>", "All of the page."},
		{"code", "<pre><code class=\"language-Go\">if x {\n\treturn 1\n\n\n}\n</code></pre>", "```go\nif x {\n\treturn 1\n\n\n}\n```"},
		{"code with a fence", "<pre>a\n```\nb</pre>", "````\na\n```\nb\n````"},
		{"code in an item", "<ul><li>see<pre>a\n  b</pre></li><li>two</li></ul>", "- see\n\n  ```\n  a\n    b\n  ```\n\n- two"},
		{"lines of inline code", "<p><code>a *= 1<br>b = 2</code></p>", "```\na *= 1\nb = 2\n```"},
		{"definition list", "<dl><dt>Term<dd>Meaning</dl>", "Term\n\nMeaning"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, mustMarkdown(t, tt.html, LinksDrop)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMarkdownTables(t *testing.T) {
	tests := []struct{ name, html, want string }{
		{"header row", "<table><tr><th>Name<th>Age</tr><tr><td>Ann<td>31</table>", "| Name | Age |\n| --- | --- |\n| Ann | 31 |"},
		{"header in thead", "<table><thead><tr><td>Name<td>Age<tbody><tr><td>Ann<td>31</table>", "| Name | Age |\n| --- | --- |\n| Ann | 31 |"},
		{"no header", "<table><tr><th>Length<td>212 m<tr><th>Width<td>9 m</table>", "| | |\n| --- | --- |\n| Length | 212 m |\n| Width | 9 m |"},
		{"bars", "<table><tr><th>a|b<th><code>x|y</code></tr><tr><td>c<td>d</table>", "| a\\|b | `x\\|y` |\n| --- | --- |\n| c | d |"},
		{"line break in a cell", "<table><tr><th>a<br>b<th>c</table>", "| a b | c |\n| --- | --- |"},
		{"empty cells", "<table><tr><th>a<th>b<th>c<tr><td><td>1<td>2<tr><td>3<td><td></table>", "| a | b | c |\n| --- | --- | --- |\n| | 1 | 2 |\n| 3 |"},
		{"colspan", "<table><tr><th colspan=2>a<th>b<tr><td>1<td>2<td>3</table>", "| a | | b |\n| --- | --- | --- |\n| 1 | 2 | 3 |"},
		{"rowspan", "<table><tr><th>a<th>b<tr><td rowspan=2>1<td>2<tr><td>3<tr><td>4<td>5</table>", "| a | b |\n| --- | --- |\n| 1 | 2 |\n| | 3 |\n| 4 | 5 |"},
		{"wide colspan", "<table><tr><th>a<th>b<tr><td colspan=100000>1<td>2</table>", "| a | b | |\n| --- | --- | --- |\n| 1 | | 2 |"},
		{"emphasis in cells", "<table><tr><th><b>a</b><th>b</tr><tr><td>1<td>2 <em>x</em></table>", "| **a** | b |\n| --- | --- |\n| 1 | 2 *x* |"},
		{"caption", "<table><caption>Ages</caption><tr><th>Name<th>Age<tr><td>Ann<td>31</table>", "Ages\n\n| Name | Age |\n| --- | --- |\n| Ann | 31 |"},
		{"two tables", "<table><tr><th>a<th>b</table><table><tr><th>c<th>d</table>", "| a | b |\n| --- | --- |\n\n| c | d |\n| --- | --- |"},
		{"row of one cell between rows", "<table><tr><th>a<th>b<tr><td>x<td>y<tr><td colspan=2>Part two<tr><td>1<td>2</table>",
			"| a | b |\n| --- | --- |\n| x | y |\n| Part two |\n| 1 | 2 |"},
		{"layout table", "<table><tr><td><p>one</p><p>two</p></td><td>three</td></tr></table>", "one\n\ntwo\n\nthree"},
		{"one column", "<table><tr><td>one<tr><td>two</table>", "one\n\ntwo"},
		{"nested", "<table><tr><td><table><tr><td>a<td>b</table><td>c</table>", "| | |\n| --- | --- |\n| a | b |\n\nc"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, mustMarkdown(t, tt.html, LinksDrop)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMarkdownManyColumns(t *testing.T) {
	got := mustMarkdown(t, "<table><tr>"+repeatf(200, "<td>c%d")+"</table>", LinksDrop)
	if !strings.Contains(got, "| c0 | c1 |") || !strings.HasSuffix(got, "| c198 | c199 |") {
		t.Errorf("got %s", got)
	}
}

func TestMarkdownInline(t *testing.T) {
	tests := []struct{ name, html, want string }{
		{"emphasis", "a <em>b</em> and <i>c</i> <strong>d</strong> <b>e</b>.", "a *b* and *c* **d** **e**."},
		{"space within emphasis", "a<b> b </b>c", "a **b** c"},
		{"nested emphasis", "<em>a <b>b</b></em> c", "*a **b*** c"},
		{"same emphasis twice", "<b>a <strong>b</strong></b>", "**a b**"},
		{"emphasis within a word", "un<b>believ</b>able", "un**believ**able"},
		{"emphasis that no reader would find", "a<b>(b)</b>c", "a(b)c"},
		{"emphasis side by side", "<b>a</b><i>b</i> c", "**a**b c"},
		{"emphasis over paragraphs", "<b><p>a</p><p>b</p></b>", "**a**\n\n**b**"},
		{"empty emphasis", `a<i class="icon"></i>b`, "ab"},
		{"code", "use <code>a  *b*</code> or <kbd>Ctrl</kbd>", "use `a *b*` or `Ctrl`"},
		{"code with backticks", "<code>a`b</code> and <code>``</code>", "``a`b`` and ` `` `"},
		{"emphasis within code", "<code>a <b>b</b></code>", "`a b`"},
		{"highlighted code", `<code>x <span class="comment">// no</span></code> y`, "`x // no` y"},
		{"link text alone", `see <a href="/x">this [1]</a>`, "see this [1]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, mustMarkdown(t, "<p>"+tt.html, LinksDrop)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMarkdownEscapes(t *testing.T) {
	tests := []struct{ name, html, want string }{
		{"names and sums", "snake_case, 2 * 3, AT&amp;T, a_b_c, 5 &lt; 6", "snake_case, 2 * 3, AT&T, a_b_c, 5 < 6"},
		{"asterisks", "*a* and 2*3", "\\*a\\* and 2\\*3"},
		{"underscores", "_a_ and __init__", "\\_a\\_ and \\_\\_init\\_\\_"},
		{"tildes", "~~gone~~ and ~5", "~~gone\\~\\~ and ~5"},
		{"backslashes", `C:\dir a\*b \\ c\`, `C:\dir a\\\*b \\\ c\`},
		{"tag", "&lt;b&gt; &lt;/a&gt; a&lt;b", "\\<b> \\</a> a\\<b"},
		{"mail address", "&lt;1a@b.example&gt; &lt;1 @", "\\<1a@b.example> <1 @"},
		{"reference", "&amp;amp; &amp;#65; &amp; co", "\\&amp; \\&#65; & co"},
		{"backtick", "a`b", "a\\`b"},
		{"link", "[a](b) and [c] (d)", "[a\\](b) and [c] (d)"},
		{"link definition", "[a]: http://x/", "\\[a]: http://x/"},
		{"heading", "# one<br>#two<br>####### seven", "\\# one\\\n#two\\\n####### seven"},
		{"quote", "&gt; one", "\\> one"},
		{"bullets", "- one<br>+ two<br>* three<br>-four", "\\- one\\\n\\+ two\\\n\\* three\\\n-four"},
		{"numbers", "1. one<br>2) two<br>3.5 is no item<br>1234567890. too long", "1\\. one\\\n2\\) two\\\n3.5 is no item\\\n1234567890. too long"},
		{"rules", "---<br>***<br>_ _ _<br>===", "\\---\\\n\\***\\\n\\_ _ _\\\n\\==="},
		{"fence", "~~~ x", "\\~~~ x"},
		{"row below a line", "a | b<br>--|--", "a | b\\\n\\--|--"},
		{"TeX between dollar signs", `$x_1*y$ and $$a_{1}*$$ for $5 and $10`, `$x_1*y$ and $$a_{1}*$$ for $5 and $10`},
		{"TeX between brackets", `\(x_1 * y_*\) and \[a_{*}\]`, `\(x_1 * y_*\) and \[a_{*}\]`},
		{"bracket without its other", `a \( b *c*`, `a \\( b \*c\*`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, mustMarkdown(t, "<p>"+tt.html, LinksDrop)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if got, want := mustMarkdown(t, "<p>a<ul><li>[x] done", LinksDrop), "a\n\n- \\[x] done"; got != want {
		t.Errorf("check box: %q, want %q", got, want)
	}
}

func TestMarkdownLinks(t *testing.T) {
	tests := []struct{ name, html, want string }{
		{"address", `see <a href="https://a.example/b?c=1&amp;d=(2)">this</a>.`, "see [this](https://a.example/b?c=1&d=%282%29)."},
		{"address like a reference", `<a href="https://a.example/?a&amp;amp;b">c</a>`, "[c](https://a.example/?a&amp;amp;b)"},
		{"relative to base", `<base href="https://a.example/x/"><p><a href="../y z">b</a>`, "[b](https://a.example/y%20z)"},
		{"no base", `<a href="/y">b</a>`, "[b](/y)"},
		{"within the page", `<a href="#top">b</a>`, "b"},
		{"script", `<a href="javascript:f()">b</a>`, "b"},
		{"brackets and markup in the text", `<a href="/y">a [1] <b>c</b></a>`, "[a \\[1\\] **c**](/y)"},
		{"no image", `wow!<a href="/y">b</a>`, "wow\\![b](/y)"},
		{"no text", `a<a href="/y"><img src="x.png"></a>b`, "ab"},
		{"around blocks", `<a href="/y"><h3>Head</h3><p>text</p></a>`, "### [Head](/y)\n\n[text](/y)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, mustMarkdown(t, tt.html, LinksKeep)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestGolden(t *testing.T) {
	pages, err := filepath.Glob("testdata/render/*.html")
	if err != nil || len(pages) == 0 {
		t.Fatal("no pages", err)
	}
	for _, name := range pages {
		page, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for format, ext := range map[string]string{FormatText: ".txt", FormatMarkdown: ".md"} {
			t.Run(filepath.Base(name)+ext, func(t *testing.T) {
				opts := DefaultOptions()
				opts.Format, opts.Links = format, LinksKeep
				got, _, err := Text(page, "text/html; charset=utf-8", opts)
				if err != nil {
					t.Fatal(err)
				}
				golden := strings.TrimSuffix(name, ".html") + ext
				if *update {
					if err := os.WriteFile(golden, []byte(got+"\n"), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got+"\n"); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// TestMarkdownWords checks on generated pages that Markdown has the words of plain text, and no others.
func TestMarkdownWords(t *testing.T) {
	for seed := range uint64(20) {
		page := makePage(seed)
		want := words(mustText(t, page, ExtractAll))
		if diff := cmp.Diff(want, words(mustMarkdown(t, page, LinksDrop))); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
	}
}

// TestMarkdownHostile takes pages on which a careless writer of Markdown takes time or output out of proportion.
func TestMarkdownHostile(t *testing.T) {
	const n = 20_000
	for _, tt := range []struct {
		name, page string
		most       int // bytes of Markdown for each byte of the page
	}{
		{"emphasis", strings.Repeat("<b>x</b><i>y</i>", n), 1},
		{"nested emphasis", strings.Repeat("<em><strong>x ", 200) + strings.Repeat("y ", n), 1},
		{"emphasis around paragraphs", "<b><i><code>" + strings.Repeat("<p>x", n), 4},
		{"links", strings.Repeat("<a href=/>x</a>", n), 1},
		{"special characters", strings.Repeat(`*_[]<&~\$(`+"`", n), 2},
		{"TeX without an end", strings.Repeat(`\( $a `, n), 2},
		{"rows of one cell", "<table>" + strings.Repeat("<tr><td>x", n) + "</table>", 1},
		{"spanning cells", "<table>" + strings.Repeat("<tr><td colspan=1000 rowspan=65534>x<td>y", n) + "</table>", 5},
		{"wide rows", "<table>" + strings.Repeat("<tr>"+strings.Repeat("<td>x", 100), n/100) + "</table>", 1},
		{"nested quotes", strings.Repeat("<blockquote>x", n/10), 4},
		{"nested lists", strings.Repeat("<ol><li>x", n/10), 6},
		{"number signs", "<h1>" + strings.Repeat(" #", n), 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := mustMarkdown(t, tt.page+"<p>"+first, LinksKeep)
			if !strings.Contains(got, first) {
				t.Errorf("the paragraph behind is missing from %d bytes", len(got))
			}
			if len(got) > tt.most*len(tt.page)+1000 {
				t.Errorf("%d bytes of Markdown for a page of %d", len(got), len(tt.page))
			}
		})
	}
}

func BenchmarkMarkdown(b *testing.B) {
	page := []byte(makePage(3))
	opts := DefaultOptions()
	opts.Format, opts.Links = FormatMarkdown, LinksKeep
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		if _, _, err := Text(page, "text/html", opts); err != nil {
			b.Fatal(err)
		}
	}
}
