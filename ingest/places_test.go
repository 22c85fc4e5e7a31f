package ingest

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

// readPlaces reads records of a file.
func readPlaces(t *testing.T, content string, places []Place, opts Options) []*corpus.Document {
	t.Helper()
	source, err := OpenPlaces("x.warc.gz", strings.NewReader(content), places, "test", opts)
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
	return docs
}

// TestPlacesGiveTheFilesDocuments reads files whole, and then the places that this found: all, every second, the last.
func TestPlacesGiveTheFilesDocuments(t *testing.T) {
	records := append(threeRecords(), goodPage("three"), response("http://example.org/large", httpOK(noise(5<<20))), goodPage("four"))
	cut := gzipped(records[1])
	tests := []struct{ name, content string }{
		{"plain", strings.Join(records, "")},
		{"gzip by record", each(records, gzipped)},
		{"zstd by record", each(records, func(s string) string { return zstdFrame(s, nil) })},
		{"gzip with a cut member", gzipped(records[0]) + cut[:len(cut)/2] + gzipped(records[2]) + gzipped(records[3])},
		{"gzip with a wrong checksum", gzipped(records[0]) + cut[:len(cut)-8] + "\x00\x00\x00\x00" + cut[len(cut)-4:] + gzipped(records[2])},
		{"gzip cut at the end", gzipped(records[0]) + gzipped(records[2]) + cut[:len(cut)-20]},
		{"plain with a wrong length", strings.Replace(strings.Join(records[:4], ""), "Content-Length: ", "Content-Length: 1", 1)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			all := readAll(t, "x.warc.gz", test.content, DefaultOptions())
			for first, step := range map[int]int{0: 1, 1: 2, len(all) - 1: 1} {
				var want []*corpus.Document
				var places []Place
				for i := first; i < len(all); i += step {
					want = append(want, all[i])
					places = append(places, Place{all[i].Origin.Offset, all[i].Origin.Length})
				}
				if diff := cmp.Diff(want, readPlaces(t, test.content, places, DefaultOptions()), cmp.Comparer(bytes.Equal)); diff != "" {
					t.Errorf("from %d by %d: %s", first, step, diff)
				}
			}
		})
	}
}

func TestPlacesThatHoldNoRecord(t *testing.T) {
	content := each(threeRecords(), gzipped)
	size := int64(len(content))
	tests := []struct {
		name   string
		places []Place
		want   []string
	}{
		{"inside a member", []Place{{5, 40}}, []string{"malformed=40"}},
		{"behind the end", []Place{{size + 10, 20}}, []string{"truncated=20"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, fates(readPlaces(t, content, test.places, DefaultOptions()))); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, bad := range [][]Place{{{-1, 5}}, {{0, 0}}, {{0, 10}, {5, 10}}, {{1 << 62, 1 << 62}}} {
		if _, err := OpenPlaces("x", strings.NewReader(content), bad, "test", DefaultOptions()); err == nil {
			t.Errorf("places %v are taken", bad)
		}
	}
}

func TestPlaceAsText(t *testing.T) {
	text, err := Place{1000, 20}.MarshalText()
	if err != nil || string(text) != "1000+20" {
		t.Fatalf("%s, %v", text, err)
	}
	var p Place
	if err := p.UnmarshalText(text); err != nil || p != (Place{1000, 20}) {
		t.Errorf("%v, %v", p, err)
	}
	for _, bad := range []string{"", "1000", "+", "1+x", "1+2+3"} {
		if err := p.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q is taken for %v", bad, p)
		}
	}
}

func TestPlacesReportReadErrors(t *testing.T) {
	broken := errors.New("broken disk")
	source, err := OpenPlaces("x.warc", brokenAt{bytes.NewReader(make([]byte, 100)), broken}, []Place{{10, 20}}, "test", DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	for d, err := range source.Documents(t.Context()) {
		if d != nil || !errors.Is(err, broken) || !strings.Contains(err.Error(), "x.warc at byte 10") {
			t.Errorf("got %v, %v", d, err)
		}
	}
}

type brokenAt struct {
	*bytes.Reader
	err error
}

func (b brokenAt) ReadAt([]byte, int64) (int, error) { return 0, b.err }
