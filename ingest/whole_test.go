package ingest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A folder of all kinds of files is read file by file: each is documents, or a row that says what it is.
func TestMixedFolder(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"a.txt":         "plain text",
		"b.html":        page("b"),
		"c.xhtml":       `<?xml version="1.0"?><!DOCTYPE html PUBLIC "x" "y"><html xmlns="http://www.w3.org/1999/xhtml"><p>c</p></html>`,
		"d.mhtml":       "From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>\r\n--x--\r\n",
		"e.json":        "[\n{\"text\": \"e1\"},\n{\"text\": \"e2\"}\n]",
		"f.parquet":     parquetOf(t, fineWebRows(2), 10),
		"g.jsonl":       `{"text":"g"}` + "\n",
		"h/i.warc":      goodPage("i"),
		"h/j.png":       "\x89PNG\r\n\x1a\n\x00\x00",
		"h/k.docx":      "PK\x03\x04 and so on",
		"h/l":           page("l"),
		"h/m.txt.gz":    gzipped("compressed text"),
		"h/n.HTM":       "<p>n",
		"h/o.unknown":   "words of an unknown kind",
		"h/p.jsonl.zst": zstdFrame(`{"text":"p"}`, nil),
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	inputs, err := Expand(t.Context(), []string{dir})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, input := range inputs {
		b, err := os.ReadFile(input.Path)
		if err != nil {
			t.Fatal(err)
		}
		docs := readAll(t, input.Path, string(b), DefaultOptions())
		for i, fate := range fates(docs) {
			if docs[i].Reason == nil {
				fate = docs[i].Type
			}
			got = append(got, strings.TrimPrefix(input.Path, dir+"/")+" "+strings.TrimSpace(fate))
		}
		checkPlaces(t, input.Path, string(b), docs, DefaultOptions())
	}
	want := []string{
		"a.txt text", "b.html html", "c.xhtml html", "d.mhtml unsupported_format=mhtml", "e.json jsonl", "e.json jsonl", "f.parquet parquet", "f.parquet parquet",
		"g.jsonl jsonl", "h/i.warc response", "h/j.png unsupported_format=binary", "h/k.docx unsupported_format=zip", "h/l html", "h/m.txt.gz text", "h/n.HTM html",
		"h/o.unknown text", "h/p.jsonl.zst jsonl",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
