package report

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corpus/internal/manifest"
	"corpus/internal/table"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite testdata/golden")

// readTree returns the files below a folder by their paths.
func readTree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		rel, relErr := filepath.Rel(dir, path)
		files[filepath.ToSlash(rel)] = string(data)
		return errors.Join(err, relErr)
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// The golden folder is the datasheet of the hostile build: go test ./internal/report -update writes it anew.
func TestGolden(t *testing.T) {
	got := hostile(t, hostileManifest())
	const golden = "testdata/golden"
	if *update {
		if err := os.RemoveAll(golden); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(golden, os.DirFS(got)); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(readTree(t, golden), readTree(t, got)); diff != "" {
		t.Errorf("datasheet differs from %s (-want +got):\n%s", golden, diff)
	}
}

// A datasheet that is rebuilt from corpus.json has the bytes of the one that the build wrote.
func TestRebuiltFromManifest(t *testing.T) {
	first := readTree(t, hostile(t, hostileManifest()))
	sealed, err := hostileManifest().Seal()
	if err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Parse(sealed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, readTree(t, hostile(t, m))); diff != "" {
		t.Errorf("rebuilt datasheet differs (-built +rebuilt):\n%s", diff)
	}
}

func TestPicturesAreWellFormed(t *testing.T) {
	files := readTree(t, hostile(t, hostileManifest()))
	for _, name := range []string{"funnel.svg", "clusters.svg", "similarities.svg"} {
		d := xml.NewDecoder(strings.NewReader(files[name]))
		elements := 0
		for {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if _, ok := token.(xml.StartElement); ok {
				elements++
			}
		}
		if elements < 4 {
			t.Errorf("%s has %d elements", name, elements)
		}
		if !strings.Contains(files["index.html"], strings.TrimSpace(files[name])) {
			t.Errorf("the page does not hold the picture of %s", name)
		}
	}
}

func TestMarkdownKeepsItsShape(t *testing.T) {
	md := readTree(t, hostile(t, hostileManifest()))["datasheet.md"]
	text, _, _ := strings.Cut(md, "```json") // the config is a code block, where nothing is markup
	for _, markup := range []string{"<script", "[f](", "\u202e", "`c`", "*d*", "_e_", "~h~"} {
		if strings.Contains(text, markup) {
			t.Errorf("datasheet.md holds %q", markup)
		}
	}
	for _, want := range []string{"&lt;script&gt;", `a\|b`, hebrew, `\\u202e`} {
		if !strings.Contains(text, want) {
			t.Errorf("datasheet.md does not hold %q", want)
		}
	}
	columns := 0
	for i, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, "|") {
			columns = 0
			continue
		}
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if columns == 0 {
			columns = n
		}
		if n != columns {
			t.Errorf("line %d has %d columns, its table %d: %s", i+1, n-1, columns-1, line)
		}
	}
}

func TestTablesAsCSV(t *testing.T) {
	files := readTree(t, hostile(t, hostileManifest()))
	var sheet struct {
		Format   string
		Sections []struct {
			Tables []struct {
				File    string
				Columns []string
				Rows    int
			}
		}
	}
	if err := json.Unmarshal([]byte(files["datasheet.json"]), &sheet); err != nil {
		t.Fatal(err)
	}
	if sheet.Format != Format {
		t.Errorf("format is %q", sheet.Format)
	}
	listed := 0
	for _, s := range sheet.Sections {
		for _, table := range s.Tables {
			listed++
			rows, err := csv.NewReader(strings.NewReader(files[table.File])).ReadAll()
			if err != nil {
				t.Errorf("%s: %v", table.File, err)
				continue
			}
			if diff := cmp.Diff(table.Columns, rows[0]); diff != "" {
				t.Errorf("%s: columns (-json +csv):\n%s", table.File, diff)
			}
			if len(rows)-1 != table.Rows {
				t.Errorf("%s: %d rows, datasheet.json says %d", table.File, len(rows)-1, table.Rows)
			}
			for _, row := range rows {
				for _, cell := range row {
					if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
						t.Errorf("%s: a spreadsheet takes %q for a formula", table.File, cell)
					}
				}
			}
		}
	}
	found := 0
	for name := range files {
		if strings.HasPrefix(name, "tables/") {
			found++
		}
	}
	if listed != found || listed == 0 {
		t.Errorf("datasheet.json lists %d tables, the folder has %d", listed, found)
	}
}

