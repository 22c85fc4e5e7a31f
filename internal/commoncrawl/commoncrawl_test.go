package commoncrawl

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corpus"
	"corpus/internal/commoncrawl/crawltest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// somePages have hosts on both sides of every border that the index's order has.
func somePages() (all []crawltest.Page) {
	for i, host := range []string{
		"example.org", "www.example.org", "example.org:8080", "a.example.org", "b.a.example.org", "example-two.org",
		"examplf.org", "exampl.org", "example.com", "example.org.uk", "org", "zz.example.org",
	} {
		for n := range 1 + i%4*2 {
			all = append(all, crawltest.Page{
				URL:      fmt.Sprintf("https://%s/page-%d?x=%d", host, n, i),
				Language: []string{"deu", "eng", "deu,eng", "eng,deu", ""}[(i+n)%5],
				HTML:     fmt.Sprintf("<html><title>%s</title><p>page %d", host, n),
			})
		}
	}
	return all
}

func crawl(t *testing.T, blockLines int) (base string, records []crawltest.Record) {
	t.Helper()
	base = t.TempDir()
	records, err := crawltest.Crawl{Name: "CC-MAIN-2025-13", Files: 3, BlockLines: blockLines, Pages: somePages()}.Write(base)
	if err != nil {
		t.Fatal(err)
	}
	return base, records
}

func options(base string) Options {
	o := DefaultOptions()
	o.Crawl, o.Base = "CC-MAIN-2025-13", base
	return o
}

