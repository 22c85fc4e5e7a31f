package ingest

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

// readRandom reads a file that can be sought in, and fails on an error.
func readRandom(t testing.TB, name, content string, opts Options) []*corpus.Document {
	t.Helper()
	docs, err := readFrom(t, name, strings.NewReader(content), opts)
	if err != nil {
		t.Fatal(err)
	}
	return docs
}

func readFrom(t testing.TB, name string, r interface {
	io.Reader
	RandomAccess
}, opts Options) (docs []*corpus.Document, last error) {
	t.Helper()
	source, err := Open(name, r, "test", opts)
	if err != nil {
		t.Fatal(err)
	}
	for d, err := range source.Documents(t.Context()) {
		if err != nil {
			return docs, err
		}
		docs = append(docs, d)
	}
	return docs, nil
}

const (
	identical   = "WARC-Profile: http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"
	notModified = "WARC-Profile: http://netpreserve.org/warc/1.0/revisit/server-not-modified"
)

// revisitOf is a revisit of a page under another address, with a head of its own.
func revisitOf(head string, fields ...string) string {
	return record("revisit", "http://example.org/again", "application/http; msgtype=response", head, append(fields, "WARC-Record-ID: <urn:uuid:again>")...)
}

func TestRevisits(t *testing.T) {
	html := page("one")
	head := strings.TrimSuffix(httpOK(""), "\r\n") + "\r\n"
	sum := "WARC-Payload-Digest: " + sha1Of(html)
	one := response("http://example.org/one", httpOK(html), "WARC-Record-ID: <urn:uuid:one>", sum)
	packed := response("http://example.org/one", httpOK(chunked(gzipped(html)), "Content-Encoding: gzip", "Transfer-Encoding: chunked"), "WARC-Record-ID: <urn:uuid:one>")
	byID, byVisit := "WARC-Refers-To: <urn:uuid:one>", []string{"WARC-Refers-To-Target-URI: http://example.org/one", "WARC-Refers-To-Date: 2024-05-06T07:08:09.5Z"}
	count := DefaultOptions()
	count.Revisits = RevisitsCount
	tests := []struct {
		name     string
		original string
		revisit  string
		opts     Options
		fate     string // of the revisit
		media    string // of a kept one
	}{
		{"by id", one, revisitOf(head, identical, byID), DefaultOptions(), "revisit again", "text/html; charset=utf-8"},
		{"by address and date", one, revisitOf(head, identical, byVisit[0], byVisit[1]), DefaultOptions(), "revisit again", "text/html; charset=utf-8"},
		{"by digest", one, revisitOf(head, identical, sum), DefaultOptions(), "revisit again", "text/html; charset=utf-8"},
		{"by digest in hexadecimal", one, revisitOf(head, identical, "WARC-Payload-Digest: "+hexDigest(html)), DefaultOptions(), "revisit again", "text/html; charset=utf-8"},
		{"unknown id, known digest", one, revisitOf(head, identical, "WARC-Refers-To: <urn:uuid:lost>", sum), DefaultOptions(), "revisit again", "text/html; charset=utf-8"},
		{"codings of the original", packed, revisitOf(head, identical, byID), DefaultOptions(), "revisit again", "text/html; charset=utf-8"},
		{"own head", one, revisitOf("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", identical, byID), DefaultOptions(), "revisit again", "text/plain"},
		{"no head", one, revisitOf("", identical, byID), DefaultOptions(), "revisit again", "text/html; charset=utf-8"},
		{"nothing new at the server", one, revisitOf("HTTP/1.1 304 Not Modified\r\n\r\n", notModified, byID), DefaultOptions(), "revisit again", "text/html; charset=utf-8"},
		{"resource", record("resource", "http://example.org/one", "text/html", html, "WARC-Record-ID: <urn:uuid:one>"), revisitOf("", identical, byID), DefaultOptions(), "revisit again", "text/html"},
		{"own status", one, revisitOf("HTTP/1.1 404 Not Found\r\n\r\n", identical, byID), DefaultOptions(), "revisit http_status=404", ""},
		{"own type", one, revisitOf("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n", identical, byID), DefaultOptions(), "revisit content_type=image/png", ""},
		{"digests that disagree", one, revisitOf(head, identical, byID, "WARC-Payload-Digest: "+sha1Of("other")), DefaultOptions(), "revisit revisit=identical-payload-digest", ""},
		{"other date", one, revisitOf(head, identical, byVisit[0], "WARC-Refers-To-Date: 2023-05-06T07:08:09Z"), DefaultOptions(), "revisit revisit=identical-payload-digest", ""},
		{"original not kept", strings.Replace(one, "text/html", "image/gif", 1), revisitOf(head, identical, byID), DefaultOptions(), "revisit revisit=identical-payload-digest", ""},
		{"no original", goodPage("other"), revisitOf(head, identical, byID, byVisit[0], byVisit[1], sum), DefaultOptions(), "revisit revisit=identical-payload-digest", ""},
		{"names nothing", one, revisitOf(head, identical), DefaultOptions(), "revisit revisit=identical-payload-digest", ""},
		{"segment", one, revisitOf(head, identical, byID, "WARC-Segment-Number: 1"), DefaultOptions(), "revisit revisit=identical-payload-digest", ""},
		{"only counted", one, revisitOf(head, identical, byID), count, "revisit revisit=identical-payload-digest", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for name, content := range map[string]string{
				"x.warc":     test.original + goodPage("between") + test.revisit + goodPage("after"),
				"x.warc.gz":  each([]string{test.original, goodPage("between"), test.revisit, goodPage("after")}, gzipped),
				"x.warc.zst": each([]string{test.original, goodPage("between"), test.revisit, goodPage("after")}, func(s string) string { return zstdFrame(s, nil) }),
			} {
				docs := readRandom(t, name, content, test.opts)
				if len(docs) != 4 {
					t.Fatalf("%s: %v", name, fates(docs))
				}
				d := docs[2]
				if diff := cmp.Diff(test.fate, fates(docs[2:3])[0]); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
				if d.Reason == nil {
					want := []string{"urn:uuid:again", "2024-05-06T07:08:09Z", html, test.media, corpus.PayloadDigest([]byte(html))}
					if diff := cmp.Diff(want, []string{d.ID, d.Date, string(d.HTML), d.ContentType, d.Origin.Digest}); diff != "" {
						t.Errorf("%s: %s", name, diff)
					}
				} else if d.Size() > 0 {
					t.Errorf("%s: a rejected revisit holds %d bytes", name, d.Size())
				}
				checkPlaces(t, name, content, docs, test.opts)
				if name == "x.warc" {
					checkTiles(t, docs, int64(len(content)))
				}
			}
		})
	}
}

