package ingest

import (
	"slices"

	"corpus"
)

// The formats that Options.Format takes.
const (
	FormatAuto  = "auto"
	FormatWARC  = "warc"
	FormatARC   = "arc"
	FormatJSONL = "jsonl"
	// FormatJSON is objects in an array, or one behind the other, over any number of lines.
	FormatJSON      = "json"
	FormatParquet   = "parquet"
	FormatPDF       = "pdf"
	FormatMediaWiki = "mediawiki"
	FormatText      = "text"
	FormatHTML      = "html"
)

// What Options.Digests takes.
const (
	DigestsIgnore = "ignore"
	DigestsCheck  = "check"
	DigestsReject = "reject"
)

// What Options.Revisits takes.
const (
	RevisitsResolve = "resolve"
	RevisitsCount   = "count"
)

// What Options.Gutenberg takes.
const (
	GutenbergAuto = "auto"
	GutenbergOff  = "off"
)

// What Options.PDF takes.
const (
	PDFOff   = "off"
	PDFFiles = "files"
	PDFAll   = "all"
)

// Formats returns the values that Options.Format takes, the default first.
func Formats() []string {
	return []string{FormatAuto, FormatWARC, FormatARC, FormatJSONL, FormatJSON, FormatParquet, FormatPDF, FormatMediaWiki, FormatText, FormatHTML}
}

// Options says how input files are read.
type Options struct {
	// Format of the input files: auto, warc (also WET), arc, jsonl, json (objects over several lines, or an array of them), parquet, pdf, mediawiki, text or html. Auto looks at each file's content, then at its name. Default auto. Compression (gzip, zstd, bzip2) is always found out.
	Format string `yaml:"format" jsonschema:"enum=auto,enum=warc,enum=arc,enum=jsonl,enum=json,enum=parquet,enum=pdf,enum=mediawiki,enum=text,enum=html" jsonschema_description:"Format of the input files: auto, warc (also WET), arc, jsonl, json (objects over several lines, or an array of them), parquet, pdf, mediawiki, text or html. Auto looks at each file's content, then at its name. Default auto. Compression (gzip, zstd, bzip2) is always found out."`
	// Names of the fields of JSON inputs and of the columns of Parquet inputs. A name that is left at its default also finds what known corpora call that field (see docs/ingest.md); one that is set is the only one that is tried. A name with dots goes into an object or a group.
	Fields Fields `yaml:"fields" jsonschema_description:"Names of the fields of JSON inputs and of the columns of Parquet inputs. A name that is left at its default also finds what known corpora call that field (see docs/ingest.md); one that is set is the only one that is tried. A name with dots goes into an object or a group."`
	// Largest record that is read, in bytes, 1024 to 1073741824: a WARC block, a page after its encodings were undone, a JSON line, a text or PDF file, the text of a row; also of a Parquet input that comes through a pipe. Larger ones are rejected and never held in memory. Default 16777216 (16 MiB).
	MaxRecordBytes int64 `yaml:"max_record_bytes" jsonschema:"minimum=1024,maximum=1073741824" jsonschema_description:"Largest record that is read, in bytes, 1024 to 1073741824: a WARC block, a page after its encodings were undone, a JSON line, a text or PDF file, the text of a row; also of a Parquet input that comes through a pipe. Larger ones are rejected and never held in memory. Default 16777216 (16 MiB)."`
	// What is done with the digests that WARC records declare of their block and payload: ignore, check (a signal per digest: 1 right, 0 wrong) or reject (a record with a wrong one is rejected). Default ignore.
	Digests string `yaml:"digests" jsonschema:"enum=ignore,enum=check,enum=reject" jsonschema_description:"What is done with the digests that WARC records declare of their block and payload: ignore, check (a signal per digest: 1 right, 0 wrong) or reject (a record with a wrong one is rejected). Default ignore."`
	// What becomes of WARC revisit records, which hold no page but name an earlier record that does: resolve (the page of a record read before in the same file is taken, where the file can be sought in) or count (each is rejected). Default resolve.
	Revisits string `yaml:"revisits" jsonschema:"enum=resolve,enum=count" jsonschema_description:"What becomes of WARC revisit records, which hold no page but name an earlier record that does: resolve (the page of a record read before in the same file is taken, where the file can be sought in) or count (each is rejected). Default resolve."`
	// What becomes of a plain text with the markers of Project Gutenberg: auto (the licence before and behind the book is taken off, title, author, language and date are noted) or off (it stays as it is). Default auto.
	Gutenberg string `yaml:"gutenberg" jsonschema:"enum=auto,enum=off" jsonschema_description:"What becomes of a plain text with the markers of Project Gutenberg: auto (the licence before and behind the book is taken off, title, author, language and date are noted) or off (it stays as it is). Default auto."`
	// Which PDF documents are read: files (those that are input files), all (also those that a crawl fetched) or off. The first one costs about three seconds of CPU and 300 MB once. Default files.
	PDF string `yaml:"pdf" jsonschema:"enum=files,enum=all,enum=off" jsonschema_description:"Which PDF documents are read: files (those that are input files), all (also those that a crawl fetched) or off. The first one costs about three seconds of CPU and 300 MB once. Default files."`
	// HTTP statuses of the pages that are kept, 100 to 999 each. Default [200].
	Statuses []int `yaml:"statuses" jsonschema_description:"HTTP statuses of the pages that are kept, 100 to 999 each. Default [200]."`
	// Numbers of the namespaces of MediaWiki pages that are kept, -2 to 100000 each: 0 is that of articles, 14 that of categories. Default [0].
	Namespaces []int `yaml:"namespaces" jsonschema_description:"Numbers of the namespaces of MediaWiki pages that are kept, -2 to 100000 each: 0 is that of articles, 14 that of categories. Default [0]."`
}

