package report

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/internal/table"

	"github.com/google/go-cmp/cmp"
)

func TestClusterClasses(t *testing.T) {
	tests := []struct {
		name  string
		sizes []ClusterFact
		want  []clusterClass
	}{
		{"none", nil, nil},
		{"pairs", []ClusterFact{{2, 7}}, []clusterClass{{2, 2, 7, 7}}},
		{"a gap", []ClusterFact{{2, 1}, {9, 2}, {16, 1}, {17, 1}}, []clusterClass{{2, 2, 1, 1}, {3, 4, 0, 0}, {5, 8, 0, 0}, {9, 16, 3, 31}, {17, 32, 1, 16}}},
		{"no pairs", []ClusterFact{{3, 1}, {4, 1}}, []clusterClass{{2, 2, 0, 0}, {3, 4, 2, 5}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, clusterClasses(tt.sizes), cmp.AllowUnexported(clusterClass{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What was removed by group adds up to what the accounts say, with copies and with parts cut out of texts.
func TestRemovedByGroup(t *testing.T) {
	cut := func(method string, bytes float64) []table.Signal {
		return []table.Signal{{Name: method + "_bytes", Value: bytes}}
	}
	rows := []manifest.Row{
		{Index: 0, Domain: "a.example", Language: "en", Bytes: 100, Kept: true, LastBytes: 70, Signals: cut("substring", 30)},
		{Index: 1, Domain: "a.example", Language: "en", Bytes: 100, Stage: "exact", Rule: "duplicate", DuplicateOf: "0:0", LastBytes: 100},
		{Index: 2, Domain: "b.example", Language: "de", Bytes: 50, Stage: "substring", Rule: "too_short", LastBytes: 50},
		{Index: 3, Bytes: 10, Kept: true, LastBytes: 10},
	}
	n := func(documents, bytes int64) engine.Count { return engine.Count{Documents: documents, Bytes: bytes} }
	m := plain(nil, "ingest", "exact", "substring")
	m.Dedup = manifest.Dedup{Methods: []string{"exact", "substring"}, Clusters: 1, LargestCluster: 2, ClusterSizes: map[int64]int64{2: 1}, Dropped: map[string]int64{"exact": 1}}
	m.Stages = []engine.Counts{
		{Stage: "ingest", In: n(4, 260), Out: n(4, 260)},
		{Stage: "exact", In: n(4, 260), Out: n(3, 160), Dropped: map[string]engine.Count{"duplicate": n(1, 100)}},
		{Stage: "substring", In: n(3, 160), Out: n(2, 80), Dropped: map[string]engine.Count{"too_short": n(1, 50)}, Edited: 30},
	}
	m.Tokenizer = manifest.Tokenizer{TextBytes: 80, Languages: map[string]manifest.TextTokens{"en": {Documents: 1, Bytes: 70}, "": {Documents: 1, Bytes: 10}}}
	m.Shards.Documents = 2
	for i := range rows {
		rows[i].Source = "s"
	}
	dir := t.TempDir()
	writeLedger(t, dir, [][]manifest.Row{rows})
	f, err := gather(context.Background(), dir, m, mostDomains)
	if err != nil {
		t.Fatal(err)
	}
	en := RemovalFact{Name: "en", In: n(2, 200), Removed: n(1, 130), Within: 30, Methods: map[string]int64{"exact": 1}}
	de := RemovalFact{Name: "de", In: n(1, 50), Removed: n(1, 50), Methods: map[string]int64{"substring": 1}}
	none := RemovalFact{In: n(1, 10), Methods: map[string]int64{}}
	if diff := cmp.Diff([]RemovalFact{en, de, none}, f.Duplicates.Languages); diff != "" {
		t.Error("languages:", diff)
	}
	all := RemovalFact{Name: "s", In: n(4, 260), Removed: n(2, 180), Within: 30, Methods: map[string]int64{"exact": 1, "substring": 1}}
	if diff := cmp.Diff([]RemovalFact{all}, f.Duplicates.Sources); diff != "" {
		t.Error("sources:", diff)
	}
	en.Name, de.Name = "a.example", "b.example"
	if diff := cmp.Diff([]RemovalFact{en, de}, f.Duplicates.Domains.MostBytes); diff != "" {
		t.Error("domains:", diff)
	}
	if picture := string(funnel(f.Stages)); !strings.Contains(picture, ">too_short: 1 · cut out of others: 30 bytes<") {
		t.Errorf("the funnel does not say what was cut out:\n%s", picture)
	}
	if len(f.Warnings) != 1 || !strings.Contains(f.Warnings[0].Text, "50.0\u00a0% of its documents to dedup (2 of 4) and 69.2\u00a0% of its text") {
		t.Errorf("warnings: %+v", f.Warnings)
	}
}

// The filter url and the dedup method url have one name, and are two stages.
func TestFilterAndMethodOfOneName(t *testing.T) {
	n := func(documents, bytes int64) engine.Count { return engine.Count{Documents: documents, Bytes: bytes} }
	rows := []manifest.Row{
		{Index: -1, Source: "s", Bytes: 10, Stage: "url", Rule: "domain", LastBytes: 10},
		{Index: 0, Source: "s", Bytes: 10, Kept: true, LastBytes: 10},
		{Index: 1, Source: "s", Bytes: 10, Stage: "url", Rule: "duplicate", DuplicateOf: "0:0", LastBytes: 10},
		{Index: 2, Source: "s", Bytes: 10, Stage: "url", Rule: "duplicate", DuplicateOf: "0:0", LastBytes: 10},
	}
	m := plain(nil, "ingest", "url", "url")
	m.Dedup = manifest.Dedup{Methods: []string{"url"}, Clusters: 1, LargestCluster: 3, ClusterSizes: map[int64]int64{3: 1}, Dropped: map[string]int64{"url": 2}}
	m.Stages = []engine.Counts{
		{Stage: "ingest", In: n(4, 40), Out: n(4, 40)},
		{Stage: "url", In: n(4, 40), Out: n(3, 30), Dropped: map[string]engine.Count{"domain": n(1, 10)}},
		{Stage: "url", In: n(3, 30), Out: n(1, 10), Dropped: map[string]engine.Count{"duplicate": n(2, 20)}},
	}
	m.Tokenizer = manifest.Tokenizer{TextBytes: 10, Languages: map[string]manifest.TextTokens{"": {Documents: 1, Bytes: 10}}}
	m.Shards.Documents = 1
	dir := t.TempDir()
	writeLedger(t, dir, [][]manifest.Row{rows})
	f, err := gather(context.Background(), dir, m, mostDomains)
	if err != nil {
		t.Fatal(err)
	}
	if st := f.method("url"); st == nil || st.In != n(3, 30) {
		t.Errorf("the method's account is %+v", st)
	}
	if got := f.Duplicates.Sources[0]; got.In != n(3, 30) || got.Removed != n(2, 20) {
		t.Errorf("removed from the source: %+v", got)
	}
	if !filtered(f) {
		t.Error("the filter url is taken for a dedup method")
	}
	page, err := newSheet(f).html()
	if err != nil {
		t.Fatal(err)
	}
	for _, say := range []string{">url (filter)</th>", ">url (dedup)</th>", ">url (filter)</text>", ">url (dedup)</text>", "url (filter) let 3 through; url (dedup) let 1 through"} {
		if !strings.Contains(string(page), say) {
			t.Errorf("the page does not say %q", say)
		}
	}
}

// With a priority a later document may stay; a document is never its own duplicate.
func TestSurvivorThatComesLater(t *testing.T) {
	rows := []manifest.Row{
		{Index: 0, Bytes: 100, Stage: "exact", Rule: "duplicate", DuplicateOf: "0:1"},
		{Index: 1, Bytes: 100, Kept: true},
	}
	tests := []struct{ name, config, of, want string }{
		{"with a priority", `{"dedup":{"survivor":["longest"]}}`, "0:1", ""},
		{"without", `{}`, "0:1", `is a duplicate of "0:1", which is no earlier document`},
		{"of itself", `{"dedup":{"survivor":["longest"]}}`, "0:0", "which is no other document"},
		{"of nothing", `{"dedup":{"survivor":["longest"]}}`, "x", "which is no other document"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows[0].DuplicateOf = tt.of
			m := plain(rows, "ingest", "exact")
			m.Config = json.RawMessage(tt.config)
			dir := t.TempDir()
			writeLedger(t, dir, [][]manifest.Row{rows})
			_, err := gather(context.Background(), dir, m, mostDomains)
			if got := fmt.Sprint(err); (tt.want == "") != (err == nil) || !strings.Contains(got, tt.want) && err != nil {
				t.Errorf("error is %v, want %q", err, tt.want)
			}
		})
	}
}

// Beside earlier builds the units of a build are numbered on, and the one that stays of a cluster may be in none of this ledger.
func TestAgainstEarlierBuilds(t *testing.T) {
	rows := []manifest.Row{
		{Index: 0, Bytes: 100, Kept: true},
		{Index: 1, Bytes: 100, Stage: "minhash", Rule: "near_duplicate", DuplicateOf: "1:5"},
	}
	m := plain(rows, "ingest", "minhash")
	m.Earlier = []manifest.Earlier{{Path: "../one", Units: 1, Digest: "d1"}, {Path: "../two", FirstUnit: 1, Units: 1, Digest: "d2"}}
	m.Inputs[0].Unit = 2
	m.Dedup.Earlier = &manifest.EarlierChanges{Met: 3, Changed: 2, Dropped: 1}
	m.Dedup.CandidatePairs, m.Dedup.AcceptedPairs = 1, 1
	m.Dedup.Samples = []manifest.DuplicatePair{{First: "1:5", Second: "2:1", Similarity: 0.9, Accepted: true}}
	dir := t.TempDir()
	writeLedger(t, dir, [][]manifest.Row{nil, nil, rows})
	f, err := gather(context.Background(), dir, m, mostDomains)
	if err != nil {
		t.Fatal(err)
	}
	want := []PairFact{{Similarity: 0.9, Accepted: true, First: DocumentFact{Ref: "1:5", Build: "../two"},
		Second: DocumentFact{Ref: "2:1", Source: "s", Bytes: 100, Stage: "minhash", DuplicateOf: "1:5"}}}
	if diff := cmp.Diff(want, f.Duplicates.Pairs); diff != "" {
		t.Error(diff)
	}
	page, err := newSheet(f).html()
	if err != nil {
		t.Fatal(err)
	}
	for _, say := range []string{"2 earlier builds", "2 documents of theirs: it would drop 1 that they keep and keep 0 that they dropped", "<wbr>two<", "one is of an earlier build"} {
		if !strings.Contains(string(page), say) {
			t.Errorf("the page does not say %q", say)
		}
	}
}

// What pairs are compared by is what the config says.
func TestSequencesOfTheConfig(t *testing.T) {
	for config, want := range map[string]string{
		`{"dedup":{"minhash":{"shingle":"character","verify":true,"threshold":0.7}}}`: "by the whole sets of their character sequences",
		`{"dedup":{"minhash":{"shingle":"word","verify":true,"threshold":0.7}}}`:      "by the whole sets of their word sequences",
	} {
		m := hostileManifest()
		m.Config = json.RawMessage(config)
		dir := t.TempDir()
		writeLedger(t, dir, hostileLedger())
		f, err := gather(context.Background(), dir, m, mostDomains)
		if err != nil {
			t.Fatal(err)
		}
		if said := fmt.Sprint(comparedStatements(f)); !strings.Contains(said, want) {
			t.Errorf("%s: is not said: %s\n%s", config, want, said)
		}
	}
}
