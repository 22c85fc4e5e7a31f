package ingest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// arcRecord is an ARC 1 record of the right length, and the line end behind it.
func arcRecord(url, media, block string) string {
	return fmt.Sprintf("%s 192.0.2.7 20040506070809 %s %d\n%s\n", url, media, len(block), block)
}

// arcPage is a record that is kept.
func arcPage(name string) string {
	return arcRecord("http://example.org/"+name, "text/html", httpOK(page(name)))
}

// arcVersion is the record that an ARC file begins with.
func arcVersion() string {
	block := "1 0 Test\nURL IP-address Archive-date Content-type Archive-length\n\n"
	return fmt.Sprintf("filedesc://test.arc 0.0.0.0 20040506070809 text/plain %d\n%s\n", len(block), block)
}

func TestParseArcLine(t *testing.T) {
	tests := []struct {
		name, line               string
		url, date, media, length string
		certain                  bool
	}{
		{"version 1", "http://a.org/ 192.0.2.7 20040506070809 text/html 12", "http://a.org/", "20040506070809", "text/html", "12", true},
		{"version 2", "http://a.org/ 192.0.2.7 20040506070809 text/html 200 abc - 99 x.arc 12", "http://a.org/", "20040506070809", "text/html", "12", true},
		{"version 2 without code", "http://a.org/ 192.0.2.7 20040506070809 text/html - - - 99 x.arc 12", "http://a.org/", "20040506070809", "text/html", "12", true},
		{"carriage return", "http://a.org/ 192.0.2.7 20040506070809 text/html 12\r", "http://a.org/", "20040506070809", "text/html", "12", true},
		{"IPv6", "http://a.org/ 2001:db8::1 20040506070809 text/html 12", "http://a.org/", "20040506070809", "text/html", "12", true},
		{"blanks in the address", "http://a.org/a  b 192.0.2.7 20040506070809 text/html 12", "http://a.org/a  b", "20040506070809", "text/html", "12", true},
		{"blanks in the type", "http://a.org/ 192.0.2.7 20040506070809 text/html; charset=x 12", "http://a.org/", "20040506070809", "text/html; charset=x", "12", true},
		{"no type", "http://a.org/ 192.0.2.7 20040506070809 12", "http://a.org/", "20040506070809", "", "12", true},
		{"date first", "http://a.org/ 20040506070809 192.0.2.7 text/html 12", "http://a.org/", "20040506070809", "text/html", "12", true},
		{"no IP", "http://a.org/ None 2004050607 text/html 12", "http://a.org/", "2004050607", "text/html", "12", false},
		{"no date", "http://a.org/ 192.0.2.7 a0d1fd text/html 12", "http://a.org/", "a0d1fd", "text/html", "12", false},
		{"date and text", "http://a.org/ None 20040506070809jpg text/html 12", "http://a.org/", "20040506070809jpg", "text/html", "12", false},
		{"length -1", "http://a.org/ 192.0.2.7 20040506070809 text/html -1", "http://a.org/", "20040506070809", "text/html", "-1", true},
		{"length no number", "http://a.org/ 192.0.2.7 20040506070809 text/html abc", "http://a.org/", "20040506070809", "text/html", "abc", false},
		{"version block", "filedesc://x.arc 0.0.0.0 20040506070809 text/plain 77", "filedesc://x.arc", "20040506070809", "", "77", true},
		{"dashes", "filedesc:// - - - 76", "filedesc://", "-", "", "76", true},
		{"index of ARC files", "http://a.org/ 192.0.2.7 20040506070809 text/html 12 x.arc 99", "", "", "", "", false},
		{"CDX", "http://a.org/ 20040506070809 http://a.org/ text/html 200 ABC - - 1 x.arc", "", "", "", "", false},
		{"prose", "note: it cost 3 euros", "", "", "", "", false},
		{"no address", "a.org 192.0.2.7 20040506070809 text/html 12", "", "", "", "", false},
		{"empty", "", "", "", "", "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h, n := parseArcLine([]byte(test.line + "\nmore"))
			got := []any{h.url, h.date, h.media, h.length, h.certain, n > 0}
			want := []any{test.url, test.date, test.media, test.length, test.certain, test.url != ""}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if n != 0 && n != len(test.line)+1 {
				t.Errorf("length %d", n)
			}
			if _, n := parseArcLine([]byte(test.line)); n != 0 {
				t.Error("a line without end was taken")
			}
		})
	}
}

