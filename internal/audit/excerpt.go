package audit

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"corpus"
	"corpus/internal/build"
	"corpus/internal/config"
	"corpus/internal/documents"
	"corpus/internal/manifest"
)

// excerpter makes excerpts: from the documents table for kept records, from the input for dropped ones.
type excerpter struct {
	dir    string
	bytes  int // of an excerpt
	inputs *inputFiles
	stages []corpus.Stage // clean, and pii where the build has it
	onward bool           // a document that a stage rejects goes on to the next, so that what masks personal data comes to each
}

// stagePII is the filter that masks personal data.
const stagePII = "pii"

func newExcerpter(dir string, opts InspectOptions) (*excerpter, error) {
	c, err := buildConfig(dir)
	if err != nil {
		return nil, err
	}
	var masks []config.Filter
	for _, f := range c.Filters {
		if f.Name == stagePII {
			masks = append(masks, f)
		}
	}
	c.Filters = masks
	stages, err := build.Stages(c)
	return &excerpter{dir: dir, bytes: opts.Excerpt, inputs: newInputFiles(c, opts.Root), stages: stages, onward: true}, err
}

// fill gives every sample its excerpt, or a note why there is none. The error is the context's.
func (x *excerpter) fill(ctx context.Context, groups []Group) error {
	kept := map[int32][]*Sample{} // by unit: each table is read once
	for _, g := range groups {
		for i := range g.Samples {
			s := &g.Samples[i]
			if s.Row.Kept {
				kept[s.Row.Unit] = append(kept[s.Row.Unit], s)
				continue
			}
			s.Excerpt, s.Note = x.dropped(ctx, s)
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	for unit, samples := range kept {
		x.fillKept(ctx, int(unit), samples)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// fillKept reads the table of a unit, sorted by index, as far as the last of the samples.
func (x *excerpter) fillKept(ctx context.Context, unit int, samples []*Sample) {
	slices.SortFunc(samples, func(a, b *Sample) int { return cmp.Compare(a.Row.Index, b.Row.Index) })
	note := "not in " + documents.Path(unit)
	for row, err := range rows[documents.Row](ctx, filepath.Join(x.dir, filepath.FromSlash(documents.Path(unit)))) {
		if err != nil {
			note = err.Error()
			break
		}
		for len(samples) > 0 && samples[0].Row.Index < row.Index {
			samples[0].Note = note
			samples = samples[1:]
		}
		if len(samples) > 0 && samples[0].Row.Index == row.Index {
			samples[0].Excerpt = cut(row.Text, x.bytes)
			samples = samples[1:]
		}
		if len(samples) == 0 {
			return
		}
	}
	for _, s := range samples {
		s.Note = note
	}
}

// dropped reads a record again and makes text of it as the build does, personal data masked. A text that the filter pii rejects is not shown: the filter
// leaves it as it is.
func (x *excerpter) dropped(ctx context.Context, s *Sample) (excerpt, note string) {
	doc, note := x.again(ctx, s.Row)
	if note != "" {
		return "", note
	}
	if doc.Reason != nil && doc.Reason.Stage == stagePII {
		return "", "not shown: it holds personal data for which the build drops a document (" + doc.Reason.Rule + ")"
	}
	if excerpt = cut(doc.Text, x.bytes); excerpt == "" {
		return "", "no text"
	}
	return excerpt, ""
}

// again reads a record again and takes it through the stages, or says why it cannot.
func (x *excerpter) again(ctx context.Context, row manifest.Row) (doc *corpus.Document, note string) {
	if row.Digest == "" {
		return nil, "no content"
	}
	origin := corpus.Origin{File: row.File, Offset: row.Offset, Length: row.Length, Codec: row.Codec, Digest: row.Digest}
	doc, err := x.inputs.read(ctx, origin, row.Source)
	if err != nil {
		return nil, err.Error()
	}
	batch := &corpus.Batch{Documents: []*corpus.Document{doc}}
	for _, stage := range x.stages {
		if x.onward {
			doc.Reason = nil
		}
		if err := stage.Process(ctx, batch); err != nil {
			return nil, err.Error()
		}
	}
	return doc, ""
}

// cut shortens text to at most n bytes, on a character's border.
func cut(text string, n int) string {
	text = strings.TrimSpace(text)
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "…"
}
