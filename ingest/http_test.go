package ingest

import (
	"bytes"
	"compress/zlib"
	"io"
	"net/http/httputil"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/flate"

	"corpus"
)

func TestParseHTTP(t *testing.T) {
	tests := []struct {
		name, in string
		status   string
		media    string
		body     string
		ok       bool
	}{
		{"plain", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nbody", "200", "text/html", "body", true},
		{"bare line ends", "HTTP/1.0 200 OK\ncontent-type:text/html\n\nbody\r\n\r\n", "200", "text/html", "body\r\n\r\n", true},
		{"folded", "HTTP/1.1 200 OK\r\nContent-Type: text/html;\r\n\tcharset=x\r\n\r\nb", "200", "text/html; charset=x", "b", true},
		{"first type counts", "HTTP/1.1 200 OK\r\nContent-Type: \r\nContent-Type: a/b\r\nContent-Type: c/d\r\n\r\n", "200", "a/b", "", true},
		{"space before colon", "HTTP/1.1 200 OK\r\nContent-Type : a/b\r\n\r\n", "200", "a/b", "", true},
		{"line without colon", "HTTP/1.1 200 OK\r\nnonsense\r\nContent-Type: a/b\r\n\r\n", "200", "a/b", "", true},
		{"no phrase", "HTTP/1.1 404\r\n\r\n", "404", "", "", true},
		{"no version", "HTTP 200 OK\r\n\r\nb", "200", "", "b", true},
		{"version 2", "HTTP/2 204 \r\n\r\n", "204", "", "", true},
		{"lower case", "http/1.1 200 ok\r\n\r\n", "200", "", "", true},
		{"shoutcast", "ICY 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n", "200", "audio/mpeg", "", true},
		{"blank lines first", "\r\n\r\nHTTP/1.1 200 OK\r\n\r\nb", "200", "", "b", true},
		{"no status", "HTTP/1.1 OK\r\n\r\nb", "", "", "b", true},
		{"interim response", "HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: a/b\r\n\r\nb", "200", "a/b", "b", true},
		{"no blank line", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n<html>\n\nb", "200", "text/html", "<html>\n\nb", true},
		{"head alone", "HTTP/1.1 200 OK\r\nContent-Type: text/html", "200", "", "", true},
		{"doubled carriage returns", "HTTP/1.0 302 \r\r\nContent-Type: a/b\r\r\n\r\r\nb", "302", "a/b", "b", true},
		{"no head", "<html>body", "", "", "<html>body", false},
		{"version 2 with a dot", "HTTP/2.0 200\r\nA: b\r\n\r\nb", "200", "", "b", true},
		{"version 0.9 said", "HTTP/0.9 200 OK\r\n\r\nb", "200", "", "b", true},
		{"many blanks", "HTTP/1.1   200    OK\r\n\r\nb", "200", "", "b", true},
		{"status of four digits", "HTTP/1.1 2000 OK\r\n\r\nb", "", "", "b", true},
		{"redirect, then page", "HTTP/1.1 302 Found\r\n\r\nHTTP/1.1 200 OK\r\n\r\nb", "302", "", "HTTP/1.1 200 OK\r\n\r\nb", true},
		{"bare and full line ends", "HTTP/1.1 200 OK\nA: b\r\nContent-Type: a/b\n\r\nb", "200", "a/b", "b", true},
		{"type in two lines of the same name", "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Type: a/b\r\n\r\nb", "200", "a/b", "b", true},
		{"folded twice, by tab and blank", "HTTP/1.1 200 OK\r\nContent-Type:\r\n\ta/b;\r\n  charset=x\r\n\r\nb", "200", "a/b; charset=x", "b", true},
		{"blank line missing behind the status", "HTTP/1.1 200 OK\r\n<html>", "200", "", "<html>", true},
		{"a word that begins so", "HTTPS is safe", "", "", "HTTPS is safe", false},
		{"empty", "", "", "", "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			head, body, ok := parseHTTP([]byte(test.in))
			got := []any{head.status, head.contentType, string(body), ok}
			if diff := cmp.Diff([]any{test.status, test.media, test.body, test.ok}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDechunk(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"whole", "4\r\nWiki\r\n7\r\npedia i\r\n0\r\n\r\n", "Wikipedia i"},
		{"upper case and zeros", "000A\r\n0123456789\r\n0\r\n\r\n", "0123456789"},
		{"extension", "4;name=value\r\nWiki\r\n0\r\n\r\n", "Wiki"},
		{"trailer", "4\r\nWiki\r\n0\r\nA: b\r\n\r\n", "Wiki"},
		{"bare line ends", "4\nWiki\n0\n\n", "Wiki"},
		{"padded sizes", "4  \r\nWiki\r\n 0 \r\n\r\n", "Wiki"},
		{"never chunked", "<html>not chunked", "<html>not chunked"},
		{"never chunked, digits first", "404 not found", "404 not found"},
		{"last chunk missing", "4\r\nWiki\r\n", "Wiki"},
		{"cut in a chunk", "9\r\nWiki", "Wiki"},
		{"cut in the last size", "4\r\nWiki\r\n0", "Wiki"},
		{"size too small", "2\r\nWiki\r\n0\r\n\r\n", "Wiki\r\n0\r\n\r\n"},
		{"no size further on", "4\r\nWiki\r\nxyz\r\n", "Wikixyz\r\n"},
		{"size overflows", "ffffffffffffffffff\r\nx", "ffffffffffffffffff\r\nx"},
		{"extension with value and blanks", "4 ; a=\"b;c\"\r\nWiki\r\n0;x\r\n\r\n", "Wiki"},
		{"negative size", "4\r\nWiki\r\n-1\r\nx", "Wiki-1\r\nx"},
		{"size with a prefix", "0x4\r\nWiki\r\n", "0x4\r\nWiki\r\n"},
		{"size far too large", "4\r\nWiki\r\nffff\r\npedia", "Wikipedia"},
		{"line end missing behind a chunk", "4\r\nWiki5\r\npedia\r\n0\r\n\r\n", "Wiki5\r\npedia\r\n0\r\n\r\n"},
		{"blank line before", "\r\n4\r\nWiki\r\n0\r\n\r\n", "\r\n4\r\nWiki\r\n0\r\n\r\n"},
		{"empty", "", ""},
		{"only the end", "0\r\n\r\n", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := string(dechunk([]byte(test.in))); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// encoded returns what a writer makes of s.
func encoded(s string, newWriter func(io.Writer) io.WriteCloser) string {
	var b bytes.Buffer
	w := newWriter(&b)
	io.WriteString(w, s)
	w.Close()
	return b.String()
}

func chunked(s string) string {
	return encoded(s, func(w io.Writer) io.WriteCloser { return httputil.NewChunkedWriter(w) }) + "\r\n"
}

func TestContentEncodings(t *testing.T) {
	html := page("encoded") + strings.Repeat("<p>more and more</p>\n", 100)
	br := encoded(html, func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) })
	zl := encoded(html, func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) })
	raw := encoded(html, func(w io.Writer) io.WriteCloser { f, _ := flate.NewWriter(w, 6); return f })
	bomb := strings.Repeat("x", 10<<20)
	damaged := []byte(gzipped(html))
	damaged[40] ^= 0x55
	tests := []struct {
		name, body string
		fields     []string
		want       string // what is kept, or rule=value
	}{
		{"gzip", gzipped(html), []string{"Content-Encoding: gzip"}, html},
		{"x-gzip", gzipped(html), []string{"Content-Encoding: X-GZIP"}, html},
		{"gzip in two members", gzipped(html[:100]) + gzipped(html[100:]), []string{"Content-Encoding: gzip"}, html},
		{"gzip and bytes behind", gzipped(html) + "<!-- late -->", []string{"Content-Encoding: gzip"}, html},
		{"br", br, []string{"Content-Encoding: br"}, html},
		{"zstd", zstdFrame(html, nil), []string{"Content-Encoding: zstd"}, html},
		{"deflate", zl, []string{"Content-Encoding: deflate"}, html},
		{"raw deflate", raw, []string{"Content-Encoding: deflate"}, html},
		{"two codings", gzipped(br), []string{"Content-Encoding: br, gzip"}, html},
		{"two fields", gzipped(br), []string{"Content-Encoding: br", "Content-Encoding: gzip"}, html},
		{"chunked gzip", chunked(gzipped(html)), []string{"Content-Encoding: gzip", "Transfer-Encoding: chunked"}, html},
		{"transfer coding", chunked(gzipped(html)), []string{"Transfer-Encoding: gzip, chunked"}, html},
		{"gzip under br", gzipped(html), []string{"Content-Encoding: br"}, html},
		{"gzip under deflate", gzipped(html), []string{"Content-Encoding: deflate"}, html},
		{"gzip under zstd", gzipped(html), []string{"Content-Encoding: zstd"}, html},
		{"zstd under gzip", zstdFrame(html, nil), []string{"Content-Encoding: gzip"}, html},
		{"zstd under br", zstdFrame(html, nil), []string{"Content-Encoding: br"}, html},
		{"gzip twice, said once", gzipped(gzipped(html)), []string{"Content-Encoding: gzip"}, html},
		{"gzip once, said twice", gzipped(html), []string{"Content-Encoding: gzip, gzip"}, html},
		{"gzip under an unknown name", gzipped(html), []string{"Content-Encoding: none"}, html},
		{"zstd not said", zstdFrame(html, nil), nil, html},
		{"coding with a parameter", gzipped(html), []string{"Content-Encoding: \"gzip\";q=1"}, html},
		{"chunks of a wrong size", "5\r\n" + html, []string{"Transfer-Encoding: chunked"}, html},
		{"no last chunk", strings.TrimSuffix(chunked(html), "0\r\n\r\n"), []string{"Transfer-Encoding: chunked"}, html},
		{"chunks in upper case", chunked(html), []string{"Transfer-Encoding: CHUNKED"}, html},
		{"chunks said twice", chunked(html), []string{"Transfer-Encoding: chunked", "Transfer-Encoding: chunked"}, html},
		{"trailers", strings.TrimSuffix(chunked(html), "\r\n") + "Expires: never\r\nX: y\r\n\r\n", []string{"Transfer-Encoding: chunked"}, html},
		{"length too short", html, []string{"Content-Length: 7"}, html},
		{"length too long", html, []string{"Content-Length: 7000000"}, html},
		{"length no number", html, []string{"Content-Length: -7, 12"}, html},
		{"chunked alone", chunked(html), []string{"Transfer-Encoding: chunked"}, html},
		{"not said", gzipped(html), nil, html},
		{"a lie about gzip", html, []string{"Content-Encoding: gzip"}, html},
		{"a lie about br", html, []string{"Content-Encoding: br"}, html},
		{"a lie about deflate", html, []string{"Content-Encoding: deflate"}, html},
		{"a lie about zstd", html, []string{"Content-Encoding: zstd"}, html},
		{"a lie about chunks", html, []string{"Transfer-Encoding: chunked"}, html},
		{"unknown coding", html, []string{"Content-Encoding: utf-8"}, html},
		{"identity", html, []string{"Content-Encoding: identity"}, html},
		{"damaged gzip", string(damaged), []string{"Content-Encoding: gzip"}, "undecodable=gzip"},
		{"cut gzip", gzipped(html)[:60], []string{"Content-Encoding: gzip"}, "undecodable=gzip"},
		{"cut br", br[:len(br)/2], []string{"Content-Encoding: br"}, "undecodable=br"},
		{"cut zstd", zstdFrame(html, nil)[:40], []string{"Content-Encoding: zstd"}, "undecodable=zstd"},
		{"binary under deflate", "\x00\x01\x02\xff\xfe", []string{"Content-Encoding: deflate"}, "undecodable=deflate"},
		{"bomb in gzip", gzipped(bomb), []string{"Content-Encoding: gzip"}, "too_large=65536+"},
		{"bomb in br", encoded(bomb, func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) }), []string{"Content-Encoding: br"}, "too_large=65536+"},
		{"bomb in zstd", zstdFrame(bomb, nil), []string{"Content-Encoding: zstd"}, "too_large=65536+"},
		{"bomb in deflate", encoded(bomb, func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }), []string{"Content-Encoding: deflate"}, "too_large=65536+"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			// A page before and after: decoders are reused, and must not remember.
			content := goodPage("before") + response("http://example.org/", httpOK(test.body, test.fields...)) + goodPage("after")
			docs := readAll(t, "x.warc", content, smallOptions())
			if len(docs) != 3 || docs[0].Reason != nil || docs[2].Reason != nil {
				t.Fatalf("got %v", fates(docs))
			}
			d := docs[1]
			got := string(d.HTML)
			if d.Reason != nil {
				got = d.Reason.Rule + "=" + d.Reason.Value
			}
			if got != test.want {
				t.Errorf("got %.60q (%d bytes), want %.60q", got, len(got), test.want)
			}
			if d.Reason == nil && d.Origin.Digest != corpus.PayloadDigest([]byte(html)) {
				t.Errorf("digest %s is not that of the page", d.Origin.Digest)
			}
		})
	}
}

