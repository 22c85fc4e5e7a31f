package config

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"corpus/configs"
	"corpus/ingest"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write configs/schema.json")

const minimal = "sources:\n  - name: s\n    paths: [x]\n"

func TestErrorsPointAtTheLine(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"unknown key", minimal + "sedd: 3\n", []string{`test: line 4: unknown key "sedd"`, ">  4 | sedd: 3"}},
		{"unknown nested key", minimal + "dedup:\n  minhash:\n    band: 3\n", []string{`unknown key "band"`, ">  6 |     band: 3"}},
		{"unknown filter", minimal + "filters:\n  - gopher\n", []string{`unknown filter "gopher"`, "gopher_quality", ">  5 |   - gopher"}},
		{"unknown filter option", minimal + "filters:\n  - c4: {min: 1}\n", []string{`unknown key "min"`, ">  5 |"}},
		{"two filters in one", minimal + "filters:\n  - {c4: {}, url: {}}\n", []string{"one name with its options"}},
		{"filter twice", minimal + "filters:\n  - c4\n  - url\n  - c4\n", []string{"line 7", "filter c4 is named twice"}},
		{"wrong type", minimal + "seed: many\n", []string{"line 4: a string where a whole number from 0 is expected", ">  4 | seed: many"}},
		{"bad value", minimal + "dedup:\n  minhash:\n    bands: -1\n", []string{"line 6", "dedup.minhash.bands"}},
		{"bad filter value", minimal + "filters:\n  - language:\n      min_score: 7\n", []string{"line 6", "filters[0].language.min_score"}},
		{"bad source option", "sources:\n  - name: s\n    paths: [x]\n    format: zip\n", []string{"line 4", "sources[0].format"}},
		{"no sources", "seed: 2\n", []string{"no sources"}},
		{"no name", "sources:\n  - paths: [x]\n", []string{"needs a name"}},
		{"same name", "sources:\n  - {name: s, paths: [x]}\n  - {name: s, paths: [y]}\n", []string{"line 3", `two sources are named "s"`}},
		{"no paths", "sources:\n  - name: s\n", []string{"source s has no paths"}},
		{"bad language", "sources:\n  - name: s\n    paths: [x]\n    language: 'German, mostly'\n", []string{"line 4", "sources[0].language"}},
		{"sample of nothing", "sources:\n  - name: s\n    paths: [x]\n    limits: {sample: 0}\n", []string{"line 4", "sources[0].limits.sample"}},
		{"negative limit", "sources:\n  - name: s\n    paths: [x]\n    limits:\n      files: -1\n", []string{"line 5", "sources[0].limits.files"}},
		{"small parts", minimal + "split_bytes: 1000\n", []string{"line 4: split_bytes: must be 0 or at least 65536"}},
		{"unknown method", minimal + "dedup:\n  methods: [exact, simhash]\n", []string{"line 5", `unknown method "simhash"`}},
		{"not YAML", "sources: [\n", []string{"test"}},
		{"unknown key without a value", minimal + "dedup:\n  minhsh:\n", []string{`line 5: unknown key "minhsh"`}},
		{"second document", minimal + "---\nseed: 3\n", []string{"line 5: a second document"}},
		{"empty filter", minimal + "filters:\n  - pii\n  -\n", []string{"test: line 6: filters[1]: empty entry", "   5 |   - pii\n>  6 |   -\n"}},
		{"empty source", "sources:\n  -\n", []string{"test: line 2: sources[0]: empty entry"}},
		{"empty path", "sources:\n  - name: s\n    paths: [x, ~]\n", []string{"test: line 3: sources[0].paths[1]: empty entry"}},
		{"method twice", minimal + "dedup:\n  methods: [exact, minhash, exact]\n", []string{"line 5: dedup.methods: method exact is named twice"}},
		{"fraction", minimal + "workers: 3.7\n", []string{"line 4: 3.7 where a whole number is expected", "   3 |     paths: [x]\n>  4 | workers: 3.7\n                ^"}},
		{"fraction with exponent", minimal + "workers: 35e-1\n", []string{"line 4: 35e-1 where a whole number is expected"}},
		{"negative", minimal + "seed: -1\n", []string{"line 4: -1 where a whole number from 0 is expected"}},
		{"number in quotes", minimal + "seed: '7'\n", []string{"line 4: a string where a whole number from 0 is expected"}},
		{"number past 64 bits", minimal + "seed: 99999999999999999999\n", []string{"line 4: 99999999999999999999 is out of range"}},
		{"infinite", minimal + "dedup:\n  minhash: {threshold: .inf}\n", []string{"line 5: .inf where a finite number is expected"}},
		{"number past float64", minimal + "dedup:\n  minhash: {threshold: 1e400}\n", []string{"line 5: 1e400 is out of range"}},
		{"list for a section", minimal + "dedup: [exact]\n", []string{"line 4: a list where a section with keys is expected"}},
		{"section for a list", minimal + "filters: {c4: {}}\n", []string{"line 4: a section with keys where a list is expected"}},
		{"text alone", "words\n", []string{"line 1: a string where a section with keys is expected"}},
		{"tag", minimal + "seed: !!int 3\n", []string{"line 4: a config has no tags such as !!int"}},
		{"no such anchor", minimal + "corpus:\n  title: *t\n", []string{"line 5: there is no anchor &t before it"}},
		{"anchor within itself", "sources: &s [*s]\n", []string{"line 1: there is no anchor &s before it"}},
		{"unknown key in a merge", "sources:\n  - &s {name: s, path: [x]}\n  - {<<: *s, name: t}\n", []string{`line 2: unknown key "path"`}},
		{"bad value in a merge", "sources:\n  - &s {name: s, paths: [x]}\n  - {<<: *s, name: t, format: zip}\n", []string{"line 3: sources[1].format"}},
		{"merged name", "sources:\n  - &s {name: s, paths: [x]}\n  - *s\n", []string{"line 3", `two sources are named "s"`}},
		{"not UTF-8", minimal + "corpus: {title: \"\xff\"}\n", []string{"test: not a text file"}},
		{"not text", minimal + "\x1b[31m", []string{"test: not a text file"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse("test", []byte(c.text), nil)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in:\n%v", want, err)
				}
			}
		})
	}
}

