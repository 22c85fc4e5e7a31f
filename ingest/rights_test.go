package ingest

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

// stated are a document's statements as "kind value", "(not read)" where its head was not read.
func stated(d *corpus.Document) []string {
	if _, read := d.Signals[signalRightsHTTP]; !read {
		return []string{"(not read)"}
	}
	said := []string{}
	for _, e := range d.Rights {
		if e.Where != "http" {
			said = append(said, "where: "+e.Where)
		}
		said = append(said, e.Kind+" "+e.Value)
	}
	return said
}

func TestRightsOfHeads(t *testing.T) {
	many := make([]string, 40)
	for i := range many {
		many[i] = "X-Robots-Tag: noindex, bot" + strings.Repeat("x", i) + ": noai"
	}
	tests := []struct {
		name   string
		fields []string
		want   []string
	}{
		{"nothing", nil, []string{}},
		{"permissions alone", []string{"X-Robots-Tag: index, follow, max-snippet:-1, max-image-preview: large"}, []string{}},
		{"all", []string{"X-Robots-Tag: all"}, []string{}},
		{"directories that are gone", []string{"X-Robots-Tag: noodp, noydir"}, []string{}},
		{"one directive", []string{"X-Robots-Tag: noindex"}, []string{"robots noindex"}},
		{"letter case and blanks", []string{"x-ROBOTS-tag:  NoAI ,NOIMAGEAI"}, []string{"robots noai, noimageai"}},
		{"no white space", []string{"X-Robots-Tag: noindex,nofollow,noarchive"}, []string{"robots noindex, nofollow, noarchive"}},
		{"permission beside a restriction", []string{"X-Robots-Tag: noindex, follow"}, []string{"robots noindex, follow"}},
		{"agents, a field each", []string{"X-Robots-Tag: googlebot: nofollow", "X-Robots-Tag: otherbot: noindex, nofollow"}, []string{"robots googlebot: nofollow", "robots otherbot: noindex, nofollow"}},
		{"agent without a blank", []string{"X-Robots-Tag: gptbot:noai"}, []string{"robots gptbot:noai"}},
		{"date with a comma", []string{"X-Robots-Tag: unavailable_after: Fri, 25 Jun 2010 15:00:00 GMT"}, []string{"robots unavailable_after: fri, 25 jun 2010 15:00:00 gmt"}},
		{"snippet of no length", []string{"X-Robots-Tag: max-snippet:0"}, []string{"robots max-snippet:0"}},
		{"snippet of some length", []string{"X-Robots-Tag: max-snippet:50"}, []string{}},
		{"the same twice", []string{"X-Robots-Tag: noai", "X-Robots-Tag: NOAI"}, []string{"robots noai"}},
		{"folded", []string{"X-Robots-Tag: noindex,", "\tnoai"}, []string{"robots noindex, noai"}},
		{"reserved", []string{"tdm-reservation: 1"}, []string{"tdm-reservation 1"}},
		{"not reserved", []string{"TDM-Reservation: 0"}, []string{"tdm-reservation 0"}},
		{"reserved with a policy", []string{"tdm-reservation: 1", "tdm-policy: https://provider.example/policies/policy.json"}, []string{"tdm-reservation 1", "tdm-policy https://provider.example/policies/policy.json"}},
		{"policy by path", []string{"tdm-policy: /policy.json"}, []string{"tdm-policy http://example.org/policy.json"}},
		{"reservation that says nothing", []string{"tdm-reservation: "}, []string{}},
		{"usage", []string{"Content-Usage: train-ai=n, search=y"}, []string{"content-usage train-ai=n, search=y"}},
		{"usage keeps its letters", []string{"Content-Usage: Train-AI=n"}, []string{"content-usage Train-AI=n"}},
		{"licence", []string{`Link: <https://creativecommons.org/licenses/by/4.0/>; rel="license"`}, []string{"license https://creativecommons.org/licenses/by/4.0/"}},
		{"licence without quotes", []string{`Link: <https://a.example/l>;rel=license;title=x`}, []string{"license https://a.example/l"}},
		{"licence among links", []string{`Link: </style.css>; rel=preload; as=style, <https://a.example/l,1>; title="a, b"; rel="copyright LICENSE", </next>; rel=next`}, []string{"license https://a.example/l,1"}},
		{"two licences", []string{`Link: <https://a.example/1>; rel=license, <https://a.example/2>; rel=license`}, []string{"license https://a.example/1", "license https://a.example/2"}},
		{"licence by path", []string{`Link: </terms>; rel=license`}, []string{"license http://example.org/terms"}},
		{"licence of something else", []string{`Link: <https://a.example/l>; anchor="/image"; rel=license`}, []string{}},
		{"link that breaks off", []string{`Link: <https://a.example/l>; rel="license`}, []string{}},
		{"link without an end", []string{`Link: <https://a.example/l; rel=license`}, []string{}},
		{"comma in a path", []string{"Link: </l,1>; rel=license", "tdm-policy: /p,1"}, []string{"license http://example.org/l,1", "tdm-policy http://example.org/p,1"}},
		{"a person's address", []string{"Link: <mailto:jo@doe.example>; rel=license", "tdm-policy: mailto:jo@doe.example"}, []string{}},
		{"letters that grow in lower case", []string{"X-Robots-Tag: noai, " + strings.Repeat("\u023a", 120)}, []string{"robots noai"}},
		{"a long list", []string{"X-Robots-Tag: " + strings.Repeat("otherbot: nofollow, index, ", 30) + "*: noai, noindex"}, []string{"robots otherbot: nofollow", "robots noai, noindex"}},
		{"a reservation behind many licences", []string{"Link: <https://a.example/1>; rel=license, <https://a.example/2>; rel=license, </3>; rel=license, </4>; rel=license, </5>; rel=license, </6>; rel=license, </7>; rel=license, </8>; rel=license", "tdm-reservation: 1"},
			[]string{"license https://a.example/1", "license https://a.example/2", "license http://example.org/3", "license http://example.org/4", "license http://example.org/5", "license http://example.org/6", "license http://example.org/7", "tdm-reservation 1"}},
		{"links without licence", []string{`Link: <https://a.example/>; rel="shortlink"`}, []string{}},
		{"not UTF-8 and control characters", []string{"tdm-policy: https://a.example/\xff\x00\x1bx"}, []string{"tdm-policy https://a.example/\ufffd x"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := readAll(t, "x.warc", response("http://example.org/", httpOK(page("a"), test.fields...)), DefaultOptions())[0]
			if diff := cmp.Diff(test.want, stated(d)); diff != "" {
				t.Error(diff)
			}
			if d.Reason != nil {
				t.Errorf("dropped: %v", d.Reason)
			}
		})
	}
	t.Run("many", func(t *testing.T) {
		d := readAll(t, "x.warc", response("http://example.org/", httpOK(page("a"), many...)), DefaultOptions())[0]
		if len(d.Rights) != maxHeadRights || d.Signals[signalRightsHTTP] != maxHeadRights {
			t.Errorf("%d statements, signal %v; want %d", len(d.Rights), d.Signals[signalRightsHTTP], maxHeadRights)
		}
	})
}

