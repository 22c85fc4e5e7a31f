package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A setting sets its own key and nothing else, to what the value says and nothing less.
func TestSettingValues(t *testing.T) {
	title := func(s string) func(*Config) { return func(c *Config) { c.Corpus.Title = s } }
	for _, c := range []struct {
		setting string
		want    func(*Config)
	}{
		{"corpus.title=", title("")},
		{"corpus.title=  ", title("")},
		{"corpus.title='#x'", title("#x")},
		{"corpus.title=a#x", title("a#x")},
		{"corpus.title=\"a\\tb\\nseed: 9\"", title("a\tb\nseed: 9")},
		{"corpus.title=1.10", title("1.10")},
		{"corpus.title=a=b", title("a=b")},
		{"corpus.title='null'", title("null")},
		{" corpus.title = x ", title("x")},
		{"tokenizer.path=", func(c *Config) { c.Tokenizer.Path = "" }},
		{"dedup.methods=[exact,]", func(c *Config) { c.Dedup.Methods = []string{"exact"} }},
		{"dedup.methods=[]", func(c *Config) { c.Dedup.Methods = []string{} }},
		{"dedup={minhash: {bands: 3, rows: }, exact: }", func(c *Config) { c.Dedup.MinHash.Bands = 3 }},
		{"tokenizer.vocab_size=1e3", func(c *Config) { c.Tokenizer.VocabSize = 1000 }},
		{"filters=[&f c4]", func(c *Config) { c.Filters = []Filter{{"c4", filterKinds()["c4"].defaults()}} }},
	} {
		t.Run(c.setting, func(t *testing.T) {
			text := minimal + "corpus: {title: before}\ntokenizer: {path: before}\n"
			want := mustParse(t, text)
			c.want(want)
			if diff := cmp.Diff(want, mustParse(t, text, c.setting)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSettingsRefused(t *testing.T) {
	for _, c := range []struct{ setting, want string }{
		{"seed=", "an empty value where a whole number from 0 is expected"},
		{"seed=~", "an empty value where a whole number from 0 is expected"},
		{"dedup.methods=", "an empty value where a list is expected"},
		{"dedup=", "an empty value where a section with keys is expected"},
		{"corpus.title=~", "an empty value where a string is expected"},
		{"corpus.title=---", "an empty value where a string is expected"},
		{"corpus.title=#x", "put the value in quotes"},
		{"corpus.title=x #y", "put the value in quotes"},
		{"corpus.title=x\nseed: 9", ""},
		{"corpus.title=\n  x\nseed: 9", ""},
		{"corpus.title=x\n---\nseed: 9", "a second document"},
		{"corpus.title=seed: 9", "a section with keys where a string is expected"},
		{"corpus.title=[x", ""},
		{"corpus.title=*a", "there is no anchor &a"},
		{"corpus.title=\x1b[31m", "not text"},
		{"workers=3.7", "3.7 where a whole number is expected"},
		{"memory_mb=-1", "memory_mb: must be 0 to 1073741824, not -1"},
		{"memory_mb=9000000000000", "memory_mb: must be 0 to 1073741824, not 9000000000000"},
		{"tokenizer.memory_mb=9000000000000", "tokenizer.memory_mb: must be 1 to 1073741824, not 9000000000000"},
		{"corpus.titel=x", `unknown key "titel"`},
		{"corpus.title.x=y", `unknown key "x"`},
		{"sources.name=y", `unknown key "name": what comes before it is a list`},
		{"corpus..title=y", `unknown key ""`},
		{"dedup.methods=[exact, ~]", "empty entry"},
		{"dedup.methods=[exact, exact]", "named twice"},
		{"corpus={titel: x}", `unknown key "titel"`},
	} {
		t.Run(c.setting, func(t *testing.T) {
			got, err := Parse("test", []byte(minimal), []string{c.setting})
			if err == nil {
				t.Fatalf("taken: seed %d, title %q", got.Seed, got.Corpus.Title)
			}
			if !strings.HasPrefix(err.Error(), "--set ") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}
