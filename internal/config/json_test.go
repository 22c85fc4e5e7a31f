package config

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"corpus/ingest"
	"corpus/shard"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// nasty are strings that YAML or JSON take for something else, fold, or escape.
func nasty() []string {
	return []string{
		"", " ", " leading", "trailing ", "a\tb", "a\r\nb", "\n", "a\nb\n", "\r", "\x00", "\x07\x1b", "\x7f", "\u0085", "\u2028\u2029", "\ufeff",
		".inf", "-.inf", ".nan", "~", "null", "Null", "yes", "true", "1e3", "0x10", "010", "1.10", "1_000", "-0", "99999999999999999999",
		"? x", "- x", "-", "a: b", "a:", "#x", "x #y", "<<", "*a", "&a b", "!!str x", "%x", "@x", "`x`", "---", "...", "|", ">", "{", "[a", "a, b",
		`"`, `'`, `\`, `\n`, `\u0000`, `"quoted"`, `'it''s'`, "<EMAIL> & co", "😀", "\U0010ffff", "é", strings.Repeat("long ", 20_000),
	}
}

// full is a config with an entry in every list.
func full() Config {
	c := Default()
	c.Sources = []Source{{Paths: []string{"x"}, Options: ingest.DefaultOptions()}, {Options: ingest.DefaultOptions()}}
	for _, name := range FilterNames() {
		c.Filters = append(c.Filters, Filter{name, filterKinds()[name].defaults()})
	}
	return c
}

// setStrings sets every string option to s, those in lists and maps too, and counts them.
func setStrings(v reflect.Value, s string) int {
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
		return 1
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.String {
			v.Set(reflect.ValueOf([]string{s, "between", s}))
		}
		n := 0
		for i := range v.Len() {
			n += setStrings(v.Index(i), s)
		}
		return n
	case reflect.Map:
		if v.Type().Elem().Kind() == reflect.Float64 {
			v.Set(reflect.ValueOf(map[string]float64{s: 0.5, s + "2": 0}))
			return 1
		}
		if v.Type().Elem() == reflect.TypeFor[shard.MixtureSource]() {
			v.Set(reflect.ValueOf(map[string]shard.MixtureSource{s: {Weight: 0.5}, s + "2": {Tokens: 7}}))
			return 1
		}
		v.Set(reflect.ValueOf(map[string][]string{s: {s}, s + "2": nil}))
		return 1
	case reflect.Struct:
		if f, ok := v.Interface().(Filter); ok {
			return setStrings(reflect.ValueOf(f.Options).Elem(), s)
		}
		n := 0
		for _, option := range options(v) {
			n += setStrings(option, s)
		}
		return n
	}
	return 0
}

func TestStringsSurviveTheResolvedConfig(t *testing.T) {
	for _, s := range nasty() {
		t.Run(fmt.Sprintf("%.20q", s), func(t *testing.T) {
			c := full()
			if n := setStrings(reflect.ValueOf(&c).Elem(), s); n < 60 {
				t.Fatalf("only %d strings in a config", n)
			}
			whole, err := appendJSON(nil, reflect.ValueOf(c))
			if err != nil {
				t.Fatal(err)
			}
			again := Default()
			if err := decodeJSON(whole, &again); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c, again, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
			one, err := c.JSON()
			if err != nil || !json.Valid(one) {
				t.Fatalf("error %v, JSON %.100s", err, one)
			}
			if two, err := again.JSON(); err != nil || string(one) != string(two) {
				t.Errorf("error %v; the resolved config changes when it is read again", err)
			}
		})
	}
}

// Every exported field of every section is an option or says that it is none, so that none is left out of the resolved config.
func TestEveryFieldHasAKey(t *testing.T) {
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		if f, ok := v.Interface().(Filter); ok {
			v = reflect.ValueOf(f.Options).Elem()
		}
		switch v.Kind() {
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				f := v.Type().Field(i)
				if f.Tag.Get("yaml") == "" || !f.IsExported() {
					t.Errorf("%s.%s has no yaml tag", v.Type(), f.Name)
					continue
				}
				if f.Tag.Get("yaml") == "-" {
					continue
				}
				walk(v.Field(i))
			}
		case reflect.Map, reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Uint64, reflect.Uint32, reflect.Float64:
		default:
			t.Errorf("%s: the config cannot decode it", v.Type())
		}
	}
	walk(reflect.ValueOf(full()))
}

func TestNumbersSurviveTheResolvedConfig(t *testing.T) {
	for _, f := range []float64{0, math.Copysign(0, -1), 0.1, 1e21, 1e-7, math.MaxFloat64, math.SmallestNonzeroFloat64, 1 << 53} {
		c := Default()
		c.Seed, c.Dedup.MinHash.Threshold, c.Shards.TokensPerShard = math.MaxUint64, f, math.MinInt64
		data, err := c.JSON()
		if err != nil {
			t.Fatal(err)
		}
		again := Default()
		if err := decodeJSON(data, &again); err != nil {
			t.Fatal(err)
		}
		if math.Float64bits(again.Dedup.MinHash.Threshold) != math.Float64bits(f) || again.Seed != c.Seed || again.Shards.TokensPerShard != c.Shards.TokensPerShard {
			t.Errorf("%v: got %+v, seed %d, %+v", f, again.Dedup.MinHash, again.Seed, again.Shards)
		}
	}
	c := Default()
	c.Dedup.MinHash.Threshold = math.Inf(1)
	if data, err := c.JSON(); err == nil {
		t.Errorf("an infinite number was written: %s", data)
	}
}

// A build's plan holds the resolved config; verify, trace and inspect read it again.
func TestResolvedConfigReadsBack(t *testing.T) {
	for _, name := range []string{"quickstart.yaml", "web.yaml", "starter.yaml"} {
		data, err := os.ReadFile(filepath.Join("../../configs", name))
		if err != nil {
			t.Fatal(err)
		}
		c := mustParse(t, string(data))
		one, err := c.JSON()
		if err != nil {
			t.Fatal(err)
		}
		var indented []byte
		if indented, err = json.MarshalIndent(one, "", "  "); err != nil {
			t.Fatal(err)
		}
		again, err := ParseJSON(name+" resolved", indented)
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

// The order and the form of the resolved config are part of a build's identity.
func TestResolvedForm(t *testing.T) {
	c := mustParse(t, minimal+"filters:\n  - gopher_quality:\n      stop_words_by_language: {fr: [et, le], de: [und, der], en: []}\n")
	data, err := c.JSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`{"output":"","seed":1,"workers":0,"memory_mb":0,"corpus":{"title":"","description":`,
		`"sources":[{"name":"s","paths":["x"],"cc":null,"license":"","description":"","crawler":"","language":"","limits":{"files":0,"bytes":0,"records":0,"sample":1},"format":"auto","fields":{"id":"id",`,
		`"filters":[{"gopher_quality":{"min_doc_words":50,`,
		`"stop_words_by_language":{"de":["und","der"],"en":[],"fr":["et","le"]}`,
		`"tokenizer":{"path":"","model":`,
	} {
		if !strings.Contains(string(data), want) {
			t.Errorf("%s is not in\n%s", want, data)
		}
	}
}

// What changes no byte of the output does not keep a build from going on.
func TestIdentityLeavesOutMemoryAndSpeed(t *testing.T) {
	want, err := mustParse(t, minimal).JSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, setting := range []string{"output=elsewhere", "workers=3", "shards.memory_bytes=2000000000", "tokenizer.memory_mb=8", "train.steps=9"} {
		c := mustParse(t, minimal, setting)
		if cmp.Equal(c, mustParse(t, minimal)) {
			t.Errorf("%s sets nothing", setting)
		}
		if got, err := c.JSON(); err != nil || string(got) != string(want) {
			t.Errorf("%s changes the build's identity: %v\n%s", setting, err, cmp.Diff(string(want), string(got)))
		}
	}
	if got, err := mustParse(t, minimal, "seed=2").JSON(); err != nil || string(got) == string(want) {
		t.Errorf("another seed is the same build: %v", err)
	}
}

func TestParseJSONRefuses(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "unexpected end"},
		{"YAML", minimal, "invalid character"},
		{"two values", "{} {}", "after top-level value"},
		{"list", "[]", "a list where a section with keys is expected"},
		{"unknown key", `{"sedd": 1}`, `unknown key "sedd"`},
		{"merge key", `{"<<": {"seed": 1}}`, `unknown key "<<"`},
		{"wrong type", `{"seed": "1"}`, "a string where a whole number from 0 is expected"},
		{"fraction", `{"workers": 3.7}`, "3.7 where a whole number is expected"},
		{"empty entry", `{"filters": [null]}`, "filters[0]: empty entry"},
		{"unknown filter", `{"filters": [{"gopher": {}}]}`, `unknown filter "gopher"`},
		{"depth", strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000), "max depth"},
		{"invalid config", `{}`, "sources: no sources"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseJSON("plan", []byte(c.text))
			if err == nil || !strings.HasPrefix(err.Error(), "plan: ") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// FuzzParse feeds any bytes to the reader; a config that it takes must survive the resolved form.
func FuzzParse(f *testing.F) {
	f.Add(minimal)
	f.Add("sources: [&s {name: a, paths: [x]}, {<<: *s, name: b}]\nfilters:\n  - pii\n  - language: {languages: [en]}\n")
	f.Add("sources:\n  -\nfilters: [~]\nseed: !!int 3\n? x\n: y\n")
	f.Add("corpus:\n  title: |\n    a\n    b\n  version: 1.10\n" + minimal)
	for _, s := range nasty()[:40] {
		f.Add(fmt.Sprintf("%scorpus: {title: %q}\n", minimal, s))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 {
			return
		}
		c, err := Parse("fuzz", []byte(text), nil)
		if err != nil {
			return
		}
		one, err := c.JSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseJSON("resolved", one)
		if err != nil {
			t.Fatal(err)
		}
		if two, err := again.JSON(); err != nil || string(one) != string(two) {
			t.Fatalf("error %v\n%s\n%s", err, one, two)
		}
	})
}