func TestDefaultsStayWhereNothingIsSaid(t *testing.T) {
	c, err := Parse("test", []byte(minimal+"dedup:\n  minhash: {bands: 20}\nfilters:\n  - c4\n  - language: {languages: [en]}\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	d := Default()
	if c.Dedup.MinHash.Bands != 20 || c.Dedup.MinHash.Rows != d.Dedup.MinHash.Rows || len(c.Dedup.Methods) != 2 {
		t.Errorf("dedup: %+v", c.Dedup)
	}
	if c.Sources[0].Options.MaxRecordBytes == 0 || c.Shards.TokensPerShard != d.Shards.TokensPerShard {
		t.Errorf("defaults are gone: %+v", c)
	}
	for _, f := range c.Filters {
		s, err := f.Stage()
		if err != nil || s.Name() != f.Name {
			t.Errorf("filter %s: stage %v, %v", f.Name, s, err)
		}
	}
}

// A section of which every key is commented out, a key without a value and an empty file set nothing.
func TestNothingSaidIsTheDefault(t *testing.T) {
	want := Default()
	for name, text := range map[string]string{
		"empty file":        "",
		"comments":          "# nothing\n",
		"null":              "null\n",
		"empty sections":    "clean:\ndedup:\n  # methods: []\nshards:\ntrain:\n  model:\ntokenizer: {}\n",
		"empty subsections": "dedup:\n  minhash:\n  methods:\ntrain:\n  model: {size: }\n",
		"empty values":      "seed:\ncorpus:\n  title:\ntokenizer:\n  vocab_size:\n  path:\n",
		"empty list":        "filters:\nsources:\n",
		"anchored":          "dedup: &d\n  minhash:\n",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parse("test", []byte(text), nil, func(*Config) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	c, err := Parse("test", []byte("sources:\n  - name: s\n    paths: [x]\n    fields:\n    statuses:\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ingest.DefaultOptions(), c.Sources[0].Options); diff != "" {
		t.Errorf("source: %s", diff)
	}
}

// Settings without a file keep the defaults of everything else, each setting what others set.
func TestSettingsAlone(t *testing.T) {
	got, err := Settings([]string{"train.model.context=16", "train.batch=2", "train.model.layers=1"})
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Train.Model.Context, want.Train.Batch, want.Train.Model.Layers = 16, 2, 1
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSchema(t *testing.T) {
	schema, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("../../configs/schema.json", schema, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(schema) != string(configs.Schema) {
		t.Error("configs/schema.json is stale: go test ./internal/config -update")
	}
	var s struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(schema, &s); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"sources", "filters", "dedup", "tokenizer", "shards", "train"} {
		if s.Properties[key] == nil {
			t.Errorf("the schema does not describe %s", key)
		}
	}
}