// Fields names the fields of JSON inputs and the columns of Parquet inputs. An empty name means that the input has no such field.
type Fields struct {
	// Field with the document's id, a string or a number. Default "id".
	ID string `yaml:"id" jsonschema_description:"Field with the document's id, a string or a number. Default \"id\"."`
	// Field with the document's plain text. Default "text".
	Text string `yaml:"text" jsonschema_description:"Field with the document's plain text. Default \"text\"."`
	// Field with the page's address. Default "url".
	URL string `yaml:"url" jsonschema_description:"Field with the page's address. Default \"url\"."`
	// Field with the time of capture or publication. Default "date".
	Date string `yaml:"date" jsonschema_description:"Field with the time of capture or publication. Default \"date\"."`
	// Field with a JSON object that is carried along. Of a Parquet input all other columns join it; they are not read where this is empty. Default "metadata".
	Metadata string `yaml:"metadata" jsonschema_description:"Field with a JSON object that is carried along. Of a Parquet input all other columns join it; they are not read where this is empty. Default \"metadata\"."`
	// Field with a page's HTML as text. Default "html".
	HTML string `yaml:"html" jsonschema_description:"Field with a page's HTML as text. Default \"html\"."`
	// Field with a page's HTML as fetched, in base64. Default "html_base64".
	HTMLBase64 string `yaml:"html_base64" jsonschema_description:"Field with a page's HTML as fetched, in base64. Default \"html_base64\"."`
	// Field with the name of the document's source, used where none is configured. Default "source".
	Source string `yaml:"source" jsonschema_description:"Field with the name of the document's source, used where none is configured. Default \"source\"."`
	// Field with the media type that a page was served with, for its charset. Default "content_type".
	ContentType string `yaml:"content_type" jsonschema_description:"Field with the media type that a page was served with, for its charset. Default \"content_type\"."`
}

// DefaultOptions returns the options that a config without an ingest section gets.
func DefaultOptions() Options {
	return Options{
		Format: FormatAuto,
		Fields: Fields{
			ID: "id", Text: "text", URL: "url", Date: "date", Metadata: "metadata",
			HTML: "html", HTMLBase64: "html_base64", ContentType: "content_type", Source: "source",
		},
		MaxRecordBytes: 16 << 20,
		Digests:        DigestsIgnore,
		Revisits:       RevisitsResolve,
		Gutenberg:      GutenbergAuto,
		PDF:            PDFFiles,
		Statuses:       []int{200},
		Namespaces:     []int{0},
	}
}

// Validate checks every value; the error is a corpus.OptionError.
func (o Options) Validate() error {
	if !slices.Contains(Formats(), o.Format) {
		return corpus.BadOption("format", "unknown format %q: want one of %v", o.Format, Formats())
	}
	if !slices.Contains([]string{DigestsIgnore, DigestsCheck, DigestsReject}, o.Digests) {
		return corpus.BadOption("digests", "unknown value %q: want ignore, check or reject", o.Digests)
	}
	if o.Revisits != RevisitsResolve && o.Revisits != RevisitsCount {
		return corpus.BadOption("revisits", "unknown value %q: want resolve or count", o.Revisits)
	}
	if o.Gutenberg != GutenbergAuto && o.Gutenberg != GutenbergOff {
		return corpus.BadOption("gutenberg", "unknown value %q: want auto or off", o.Gutenberg)
	}
	if !slices.Contains([]string{PDFFiles, PDFAll, PDFOff}, o.PDF) {
		return corpus.BadOption("pdf", "unknown value %q: want files, all or off", o.PDF)
	}
	if o.MaxRecordBytes < 1024 || o.MaxRecordBytes > 1<<30 {
		return corpus.BadOption("max_record_bytes", "%d is outside 1024 to 1073741824", o.MaxRecordBytes)
	}
	if len(o.Statuses) == 0 {
		return corpus.BadOption("statuses", "empty: no page would be kept")
	}
	for _, s := range o.Statuses {
		if s < 100 || s > 999 {
			return corpus.BadOption("statuses", "%d is no HTTP status", s)
		}
	}
	if len(o.Namespaces) == 0 {
		return corpus.BadOption("namespaces", "empty: no page of a wiki would be kept")
	}
	for _, n := range o.Namespaces {
		if n < -2 || n > 100_000 {
			return corpus.BadOption("namespaces", "%d is outside -2 to 100000", n)
		}
	}
	if o.Fields.Text == "" && o.Fields.HTML == "" && o.Fields.HTMLBase64 == "" {
		return corpus.BadOption("fields.text", "empty, and so are html and html_base64: no document would have content")
	}
	return nil
}
