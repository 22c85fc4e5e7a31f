package ingest

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

func TestExpand(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"b.warc", "a/2.warc", "a/1.jsonl", "a/.hidden", "a/deep/3.warc"} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "b.warc"), "a/link.warc"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir("nothing", 0o755); err != nil {
		t.Fatal(err)
	}
	got, err := Expand(t.Context(), []string{"b.warc", "a/**/*.warc", "a", filepath.Join(dir, "b.warc")})
	if err != nil {
		t.Fatal(err)
	}
	want := []Input{{Path: "b.warc", Bytes: 6}, {Path: "a/2.warc", Bytes: 8}, {Path: "a/deep/3.warc", Bytes: 13}, {Path: "a/1.jsonl", Bytes: 9}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"missing.warc", "*.zip", "nothing", "a["} {
		if _, err := Expand(t.Context(), []string{"b.warc", bad}); err == nil || !strings.Contains(err.Error(), bad) {
			t.Errorf("%s: got %v, want an error that names it", bad, err)
		}
	}
	if _, err := Expand(t.Context(), []string{"missing.warc"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
}

func TestDetect(t *testing.T) {
	wat := record("warcinfo", "", "application/warc-fields", "a: b") + record("metadata", "", "application/json", `{"Container":{},"Envelope":{}}`)
	wet := record("conversion", "", "text/plain", "text")
	tests := []struct{ name, content, want string }{
		{"x", goodPage("a"), "warc"},
		{"x.txt", "\r\n" + goodPage("a"), "warc"},
		{"x.gz", gzipped(wet), "warc"},
		{"x.warc.gz", gzipped("damaged " + goodPage("a")), "warc"},
		{"x.warc.gz", gzipped(goodPage("a"))[:12], "warc"},
		{"x.zst", zstdFrame(wet, nil), "warc"},
		{"x", wat, "wat"},
		{"x.gz", gzipped(wat[:strings.Index(wat, "WARC/1.0\r\nWARC-Type: metadata")]) + gzipped(wat[strings.Index(wat, "WARC/1.0\r\nWARC-Type: metadata"):]), "wat"},
		{"x.warc.wat.gz", gzipped(record("warcinfo", "", "", "")), "wat"},
		{"x", "filedesc://a.arc 0.0.0.0 20240506070809 text/plain 77\n1 0 Alexa\n", "arc"},
		{"x", "http://example.org/ 1.2.3.4 20240506070809 text/html 20\nHTTP/1.0 200 OK\r\n", "arc"},
		{"x.arc.gz", gzipped("filedesc://a.arc"), "arc"},
		{"x", "http://example.org/ 1.2.3.4 20240506070809 text/html 20 a.arc 12\n", "text"},
		{"x", " CDX N b a m s k r M S V g\n", "cdx"},
		{"x", "org,example)/ 20240506070809 http://example.org/ text/html 200 ABC - - 1 2 x.warc.gz\n", "cdx"},
		{"x", `org,example)/ 20240506070809 {"url": "http://example.org/"}` + "\n", "cdxj"},
		{"x.wacz", "PK\x03\x04...", "wacz"},
		{"x", "PK\x03\x04...", "zip"},
		{"x", "PAR1....", "parquet"},
		{"x", "%PDF-1.7", "pdf"},
		{"x", "\x04\x22\x4d\x18....", "lz4"},
		{"x.gz", gzipped(gzipped("twice")), "gzip"},
		{"x", "\x00\x01\x02binary", "binary"},
		{"x.unknown.gz", gzipped("\x00\x01"), "binary"},
		{"x", "", "empty"},
		{"x.warc", "", "empty"},
		{"x.jsonl.gz", gzipped(""), "empty"},
		{"x.txt", " \r\n\r\n", "empty"},
		{"x", `{"text":"a"}` + "\n" + `{"text":"b"}`, "jsonl"},
		{"x.jsonl", "{broken\n", "jsonl"},
		{"x.jsonl", `{"text":"` + strings.Repeat("x", 100<<10) + `"}`, "jsonl"},
		{"x.json", "{\n \"a\": 1\n}\n", "json"},
		{"x", "<!doctype html>\n<p>", "html"},
		{"x", "\xef\xbb\xbf<?xml version='1.0'?>\n<html xmlns='x'>", "html"},
		{"x.warc.gz", gzipped("<html><body>an error page</body></html>"), "html"},
		{"x.htm", "no tags", "html"},
		{"x.xml", "<?xml version='1.0'?><rss>", "xml"},
		{"x.xml", "<?xml version='1.0'?><!-- a --><mediawiki>", "mediawiki"},
		{"x", "  <page>\n <title>A</title></page>", "mediawiki"},
		{"x.jsonl.bz2", bzipped("{\"text\":\"a\"}\n"), "jsonl"},
		{"x.txt.bz2", bzipped("words"), "text"},
		{"x.warc.bz2", bzipped(goodPage("a")), "warc"},
		{"x", "BZh9", "bzip2"},
		{"x", "plain words", "text"},
		{"x.md.gz", gzipped("# title"), "text"},
		{"x", "caf\xe9 in Latin-1", "text"},
		{"x", "\xff\xfeh\x00i\x00", "text"},
	}
	for _, test := range tests {
		t.Run(test.want+" "+test.name, func(t *testing.T) {
			in := newInput(t.Context(), strings.NewReader(test.content), 0, DefaultOptions())
			defer in.close()
			f := in.detect(test.name, FormatAuto)
			if got := f.name + f.unsupported; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			docs := readAll(t, test.name, test.content, DefaultOptions())
			if f.unsupported != "" {
				want := &corpus.Document{Source: "test", Origin: corpus.Origin{File: test.name, Length: int64(len(test.content))}}
				want.ID = corpus.MakeID("test", want.Origin)
				want.Reject("ingest", "unsupported_format", test.want)
				if diff := cmp.Diff([]*corpus.Document{want}, docs); diff != "" {
					t.Error(diff)
				}
			}
			checkPlaces(t, test.name, test.content, docs, DefaultOptions())
		})
	}
}

func TestWholeFiles(t *testing.T) {
	cut := gzipped(noise(5000))
	tests := []struct {
		name, content string
		text, html    string
		contentType   string
		reason        string
	}{
		{"x.txt", "\xef\xbb\xbfhello\n", "hello\n", "", "text/plain", ""},
		{"x.txt.gz", gzipped("hel") + gzipped("lo\n"), "hello\n", "", "text/plain", ""},
		{"x.txt", "caf\xe9", "", "caf\xe9", "text/plain", ""},
		{"x.html", page("x"), "", page("x"), "text/html", ""},
		{"x.html.zst", zstdFrame(page("x"), nil), "", page("x"), "text/html", ""},
		{"x.txt", strings.Repeat("x", 65<<10), "", "", "", "too_large=66560"},
		{"x.txt.gz", gzipped(strings.Repeat("x", 650<<10)), "", "", "", "too_large=665600"},
		{"x.txt.gz", cut[:len(cut)/2], "", "", "", "truncated=0"},
		{"x.txt.gz", cut[:len(cut)-1] + "?", "", "", "", "checksum=gzip"},
		{"x.txt.gz", gzipped("hello\n") + "\x00\x00\x00", "hello\n", "", "text/plain", ""},
	}
	for _, test := range tests {
		t.Run(test.name+" "+test.reason, func(t *testing.T) {
			docs := readAll(t, test.name, test.content, smallOptions())
			if len(docs) != 1 {
				t.Fatalf("%d documents", len(docs))
			}
			d := docs[0]
			reason := ""
			if d.Reason != nil {
				reason = d.Reason.Rule + "=" + d.Reason.Value
			}
			got := []string{d.Text, string(d.HTML), d.ContentType, reason}
			if diff := cmp.Diff([]string{test.text, test.html, test.contentType, test.reason}, got); diff != "" {
				t.Error(diff)
			}
			if d.Origin.Offset != 0 || d.Origin.Length != int64(len(test.content)) {
				t.Errorf("place %+v", d.Origin)
			}
			checkPlaces(t, test.name, test.content, docs, smallOptions())
		})
	}
}

// collect gathers until the error.
func collect(ctx context.Context, t *testing.T, r io.Reader) (docs []*corpus.Document, last error) {
	source, err := Open("x.warc.gz", r, "test", DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	for d, err := range source.Documents(ctx) {
		if last != nil {
			t.Error("something came behind the error")
		}
		if last = err; err == nil {
			docs = append(docs, d)
		}
	}
	return docs, last
}

func TestReadErrorsComeLast(t *testing.T) {
	broken := errors.New("broken disk")
	for _, good := range []string{"", goodPage("one"), goodPage("one") + goodPage("two")[:100], gzipped(goodPage("one")), gzipped(goodPage("one")) + gzipped(goodPage("two"))[:50]} {
		_, err := collect(t.Context(), t, io.MultiReader(strings.NewReader(good), iotest.ErrReader(broken)))
		if !errors.Is(err, broken) || !strings.Contains(err.Error(), "x.warc.gz") {
			t.Errorf("after %d bytes: got %v", len(good), err)
		}
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if docs, err := collect(ctx, t, strings.NewReader(goodPage("one"))); len(docs) > 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("got %d documents and %v", len(docs), err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	source, _ := Open("x.warc", strings.NewReader(strings.Repeat(goodPage("one"), 100_000)), "test", DefaultOptions())
	n := 0
	var last error
	for _, err := range source.Documents(ctx) {
		n, last = n+1, err
		cancel()
	}
	if !errors.Is(last, context.Canceled) || n > 10_000 {
		t.Errorf("went on for %d documents, then %v", n, last)
	}
}

func TestStoppingEarlyIsNoError(t *testing.T) {
	source, _ := Open("x.warc", strings.NewReader(goodPage("one")+goodPage("two")), "test", DefaultOptions())
	n := 0
	for range source.Documents(t.Context()) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d documents", n)
	}
}

// The same bytes give the same documents, however the reader hands them out.
func TestReadSizesDoNotMatter(t *testing.T) {
	one := gzipped(goodPage("one"))
	content := one + "junk" + one[:len(one)-30] + gzipped(goodPage("two")+goodPage("three")) + one
	want := readAll(t, "x.warc.gz", content, DefaultOptions())
	for name, wrap := range map[string]func(io.Reader) io.Reader{"one byte": iotest.OneByteReader, "half": iotest.HalfReader, "data with error": iotest.DataErrReader} {
		source, _ := Open("x.warc.gz", wrap(strings.NewReader(content)), "test", DefaultOptions())
		var got []*corpus.Document
		for d, err := range source.Documents(t.Context()) {
			if err != nil {
				t.Fatal(name, err)
			}
			got = append(got, d)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(name, diff)
		}
	}
}

func TestWholeInputIsRead(t *testing.T) {
	for name, content := range map[string]string{
		"x.warc": goodPage("a"), "x.warc.gz": gzipped(goodPage("a")) + strings.Repeat("\x00", 1<<20), "x.zip": "PK\x03\x04" + noise(1<<20),
		"x.txt": "text", "x.html.gz": gzipped(page("a")) + "junk", "x.jsonl.gz": gzipped(`{"text":"a"}`),
	} {
		r := strings.NewReader(content)
		source, _ := Open(name, r, "test", DefaultOptions())
		for range source.Documents(t.Context()) {
		}
		if r.Len() > 0 {
			t.Errorf("%s: %d bytes were left unread", name, r.Len())
		}
	}
}

func TestOptionsValidate(t *testing.T) {
	tests := []struct {
		key    string
		change func(*Options)
	}{
		{"format", func(o *Options) { o.Format = "xml" }},
		{"max_record_bytes", func(o *Options) { o.MaxRecordBytes = 0 }},
		{"max_record_bytes", func(o *Options) { o.MaxRecordBytes = 2 << 30 }},
		{"statuses", func(o *Options) { o.Statuses = nil }},
		{"statuses", func(o *Options) { o.Statuses = []int{200, 20} }},
		{"fields.text", func(o *Options) { o.Fields = Fields{ID: "id"} }},
	}
	for _, test := range tests {
		o := DefaultOptions()
		test.change(&o)
		var bad *corpus.OptionError
		if err := o.Validate(); !errors.As(err, &bad) || bad.Key != test.key {
			t.Errorf("got %v, want an error at %s", err, test.key)
		}
		if _, err := Open("x", strings.NewReader(""), "test", o); !errors.As(err, &bad) {
			t.Errorf("Open took bad options: %v", err)
		}
	}
	if err := DefaultOptions().Validate(); err != nil {
		t.Errorf("the defaults are refused: %v", err)
	}
}
