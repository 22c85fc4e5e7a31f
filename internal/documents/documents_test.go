package documents

import (
	"path/filepath"
	"testing"

	"corpus"
	"corpus/internal/table"

	"github.com/google/go-cmp/cmp"
)

func TestDocumentsComeBackAsTheyWent(t *testing.T) {
	dir := t.TempDir()
	path := "documents.parquet"
	want := []*corpus.Document{
		{ID: "a", URL: "https://a.example/", Source: "s", Date: "2025-01-01T00:00:00Z", Text: "ü\nzwei", Language: "de", LanguageScore: 0.5,
			Origin: corpus.Origin{File: "f", Offset: 3, Length: 4, Codec: "gzip", Digest: "sha256:0"}, Type: "response", ContentType: "text/html",
			Metadata: []byte(`{"k":1}`),
			Declared: corpus.Declared{Title: "t", Author: "a; b", Published: "2024-05", Language: "en-GB", License: "https://l.example/", Canonical: "https://c.example/"},
			Signals:  map[string]float64{"b": 1, "a": 2},
			Rights:   []corpus.Evidence{{Kind: "robots", Where: "html", Value: "noai"}, {Kind: "tdm-reservation", Where: "http", Value: "1"}},
			Edits:    []corpus.Edit{{Stage: "pii", Type: "email", Offset: 3, Length: 9}}, Ref: corpus.MakeRef(3, 0)},
		{ID: "b", Ref: corpus.MakeRef(3, 7)},
	}
	w, err := table.Create[Row](filepath.Join(dir, path))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range want {
		if err := w.Write(FromDocument(d.Ref, d)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	var got []*corpus.Document
	for d, err := range (Source{Dir: dir, Path: path}).Documents(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, d)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
