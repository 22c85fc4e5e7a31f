// Package report writes the datasheet of a build: HTML that stands alone, Markdown, JSON, its pictures as SVG and CSV tables.
//
// It reads the manifest and the ledger, never documents or inputs, so that a datasheet can
// be rebuilt years later, to the byte. The page follows the questions of Datasheets for Datasets
// (Gebru et al., 2021, Communications of the ACM 64(12)). Every statement is labelled: measured (counted by this program), declared (said
// by whoever wrote the config) or unknown.
//
// Invariants:
//   - A statement is made only where the build gives it: a stage that did not run is an unknown, not a zero.
//   - The ledger and the manifest are compared first; where they disagree, no datasheet is written.
//   - Text from the outside (names, addresses, values) is escaped, and characters that hide or reverse text are shown as escapes.
//   - The page refers to nothing outside itself and holds no script.
//   - Memory is bounded: lists hold maxListed rows, and domains are counted in parts where they are many.
//
// docs/format/datasheet.md describes the files.
package report

import (
	"bytes"
	"context"
	"encoding/csv"

	"corpus/internal/manifest"
)

// Folder is where a build keeps its datasheet, relative to the output folder.
const Folder = "datasheet"

// Write makes index.html, datasheet.md, datasheet.json, funnel.svg and tables/*.csv in the folder to.
// It reads ledger/ in the output folder dir for every input of the manifest. The error says where ledger and manifest
// disagree, or which file cannot be read or written; files written before it stay. Counting domains takes about memory bytes, between 16 and 250 MiB: with
// less the ledger is read more often.
func Write(ctx context.Context, dir, to string, m *manifest.Manifest, memory int64) error {
	f, err := gather(ctx, dir, m, domainsWithin(memory))
	if err != nil {
		return err
	}
	for _, file := range newSheet(f).files() {
		data, err := file.render()
		if err != nil {
			return err
		}
		if err := manifest.WriteFile(to, file.name, data); err != nil {
			return err
		}
	}
	return nil
}

// file is one file of the datasheet.
type file struct {
	name   string
	render func() ([]byte, error)
}

// files lists the files, the page last: who finds it finds what it names.
func (s *Sheet) files() []file {
	var list []file
	for _, section := range s.Sections {
		for _, t := range section.Tables {
			list = append(list, file{t.File(), t.csv})
		}
		for _, x := range section.Figures {
			list = append(list, file{x.File, func() ([]byte, error) { return []byte(x.SVG), nil }})
		}
	}
	return append(list,
		file{"datasheet.json", func() ([]byte, error) { return manifest.Marshal(s.twin()) }},
		file{"datasheet.md", func() ([]byte, error) { return s.markdown(), nil }},
		file{"index.html", s.html},
	)
}

// csv writes all rows of a table, also those that the page leaves out (RFC 4180, but lines end in \n).
func (t Table) csv() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write(t.Columns); err != nil {
		return nil, err
	}
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = v.CSV()
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// twin is the sheet as datasheet.json holds it.
func (s *Sheet) twin() any {
	return struct {
		Format   string    `json:"format"`
		Title    string    `json:"title"`
		Sections []Section `json:"sections"`
		Facts    *Facts    `json:"facts"`
	}{Format, s.Title, s.Sections, s.Facts}
}

// Format is the format of datasheet.json.
const Format = "corpus-datasheet/2"
