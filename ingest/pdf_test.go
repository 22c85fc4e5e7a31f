package ingest

import (
	"fmt"
	"strings"
	"testing"

	"corpus"
)

// smallPDF is a document of one page, in plain objects; trailer entries may be added.
func smallPDF(text, trailer string) string {
	var b strings.Builder
	var at []int
	object := func(s string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), s)
	}
	b.WriteString("%PDF-1.4\n")
	content := "BT /F1 12 Tf 72 700 Td (" + text + ") Tj ET"
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>")
	object(fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content))
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
	object("<< /Title (A  title) /Author (Some One) /CreationDate (D:20200102030405+01'00') >>")
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R /Info 6 0 R %s>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, trailer, xref)
	return b.String()
}

// encrypted is what a trailer says of a document that asks for a password which nobody knows.
const encrypted = "/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 " +
	"/O <000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f> /U <1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100> >> "

func TestPDF(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles PDFium")
	}
	good := smallPDF("Hello from the page.", "")
	opts := smallOptions()
	docs := readAll(t, "x.pdf", good, opts)
	d := docs[0]
	want := corpus.Declared{Title: "A title", Author: "Some One", Published: "2020-01-02T02:04:05Z"}
	if d.Text != "Hello from the page." || d.Declared != want || d.Type != "pdf" || d.Signals[signalPDFPages] != 1 || d.Origin.Digest != corpus.PayloadDigest([]byte(good)) {
		t.Errorf("got %+v", d)
	}
	checkPlaces(t, "x.pdf", good, docs, opts)
	checkPlaces(t, "x.pdf.gz", gzipped(good), readAll(t, "x.pdf.gz", gzipped(good), opts), opts)

	for _, test := range []struct{ name, content, want string }{
		{"broken", "%PDF-1.4\nnothing follows", "malformed=pdf"},
		{"encrypted", smallPDF("x", encrypted), "encrypted=pdf"},
		{"without text", smallPDF("", ""), "no_text=pdf"},
		{"large", good + strings.Repeat(" ", 70<<10), fmt.Sprintf("too_large=%d", len(good)+70<<10)},
	} {
		docs := readAll(t, "x", test.content, opts)
		if len(docs) != 1 || docs[0].Reason == nil || docs[0].Reason.Rule+"="+docs[0].Reason.Value != test.want {
			t.Errorf("%s: %v, want %s", test.name, fates(docs), test.want)
		}
	}
}

// Of a crawl, PDFs are read where that is asked for, and of files where it is not refused.
func TestPDFOption(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles PDFium")
	}
	good := smallPDF("Hello from the page.", "")
	crawl := response("http://example.org/a.pdf", "HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n"+good) + goodPage("one")
	for _, test := range []struct{ option, file, crawl string }{
		{PDFOff, "unsupported_format=pdf", "content_type=application/pdf"},
		{PDFFiles, "Hello from the page.", "content_type=application/pdf"},
		{PDFAll, "Hello from the page.", "Hello from the page."},
	} {
		opts := smallOptions()
		opts.PDF = test.option
		for _, file := range []struct{ name, content, want string }{{"x.pdf", good, test.file}, {"x.warc", crawl, test.crawl}} {
			docs := readAll(t, file.name, file.content, opts)
			got := docs[0].Text
			if r := docs[0].Reason; r != nil {
				got = r.Rule + "=" + r.Value
			}
			if got != file.want {
				t.Errorf("%s of %s: %q, want %q", test.option, file.name, got, file.want)
			}
			checkPlaces(t, file.name, file.content, docs, opts)
		}
	}
}
