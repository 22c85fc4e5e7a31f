package ingest

import (
	"slices"

	"corpus"
)

// The formats that Options.Format takes.
const (
	FormatAuto  = "auto"
	FormatWARC  = "warc"
	FormatJSONL = "jsonl"
	FormatText  = "text"
	FormatHTML  = "html"
)

// Formats returns the values that Options.Format takes, the default first.
func Formats() []string {
	return []string{FormatAuto, FormatWARC, FormatJSONL, FormatText, FormatHTML}
}

// Options says how input files are read.
type Options struct {
	// Format of the input files: auto, warc (also WET), jsonl, text or html. Auto looks at each file's content, then at its name. Default auto. Compression (gzip, zstd) is always found out.
	Format string `yaml:"format" jsonschema:"enum=auto,enum=warc,enum=jsonl,enum=text,enum=html" jsonschema_description:"Format of the input files: auto, warc (also WET), jsonl, text or html. Auto looks at each file's content, then at its name. Default auto. Compression (gzip, zstd) is always found out."`
	// Names of the fields of JSON Lines inputs.
	Fields Fields `yaml:"fields" jsonschema_description:"Names of the fields of JSON Lines inputs."`
	// Largest record that is read, in bytes, 1024 to 1073741824: a WARC block, a page after its encodings were undone, a JSON line, a text file. Larger ones are rejected and never held in memory. Default 16777216 (16 MiB).
	MaxRecordBytes int64 `yaml:"max_record_bytes" jsonschema:"minimum=1024,maximum=1073741824" jsonschema_description:"Largest record that is read, in bytes, 1024 to 1073741824: a WARC block, a page after its encodings were undone, a JSON line, a text file. Larger ones are rejected and never held in memory. Default 16777216 (16 MiB)."`
	// HTTP statuses of the pages that are kept, 100 to 999 each. Default [200].
	Statuses []int `yaml:"statuses" jsonschema_description:"HTTP statuses of the pages that are kept, 100 to 999 each. Default [200]."`
}

// Fields names the fields of JSON Lines inputs. An empty name means that the input has no such field.
type Fields struct {
	// Field with the document's id, a string or a number. Default "id".
	ID string `yaml:"id" jsonschema_description:"Field with the document's id, a string or a number. Default \"id\"."`
	// Field with the document's plain text. Default "text".
	Text string `yaml:"text" jsonschema_description:"Field with the document's plain text. Default \"text\"."`
	// Field with the page's address. Default "url".
	URL string `yaml:"url" jsonschema_description:"Field with the page's address. Default \"url\"."`
	// Field with the time of capture or publication; where it is absent, "created" and then "added" are tried. Default "date".
	Date string `yaml:"date" jsonschema_description:"Field with the time of capture or publication; where it is absent, \"created\" and then \"added\" are tried. Default \"date\"."`
	// Field with a JSON object that is carried along. Default "metadata".
	Metadata string `yaml:"metadata" jsonschema_description:"Field with a JSON object that is carried along. Default \"metadata\"."`
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
		Statuses:       []int{200},
	}
}

// Validate checks every value; the error is a corpus.OptionError.
func (o Options) Validate() error {
	if !slices.Contains(Formats(), o.Format) {
		return corpus.BadOption("format", "unknown format %q: want one of %v", o.Format, Formats())
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
	if o.Fields.Text == "" && o.Fields.HTML == "" && o.Fields.HTMLBase64 == "" {
		return corpus.BadOption("fields.text", "empty, and so are html and html_base64: no document would have content")
	}
	return nil
}