func hexDigest(s string) string {
	d, _ := parseDigest(sha1Of(s))
	return fmt.Sprintf("SHA-1:%X", d.sum)
}

// What cannot be sought in, and one compressed stream, leave revisits as they are.
func TestRevisitsThatCannotBeResolved(t *testing.T) {
	records := []string{response("http://example.org/one", httpOK(page("one")), "WARC-Record-ID: <urn:uuid:one>"), revisitOf("", identical, "WARC-Refers-To: <urn:uuid:one>")}
	want := []string{"response one", "revisit revisit=identical-payload-digest"}
	all := strings.Join(records, "")
	for name, content := range map[string]string{"gzip": gzipped(all), "zstd": zstdFrame(all, nil)} {
		docs := readRandom(t, name, content, DefaultOptions())
		if diff := cmp.Diff(want, fates(docs)); diff != "" {
			t.Error(name, diff)
		}
		checkPlaces(t, name, content, docs, DefaultOptions())
	}
	source, _ := Open("x.warc", io.MultiReader(strings.NewReader(all)), "test", DefaultOptions())
	var docs []*corpus.Document
	for d := range source.Documents(t.Context()) {
		docs = append(docs, d)
	}
	if diff := cmp.Diff(want, fates(docs)); diff != "" {
		t.Error(diff)
	}
}

