package report

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/internal/table"
)

const benchRows = 200_000

// benchLedger is a ledger like that of a crawl: 50,000 domains, 5 languages, a third of the rows kept.
func benchLedger(b *testing.B) (dir string, m *manifest.Manifest, size int64) {
	b.Helper()
	dir = b.TempDir()
	rows := make([]manifest.Row, benchRows)
	for i := range rows {
		r := manifest.Row{
			Index: int64(i), ID: fmt.Sprintf("%032x", i*2654435761), Type: "response", Offset: int64(i) * 9000, Length: 9000, Codec: "gzip",
			Digest: fmt.Sprintf("sha256:%064x", i*2654435761), URL: fmt.Sprintf("https://www.d%d.example/page/%d", i%50_000, i),
			Domain: fmt.Sprintf("d%d.example", i%50_000), Date: fmt.Sprintf("20%02d-05-01T00:00:00Z", i%20), MediaType: "text/html",
			Bytes: int64(20_000 + i%1000), Kept: i%3 == 0, Language: []string{"en", "de", "fr", "es", "ja"}[i%5], LanguageScore: 0.99,
			Signals: []table.Signal{{Name: "c4_lines_removed", Value: 3}, {Name: "pii_email", Value: float64(i % 2)}},
		}
		if !r.Kept {
			r.Stage, r.Rule, r.Value = "clean", "empty", "0"
		}
		rows[i] = r
	}
	m = plain(rows, "ingest", "clean")
	writeLedger(b, dir, [][]manifest.Row{rows})
	stat, err := os.Stat(filepath.Join(dir, manifest.LedgerPath(0)))
	if err != nil {
		b.Fatal(err)
	}
	return dir, m, stat.Size()
}

// BenchmarkGather compares gather with a bare read of the same columns, and of all columns: gather is bounded by Parquet.
func BenchmarkGather(b *testing.B) {
	dir, m, size := benchLedger(b)
	ctx := context.Background()
	tests := []struct {
		name string
		run  func() error
	}{
		{"gather", func() error { _, err := gather(ctx, dir, m, mostDomains); return err }},
		{"read", func() error { return eachRow(ctx, dir, 0, 1, func(int, *row) error { return nil }) }},
		{"read all columns", func() error { return eachRow(ctx, dir, 0, 1, func(int, *manifest.Row) error { return nil }) }},
		{"read domains", func() error { return eachRow(ctx, dir, 0, 1, func(int, *domainRow) error { return nil }) }},
	}
	for _, tt := range tests {
		b.Run(tt.name, func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				if err := tt.run(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(benchRows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkRender is everything after gather.
func BenchmarkRender(b *testing.B) {
	f := &Facts{Manifest: &manifest.Manifest{Config: json.RawMessage(`{}`)}, Stages: []StageFact{{Stage: "ingest", In: engine.Count{Documents: 1}}}}
	for i := range maxListed {
		f.Domains.In.Top = append(f.Domains.In.Top, DomainFact{fmt.Sprintf("d%d.example", i), engine.Count{Documents: 1, Bytes: int64(maxListed - i)}})
		f.Broken = append(f.Broken, BrokenFact{File: "crawl/a.warc.gz", Offset: int64(i), Rule: "malformed", Value: "1"})
	}
	f.Damage = []DamageFact{{Rule: "malformed", Records: maxListed}}
	for b.Loop() {
		size := int64(0)
		for _, file := range newSheet(f).files() {
			data, err := file.render()
			if err != nil {
				b.Fatal(err)
			}
			size += int64(len(data))
		}
		b.SetBytes(size)
	}
}
