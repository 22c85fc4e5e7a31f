package clean

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

// statedIn runs the stage over a page and returns its statements as "kind value".
func statedIn(t *testing.T, doc *corpus.Document) []string {
	t.Helper()
	c, err := New(DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Process(t.Context(), &corpus.Batch{Documents: []*corpus.Document{doc}}); err != nil {
		t.Fatal(err)
	}
	said := []string{}
	for _, e := range doc.Rights {
		line := e.Kind + " " + e.Value
		if e.Where != "html" {
			line = e.Where + " " + line
		}
		said = append(said, line)
	}
	return said
}

func TestRightsOfPages(t *testing.T) {
	tests := []struct {
		name, head, body string
		want             []string
	}{
		{"nothing", "", "", []string{}},
		{"permissions alone", `<meta name="robots" content="index, follow, max-image-preview:large, max-snippet:-1, max-video-preview:-1">`, "", []string{}},
		{"directives that are gone", `<meta name="robots" content="noodp,noydir">`, "", []string{}},
		{"noindex", `<meta name="robots" content="noindex">`, "", []string{"robots noindex"}},
		{"letter case", `<META NAME="Robots" CONTENT="NOINDEX,NOFOLLOW">`, "", []string{"robots noindex, nofollow"}},
		{"noai", `<meta name="robots" content="noai, noimageai">`, "", []string{"robots noai, noimageai"}},
		{"noai in two elements", `<meta name="robots" content="noimageai"><meta name="robots" content="noai">`, "", []string{"robots noimageai", "robots noai"}},
		{"the same twice", `<meta name="robots" content="noai"><meta name="robots" content="NOAI">`, "", []string{"robots noai"}},
		{"a robot by name", `<meta name="googlebot" content="noindex">`, "", []string{"robots googlebot: noindex"}},
		{"several robots", `<meta name="CCBot" content="nofollow"><meta name="GPTBot" content="noai"><meta name="anthropic-ai" content="none">`, "", []string{"robots ccbot: nofollow", "robots gptbot: noai", "robots anthropic-ai: none"}},
		{"a robot that may do all", `<meta name="bingbot" content="index, follow">`, "", []string{}},
		{"not a robot", `<meta name="robotics" content="none"><meta name="google" content="notranslate"><meta name="pinterest" content="nopin">`, "", []string{}},
		{"as a head's field", `<meta http-equiv="X-Robots-Tag" content="noarchive">`, "", []string{"robots noarchive"}},
		{"date", `<meta name="robots" content="unavailable_after: 2020-09-21">`, "", []string{"robots unavailable_after: 2020-09-21"}},
		{"no content", `<meta name="robots" content=""><meta name="robots">`, "", []string{}},
		{"in the body", "", `<meta name="robots" content="noindex">`, []string{"robots noindex"}},
		{"in a comment, a script, a template and for browsers without scripts", `<!-- <meta name="robots" content="noai"> --><script>'<meta name="robots" content="noai">'</script><noscript><meta name="robots" content="noai"></noscript>`,
			`<template><meta name="robots" content="noai"></template>`, []string{}},
		{"reserved", `<meta name="tdm-reservation" content="1">`, "", []string{"tdm-reservation 1"}},
		{"reserved with a policy", `<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="https://provider.example/policies/policy.json">`, "",
			[]string{"tdm-reservation 1", "tdm-policy https://provider.example/policies/policy.json"}},
		{"not reserved", `<meta name="TDM-Reservation" content=" 0 ">`, "", []string{"tdm-reservation 0"}},
		{"policy by path", `<meta name="tdm-policy" content="/tdm.json">`, "", []string{"tdm-policy https://a.example/tdm.json"}},
		{"linked licence", `<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">`, "", []string{"license https://creativecommons.org/licenses/by/4.0/"}},
		{"linked licence by path", `<base href="/docs/"><link rel="schema.dc license" href="terms">`, "", []string{"license https://a.example/docs/terms"}},
		{"licence in the text", "", `<p>Under <a rel="license" href="http://creativecommons.org/licenses/by-nc/3.0/us/">CC</a></p>`, []string{"license http://creativecommons.org/licenses/by-nc/3.0/us/"}},
		{"RDFa", "", `<a property="cc:license" href="https://creativecommons.org/publicdomain/zero/1.0/">0</a><a rel="dct:license" href="https://a.example/l">l</a>`,
			[]string{"license https://creativecommons.org/publicdomain/zero/1.0/", "license https://a.example/l"}},
		{"Creative Commons in the footer", "", `<footer><a href="https://creativecommons.org/licenses/by-sa/4.0/deed.de">CC</a></footer>`, []string{"license https://creativecommons.org/licenses/by-sa/4.0/deed.de"}},
		{"Creative Commons beside a picture", "", `<figure><a href="https://creativecommons.org/licenses/by-sa/4.0/">CC</a></figure>`, []string{}},
		{"Dublin Core, address", `<meta name="DCTERMS.license" content="https://creativecommons.org/licenses/by/3.0/">`, "", []string{"license https://creativecommons.org/licenses/by/3.0/"}},
		{"Dublin Core, words", `<meta name="DC.rights" content="All rights   reserved, Example Press">`, "", []string{"license All rights reserved, …"}},
		{"words around a name", `<meta name="rights" content="© 2019-2024 Jo Doe (+49 171 1234567). Alle Rechte vorbehalten. jo@doe.example">`, "", []string{"license © 2019-2024 … Alle Rechte vorbehalten. …"}},
		{"licence of a name", `<meta name="dc.rights" content="Photo by Jo Doe, licensed under CC BY-NC-SA v4.0 International">`, "", []string{"license … by … licensed under CC BY-NC-SA v4.0 International"}},
		{"a name with a slash", `<meta name="dc.rights" content="Jo/Doe">`, "", []string{}},
		{"a person's address", `<link rel="license" href="mailto:jo@doe.example"><meta name="tdm-policy" content="mailto:jo@doe.example"><a rel="license" href="javascript:jo()">x</a>`, "", []string{}},
		{"blanks for a separator, and a value", `<meta name="robots" content="noai max-image-preview:large">`, "", []string{"robots noai max-image-preview:large"}},
		{"name and property", `<meta property="og:x" name=" Robots " content="noai">`, "", []string{"robots noai"}},
		{"Creative Commons in the footer, with another relation", "", `<footer><a rel="noopener noreferrer" href="https://creativecommons.org/licenses/by/4.0/">CC</a></footer>`, []string{"license https://creativecommons.org/licenses/by/4.0/"}},
		{"RDFa with another relation", "", `<a rel="nofollow" property="cc:license" href="https://a.example/l">l</a>`, []string{"license https://a.example/l"}},
		{"comma in a path", `<link rel="license" href="/l,1"><meta name="tdm-policy" content="/p,1">`, "", []string{"license https://a.example/l,1", "tdm-policy https://a.example/p,1"}},
		{"a long list", `<meta name="robots" content="` + strings.Repeat("index, follow, googlebot: nosnippet, ", 20) + `*: noai">`, "", []string{"robots googlebot: nosnippet", "robots noai"}},
		{"schema.org", `<script type="application/ld+json">{"@type":"NewsArticle","license":"https://a.example/licence"}</script>`, "", []string{"license https://a.example/licence"}},
		{"schema.org, words", `<script type="application/ld+json">{"@type":"Article","license":"CC BY 4.0"}</script>`, "", []string{"license CC BY 4.0"}},
		{"schema.org, of a picture", `<script type="application/ld+json">{"@type":"ImageObject","license":"https://a.example/licence"}</script>`, "", []string{}},
		{"the old name of a linked licence", `<link rel="copyright" href="https://creativecommons.org/licenses/by-sa/3.0/">`, "", []string{"license https://creativecommons.org/licenses/by-sa/3.0/"}},
		{"the old name of a link to an imprint", `<link rel="copyright" href="/imprint">`, "", []string{}},
		{"a name where the rights should be", `<meta name="rights" content="Jo Doe"><meta name="dc.rights" content="© 2024 Jo Doe">`, "", []string{}},
		{"link without address", `<link rel="license">`, "", []string{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page := "<html><head><title>t</title>" + tt.head + "</head><body><p>" + strings.Repeat("Some words of the page. ", 20) + "</p>" + tt.body + "</body></html>"
			doc := &corpus.Document{HTML: []byte(page), URL: "https://a.example/docs/page", ContentType: "text/html; charset=utf-8"}
			got := statedIn(t, doc)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if n, read := doc.Signals[signalRightsHTML]; !read || int(n) != len(tt.want) {
				t.Errorf("signal %v (there: %v), want %d", n, read, len(tt.want))
			}
		})
	}
}

// What was not parsed says nothing, not even that nothing was found.
func TestRightsWhereNoPageWasParsed(t *testing.T) {
	head := []corpus.Evidence{{Kind: corpus.EvidenceRobots, Where: "http", Value: "noindex"}}
	for name, doc := range map[string]*corpus.Document{
		"text":        {Text: `<meta name="robots" content="noai">`},
		"plain media": {HTML: []byte(`<meta name="robots" content="noai"> words`), ContentType: "text/plain"},
		"binary":      {HTML: []byte("\x00\x01\x02\x03<meta name=robots content=noai>" + strings.Repeat("\x00\x01", 500)), ContentType: "text/html"},
	} {
		t.Run(name, func(t *testing.T) {
			doc.Rights = head
			if diff := cmp.Diff([]string{"http robots noindex"}, statedIn(t, doc)); diff != "" {
				t.Error(diff)
			}
			if _, read := doc.Signals[signalRightsHTML]; read {
				t.Error("counted as read")
			}
		})
	}
}

// A reservation finds room behind the licences of many pictures.
func TestRightsReservationAmongLicences(t *testing.T) {
	var page strings.Builder
	for i := range 40 {
		fmt.Fprintf(&page, `<a rel="license" href="https://a.example/%d">l</a>`, i)
	}
	page.WriteString(`<meta name="tdm-reservation" content="1"><p>Some words of the page.`)
	doc := &corpus.Document{HTML: []byte(page.String()), ContentType: "text/html"}
	if got := statedIn(t, doc); len(got) != maxRights || got[maxRights-1] != "tdm-reservation 1" {
		t.Errorf("%d statements: %q", len(got), got)
	}
}

// The head's statements come first, and the page's are taken while there is room.
func TestRightsAreBounded(t *testing.T) {
	var page strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&page, `<meta name="bot%dbot" content="noai">`, i)
	}
	page.WriteString("<p>Some words of the page.")
	doc := &corpus.Document{HTML: []byte(page.String()), ContentType: "text/html", Rights: []corpus.Evidence{{Kind: corpus.EvidenceRobots, Where: "http", Value: "noindex"}}}
	got := statedIn(t, doc)
	if len(got) != maxRights || got[0] != "http robots noindex" || got[1] != "robots bot0bot: noai" {
		t.Errorf("%d statements: %q", len(got), got)
	}
}

