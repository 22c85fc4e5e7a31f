package build_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"corpus/internal/build"
	"corpus/internal/config"
	"corpus/internal/documents"
	"corpus/internal/manifest"
	"corpus/internal/table"

	"github.com/google/go-cmp/cmp"
)

// filler is a paragraph that nothing else holds, long enough to be compared.
func filler(i int) string {
	return fmt.Sprintf("Paragraph number %d says something that no other one of them says, and it says it at some length.", i)
}

const footer = "Subscribe to our letter, and never miss what happens in the valley between the two rivers."

// paragraphInputs are three files of two sources, whose documents share a footer; the last document is the footer alone, and one of
// the others is a copy of an earlier one.
func paragraphInputs(t *testing.T) (config string) {
	t.Helper()
	dir := t.TempDir()
	for file := range 3 {
		var lines strings.Builder
		enc := json.NewEncoder(&lines)
		for i := range 30 {
			n := 100*file + i
			text := filler(n) + "\n\n" + footer + "\n\n" + filler(1000+n)
			if n == 105 {
				text = filler(3) + "\n\n" + footer + "\n\n" + filler(1003)
			}
			if n == 229 {
				text = strings.ToUpper(footer)
			}
			if err := enc.Encode(map[string]string{"id": fmt.Sprint(n), "text": text, "url": fmt.Sprintf("https://site%d.example/%d", n%2, n)}); err != nil {
				t.Fatal(err)
			}
		}
		writeFile(t, filepath.Join(dir, fmt.Sprintf("%d.jsonl", file)), lines.String())
	}
	return fmt.Sprintf("sources: [{name: a, paths: [%[1]s/0.jsonl]}, {name: b, paths: [%[1]s/1.jsonl, %[1]s/2.jsonl]}]\nsplit_bytes: 65536\n%[2]s", dir, smallTokenizer)
}

// rowsByID are the documents of a build.
func rowsByID(t *testing.T, dir string) map[string]documents.Row {
	t.Helper()
	rows := map[string]documents.Row{}
	paths, err := filepath.Glob(filepath.Join(dir, "documents", "*.parquet"))
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		for d, err := range documents.Read(path) {
			if err != nil {
				t.Fatal(err)
			}
			rows[d.ID] = d
		}
	}
	return rows
}