// Where ledger and manifest disagree nothing is written: either could be the one that was changed.
func TestDisagreement(t *testing.T) {
	tests := []struct {
		name   string
		change func(*manifest.Manifest, [][]manifest.Row)
		want   string
	}{
		{"a row is missing", func(_ *manifest.Manifest, rows [][]manifest.Row) { rows[0] = rows[0][:8] }, "records of the ledger: 15 documents"},
		{"content grew", func(_ *manifest.Manifest, rows [][]manifest.Row) { rows[2][0].Bytes++ }, "7035 bytes; input of ingest: 16 documents, 7034 bytes"},
		{"a drop has another rule", func(_ *manifest.Manifest, rows [][]manifest.Row) { rows[0][7].Rule = "empty" }, "ledger rows of ingest/empty: 1 documents"},
		{"a dropped row is kept", func(_ *manifest.Manifest, rows [][]manifest.Row) { rows[0][2].Kept = true }, "kept rows of the ledger: 4 documents"},
		{"a language is another", func(_ *manifest.Manifest, rows [][]manifest.Row) { rows[2][0].Language = "nl" }, `kept rows in language "de": 0 documents`},
		{"an unknown source", func(_ *manifest.Manifest, rows [][]manifest.Row) { rows[2][0].Source = "else" }, `source "else" is not in the manifest`},
		{"an account leaks", func(m *manifest.Manifest, _ [][]manifest.Row) { m.Stages[1].Edited++ }, "conservation: stage clean"},
		{"shards hold more", func(m *manifest.Manifest, _ [][]manifest.Row) { m.Shards.Documents++ }, "4 documents in the shards"},
		{"tokens do not add up", func(m *manifest.Manifest, _ [][]manifest.Row) { m.Tokenizer.Tokens++ }, "tokens by language: 480"},
		{"a cluster more", func(m *manifest.Manifest, _ [][]manifest.Row) { m.Dedup.Clusters++ }, "3 clusters of at most 2 documents; their sizes: 2 of at most 2"},
		{"a larger cluster", func(m *manifest.Manifest, _ [][]manifest.Row) {
			m.Dedup.LargestCluster, m.Dedup.ClusterSizes = 3, map[int64]int64{2: 1, 3: 1}
		}, "clusters lost 3 documents, 2 rows of the ledger"},
		{"a method dropped more", func(m *manifest.Manifest, _ [][]manifest.Row) { m.Dedup.Dropped["exact"] = 2 }, `dedup method "exact" dropped 2 copies; rows of the ledger: 1`},
		{"a method that did not run", func(m *manifest.Manifest, _ [][]manifest.Row) { m.Dedup.Dropped["url"] = 1 }, `dedup method "url" dropped 1 copies`},
		{"a method cut more out of texts", func(_ *manifest.Manifest, rows [][]manifest.Row) {
			rows[2][0].Signals = append(rows[2][0].Signals, table.Signal{Name: "exact_bytes", Value: 12})
		}, `dedup method "exact" cut 0 bytes out of texts; rows of the ledger: 12`},
		{"more pairs by similarity", func(m *manifest.Manifest, _ [][]manifest.Row) { m.Dedup.Similarities[3]++ }, "4 pairs by similarity, 3 pairs compared"},
		{"similarities in other parts", func(m *manifest.Manifest, _ [][]manifest.Row) { m.Dedup.Similarities = []int64{3} }, "3 pairs by similarity, 3 pairs compared"},
		{"pairs move over the threshold", func(m *manifest.Manifest, _ [][]manifest.Row) {
			m.Dedup.Similarities[18], m.Dedup.Similarities[9] = 0, 2
		}, "1 pairs count; by their similarities it must be 0 to 0"},
		{"more pairs count than were compared", func(m *manifest.Manifest, _ [][]manifest.Row) { m.Dedup.AcceptedPairs = 4 }, "4 of 3 pairs count"},
		{"a sample is judged in another way", func(m *manifest.Manifest, _ [][]manifest.Row) { m.Dedup.Samples[0].Accepted = true }, "similarity 0.4567, threshold 0.7, accepted true"},
		{"a sample of other clusters", func(m *manifest.Manifest, _ [][]manifest.Row) { m.Dedup.Samples[1].Second = "2:2" }, "2:0 and 2:2 are said to be duplicates, and belong to the clusters of 2:0 and 2:2"},
		{"a sample of no document", func(m *manifest.Manifest, _ [][]manifest.Row) { m.Dedup.Samples[0].First = "0:7" }, "document 0:7 is not in ledger/00000.parquet"},
		{"a sample of no unit", func(m *manifest.Manifest, _ [][]manifest.Row) { m.Dedup.Samples[0].First = "9:0" }, `"9:0" names no document`},
		{"a similarity above 1", func(m *manifest.Manifest, _ [][]manifest.Row) { m.Dedup.Samples[1].Similarity = 1.5 }, "a similarity of 1.5"},
		{"a method without a stage", func(m *manifest.Manifest, _ [][]manifest.Row) {
			m.Dedup.Methods = append([]string{"paragraph"}, m.Dedup.Methods[1:]...)
		}, `dedup method "paragraph" has no stage in its place`},
		{"a pair below the threshold counts", func(m *manifest.Manifest, _ [][]manifest.Row) {
			m.Dedup.Similarities[9], m.Dedup.Similarities[13], m.Dedup.AcceptedPairs = 0, 1, 2
		}, "2 pairs count; by their similarities it must be 1 to 1"},
		{"similarities left out", func(m *manifest.Manifest, _ [][]manifest.Row) { m.Dedup.Similarities = nil }, "3 pairs compared, none of known similarity"},
		{"a sample twice", func(m *manifest.Manifest, _ [][]manifest.Row) {
			m.Dedup.Samples = append(m.Dedup.Samples, m.Dedup.Samples[1])
		}, "are one pair twice"},
		{"a sample of a document and itself", func(m *manifest.Manifest, _ [][]manifest.Row) { m.Dedup.Samples[1].Second = m.Dedup.Samples[1].First }, "or one document"},
		{"a sample of a similarity that no pair has", func(m *manifest.Manifest, _ [][]manifest.Row) { m.Dedup.Samples[0].Similarity = 0.6 }, "1 pairs of a similarity from 0.6 are named, there are 0"},
		{"hot keys of which none is named", func(m *manifest.Manifest, _ [][]manifest.Row) {
			m.Dedup.HotKeys, m.Dedup.HotDocuments, m.Dedup.Hot = 5, 3, nil
		}, "5 hot keys with 3 documents; named are 0 with 0"},
		{"hot keys without end", func(m *manifest.Manifest, _ [][]manifest.Row) {
			m.Dedup.HotKeys, m.Dedup.HotDocuments, m.Dedup.Hot = math.MaxInt64, 3, nil
		}, "named are 0 with 0"},
		{"hot keys of one document", func(m *manifest.Manifest, _ [][]manifest.Row) { m.Dedup.HotKeys, m.Dedup.HotDocuments = 4, 20 }, "4 hot keys with 20 documents"},
		{"a hot key more", func(m *manifest.Manifest, _ [][]manifest.Row) { m.Dedup.HotKeys = 0 }, "0 hot keys with 17 documents; named are 1 with 17"},
		{"a hot key with more documents", func(m *manifest.Manifest, _ [][]manifest.Row) { m.Dedup.Hot[0].Documents++ }, "1 hot keys with 17 documents; named are 1 with 18"},
		{"a hot key of no method", func(m *manifest.Manifest, _ [][]manifest.Row) { m.Dedup.Hot[0].Method = "x" }, `hot key 0: 17 documents by method "x"`},
		{"a duplicate of a later document", func(_ *manifest.Manifest, rows [][]manifest.Row) { rows[0][4].DuplicateOf = "2:0" }, `document 0:1 is a duplicate of "2:0"`},
		{"no stages", func(m *manifest.Manifest, _ [][]manifest.Row) { m.Stages = nil }, "no stages"},
		{"no ledger", func(m *manifest.Manifest, _ [][]manifest.Row) {
			m.Inputs = append(m.Inputs, manifest.Input{Source: "notes", Unit: 3})
		}, "00003.parquet"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, rows := hostileManifest(), hostileLedger()
			tt.change(m, rows)
			dir := t.TempDir()
			writeLedger(t, dir, rows)
			err := Write(context.Background(), dir, filepath.Join(dir, Folder), m, 64<<20)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want one with %q", err, tt.want)
			}
			if _, err := os.Stat(filepath.Join(dir, "datasheet")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("a datasheet was written: %v", err)
			}
		})
	}
}

func TestCancelled(t *testing.T) {
	dir := t.TempDir()
	writeLedger(t, dir, hostileLedger())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Write(ctx, dir, filepath.Join(dir, Folder), hostileManifest(), 64<<20); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

func TestNoNullLists(t *testing.T) {
	dir := t.TempDir()
	writeLedger(t, dir, [][]manifest.Row{{}})
	if err := Write(context.Background(), dir, filepath.Join(dir, Folder), plain(nil, "ingest", "clean"), 64<<20); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "datasheet", "datasheet.json"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(data, []byte("null")) {
		t.Errorf("datasheet.json of an empty build holds null:\n%s", data)
	}
}
