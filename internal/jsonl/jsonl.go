// Package jsonl writes documents as JSON Lines, the form in which the stage commands hand them on:
//
//	{"id","url","source","date","text","metadata":{}}
//
// Raw pages carry "html_base64" and "content_type" instead of text. ingest reads the same form.
package jsonl

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"corpus"
)

// Options choose what a line holds beside the document.
type Options struct {
	// Annotate adds language and signals, and the reason of a dropped document.
	Annotate bool
	// Reason adds the reason of a dropped document.
	Reason bool
}

// Writer writes one document a line. It is for one goroutine.
type Writer struct {
	w    *bufio.Writer
	line []byte
	opts Options
}

// NewWriter writes to w; Flush ends it.
func NewWriter(w io.Writer, opts Options) *Writer {
	return &Writer{w: bufio.NewWriterSize(w, 1<<16), opts: opts}
}

// Write appends a document.
func (w *Writer) Write(d *corpus.Document) (err error) {
	if w.line, err = Append(w.line[:0], d, w.opts); err != nil {
		return err
	}
	_, err = w.w.Write(w.line)
	return err
}

// Append appends a document's line with its line end. The order of fields is fixed; "id" is always the first. type line in the tests is its reference.
func Append(b []byte, d *corpus.Document, opts Options) ([]byte, error) {
	metadata, err := metadata(d)
	if err != nil {
		return b, err
	}
	b = appendString(append(b, `{"id":`...), d.ID)
	b = appendText(b, "url", d.URL)
	b = appendText(b, "source", d.Source)
	b = appendText(b, "date", d.Date)
	if d.HTML == nil {
		b = appendString(append(b, `,"text":`...), d.Text)
	} else {
		if len(d.HTML) > 0 {
			b = append(b, `,"html_base64":"`...)
			b = append(base64.StdEncoding.AppendEncode(b, d.HTML), '"')
		}
		b = appendText(b, "content_type", d.ContentType)
	}
	if opts.Annotate {
		b = appendText(b, "language", d.Language)
		if d.LanguageScore != 0 {
			b, err = appendField(b, "language_score", d.LanguageScore, err)
		}
	}
	if len(metadata) > 0 {
		b, err = appendField(b, "metadata", metadata, err)
	}
	if len(d.Rights) > 0 {
		b, err = appendField(b, "rights", d.Rights, err)
	}
	if len(d.Edits) > 0 {
		b, err = appendField(b, "edits", d.Edits, err)
	}
	if opts.Annotate && len(d.Signals) > 0 {
		b, err = appendField(b, "signals", d.Signals, err)
	}
	if (opts.Annotate || opts.Reason) && d.Reason != nil {
		b, err = appendField(b, "reason", d.Reason, err)
	}
	return append(b, "}\n"...), err
}

// appendText appends a field that is left out where it is empty.
func appendText(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(append(append(b, `,"`...), name...), `":`...)
	return appendString(b, value)
}

// appendField appends a field of any kind, unless something failed before.
func appendField(b []byte, name string, value any, before error) ([]byte, error) {
	if before != nil {
		return b, before
	}
	var encoded bytes.Buffer
	enc := json.NewEncoder(&encoded)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return b, fmt.Errorf("%s: %w", name, err)
	}
	b = append(append(append(b, `,"`...), name...), `":`...)
	return append(b, bytes.TrimSuffix(encoded.Bytes(), []byte("\n"))...), nil
}

// metadata is what the input carried, and behind it what the document declares under names that the input did not use.
func metadata(d *corpus.Document) (json.RawMessage, error) {
	if d.Declared == (corpus.Declared{}) {
		return d.Metadata, nil
	}
	declared, err := json.Marshal(d.Declared)
	if err != nil || d.Metadata == nil {
		return declared, err
	}
	carried, fields := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	if err := json.Unmarshal(d.Metadata, &carried); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(declared, &fields); err != nil {
		return nil, err
	}
	maps.DeleteFunc(fields, func(name string, _ json.RawMessage) bool { return carried[name] != nil })
	if len(fields) == 0 {
		return d.Metadata, nil
	}
	more, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	if len(carried) == 0 {
		return more, nil
	}
	whole := bytes.TrimSpace(d.Metadata)
	return slices.Concat(whole[:len(whole)-1], []byte(","), more[1:]), nil
}

// Flush hands on what is buffered.
func (w *Writer) Flush() error { return w.w.Flush() }
