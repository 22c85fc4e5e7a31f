package ingest

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

const exportHead = `<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="de">
  <siteinfo>
    <sitename>Wikipedia</sitename>
    <dbname>dewiki</dbname>
    <base>https://de.wikipedia.org/wiki/Wikipedia:Hauptseite</base>
    <generator>MediaWiki 1.43</generator>
    <case>first-letter</case>
    <namespaces>
      <namespace key="-2" case="first-letter">Medium</namespace>
      <namespace key="0" case="first-letter" />
      <namespace key="1" case="first-letter">Diskussion</namespace>
      <namespace key="6" case="first-letter">Datei</namespace>
      <namespace key="14" case="first-letter">Kategorie</namespace>
    </namespaces>
  </siteinfo>
`

// wikiPageXML is a page with one revision; content is escaped here.
func wikiPageXML(id, ns int, title, text string) string {
	var escaped bytes.Buffer
	xml.EscapeText(&escaped, []byte(text))
	return fmt.Sprintf(`  <page>
    <title>%s</title>
    <ns>%d</ns>
    <id>%d</id>
    <revision>
      <id>%d</id>
      <timestamp>2024-05-06T07:08:09Z</timestamp>
      <contributor>
        <username>Jemand</username>
        <id>7</id>
      </contributor>
      <model>wikitext</model>
      <format>text/x-wiki</format>
      <text bytes="%d" xml:space="preserve">%s</text>
      <sha1>phoiac9h4m842xq45sp7s6u21eteeq1</sha1>
    </revision>
  </page>
`, title, ns, id, id*10, len(text), escaped.String())
}

func export(pages ...string) string {
	return exportHead + strings.Join(pages, "") + "</mediawiki>\n"
}

func TestMediaWikiPage(t *testing.T) {
	content := export(wikiPageXML(12, 0, "Was ist &quot;A&amp;B&quot;? (100 %)", "'''A&B''' ist [[Haus|ein Haus]].\n\n== Teil ==\n* x<ref>y</ref>\n[[Kategorie:Haus]]"))
	docs := readAll(t, "dewiki.xml", content, DefaultOptions())
	page := content[strings.Index(content, "<page>") : strings.Index(content, "</page>")+len("</page>")]
	want := []*corpus.Document{{
		ID: "dewiki:12", URL: "https://de.wikipedia.org/wiki/Was_ist_%22A%26B%22%3F_(100_%25)", Source: "test", Date: "2024-05-06T07:08:09Z",
		Origin: corpus.Origin{File: "dewiki.xml", Offset: int64(strings.Index(content, page)), Length: int64(len(page)), Digest: corpus.PayloadDigest([]byte(page))},
		Type:   "mediawiki", ContentType: "text/x-wiki",
		Text:     "A&B ist ein Haus.\n\nTeil\n\n- x",
		Declared: corpus.Declared{Title: `Was ist "A&B"? (100 %)`, Language: "de", License: "https://creativecommons.org/licenses/by-sa/4.0/"},
	}}
	if diff := cmp.Diff(want, docs); diff != "" {
		t.Error(diff)
	}
	checkPlaces(t, "dewiki.xml", content, docs, DefaultOptions())
}

