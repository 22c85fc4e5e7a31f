package report

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/internal/table"
)

// Strings that must come out as text, whatever they look like.
const (
	script   = `<script>alert("t")</script>`
	pipes    = "a|b `c` *d* _e_ [f](javascript:g) & ~h~"
	reversed = "safe\u202egnp.exe"
	hebrew   = "שלום עולם"
	formula  = `=HYPERLINK("x")`
)

var longURL = func() string {
	path := make([]byte, 3000)
	for i := range path {
		path[i] = "abcdefghij"[i%10]
	}
	return "long-" + string(path) + ".example"
}()

// hostileManifest and hostileLedger are a build of three files and sixteen records, counted by hand:
//
//	ingest    16 in, 7 dropped; 7,034 content bytes
//	clean      9 in, 1 dropped with 500 bytes, 3,050 edited away
//	language   8 in, 1 dropped with 400
//	toxicity   7 in, 1 dropped with 80
//	pii        6 in, 1 dropped with 90, 20 edited away
//	exact      5 in, 1 dropped with 290
//	minhash    4 in, 1 dropped with 640; 3 kept with 1,964
func hostileManifest() *manifest.Manifest {
	n := func(documents, bytes int64) engine.Count { return engine.Count{Documents: documents, Bytes: bytes} }
	type drops = map[string]engine.Count
	return &manifest.Manifest{
		Tool: manifest.Tool{Name: "corpus", Version: "9.9.9", Go: "go1.99"},
		Declared: manifest.Declared{
			Title: "Hostile " + script, Description: pipes + "\nsecond line", Purpose: hebrew, Provider: reversed, License: "CC-BY-4.0",
		},
		Sources: []manifest.Source{
			{Name: "crawl", License: "CC0-1.0", Description: script + "\nin two lines", Crawler: pipes},
			{Name: "notes"},
		},
		Config: json.RawMessage(`{"seed":7,"filters":[{"language":{"languages":["en","de"]}},{"toxicity":{"max_ratio":0.1}},` +
			`{"pii":{"email":{"action":"mask","tag":"<EMAIL>"},"phone":{"action":"count","tag":""},"card":{"action":"drop","tag":"<CARD> & co \\u003c"},` +
			`"iban":{"action":"off","tag":""},"phone_regions":["US"]}}],"dedup":{"minhash":{"threshold":0.7,"verify":true},"warn_removed":0.45},"note":"` + "\u202e" + `</pre>"}`),
		Seed: 7,
		Stages: []engine.Counts{
			{Stage: "ingest", In: n(16, 7034), Out: n(9, 7034), Dropped: drops{
				"record_type": n(2, 0), "truncated": n(1, 0), "malformed": n(1, 0), "http_status": n(1, 0), "unsupported_format": n(1, 0), "bad_json": n(1, 0)}},
			{Stage: "clean", In: n(9, 7034), Out: n(8, 3484), Dropped: drops{"empty": n(1, 500)}, Edited: 3050},
			{Stage: "language", In: n(8, 3484), Out: n(7, 3084), Dropped: drops{"language": n(1, 400)}},
			{Stage: "toxicity", In: n(7, 3084), Out: n(6, 3004), Dropped: drops{"ratio": n(1, 80)}},
			{Stage: "pii", In: n(6, 3004), Out: n(5, 2894), Dropped: drops{"card": n(1, 90)}, Edited: 20},
			{Stage: "exact", In: n(5, 2894), Out: n(4, 2604), Dropped: drops{"duplicate": n(1, 290)}},
			{Stage: "minhash", In: n(4, 2604), Out: n(3, 1964), Dropped: drops{"near_duplicate": n(1, 640)}},
		},
		Dedup: manifest.Dedup{
			Methods: []string{"exact", "minhash"}, Clusters: 2, LargestCluster: 2, CandidatePairs: 3, AcceptedPairs: 1,
			ClusterSizes: map[int64]int64{2: 2}, Dropped: map[string]int64{"exact": 1, "minhash": 1},
			Similarities: []int64{0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0},
			Samples: []manifest.DuplicatePair{
				{First: "0:0", Second: "2:2", Similarity: 0.4567}, {First: "2:0", Second: "2:1", Similarity: 0.9, Accepted: true},
			},
			HotKeys: 1, HotDocuments: 17, Hot: []manifest.HotKey{{Method: "minhash", Documents: 17, First: "2:2"}},
		},
		Tokenizer: manifest.Tokenizer{
			Pattern: "cl100k", VocabSize: 300, Merges: 43, Trained: true, TextBytes: 1964, Tokens: 480,
			Languages: map[string]manifest.TextTokens{
				"en": {Documents: 1, Bytes: 290, Tokens: 70}, "de": {Documents: 1, Bytes: 650, Tokens: 160}, "und": {Documents: 1, Bytes: 1024, Tokens: 250},
			},
		},
		Shards: manifest.Shards{
			Documents: 3, TrainDocuments: 2, ValDocuments: 1, TrainTokens: 322, ValTokens: 161, TokenBytes: 2, EndOfDocument: 0, BeginOfDocument: -1, Pad: 0,
			Packing: "best_fit", SequenceLength: 161, TrainSequences: 2, ValSequences: 1, TrainPadding: 10, CutDocuments: 1,
			RepeatedDocuments: 1, RepeatedTokens: 71, LeftOutDocuments: 0,
			Mixture: []manifest.MixtureSource{
				{Source: "crawl", Documents: 1, FoundTokens: 161, WantedTokens: 200, PlannedTokens: 161, Epochs: 1, Capped: true, GotTokens: 161, Taken: 1},
				{Source: "notes", Documents: 1, FoundTokens: 71, WantedTokens: 142, PlannedTokens: 142, Epochs: 2, GotTokens: 142, Taken: 1, Repeated: 1},
			},
		},
		Models: hostileModels(),
		Inputs: []manifest.Input{
			{File: manifest.File{Path: "crawl/a.warc.gz", Bytes: 6000, SHA256: "aa"}, Source: "crawl"},
			{File: manifest.File{Path: "crawl/" + script + "|b.arc", Bytes: 1234, SHA256: "bb"}, Source: "crawl", Unit: 1},
			{File: manifest.File{Path: "notes.jsonl.gz", Bytes: 1500, SHA256: "cc"}, Source: "notes", Unit: 2},
			{File: manifest.File{Path: "notes.jsonl.gz", Offset: 1500, Bytes: 500, SHA256: "dd"}, Source: "notes", Unit: 2},
		},
		LeftOut: []manifest.LeftOut{{Source: "notes", Files: 1, Bytes: 77}},
		Outputs: []manifest.File{},
	}
}