func TestArcDate(t *testing.T) {
	tests := []struct{ in, want string }{
		{"20040506070809", "2004-05-06T07:08:09Z"},
		{"200405060708", "2004-05-06T07:08:00Z"},
		{"2004050607", "2004-05-06"},
		{"20040506", "2004-05-06"},
		{"20040506070809999", "2004-05-06T07:08:09Z"},
		{"20040506070809jpg", "2004-05-06T07:08:09Z"},
		{"201512000000000", "2015-12"},
		{"20151300000000", "2015"},
		{"26050906102242", ""},
		{"a0d1fd", ""},
		{"2004", ""},
		{"-", ""},
		{"", ""},
	}
	for _, test := range tests {
		if got := arcDate(test.in); got != test.want {
			t.Errorf("%q: got %q, want %q", test.in, got, test.want)
		}
	}
}

func TestArcFates(t *testing.T) {
	v, good, block := arcVersion(), arcPage("good"), httpOK(page("x"))
	n := len(block)
	head := "http://example.org/x 192.0.2.7 20040506070809 text/html "
	tests := []struct {
		name, content string
		want          []string
	}{
		{"plain", v + good + good, []string{"filedesc record_type=filedesc", "response good", "response good"}},
		{"no version block", good + good, []string{"response good", "response good"}},
		{"line end first", "\n" + v + good, []string{"filedesc record_type=filedesc", "response good"}},
		{"line end behind the block missing", strings.TrimSuffix(good, "\n") + good, []string{"response good", "response good"}},
		{"version 2", v + strings.Replace(good, " text/html ", " text/html 200 abc - 99 x.arc ", 1), []string{"filedesc record_type=filedesc", "response good"}},
		{"status", arcRecord("http://example.org/", "text/html", "HTTP/1.0 404 Not found\r\n\r\n<html>"), []string{"response http_status=404"}},
		{"type of the head counts", arcRecord("http://example.org/", "text/html", "HTTP/1.0 200 OK\nContent-Type: image/gif\n\nGIF"), []string{"response content_type=image/gif"}},
		{"type of the line where the head has none", arcRecord("http://example.org/t", "text/plain", "HTTP/1.0 200 OK\n\nplain words"), []string{"response t"}},
		{"type that is none", arcRecord("http://example.org/", "no-type", "HTTP/1.0 200 OK\n\nplain words"), []string{"response content_type=none"}},
		{"no head", arcRecord("http://example.org/bare", "text/html", page("bare")), []string{"response bare"}},
		{"dns", arcRecord("dns:example.org", "text/dns", "20040506070809\nexample.org. 1 IN A 192.0.2.7\n"), []string{"response content_type=text/dns"}},
		{"metadata of a crawler", arcRecord("metadata://example.org/crawl/log", "text/plain", "fetched all\n"), []string{"response record_type=metadata"}},
		{"empty", arcRecord("http://example.org/", "text/html", ""), []string{"response empty="}},
		{"length too short", v + head + fmt.Sprint(n-5) + "\n" + block + "\n" + good,
			[]string{"filedesc record_type=filedesc", fmt.Sprintf("response content_length=%d", n-5), "response good"}},
		{"length too long", head + fmt.Sprint(n+30) + "\n" + block + "\n" + good + good, []string{"response truncated=29", "response good", "response good"}},
		{"length absurd", head + "99999999999\n" + block + "\n" + good, []string{"response too_large=99999999999", "response good"}},
		{"length -1", head + "-1\n" + block + "\n" + good, []string{"response content_length=-1", "response good"}},
		{"length no number", head + "many\n" + block + "\n" + good, []string{"response content_length=many", "response good"}},
		{"bytes between", good + "junk\nmore junk\n" + good, []string{"response good", "malformed=15", "response good"}},
		{"bytes behind", good + "junk", []string{"response good", "malformed=4"}},
		{"cut in the block", good + strings.TrimSuffix(good, "body></html>\n\n"), []string{"response good", "response truncated=13"}},
		{"cut in the line", good + head, []string{"response good", fmt.Sprintf("malformed=%d", len(head))}},
		{"a page about ARC", arcRecord("http://example.org/about", "text/html", httpOK("<pre>\n"+head+"9\n</pre>"+page("about"))) + good,
			[]string{"response about", "response good"}},
		{"too large", arcRecord("http://example.org/", "text/html", httpOK(strings.Repeat("x", 100<<10))) + good,
			[]string{fmt.Sprintf("response too_large=%d", 100<<10+len(httpOK(""))), "response good"}},
		{"a long line that is none", "http://example.org/" + strings.Repeat("x", 3*maxArcLine) + "\n" + good,
			[]string{fmt.Sprintf("malformed=%d", 3*maxArcLine+20), "response good"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			docs := readAll(t, "x.arc", test.content, smallOptions())
			if diff := cmp.Diff(test.want, fates(docs)); diff != "" {
				t.Error(diff)
			}
			checkPlaces(t, "x.arc", test.content, docs, smallOptions())
			if !strings.HasPrefix(test.content, "\n") {
				checkTiles(t, docs, int64(len(test.content)))
			}
		})
	}
}

