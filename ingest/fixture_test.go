package ingest

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"corpus"
)

// page is an HTML page that is long enough not to be taken for damage.
func page(name string) string {
	return "<!DOCTYPE html><html><head><title>" + name + "</title></head><body><p>The page called " + name + ".</p></body></html>\n"
}

// http is a response with a body and any further head fields ("Name: value").
func httpOK(body string, fields ...string) string {
	head := "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
	for _, f := range fields {
		head += f + "\r\n"
	}
	return head + "\r\n" + body
}

// record is a WARC record with the right length and the two line ends behind it.
func record(kind, uri, contentType, block string, fields ...string) string {
	return bareRecord(kind, uri, contentType, fmt.Sprint(len(block)), block, fields...) + "\r\n\r\n"
}

// bareRecord is a record with whatever length it is told, and nothing behind it.
func bareRecord(kind, uri, contentType, length, block string, fields ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "WARC/1.0\r\nWARC-Type: %s\r\nWARC-Date: 2024-05-06T07:08:09Z\r\n", kind)
	if uri != "" {
		fmt.Fprintf(&b, "WARC-Target-URI: %s\r\n", uri)
	}
	if contentType != "" {
		fmt.Fprintf(&b, "Content-Type: %s\r\n", contentType)
	}
	for _, f := range fields {
		b.WriteString(f + "\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %s\r\n\r\n%s", length, block)
	return b.String()
}

func response(uri, block string, fields ...string) string {
	return record("response", uri, "application/http; msgtype=response", block, fields...)
}

// goodPage is a response that is kept.
func goodPage(name string) string {
	return response("http://example.org/"+name, httpOK(page(name)))
}

// threeRecords are a record that is no page and two pages.
func threeRecords() []string {
	return []string{
		record("warcinfo", "", "application/warc-fields", "software: none\r\n"),
		goodPage("one"),
		goodPage("two"),
	}
}

func gzipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, s)
	z.Close()
	return b.String()
}

// zstdFrame compresses s; dictionary may be nil.
func zstdFrame(s string, dictionary []byte) string {
	opts := []zstd.EOption{zstd.WithEncoderConcurrency(1)}
	if dictionary != nil {
		opts = append(opts, zstd.WithEncoderDict(dictionary))
	}
	z, err := zstd.NewWriter(nil, opts...)
	if err != nil {
		panic(err)
	}
	defer z.Close()
	return string(z.EncodeAll([]byte(s), nil))
}

func skippable(magic uint32, content string) string {
	b := binary.LittleEndian.AppendUint32(nil, magic)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(content)))
	return string(b) + content
}

// buildDictionary makes a dictionary out of pages.
func buildDictionary(t testing.TB) []byte {
	var contents [][]byte
	for i := range 12 {
		contents = append(contents, []byte(goodPage(fmt.Sprint("page-", i*7919))))
	}
	d, err := zstd.BuildDict(zstd.BuildDictOptions{
		ID: 1234, Contents: contents, History: []byte(goodPage("history")), Offsets: [3]int{1, 4, 8},
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func each(records []string, f func(string) string) string {
	var b strings.Builder
	for _, r := range records {
		b.WriteString(f(r))
	}
	return b.String()
}

// noise is letters that compress to half, in no pattern.
func noise(n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = 'A' + byte(r.IntN(16))
	}
	return string(b)
}

func smallOptions() Options {
	o := DefaultOptions()
	o.MaxRecordBytes = 64 << 10
	return o
}

// readAll reads a file and fails on an error.
func readAll(t testing.TB, name, content string, opts Options) []*corpus.Document {
	t.Helper()
	source, err := Open(name, strings.NewReader(content), "test", opts)
	if err != nil {
		t.Fatal(err)
	}
	var docs []*corpus.Document
	for d, err := range source.Documents(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, d)
	}
	return docs
}

// fates writes documents as "type name-of-page" or "type rule=value".
func fates(docs []*corpus.Document) []string {
	var all []string
	for _, d := range docs {
		fate := d.Type + " " + d.URL
		if d.Reason != nil {
			fate = d.Type + " " + d.Reason.Rule + "=" + d.Reason.Value
		}
		all = append(all, strings.TrimSpace(strings.ReplaceAll(fate, "http://example.org/", "")))
	}
	return all
}
