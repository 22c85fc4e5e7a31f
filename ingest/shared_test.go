package ingest

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

// sharedData is real crawls that are no part of the repository.
const sharedData = "../../shared/data"

// TestRealCrawls reads every file at hand: no panic, no error, places that grow, and documents that can be read again.
func TestRealCrawls(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 60 MB of crawls")
	}
	folders := []string{filepath.Join(sharedData, "warc"), filepath.Join(sharedData, "crawl")}
	for _, folder := range folders {
		if _, err := os.Stat(folder); err != nil {
			t.Skip("no real crawls here: ", err)
		}
	}
	inputs, err := Expand(t.Context(), folders)
	if err != nil {
		t.Fatal(err)
	}
	opts := DefaultOptions()
	for _, input := range inputs {
		name := strings.TrimPrefix(input.Path, sharedData)
		f, err := os.Open(input.Path)
		if err != nil {
			t.Fatal(err)
		}
		source, err := Open(input.Path, f, "real", opts)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		next := make(map[string]int64)
		for d, err := range source.Documents(t.Context()) {
			if err != nil {
				t.Errorf("%s: %v", name, err)
				break
			}
			if d.Origin.Offset < next[d.Origin.Codec] {
				t.Errorf("%s: document %d at %+v overlaps the one before", name, n, d.Origin)
			}
			next[d.Origin.Codec] = d.Origin.Offset + d.Origin.Length
			if n < 5 || n%97 == 0 {
				again, err := ReadAt(f, input.Bytes, d.Origin, "real", opts)
				if err != nil || !reflect.DeepEqual(d, again) {
					t.Errorf("%s: document %d (%v) differs when read again: %v", name, n, d.Reason, err)
				}
			}
			n++
		}
		f.Close()
		if n == 0 {
			t.Errorf("%s: no document at all", name)
		}
	}
}

// The odd ones among the real files, and what becomes of them.
func TestOddFiles(t *testing.T) {
	tests := []struct {
		path string
		want string // fates and their counts, in order of first appearance
	}{
		// Cut in a member: the record declares more than there is.
		{"chatnoir-eu+chatnoir-resiliparse/tests/data/clipped.warc.gz", "truncated=13069:1"},
		// 1.9 MB of gzip that unfold to one page of 431 MB.
		{"internetarchive+CDX-Writer/tests/small_warcs/giant_html.warc.gz", "too_large=431216083:1"},
		// Members of no content between records are no records.
		{"internetarchive+CDX-Writer/tests/small_warcs/empty-gzips.warc.gz", "record_type=warcinfo:3 kept:1 record_type=request:3 revisit=identical-payload-digest:2"},
		// One gzip stream of many records that breaks off: the whole records before the break are kept.
		{"internetarchive+gowarc/testdata/warcs/corrupted-mid-record.warc.gz.open", "kept:12 malformed=34:1"},
		// A chunk size that is wrong from the first chunk on: the page is kept as it stands.
		{"webrecorder+warcio/test/data/example-wrong-chunks.warc.gz", "kept:1 record_type=request:1"},
		// One gzip stream, which warcio refuses.
		{"webrecorder+warcio/test/data/example-bad.warc.gz.bad", "record_type=warcinfo:1 kept:1 record_type=request:2 revisit=identical-payload-digest:1 http_status=302:1"},
		// A length that is one byte short costs its record alone.
		{"webrecorder+warcio.js/test/data/example-bad-length.warc", "record_type=warcinfo:2 content_length=974:1 record_type=request:2 revisit=uri-agnostic-identical-payload-digest:1"},
		// ARC is told by its first line, also where that is broken.
		{"webrecorder+warcio/test/data/bad.arc", "unsupported_format=arc:1"},
		{"archivesunleashed+aut/src/test/resources/arc/example.arc.gz", "unsupported_format=arc:1"},
		// Upper and lower case do not matter.
		{"netarchivesuite+jwat/jwat-warc/src/test/resources/valid-warcfile-upper-lower-case.warc", "record_type=warcinfo:1 content_type=text/dns:4"},
		{"chatnoir-eu+chatnoir-resiliparse/tests/data/warcfile.warc.lz4", "unsupported_format=lz4:1"},
	}
	for _, test := range tests {
		t.Run(filepath.Base(test.path), func(t *testing.T) {
			f, err := os.Open(filepath.Join(sharedData, "warc", test.path))
			if err != nil {
				t.Skip("not here: ", err)
			}
			defer f.Close()
			source, err := Open(test.path, f, "real", DefaultOptions())
			if err != nil {
				t.Fatal(err)
			}
			var order []string
			counts := make(map[string]int)
			for d, err := range source.Documents(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				fate := fateOf(d)
				if counts[fate] == 0 {
					order = append(order, fate)
				}
				counts[fate]++
			}
			for i, fate := range order {
				order[i] = fmt.Sprintf("%s:%d", fate, counts[fate])
			}
			if diff := cmp.Diff(test.want, strings.Join(order, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func fateOf(d *corpus.Document) string {
	if d.Reason == nil {
		return "kept"
	}
	return d.Reason.Rule + "=" + d.Reason.Value
}