func TestArcDocument(t *testing.T) {
	content := "http://example.org/ca\rf\xe9 192.0.2.7 20040506070809 text/html; charset=iso-8859-1 6\n<html>\n"
	d := readAll(t, "x.arc", content, DefaultOptions())[0]
	got := []string{d.URL, d.Date, d.Type, d.ContentType, string(d.HTML), d.Origin.Codec}
	want := []string{"http://example.org/caf\ufffd", "2004-05-06T07:08:09Z", "response", "text/html; charset=iso-8859-1", "<html>", ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// ARC in every compression, whole and damaged, gives the same records at places that can be read again.
func TestArcPlaces(t *testing.T) {
	records := []string{arcVersion(), arcPage("one"), arcPage("two")}
	all := strings.Join(records, "")
	large := gzipped(arcRecord("http://example.org/large", "text/html", httpOK(noise(80_000))))
	whole := []string{"filedesc record_type=filedesc", "response one", "response two"}
	tests := []struct {
		name, content, codec string
		want                 []string
	}{
		{"gzip by record", each(records, gzipped), "gzip", whole},
		{"gzip whole", gzipped(all), "gzip-stream", whole},
		{"gzip in pieces", inPieces(all, 100), "gzip-stream", whole},
		{"zstd by record", each(records, func(s string) string { return zstdFrame(s, nil) }), "zstd", whole},
		{"bytes between members", gzipped(records[0]) + "junk" + gzipped(records[1]), "gzip", []string{"filedesc record_type=filedesc", "malformed=4", "response one"}},
		{"cut member", gzipped(records[1]) + large[:len(large)/2] + gzipped(records[2]), "gzip",
			[]string{"response one", fmt.Sprintf("response malformed=%d", len(large)/2), "response two"}},
		{"cut file", gzipped(records[1]) + large[:len(large)/2], "gzip", []string{"response one", "response truncated=*"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			docs := readAll(t, "x.arc.gz", test.content, DefaultOptions())
			got := fates(docs)
			for i, fate := range got {
				if strings.HasPrefix(fate, "response truncated=") {
					got[i] = "response truncated=*"
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			checkPlaces(t, "x.arc.gz", test.content, docs, DefaultOptions())
			for _, d := range docs {
				if d.Origin.Codec != test.codec && d.Type != "" {
					t.Errorf("codec %q, want %q", d.Origin.Codec, test.codec)
				}
			}
		})
	}
}

// Records behind damage in one compressed stream lie, when one is read again, where they lay in the reading of all.
func TestPlacesBehindDamageInAStream(t *testing.T) {
	long := page(strings.Repeat("many words ", 50))
	for name, records := range map[string][]string{
		"x.arc.gz":  {arcRecord("http://example.org/long", "text/html", httpOK(long)), arcPage("one"), arcPage("two")},
		"x.warc.gz": {response("http://example.org/long", httpOK(long)), goodPage("one"), goodPage("two")},
	} {
		content := inPieces(records[0], 40) + gzipped(records[1]+records[2])
		for cut := 20; cut < 400; cut += 7 {
			damaged := content[:cut] + content[cut+15:cut+200] + content[cut+215:]
			docs := readAll(t, name, damaged, DefaultOptions())
			if got := fates(docs[len(docs)-2:]); got[0] != "response one" || got[1] != "response two" {
				t.Fatalf("%s without 15 bytes at %d and 15 behind: %v", name, cut, fates(docs))
			}
			for i, d := range docs[len(docs)-2:] {
				if _, err := ReadAt(strings.NewReader(damaged), int64(len(damaged)), d.Origin, "test", DefaultOptions()); err != nil {
					t.Errorf("%s without 15 bytes at %d and 15 behind: page %d: %v", name, cut, i, err)
				}
			}
		}
	}
}
