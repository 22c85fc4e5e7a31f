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
	"io"
	"maps"
	"slices"

	"corpus"
)

// line is the form on disk; the order of fields is the order in the file.
type line struct {
	ID            string             `json:"id"`
	URL           string             `json:"url,omitempty"`
	Source        string             `json:"source,omitempty"`
	Date          string             `json:"date,omitempty"`
	Text          *string            `json:"text,omitempty"`
	HTMLBase64    string             `json:"html_base64,omitempty"`
	ContentType   string             `json:"content_type,omitempty"`
	Language      string             `json:"language,omitempty"`
	LanguageScore float64            `json:"language_score,omitempty"`
	Metadata      json.RawMessage    `json:"metadata,omitempty"`
	Rights        []corpus.Evidence  `json:"rights,omitempty"`
	Edits         []corpus.Edit      `json:"edits,omitempty"`
	Signals       map[string]float64 `json:"signals,omitempty"`
	Reason        *corpus.Reason     `json:"reason,omitempty"`
}

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
	enc  *json.Encoder
	opts Options
}

// NewWriter writes to w; Flush ends it.
func NewWriter(w io.Writer, opts Options) *Writer {
	b := bufio.NewWriterSize(w, 1<<16)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	return &Writer{w: b, enc: enc, opts: opts}
}

// Write appends a document.
func (w *Writer) Write(d *corpus.Document) error {
	metadata, err := metadata(d)
	if err != nil {
		return err
	}
	l := line{ID: d.ID, URL: d.URL, Source: d.Source, Date: d.Date, Metadata: metadata, Rights: d.Rights, Edits: d.Edits}
	if d.HTML != nil {
		l.HTMLBase64, l.ContentType = base64.StdEncoding.EncodeToString(d.HTML), d.ContentType
	} else {
		l.Text = &d.Text
	}
	if w.opts.Annotate {
		l.Language, l.LanguageScore, l.Signals = d.Language, d.LanguageScore, d.Signals
	}
	if w.opts.Annotate || w.opts.Reason {
		l.Reason = d.Reason
	}
	return w.enc.Encode(l)
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