// Heads are read of records that are dropped too, as long as their block is.
func TestRightsOfDroppedRecords(t *testing.T) {
	head := "X-Robots-Tag: noindex\r\ntdm-reservation: 1\r\n\r\n"
	said := []string{"robots noindex", "tdm-reservation 1"}
	revisit := record("revisit", "http://example.org/again", "application/http; msgtype=response", "HTTP/1.1 200 OK\r\n"+head)
	tests := []struct {
		name, content string
		want          []string
	}{
		{"not found", response("http://example.org/", "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n"+head+"gone"), said},
		{"image", response("http://example.org/", "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"+head+"png"), said},
		{"empty", response("http://example.org/", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"+head), said},
		{"revisit", revisit, said},
		{"after an interim response", response("http://example.org/", "HTTP/1.1 103 Early Hints\r\nX-Robots-Tag: noai\r\n\r\nHTTP/1.1 404 Not Found\r\n"+head), said},
		{"request", record("request", "http://example.org/", "application/http; msgtype=request", "GET / HTTP/1.1\r\n"+head), []string{"(not read)"}},
		{"file", record("resource", "http://example.org/a", "text/plain", "X-Robots-Tag: noai\r\n\r\n"), []string{"(not read)"}},
		{"cut off", strings.TrimSuffix(response("http://example.org/", "HTTP/1.1 200 OK\r\n"+head+"page"), "page\r\n\r\n"), []string{"(not read)"}},
		{"no head", response("http://example.org/", "<html>X-Robots-Tag: noai"), []string{"(not read)"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, stated(readAll(t, "x.warc", test.content, DefaultOptions())[0])); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRightsOfRevisits(t *testing.T) {
	one := response("http://example.org/one", httpOK(page("one"), "X-Robots-Tag: noai", "tdm-reservation: 0"), "WARC-Record-ID: <urn:uuid:one>")
	bare := response("http://example.org/one", httpOK(page("one")), "WARC-Record-ID: <urn:uuid:one>")
	tests := []struct {
		name, original, head string
		want                 []string
	}{
		{"whole head of its own", one, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\ntdm-reservation: 1\r\n\r\n", []string{"tdm-reservation 1"}},
		{"whole head that says nothing", one, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", []string{}},
		{"not modified", one, "HTTP/1.1 304 Not Modified\r\ntdm-reservation: 1\r\n\r\n", []string{"tdm-reservation 1", "robots noai", "tdm-reservation 0"}},
		{"no head", one, "", []string{"robots noai", "tdm-reservation 0"}},
		{"no head, original that says nothing", bare, "", []string{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			docs := readRandom(t, "x.warc", test.original+revisitOf(test.head, identical, "WARC-Refers-To: <urn:uuid:one>"), DefaultOptions())
			if len(docs) != 2 || docs[1].Reason != nil {
				t.Fatalf("%d documents, the revisit dropped: %v", len(docs), docs[len(docs)-1].Reason)
			}
			if diff := cmp.Diff(test.want, stated(docs[1])); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Statements of any size stay within the bounds of corpus.Evidence, and cost time in proportion.
func TestRightsOfHostileHeads(t *testing.T) {
	mega := 1 << 20
	opts := DefaultOptions()
	opts.MaxRecordBytes = 64 << 20
	for name, field := range map[string]string{
		"long list":       "X-Robots-Tag: " + strings.Repeat("noindex, ", mega/9),
		"long word":       "X-Robots-Tag: no" + strings.Repeat("x", mega),
		"long policy":     "tdm-policy: https://a.example/" + strings.Repeat("é", mega/2),
		"links":           "Link: " + strings.Repeat("<a>; rel=license, ", mega/18),
		"open links":      "Link: " + strings.Repeat("<", mega),
		"parameters":      "Link: <a>" + strings.Repeat("; a=b", mega/5),
		"equals signs":    "Link: <a>; " + strings.Repeat("=", mega),
		"quotes":          "Link: <a>; rel=" + strings.Repeat(`"`, mega),
		"control bytes":   "X-Robots-Tag: noai" + strings.Repeat("\x00\x01", mega/2),
		"not UTF-8":       "Content-Usage: " + strings.Repeat("\xff", mega),
		"folded for ever": "X-Robots-Tag: noai" + strings.Repeat("\r\n ,noai", mega/8),
		"many fields":     strings.Repeat("tdm-reservation: 1\r\nX-Robots-Tag: noai\r\n", mega/40) + "a: b",
	} {
		t.Run(name, func(t *testing.T) {
			d := readAll(t, "x.warc", response("http://example.org/", httpOK(page("a"), field)), opts)[0]
			if d.Reason != nil || len(d.Rights) > maxHeadRights {
				t.Errorf("%d statements, dropped: %v", len(d.Rights), d.Reason)
			}
			for _, said := range d.Rights {
				if len(said.Value) > 256 || said.Value == "" || !utf8.ValidString(said.Value) || strings.ContainsAny(said.Value, "\x00\r\n\t") {
					t.Errorf("%s: %q", said.Kind, said.Value)
				}
			}
		})
	}
}

func FuzzRightsField(f *testing.F) {
	for _, name := range []string{"x-robots-tag", "tdm-reservation", "tdm-policy", "content-usage", "link"} {
		for _, value := range []string{"noindex", "googlebot: noai, bot: none", "1", "/p", "train-ai=n", `<a>; rel="license", <b>;rel=license;x`, `<`, `<a>;="`, ",,", "\xff"} {
			f.Add(name, []byte(value))
		}
	}
	f.Fuzz(func(t *testing.T, name string, value []byte) {
		var head httpHead
		head.rightsField(name, value)
		d := &corpus.Document{URL: "https://a.example/"}
		takeRights(d, head)
		if len(d.Rights) > maxHeadRights {
			t.Errorf("%d statements", len(d.Rights))
		}
		for _, said := range d.Rights {
			if said.Value == "" || len(said.Value) > 256 || !utf8.ValidString(said.Value) || strings.ContainsAny(said.Value, "\r\n\t\x00") {
				t.Errorf("%s: %q", said.Kind, said.Value)
			}
		}
	})
}
