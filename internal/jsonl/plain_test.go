package jsonl

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"corpus"

	"github.com/google/go-cmp/cmp"
)

// line is the form on disk as encoding/json writes it: the reference of Append.
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

func plainAppend(d *corpus.Document, opts Options) ([]byte, error) {
	metadata, err := metadata(d)
	if err != nil {
		return nil, err
	}
	l := line{ID: d.ID, URL: d.URL, Source: d.Source, Date: d.Date, Metadata: metadata, Rights: d.Rights, Edits: d.Edits}
	if d.HTML != nil {
		l.HTMLBase64, l.ContentType = base64.StdEncoding.EncodeToString(d.HTML), d.ContentType
	} else {
		l.Text = &d.Text
	}
	if opts.Annotate {
		l.Language, l.LanguageScore, l.Signals = d.Language, d.LanguageScore, d.Signals
	}
	if opts.Annotate || opts.Reason {
		l.Reason = d.Reason
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err = enc.Encode(l)
	return b.Bytes(), err
}

// FuzzAppend writes documents as encoding/json does.
func FuzzAppend(f *testing.F) {
	f.Add("id", "https://a.example/?q=<1>&r", "text", `{"a" : [1, "<"]}`, "v", .5, uint8(0))
	f.Add("", "", "all escapes: \"\\/\b\f\n\r\t\x00\x1f\x7f \u2028\u2029\u202a“quoted” é 東 😀", "", "no\nai", 1e21, uint8(1))
	f.Add("\xff", "\xe2\x80", "not UTF-8: \xff\xfe\xe2\x80 \ufffd end\xe2", "null", "\xa9", math.Copysign(0, -1), uint8(3))
	f.Add("a\\", "\"", "long enough for eight bytes at a time, and then “", "{", "", 0.0, uint8(7))
	f.Add("i", "", "<p>page", `{}`, "", 3e-9, uint8(15))
	f.Fuzz(func(t *testing.T, id, url, text, metadata, value string, score float64, kind uint8) {
		d := &corpus.Document{ID: id, URL: url, Source: value, Date: value, Language: url, LanguageScore: score}
		if metadata != "" {
			d.Metadata = []byte(metadata)
		}
		if d.Text = text; kind&1 != 0 {
			d.Text, d.HTML, d.ContentType = "", []byte(text), value
		}
		if kind&2 != 0 {
			d.Rights = []corpus.Evidence{{Kind: "robots", Where: "http", Value: value}}
			d.Edits = []corpus.Edit{{Stage: "pii", Type: value, Offset: 3, Length: 9}}
			d.Signals = map[string]float64{value: score, "b": 1}
			d.Reject("stage", "rule", value)
		}
		opts := Options{Annotate: kind&4 != 0, Reason: kind&8 != 0}
		want, wantErr := plainAppend(d, opts)
		got, err := Append(nil, d, opts)
		if (err != nil) != (wantErr != nil) {
			t.Fatalf("error %v, want %v", err, wantErr)
		}
		if err != nil {
			return
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Fatalf("-reference +got:\n%s", diff)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	d := &corpus.Document{ID: "doc", URL: "https://example.org/", Text: strings.Repeat("some words of “plain” text, in lines as\nlong as people write them.\n", 100)}
	b.SetBytes(int64(len(d.Text)))
	b.Run("append", func(b *testing.B) {
		b.SetBytes(int64(len(d.Text)))
		var line []byte
		for b.Loop() {
			line, _ = Append(line[:0], d, Options{})
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.SetBytes(int64(len(d.Text)))
		for b.Loop() {
			plainAppend(d, Options{})
		}
	})
}
