// Package pdf takes the text out of PDF documents.
//
// PDFium reads them, compiled to WebAssembly and run by wazero: a document that makes it misbehave can damage nothing but the
// memory of its own sandbox, which has no files, no clock and no network, and is thrown away behind each document. No C compiler is needed.
//
// Invariants:
//   - The text depends on the document's bytes alone.
//   - A document costs at most 256 MiB within the sandbox (about three times that in the process while it grows), MaxPages pages and MaxTextBytes of text. The time limit is a last guard against
//     a document that keeps PDFium busy within those.
//
// Example:
//
//	doc, err := pdf.Extract(ctx, b, pdf.Limits{Pages: 2000, TextBytes: 16 << 20})
package pdf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	pdfiumerrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/structs"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// What can be wrong with a document.
var (
	ErrEncrypted = errors.New("the document asks for a password")
	ErrMalformed = errors.New("the document cannot be read")
	ErrTooLarge  = errors.New("the document has more text than the bound")
	ErrTime      = errors.New("the document takes too long")
)

// Limits bound what is read of a document.
type Limits struct {
	// Pages is the number of pages that are read; further ones are left out.
	Pages int
	// TextBytes is the most text that a document may have.
	TextBytes int
}

// Document is what was read.
type Document struct {
	// Text has its paragraphs apart by blank lines.
	Text string
	// Title, Author and Created are what the document's information dictionary says; Created as RFC 3339 in UTC.
	Title, Author, Created string
	// Pages is how many pages there are, Read how many of them were read, Faulty how many of those could not be.
	Pages, Read, Faulty int
}

const (
	// memoryPages bounds the memory of one document, in pages of 64 KiB.
	memoryPages = 4096
	// timeLimit is far beyond what a document within the other bounds takes: 2,000 dense pages take about ten seconds.
	timeLimit = 5 * time.Minute
	// maxPageChars is more characters than a readable page has.
	maxPageChars = 1 << 20
)

// zeros stands in for a source of random numbers, so that the sandbox has none.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// engine compiles PDFium when the first document comes, which takes about three seconds, for the whole process: the result never changes.
var engine = sync.OnceValues(func() (pdfium.Pool, error) {
	config := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(memoryPages).
		WithCloseOnContextDone(true)
	pool, err := webassembly.Init(webassembly.Config{
		MaxTotal: runtime.GOMAXPROCS(0), FSConfig: wazero.NewFSConfig(), RuntimeConfig: config,
		Stdout: io.Discard, Stderr: io.Discard, RandomSource: zeros{},
	})
	if err != nil {
		return nil, fmt.Errorf("start PDFium: %w", err)
	}
	return pool, nil
})

// Extract reads a document. The error is one of this package's where the document is at fault, else that of ctx or of starting PDFium. It is
// safe for concurrent use; as many documents are read at once as there are processors.
func Extract(ctx context.Context, b []byte, limits Limits) (*Document, error) {
	if len(b) == 0 {
		return nil, ErrMalformed
	}
	pool, err := engine()
	if err != nil {
		return nil, err
	}
	instance, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("start PDFium: %w", err)
	}
	guard, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	// Kill must not meet Close: whichever comes first ends the instance.
	var once sync.Once
	stop := context.AfterFunc(guard, func() { once.Do(func() { instance.Kill() }) })
	defer func() {
		stop()
		once.Do(func() { instance.Close() })
	}()
	doc, err := (&extraction{Pdfium: instance, limits: limits, ctx: guard}).run(b)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case guard.Err() != nil:
		return nil, ErrTime
	}
	return doc, err
}

// extraction reads one document.
type extraction struct {
	pdfium.Pdfium
	limits Limits
	ctx    context.Context
}

func (e *extraction) run(b []byte) (*Document, error) {
	opened, err := e.OpenDocument(&requests.OpenDocument{File: &b})
	switch {
	case errors.Is(err, pdfiumerrors.ErrPassword), errors.Is(err, pdfiumerrors.ErrSecurity):
		return nil, ErrEncrypted
	case err != nil:
		return nil, ErrMalformed
	}
	count, err := e.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: opened.Document})
	if err != nil || count.PageCount <= 0 {
		return nil, ErrMalformed
	}
	doc := &Document{Pages: count.PageCount, Read: min(count.PageCount, e.limits.Pages)}
	e.info(opened.Document, doc)
	var pages [][]line
	size := 0
	for i := range doc.Read {
		if e.ctx.Err() != nil {
			return nil, e.ctx.Err()
		}
		lines, err := e.page(opened.Document, i)
		if err != nil {
			doc.Faulty++
		}
		for _, l := range lines {
			size += len(l.text) + 1
		}
		if size > e.limits.TextBytes {
			return nil, ErrTooLarge
		}
		pages = append(pages, lines)
	}
	if doc.Faulty == doc.Read {
		return nil, ErrMalformed
	}
	doc.Text = compose(pages)
	return doc, nil
}

