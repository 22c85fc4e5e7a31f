package report

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/internal/table"

	"github.com/google/go-cmp/cmp"
)

// facts gathers a build of one input file and source without edits.
func facts(t *testing.T, rows []manifest.Row, stages ...string) *Facts {
	t.Helper()
	dir := t.TempDir()
	m := plain(rows, stages...)
	writeLedger(t, dir, [][]manifest.Row{rows})
	f, err := gather(context.Background(), dir, m, mostDomains)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The counts of the hostile build, by hand.
func TestFacts(t *testing.T) {
	dir := t.TempDir()
	writeLedger(t, dir, hostileLedger())
	f, err := gather(context.Background(), dir, hostileManifest(), mostDomains)
	if err != nil {
		t.Fatal(err)
	}
	n := func(documents, bytes int64) engine.Count { return engine.Count{Documents: documents, Bytes: bytes} }
	tests := []struct {
		name      string
		got, want any
	}{
		{"inputs", f.Inputs, n(3, 9234)},
		{"records", f.Records, n(16, 7034)},
		{"pages", f.Pages, n(9, 7034)},
		{"kept", f.Kept, n(3, 1964)},
		{"types", f.Types, []TypeFact{{"jsonl", n(6, 2534)}, {"response", n(6, 4500)}, {"", n(2, 0)}, {script, n(1, 0)}, {"warcinfo", n(1, 0)}}},
		{"first stage", f.Stages[0].Rules[:2], []RuleFact{{"record_type", n(2, 0)}, {"bad_json", n(1, 0)}}},
		{"second stage", f.Stages[1], StageFact{Stage: "clean", Label: "clean", In: n(9, 7034), Out: n(8, 3484), Dropped: n(1, 500), Edited: 3050, Rules: []RuleFact{{"empty", n(1, 500)}}}},
		{"sources", f.Sources, []SourceFact{
			{Source: "crawl", Records: n(10, 4500), Curated: 2, Duplicates: 1, Kept: n(1, 290)},
			{Source: "notes", Records: n(6, 2534), Curated: 3, Duplicates: 1, Kept: n(2, 1674)},
		}},
		{"languages", f.Languages, []LanguageFact{
			{Language: "und", Identified: 1, Kept: n(1, 1024), Tokens: 250}, {Language: "de", Identified: 2, Kept: n(1, 650), Tokens: 160},
			{Language: "en", Identified: 4, Kept: n(1, 290), Tokens: 70}, {Language: "fr", Identified: 1},
		}},
		{"domains in", f.Domains.In, DomainList{Distinct: 5, Top: []DomainFact{
			{"example.org", n(3, 2500)}, {longURL, n(1, 2000)}, {formula, n(1, 1024)}, {hebrew, n(1, 90)}, {script, n(1, 80)},
		}}},
		{"domains kept", f.Domains.Kept, DomainList{Distinct: 2, Top: []DomainFact{{formula, n(1, 1024)}, {"example.org", n(1, 290)}}}},
		{"without domain", [2]int64{f.Domains.NoneIn, f.Domains.NoneKept}, [2]int64{2, 1}},
		{"years", f.Years, []YearFact{{"2023", 1}, {"2024", 1}, {"", 1}}},
		{"lengths", f.Lengths, []LengthFact{{256, 512, 1}, {512, 1024, 1}, {1024, 2048, 1}}},
		{"clusters", f.Duplicates.Sizes, []ClusterFact{{2, 2}}},
		{"pii", f.PII, []PIIFact{
			{Type: "card", Action: "drop", AllDocuments: 1, AllFound: 1}, {Type: "email", Action: "mask", Documents: 1, Found: 2, AllDocuments: 2, AllFound: 4},
			{Type: "iban", Action: "off"}, {Type: "phone", Action: "count", Documents: 1, Found: 1, AllDocuments: 1, AllFound: 1},
		}},
		{"toxic terms", f.signal("toxicity_terms"), SignalFact{Name: "toxicity_terms", Documents: 1, Sum: 3, AllDocuments: 2, AllSum: 13}},
		{"toxicity scores", [3]ScoreFact{f.Scores[0], f.Scores[3], f.Scores[9]}, [3]ScoreFact{{From: 0, To: .1}, {From: .3, To: .4, Documents: 1, AllDocuments: 1}, {From: .9, To: 1, AllDocuments: 1}}},
		{"broken", f.Broken, []BrokenFact{
			{File: "crawl/a.warc.gz", Offset: 4096, Length: 99, Codec: "gzip", Rule: "truncated", Value: "57"},
			{File: "crawl/a.warc.gz", Offset: 5000, Length: 34, Rule: "malformed", Value: "34"},
			{File: "notes.jsonl.gz", Offset: 1400, Length: 60, Codec: "gzip-stream", Rule: "bad_json", Value: reversed + pipes},
		}},
		{"unread", f.Unread, []UnreadFact{{File: "crawl/" + script + "|b.arc", Kind: "arc", Bytes: 1234}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Statements must be true of every config: what did not run is unknown, and nothing is said twice in two ways.
func TestStatements(t *testing.T) {
	kept := manifest.Row{Type: "text", Bytes: 100, Kept: true}
	dropped := manifest.Row{Index: -1, Type: "response", Stage: "ingest", Rule: "http_status", Value: "404"}
	duplicate := manifest.Row{Index: 1, Bytes: 100, Stage: "exact", Rule: "duplicate", DuplicateOf: "0:0"}
	broken := manifest.Row{Index: -1, Stage: "ingest", Rule: "checksum", Value: "gzip", Offset: 12}
	empty := manifest.Row{Index: -1, Stage: "ingest", Rule: "unsupported_format", Value: "empty"}
	tests := []struct {
		name   string
		rows   []manifest.Row
		stages []string
		say    []string
		never  []string
	}{
		{
			name: "no filters, no dedup", rows: []manifest.Row{kept}, stages: []string{"ingest", "clean"},
			say: []string{
				"measured No filter ran", "unknown Languages were not identified", "unknown Personal data was not looked for",
				"unknown Toxic language was not looked for", "unknown Duplicates were not looked for", "measured No input file was of a kind that is not read",
				"unknown The inputs give no date for 1 kept document.", "measured Curated documents are those that passed all filters. Duplicates were not removed.",
			},
			never: []string{"the filters dropped", "MinHash", "Near-duplicates", "clusters", "Among duplicates", "The corpus is empty"},
		},
		{
			name: "exact alone", rows: []manifest.Row{kept, duplicate}, stages: []string{"ingest", "clean", "exact"},
			say: []string{
				"unknown Near-duplicates were not looked for", "measured Found: 1 cluster of duplicates, the largest of 2 documents.",
				"removed 1 of 2 documents (50.0\u00a0%)", "measured No filter ran",
			},
			never: []string{"MinHash", "Duplicates were not looked for", "warning"},
		},
		{
			name: "dedup that finds nothing", rows: []manifest.Row{kept}, stages: []string{"ingest", "clean", "minhash"},
			say:   []string{"measured No document was found to be a duplicate of another as a whole.", "measured MinHash compared no pair of documents."},
			never: []string{"the largest of", "Near-duplicates were not looked for", "Exact comparison", "warning"},
		},
		{
			name: "nothing kept", rows: []manifest.Row{dropped}, stages: []string{"ingest", "clean", "language", "exact", "minhash"},
			say:   []string{"measured No document was kept: the corpus is empty.", "measured Kept: 0 documents (– of the pages and texts), with 0 bytes of text."},
			never: []string{"bytes per token", "on average", "not known", "NaN", "Inf"},
		},
		{
			name: "no records at all", stages: []string{"ingest", "clean"},
			say:   []string{"measured Read: 0 records from 1 input file of 10 bytes.", "No document was kept"},
			never: []string{"NaN", "Inf"},
		},
		{
			name: "an empty file", rows: []manifest.Row{empty}, stages: []string{"ingest", "clean"},
			say:   []string{"measured Not all input could be read: 0 broken records, 1 file that is not read"},
			never: []string{"1 broken"},
		},
		{
			name: "a broken record", rows: []manifest.Row{kept, broken}, stages: []string{"ingest", "clean"},
			say:   []string{"measured Not all input could be read: 1 broken record, 0 files that are not read"},
			never: []string{"no record was found damaged"},
		},
		{
			name: "filters without finds", rows: []manifest.Row{kept}, stages: []string{"ingest", "clean", "url", "language", "toxicity", "pii"},
			say:   []string{"measured The filter pii looked for the types below", "measured The filter toxicity read the ", "measured The filter language labelled", "unknown How many good documents the filters dropped"},
			never: []string{"No filter ran", "Personal data was not looked for", "Toxic language was not looked for", "Languages were not identified"},
		},
		{
			name: "toxicity by lists alone", stages: []string{"ingest", "clean", "toxicity"},
			rows:  []manifest.Row{{Type: "text", Bytes: 100, Kept: true, Signals: []table.Signal{{Name: "toxicity_terms", Value: 0}}}},
			say:   []string{"unknown A listed term need not be meant as an insult", "unknown No document was scored by a classifier."},
			never: []string{"Listed terms were not looked for", "A classifier scored"},
		},
		{
			name: "toxicity by the classifier alone", stages: []string{"ingest", "clean", "toxicity"},
			rows:  []manifest.Row{{Type: "text", Bytes: 100, Kept: true, Signals: []table.Signal{{Name: "toxicity_mean", Value: .125}, {Name: "toxicity_score", Value: .5}}}},
			say:   []string{"unknown Listed terms were not looked for.", "measured A classifier scored 1 document, of which 1 is kept.", "is 0.125 on average"},
			never: []string{"need not be meant as an insult", "No document was scored"},
		},
		{
			name: "most are duplicates", rows: []manifest.Row{kept, duplicate, {Index: 2, Bytes: 100, Stage: "exact", Rule: "duplicate", DuplicateOf: "0:0"}},
			stages: []string{"ingest", "clean", "exact"},
			say:    []string{"warning Source s lost 66.7\u00a0% of its documents to dedup (2 of 3) and 66.7\u00a0% of its text. Most went by exact (2)."},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSheet(facts(t, tt.rows, tt.stages...))
			var said strings.Builder
			for _, w := range s.Facts.Warnings {
				fmt.Fprintln(&said, "warning", w.Text)
			}
			for _, section := range s.Sections {
				for _, st := range section.Statements {
					if st.Label != Measured && st.Label != Declared && st.Label != Unknown {
						t.Errorf("%q has the label %q", st.Text, st.Label)
					}
					fmt.Fprintln(&said, st.Label, st.Text)
				}
				for _, table := range section.Tables {
					if table.Label == "" || table.Caption == "" {
						t.Errorf("table %s has no label or caption", table.Name)
					}
				}
			}
			for _, want := range tt.say {
				if !strings.Contains(said.String(), want) {
					t.Errorf("is not said: %s\n%s", want, said.String())
				}
			}
			for _, not := range tt.never {
				if strings.Contains(said.String(), not) {
					t.Errorf("is said: %s\n%s", not, said.String())
				}
			}
			if _, err := s.html(); err != nil {
				t.Error(err)
			}
		})
	}
}

// What an input can make up without end must not grow without end.
func TestBounds(t *testing.T) {
	const rows = maxListed + 5
	m := plain(nil, "ingest", "clean")
	c := newCounter(m, mostDomains)
	for i := range rows {
		for _, rule := range []string{"malformed", "unsupported_format"} {
			if err := c.row(0, &row{Index: -1, Source: "s", Type: fmt.Sprint("type ", i), Stage: "ingest", Rule: rule}); err != nil {
				t.Fatal(err)
			}
		}
	}
	m.Stages[0].Dropped = map[string]engine.Count{"malformed": {Documents: rows}, "unsupported_format": {Documents: rows}}
	f := c.facts()
	if len(f.Broken) != maxListed || len(f.Unread) != maxListed {
		t.Errorf("%d broken records and %d unread files are listed, want %d each", len(f.Broken), len(f.Unread), maxListed)
	}
	if len(f.Types) != maxTypes+1 {
		t.Errorf("%d types are told apart", len(f.Types))
	}
	var records int64
	for _, x := range f.Types {
		records += x.Documents
	}
	if records != 2*rows {
		t.Errorf("types count %d records of %d", records, 2*rows)
	}
	said := fmt.Sprint(damage(f).Statements)
	for _, want := range []string{"The table of broken records holds the first 10,000 of 10,005", "The table of unread files holds the first 10,000 of 10,005"} {
		if !strings.Contains(said, want) {
			t.Errorf("is not said: %s\n%s", want, said)
		}
	}
}

// Signals that are no numbers must not spoil the sums, nor the JSON.
func TestSignalsThatAreNoNumbers(t *testing.T) {
	var zero float64
	f := facts(t, []manifest.Row{{Bytes: 1, Kept: true, Signals: []table.Signal{{Name: "a", Value: zero / zero}, {Name: "b", Value: 1 / zero}, {Name: "c", Value: -3}, {Name: "d", Value: 2}}}},
		"ingest", "clean")
	want := []SignalFact{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d", Documents: 1, Sum: 2, AllDocuments: 1, AllSum: 2}}
	if diff := cmp.Diff(want, f.Signals); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The columns that are read must be columns of the ledger, of the same type.
func TestRowsAreColumnsOfTheLedger(t *testing.T) {
	columns := map[string]reflect.Type{}
	for field := range fields(reflect.TypeFor[manifest.Row]()) {
		columns[field.Tag.Get("parquet")] = field.Type
	}
	for _, part := range []reflect.Type{reflect.TypeFor[row](), reflect.TypeFor[domainRow]()} {
		for field := range fields(part) {
			if columns[field.Tag.Get("parquet")] != field.Type {
				t.Errorf("%s.%s is no column of the ledger, or of another type there", part.Name(), field.Name)
			}
		}
	}
}

func fields(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

func TestPIIActions(t *testing.T) {
	tests := []struct {
		name, config string
		want         map[string]string
	}{
		{"as this version writes it", `{"filters":[{"url":{"schemes":["http"]}},{"pii":{"email":{"action":"mask","tag":"x"},"phone_regions":["US"]}}]}`, map[string]string{"email": "mask"}},
		{"no filter", `{"filters":[{"url":{}}]}`, map[string]string{}},
		{"no filters", `{}`, map[string]string{}},
		{"another form", `{"filters":["pii"]}`, nil},
		{"no JSON", `{`, nil},
		{"nothing", ``, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, piiActions([]byte(tt.config))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A statement counts once for a record that repeats it, and each record by what became of it.
func TestRights(t *testing.T) {
	noai := table.Evidence{Kind: "robots", Where: "html", Value: "noai"}
	reserved := table.Evidence{Kind: "tdm-reservation", Where: "http", Value: "1"}
	licence := table.Evidence{Kind: "license", Where: "html", Value: "https://creativecommons.org/licenses/by/4.0/"}
	rows := []manifest.Row{
		{Bytes: 10, Stage: "rights", Rule: "robots", Value: "noai", Rights: []table.Evidence{noai, noai, licence},
			Signals: []table.Signal{{Name: "rights_html", Value: 3}, {Name: "rights_http", Value: 0}}},
		{Bytes: 20, Stage: "clean", Rule: "empty", Rights: []table.Evidence{reserved}, Signals: []table.Signal{{Name: "rights_http", Value: 1}}},
		{Bytes: 30, Kept: true, Rights: []table.Evidence{licence, noai}},
		{Bytes: 40, Kept: true},
	}
	f := facts(t, rows, "ingest", "clean", "rights")
	want := []RightsFact{
		{Kind: "license", Where: "html", Value: licence.Value, Records: 2, Dropped: 1, Kept: 1},
		{Kind: "robots", Where: "html", Value: "noai", Records: 2, Dropped: 1, Kept: 1},
		{Kind: "tdm-reservation", Where: "http", Value: "1", Records: 1},
	}
	if diff := cmp.Diff(want, f.Rights); diff != "" {
		t.Error(diff)
	}
	if want := (engine.Count{Documents: 3, Bytes: 60}); f.Speaking != want {
		t.Errorf("records with a statement: %+v, want %+v", f.Speaking, want)
	}
	if f.Heads != 2 || f.Parsed != 1 {
		t.Errorf("%d heads and %d pages read, want 2 and 1", f.Heads, f.Parsed)
	}
}
