package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	parquetgo "github.com/parquet-go/parquet-go"

	"corpus"
)

// fineWeb is a row as FineWeb has it.
type fineWeb struct {
	Text     *string `parquet:"text,optional"`
	ID       string  `parquet:"id"`
	Dump     string  `parquet:"dump,dict"`
	URL      string  `parquet:"url"`
	Date     string  `parquet:"date"`
	FilePath string  `parquet:"file_path,dict"`
	Language string  `parquet:"language,dict"`
	Score    float64 `parquet:"language_score"`
	Tokens   int64   `parquet:"token_count"`
}

func fineWebRows(n int) []fineWeb {
	rows := make([]fineWeb, n)
	for i := range rows {
		text := fmt.Sprintf("Text of page %d. %s", i, strings.Repeat("More words here. ", 20+i%30))
		rows[i] = fineWeb{
			Text: &text, ID: fmt.Sprintf("<urn:uuid:%d>", i), Dump: "CC-MAIN-2024-10", URL: fmt.Sprintf("http://example.org/%d", i),
			Date: "2024-02-21T02:39:14Z", FilePath: "s3://x/y.warc.gz", Language: "en", Score: 0.95, Tokens: int64(i),
		}
	}
	return rows
}

func parquetOf[T any](t testing.TB, rows []T, perGroup int64, options ...parquetgo.WriterOption) string {
	t.Helper()
	var b bytes.Buffer
	w := parquetgo.NewGenericWriter[T](&b, append(options, parquetgo.MaxRowsPerRowGroup(perGroup))...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestParquetFineWeb(t *testing.T) {
	rows := fineWebRows(50)
	rows[3].Text = nil
	blank := " \n"
	rows[4].Text = &blank
	content := parquetOf(t, rows, 20)
	docs := readAll(t, "x.parquet", content, smallOptions())
	if len(docs) != 50 {
		t.Fatalf("%d documents", len(docs))
	}
	want := &corpus.Document{
		ID: "urn:uuid:21", URL: "http://example.org/21", Date: "2024-02-21T02:39:14Z", Source: "test", Type: "parquet", Text: *rows[21].Text,
		Metadata: []byte(`{"dump":"CC-MAIN-2024-10","file_path":"s3://x/y.warc.gz","language_score":0.95,"token_count":21}`),
		Declared: corpus.Declared{Language: "en"},
		Origin:   corpus.Origin{File: "x.parquet", Offset: 21, Length: 1, Codec: "parquet", Digest: corpus.PayloadDigest([]byte(*rows[21].Text))},
	}
	if diff := cmp.Diff(want, docs[21]); diff != "" {
		t.Error(diff)
	}
	if docs[3].Reason == nil || docs[3].Reason.Rule != RuleNoText || docs[4].Reason == nil || docs[4].Reason.Rule != RuleEmpty {
		t.Errorf("got %v and %v", docs[3].Reason, docs[4].Reason)
	}
	checkPlaces(t, "x.parquet", content, docs, smallOptions())
}

// A file is the same documents whether it is sought in, comes through a pipe or was compressed once more.
func TestParquetWays(t *testing.T) {
	content := parquetOf(t, fineWebRows(30), 7)
	want := readAll(t, "x.parquet", content, smallOptions())
	section := io.NewSectionReader(strings.NewReader(content), 0, int64(len(content)))
	got := readPipe(t, "x.parquet", section, smallOptions())
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	zipped := gzipped(content)
	docs := readAll(t, "x.parquet.gz", zipped, smallOptions())
	if len(docs) != 30 || docs[7].Text != want[7].Text || docs[7].Origin.Offset != 7 {
		t.Errorf("compressed: %v", fates(docs))
	}
	checkPlaces(t, "x.parquet.gz", zipped, docs, smallOptions())

	long := parquetOf(t, fineWebRows(2000), 500, parquetgo.Compression(&parquetgo.Uncompressed))
	docs = readPipe(t, "x.parquet", strings.NewReader(long), smallOptions())
	if len(docs) != 1 || docs[0].Reason.Rule != RuleTooLarge {
		t.Errorf("through a pipe and over the bound: %d documents", len(docs))
	}
}

// readPipe reads what can only be read from front to back.
func readPipe(t testing.TB, name string, r io.Reader, opts Options) []*corpus.Document {
	t.Helper()
	source, err := Open(name, struct{ io.Reader }{r}, "test", opts)
	if err != nil {
		t.Fatal(err)
	}
	var docs []*corpus.Document
	for d, err := range source.Documents(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, d)
	}
	return docs
}

type other struct {
	Body struct {
		Plain string `parquet:"plain"`
	} `parquet:"body"`
	Contents []byte            `parquet:"contents,optional"`
	Key      int64             `parquet:"key"`
	Meta     string            `parquet:"metadata"`
	Tags     []string          `parquet:"tags,list"`
	Counts   map[string]int64  `parquet:"counts"`
	Big      string            `parquet:"big"`
	None     map[string]string `parquet:"none,optional"`
}

func TestParquetColumns(t *testing.T) {
	row := other{Key: 7, Meta: `{"license":"CC0", "key": 1}`, Tags: []string{"a", "b"}, Counts: map[string]int64{"n": 2}, Big: strings.Repeat("x", 70<<10)}
	row.Body.Plain = "the text"
	content := parquetOf(t, []other{row}, 10)
	opts := DefaultOptions()
	opts.Fields.Text, opts.Fields.ID = "body.plain", "key"
	d := readAll(t, "x.parquet", content, opts)[0]
	if d.Text != "the text" || d.ID != "7" || d.Declared.License != "CC0" {
		t.Errorf("got %+v", d)
	}
	if got, want := string(d.Metadata), `{"license":"CC0", "key": 1,"counts":{"n":2},"tags":["a","b"]}`; got != want {
		t.Errorf("metadata %s\nwant %s", got, want)
	}
	opts.Fields.Metadata = ""
	if d := readAll(t, "x.parquet", content, opts)[0]; d.Metadata != nil {
		t.Errorf("metadata %s", d.Metadata)
	}

	row.Contents = []byte("<!DOCTYPE html><html>\xff")
	if d := readAll(t, "x.parquet", parquetOf(t, []other{row}, 10), DefaultOptions())[0]; string(d.HTML) != string(row.Contents) || d.ContentType != "text/html" {
		t.Errorf("a page in a column of bytes: %+v", d)
	}
	opts = smallOptions()
	opts.Fields.Text = "big"
	if d := readAll(t, "x.parquet", content, opts)[0]; d.Reason == nil || d.Reason.Rule != RuleTooLarge || d.Reason.Value != "71680" {
		t.Errorf("a text over the bound: %+v", d.Reason)
	}
}

func TestParquetDamage(t *testing.T) {
	good := parquetOf(t, fineWebRows(400), 200, parquetgo.Compression(&parquetgo.Uncompressed), parquetgo.PageBufferSize(4000))
	broken := []byte(good)
	at := bytes.Index(broken, []byte("Text of page 60"))
	broken[at] ^= 0x20
	docs := readAll(t, "x.parquet", string(broken), DefaultOptions())
	lost, kept := int64(0), 0
	for _, d := range docs {
		if d.Reason == nil {
			kept++
			continue
		}
		lost += d.Origin.Length
		if d.Reason.Rule != RuleMalformed || d.Reason.Value != "text: checksum" || d.Origin.Offset > 60 || d.Origin.Offset+d.Origin.Length <= 60 {
			t.Errorf("got %v at %+v", d.Reason, d.Origin)
		}
	}
	if kept+int(lost) != 400 || lost == 0 || kept < 300 {
		t.Errorf("%d kept, %d lost", kept, lost)
	}
	checkPlaces(t, "x.parquet", string(broken), docs, DefaultOptions())

	for name, c := range map[string]struct{ content, want string }{
		"cut":       {good[:len(good)-10], "malformed=no magic number at the end"},
		"encrypted": {good[:len(good)-4] + "PARE", "encrypted=encrypted footer"},
		"only name": {"nothing of the kind", "malformed=no magic number at the end"},
	} {
		docs := readAll(t, "x.parquet", c.content, DefaultOptions())
		if diff := cmp.Diff([]string{"parquet " + c.want}, fates(docs)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		checkPlaces(t, "x.parquet", c.content, docs, DefaultOptions())
	}
}

// failingAt fails to read behind an offset, as a disk does.
type failingAt struct {
	*io.SectionReader
	from int64
}

var errDisk = errors.New("disk on fire")

func (f failingAt) ReadAt(p []byte, at int64) (int, error) {
	if at >= f.from {
		return 0, errDisk
	}
	return f.SectionReader.ReadAt(p, at)
}

// What the disk does is no damage of the file.
func TestParquetReadError(t *testing.T) {
	content := parquetOf(t, fineWebRows(100), 50)
	r := failingAt{io.NewSectionReader(strings.NewReader(content), 0, int64(len(content))), 8}
	source, err := Open("x.parquet", r, "test", DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	var got error
	for d, err := range source.Documents(t.Context()) {
		if d != nil {
			t.Errorf("a document: %+v", d.Reason)
		}
		got = err
	}
	if !errors.Is(got, errDisk) {
		t.Errorf("got %v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range source.Documents(ctx) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
}

// TestRealParquet reads what others wrote: every row is a document that can be read again.
func TestRealParquet(t *testing.T) {
	folder := filepath.Join(sharedData, "parquet")
	if _, err := os.Stat(folder); err != nil {
		t.Skip("no Parquet files of others here: ", err)
	}
	inputs, err := Expand(t.Context(), []string{folder})
	if err != nil {
		t.Fatal(err)
	}
	kept := 0
	for _, input := range inputs {
		if filepath.Ext(input.Path) != ".parquet" {
			continue
		}
		b, err := os.ReadFile(input.Path)
		if err != nil {
			t.Fatal(err)
		}
		docs := readAll(t, input.Path, string(b), DefaultOptions())
		for i, d := range docs {
			if d.Reason == nil {
				kept++
			} else if d.Reason.Rule != RuleNoText && d.Reason.Rule != RuleEmpty {
				t.Errorf("%s: row %d: %v %s", input.Path, i, d.Reason, d.Reason.Value)
			}
			if i%50 == 0 {
				checkPlaces(t, input.Path, string(b), docs[i:i+1], DefaultOptions())
			}
		}
	}
	if kept == 0 {
		t.Error("no text at all")
	}
}

// BenchmarkParquet reads rows as FineWeb has them; bytes are those of the text.
func BenchmarkParquet(b *testing.B) {
	rows := fineWebRows(5000)
	var size int64
	for i := range rows {
		text := strings.Repeat(*rows[i].Text, 6)
		rows[i].Text = &text
		size += int64(len(text))
	}
	for name, codec := range map[string]parquetgo.WriterOption{"snappy": parquetgo.Compression(&parquetgo.Snappy), "zstd": parquetgo.Compression(&parquetgo.Zstd)} {
		content := parquetOf(b, rows, 1000, codec)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				r := io.NewSectionReader(strings.NewReader(content), 0, int64(len(content)))
				source, err := Open("x.parquet", r, "bench", DefaultOptions())
				if err != nil {
					b.Fatal(err)
				}
				n := 0
				for d, err := range source.Documents(b.Context()) {
					if err != nil || d.Reason != nil {
						b.Fatal(err, d.Reason)
					}
					n++
				}
				if n != len(rows) {
					b.Fatal(n)
				}
			}
			b.ReportMetric(float64(len(rows))*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
		// Rows alone, without documents and digests.
		b.Run(name+"/parquet-go", func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				r := parquetgo.NewGenericReader[fineWeb](strings.NewReader(content))
				buffer := make([]fineWeb, 100)
				n := 0
				for {
					k, err := r.Read(buffer)
					n += k
					if err == io.EOF {
						break
					}
					if err != nil {
						b.Fatal(err)
					}
				}
				if n != len(rows) {
					b.Fatal(n)
				}
			}
		})
	}
}
