package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"corpus"
)

// fuzzOptions keep what one input may cost small.
func fuzzOptions(format string) Options {
	o := DefaultOptions()
	o.Format, o.MaxRecordBytes = format, 4096
	return o
}

// checkDocuments states what holds for any bytes at all.
func checkDocuments(t *testing.T, docs []*corpus.Document, opts Options) {
	next := make(map[string]int64)
	for i, d := range docs {
		o := d.Origin
		if o.Offset < next[o.Codec] || o.Length < 0 {
			t.Errorf("document %d at %d of %d bytes (%q) overlaps the one before", i, o.Offset, o.Length, o.Codec)
		}
		next[o.Codec] = o.Offset + o.Length
		if int64(len(d.HTML)) > opts.MaxRecordBytes || d.Reason == nil && d.Size() == 0 {
			t.Errorf("document %d has %d bytes and reason %v", i, d.Size(), d.Reason)
		}
		if d.ID == "" || d.Reason != nil && (d.Reason.Stage != Stage || d.Reason.Rule == "") {
			t.Errorf("document %d: %+v", i, d)
		}
		for _, s := range []string{d.ID, d.URL, d.Date, d.Type, d.ContentType, d.Text} {
			if strings.ToValidUTF8(s, "") != s {
				t.Errorf("document %d holds %q", i, s)
			}
		}
	}
}

func FuzzWARC(f *testing.F) { fuzzRecords(f, FormatWARC) }

// FuzzARC shares the seeds of FuzzWARC: what is a record in one is bytes between records in the other.
func FuzzARC(f *testing.F) {
	all := arcVersion() + arcPage("a") + arcPage("b")
	for _, s := range []string{
		all, gzipped(all), gzipped(arcPage("a")) + "junk" + gzipped(arcPage("b"))[:60] + gzipped(arcPage("c")), inPieces(all, 40),
		strings.Replace(all, " 2004", " 2004 ", 1), strings.ReplaceAll(all, "text/html 2", "text/html 1"), "a: 1.2.3.4 20040506 0\n", "filedesc: 0\n\n",
	} {
		f.Add([]byte(s))
	}
	fuzzRecords(f, FormatARC)
}

func fuzzRecords(f *testing.F, format string) {
	all := strings.Join(threeRecords(), "")
	for _, s := range []string{
		all, gzipped(all), each(threeRecords(), gzipped), zstdFrame(all, nil), inPieces(all, 50),
		"(\xb5/\xfd", "(\xb5/\xfd" + zstdFrame(all, nil), "\x1f\x8b\x08\x00", // magic numbers with nothing, or with the wrong thing, behind
		each(threeRecords(), func(s string) string { return zstdFrame(s, nil) }),
		goodPage("a") + "junk" + goodPage("b"), gzipped(goodPage("a")) + "junk" + gzipped(goodPage("b"))[:80] + gzipped(goodPage("c")),
		strings.Replace(all, "Content-Length: 2", "Content-Length: 9", 1), response("", httpOK(chunked(gzipped(page("x"))), "Content-Encoding: gzip", "Transfer-Encoding: chunked")),
		skippable(dictionaryFrame, "not a dictionary") + zstdFrame(all, nil), "WARC/1.0\r\n\r\n", "WARC/1.0\r\nContent-Length: 0\r\n\r\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		opts := fuzzOptions(format)
		docs := readAll(t, "x", string(b), opts)
		checkDocuments(t, docs, opts)
		compressed := newInput(t.Context(), bytes.NewReader(b), 0, opts).codec != nil
		for i, d := range docs {
			again, err := ReadAt(bytes.NewReader(b), int64(len(b)), d.Origin, "test", opts)
			if compressed && d.Reason != nil {
				continue // what damaged compressed data decodes to depends on the bytes behind it
			}
			if err != nil {
				t.Errorf("document %d (%v): %v", i, d.Reason, err)
			} else if fmt.Sprint(again.Reason) != fmt.Sprint(d.Reason) || !bytes.Equal(again.HTML, d.HTML) || again.Text != d.Text {
				t.Errorf("document %d differs when read again: %v, %v", i, d.Reason, again.Reason)
			}
		}
	})
}

