package ingest

import (
	"context"
	"errors"

	"corpus"
	"corpus/ingest/pdf"
)

const pdfMedia = "application/pdf"

// maxPDFPages is how many pages of a PDF are read; a signal says how many further ones there are.
const maxPDFPages = 2000

// The signals of a PDF.
const (
	// signalPDFPages is the number of pages that were read.
	signalPDFPages = "pdf_pages"
	// signalPDFLeftOut is the number of pages behind the bound; set where there are any.
	signalPDFLeftOut = "pdf_pages_left_out"
	// signalPDFFaulty is the number of pages that could not be read; set where there are any.
	signalPDFFaulty = "pdf_pages_faulty"
)

// pdfOf returns what a page reader does with the PDFs of a crawl, nil where they are not read.
func pdfOf(in *input, opts Options) func(*corpus.Document, []byte) {
	if opts.PDF != PDFAll {
		return nil
	}
	return func(d *corpus.Document, body []byte) {
		if err := fillPDF(in.raw.ctx, d, body, opts.MaxRecordBytes); err != nil {
			in.raw.failed = err
		}
	}
}

// readPDF yields a PDF file as one document.
func readPDF(in *input, opts Options, yield func(*corpus.Document) bool) {
	if opts.PDF == PDFOff && opts.Format != FormatPDF {
		readUnsupported(in, FormatPDF, yield)
		return
	}
	b, d := wholeInput(in, opts, FormatPDF)
	d.ContentType = pdfMedia
	if len(b) > 0 {
		d.Origin.Digest = corpus.PayloadDigest(b)
	}
	if in.raw.failed != nil {
		return
	}
	if d.Reason == nil {
		if err := fillPDF(in.raw.ctx, d, b, opts.MaxRecordBytes); err != nil {
			in.raw.failed = err
			return
		}
	}
	yield(d)
}

// fillPDF takes the text of a PDF into a document, or rejects it. The error is one of the context or of the program, not of the PDF.
func fillPDF(ctx context.Context, d *corpus.Document, b []byte, most int64) error {
	doc, err := pdf.Extract(ctx, b, pdf.Limits{Pages: maxPDFPages, TextBytes: int(most)})
	switch {
	case errors.Is(err, pdf.ErrEncrypted):
		d.Reject(Stage, RuleEncrypted, FormatPDF)
	case errors.Is(err, pdf.ErrTooLarge):
		d.Reject(Stage, RuleTooLarge, "text")
	case errors.Is(err, pdf.ErrTime):
		d.Reject(Stage, RuleTooLarge, "time")
	case errors.Is(err, pdf.ErrMalformed):
		d.Reject(Stage, RuleMalformed, FormatPDF)
	case err != nil:
		return err
	default:
		d.Text = doc.Text
		d.Declared.Title, d.Declared.Author, d.Declared.Published = oneLine(doc.Title), oneLine(doc.Author), doc.Created
		d.SetSignal(signalPDFPages, float64(doc.Read))
		if left := doc.Pages - doc.Read; left > 0 {
			d.SetSignal(signalPDFLeftOut, float64(left))
		}
		if doc.Faulty > 0 {
			d.SetSignal(signalPDFFaulty, float64(doc.Faulty))
		}
		if d.Text == "" {
			d.Reject(Stage, RuleNoText, FormatPDF) // pictures of pages
		}
	}
	return nil
}
