package ingest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWARCFates(t *testing.T) {
	good, block := goodPage("good"), httpOK(page("x"))
	n := len(block)
	tests := []struct {
		name, content string
		want          []string
	}{
		{"types", record("warcinfo", "", "", "a") + record("request", "http://example.org/", "application/http", "GET / HTTP/1.0\r\n\r\n") + record("Metadata", "", "", "a") + good,
			[]string{"warcinfo record_type=warcinfo", "request record_type=request", "metadata record_type=metadata", "response good"}},
		{"old versions", strings.Replace(good, "WARC/1.0", "WARC/0.17", 1) + strings.Replace(good, "WARC/1.0", "warc/0.18 ", 1) + strings.Replace(good, "WARC/1.0", "WARC/1.1", 1),
			[]string{"response good", "response good", "response good"}},
		{"bare line ends", strings.ReplaceAll("WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: <http://example.org/lf>\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>\r\n\r\n", "\r\n", "\n") + good,
			[]string{"resource lf", "response good"}},
		{"folded header", "WARC/1.0\r\nWARC-Type:\r\n resource\r\nWARC-Target-URI: http://example.org/\r\n\tfolded\r\ncontent-type: text/html\r\ncontent-LENGTH: 6\r\n\r\n<html>\r\n\r\n",
			[]string{"resource  folded"}},
		{"statuses", response("", "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<html>") + response("", "HTTP/1.1 oops\r\n\r\n<html>"),
			[]string{"response http_status=404", "response http_status=none"}},
		{"content types", response("", "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\x89PNG") + response("", "HTTP/1.1 200 OK\r\n\r\n\x00\x01") +
			response("http://example.org/sniffed", "HTTP/1.1 200 OK\r\n\r\n <HTML lang=en>") + response("http://example.org/text", "HTTP/1.1 200 OK\r\nContent-type: Text/Plain;charset=x\r\n\r\nhello"),
			[]string{"response content_type=image/png", "response content_type=none", "response sniffed", "response text"}},
		{"dns", record("response", "dns:example.org", "text/dns", "20240506070809\nexample.org. 1 IN A 1.2.3.4"), []string{"response content_type=text/dns"}},
		{"body without head", record("response", "http://example.org/bare", "application/http", page("x")), []string{"response bare"}},
		{"empty", response("", httpOK("")) + response("", httpOK(" \r\n ")) + record("resource", "", "text/html", "") + record("response", "", "application/http", ""),
			[]string{"response empty=", "response empty=", "resource empty=", "response empty="}},
		{"revisit", record("revisit", "", "application/http", block, "WARC-Profile: http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"),
			[]string{"revisit revisit=identical-payload-digest"}},
		{"segments", record("response", "", "application/http", block, "WARC-Segment-Number: 1") + record("continuation", "", "", "rest", "WARC-Segment-Number: 2"),
			[]string{"response segmented=1", "continuation record_type=continuation"}},
		{"conversion", record("conversion", "http://example.org/wet", "text/plain", "hello") + record("conversion", "http://example.org/wet", "", "hello") + record("conversion", "", "image/png", "x"),
			[]string{"conversion wet", "conversion wet", "conversion content_type=image/png"}},
		{"length too short", bareRecord("response", "", "application/http", fmt.Sprint(n-5), block) + "\r\n\r\n" + good,
			[]string{fmt.Sprintf("response content_length=%d", n-5), "response good"}},
		{"length too long", bareRecord("response", "", "application/http", fmt.Sprint(n+30), block) + "\r\n\r\n" + good + good,
			[]string{"response truncated=26", "response good", "response good"}},
		{"length far too long", bareRecord("response", "", "application/http", fmt.Sprint(n+10000), block) + "\r\n\r\n" + good + good,
			[]string{"response truncated=9996", "response good", "response good"}},
		{"length absurd", bareRecord("response", "", "application/http", "99999999999", block) + "\r\n\r\n" + good,
			[]string{"response too_large=99999999999", "response good"}},
		{"length missing", strings.Replace(good, "Content-Length", "X-Length", 1) + good, []string{"response content_length=", "response good"}},
		{"length no number", bareRecord("response", "", "", "very long", block) + good, []string{"response content_length=very long", "response good"}},
		{"length negative", bareRecord("response", "", "", "-4", block) + good, []string{"response content_length=-4", "response good"}},
		{"no line ends between", strings.TrimSuffix(good, "\r\n\r\n") + good, []string{"response good", "response good"}},
		{"many line ends between", good + strings.Repeat("\r\n", 200_000) + good, []string{"response good", "response good"}},
		{"bytes between", good + "junk\nmore junk\n" + good, []string{"response good", "malformed=15", "response good"}},
		{"bytes before", "\xef\xbb\xbfjunk WARC/1.0 is a format\r\n" + good, []string{"malformed=30", "response good"}},
		{"bytes behind", good + "junk", []string{"response good", "malformed=4"}},
		{"only junk", "junk", []string{"malformed=4"}},
		{"a page about WARC", response("http://example.org/about", httpOK("<html><pre>\nWARC/1.0\r\nWARC-Type: response\r\n\r\n</pre>"+page("x"))) + good,
			[]string{"response about", "response good"}},
		{"cut in the block", good + strings.TrimSuffix(good, "body></html>\n\r\n\r\n"), []string{"response good", "response truncated=13"}},
		{"cut in the header", good + "WARC/1.0\r\nWARC-Type: response\r\nWARC-Tar", []string{"response good", "response truncated=0"}},
		{"too large", response("http://example.org/", httpOK(strings.Repeat("x", 100<<10))) + good,
			[]string{fmt.Sprintf("response too_large=%d", 100<<10+len(httpOK(""))), "response good"}},
		{"header without end", "WARC/1.0\r\nWARC-Type: response\r\nX: " + strings.Repeat("x", maxHeader) + "\r\n\r\n" + good,
			[]string{fmt.Sprintf("malformed=%d", maxHeader+38), "response good"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			docs := readAll(t, "x.warc", test.content, smallOptions())
			if diff := cmp.Diff(test.want, fates(docs)); diff != "" {
				t.Error(diff)
			}
			checkPlaces(t, "x.warc", test.content, docs, smallOptions())
			checkTiles(t, docs, int64(len(test.content)))
		})
	}
}