func TestHeadsOfManyPieces(t *testing.T) {
	const n = 500_000 // for which time beyond proportion would be minutes
	for name, fields := range map[string]string{
		"folded value":  "X-Long: a\r\n" + strings.Repeat(" a\n", n),
		"folded values": strings.Repeat("X-Long: a\r\n"+strings.Repeat(" a\n", n/10), 10),
		"codings":       strings.Repeat("Content-Encoding: identity\r\n", n),
	} {
		block := "HTTP/1.1 200 OK\r\n" + fields + "Content-Type: text/html\r\n\r\n" + page("x")
		docs := readAll(t, "x.warc", response("http://example.org/many", block), DefaultOptions())
		if diff := cmp.Diff([]string{"response many"}, fates(docs)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		} else if got := string(docs[0].HTML); got != page("x") {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestBodyCutByTheCrawlerIsKept(t *testing.T) {
	html := page("cut") + noise(5000)
	whole := gzipped(html)
	block := httpOK(whole[:len(whole)/2], "Content-Encoding: gzip")
	docs := readAll(t, "x.warc", response("http://example.org/", block, "WARC-Truncated: length"), DefaultOptions())
	if d := docs[0]; d.Reason != nil || len(d.HTML) < 1000 || !strings.HasPrefix(html, string(d.HTML)) {
		t.Errorf("got %v with %d bytes", d.Reason, len(d.HTML))
	}
}

func TestStatusesOption(t *testing.T) {
	opts := DefaultOptions()
	opts.Statuses = []int{203, 404}
	docs := readAll(t, "x.warc", response("http://example.org/gone", "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n"+page("gone"))+goodPage("good"), opts)
	if diff := cmp.Diff([]string{"response gone", "response http_status=200"}, fates(docs)); diff != "" {
		t.Error(diff)
	}
}

func TestNormalizeDate(t *testing.T) {
	tests := []struct{ in, want string }{
		{"2024-05-06T07:08:09Z", "2024-05-06T07:08:09Z"},
		{"2024-05-06t07:08:09z", "2024-05-06T07:08:09Z"},
		{"2024-05-06T07:08:09.123456789Z", "2024-05-06T07:08:09Z"},
		{"2024-05-06T07:08:09+02:00", "2024-05-06T05:08:09Z"},
		{" 2024-05-06 07:08:09 ", "2024-05-06T07:08:09Z"},
		{"20240506070809", "2024-05-06T07:08:09Z"},
		{"Mon, 06 May 2024 07:08:09 GMT", "2024-05-06T07:08:09Z"},
		{"2024-05-06", "2024-05-06"},
		{"2024-05", "2024-05"},
		{"2024", "2024"},
		{"1899-01-01T00:00:00Z", ""},
		{"9999-12-31T00:00:00Z", ""},
		{"2024-13-01", ""},
		{"yesterday", ""},
		{"", ""},
	}
	for _, test := range tests {
		if got := normalizeDate(test.in, firstCrawl); got != test.want {
			t.Errorf("%q: got %q, want %q", test.in, got, test.want)
		}
	}
	// What a zone's abbreviation means must not depend on where the program runs.
	defer func(zone *time.Location) { time.Local = zone }(time.Local)
	time.Local = time.FixedZone("EST", -5*60*60)
	for _, in := range []string{"2024-05-06 07:08:09 EST", "Mon, 06 May 2024 07:08:09 EST"} {
		if got := normalizeDate(in, firstCrawl); got != "2024-05-06T07:08:09Z" {
			t.Errorf("%q: got %q", in, got)
		}
	}
	if got := normalizeDate("1850-02", firstText); got != "1850-02" {
		t.Errorf("a book's year: got %q", got)
	}
}
