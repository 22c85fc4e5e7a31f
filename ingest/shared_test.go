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

// realReader reads a file of others: places must grow, and documents must be what they were when they are read again.
type realReader struct {
	t    *testing.T
	name string
	n    int
	next map[string]int64
}

// read yields the documents of the file.
func (r *realReader) read(path string, yield func(*corpus.Document)) {
	opts := DefaultOptions()
	f, err := os.Open(path)
	if err != nil {
		r.t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		r.t.Fatal(err)
	}
	source, err := Open(path, sizedFile{f, info.Size()}, "real", opts)
	if err != nil {
		r.t.Fatal(err)
	}
	r.next = make(map[string]int64)
	for d, err := range source.Documents(r.t.Context()) {
		if err != nil {
			r.t.Fatalf("%s: %v", r.name, err)
		}
		if d.Origin.Offset < r.next[d.Origin.Codec] {
			r.t.Errorf("%s: document %d at %+v overlaps the one before", r.name, r.n, d.Origin)
		}
		r.next[d.Origin.Codec] = d.Origin.Offset + d.Origin.Length
		far := strings.HasSuffix(d.Origin.Codec, "-stream") && d.Origin.Offset+d.Origin.Length > 8<<20 // would be unfolded from the beginning
		if (r.n < 5 || r.n%97 == 0) && !far {
			again, err := ReadAt(f, info.Size(), d.Origin, "real", opts)
			if err != nil || !reflect.DeepEqual(d, again) {
				r.t.Errorf("%s: document %d (%v) differs when read again: %v", r.name, r.n, d.Reason, err)
			}
		}
		yield(d)
		r.n++
	}
	if r.n == 0 {
		r.t.Errorf("%s: no document at all", r.name)
	}
}

// sizedFile is a file at hand as a whole.
type sizedFile struct {
	*os.File
	size int64
}

func (f sizedFile) Size() int64 { return f.size }

// TestRealCrawls reads real crawls: no panic, no error, places that grow, and documents that can be read again.
func TestRealCrawls(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 38 MB of crawls")
	}
	folder := filepath.Join(sharedData, "crawl")
	if _, err := os.Stat(folder); err != nil {
		t.Skip("no real crawls here: ", err)
	}
	inputs, err := Expand(t.Context(), []string{folder})
	if err != nil {
		t.Fatal(err)
	}
	for _, input := range inputs {
		r := &realReader{t: t, name: strings.TrimPrefix(input.Path, sharedData)}
		r.read(input.Path, func(*corpus.Document) {})
	}
}

// The odd ones among the real files, and what becomes of them.
func TestOddFiles(t *testing.T) {
	tests := []struct {
		path string
		want string // fates and their counts, in order of first appearance
	}{
		// Cut in a member: the record declares more than there is.
		{"chatnoir-eu+chatnoir-resiliparse/tests/data/clipped.warc.gz", "truncated=13068:1"},
		// 1.9 MB of gzip that unfold to one page of 431 MB.
		{"internetarchive+CDX-Writer/tests/small_warcs/giant_html.warc.gz", "too_large=431216083:1"},
		// Members of no content between records are no records.
		{"internetarchive+CDX-Writer/tests/small_warcs/empty-gzips.warc.gz", "record_type=warcinfo:3 kept:3 record_type=request:3"},
		// One gzip stream of many records that breaks off: the whole records before the break are kept.
		{"internetarchive+gowarc/testdata/warcs/corrupted-mid-record.warc.gz.open", "kept:12 malformed=34:1"},
		// A chunk size that is wrong from the first chunk on: the page is kept as it stands.
		{"webrecorder+warcio/test/data/example-wrong-chunks.warc.gz", "kept:1 record_type=request:1"},
		// One gzip stream, which warcio refuses.
		{"webrecorder+warcio/test/data/example-bad.warc.gz.bad", "record_type=warcinfo:1 kept:1 record_type=request:2 revisit=identical-payload-digest:1 http_status=302:1"},
		// A length that is one byte short costs its record alone.
		{"webrecorder+warcio.js/test/data/example-bad-length.warc", "record_type=warcinfo:2 content_length=974:1 record_type=request:2 revisit=uri-agnostic-identical-payload-digest:1"},
		// Lengths that are none, in the version block and elsewhere, cost their own records.
		{"webrecorder+warcio/test/data/bad.arc", "content_length=-1:2 empty=:1 content_length=abc:1"},
		// The date stands before the IP address.
		{"internetarchive+CDX-Writer/tests/small_warcs/transposed_header.arc.gz", "record_type=filedesc:1 http_status=302:1"},
		// Revisits of the pages and images of the same file.
		{"openzim+warc2zim/tests/data/example-revisit.warc.gz", "record_type=warcinfo:6 kept:6 record_type=request:4"},
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
			info, err := f.Stat()
			if err != nil {
				t.Fatal(err)
			}
			source, err := Open(test.path, sizedFile{f, info.Size()}, "real", DefaultOptions())
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