func TestWARCDocument(t *testing.T) {
	body := page("x")
	content := response("<http://example.org/a>", httpOK(body), "WARC-Record-ID: <urn:uuid:1-2-3>") +
		record("conversion", "http://example.org/b", "text/plain", "\xef\xbb\xbfca\xf1on\n")
	docs := readAll(t, "x.warc", content, DefaultOptions())
	if len(docs) != 2 {
		t.Fatalf("%d documents", len(docs))
	}
	d := docs[0]
	got := []string{d.ID, d.URL, d.Source, d.Date, d.Type, d.ContentType, string(d.HTML), d.Text, d.Origin.File, d.Origin.Codec}
	want := []string{"urn:uuid:1-2-3", "http://example.org/a", "test", "2024-05-06T07:08:09Z", "response", "text/html; charset=utf-8", body, "", "x.warc", ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if docs[1].Text != "ca\ufffdon\n" || docs[1].HTML != nil || len(docs[1].ID) != 32 {
		t.Errorf("conversion: %+v", docs[1])
	}
}

func TestLargeRecordNeverEntersMemory(t *testing.T) {
	const size = 32 << 20
	content := gzipped(response("http://example.org/", httpOK(strings.Repeat("<p>large</p>\n", size/13)))) + gzipped(goodPage("good"))
	in := newInput(t.Context(), strings.NewReader(content), 0, smallOptions())
	in.detect("x.warc.gz", FormatAuto)
	n := 0
	newWARCReader(in, smallOptions()).read(func(d *docT) bool { n++; return true })
	if n != 2 || len(in.buf) > 1<<20 || cap(in.raw.kept) > 4*historyBytes {
		t.Errorf("%d documents; the window grew to %d bytes, the history to %d", n, len(in.buf), cap(in.raw.kept))
	}
}

// Damage that looks like the beginning of records must not be searched again for each of them.
func TestBeginningsOfRecordsThatAreNone(t *testing.T) {
	good := goodPage("good")
	begin := "WARC/1.0\nWARC-a:b\n"
	names := strings.Repeat("WARC/", 1<<20)
	tests := []struct {
		name, content string
		records       int // at most
	}{
		{"headers without end", strings.Repeat(begin, 100_000) + "\nx" + strings.Repeat(good, 2), 20},
		{"block of names", bareRecord("resource", "", "text/html", fmt.Sprint(len(names)-9), names) + "\r\n\r\n" + good, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			docs := readAll(t, "x.warc", test.content, DefaultOptions())
			got := fates(docs)
			if len(got) > test.records || got[len(got)-1] != "response good" {
				t.Errorf("%d documents, the last %s", len(got), got[len(got)-1])
			}
			checkTiles(t, docs, int64(len(test.content)))
		})
	}
}

func TestEmptyMembersNeedNoMemory(t *testing.T) {
	good := goodPage("good")
	content := gzipped(good) + strings.Repeat(gzipped(""), 50_000) + gzipped(good)
	docs := readAll(t, "x.warc.gz", content, DefaultOptions())
	if diff := cmp.Diff([]string{"response good", "response good"}, fates(docs)); diff != "" {
		t.Error(diff)
	}
	checkPlaces(t, "x.warc.gz", content, docs, DefaultOptions())
	checkTiles(t, docs, int64(len(content)))
	in := newInput(t.Context(), strings.NewReader(content[len(gzipped(good)):]), 0, DefaultOptions())
	defer in.close()
	if in.ensure(1); len(in.marks) > 2 {
		t.Errorf("%d marks are held for members without content", len(in.marks))
	}
}
