package build_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"corpus/internal/audit"
	"corpus/internal/build"
	"corpus/internal/commoncrawl/crawltest"
	"corpus/internal/documents"
	"corpus/internal/storage/storetest"

	"github.com/google/go-cmp/cmp"
)

// prose is a page with text enough to be kept, none like another.
func prose(i int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<html><head><title>Page %d</title></head><body><article>", i)
	for p := range 4 {
		fmt.Fprintf(&b, "<p>On day %d the keeper of lighthouse %d wrote down, as every evening, that %d ships had passed and none of them had stopped at the harbour.</p>", i*7+p, i, i*31+p)
	}
	return b.String() + "</article></body></html>"
}

// texts are the documents of a finished build as "url place text", the base of their files taken off.
func texts(t *testing.T, dir, base string) (all []string) {
	t.Helper()
	plan, err := build.ReadPlan(dir)
	if err != nil {
		t.Fatal(err)
	}
	for unit := range plan.Units {
		for row, err := range documents.Read(filepath.Join(dir, documents.Path(unit))) {
			if err != nil {
				t.Fatal(err)
			}
			o := row.Origin()
			file, _, _ := strings.Cut(strings.TrimPrefix(o.File, base), "?")
			all = append(all, fmt.Sprintf("%s %s %d %d %s %s %s", row.URL, file, o.Offset, o.Length, o.Codec, o.Digest, row.Text))
		}
	}
	return all
}

// smallRecipe is what the builds of these tests do with their sources.
const smallRecipe = "\nsplit_bytes: 65536\ndedup: {methods: [exact]}\ntokenizer: {vocab_size: 400}\nshards: {validation: 0.1, tokens_per_shard: 20000}\n"

// TestBuildOverS3 builds the bundled crawl from local files and from a server that fails, breaks off and is read in parts.
func TestBuildOverS3(t *testing.T) {
	s := storetest.NewS3(t, nil)
	s.PutFolder(crawl)
	s.Spoil(func(n int, w http.ResponseWriter, r *http.Request) bool {
		switch n % 31 { // each costs half a second
		case 3:
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		case 20:
			s.Cut(3000, w, r)
		}
		return false
	})
	source := "sources: [{name: web, paths: ['%s']}]"
	local, remote := filepath.Join(t.TempDir(), "local"), filepath.Join(t.TempDir(), "remote")
	if err := buildText(t, local, fmt.Sprintf(source, crawl+"/*.gz")+smallRecipe); err != nil {
		t.Fatal(err)
	}
	if err := buildText(t, remote, fmt.Sprintf(source, s.URL("*.gz"))+smallRecipe); err != nil {
		t.Fatal(err)
	}
	want := texts(t, local, crawl+"/")
	if diff := cmp.Diff(want, texts(t, remote, "s3://b/")); diff != "" || len(want) < 50 {
		t.Errorf("%d documents; %s", len(want), diff)
	}
	problems, err := audit.Verify(t.Context(), remote, audit.VerifyOptions{Inputs: true, Root: "/nowhere"})
	if err != nil || len(problems) > 0 {
		t.Errorf("verify: %v, %v", problems, err)
	}
	traced, err := audit.Trace(t.Context(), remote, "train-00000.bin", 1000, "/nowhere")
	if err != nil || traced.Record != "verified" || !strings.HasPrefix(traced.Origin.File, "s3://b/") {
		t.Errorf("trace: %+v, %v", traced, err)
	}
	s.Put(pathOf(t, remote), "changed")
	problems, err = audit.Verify(t.Context(), remote, audit.VerifyOptions{Inputs: true})
	if err != nil || len(problems) == 0 {
		t.Errorf("verify after an input changed: %v, %v", problems, err)
	}
}

// pathOf is the key of a build's first input.
func pathOf(t *testing.T, dir string) string {
	t.Helper()
	plan, err := build.ReadPlan(dir)
	if err != nil {
		t.Fatal(err)
	}
	key, _, _ := strings.Cut(strings.TrimPrefix(plan.Units[0].Pieces[0].Path, "s3://b/"), "?")
	return key
}