// hostileModels are a list of which nothing is known and a classifier with its metrics.
func hostileModels() (models []manifest.Model) {
	err := json.Unmarshal([]byte(`[
		{"stage":"toxicity","name":"terms|of the config","origin":"lists/<b>.txt","digest":"sha256:00"},
		{"stage":"toxicity","name":"toxic","origin":"built in","digest":"sha256:11","license":"CC-BY-SA-3.0","attribution":"People & others",
		 "metrics":[{"set":"test","name":"auc","value":0.9412345,"count":1200},
		            {"set":"templates","group":"women","name":"false_positive_rate","value":0.25,"threshold":0.5,"count":40}]}]`), &models)
	if err != nil {
		panic(err)
	}
	return models
}

func hostileLedger() [][]manifest.Row {
	crawl := func(r manifest.Row) manifest.Row {
		r.Source, r.File = "crawl", "crawl/a.warc.gz"
		return r
	}
	note := func(r manifest.Row) manifest.Row {
		r.Unit, r.Source, r.File, r.Codec, r.Type = 2, "notes", "notes.jsonl.gz", "gzip-stream", "jsonl"
		return r
	}
	signals := func(name string, value float64) []table.Signal { return []table.Signal{{Name: name, Value: value}} }
	return [][]manifest.Row{
		{
			crawl(manifest.Row{Index: -1, Type: "warcinfo", Stage: "ingest", Rule: "record_type", Value: "warcinfo"}),
			crawl(manifest.Row{Index: 0, Type: "response", Domain: "example.org", Date: "2024-05-01T00:00:00Z", Bytes: 1000, Kept: true, LastBytes: 290,
				Language: "en", Signals: []table.Signal{{Name: "pii_email", Value: 2}, {Name: "toxicity_mean", Value: 0.02}, {Name: "toxicity_score", Value: 0.3}, {Name: "toxicity_terms", Value: 0}},
				Rights: []table.Evidence{{Kind: "robots", Where: "html", Value: "noarchive"}, {Kind: "license", Where: "html", Value: script + pipes}}}),
			crawl(manifest.Row{Index: -1, Type: "response", Domain: "example.org", Bytes: 500, Stage: "clean", Rule: "empty", LastBytes: 500}),
			crawl(manifest.Row{Index: -1, Type: "response", Domain: longURL, URL: "http://" + longURL, Bytes: 2000, Stage: "language", Rule: "language", Value: "fr",
				LastBytes: 400, Language: "fr", Rights: []table.Evidence{{Kind: "tdm-reservation", Where: "http", Value: "1"}}}),
			crawl(manifest.Row{Index: 1, Type: "response", Domain: "example.org", Date: "2024-05-02T00:00:00Z", Bytes: 1000, Stage: "exact", Rule: "duplicate",
				Value: "1", LastBytes: 290, Language: "en", DuplicateOf: "0:0", Signals: signals("pii_email", 2)}),
			crawl(manifest.Row{Index: -1, Type: "response", Stage: "ingest", Rule: "truncated", Value: "57", Offset: 4096, Length: 99, Codec: "gzip"}),
			crawl(manifest.Row{Index: -1, Stage: "ingest", Rule: "malformed", Value: "34", Offset: 5000, Length: 34}),
			crawl(manifest.Row{Index: -1, Type: "response", Stage: "ingest", Rule: "http_status", Value: "404"}),
			crawl(manifest.Row{Index: -1, Type: script, Stage: "ingest", Rule: "record_type", Value: script}),
		},
		{
			{Unit: 1, Index: -1, Source: "crawl", File: "crawl/" + script + "|b.arc", Stage: "ingest", Rule: "unsupported_format", Value: "arc"},
		},
		{
			note(manifest.Row{Index: 0, Bytes: 700, Kept: true, LastBytes: 650, Language: "de",
				Signals: []table.Signal{{Name: "pii_phone", Value: 1}, {Name: "toxicity_ratio", Value: 0.01}, {Name: "toxicity_terms", Value: 3}}}),
			note(manifest.Row{Index: 1, Bytes: 640, Date: "2023", Stage: "minhash", Rule: "near_duplicate", Value: "0.9", LastBytes: 640, Language: "de", DuplicateOf: "2:0"}),
			note(manifest.Row{Index: -1, Stage: "ingest", Rule: "bad_json", Value: reversed + pipes, Offset: 1400, Length: 60}),
			note(manifest.Row{Index: 2, ID: script, URL: "http://" + longURL, Bytes: 1024, Domain: formula, Date: "2023-02", Kept: true, LastBytes: 1024, Language: "und"}),
			note(manifest.Row{Index: -1, Bytes: 80, Domain: script, Stage: "toxicity", Rule: "ratio", Value: "0.5", LastBytes: 80, Language: "en",
				Signals: []table.Signal{{Name: "toxicity_mean", Value: 0.6}, {Name: "toxicity_ratio", Value: 0.5}, {Name: "toxicity_score", Value: 1}, {Name: "toxicity_terms", Value: 10}}}),
			note(manifest.Row{Index: -1, Bytes: 90, Domain: hebrew, Stage: "pii", Rule: "card", Value: "1", LastBytes: 90, Language: "en",
				Signals: []table.Signal{{Name: "pii_card", Value: 1}, {Name: "toxicity_score", Value: math.NaN()}}}),
		},
	}
}

