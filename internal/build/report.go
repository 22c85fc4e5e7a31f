package build

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/internal/report"
)

// report assembles the manifest from the commit records, writes the datasheet from manifest and ledger, and seals the
// manifest: corpus.json is the last file of a build.
func (b *build) report(ctx context.Context) (*manifest.Manifest, error) {
	m, err := b.assemble()
	if err != nil {
		return nil, err
	}
	if err := report.Write(ctx, b.Dir, b.path(report.Folder), m, b.memoryBudget()); err != nil {
		return nil, err
	}
	if m.Outputs, err = b.outputs(); err != nil {
		return nil, err
	}
	data, err := m.Seal()
	if err != nil {
		return nil, err
	}
	return m, manifest.WriteFile(b.Dir, manifest.Name, data)
}

// assemble builds the manifest from config and commit records, without outputs.
func (b *build) assemble() (*manifest.Manifest, error) {
	m := &manifest.Manifest{
		Format: manifest.ManifestFormat, Tool: b.plan.Tool, Declared: b.Config.Corpus.Declared(),
		Config: b.plan.Config, ConfigFiles: b.plan.Files, Models: b.plan.Models, Seed: b.Config.Seed, LeftOut: b.plan.LeftOut, Earlier: b.plan.Earlier, Outputs: []manifest.File{},
	}
	for _, s := range b.Config.Sources {
		m.Sources = append(m.Sources, manifest.Source{Name: s.Name, License: s.License, Description: s.Description, Crawler: s.Crawler, Language: s.Language})
	}
	if err := b.addUnits(m); err != nil {
		return nil, err
	}
	if err := engine.CheckChain(m.Stages); err != nil {
		return nil, err
	}
	return m, b.addResults(m)
}

// addUnits sums the accounts of curate and dedup over all units.
func (b *build) addUnits(m *manifest.Manifest) error {
	var curated, deduped []engine.Counts
	for _, u := range b.plan.Units {
		c, err := manifest.ReadCommit(b.Dir, "curate", u.index)
		if err != nil {
			return err
		}
		d, err := b.mustCommit("dedup", u.index)
		if err != nil {
			return err
		}
		if c == nil || len(c.Inputs) != len(u.Pieces) {
			return fmt.Errorf("%s is missing or has other inputs than the plan", manifest.CommitPath("curate", u.index))
		}
		for _, in := range c.Inputs {
			m.Inputs = append(m.Inputs, manifest.Input{File: in, Source: u.Source, Unit: u.index})
		}
		curated, deduped = SumStages(curated, c.Stages), SumStages(deduped, d.Stages)
	}
	m.Stages = append(curated, deduped...)
	return nil
}

// SumStages adds a unit's accounts to the sums; nil sums start anew.
func SumStages(sums, counts []engine.Counts) []engine.Counts {
	if sums == nil {
		for _, c := range counts {
			sums = append(sums, engine.Counts{Stage: c.Stage, Dropped: map[string]engine.Count{}})
		}
	}
	for i, c := range counts {
		sums[i].Add(c)
	}
	return sums
}

// addResults adds what the phases dedup, tokenizer and shard found.
func (b *build) addResults(m *manifest.Manifest) error {
	for _, part := range []struct {
		phase string
		into  any
	}{{"tokenizer", &m.Tokenizer}, {"pack", &m.Shards}} {
		c, err := b.mustCommit(part.phase, 0)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(c.Result, part.into); err != nil {
			return fmt.Errorf("%s: %w", manifest.CommitPath(part.phase, 0), err)
		}
	}
	resolved, err := b.mustCommit("resolve", 0)
	if err != nil {
		return err
	}
	var methods []string
	for _, s := range newDedupAccounts(false, b.Config.Dedup.Methods).counts() {
		methods = append(methods, s.Stage)
	}
	if m.Dedup, err = DedupFacts(resolved, methods); err != nil {
		return err
	}
	if err := b.addEncoded(m); err != nil {
		return err
	}
	return checkShards(m)
}

// outputs digests every file of the folder but the manifest and intermediates.
func (b *build) outputs() ([]manifest.File, error) {
	paths, err := ListOutputs(b.Dir)
	if err != nil {
		return nil, err
	}
	files := []manifest.File{}
	for _, path := range paths {
		f, err := manifest.DigestFile(b.Dir, path)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// ListOutputs lists the files of an output folder but corpus.json and work/, sorted, with slashes.
func ListOutputs(dir string) ([]string, error) {
	var paths []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() && rel == workDir {
			return fs.SkipDir
		}
		if d.IsDir() || rel == manifest.Name || strings.HasSuffix(rel, ".tmp") {
			return nil
		}
		paths = append(paths, rel)
		return nil
	})
	sort.Strings(paths)
	return paths, err
}

// RewriteDatasheet rebuilds the datasheet from the manifest and the ledger alone, in the folder to, or in its
// place when to is "". In its place only the version that built the folder may write: another one's page could
// differ from the one that the manifest has the digest of.
func RewriteDatasheet(ctx context.Context, dir, to string) error {
	m, err := manifest.Read(dir)
	if err != nil {
		return err
	}
	if to == "" {
		if m.Tool != thisTool() {
			return fmt.Errorf("%s was built by version %s (%s) and is sealed: give another folder with -o", dir, m.Tool.Version, m.Tool.Go)
		}
		to = filepath.Join(dir, report.Folder)
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	return report.Write(ctx, dir, to, m, machineMemory()/8)
}
