package build_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corpus/internal/audit"
	"corpus/internal/documents"
	"corpus/internal/manifest"

	"github.com/google/go-cmp/cmp"
)

// sourcesConfig has two sources whose limits are given.
func sourcesConfig(in, first, second string) string {
	return fmt.Sprintf("split_bytes: 65536\nsources:\n  - {name: a, paths: [%[1]s/a], %[2]s}\n  - {name: b, paths: [%[1]s/b], %[3]s}\n", in, first, second) + smallTokenizer
}

// fates counts the rows of a ledger by source, and by what dropped them.
func fates(t *testing.T, dir string) map[string]int {
	t.Helper()
	rows, _ := ledgerRows(t, dir)
	n := map[string]int{}
	for _, r := range rows {
		fate := r.Source
		if !r.Kept {
			fate += " " + r.Stage + "/" + r.Rule
		}
		n[fate]++
	}
	return n
}

func TestLimits(t *testing.T) {
	in := t.TempDir()
	writeFile(t, filepath.Join(in, "a", "1.jsonl"), lines(0, 900))
	writeFile(t, filepath.Join(in, "a", "2.jsonl"), lines(900, 900))
	writeFile(t, filepath.Join(in, "a", "3.jsonl"), lines(1800, 10))
	writeFile(t, filepath.Join(in, "b", "1.jsonl"), lines(0, 50)+lines(1000, 1000))
	for _, c := range []struct {
		name, a, b string
		want       map[string]int
	}{
		{"none", "limits: {}", "limits: {}", map[string]int{"a": 1810, "b": 190, "b exact/duplicate": 860}},
		{"files", "limits: {files: 1}", "limits: {}", map[string]int{"a": 900, "b": 1000, "b exact/duplicate": 50}},
		{"bytes", fmt.Sprintf("limits: {bytes: %d}", len(lines(0, 1800))), "limits: {}", map[string]int{"a": 1800, "b": 200, "b exact/duplicate": 850}},
		// What a limit drops makes nothing else a duplicate.
		{"records", "limits: {records: 1000}", "limits: {records: 60}", map[string]int{
			"a": 1000, "a limit/records": 810, "b": 10, "b exact/duplicate": 50, "b limit/records": 990}},
		{"records of one source", "limits: {records: 30}", "limits: {}", map[string]int{
			"a": 30, "a limit/records": 1780, "b": 1020, "b exact/duplicate": 30}},
		{"more records than there are", "limits: {records: 5000}", "limits: {}", map[string]int{"a": 1810, "b": 190, "b exact/duplicate": 860}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			text := sourcesConfig(in, c.a, c.b) + "dedup: {methods: [exact]}\n"
			if err := buildText(t, dir, text); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, fates(t, dir)); diff != "" {
				t.Error(diff)
			}
			wantVerified(t, dir)
		})
	}
	t.Run("left out", func(t *testing.T) {
		dir := t.TempDir()
		if err := buildText(t, dir, sourcesConfig(in, "limits: {files: 1}", "limits: {bytes: 1000000}")); err != nil {
			t.Fatal(err)
		}
		m, err := manifest.Read(dir)
		if err != nil || len(m.LeftOut) != 1 || m.LeftOut[0].Source != "a" || m.LeftOut[0].Files != 2 {
			t.Errorf("left out: %+v, %v", m.LeftOut, err)
		}
		sheet, err := os.ReadFile(filepath.Join(dir, "datasheet", "datasheet.md"))
		if err != nil || !strings.Contains(string(sheet), "Left out of source a by the limits of the config: its last 2 files") {
			t.Errorf("the datasheet does not say what was left out: %v", err)
		}
	})
	t.Run("nothing is left", func(t *testing.T) {
		wantError(t, buildText(t, t.TempDir(), sourcesConfig(in, "limits: {bytes: 9}", "limits: {}")), "source a", "none of 3 files")
	})
}

// A sample takes the same records whatever the parts and the units, and another one with another seed.
func TestSample(t *testing.T) {
	in := t.TempDir()
	writeFile(t, filepath.Join(in, "a", "1.jsonl"), lines(0, 3000))
	writeFile(t, filepath.Join(in, "b", "1.jsonl"), lines(5000, 100))
	kept := func(more string) (ids string) {
		dir := t.TempDir()
		if err := buildText(t, dir, sourcesConfig(in, "limits: {sample: 0.25}", "limits: {}")+more); err != nil {
			t.Fatal(err)
		}
		wantVerified(t, dir)
		rows, _ := ledgerRows(t, dir)
		n := 0
		for _, r := range rows {
			switch {
			case r.Kept && r.Source == "a":
				n++
				ids += r.ID + "\n"
			case r.Kept != (r.Source == "b") || !r.Kept && r.Rule != "sample":
				t.Fatalf("row %+v", r)
			}
		}
		if n < 650 || n > 850 {
			t.Errorf("%d of 3000 were kept", n)
		}
		return ids
	}
	first := kept("workers: 1\n")
	if again := kept("workers: 4\ndedup: {methods: []}\n"); again != first {
		t.Error("another sample with other workers")
	}
	if other := kept("seed: 2\n"); other == first {
		t.Error("the same sample with another seed")
	}
}

func TestLanguageHint(t *testing.T) {
	in, dir := t.TempDir(), t.TempDir()
	writeFile(t, filepath.Join(in, "a", "1.jsonl"), lines(0, 3))
	writeFile(t, filepath.Join(in, "b", "1.jsonl"), lines(5000, 3))
	if err := buildText(t, dir, sourcesConfig(in, "language: de-AT", "limits: {}")); err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Read(dir)
	if err != nil || m.Sources[0].Language != "de-AT" {
		t.Errorf("manifest: %+v, %v", m.Sources, err)
	}
	for unit, want := range []string{"de-AT", ""} {
		for doc, err := range documents.Read(filepath.Join(dir, documents.Path(unit))) {
			if err != nil || doc.Declared != want {
				t.Errorf("unit %d: declared language %q, %v", unit, doc.Declared, err)
			}
		}
	}
	if problems, err := audit.Verify(t.Context(), dir, audit.VerifyOptions{Inputs: true}); err != nil || len(problems) > 0 {
		t.Errorf("verify: %v, %v", problems, err)
	}
}