func TestSelectFiles(t *testing.T) {
	base, _ := crawl(t, 3)
	tests := []struct {
		kind, files string
		want        []int // numbers of the files
	}{
		{"warc", "", []int{0, 1, 2}},
		{"warc", "0:2", []int{0, 1}},
		{"warc", "-1:", []int{2}},
		{"warc", ":-2", []int{0}},
		{"warc", "1:100", []int{1, 2}},
		{"wet", "1:2", []int{1}},
	}
	for _, test := range tests {
		t.Run(test.kind+" "+test.files, func(t *testing.T) {
			o := options(base)
			o.Kind, o.Files = test.kind, test.files
			got, err := Select(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			var want []Selection
			for _, n := range test.want {
				name := map[string]string{
					"warc": "crawl-data/CC-MAIN-2025-13/segments/%d/warc/CC-MAIN-2025-13-%05d.warc.gz",
					"wet":  "crawl-data/CC-MAIN-2025-13/segments/%d/wet/CC-MAIN-2025-13-%05d.warc.wet.gz",
				}[test.kind]
				path := filepath.Join(base, fmt.Sprintf(name, 1700000000+n, n))
				info, err := os.Stat(path)
				if err != nil {
					t.Fatal(err)
				}
				want = append(want, Selection{Path: path, Bytes: info.Size()})
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSelectRecords compares both forms of the index with a plain walk over all records.
func TestSelectRecords(t *testing.T) {
	host := func(hosts ...string) func(crawltest.Record) bool {
		return func(r crawltest.Record) bool {
			for _, h := range hosts {
				if strings.HasPrefix(r.URL, "https://"+h+"/") {
					return true
				}
			}
			return false
		}
	}
	exact := host("example.org", "www.example.org", "example.org:8080")
	below := host("example.org", "www.example.org", "example.org:8080", "a.example.org", "b.a.example.org", "zz.example.org")
	german := func(r crawltest.Record) bool { return strings.HasPrefix(r.Language, "deu") }
	tests := []struct {
		name      string
		domains   []string
		languages []string
		files     string
		index     string // "": both
		want      func(crawltest.Record) bool
	}{
		{"one host", []string{"example.org"}, nil, "", "", exact},
		{"one host with www", []string{"WWW.Example.org"}, nil, "", "", exact},
		{"all below", []string{"*.example.org"}, nil, "", "", below},
		{"both, which overlap", []string{"*.a.example.org", "*.example.org", "example.org"}, nil, "", "", below},
		{"first and last of the index", []string{"example.com", "org"}, nil, "", "", host("example.com", "org")},
		{"in a language", []string{"*.example.org"}, []string{"deu"}, "", "", func(r crawltest.Record) bool { return below(r) && german(r) }},
		{"of a file", []string{"*.example.org"}, nil, "1:2", "", func(r crawltest.Record) bool { return below(r) && strings.Contains(r.File, "/1700000001/") }},
		{"language alone", nil, []string{"deu"}, "", IndexTable, german},
		{"two languages", nil, []string{"eng", "deu"}, "", IndexTable, func(r crawltest.Record) bool { return r.Language != "" }},
	}
	for _, lines := range []int{1, 3, 1000} {
		base, records := crawl(t, lines)
		for _, test := range tests {
			for _, index := range []string{IndexCDX, IndexTable} {
				if test.index != "" && index != test.index {
					continue
				}
				t.Run(fmt.Sprintf("%s %s %d", test.name, index, lines), func(t *testing.T) {
					o := options(base)
					o.Domains, o.Languages, o.Files, o.Index = test.domains, test.languages, test.files, index
					got, err := Select(t.Context(), o)
					if err != nil {
						t.Fatal(err)
					}
					want := map[string][]Place{}
					for _, r := range records {
						if path := filepath.Join(base, r.File); test.want(r) {
							want[path] = append(want[path], Place{Offset: r.Offset, Length: r.Length})
						}
					}
					checkSelection(t, got, want)
				})
			}
		}
	}
}

func checkSelection(t *testing.T, got []Selection, want map[string][]Place) {
	t.Helper()
	found := map[string][]Place{}
	for i, s := range got {
		found[s.Path] = s.Places
		bytes := int64(0)
		for n, p := range s.Places {
			if bytes += p.Length; n > 0 && s.Places[n-1].Offset >= p.Offset {
				t.Errorf("%s: places out of order", s.Path)
			}
		}
		if bytes != s.Bytes {
			t.Errorf("%s: %d bytes, places have %d", s.Path, s.Bytes, bytes)
		}
		if i > 0 && got[i-1].Path >= s.Path {
			t.Errorf("files out of order: %s", s.Path)
		}
	}
	if diff := cmp.Diff(want, found, cmpopts.SortSlices(func(a, b Place) bool { return a.Offset < b.Offset })); diff != "" {
		t.Error(diff)
	}
}

// TestPrefixes has keys as the index of commoncrawl.org has them.
func TestPrefixes(t *testing.T) {
	tests := []struct {
		domain  string
		yes, no []string
	}{
		{"example.org", []string{"org,example)/", "org,example:8080)/x"}, []string{"org,example,a)/", "org,example-x)/", "org,notexample)/", "org,examples)/", "org,example,www)/"}},
		{"*.example.org", []string{"org,example)/", "org,example,a)/", "org,example,b:81)/", "org,example,www,a)/"}, []string{"org,example-x)/", "org,examples,a)/", "org)/"}},
		{"www.example.org", []string{"org,example)/"}, []string{"org,example,www)/", "org,example,a)/"}},
		{"*.www.example.org", []string{"org,example)/", "org,example,www,a)/"}, []string{"org,example,a)/", "org,example,wwwx)/"}},
		{"146.148.124.0", []string{"0,124,148,146)/index.php"}, []string{"146.148.124.0)/", "0,124,148,1460)/"}},
		{"*.Bücher.example", []string{"example,xn--bcher-kva,a)/"}, nil},
	}
	for _, test := range tests {
		t.Run(test.domain, func(t *testing.T) {
			q, err := newQuery(Options{Domains: []string{test.domain}})
			if err != nil {
				t.Fatal(err)
			}
			for _, key := range test.yes {
				if !q.matches(key) {
					t.Errorf("%q does not match", key)
				}
			}
			for _, key := range test.no {
				if q.matches(key) {
					t.Errorf("%q matches", key)
				}
			}
		})
	}
}

// TestSearchAsksLittle searches a large list of blocks, over pages, and compares with a walk.
func TestSearchAsksLittle(t *testing.T) {
	var list strings.Builder
	var keys []string
	var starts []int64
	for i := range 40_000 {
		keys = append(keys, fmt.Sprintf("com,host%05d)/%s 20250101000000", i, strings.Repeat("x", i%97)))
		starts = append(starts, int64(list.Len()))
		fmt.Fprintf(&list, "%s\tcdx-00000.gz\t%d\t%d\t%d\n", keys[i], i*300, 300, i)
	}
	counted := &countingReaderAt{r: strings.NewReader(list.String())}
	p := newPages(counted, int64(list.Len()))
	for _, prefix := range []string{"a", "com,host00000)", "com,host00000)/ 2", "com,host12345)", "com,host12345,", "com,host20000", "com,host39999)", "zz"} {
		got, err := search(p, prefix)
		if err != nil {
			t.Fatal(err)
		}
		want := int64(0)
		for i, key := range keys {
			if key < prefix {
				want = starts[i]
			}
		}
		if got != want {
			t.Errorf("%q: line at %d, want %d", prefix, got, want)
		}
	}
	if counted.n > 40 {
		t.Errorf("%d reads of a file of %d bytes for 8 searches", counted.n, list.Len())
	}
}

type countingReaderAt struct {
	r io.ReaderAt
	n int
}

func (c *countingReaderAt) ReadAt(p []byte, off int64) (int, error) {
	c.n++
	return c.r.ReadAt(p, off)
}

func TestErrors(t *testing.T) {
	base, _ := crawl(t, 3)
	index := filepath.Join(base, "cc-index/collections/CC-MAIN-2025-13/indexes")
	o := options(base)
	o.Domains = []string{"nowhere.example"}
	if _, err := Select(t.Context(), o); err == nil || !strings.Contains(err.Error(), "no record") {
		t.Errorf("a domain without pages: %v", err)
	}
	o.Domains = []string{"*.org"}
	for name, spoil := range map[string]func(string) string{
		"cdx-00000.gz": func(s string) string { return "not gzip" + s },
		"cluster.idx":  func(s string) string { return strings.ReplaceAll(s, "\tcdx-", "\tmany\tcdx-") },
	} {
		path := filepath.Join(index, name)
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(spoil(string(before))), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Select(t.Context(), o); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("spoilt %s: %v", name, err)
		}
		if err := os.WriteFile(path, before, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, line := range map[string]string{
		"an offset beyond all files": `"offset": "9223372036854775807", "length": "9"`,
		"a length of nothing":        `"offset": "9", "length": "0"`,
		"no number":                  `"offset": "-", "length": "9"`,
		"a number that is no string": `"offset": 9, "length": "9"`,
	} {
		q, err := newQuery(Options{Domains: []string{"example.org"}})
		if err != nil {
			t.Fatal(err)
		}
		line = `org,example)/ 20250101000000 {"filename": "crawl-data/x/warc/y.warc.gz", ` + line + "}"
		if err := q.addLine([]byte(line)); err == nil {
			t.Errorf("%s: taken as %v", name, q.found)
		}
	}
	o = options(base)
	o.Crawl = "CC-MAIN-1999-01"
	if _, err := Select(t.Context(), o); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a crawl that does not exist: %v", err)
	}
}

func TestValidate(t *testing.T) {
	tests := []struct {
		name string
		set  func(*Options)
		key  string // "": valid
	}{
		{"plain", func(*Options) {}, ""},
		{"news", func(o *Options) { o.Crawl = "CC-NEWS/2025/03" }, ""},
		{"no crawl", func(o *Options) { o.Crawl = "" }, "crawl"},
		{"a path", func(o *Options) { o.Crawl = "../CC-MAIN-2025-13" }, "crawl"},
		{"kind", func(o *Options) { o.Kind = "wat" }, "kind"},
		{"slice", func(o *Options) { o.Files = "0-100" }, "files"},
		{"host", func(o *Options) { o.Domains = []string{"https://example.org"} }, "domains"},
		{"wildcard inside", func(o *Options) { o.Domains = []string{"a.*.org"} }, "domains"},
		{"host of letters beyond ASCII", func(o *Options) { o.Domains = []string{"*.münchen.example"} }, ""},
		{"language", func(o *Options) { o.Languages = []string{"de"} }, "languages"},
		{"language alone", func(o *Options) { o.Languages = []string{"deu"} }, "languages"},
		{"language alone in the table", func(o *Options) { o.Languages, o.Index = []string{"deu"}, "table" }, ""},
		{"domains of wet", func(o *Options) { o.Domains, o.Kind = []string{"example.org"}, "wet" }, "kind"},
		{"index", func(o *Options) { o.Index = "api" }, "index"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := options("https://data.commoncrawl.org")
			test.set(&o)
			err := o.Validate()
			var bad *corpus.OptionError
			if test.key == "" && err != nil || test.key != "" && (!errors.As(err, &bad) || bad.Key != test.key) {
				t.Errorf("got %v, want an error of %q", err, test.key)
			}
		})
	}
}
