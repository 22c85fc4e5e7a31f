package build

import (
	"context"
	"mime"
	"strings"

	"corpus"
	"corpus/dedup"
	"corpus/internal/documents"
	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/internal/spill"
	"corpus/internal/table"
)

// curateSink writes one unit's curated documents, ledger and mapped pairs.
type curateSink struct {
	b         *build
	unit      PlannedUnit
	in        *input
	exchanges []corpus.Exchange

	docs    *table.Writer[documents.Row]
	ledger  *table.Writer[manifest.Row]
	sorters []*spill.Sorter
	records int64
	kept    int
}

func (b *build) newCurateSink(u PlannedUnit, in *input, exchanges []corpus.Exchange) (*curateSink, error) {
	s := &curateSink{b: b, unit: u, in: in, exchanges: exchanges}
	var err error
	if s.docs, err = table.Create[documents.Row](b.path(curatedPath(u.index))); err != nil {
		return nil, err
	}
	if s.ledger, err = table.Create[manifest.Row](b.path(curatedLedgerPath(u.index))); err != nil {
		s.docs.Abort()
		return nil, err
	}
	for _, ex := range exchanges {
		s.sorters = append(s.sorters, b.newSorterOf(mappedPath(u.index, ex.Name()), b.unitsAtOnce()*len(exchanges)))
	}
	return s, nil
}

func (s *curateSink) Write(_ context.Context, out engine.Output) error {
	refs := make([]corpus.Ref, len(out.Batch.Documents))
	for i, d := range out.Batch.Documents {
		row := ledgerRow(s.unit.index, s.records, d, out.Sizes[i])
		s.records++
		if d.Reason == nil {
			refs[i] = corpus.MakeRef(s.unit.index, s.kept)
			row.Index = int64(s.kept)
			s.kept++
			if err := s.docs.Write(documents.FromDocument(refs[i], d)); err != nil {
				return err
			}
		}
		if err := s.ledger.Write(row); err != nil {
			return err
		}
	}
	for e, pairs := range out.Pairs {
		for _, p := range pairs {
			if err := engine.AddMapped(s.sorters[e], refs[p.Document], p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *curateSink) Commit(ctx context.Context, counts []engine.Counts) error {
	if err := s.docs.Commit(); err != nil {
		return err
	}
	if err := s.ledger.Commit(); err != nil {
		return err
	}
	outputs := []string{curatedPath(s.unit.index), curatedLedgerPath(s.unit.index)}
	for e, sorter := range s.sorters {
		if _, err := sorter.Close(ctx); err != nil {
			return err
		}
		outputs = append(outputs, mappedPath(s.unit.index, s.exchanges[e].Name()))
	}
	r := record{
		phase: "curate", unit: s.unit.index, name: s.unit.Name(),
		inputs: s.in.files, outputs: outputs, stages: counts,
	}
	if s.in.seam != nil {
		r.result = PartResult{*s.in.seam}
	}
	return s.b.commit(r)
}

func (s *curateSink) Abort() {
	s.docs.Abort()
	s.ledger.Abort()
	for _, sorter := range s.sorters {
		sorter.Abort()
	}
}

// ledgerRow makes the row of a document as curate leaves it.
func ledgerRow(unit int, record int64, d *corpus.Document, size engine.Sizes) manifest.Row {
	row := manifest.Row{
		Unit: int32(unit), Record: record, Index: -1,
		ID: d.ID, Source: d.Source, File: d.Origin.File, Offset: d.Origin.Offset, Length: d.Origin.Length,
		Codec: d.Origin.Codec, Digest: d.Origin.Digest, Type: d.Type, URL: d.URL, Domain: dedup.Domain(d.URL), Date: d.Date,
		MediaType: mediaType(d.ContentType), Bytes: size.Read, Kept: d.Reason == nil, LastBytes: size.Last,
		Language: d.Language, LanguageScore: d.LanguageScore, Signals: table.SortedSignals(d.Signals),
		Rights: table.Evidences(d.Rights),
	}
	if d.Reason != nil {
		row.Stage, row.Rule, row.Value = d.Reason.Stage, d.Reason.Rule, d.Reason.Value
	}
	return row
}

// mediaType is a content type without its parameters, in lower case.
func mediaType(contentType string) string {
	if t, _, err := mime.ParseMediaType(contentType); err == nil {
		return t
	}
	t, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(t))
}
