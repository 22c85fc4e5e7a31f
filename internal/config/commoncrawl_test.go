package config

import (
	"strings"
	"testing"

	"corpus/internal/commoncrawl"

	"github.com/google/go-cmp/cmp"
)

func TestCommonCrawl(t *testing.T) {
	tests := []struct {
		name, yaml string
		want       commoncrawl.Options
		err        string // "": none
	}{
		{"by name", "cc: CC-MAIN-2025-13", commoncrawl.Options{
			Crawl: "CC-MAIN-2025-13", Kind: "warc", Base: "https://data.commoncrawl.org", Index: "cdx",
		}, ""},
		{"with options", "cc: {crawl: CC-MAIN-2025-13, kind: wet, files: '0:100', base: 's3://commoncrawl?region=us-east-1'}", commoncrawl.Options{
			Crawl: "CC-MAIN-2025-13", Kind: "wet", Files: "0:100", Base: "s3://commoncrawl?region=us-east-1", Index: "cdx",
		}, ""},
		{"subset", "cc: {crawl: CC-MAIN-2025-13, domains: ['*.example.org'], languages: [deu]}", commoncrawl.Options{
			Crawl: "CC-MAIN-2025-13", Kind: "warc", Base: "https://data.commoncrawl.org", Index: "cdx",
			Domains: []string{"*.example.org"}, Languages: []string{"deu"},
		}, ""},
		{"none", "cc:", commoncrawl.Options{}, "has no paths"},
		{"no name", "cc: {kind: wet}", commoncrawl.Options{}, "names no crawl"},
		{"bad name", "cc: common", commoncrawl.Options{}, "no crawl's name"},
		{"unknown option", "cc: {crawl: CC-MAIN-2025-13, segment: 1}", commoncrawl.Options{}, "unknown key"},
		{"and paths", "cc: CC-MAIN-2025-13\n    paths: [x]", commoncrawl.Options{}, "has paths too"},
		{"another format", "cc: CC-MAIN-2025-13\n    format: jsonl", commoncrawl.Options{}, "are warc"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := Parse("c.yaml", []byte("sources:\n  - name: web\n    "+test.yaml+"\n"), nil)
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Fatalf("got %v, want an error with %q", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, c.Sources[0].CC.Options); diff != "" {
				t.Error(diff)
			}
			data, err := c.JSON()
			if err != nil {
				t.Fatal(err)
			}
			again, err := ParseJSON("again", data)
			if err != nil {
				t.Fatal(err)
			}
			if second, err := again.JSON(); err != nil || string(second) != string(data) {
				t.Errorf("read again: %v, %s", err, second)
			}
		})
	}
}