// writeLedger puts the ledger of a build into a folder.
func writeLedger(t testing.TB, dir string, units [][]manifest.Row) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(dir, "ledger"), 0o755); err != nil {
		t.Fatal(err)
	}
	for unit, rows := range units {
		w, err := table.Create[manifest.Row](filepath.Join(dir, manifest.LedgerPath(unit)))
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range rows {
			r.Unit, r.Record = int32(unit), int64(i)
			if err := w.Write(r); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Commit(); err != nil {
			t.Fatal(err)
		}
	}
}

// hostile writes the datasheet of the hostile build and returns its folder.
func hostile(t *testing.T, m *manifest.Manifest) string {
	t.Helper()
	dir := t.TempDir()
	writeLedger(t, dir, hostileLedger())
	if err := Write(context.Background(), dir, filepath.Join(dir, Folder), m, 64<<20); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "datasheet")
}

// plain makes a build without edits: every row passes the stages up to the one that drops it. Rows are of one input file and one source.
func plain(rows []manifest.Row, stages ...string) *manifest.Manifest {
	m := &manifest.Manifest{
		Sources: []manifest.Source{{Name: "s"}}, Config: json.RawMessage(`{}`),
		Inputs: []manifest.Input{{File: manifest.File{Path: "in", Bytes: 10, SHA256: "00"}, Source: "s"}},
		Shards: manifest.Shards{EndOfDocument: -1, BeginOfDocument: -1, Pad: -1, TokenBytes: 2},
	}
	m.Tokenizer.Languages = map[string]manifest.TextTokens{}
	for _, name := range stages {
		m.Stages = append(m.Stages, engine.Counts{Stage: name, Dropped: map[string]engine.Count{}})
		if name == "exact" || name == "minhash" {
			m.Dedup.Methods = append(m.Dedup.Methods, name)
		}
	}
	removed := int64(0)
	for i := range rows {
		rows[i].Source, rows[i].File = "s", "in"
		one := engine.Count{Documents: 1, Bytes: rows[i].Bytes}
		for s := range m.Stages {
			if !rows[i].Kept && rows[i].Stage == m.Stages[s].Stage {
				m.Stages[s].Add(engine.Counts{In: one, Dropped: map[string]engine.Count{rows[i].Rule: one}})
				break
			}
			m.Stages[s].Add(engine.Counts{In: one, Out: one})
		}
		rows[i].LastBytes = rows[i].Bytes
		if rows[i].DuplicateOf != "" {
			removed++
			if m.Dedup.Dropped == nil {
				m.Dedup.Dropped = map[string]int64{}
			}
			m.Dedup.Dropped[rows[i].Stage]++
		}
		if rows[i].Kept {
			t := m.Tokenizer.Languages[rows[i].Language]
			m.Tokenizer.Languages[rows[i].Language] = manifest.TextTokens{Documents: t.Documents + 1, Bytes: t.Bytes + rows[i].Bytes}
			m.Tokenizer.TextBytes += rows[i].Bytes
			m.Shards.Documents++
		}
	}
	if removed > 0 { // all of one cluster
		m.Dedup.Clusters, m.Dedup.LargestCluster, m.Dedup.ClusterSizes = 1, removed+1, map[int64]int64{removed + 1: 1}
	}
	return m
}
