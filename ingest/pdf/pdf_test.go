package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
)

// write makes a document whose pages have their lines 14 points apart.
func write(pages ...[]string) []byte {
	var b bytes.Buffer
	var at []int
	object := func(s string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), s)
	}
	b.WriteString("%PDF-1.4\n")
	object("<< /Type /Catalog /Pages 2 0 R >>")
	var kids strings.Builder
	for i := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", 4+2*i)
	}
	object(fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", kids.String(), len(pages)))
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
	for i, lines := range pages {
		content := "BT /F1 12 Tf 14 TL 72 720 Td\n"
		for _, line := range lines {
			content += "(" + line + ") Tj T*\n"
		}
		content += "ET"
		object(fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>", 5+2*i))
		object(fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content))
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, xref)
	return b.Bytes()
}

func report() []byte {
	var pages [][]string
	for i := 1; i <= 4; i++ {
		pages = append(pages, []string{"A Made Up Report", "", "This paragraph of the report goes over two lines and has a divi-",
			"ded word in it.", "", "Another paragraph ends page number " + fmt.Sprint(i) + " of the report.", "", fmt.Sprint(i)})
	}
	return write(pages...)
}

var limits = Limits{Pages: 100, TextBytes: 1 << 20}

func TestExtract(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles PDFium")
	}
	var want strings.Builder
	for i := 1; i <= 4; i++ {
		if i > 1 {
			want.WriteString("\n\n")
		}
		fmt.Fprintf(&want, "This paragraph of the report goes over two lines and has a divided word in it.\n\nAnother paragraph ends page number %d of the report.", i)
	}
	b := report()
	// Several at once, and the same each time.
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			doc, err := Extract(t.Context(), b, limits)
			if err != nil || doc.Text != want.String() || doc.Pages != 4 || doc.Read != 4 {
				t.Errorf("got %+v, %v", doc, err)
			}
		})
	}
	all.Wait()

	if doc, err := Extract(t.Context(), b, Limits{Pages: 2, TextBytes: 1 << 20}); err != nil || doc.Pages != 4 || doc.Read != 2 || strings.Contains(doc.Text, "number 3") {
		t.Errorf("two pages of four: %+v, %v", doc, err)
	}
	if _, err := Extract(t.Context(), b, Limits{Pages: 100, TextBytes: 100}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("more text than the bound: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Extract(ctx, b, limits); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Whatever the bytes, there is a document or one of the errors.
func TestDamaged(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles PDFium")
	}
	b := report()
	for i := 0; i < len(b); i += 97 {
		cut := b[:i]
		if i%2 == 0 {
			cut = bytes.Clone(b)
			copy(cut[i:], "<<<<[[[[((((")
		}
		_, err := Extract(t.Context(), cut, limits)
		if err != nil && !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrEncrypted) && !errors.Is(err, ErrTooLarge) {
			t.Errorf("at %d: %v", i, err)
		}
	}
}

// BenchmarkExtract reads a document of 100 pages of 45 lines; bytes are those of the text. PDFium is compiled before.
func BenchmarkExtract(b *testing.B) {
	lines := make([]string, 45)
	for i := range lines {
		lines[i] = "Some words of a line of a page that is made up for this, as are others."
	}
	pages := make([][]string, 100)
	for i := range pages {
		pages[i] = lines
	}
	doc := write(pages...)
	got, err := Extract(context.Background(), doc, limits)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(got.Text)))
	for b.Loop() {
		if _, err := Extract(context.Background(), doc, limits); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(pages))*float64(b.N)/b.Elapsed().Seconds(), "pages/s")
}
