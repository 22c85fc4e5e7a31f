package build_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"corpus"
	"corpus/clean"
	"corpus/filter"
	"corpus/ingest"
)

// rightsCount counts what records say.
type rightsCount struct {
	records, heads, pages, said, dropped int
	by                                   map[string]int
}

// add counts a document that was cleaned and judged.
func (c *rightsCount) add(d *corpus.Document) {
	c.records++
	if _, read := d.Signals["rights_http"]; read {
		c.heads++
	}
	if _, read := d.Signals["rights_html"]; read {
		c.pages++
	}
	if d.Reason != nil && d.Reason.Stage == "rights" {
		c.dropped++
	}
	if len(d.Rights) > 0 {
		c.said++
	}
	for _, e := range d.Rights {
		c.by[e.Kind+" "+e.Where]++
	}
	for name, value := range d.Signals {
		if strings.HasPrefix(name, "rights_") && name != "rights_http" && name != "rights_html" {
			c.by[fmt.Sprintf("signal %s %v", name, value)]++
		}
	}
}

// TestRightsOfSharedData counts the statements in the data that lies beside the project. Run it with -v to see the totals of docs/filters/rights.md.
func TestRightsOfSharedData(t *testing.T) {
	const root = "../../../shared/data"
	if _, err := os.Stat(root); err != nil {
		t.Skipf("no shared data: %v", err)
	}
	if testing.Short() || !testing.Verbose() {
		t.Skip("takes a minute: run with -v")
	}
	cleaner, err := clean.New(clean.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	rights, err := filter.NewRights(filter.DefaultRightsOptions())
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"crawl", "warc"} {
		count := rightsCount{by: map[string]int{}}
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() || strings.HasPrefix(e.Name(), "zstd-") || !strings.Contains(e.Name(), "arc") {
				return err // the zstd files repeat pages of the others
			}
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			defer f.Close()
			source, err := ingest.Open(path, f, folder, ingest.DefaultOptions())
			if err != nil {
				return nil // no archive
			}
			for d, err := range source.Documents(context.Background()) {
				if err != nil {
					return nil
				}
				batch := &corpus.Batch{Documents: []*corpus.Document{d}}
				if err := cleaner.Process(t.Context(), batch); err != nil {
					return err
				}
				if err := rights.Process(t.Context(), batch); err != nil {
					return err
				}
				count.add(d)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d records, %d heads and %d pages read, %d records with a statement, %d dropped", folder, count.records, count.heads, count.pages, count.said, count.dropped)
		var keys []string
		for key := range count.by {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			t.Logf("%s: %6d %s", folder, count.by[key], key)
		}
		if count.heads == 0 || count.pages == 0 || count.by["robots html"] == 0 {
			t.Errorf("%s: nothing was read", folder)
		}
	}
}