func TestMediaWikiRecords(t *testing.T) {
	good := wikiPageXML(1, 0, "Eins", "Text eins.")
	good2 := wikiPageXML(2, 0, "Zwei", "Text zwei.")
	with := func(page, old, new string) string { return strings.Replace(page, old, new, 1) }
	revision := good[strings.Index(good, "    <revision>"):strings.Index(good, "  </page>")]
	body := strings.TrimSpace(good)
	tests := []struct {
		name, content string
		want          []string
	}{
		{"two pages", export(good, good2), []string{"dewiki:1", "dewiki:2"}},
		{"no pages", export(), nil},
		{"another namespace", export(wikiPageXML(3, 1, "Diskussion:Eins", "x"), good), []string{"namespace=1", "dewiki:1"}},
		{"a namespace by the title alone", export(with(wikiPageXML(3, 1, "Diskussion:Eins", "x"), "<ns>1</ns>", "")), []string{"namespace=1"}},
		{"a redirect", export(with(good, "<revision>", "<redirect title=\"A &amp; B\" /><revision>")), []string{"redirect=A & B"}},
		{"a redirect without element", export(wikiPageXML(4, 0, "Vier", "#WEITERLEITUNG [[Fünf#Teil]]")), []string{"redirect=Fünf"}},
		{"a numbered list is no redirect", export(wikiPageXML(4, 0, "Vier", "# [[Fünf]]")), []string{"dewiki:4"}},
		{"another content model", export(with(good, "wikitext", "Scribunto")), []string{"content_model=Scribunto"}},
		{"no content", export(wikiPageXML(5, 0, "Leer", ""), with(good, `bytes="10" xml:space="preserve">Text eins.</text>`, `bytes="10" />`)), []string{"empty=", "empty="}},
		{"nothing but a template", export(wikiPageXML(5, 0, "Leer", "{{Vorlage}}")), []string{"empty="}},
		{"more revisions", export(with(good, revision, with(revision, "Text eins.", "Alt.")+revision)), []string{"dewiki:1 Text eins. older=1"}},
		{"a page that ends with the file", export(good, good2)[:len(export(good, good2))-40], []string{"dewiki:1", "truncated=0"}},
		{"a page that the next one cuts", export(good[:len(good)-80], good2), []string{"truncated=0", "dewiki:2"}},
		{"a page that the export's end cuts", export(good, good2[:100]), []string{"dewiki:1", "truncated=0"}},
		{"bytes between", export(good, "  junk <b> ", good2), []string{"dewiki:1", "malformed=11", "dewiki:2"}},
		{"bytes behind", export(good) + "junk", []string{"dewiki:1", "malformed=4"}},
		{"the rest of a page", export(good[100:], good2), []string{fmt.Sprintf("malformed=%d", len(good[100:])), "dewiki:2"}},
		{"a comment without end", export(with(good, "Text eins.", "<!-- Text"), good2), []string{fmt.Sprintf("malformed=%d", len(body)-1), "dewiki:2"}},
		{"elements that do not nest", export(with(good, "</title>", "</titel>"), good2), []string{fmt.Sprintf("malformed=%d", len(body)), "dewiki:2"}},
		{"a page without head", good + good2, []string{"", ""}},
		{"comments, CDATA, unknown elements", export("<!-- <page> -->", with(good, "Text eins.", "<![CDATA[Text </page> & ]]>eins<!-- -- ></page> -->."), with(good2, "<revision>", "<upload><a><b/>x</a></upload><revision>")),
			[]string{"dewiki:1 Text </page> & eins.", "dewiki:2"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for name, content := range map[string]string{"x.xml": test.content, "x.xml.gz": gzipped(test.content), "x.xml.bz2": bzipped(test.content)} {
				opts := DefaultOptions()
				opts.Format = FormatMediaWiki
				docs := readAll(t, name, content, opts)
				var got []string
				for i, d := range docs {
					s := ""
					switch {
					case d.Reason != nil:
						s = d.Reason.Rule + "=" + d.Reason.Value
					case strings.HasPrefix(d.ID, "dewiki"):
						s = d.ID
						if i < len(test.want) && strings.HasPrefix(test.want[i], s+" ") {
							s += " " + d.Text
							if n, ok := d.Signals["older_revisions"]; ok {
								s += fmt.Sprintf(" older=%g", n)
							}
						}
					}
					got = append(got, s)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
				checkPlaces(t, name, content, docs, opts)
			}
		})
	}
}

func TestMediaWikiBounds(t *testing.T) {
	opts := DefaultOptions()
	opts.MaxRecordBytes = 2000
	large := wikiPageXML(3, 0, "Drei", strings.Repeat("lang ", 100_000))
	content := export(wikiPageXML(1, 0, "Eins", "x"), large, wikiPageXML(2, 0, "Zwei", "y"), large[:50_000])
	docs := readAll(t, "x.xml", content, opts)
	last := len(large[:50_000]) - 2 + len("</mediawiki>\n")
	want := []string{"dewiki:1", fmt.Sprintf("too_large=%d", len(strings.TrimSpace(large))), "dewiki:2", fmt.Sprintf("too_large=%d", last)}
	var got []string
	for _, d := range docs {
		got = append(got, strings.Split(outcome(d), " ")[0])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	checkPlaces(t, "x.xml", content, docs, opts)
	opts.Namespaces = []int{1, 0}
	if docs := readAll(t, "x.xml", export(wikiPageXML(1, 1, "Diskussion:Eins", "x")), opts); docs[0].Reason != nil {
		t.Errorf("a namespace that is asked for: %v", docs[0].Reason)
	}
}

func TestMediaWikiSite(t *testing.T) {
	tests := []struct{ base, title, url, license string }{
		{"https://en.wikipedia.org/wiki/Main_Page", "A/B c's", "https://en.wikipedia.org/wiki/A/B_c%27s", licenseCCBYSA},
		{"http://fr.wiktionary.org/wiki/Wiktionnaire:Page_d%E2%80%99accueil", "é", "http://fr.wiktionary.org/wiki/%C3%A9", licenseCCBYSA},
		{"https://wiki.example.org/index.php?title=Home", "A B", "https://wiki.example.org/index.php?title=A_B", ""},
		{"https://wiki.example.org/Home", "A: B", "https://wiki.example.org/A:_B", ""},
		{"https://notwikipedia.org/wiki/Home", "A", "https://notwikipedia.org/wiki/A", ""},
		{"", "A", "", ""},
	}
	for _, test := range tests {
		s := readSite([]byte("<mediawiki><siteinfo><base>" + test.base + "</base>"))
		var d corpus.Document
		s.describe(&d, test.title)
		if d.URL != test.url || d.Declared.License != test.license {
			t.Errorf("%s: got %q, %q", test.base, d.URL, d.Declared.License)
		}
	}
}

// xmlExport is an export for encoding/xml, the plain reference.
type xmlExport struct {
	Pages []struct {
		Title    string `xml:"title"`
		NS       int    `xml:"ns"`
		ID       string `xml:"id"`
		Redirect *struct {
			Title string `xml:"title,attr"`
		} `xml:"redirect"`
		Revisions []struct {
			Timestamp string `xml:"timestamp"`
			Model     string `xml:"model"`
			Text      string `xml:"text"`
		} `xml:"revision"`
	} `xml:"page"`
}

// checkAgainstXML compares the pages of an export with what encoding/xml reads, where it reads all of it.
func checkAgainstXML(t testing.TB, content []byte, docs []*corpus.Document) int {
	t.Helper()
	var want xmlExport
	if xml.Unmarshal(content, &want) != nil {
		return 0
	}
	if len(want.Pages) != len(docs) {
		t.Errorf("%d pages, want %d", len(docs), len(want.Pages))
		return 0
	}
	for i, p := range want.Pages {
		var got wikiPage
		o := docs[i].Origin
		if !got.parse(content[o.Offset : o.Offset+o.Length]) {
			t.Errorf("page %d does not parse", i)
			continue
		}
		var target, timestamp, model, text string
		if p.Redirect != nil {
			target = p.Redirect.Title
		}
		if n := len(p.Revisions); n > 0 {
			timestamp, model, text = p.Revisions[n-1].Timestamp, p.Revisions[n-1].Model, p.Revisions[n-1].Text
		}
		plain := func(b []byte) string { return string(unescapeXML(nil, b)) }
		if diff := cmp.Diff(
			[]string{p.Title, fmt.Sprint(p.NS), p.ID, target, timestamp, model, text, fmt.Sprint(len(p.Revisions))},
			[]string{plain(got.title), plain(got.ns), plain(got.id), plain(got.redirect), plain(got.timestamp), plain(got.model), plain(got.text), fmt.Sprint(got.revisions)},
		); diff != "" {
			t.Errorf("page %d: %s", i, diff)
		}
	}
	return len(docs)
}

func TestMediaWikiAgainstXML(t *testing.T) {
	content := export(wikiPageXML(1, 0, "Eins &lt; &#34;zwei&#x22;", "a\r\nb\tc <ref>&amp;</ref> é \U0001F600 ' \""), wikiPageXML(2, 0, "Zwei", "<!-- x --> ]]> {{y}}"))
	docs := readAll(t, "x.xml", content, DefaultOptions())
	if checkAgainstXML(t, []byte(content), docs) != 2 {
		t.Error("encoding/xml does not read it")
	}
}

// The dumps at hand, if they are: each page is what encoding/xml reads, and is found again.
func TestMediaWikiDumps(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("../../shared/data/wikipedia/*/*/src/test/resources/minidumps/*/wiki.xml.bz2")
	if len(files) == 0 {
		t.Skip("no dumps in ../../shared/data/wikipedia")
	}
	kept := 0
	for i, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		docs := readAll(t, file, string(content), DefaultOptions())
		for _, d := range docs {
			if d.Reason == nil {
				kept++
			}
			if d.Reason != nil && d.Reason.Rule == RuleMalformed {
				t.Errorf("%s: %v at %d", file, d.Reason, d.Origin.Offset)
			}
		}
		in := newInput(t.Context(), bytes.NewReader(content), 0, DefaultOptions())
		plain := bytes.Clone(in.ensure(16 << 20))
		if checkAgainstXML(t, plain, docs) == 0 {
			t.Errorf("%s: nothing compared", file)
		}
		if i%10 == 0 {
			checkPlaces(t, file, string(content), docs, DefaultOptions())
		}
	}
	if kept < 70 {
		t.Errorf("only %d pages kept", kept)
	}
}

func FuzzMediaWiki(f *testing.F) {
	good := wikiPageXML(1, 0, "Eins", "Text [[eins]]. {{x}}")
	for _, s := range []string{export(good), export(good, good[:50], good), good, export("<page><title/><page/>"), gzipped(export(good)), "<mediawiki><page ><id>1<!-- </page> --></id></page>",
		exportHead + "<page><revision><text><![CDATA[", "<page></page></mediawiki><page>", bzipped(export(good)) + "x"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		opts := fuzzOptions(FormatMediaWiki)
		docs := readAll(t, "x", string(b), opts)
		checkDocuments(t, docs, opts)
		if in := newInput(t.Context(), bytes.NewReader(b), 0, opts); in.codec != nil {
			return
		}
		checkPlaces(t, "x", string(b), docs, opts)
	})
}

// BenchmarkMediaWiki reads an export as the pipeline does, digests and conversion included.
func BenchmarkMediaWiki(b *testing.B) {
	paragraph := "The '''house''' of [[Haus|that kind]] stands in the [[town]]<ref>{{cite book|title=Towns|year=1990}}</ref>, {{convert|5|km}} from the sea, and ''nobody'' knows why. "
	text := "{{Infobox house\n| name = House\n| year = 1900\n}}\n" + strings.Repeat(strings.Repeat(paragraph, 6)+"\n\n== Section ==\n* one\n* [[two]]\n\n", 12)
	var pages []string
	for i := range 100 {
		pages = append(pages, wikiPageXML(i, 0, "Haus", text))
	}
	content := []byte(export(pages...))
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		source, err := Open("x.xml", bytes.NewReader(content), "bench", DefaultOptions())
		if err != nil {
			b.Fatal(err)
		}
		for d, err := range source.Documents(b.Context()) {
			if err != nil || d.Reason != nil {
				b.Fatal(err, d.Reason)
			}
		}
	}
}