// withFooter lists the documents that hold the footer.
func withFooter(rows map[string]documents.Row) []string {
	var ids []string
	for id, d := range rows {
		if strings.Contains(d.Text, footer) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func TestParagraphsInABuild(t *testing.T) {
	inputs := paragraphInputs(t)
	for _, test := range []struct {
		name, dedup string
		want        []string // documents that keep the footer
	}{
		{"exact", "{methods: [exact, minhash, paragraph]}", []string{"0"}},
		{"bloom", "{methods: [paragraph, exact], paragraph: {method: bloom, expected: 1000}}", []string{"0"}},
		{"two copies", "{methods: [exact, paragraph], paragraph: {keep: 2}}", []string{"0", "1"}},
		{"no copy", "{methods: [exact, paragraph], paragraph: {keep: 0}}", nil},
		{"by source", "{methods: [exact, paragraph], paragraph: {scope: source}}", []string{"0", "100"}},
		{"by domain", "{methods: [exact, paragraph], paragraph: {scope: domain}}", []string{"0", "1"}},
		{"shortest first", "{methods: [exact, paragraph], survivor: [\"-signal:none\", shortest, id]}", []string{"229"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			one, four := filepath.Join(t.TempDir(), "one"), filepath.Join(t.TempDir(), "four")
			for dir, workers := range map[string]int{one: 1, four: 4} {
				if err := runConfig(dir, inputs+"dedup: "+test.dedup+"\n", workers); err != nil {
					t.Fatal(err)
				}
			}
			sameFolder(t, folder(t, one), folder(t, four))
			wantVerified(t, one)
			rows := rowsByID(t, one)
			if test.name == "shortest first" { // the shortest is the footer alone, in capitals
				if got := rows["229"].Text; got != strings.ToUpper(footer) {
					t.Errorf("229 is %q", got)
				}
				test.want = nil
			} else if _, kept := rows["229"]; kept {
				t.Error("the document that is nothing but the footer stays")
			}
			if diff := cmp.Diff(test.want, withFooter(rows)); diff != "" {
				t.Error(diff)
			}
			_, first := rows["3"]
			if _, second := rows["105"]; first == second {
				t.Errorf("of two documents with one text, the first stays: %t; the second: %t", first, second)
			}
			if got, want := rows["217"].Text, filler(217)+"\n\n"+filler(1217); got != want {
				t.Errorf("217 is %q", got)
			}
			checkRanges(t, one, rows)
		})
	}
}

// checkRanges compares the table of ranges with the edits of documents, and the fate of the document that lost everything.
func checkRanges(t *testing.T, dir string, rows map[string]documents.Row) {
	t.Helper()
	edits := map[string]int64{}
	for _, d := range rows {
		for _, e := range d.Edits {
			if e.Stage == "paragraph" && e.Type == "repeat" {
				edits[d.ID] += e.Length
			}
		}
	}
	ranges := map[string]int64{}
	for unit := range 2 { // small files of a source share a unit
		for r, err := range table.Read[build.RangeRow](filepath.Join(dir, build.RangesPath(unit))) {
			if err != nil {
				t.Fatal(err)
			}
			if r.Method != "paragraph" {
				t.Errorf("range of method %q", r.Method)
			}
			if _, kept := rows[r.ID]; kept {
				ranges[r.ID] += r.Length
			}
		}
	}
	if diff := cmp.Diff(edits, ranges); diff != "" || len(edits) < 80 {
		t.Errorf("%d documents with edits; %s", len(edits), diff)
	}
	if _, kept := rows["229"]; kept {
		return
	}
	for row, err := range table.Read[manifest.Row](filepath.Join(dir, manifest.LedgerPath(1))) {
		if err != nil {
			t.Fatal(err)
		}
		if row.ID == "229" && (row.Kept || row.Stage != "paragraph" || row.Rule != "too_short" || row.Value != "0") {
			t.Errorf("ledger of 229: %+v", row)
		}
	}
}

// TestParagraphsResume interrupts a build whenever a phase of it has left one more commit record, until it comes to its end.
func TestParagraphsResume(t *testing.T) {
	for _, test := range []struct {
		name, options string
		stops         []string // commit records, in the order in which they come
	}{
		{"exact", "{}", []string{"paragraph_map/00000.json", "paragraph_reduce/00003.json", "paragraph/00000.json", "dedup/00001.json"}},
		{"bloom", "{method: bloom, expected: 1000}", []string{"resolve/00000.json", "paragraph/00000.json"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := paragraphInputs(t) + "dedup: {methods: [exact, paragraph], paragraph: " + test.options + "}\n"
			whole, cut := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "cut")
			if err := runConfig(whole, text, 2); err != nil {
				t.Fatal(err)
			}
			c, err := config.Parse("test", []byte(text), nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, stop := range test.stops {
				ctx, cancel := context.WithCancel(t.Context())
				go func() {
					defer cancel()
					for ; ctx.Err() == nil; time.Sleep(100 * time.Microsecond) {
						if _, err := os.Stat(filepath.Join(cut, "state", filepath.FromSlash(stop))); err == nil {
							return
						}
					}
				}()
				_, err := build.Run(ctx, build.Options{Config: c, Dir: cut, Workers: 2, Log: slog.New(slog.DiscardHandler)})
				cancel()
				if err == nil {
					break // it was faster than the test
				}
			}
			if err := runConfig(cut, text, 1); err != nil {
				t.Fatal(err)
			}
			sameFolder(t, folder(t, whole), folder(t, cut))
		})
	}
}

func TestKillWhileParagraphsAreFound(t *testing.T) {
	long(t)
	if runtime.GOOS == "windows" {
		t.Skip("kill -9 is a Unix matter")
	}
	inputs := paragraphInputs(t)
	t.Run("exact", func(t *testing.T) {
		killAt(t, inputs+"dedup: {methods: [exact, paragraph]}\n", "state/paragraph_map/00000.json", "state/paragraph_map/00001.json", "work/dedup/paragraph-00005.run.tmp",
			"state/paragraph_reduce/00009.json", "work/dedup/paragraph.run.tmp", "work/dedup/paragraph.run", "state/paragraph/00000.json")
	})
	t.Run("bloom", func(t *testing.T) {
		killAt(t, inputs+"dedup: {methods: [exact, paragraph], paragraph: {method: bloom, expected: 1000000}}\n", "state/resolve/00000.json",
			"work/dedup/paragraph.run.tmp", "state/paragraph/00000.json", "documents/00000.parquet")
	})
}

func TestParagraphRefusals(t *testing.T) {
	inputs := paragraphInputs(t)
	for _, test := range []struct{ name, dedup, want string }{
		{"bloom without a number", "{methods: [paragraph], paragraph: {method: bloom}}", "dedup.paragraph.expected"},
		{"bloom with survivors", "{methods: [paragraph], survivor: [longest], paragraph: {method: bloom, expected: 10}}", "dedup.paragraph.method"},
		{"bloom beyond memory", "{methods: [paragraph], paragraph: {method: bloom, expected: 1000000000000}}", "dedup.paragraph: expected"},
		{"unknown unit", "{methods: [paragraph], paragraph: {unit: page}}", "dedup.paragraph.unit"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "out")
			wantError(t, buildText(t, dir, inputs+"dedup: "+test.dedup+"\n"), test.want)
			if _, err := os.Stat(dir); err == nil {
				t.Error("a folder was made")
			}
		})
	}
}
