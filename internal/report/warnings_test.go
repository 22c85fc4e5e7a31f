package report

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/internal/table"

	"github.com/google/go-cmp/cmp"
)

// lostTo makes a group of documents of ten bytes each, of which some were removed by exact.
func lostTo(name string, in, removed int64) RemovalFact {
	return RemovalFact{Name: name, In: engine.Count{Documents: in, Bytes: 10 * in}, Removed: engine.Count{Documents: removed, Bytes: 10 * removed}, Methods: map[string]int64{"exact": removed}}
}

func TestDuplicateWarnings(t *testing.T) {
	kinds := func(list []Warning) string {
		var names []string
		for _, w := range list {
			names = append(names, strings.TrimSuffix(w.Kind+" "+w.Subject, " "))
			if w.Text == "" || w.Advice == "" {
				t.Errorf("%s says nothing: %+v", w.Kind, w)
			}
		}
		return strings.Join(names, ", ")
	}
	both := []string{"exact", "minhash"}
	many := []RemovalFact{lostTo("s", 100_000, 1)}
	tests := []struct {
		name  string
		facts DuplicateFacts
		want  string
	}{
		{"nothing to say", DuplicateFacts{Methods: both, Verified: true, Sources: many, Largest: 1000, CandidatePairs: 9999}, ""},
		{"half is not more than half", DuplicateFacts{Sources: []RemovalFact{lostTo("s", 4, 2)}}, ""},
		{"a small source", DuplicateFacts{Sources: []RemovalFact{lostTo("a", 3, 2), lostTo("b", 3, 3)}}, "removed_source a, removed_source b"},
		{"a source that lost text alone", DuplicateFacts{Sources: []RemovalFact{
			{Name: "s", In: engine.Count{Documents: 9, Bytes: 100}, Removed: engine.Count{Bytes: 51}, Within: 51}}}, "removed_source s"},
		{"languages of 100 or more", DuplicateFacts{Languages: []RemovalFact{lostTo("en", 100, 51), lostTo("de", 99, 99), lostTo("", 200, 150), lostTo("fr", 100, 50)}},
			"removed_language en, removed_language"},
		{"more domains than have a line each", DuplicateFacts{Domains: RemovedDomains{Warned: 3, Worst: []RemovalFact{lostTo("a.example", 100, 60), lostTo("b.example", 100, 55)}}},
			"removed_domain a.example, removed_domain b.example, removed_domains"},
		{"a large cluster", DuplicateFacts{Sources: many, Largest: 1001}, "large_cluster"},
		{"a large cluster of a small corpus", DuplicateFacts{Sources: []RemovalFact{lostTo("s", 500, 1)}, Largest: 99}, ""},
		{"hot keys", DuplicateFacts{HotKeys: 3, Hot: []HotFact{{Method: "minhash", Documents: 1000}}}, "hot_keys"},
		{"small hot keys", DuplicateFacts{HotKeys: 3, Hot: []HotFact{{Method: "minhash", Documents: 999}}}, ""},
		{"unverified", DuplicateFacts{Methods: both, CandidatePairs: 100_000, AcceptedPairs: 1}, "unverified"},
		{"no minhash", DuplicateFacts{Methods: []string{"exact"}}, ""},
		{"low precision", DuplicateFacts{Methods: both, Verified: true, CandidatePairs: 10_000, AcceptedPairs: 499}, "low_precision"},
		{"enough precision", DuplicateFacts{Methods: both, Verified: true, CandidatePairs: 10_000, AcceptedPairs: 500}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := kinds(duplicateWarnings(&Facts{Duplicates: tt.facts}, 0.5)); got != tt.want {
				t.Errorf("warnings: %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWarnRemovedOfTheConfig(t *testing.T) {
	tests := []struct {
		name, config string
		want         float64
	}{
		{"set", `{"dedup":{"warn_removed":0.25}}`, 0.25},
		{"not set", `{"dedup":{}}`, 0.5},
		{"no dedup", `{}`, 0.5},
		{"of another form", `{"dedup":[1]}`, 0.5},
		{"no config", ``, 0.5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := readDedupOptions(json.RawMessage(tt.config)).warnRemoved; got != tt.want {
				t.Errorf("warn_removed is %v, want %v", got, tt.want)
			}
		})
	}
}

// What a build's datasheet warns of is what status and the end of a build say.
func TestReadWarnings(t *testing.T) {
	dir := filepath.Dir(hostile(t, hostileManifest()))
	got, err := ReadWarnings(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Kind != "removed_source" || got[0].Subject != "crawl" || got[0].Value != 0.5 || got[0].Limit != 0.45 {
		t.Errorf("warnings: %+v", got)
	}
	for name, content := range map[string]string{"another format": `{"format":"corpus-datasheet/1","facts":{}}`, "no datasheet": ""} {
		path := filepath.Join(dir, Folder, "datasheet.json")
		if content == "" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadWarnings(dir); len(got) != 0 || err != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// A row is counted for what came to dedup, what a method dropped and what was cut out of it before.
func TestLossOf(t *testing.T) {
	methods := []string{"exact", "minhash", "paragraph", "substring"}
	cut := []table.Signal{{Name: "clean_cut_bytes", Value: 9}, {Name: "exact", Value: 3}, {Name: "paragraph_bytes", Value: 20}, {Name: "substring_bytes", Value: 5}}
	tests := []struct {
		name    string
		row     manifest.Row
		signals []table.Signal
		want    lost
		none    bool
	}{
		{name: "kept", row: manifest.Row{Kept: true, LastBytes: 100}, want: lost{in: engine.Count{Documents: 1, Bytes: 100}}},
		{name: "kept without parts", row: manifest.Row{Kept: true, LastBytes: 75}, signals: cut,
			want: lost{in: engine.Count{Documents: 1, Bytes: 100}, removed: engine.Count{Bytes: 25}, within: 25}},
		{name: "a copy", row: manifest.Row{Stage: "minhash", LastBytes: 100},
			want: lost{in: engine.Count{Documents: 1, Bytes: 100}, removed: engine.Count{Documents: 1, Bytes: 100}, methods: [maxMethods]uint32{1: 1}}},
		{name: "cut by paragraph, dropped by substring", row: manifest.Row{Stage: "substring", Rule: "too_short", LastBytes: 80}, signals: cut[:3],
			want: lost{in: engine.Count{Documents: 1, Bytes: 100}, removed: engine.Count{Documents: 1, Bytes: 100}, within: 20, methods: [maxMethods]uint32{3: 1}}},
		{name: "over the limit", row: manifest.Row{Stage: "limit", LastBytes: 100}, none: true},
		{name: "dropped by a filter", row: manifest.Row{Index: -1, Stage: "c4", LastBytes: 100}, none: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, ok := lossOf(methods, tt.row.Kept, tt.row.Stage, tt.row.Index, tt.row.LastBytes, tt.signals)
			if ok == tt.none {
				t.Fatalf("counted: %t", ok)
			}
			if !ok {
				return
			}
			var got lost
			got.add(l)
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(lost{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The same advice stands once, and what it says fits the method.
func TestAdvice(t *testing.T) {
	cut := RemovalFact{Name: "b", In: engine.Count{Documents: 9, Bytes: 100}, Removed: engine.Count{Bytes: 60}, Within: 60}
	f := &Facts{Duplicates: DuplicateFacts{
		Sources:   []RemovalFact{lostTo("a", 3, 2), cut, {Name: "c", In: engine.Count{Documents: 2}, Removed: engine.Count{Documents: 2}, Methods: map[string]int64{"url": 2}}},
		Languages: []RemovalFact{lostTo("en", 200, 150)},
		Domains:   RemovedDomains{Warned: 1, Worst: []RemovalFact{{Name: "d", In: engine.Count{Documents: 200}, Removed: engine.Count{Documents: 150}, Methods: map[string]int64{"minhash": 150}}}},
	}}
	var got []string
	for _, a := range Advised(duplicateWarnings(f, 0.5)) {
		var of []string
		for _, w := range a.Warnings {
			of = append(of, strings.Join(strings.Fields(w)[:2], " "))
		}
		got = append(got, strings.Join(of, ", ")+": "+a.Text)
	}
	want := []string{
		"Source a, Language en: Look at what was taken with corpus inspect DIR --stage exact. A mirror of what comes before it goes as it should.",
		"Source b: The parts of texts are listed in dedup/ranges-*.parquet: look at the first of a partner that many name.",
		"Source c: Look at what was taken with corpus inspect DIR --stage url --rule duplicate. Pages behind one address that a cookie or a form tells apart look like copies. A mirror of what comes before it goes as it should.",
		"Domain d: Look at what was taken with corpus inspect DIR --stage minhash, and at pairs with corpus inspect DIR --pairs. Pages that share little but a frame ask for a higher threshold or for cleaning. A mirror of what comes before it goes as it should.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A warning is a sentence, however long the name and whatever is in it; the subject has it as it is.
func TestWarningOfAnEndlessName(t *testing.T) {
	name := "\u202e\n" + strings.Repeat("x", 10_000) + ".example"
	list := duplicateWarnings(&Facts{Duplicates: DuplicateFacts{Domains: RemovedDomains{Warned: 1, Worst: []RemovalFact{lostTo(name, 200, 150)}}}}, 0.5)
	if len(list) != 1 || list[0].Subject != name {
		t.Fatalf("warnings: %+v", list)
	}
	if n := len(list[0].Text); n > 600 || !strings.HasPrefix(list[0].Text, `Domain \u202e\nxxx`) {
		t.Errorf("%d bytes: %.80s", n, list[0].Text)
	}
}