// A page is not given to any number of revisits.
func TestRevisitsOfOnePageAreBounded(t *testing.T) {
	one := response("http://example.org/one", httpOK(page("one")), "WARC-Record-ID: <urn:uuid:one>")
	again := revisitOf("", identical, "WARC-Refers-To: <urn:uuid:one>")
	content := one + strings.Repeat(again, maxRevisits+10)
	docs := readRandom(t, "x.warc", content, DefaultOptions())
	kept := 0
	for _, d := range docs {
		if d.Reason == nil {
			kept++
		}
	}
	if kept != maxRevisits+1 {
		t.Errorf("%d pages are kept", kept)
	}
	checkPlaces(t, "x.warc", content, docs[maxRevisits-1:], DefaultOptions())
}

// An original is not read again and again for revisits that only claim to be of it.
func TestFailedRevisitsAreBounded(t *testing.T) {
	sum := func(s string) string { return "WARC-Payload-Digest: " + sha1Of(s) }
	one := response("http://example.org/one", httpOK(page("one")), "WARC-Record-ID: <urn:uuid:one>", sum("one"))
	other := revisitOf("", identical, "WARC-Refers-To: <urn:uuid:one>", sum("other"))
	content := one + strings.Repeat(other, maxRevisits-1) + strings.Repeat(revisitOf("", identical, "WARC-Refers-To: <urn:uuid:one>"), 2)
	docs := readRandom(t, "x.warc", content, DefaultOptions())
	last := docs[len(docs)-3:]
	if diff := cmp.Diff([]string{"revisit revisit=identical-payload-digest", "revisit again", "revisit revisit=identical-payload-digest"}, fates(last)); diff != "" {
		t.Error(diff)
	}
	checkPlaces(t, "x.warc", content, last, DefaultOptions())
}

func TestOldestOriginalsAreForgotten(t *testing.T) {
	x := &originals{}
	for k := range x.found {
		x.found[k] = make(map[uint64]int)
	}
	const n = 2*maxOriginals + 7
	for i := range n {
		x.remember(corpus.Origin{Offset: int64(i)}, revisitKeys{keyID: fmt.Sprint(i), keySum: fmt.Sprint(i % 10)})
	}
	if len(x.kept) != maxOriginals || len(x.found[keyID]) != maxOriginals || len(x.found[keySum]) != 10 || len(x.found[keyVisit]) != 0 {
		t.Errorf("%d places, %d ids, %d digests are held", len(x.kept), len(x.found[keyID]), len(x.found[keySum]))
	}
	for key, number := range x.found[keyID] {
		if e := x.kept[number%maxOriginals]; e.keys[keyID] != key || e.offset < n-maxOriginals {
			t.Fatalf("original %d is %+v", number, e)
		}
	}
}

// flaky reads well from front to back, and fails when sought in.
type flaky struct {
	*strings.Reader
	err error
}

func (f flaky) ReadAt([]byte, int64) (int, error) { return 0, f.err }

func TestRevisitsOfInputsThatFail(t *testing.T) {
	sum := "WARC-Payload-Digest: " + sha1Of(page("one"))
	content := response("http://example.org/one", httpOK(page("one")), "WARC-Record-ID: <urn:uuid:one>", sum) +
		revisitOf("", identical, "WARC-Refers-To: <urn:uuid:one>", sum) + goodPage("after")
	broken := errors.New("broken disk")
	if _, err := readFrom(t, "x.warc", flaky{strings.NewReader(content), broken}, DefaultOptions()); !errors.Is(err, broken) {
		t.Errorf("got %v, want the disk's error", err)
	}
	docs, err := readFrom(t, "x.warc", flaky{strings.NewReader(content), fmt.Errorf("no ranges: %w", errors.ErrUnsupported)}, DefaultOptions())
	if err != nil || len(docs) != 3 || docs[1].Reason == nil || docs[2].Reason != nil {
		t.Errorf("got %v and %v, want a counted revisit", fates(docs), err)
	}
}
