package jsonl

import (
	"bytes"
	"testing"

	"corpus"

	"github.com/google/go-cmp/cmp"
)

func TestLines(t *testing.T) {
	page := &corpus.Document{ID: "p", URL: "https://a.example/?q=1&r=<2>", HTML: []byte("<p>\xff"), ContentType: "text/html; charset=latin1"}
	text := &corpus.Document{
		ID: "t", Source: "s", Date: "2025-01-02T00:00:00Z", Text: "a \"quoted\" line\n", Metadata: []byte(`{"k": [1,2]}`),
		Language: "en", LanguageScore: 0.5, Signals: map[string]float64{"b": 2, "a": 1},
	}
	declared := corpus.Declared{Title: "T", License: "L"}
	alone := &corpus.Document{ID: "a", Declared: declared}
	both := &corpus.Document{ID: "b", Declared: declared, Metadata: []byte(` {"title":"own","deep":{"x":{}}} `)}
	noted := &corpus.Document{ID: "n", Rights: []corpus.Evidence{{Kind: "robots", Where: "http", Value: "noai"}},
		Edits: []corpus.Edit{{Stage: "pii", Type: "email", Offset: 3, Length: 9}}}
	empty := &corpus.Document{ID: "e"}
	dropped := &corpus.Document{ID: "d", Text: "x"}
	dropped.Reject("c4", "lorem_ipsum", 1)
	for _, c := range []struct {
		name string
		opts Options
		doc  *corpus.Document
		want string
	}{
		{"page", Options{}, page, `{"id":"p","url":"https://a.example/?q=1&r=<2>","html_base64":"PHA+/w==","content_type":"text/html; charset=latin1"}`},
		{"text", Options{}, text, `{"id":"t","source":"s","date":"2025-01-02T00:00:00Z","text":"a \"quoted\" line\n","metadata":{"k":[1,2]}}`},
		{"annotated", Options{Annotate: true}, text, `{"id":"t","source":"s","date":"2025-01-02T00:00:00Z","text":"a \"quoted\" line\n","language":"en","language_score":0.5,"metadata":{"k":[1,2]},"signals":{"a":1,"b":2}}`},
		{"rights and edits", Options{}, noted, `{"id":"n","text":"","rights":[{"kind":"robots","where":"http","value":"noai"}],"edits":[{"stage":"pii","type":"email","offset":3,"length":9}]}`},
		{"declared", Options{}, alone, `{"id":"a","text":"","metadata":{"title":"T","license":"L"}}`},
		{"declared beside what the input carried", Options{}, both, `{"id":"b","text":"","metadata":{"title":"own","deep":{"x":{}},"license":"L"}}`},
		{"empty text is there", Options{}, empty, `{"id":"e","text":""}`},
		{"reason", Options{Reason: true}, dropped, `{"id":"d","text":"x","reason":{"stage":"c4","rule":"lorem_ipsum","value":"1"}}`},
		{"no reason asked for", Options{}, dropped, `{"id":"d","text":"x"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			w := NewWriter(&b, c.opts)
			if err := w.Write(c.doc); err != nil {
				t.Fatal(err)
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want+"\n", b.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