func FuzzHTTPHead(f *testing.F) {
	for _, s := range []string{
		httpOK("body"), "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\n\nb", "ICY 200\r\n\r\n", "HTTP", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n<html>", "\r\n \r\nHTTP 1\r\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		head, body, ok := parseHTTP(b)
		if !bytes.HasSuffix(b, body) {
			t.Errorf("the body is no part of the response")
		}
		if !ok && len(body) != len(b) {
			t.Errorf("bytes are lost without a head")
		}
		if head.status != "" && (len(head.status) != 3 || !ok) {
			t.Errorf("status %q", head.status)
		}
		if strings.ToValidUTF8(head.contentType, "") != head.contentType {
			t.Errorf("type %q", head.contentType)
		}
	})
}

func FuzzChunked(f *testing.F) {
	f.Add([]byte("4\r\nWiki\r\n0\r\n\r\n"), uint8(3))
	f.Add([]byte("2\r\nWiki"), uint8(0))
	f.Add([]byte("ffffffffff\r\n"), uint8(1))
	f.Add([]byte("1;\n\n0"), uint8(200))
	f.Fuzz(func(t *testing.T, b []byte, size uint8) {
		if got := dechunk(b); len(got) > len(b) {
			t.Errorf("%d bytes came out of %d", len(got), len(b))
		}
		// What is chunked in pieces of any size comes out as it was.
		var coded bytes.Buffer
		for rest := b; len(rest) > 0; {
			n := min(int(size)+1, len(rest))
			fmt.Fprintf(&coded, "%x\r\n%s\r\n", n, rest[:n])
			rest = rest[n:]
		}
		coded.WriteString("0\r\n\r\n")
		if got := dechunk(coded.Bytes()); !bytes.Equal(got, b) {
			t.Errorf("got %q, want %q", got, b)
		}
	})
}

func FuzzJSONL(f *testing.F) {
	for _, s := range []string{
		`{"id":"a","text":"x"}` + "\n\n" + `{"id":1,"html":"<p>"}`, `{"id":-0.5e3,"text":""}`, "[]\nnull\r\n{", gzipped(`{"text":"a"}` + "\n"), "\xef\xbb\xbf{}",
		`{"text":"` + strings.Repeat("x", 5000) + `"}` + "\n{}", `{"html_base64":"PHA+","date":"2024-01-01"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		opts := fuzzOptions(FormatJSONL)
		docs := readAll(t, "x", string(b), opts)
		checkDocuments(t, docs, opts)
		if in := newInput(t.Context(), bytes.NewReader(b), 0, opts); in.codec != nil {
			return
		}
		checkPlaces(t, "x", string(b), docs, opts)
		// The plain way: split, and decode each line.
		n := 0
		for _, line := range bytes.Split(bytes.TrimPrefix(b, utf8BOM), []byte("\n")) {
			if len(bytes.TrimSpace(line)) == 0 && int64(len(line)) <= opts.MaxRecordBytes {
				continue
			}
			var object map[string]any
			bad := json.Unmarshal(bytes.TrimRight(line, "\r"), &object) != nil || object == nil
			if n < len(docs) && int64(len(line)) <= opts.MaxRecordBytes && bad != (docs[n].Reason != nil && docs[n].Reason.Rule == RuleBadJSON) {
				t.Errorf("line %q: %v", line, docs[n].Reason)
			}
			n++
		}
		if empty := len(docs) == 1 && docs[0].Reason != nil && docs[0].Reason.Rule == RuleUnsupportedFormat; n != len(docs) && !empty {
			t.Errorf("%d documents for %d lines", len(docs), n)
		}
	})
}
