package audit

import (
	"cmp"
	"context"
	"encoding/binary"
	"path/filepath"
	"slices"
	"strings"

	"corpus"
	"corpus/internal/manifest"

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
	for unit := m.FirstUnit(); unit < m.Units(); unit++ {
		path := filepath.Join(dir, filepath.FromSlash(manifest.LedgerPath(unit)))
		for row, err := range rows[manifest.Row](ctx, path) {
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
		if err := x.fill(ctx, list); err != nil {
			return nil, err
		}
	}
	return list, nil
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

// sample keeps the rows with the smallest hashes of seed, unit and number of the record. Every record has a place of its
// own, also where ids repeat, so that each is as likely to be drawn as any other, whatever was dropped besides it.
func sample(groups map[string]*Group, row manifest.Row, opts InspectOptions) {
	key := row.Stage + "/" + row.Rule
	g := groups[key]
	if g == nil {
		g = &Group{Stage: row.Stage, Rule: row.Rule}
		groups[key] = g
	}
	g.Documents++
	s := Sample{Row: row, rank: rank(opts.Seed, row)}
	at, _ := slices.BinarySearchFunc(g.Samples, s, func(a, b Sample) int { return cmp.Compare(a.rank, b.rank) })
	if at < opts.Samples {
		g.Samples = slices.Insert(g.Samples, at, s)
		g.Samples = g.Samples[:min(len(g.Samples), opts.Samples)]
	}
}

func rank(seed uint64, row manifest.Row) uint64 {
	h := xxhash.NewWithSeed(seed)
	place := binary.LittleEndian.AppendUint64(nil, uint64(row.Unit))
	_, _ = h.Write(binary.LittleEndian.AppendUint64(place, uint64(row.Record))) // never fails
	return h.Sum64()
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
