package config

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
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
		{"unknown method", minimal + "dedup:\n  methods: [exact, simhash]\n", []string{"line 5", `unknown method "simhash"`}},
		{"not YAML", "sources: [\n", []string{"test"}},
		{"unknown key without a value", minimal + "dedup:\n  minhsh:\n", []string{`line 5: unknown key "minhsh"`}},
		{"second document", minimal + "---\nseed: 3\n", []string{"line 5: a second document"}},
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

func TestAnchorsHoldAcrossFilters(t *testing.T) {
	c, err := Parse("test", []byte(minimal+"filters:\n  - language:\n      languages: &known [en, de]\n      detect: *known\n  - url: {block_domains: [a.example]}\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Filters) != 2 {
		t.Errorf("filters: %+v", c.Filters)
	}
}

func TestSet(t *testing.T) {
	text := minimal + "seed: 1\ndedup:\n  minhash: {bands: 20}\n"
	_, err := Parse("test", []byte(text), []string{
		"seed=7", "dedup.minhash.threshold=0.8", "sources=[{name: other, paths: [a, b]}]", "corpus.title=A title: with a colon",
	})
	if err == nil {
		t.Fatal("a value that is no YAML was taken")
	}
	c, err := Parse("test", []byte(text), []string{
		"seed=7", "dedup.minhash.threshold=0.8", "sources=[{name: other, paths: [a, b]}]", "corpus.title='A title: with a colon'",
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Seed != 7 || c.Dedup.MinHash.Threshold != 0.8 || c.Dedup.MinHash.Bands != 20 || c.Corpus.Title != "A title: with a colon" {
		t.Errorf("settings: seed %d, %+v, %q", c.Seed, c.Dedup.MinHash, c.Corpus.Title)
	}
	if len(c.Sources) != 1 || c.Sources[0].Name != "other" {
		t.Errorf("sources: %+v", c.Sources)
	}
	for _, bad := range []string{"seed", "=3", "sedd=3", "dedup.minhash.band=3", "seed=many"} {
		if _, err := Parse("test", []byte(text), []string{bad}); err == nil || !strings.Contains(err.Error(), "--set "+bad) {
			t.Errorf("--set %s: got %v", bad, err)
		}
	}
}

// A build's manifest holds the resolved config; verify, trace and inspect read it again.
func TestResolvedConfigReadsBack(t *testing.T) {
	for _, name := range []string{"quickstart.yaml", "web.yaml", "starter.yaml"} {
		data, err := os.ReadFile(filepath.Join("../../configs", name))
		if err != nil {
			t.Fatal(err)
		}
		c, err := Parse(name, data, nil)
		if err != nil {
			t.Fatal(err)
		}
		one, err := c.JSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(name+" resolved", one, nil)
		if err != nil {
			t.Fatal(err)
		}
		two, err := again.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if string(one) != string(two) {
			t.Errorf("%s: the resolved config changes when it is read again:\n%s\n%s", name, one, two)
		}
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
