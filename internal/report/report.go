// Package report writes the datasheet of a build: HTML that stands alone, Markdown, JSON and CSV tables.
//
// It reads the manifest and the ledger, never documents or inputs, so a datasheet can
// be rebuilt years later, to the byte. The page follows the questions of Datasheets for Datasets
// (Gebru et al., 2021). Every statement is labelled: measured (counted by this program), declared (said
// by whoever wrote the config) or unknown.
package report

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"path/filepath"

	"corpus/internal/manifest"
)

// Write makes datasheet/ in an output folder: index.html, datasheet.md, datasheet.json, funnel.svg and tables/*.csv.
func Write(ctx context.Context, dir string, m *manifest.Manifest) error {
	f, err := gather(ctx, dir, m)
	if err != nil {
		return err
	}
	s := newSheet(f)
	files := map[string]func() ([]byte, error){
		"index.html":     s.html,
		"datasheet.md":   func() ([]byte, error) { return s.markdown(), nil },
		"datasheet.json": func() ([]byte, error) { return manifest.Marshal(s.twin()) },
		"funnel.svg":     func() ([]byte, error) { return funnel(f.Stages), nil },
	}
	for _, section := range s.Sections {
		for _, t := range section.Tables {
			files["tables/"+t.Name+".csv"] = t.csv
		}
	}
	for name, render := range files {
		data, err := render()
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Join(dir, "datasheet", filepath.Dir(name)), 0o755); err != nil {
			return err
		}
		if err := manifest.WriteFile(dir, "datasheet/"+name, data); err != nil {
			return err
		}
	}
	return nil
}

// csv writes all rows of a table, also those that the page leaves out.
func (t Table) csv() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write(t.Columns); err != nil {
		return nil, err
	}
	if err := w.WriteAll(t.Rows); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