// TestBuildFromCommonCrawl builds parts of a crawl by name: from a local mirror, and from a server that then forgets the index.
func TestBuildFromCommonCrawl(t *testing.T) {
	mirror := t.TempDir()
	c := crawltest.Crawl{Name: "CC-MAIN-2025-13", Files: 3, BlockLines: 5}
	for i := range 40 {
		host := []string{"a.example.org", "example.com", "example.org"}[i%3]
		c.Pages = append(c.Pages, crawltest.Page{URL: fmt.Sprintf("https://%s/%d", host, i), Language: []string{"eng", "deu"}[i%2], HTML: prose(i)})
	}
	records, err := c.Write(mirror)
	if err != nil {
		t.Fatal(err)
	}
	kept := func(keep func(crawltest.Record) bool) map[string]bool {
		urls := map[string]bool{}
		for _, r := range records {
			if keep(r) {
				urls[r.URL] = true
			}
		}
		return urls
	}
	tests := []struct {
		name, options string
		want          map[string]bool
	}{
		{"files", "files: '1:3'", kept(func(r crawltest.Record) bool { return !strings.Contains(r.File, "/1700000000/") })},
		{"domains", "domains: ['*.example.org']", kept(func(r crawltest.Record) bool { return strings.HasPrefix(r.Key, "org,") })},
		{"languages", "languages: [eng], index: table", kept(func(r crawltest.Record) bool { return r.Language == "eng" })},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := storetest.NewS3(t, nil)
			s.PutFolder(mirror)
			source := "sources: [{name: web, cc: {crawl: CC-MAIN-2025-13, base: '%s', " + test.options + "}}]" + smallRecipe
			local, remote := filepath.Join(t.TempDir(), "local"), filepath.Join(t.TempDir(), "remote")
			if err := buildText(t, local, fmt.Sprintf(source, mirror)); err != nil {
				t.Fatal(err)
			}
			config := fmt.Sprintf(source, s.URL(""))
			if err := buildText(t, remote, config); err != nil {
				t.Fatal(err)
			}
			want := texts(t, local, mirror+"/")
			if diff := cmp.Diff(want, texts(t, remote, "s3://b/")); diff != "" {
				t.Error(diff)
			}
			urls := map[string]bool{}
			for _, line := range want {
				url, _, _ := strings.Cut(line, " ")
				urls[url] = true
			}
			if diff := cmp.Diff(test.want, urls); diff != "" {
				t.Error(diff)
			}
			problems, err := audit.Verify(t.Context(), remote, audit.VerifyOptions{Inputs: true})
			if err != nil || len(problems) > 0 {
				t.Errorf("verify: %v, %v", problems, err)
			}
			before := len(s.Asked())
			if err := buildText(t, remote, config); err != nil || len(s.Asked()) != before {
				t.Errorf("going on asked %d times, %v", len(s.Asked())-before, err)
			}
		})
	}
}

func TestOutputIsLocal(t *testing.T) {
	inputs := filepath.Join(t.TempDir(), "in.jsonl")
	writeFile(t, inputs, oneLine)
	wantError(t, buildText(t, "s3://bucket/out", fmt.Sprintf("sources: [{name: s, paths: [%s]}]\n", inputs)+smallTokenizer), "s3://bucket/out", "local folders only")
}

// TestBuildFromPlainWebServer reads a file from a server that sends whole files only: it is not split, and its revisits stay unresolved.
func TestBuildFromPlainWebServer(t *testing.T) {
	t.Setenv("NETRC", "/nonexistent")
	file, err := os.ReadFile(crawl + "/crawl-00000.warc.gz")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(file)))
		_, _ = w.Write(file) // the reader of the size alone does not wait for it
	}))
	defer server.Close()
	source := "sources: [{name: web, paths: ['%s'], revisits: count}]" + smallRecipe
	local, remote := filepath.Join(t.TempDir(), "local"), filepath.Join(t.TempDir(), "remote")
	if err := buildText(t, local, fmt.Sprintf(source, crawl+"/crawl-00000.warc.gz")); err != nil {
		t.Fatal(err)
	}
	address := server.URL + "/crawl-00000.warc.gz"
	if err := buildText(t, remote, fmt.Sprintf(source, address)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(texts(t, local, crawl+"/"), texts(t, remote, server.URL+"/")); diff != "" {
		t.Error(diff)
	}
	resolving := filepath.Join(t.TempDir(), "resolving")
	if err := buildText(t, resolving, fmt.Sprintf(strings.Replace(source, "count", "resolve", 1), address)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(texts(t, remote, ""), texts(t, resolving, "")); diff != "" {
		t.Error(diff)
	}
}
