package clean

import (
	"context"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"corpus"
)

func TestDeclared(t *testing.T) {
	tests := []struct {
		name, address, html string
		want                corpus.Declared
	}{
		{"nothing", "", "<p>text", corpus.Declared{}},
		{"open graph before all", "", `<title>T</title><meta property="og:title" content="O"><meta name="citation_title" content="C"><h1>H</h1>`, corpus.Declared{Title: "O"}},
		{"headline before title", "", `<title>T</title><script type="application/ld+json">{"@type":"NewsArticle","headline":"J &amp; K"}</script>`, corpus.Declared{Title: "J & K"}},
		{"title before heading", "", "<title> T\n one </title><h1>H</h1>", corpus.Declared{Title: "T one"}},
		{"heading", "", "<h1>H <b>x</b><br>y</h1><h1>other</h1>", corpus.Declared{Title: "H x y"}},
		{"site's name cut", "", `<title>How to bake – The Oven</title><meta property="og:site_name" content="The Oven">`, corpus.Declared{Title: "How to bake"}},
		{"heading behind a bar", "", `<title>The Oven: x | How to bake</title><h1>How to bake</h1>`, corpus.Declared{Title: "How to bake"}},
		{"site's name first", "https://www.the-oven.example/a", `<title>The Oven | How to bake bread</title>`, corpus.Declared{Title: "How to bake bread"}},
		{"host's name cut", "https://www.theoven.example/a", `<title>Bread - The Oven</title>`, corpus.Declared{Title: "Bread"}},
		{"heading tells the title", "", `<title>Bread - Some words</title><h1>Bread</h1>`, corpus.Declared{Title: "Bread"}},
		{"dash within a title", "", `<title>Mercury - the smallest planet</title>`, corpus.Declared{Title: "Mercury - the smallest planet"}},

		{"authors", "", `<meta name="author" content="By Ann"><meta name="author" content="Bob"><meta name="author" content="Ann">`, corpus.Declared{Author: "Ann; Bob"}},
		{"author's address is no name", "", `<meta property="article:author" content="https://x.example/ann"><a rel="author" href="/ann">Ann</a>`, corpus.Declared{Author: "Ann"}},
		{"author of JSON-LD", "", `<script type="application/ld+json">[{"@type":"Organization","name":"No"},{"@graph":[{"@type":["BlogPosting"],"author":[{"@type":"Person","name":"Ann"},{"@id":"#b"}],"comment":{"@type":"Article","author":"No"}},{"@type":"Person","@id":"#b","name":"Bob"}]}]</script>`,
			corpus.Declared{Author: "Ann; Bob"}},
		{"JSON-LD with faults", "", "<script type=application/ld+json>//<![CDATA[\n{\"@type\":\"Article\",\"headline\":\"A\nB\",\"author\":\"Ann\",}, // no\n</script>", corpus.Declared{Title: "A B", Author: "Ann"}},
		{"byline", "", `<div class="comment"><span class="author">Zoe</span></div><p class="byline">By Ann Smith | May 3</p>`, corpus.Declared{Author: "Ann Smith"}},
		{"byline that is no name", "", `<p class="byline">3 minutes ago</p><p class="author">Who wrote this, and why did they do it in so many words, when few would have been enough?</p>`, corpus.Declared{}},
		{"citation", "", `<meta name="citation_author" content="Smith, A."><meta name="citation_author" content="Jones, B.">`, corpus.Declared{Author: "Smith, A.; Jones, B."}},

		{"published", "", `<meta property="article:published_time" content="2024-05-17T23:30:00-02:00"><time datetime="2020-01-01"></time>`, corpus.Declared{Published: "2024-05-18T01:30:00Z"}},
		{"published in JSON-LD", "", `<script type="application/ld+json">{"@type":"WebPage","datePublished":"2024-05-17"}</script><meta name="date" content="2020-01-01">`, corpus.Declared{Published: "2024-05-17"}},
		{"time", "", `<time class="updated" datetime="2025-01-01">x</time><time datetime="2024-05-17 10:00">x</time>`, corpus.Declared{Published: "2024-05-17"}},
		{"impossible date", "", `<meta name="date" content="2023-02-30">`, corpus.Declared{}},
		{"address", "https://a.example/2024/05/17/bread.html", "", corpus.Declared{Published: "2024-05-17"}},
		{"address of a month", "https://a.example/2024/05/bread", "", corpus.Declared{Published: "2024-05"}},
		{"address with numbers", "https://a.example/2024/99/17/3", "", corpus.Declared{}},

		{"language", "", `<html lang="en-gb"><meta http-equiv="Content-Language" content="de">`, corpus.Declared{Language: "en-GB"}},
		{"language of meta", "", `<html lang="{lang}"><meta http-equiv="content-language" content="de, en">`, corpus.Declared{Language: "de"}},
		{"locale", "", `<meta property="og:locale" content="pt_BR">`, corpus.Declared{Language: "pt-BR"}},

		{"licence", "https://a.example/x/", `<a rel="nofollow license" href="/terms#a">terms</a>`, corpus.Declared{License: "https://a.example/terms"}},
		{"licence in a footer", "", `<p><a href="https://creativecommons.org/licenses/by/2.0/">photo</a></p><footer><a href="https://creativecommons.org/licenses/by-sa/4.0/">x</a></footer>`,
			corpus.Declared{License: "https://creativecommons.org/licenses/by-sa/4.0/"}},
		{"licence of a photo", "", `<p><a href="https://creativecommons.org/licenses/by/2.0/">photo</a></p>`, corpus.Declared{}},
		{"licence of JSON-LD", "", `<script type="application/ld+json">{"@type":"Dataset","license":{"@type":"CreativeWork","url":"https://l.example/1"}}</script>`, corpus.Declared{License: "https://l.example/1"}},
		{"rights", "", `<meta name="DC.rights" content="CC BY, https://l.example/by/ (2024)">`, corpus.Declared{License: "https://l.example/by/"}},

		{"canonical", "https://a.example/x?y=1", `<link rel="canonical" href="/x"><meta property="og:url" content="https://b.example/">`, corpus.Declared{Canonical: "https://a.example/x"}},
		{"canonical relative to nothing", "", `<link rel="canonical" href="/x"><meta property="og:url" content="https://b.example/">`, corpus.Declared{Canonical: "https://b.example/"}},
		{"canonical of another scheme", "https://a.example/", `<link rel="canonical" href="javascript:x">`, corpus.Declared{}},
		{"canonical with a base", "https://a.example/", `<base href="https://b.example/z/"><link rel="canonical" href="x">`, corpus.Declared{Canonical: "https://b.example/z/x"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root, err := html.Parse(strings.NewReader(tt.html))
			if err != nil {
				t.Fatal(err)
			}
			got := readDeclared(root, tt.address).Declared
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDeclaredBounds(t *testing.T) {
	long := strings.Repeat("ü", 5000)
	deep := `{"@type":"Article","x":` + strings.Repeat(`{"a":[`, 100_000)
	page := `<title>` + long + `</title><meta name="author" content="` + long + `"><link rel="canonical" href="https://a.example/` + long + `">` +
		`<script type="application/ld+json">` + deep + `</script><script type="application/ld+json">{"@type":"Article","headline":"` + strings.Repeat("x", maxLinked) + `"}</script>`
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	got := readDeclared(root, "").Declared
	if len(got.Title) != maxField || len(got.Author) != maxField || got.Canonical != "" || !utf8.ValidString(got.Title) {
		t.Errorf("title of %d bytes, author of %d, canonical of %d", len(got.Title), len(got.Author), len(got.Canonical))
	}
}

func TestProcessDeclares(t *testing.T) {
	c, err := New(DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	doc := corpus.Document{URL: "https://a.example/2024/05/17/x", HTML: []byte(`<html lang="de"><title>Brot</title><meta name="author" content="Ann"><p>` + first),
		Declared: corpus.Declared{Author: "Bob", License: "https://l.example/"}}
	if err := c.Process(context.Background(), &corpus.Batch{Documents: []*corpus.Document{&doc}}); err != nil {
		t.Fatal(err)
	}
	want := corpus.Declared{Title: "Brot", Author: "Bob", Published: "2024-05-17", Language: "de", License: "https://l.example/"}
	if diff := cmp.Diff(want, doc.Declared); diff != "" {
		t.Error(diff)
	}
}

func TestParseDate(t *testing.T) {
	tests := []struct{ in, want string }{
		{"2024", "2024"}, {"2024-05", "2024-05"}, {"2024-05-17", "2024-05-17"}, {"2024/05/17", "2024-05-17"}, {"20240517", "2024-05-17"},
		{"2024-05-17T10:20:30Z", "2024-05-17T10:20:30Z"}, {"2024-05-17T10:20:30.123+0200", "2024-05-17T08:20:30Z"}, {"2024-05-17T10:20", "2024-05-17"},
		{"2024-05-17 10:20:30", "2024-05-17"}, {"Fri, 17 May 2024 10:20:30 GMT", "2024-05-17T10:20:30Z"}, {"Fri, 17 May 2024 10:20:30 XYZ", ""},
		{"17 May 2024", "2024-05-17"}, {"May  17,\n2024", "2024-05-17"}, {"17.05.2024", "2024-05-17"},
		{"2024-02-30", ""}, {"2023-02-29T00:00:00Z", ""}, {"0001-01-01T00:00:00Z", ""}, {"9999-01-01", ""}, {"2024-13", ""}, {"", ""}, {"soon", ""}, {"12345", ""}, {"١٢٣٤", ""},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			if got := parseDate(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzDeclared(f *testing.F) {
	f.Add(`<script type="application/ld+json">{"@type":"Article","author":[{"name":"\ud83d\ude00"},{"@id":"x"}],"datePublished":"2024-05-17"}</script>`, "https://a.example/2024/05/17/")
	f.Add(`<script type="application/ld+json">[{"@graph":[],,"@type":["Article",]},{"headline":"\u00`, "")
	f.Add(`<html lang="en_US.UTF-8"><title>a | b</title><meta name=date content="2024-05-17T10:20:30+25:00"><base href="//x"><link rel=canonical href="?">`, "http://[::1]/1999/01/")
	f.Fuzz(func(t *testing.T, page, address string) {
		root, err := html.Parse(strings.NewReader(page))
		if err != nil {
			t.Skip()
		}
		d := readDeclared(root, address).Declared
		for _, v := range []string{d.Title, d.Author, d.Published, d.Language, d.License, d.Canonical} {
			if len(v) > maxField || !utf8.ValidString(v) || strings.ContainsAny(v, "\n\r\t\x00") {
				t.Errorf("field %q", v)
			}
		}
		if p := d.Published; p != "" {
			if _, err := time.Parse("2006-01-02T15:04:05Z"[:len(p)], p); err != nil {
				t.Errorf("published: %v", err)
			}
		}
	})
}

func BenchmarkDeclared(b *testing.B) {
	page := makePage(3)
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		readDeclared(root, "https://a.example/2024/05/17/x")
	}
}

func TestDeclaredOfNestedElements(t *testing.T) {
	long := strings.Repeat("x", 4000)
	for _, tt := range []struct{ name, html string }{
		{"bylines around one another", strings.Repeat(`<div class="author">`, 400) + strings.Repeat("<hr>", 20_000)},
		{"bylines in comments", `<div class="comment">` + strings.Repeat("<div id="+long+">", 400) + strings.Repeat(`<p class="byline">Ann Lee</p>`, 5_000)},
		{"licence links outside a footer", strings.Repeat("<div class="+long+">", 400) + strings.Repeat(`<a href="https://creativecommons.org/licenses/by/4.0/">x</a>`, 5_000)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := parse(tt.html, true)
			var d declaration
			d.children(root, 0)
			if d.looked > maxLooked {
				t.Errorf("%d nodes were looked at", d.looked)
			}
			if said := d.result(); said.License != "" {
				t.Errorf("licence %q of a link in no footer", said.License)
			}
		})
	}
}
