package build_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"corpus"
	"corpus/clean"
	"corpus/filter"
	"corpus/ingest"
	"corpus/internal/fixture"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// readAndClean reads a WARC file of the bundled crawl and cleans its pages.
func readAndClean(t *testing.T, name string) []*corpus.Document {
	t.Helper()
	f, err := os.Open(filepath.Join("../../testdata/crawl", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	source, err := ingest.Open(name, f, "crawl", ingest.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	cleaner, err := clean.New(clean.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	var docs []*corpus.Document
	for d, err := range source.Documents(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, d)
	}
	if err := cleaner.Process(t.Context(), &corpus.Batch{Documents: docs}); err != nil {
		t.Fatal(err)
	}
	return docs
}

// The bundled crawl knows what its every record says about its use: reading and cleaning must find just that, and the filter must drop those that reserve it.
func TestRightsOfTheBundledCrawl(t *testing.T) {
	crawl, err := fixture.Generate(fixture.Seed)
	if err != nil {
		t.Fatal(err)
	}
	rights, err := filter.NewRights(filter.DefaultRightsOptions())
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]*corpus.Document{}
	place := func(file string, offset int64) string { return fmt.Sprintf("%s@%d", filepath.Base(file), offset) }
	for _, name := range []string{"crawl-00000.warc.gz", "crawl-00001.warc.gz", "crawl-00002.warc.gz", "crawl-00003.warc.zst"} {
		docs := readAndClean(t, name)
		if err := rights.Process(t.Context(), &corpus.Batch{Documents: docs}); err != nil {
			t.Fatal(err)
		}
		for _, d := range docs {
			found[place(d.Origin.File, d.Origin.Offset)] = d
		}
	}
	statements := 0
	for _, r := range crawl.Records {
		d := found[place(r.File, r.Offset)]
		if d == nil {
			continue // a file of another form
		}
		statements += len(r.Rights)
		if diff := cmp.Diff(r.Rights, d.Rights, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s %s (-made +found):\n%s", r.Kind, r.URL, diff)
		}
		dropped := d.Reason != nil && d.Reason.Stage == rights.Name()
		if dropped != (r.Kind == fixture.OptedOut) {
			t.Errorf("%s %s: dropped for its rights: %v", r.Kind, r.URL, dropped)
		}
		if _, read := d.Signals["rights_http"]; read != (r.Type == "response" && r.Kind != fixture.DNSResource || r.Type == "revisit") {
			t.Errorf("%s %s: head read: %v", r.Kind, r.URL, read)
		}
		if _, read := d.Signals["rights_html"]; read != r.IsPage() && r.Kind != fixture.PageRevisit {
			t.Errorf("%s %s: page read: %v", r.Kind, r.URL, read)
		}
	}
	if statements < 40 {
		t.Errorf("the crawl makes %d statements only", statements)
	}
}