// info takes what the document says about itself.
func (e *extraction) info(ref references.FPDF_DOCUMENT, doc *Document) {
	meta, err := e.GetMetaData(&requests.GetMetaData{Document: ref, Tags: &[]string{"Title", "Author", "CreationDate"}})
	if err != nil {
		return
	}
	for _, tag := range meta.Tags {
		value := strings.TrimRight(tag.Value, "\x00")
		switch tag.Tag {
		case "Title":
			doc.Title = value
		case "Author":
			doc.Author = value
		case "CreationDate":
			doc.Created = date(value)
		}
	}
}

// page reads the lines of a page in the order in which its content draws them.
func (e *extraction) page(ref references.FPDF_DOCUMENT, index int) ([]line, error) {
	page, err := e.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: ref, Index: index})
	if err != nil {
		return nil, err
	}
	defer e.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: page.Page})
	text, err := e.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: requests.Page{ByReference: &page.Page}})
	if err != nil {
		return nil, err
	}
	defer e.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: text.TextPage})
	count, err := e.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: text.TextPage})
	if err != nil || count.Count <= 0 {
		return nil, err
	}
	got, err := e.FPDFText_GetText(&requests.FPDFText_GetText{TextPage: text.TextPage, Count: min(count.Count, maxPageChars)})
	if err != nil {
		return nil, err
	}
	var lines []line
	runes := []rune(strings.TrimRight(got.Text, "\x00"))
	place := placer{e, text.TextPage, len(runes) == count.Count}
	for start := 0; start < len(runes); {
		end := start
		// PDFium puts the parts of a divided word together, with a mark between them: the line ends there.
		for end < len(runes) && runes[end] != '\n' && runes[end] != '\ufffe' && runes[end] != 2 {
			end++
		}
		end = min(end+1, len(runes))
		if l, ok := place.line(runes[start:end], start); ok {
			lines = append(lines, l)
		}
		start = end
	}
	return lines, nil
}

// placer finds out where the characters of a page's text stand.
type placer struct {
	*extraction
	text references.FPDF_TEXTPAGE
	same bool // the text has all of the page's characters
}

// line makes a line of the text that begins at a place in the page's, and finds out where it stands on the page.
func (p *placer) line(runes []rune, start int) (line, bool) {
	from, to := 0, len(runes)
	for from < to && runes[from] <= ' ' {
		from++
	}
	for to > from && runes[to-1] <= ' ' && runes[to-1] != 2 {
		to--
	}
	if from == to {
		return line{}, false
	}
	l := line{text: strings.ToValidUTF8(string(runes[from:to]), "\ufffd")}
	if from+1 == to && strings.ContainsRune(hyphens, runes[from]) {
		return l, true
	}
	first, ok := p.box(start + from)
	last, ok2 := p.box(start + to - 1)
	if !ok || !ok2 {
		return l, true // without a place
	}
	l.left, l.right = float64(min(first.Left, last.Left)), float64(max(first.Right, last.Right))
	// The last character's, since the first of a list's items is of another font.
	l.base, l.height = float64(last.Bottom), float64(last.Top-last.Bottom)
	l.placed = l.height > 0 && l.right > l.left
	return l, true
}

// box is where a character of the page's text stands, with the room that its font takes above and below.
func (p *placer) box(at int) (structs.FPDF_FS_RECTF, bool) {
	if !p.same {
		index, err := p.FPDFText_GetCharIndexFromTextIndex(&requests.FPDFText_GetCharIndexFromTextIndex{TextPage: p.text, NTextIndex: at})
		if err != nil || index.CharIndex < 0 {
			return structs.FPDF_FS_RECTF{}, false
		}
		at = index.CharIndex
	}
	box, err := p.FPDFText_GetLooseCharBox(&requests.FPDFText_GetLooseCharBox{TextPage: p.text, Index: at})
	if err != nil {
		return structs.FPDF_FS_RECTF{}, false
	}
	return box.Rect, true
}
