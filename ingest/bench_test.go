package ingest

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// benchCrawl is a crawl of 400 pages of about 60 KB, made of words, a gzip member each.
// It returns the compressed crawl and the number of bytes that it unfolds to.
func benchCrawl() ([]byte, int64) {
	r := rand.New(rand.NewPCG(3, 4))
	words := make([]string, 4000)
	for i := range words {
		w := make([]byte, 2+r.IntN(9))
		for j := range w {
			w[j] = "etaoinshrdlucmfwypvbgkjqxz"[min(r.IntN(26), r.IntN(26))]
		}
		words[i] = string(w)
	}
	var out bytes.Buffer
	var size int64
	z := gzip.NewWriter(&out)
	for i := range 400 {
		var b strings.Builder
		for b.Len() < 60<<10 {
			fmt.Fprintf(&b, "<div class=\"c%d\"><p id=p%d>", r.IntN(20), b.Len())
			for range 30 {
				b.WriteString(words[min(r.IntN(4000), r.IntN(4000))] + " ")
			}
			b.WriteString("</p></div>\n")
		}
		record := response(fmt.Sprintf("http://example.org/%d", i), httpOK(b.String()))
		size += int64(len(record))
		z.Reset(&out)
		io.WriteString(z, record)
		z.Close()
	}
	return out.Bytes(), size
}

// BenchmarkWARCGzip reads a crawl as the pipeline does, digests included, and next to it only unfolds the
// same bytes with bare gzip. Bytes are those unfolded.
func BenchmarkWARCGzip(b *testing.B) {
	crawl, size := benchCrawl()
	b.Run("ingest", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			source, err := Open("x.warc.gz", bytes.NewReader(crawl), "bench", DefaultOptions())
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
			if n != 400 {
				b.Fatalf("%d documents", n)
			}
		}
	})
	b.Run("klauspost", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			z, err := gzip.NewReader(bytes.NewReader(crawl))
			if err != nil {
				b.Fatal(err)
			}
			// Not io.Discard: WriteTo would read in pieces of another size.
			n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{z}, make([]byte, 64<<10))
			if err != nil || n != size {
				b.Fatal(n, err)
			}
		}
	})
}

func BenchmarkJSONL(b *testing.B) {
	line := `{"id":"doc","text":"` + strings.Repeat("some words of plain text, ", 150) + `","url":"http://example.org/","metadata":{"a":[1,2,3]}}` + "\n"
	content := strings.Repeat(line, 2000)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		source, err := Open("x.jsonl", strings.NewReader(content), "bench", DefaultOptions())
		if err != nil {
			b.Fatal(err)
		}
		for d, err := range source.Documents(b.Context()) {
			if err != nil || d.Reason != nil {
				b.Fatal(err, d.Reason)
			}
		}
	}
}
