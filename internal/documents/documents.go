// Package documents is the table of curated documents: documents/*.parquet, one
// file per unit of work, rows in the order of the input. docs/format/documents.md.
package documents

import (
	"context"
	"fmt"
	"iter"
	"path/filepath"

	"corpus"
	"corpus/internal/table"
)

// Row is one kept document.
type Row struct {
	Unit          int32          `parquet:"unit"`  // index of the unit in the build
	Index         int64          `parquet:"index"` // index among the documents that curate kept from the file
	ID            string         `parquet:"id"`
	URL           string         `parquet:"url"`
	Source        string         `parquet:"source,dict"`
	Date          string         `parquet:"date"`
	Text          string         `parquet:"text"`
	Language      string         `parquet:"language,dict"`
	LanguageScore float64        `parquet:"language_score"`
	File          string         `parquet:"file,dict"`
	Offset        int64          `parquet:"offset"`
	Length        int64          `parquet:"length"`
	Codec         string         `parquet:"codec,dict"`
	Digest        string         `parquet:"digest"`
	Type          string         `parquet:"type,dict"`
	ContentType   string         `parquet:"content_type,dict"`
	Metadata      string         `parquet:"metadata"` // raw JSON; "" when none
	Title         string         `parquet:"title"`
	Author        string         `parquet:"author"`
	Published     string         `parquet:"published"`
	Declared      string         `parquet:"declared_language,dict"`
	License       string         `parquet:"license,dict"`
	Canonical     string         `parquet:"canonical"`
	Signals       []table.Signal `parquet:"signals,list"`
	// Rights are what the record says about its use, Edits what stages took out of the text or replaced in it.
	Rights []table.Evidence `parquet:"rights,list"`
	Edits  []table.Edit     `parquet:"edits,list"`
}

// Path is the table's file for a unit, relative to the output folder.
func Path(unit int) string { return fmt.Sprintf("documents/%05d.parquet", unit) }

// FromDocument makes the row of a document.
func FromDocument(ref corpus.Ref, d *corpus.Document) Row {
	return Row{
		Unit: int32(ref.Unit()), Index: int64(ref.Index()),
		ID: d.ID, URL: d.URL, Source: d.Source, Date: d.Date, Text: d.Text,
		Language: d.Language, LanguageScore: d.LanguageScore,
		File: d.Origin.File, Offset: d.Origin.Offset, Length: d.Origin.Length, Codec: d.Origin.Codec, Digest: d.Origin.Digest,
		Type: d.Type, ContentType: d.ContentType, Metadata: string(d.Metadata),
		Title: d.Declared.Title, Author: d.Declared.Author, Published: d.Declared.Published,
		Declared: d.Declared.Language, License: d.Declared.License, Canonical: d.Declared.Canonical,
		Signals: table.SortedSignals(d.Signals), Rights: table.Evidences(d.Rights), Edits: table.Edits(d.Edits),
	}
}

// Size is what bounds a row group: table.Sized.
func (r Row) Size() int {
	n := len(r.Text) + len(r.Metadata) + len(r.URL) + len(r.ID) + len(r.Title) + len(r.Author) + len(r.License) + len(r.Canonical)
	for _, e := range r.Rights {
		n += len(e.Value)
	}
	return n + 16*len(r.Edits)
}

// Ref is the document's place in the build.
func (r Row) Ref() corpus.Ref { return corpus.MakeRef(int(r.Unit), int(r.Index)) }

// Origin is where the document's record lies.
func (r Row) Origin() corpus.Origin {
	return corpus.Origin{File: r.File, Offset: r.Offset, Length: r.Length, Codec: r.Codec, Digest: r.Digest}
}

// Document turns the row back into a document.
func (r Row) Document() *corpus.Document {
	d := &corpus.Document{
		ID: r.ID, URL: r.URL, Source: r.Source, Date: r.Date, Text: r.Text,
		Language: r.Language, LanguageScore: r.LanguageScore, Origin: r.Origin(), Type: r.Type, ContentType: r.ContentType,
		Ref: r.Ref(),
		Declared: corpus.Declared{
			Title: r.Title, Author: r.Author, Published: r.Published, Language: r.Declared, License: r.License, Canonical: r.Canonical,
		},
	}
	if r.Metadata != "" {
		d.Metadata = []byte(r.Metadata)
	}
	for _, s := range r.Signals {
		d.SetSignal(s.Name, s.Value)
	}
	for _, e := range r.Rights {
		d.Rights = append(d.Rights, corpus.Evidence(e))
	}
	for _, e := range r.Edits {
		d.Edits = append(d.Edits, corpus.Edit(e))
	}
	return d
}

// Read yields the rows of a file in order.
func Read(path string) iter.Seq2[Row, error] { return table.Read[Row](path) }

// Source reads one file of the table as a corpus.Source.
type Source struct{ Dir, Path string }

// Documents yields the table's documents in order, with their Ref.
func (s Source) Documents(ctx context.Context) iter.Seq2[*corpus.Document, error] {
	return func(yield func(*corpus.Document, error) bool) {
		for row, err := range Read(filepath.Join(s.Dir, filepath.FromSlash(s.Path))) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(row.Document(), nil) {
				return
			}
		}
	}
}
