package corpus

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"strconv"
)

// Document is one record of the input on its way to becoming training text.
type Document struct {
	// ID is unique where the input's own ids are: the id that the input brought, else MakeID of source and origin.
	ID string
	// URL is the address that the page was fetched from; empty when unknown.
	URL string
	// Source is the name of the configured source that the document belongs to.
	Source string
	// Date is the time of capture or publication as RFC 3339 in UTC, or whatever
	// prefix of it is known ("2024-05"); empty when unknown.
	Date   string
	Origin Origin

	// Type is the record's type: "response", "resource", "conversion", "request", … for WARC, "jsonl", "text", "html".
	Type string
	// ContentType is the media type as the HTTP head or the container declares it, with parameters; empty when none.
	ContentType string
	// HTML is the page as fetched, in any charset, after transfer and content encodings were undone.
	// It is nil once clean has made Text of it.
	HTML []byte
	// Text is the document's plain text: valid UTF-8.
	Text string
	// Metadata is the raw JSON object that a JSON Lines input carried under "metadata"; nil when none.
	Metadata []byte
	// Declared is what the document says about itself.
	Declared Declared
	// Rights are the statements about its use that the record carries, in the order found; see Evidence.
	Rights []Evidence
	// Edits are the parts of Text that stages replaced or removed, in order within a stage; see Edit.
	Edits []Edit

	// Language is an ISO 639-1 code in lower case, or "und"; empty before language identification.
	Language      string
	LanguageScore float64 // 0 to 1
	// Signals are measurements that stages leave behind, by name ("pii_email", "toxicity_terms"). See SetSignal.
	Signals map[string]float64

	// Ref is the document's place in a build; zero and without meaning before curate has kept the document.
	Ref Ref
	// Analysis is what a filter worked out from Text and left for the next one, opaque to all other packages. It names the text
	// that it belongs to, so that a stage that changes Text need not know of it. It is never stored.
	Analysis any
	// Tokens are the ids of Text under the build's tokenizer, without an end-of-document token; nil before the shard phase.
	Tokens []uint32

	// Reason is nil while the document is kept.
	Reason *Reason
}

// Declared is what a document says about itself: the meta elements of a page, the title of a wiki article, the header of a
// book. Every field is plain text in UTF-8 on one line, at most 1 KiB, and empty where nothing is said. None of it was checked.
type Declared struct {
	Title  string `json:"title,omitempty"`
	Author string `json:"author,omitempty"` // several are joined by "; "
	// Published is the date of publication in the form of Document.Date.
	Published string `json:"published,omitempty"`
	// Language is a BCP 47 tag ("en-GB"), or a name where the input gives no tag.
	Language string `json:"language,omitempty"`
	// License is the address of a licence, else its name.
	License string `json:"license,omitempty"`
	// Canonical is the absolute address that the document gives as its own.
	Canonical string `json:"canonical,omitempty"`
}

// Evidence is a statement about the use of a record that was found in the record itself: a reservation against text and data
// mining, a directive for robots, a licence. It is kept as found, whatever the config makes of it.
type Evidence struct {
	// Kind is what speaks: "robots", "tdm-reservation", "tdm-policy", "content-usage" or "license".
	Kind string `json:"kind"`
	// Where is "http" for the response's head and "html" for the page.
	Where string `json:"where"`
	// Value is the statement: plain text on one line, at most 256 bytes ("noai, noimageai", "googlebot: noindex", "1", an address).
	Value string `json:"value"`
}

// Edit is a part of the text that a stage replaced or removed because of what it is. It never holds the part itself.
type Edit struct {
	Stage string `json:"stage"`
	// Type is what the part was: "email", "card", …
	Type string `json:"type"`
	// Offset and Length are its bytes in the text as it came to the stage.
	Offset int64 `json:"offset"`
	Length int64 `json:"length"`
}

// Origin says where a record's bytes lie, so that a reader can seek to them.
type Origin struct {
	// File is the path or URL of the input file as the config named it.
	File string
	// Offset and Length, in bytes, are the record's place. What they count is said by Codec.
	Offset, Length int64
	// Codec says how to read the place:
	//   ""             the bytes at Offset are the record itself
	//   "gzip", "zstd" the bytes at Offset are one or more whole gzip members or zstd frames that hold just this record
	//   "gzip-stream", "zstd-stream"  the file is one compressed stream; Offset and Length count its uncompressed bytes
	//   "bzip2-stream" likewise
	//   "parquet"      Offset is the index of a row in the file, Length is 1
	Codec string
	// Digest is "sha256:" and 64 hex digits over the record's payload as it reached the pipeline
	// (the HTTP body after transfer and content encodings were undone; the line of a JSON Lines file;
	// the whole file for text and HTML); empty for a record without payload.
	Digest string
}

// Reason says why a document was dropped.
type Reason struct {
	// Stage is the name of the stage that decided.
	Stage string `json:"stage"`
	// Rule is the stable name of the rule within the stage.
	Rule string `json:"rule"`
	// Value is the measurement that decided, or the offending value ("404", "0.42", "image/png"); may be empty.
	// It never holds personal data.
	Value string `json:"value"`
}

// String returns "stage/rule".
func (r Reason) String() string { return r.Stage + "/" + r.Rule }

// Reject drops the document: the first reason stays, later ones are ignored. The value may be a string, an int, an
// int64, a float64 or nil.
func (d *Document) Reject(stage, rule string, value any) {
	if d.Reason != nil {
		return
	}
	d.Reason = &Reason{Stage: stage, Rule: rule, Value: formatValue(value)}
}

// SetSignal records a measurement under a stable name: lower-case words joined by '_'.
func (d *Document) SetSignal(name string, value float64) {
	if d.Signals == nil {
		d.Signals = make(map[string]float64)
	}
	d.Signals[name] = value
}

// Size is the number of bytes of content that the document carries: HTML and text.
func (d *Document) Size() int64 { return int64(len(d.HTML)) + int64(len(d.Text)) }

// Batch is what travels through a channel: some documents in input order.
type Batch struct {
	// Unit is the index of the unit of work, Seq the batch's index within it, both from 0.
	Unit, Seq int
	Documents []*Document
}

// Live yields the documents that no stage has dropped, in order.
func (b *Batch) Live() iter.Seq[*Document] {
	return func(yield func(*Document) bool) {
		for _, d := range b.Documents {
			if d.Reason == nil && !yield(d) {
				return
			}
		}
	}
}

// MakeID derives a document's id from where it came from: the first 128 bits of
// SHA-256 over source, file, offset and digest, as 32 hex digits.
func MakeID(source string, o Origin) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%s\x00%d\x00%s", source, o.File, o.Offset, o.Digest)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// PayloadDigest is the digest that Origin carries.
func PayloadDigest(payload []byte) string {
	sum := sha256.Sum256(payload)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// formatValue writes floats with up to four significant digits so that a ledger is readable.
func formatValue(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', 4, 64)
	default:
		return fmt.Sprint(v)
	}
}