func TestRightsOfHostilePages(t *testing.T) {
	mega := 1 << 20
	for name, page := range map[string]string{
		"long list":     `<meta name="robots" content="` + strings.Repeat("noindex, ", mega/9) + `">`,
		"long word":     `<meta name="robots" content="no` + strings.Repeat("x", mega) + `">`,
		"long address":  `<link rel="license" href="https://a.example/` + strings.Repeat("é", mega/2) + `">`,
		"long words":    `<meta name="dc.rights" content="License ` + strings.Repeat("é ", mega/3) + `">`,
		"control bytes": `<meta name="tdm-policy" content="https://a.example/` + "\x00\x01\x1b\n" + `x">`,
		"not UTF-8":     `<meta name="tdm-reservation" content="` + strings.Repeat("\xff", 1000) + `1">`,
		"bad address":   `<a rel="license" href="http://[::1/%zz">`,
	} {
		t.Run(name, func(t *testing.T) {
			doc := &corpus.Document{HTML: []byte(page + "<p>" + strings.Repeat("Some words of the page. ", 200)), ContentType: "text/html; charset=utf-8", URL: "https://a.example/"}
			if got := statedIn(t, doc); len(got) != 1 {
				t.Errorf("%d statements, want one", len(got))
			}
			for _, said := range doc.Rights {
				if len(said.Value) > 256 || !utf8.ValidString(said.Value) || strings.ContainsAny(said.Value, "\x00\x1b\r\n\t") {
					t.Errorf("%s: %q", said.Kind, said.Value)
				}
			}
		})
	}
}
