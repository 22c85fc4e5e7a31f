package build_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"

	"corpus/internal/build"
	"corpus/internal/config"
	"corpus/internal/fixture"
	"corpus/internal/manifest"
	"corpus/internal/table"
)

// fate is what a build made of a record.
func fate(row manifest.Row) fixture.Outcome {
	switch {
	case row.Kept:
		return fixture.Kept
	case row.Stage == "ingest":
		return fixture.Ingest
	case row.DuplicateOf != "":
		return fixture.Dedup
	}
	return fixture.Filter
}

// The bundled crawl knows the kind of its every record: the quickstart must make of each what its kind deserves.
func TestQuickstartTreatsEveryKindAsItDeserves(t *testing.T) {
	if testing.Short() {
		t.Skip("loads language models")
	}
	t.Chdir("../..")
	c, err := config.Load("configs/quickstart.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "out")
	m, err := build.Run(t.Context(), build.Options{Config: c, Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	crawl, err := fixture.Generate(fixture.Seed)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]manifest.Row{}
	place := func(file string, offset int64) string { return fmt.Sprintf("%s@%d", filepath.Base(file), offset) }
	for unit := range m.Units() {
		for row, err := range table.Read[manifest.Row](filepath.Join(dir, manifest.LedgerPath(unit))) {
			if err != nil {
				t.Fatal(err)
			}
			rows[place(row.File, row.Offset)] = row
		}
	}
	fates := map[fixture.Kind]map[fixture.Outcome]int{}
	for _, r := range crawl.Records {
		row, ok := rows[place(r.File, r.Offset)]
		if !ok {
			t.Errorf("%s record of %s at %d has no row in the ledger", r.Kind, r.File, r.Offset)
			continue
		}
		if fates[r.Kind] == nil {
			fates[r.Kind] = map[fixture.Outcome]int{}
		}
		fates[r.Kind][fate(row)]++
		if r.Kind == fixture.PersonalData && row.Kept {
			checkPersonalData(t, r, row)
		}
	}
	for _, want := range fixture.Manifest() {
		got := fates[want.Kind]
		switch want.Outcome {
		case fixture.Either:
		case fixture.Kept: // an article may give way to a copy of it that comes earlier
			if got[fixture.Kept]+got[fixture.Dedup] != want.Records || got[fixture.Kept]*10 < want.Records*9 {
				t.Errorf("%s: %d records, want them kept: %v", want.Kind, want.Records, got)
			}
		case fixture.Dedup: // or the copy comes first and stays
			if got[fixture.Kept]+got[fixture.Dedup] != want.Records || got[fixture.Dedup]*2 < want.Records {
				t.Errorf("%s: %d records, want them dropped as duplicates: %v", want.Kind, want.Records, got)
			}
		default:
			if got[want.Outcome] != want.Records {
				t.Errorf("%s: %d records, want %s: %v", want.Kind, want.Records, want.Outcome, got)
			}
		}
	}
}

func checkPersonalData(t *testing.T, r fixture.Record, row manifest.Row) {
	t.Helper()
	got := map[string]int{}
	for _, s := range row.Signals {
		got[s.Name] = int(s.Value)
	}
	for _, kind := range []string{"email", "phone", "ip", "card", "iban"} {
		if got["pii_"+kind] != r.PII[kind] {
			t.Errorf("%s: %d found of type %s, the page has %d", r.URL, got["pii_"+kind], kind, r.PII[kind])
		}
	}
}
