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
	"corpus/internal/table"

	"github.com/cespare/xxhash/v2"
)

// InspectOptions choose what is sampled.
type InspectOptions struct {
	// Stage and Rule narrow the dropped documents; "" means all. Stage "kept" means kept documents only.
	Stage, Rule string
	// Samples per stage and rule.
	Samples int
	Seed    uint64
	// Root is where relative input paths are looked for.
	Root string
	// Excerpt is the number of bytes of text to show; 0 shows none and reads no input.
	Excerpt int
}

// Group is the sample of one rule.
type Group struct {
	Stage, Rule string // "kept", "" for kept documents
	Documents   int64  // how many there are
	Samples     []Sample
}

// Sample is one record with the beginning of its text.
type Sample struct {
	Row     manifest.Row
	Excerpt string // with personal data masked where the build masks it
	Note    string // why there is no excerpt
	rank    uint64
}

// Inspect samples the ledger, the same documents for the same seed.
func Inspect(ctx context.Context, dir string, opts InspectOptions) ([]Group, error) {
	m, err := manifest.Read(dir)
	if err != nil {
		return nil, err
	}
	if err := knownStage(opts.Stage, m); err != nil {
		return nil, err
	}
	groups := map[string]*Group{}
	for unit := range m.Inputs {
		path := filepath.Join(dir, filepath.FromSlash(manifest.LedgerPath(unit)))
		for row, err := range table.Read[manifest.Row](path) {
			if err != nil {
				return nil, err
			}
			if row.Kept {
				row.Stage = "kept"
			}
			if (opts.Stage == "" || opts.Stage == row.Stage) && (opts.Rule == "" || opts.Rule == row.Rule) {
				sample(groups, row, opts)
			}
		}
	}
	list := ordered(groups, m)
	if opts.Excerpt > 0 {
		x, err := newExcerpter(dir, opts)
		if err != nil {
			return nil, err
		}
		for _, g := range list {
			for i := range g.Samples {
				x.fill(ctx, &g.Samples[i])
			}
		}
	}
	return list, ctx.Err()
}

// knownStage refuses a stage that the build does not have.
func knownStage(stage string, m *manifest.Manifest) error {
	var names []string
	for _, s := range m.Stages {
		names = append(names, s.Stage)
	}
	names = append(names, "kept")
	if stage != "" && !slices.Contains(names, stage) {
		return corpus.BadOption("stage", "the build has no stage %q; there are %s", stage, strings.Join(names, ", "))
	}
	return nil
}

// sample keeps the rows with the smallest hash of seed and place: a fair sample that does not depend on order.
func sample(groups map[string]*Group, row manifest.Row, opts InspectOptions) {
	key := row.Stage + "/" + row.Rule
	g := groups[key]
	if g == nil {
		g = &Group{Stage: row.Stage, Rule: row.Rule}
		groups[key] = g
	}
	g.Documents++
	h := xxhash.NewWithSeed(opts.Seed)
	_, _ = h.WriteString(row.ID)
	s := Sample{Row: row, rank: h.Sum64()}
	at, _ := slices.BinarySearchFunc(g.Samples, s, func(a, b Sample) int { return cmp.Compare(a.rank, b.rank) })
	if at < opts.Samples {
		g.Samples = slices.Insert(g.Samples, at, s)
		g.Samples = g.Samples[:min(len(g.Samples), opts.Samples)]
	}
}

// ordered sorts groups as the pipeline does: by stage, then rule; kept last.
func ordered(groups map[string]*Group, m *manifest.Manifest) []Group {
	place := map[string]int{"kept": len(m.Stages)}
	for i, s := range m.Stages {
		place[s.Stage] = i
	}
	var list []Group
	for _, g := range groups {
		list = append(list, *g)
	}
	slices.SortFunc(list, func(a, b Group) int {
		return cmp.Or(cmp.Compare(place[a.Stage], place[b.Stage]), cmp.Compare(a.Rule, b.Rule))
	})
	return list
}

// excerpter makes excerpts: from the documents table for kept records, from the input for dropped ones.
type excerpter struct {
	dir    string
	opts   InspectOptions
	stages []corpus.Stage // clean, and pii where the build has it
}

func newExcerpter(dir string, opts InspectOptions) (*excerpter, error) {
	c, err := buildConfig(dir)
	if err != nil {
		return nil, err
	}
	var masks []config.Filter
	for _, f := range c.Filters {
		if f.Name == "pii" {
			masks = append(masks, f)
		}
	}
	c.Filters = masks
	stages, err := build.Stages(c)
	return &excerpter{dir: dir, opts: opts, stages: stages}, err
}

func (x *excerpter) fill(ctx context.Context, s *Sample) {
	if s.Row.Kept {
		doc, err := findDocument(x.dir, corpus.MakeRef(int(s.Row.Unit), int(s.Row.Index)))
		if err != nil {
			s.Note = err.Error()
			return
		}
		s.Excerpt = cut(doc.Text, x.opts.Excerpt)
		return
	}
	if s.Row.Digest == "" {
		s.Note = "no content"
		return
	}
	origin := documents.Row{
		File: s.Row.File, Offset: s.Row.Offset, Length: s.Row.Length, Codec: s.Row.Codec, Digest: s.Row.Digest,
	}.Origin()
	doc, err := Reread(ctx, x.dir, origin, s.Row.Source, x.opts.Root)
	if err != nil {
		s.Note = err.Error()
		return
	}
	batch := &corpus.Batch{Documents: []*corpus.Document{doc}}
	for _, stage := range x.stages {
		if err := stage.Process(ctx, batch); err != nil {
			s.Note = err.Error()
			return
		}
	}
	s.Excerpt = cut(doc.Text, x.opts.Excerpt)
	if s.Excerpt == "" {
		s.Note = "no text"
	}
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
