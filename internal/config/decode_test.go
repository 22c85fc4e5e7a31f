package config

import (
	"fmt"
	"strings"
	"testing"

	"corpus/filter"

	"github.com/google/go-cmp/cmp"
)

// mustParse parses a config that is right.
func mustParse(t *testing.T, text string, settings ...string) *Config {
	t.Helper()
	c, err := Parse("test", []byte(text), settings)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// An alias stands for what its anchor holds, in every section, and "<<" merges keys that stand nowhere else.
func TestAliasesAreWrittenOut(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{
			"merged source",
			"sources: [&s {name: a, paths: [x], license: MIT}, {<<: *s, name: b}]",
			"sources: [{name: a, paths: [x], license: MIT}, {name: b, paths: [x], license: MIT}]",
		}, {
			"own key before the merge",
			"sources:\n  - &s\n    name: a\n    paths: [x]\n  - name: b\n    <<: *s\n",
			"sources: [{name: a, paths: [x]}, {name: b, paths: [x]}]",
		}, {
			"list of merges, the first wins",
			"sources: [&a {name: a, paths: [x]}, &b {name: b, paths: [y], license: MIT}, {<<: [*a, *b], name: c}]",
			"sources: [{name: a, paths: [x]}, {name: b, paths: [y], license: MIT}, {name: c, paths: [x], license: MIT}]",
		}, {
			"merge of a merge",
			"sources: [&a {name: a, paths: [x]}, &b {<<: *a, name: b, license: MIT}, {<<: *b, name: c}]",
			"sources: [{name: a, paths: [x]}, {name: b, paths: [x], license: MIT}, {name: c, paths: [x], license: MIT}]",
		}, {
			"list shared by sources",
			"sources: [{name: a, paths: &p [x, y]}, {name: b, paths: *p}]",
			"sources: [{name: a, paths: [x, y]}, {name: b, paths: [x, y]}]",
		}, {
			"filter's option from another section",
			minimal + "corpus: {title: &t en}\nfilters:\n  - language: {languages: &known [*t, de], detect: *known}\n",
			minimal + "corpus: {title: en}\nfilters:\n  - language: {languages: [en, de], detect: [en, de]}\n",
		}, {
			"filter's merged options",
			minimal + "filters:\n  - language: &l {languages: [en], min_score: 0.5}\n  - pii: {email: &e {tag: X}, ip: {<<: *e, tag: Y}}\n",
			minimal + "filters:\n  - language: {languages: [en], min_score: 0.5}\n  - pii: {email: {tag: X}, ip: {tag: Y}}\n",
		}, {
			"the last anchor of a name",
			"sources: [{name: a, paths: [&p x, *p, &p y, *p]}]",
			"sources: [{name: a, paths: [x, x, y, y]}]",
		}, {
			"number",
			minimal + "seed: &n 7\nworkers: *n\n",
			minimal + "seed: 7\nworkers: 7\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(mustParse(t, c.want), mustParse(t, c.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A few lines of aliases of aliases would come to 2^60 keys.
func TestAliasesAreBounded(t *testing.T) {
	var text strings.Builder
	text.WriteString("sources:\n  - &s0 {name: a, paths: [x]}\n")
	for i := range 60 {
		fmt.Fprintf(&text, "  - &s%d {<<: [*s%d, *s%d]}\n", i+1, i, i)
	}
	_, err := Parse("test", []byte(text.String()), nil)
	if err == nil || !strings.Contains(err.Error(), "too large once its aliases are followed") {
		t.Errorf("got %v", err)
	}
}

// A string option takes a scalar as it is written, and a number is exact or an error.
func TestScalarsAreTakenAsWritten(t *testing.T) {
	c := mustParse(t, minimal+`corpus:
  title: 1_000
  description: "tab \t, NUL \x00, CR LF \r\n, \U0001F600"
  provider: yes
  contact: true
  license: 0x10
  version: 1.10
  date: 2024-01-02
  purpose: .inf
  maintenance: 1e3
seed: 18446744073709551615
workers: 1e1
dedup: {minhash: {threshold: 7e-1, seed: 0x10}}
`)
	want := Corpus{
		Title: "1_000", Description: "tab \t, NUL \x00, CR LF \r\n, \U0001F600", Provider: "yes", Contact: "true", License: "0x10",
		Version: "1.10", Date: "2024-01-02", Purpose: ".inf", Maintenance: "1e3",
	}
	if diff := cmp.Diff(want, c.Corpus); diff != "" {
		t.Error(diff)
	}
	if c.Seed != 1<<64-1 || c.Workers != 10 || c.Dedup.MinHash.Threshold != 0.7 || c.Dedup.MinHash.Seed != 16 {
		t.Errorf("numbers: %d, %d, %+v", c.Seed, c.Workers, c.Dedup.MinHash)
	}
}

// A filter's key without a value leaves its default too.
func TestNothingSaidInAFilter(t *testing.T) {
	c := mustParse(t, minimal+"filters:\n  - language:\n  - gopher_quality:\n      min_doc_words:\n      stop_words_by_language: {de: [und, der], fr: }\n")
	quality := filter.DefaultGopherQualityOptions()
	quality.StopWordsByLanguage = map[string][]string{"de": {"und", "der"}, "fr": nil}
	language := filter.DefaultLanguageOptions()
	if diff := cmp.Diff([]Filter{{"language", &language}, {"gopher_quality", &quality}}, c.Filters); diff != "" {
		t.Error(diff)
	}
}

func TestBeginningsOfAFile(t *testing.T) {
	want := mustParse(t, minimal+"seed: 3\n")
	for name, text := range map[string]string{
		"document mark": "---\n" + minimal + "seed: 3\n",
		"directive":     "%YAML 1.2\n---\n" + minimal + "seed: 3\n",
		"end mark":      minimal + "seed: 3\n...\n",
		"CRLF":          strings.ReplaceAll(minimal+"seed: 3\n", "\n", "\r\n"),
		"byte order":    "\ufeff" + minimal + "seed: 3\n",
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(want, mustParse(t, text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
