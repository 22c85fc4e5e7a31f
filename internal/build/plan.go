package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"unicode/utf8"

	"corpus"
	"corpus/ingest"
	"corpus/internal/config"
	"corpus/internal/manifest"
	"corpus/internal/storage"
)

// Version of the program; it is part of every manifest.
const Version = "0.1.0"

// planFormat and planPath name the first file of an output folder.
const (
	planFormat = "corpus-plan/3"
	planPath   = "state/plan.json"
)

// Plan is what a build is going to do, fixed before it starts: state/plan.json.
// Its digest stands in every commit record, so that records of another plan are never taken for this one's.
type Plan struct {
	Format string          `json:"format"`
	Tool   manifest.Tool   `json:"tool"`
	Config json.RawMessage `json:"config"`
	// Files are what the config names beside the inputs: word lists, a tokenizer.
	Files []manifest.File `json:"files"`
	// Models are what the stages judge by.
	Models []manifest.Model `json:"models"`
	// LeftOut are the input files that the limits of their sources leave out.
	LeftOut []manifest.LeftOut `json:"left_out"`
	// Earlier are the builds that this one is deduplicated against, oldest first.
	Earlier []manifest.Earlier `json:"earlier,omitempty"`
	// FirstUnit is the number of the first of Units: that of all units of the earlier builds.
	FirstUnit int           `json:"first_unit,omitempty"`
	Units     []PlannedUnit `json:"units"`

	// Notes are what a person should know before the build starts.
	Notes []string `json:"-"`

	id string // the digest of its bytes
}

// thisTool names this binary: its version, and the revision it was built from where Go recorded that.
func thisTool() manifest.Tool {
	version := Version
	if info, ok := debug.ReadBuildInfo(); ok {
		revision, modified := "", ""
		for _, setting := range info.Settings {
			switch {
			case setting.Key == "vcs.revision":
				revision = "+" + setting.Value[:min(12, len(setting.Value))]
			case setting.Key == "vcs.modified" && setting.Value == "true":
				modified = ".modified"
			}
		}
		version += revision + modified
	}
	return manifest.Tool{Name: "corpus", Version: version, Go: runtime.Version()}
}

// newPlan expands the sources of a config. Stages are those that it configures.
func newPlan(ctx context.Context, c *config.Config, stages []corpus.Stage, dir string) (*Plan, error) {
	resolved, err := c.JSON()
	if err != nil {
		return nil, err
	}
	files, err := configFiles(ctx, c)
	if err != nil {
		return nil, err
	}
	p := &Plan{Format: planFormat, Tool: thisTool(), Config: resolved, Files: files, Models: modelsOf(stages), LeftOut: []manifest.LeftOut{}}
	if err := p.addEarlier(c.Dedup.Against); err != nil {
		return nil, err
	}
	if err := p.expand(ctx, c, dir); err != nil {
		return nil, err
	}
	data, err := manifest.Marshal(p)
	if err != nil {
		return nil, err
	}
	p.id = digestOf(data)
	return p, nil
}

// expand lists the input files of the sources and makes units of them.
func (p *Plan) expand(ctx context.Context, c *config.Config, dir string) error {
	seen := map[string]string{}
	before, err := ReadPlan(dir)
	if err != nil || configChange(before.Config, p.Config) != "" {
		before = nil // there is none, or claim will say what is wrong with it
	}
	for _, s := range c.Sources {
		if !s.CC.IsZero() && before != nil {
			p.repeat(before, s)
			continue
		}
		inputs, err := inputsOf(ctx, s, dir, seen)
		if err != nil {
			return fmt.Errorf("source %s: %w", s.Name, err)
		}
		taken, out := cut(inputs, s.Limits)
		if len(taken) == 0 {
			return fmt.Errorf("source %s: its limits leave none of %d files", s.Name, len(inputs))
		}
		if out.Files > 0 {
			out.Source = s.Name
			p.LeftOut = append(p.LeftOut, out)
		}
		if err := p.addUnits(ctx, s.Name, s.Options, taken, c.SplitBytes); err != nil {
			return fmt.Errorf("source %s: %w", s.Name, err)
		}
	}
	return nil
}

// inputsOf lists a source's files. What the build itself writes is no input, also where a source's folder holds it. Seen
// has the sources of the files so far.
func inputsOf(ctx context.Context, s config.Source, dir string, seen map[string]string) ([]ingest.Input, error) {
	if !s.CC.IsZero() {
		return crawlInputs(ctx, s, seen)
	}
	all, err := ingest.Expand(ctx, s.Paths)
	if err != nil {
		return nil, err
	}
	inputs := all[:0]
	for _, in := range all {
		if ours(in.Path, dir) {
			continue
		}
		if !utf8.ValidString(in.Path) {
			return nil, fmt.Errorf("the name of %q is not UTF-8, which no manifest can hold: rename it", in.Path)
		}
		real := storage.RealPath(in.Path)
		if other, ok := seen[real]; ok {
			return nil, fmt.Errorf("%s is already read by source %s", in.Path, other)
		}
		seen[real] = s.Name
		inputs = append(inputs, in)
	}
	if len(inputs) == 0 {
		return nil, fmt.Errorf("no files in %v", s.Paths)
	}
	return inputs, nil
}

// cut takes files from the front, up to the first that would go over a limit, and counts the rest.
func cut(inputs []ingest.Input, limits config.Limits) (taken []ingest.Input, out manifest.LeftOut) {
	n, bytes := 0, int64(0)
	for n < len(inputs) && (limits.Files == 0 || int64(n) < limits.Files) && (limits.Bytes == 0 || inputs[n].Bytes <= limits.Bytes-bytes) {
		bytes += inputs[n].Bytes
		n++
	}
	for _, in := range inputs[n:] {
		out.Files++
		out.Bytes += in.Bytes
	}
	return inputs[:n], out
}

// ours tells whether a file lies in the output folder or is its timings.
func ours(path, dir string) bool {
	file, errFile := filepath.Abs(path)
	folder, errFolder := filepath.Abs(dir)
	if errFile != nil || errFolder != nil {
		return false
	}
	return strings.HasPrefix(file, folder+string(filepath.Separator)) || file == TimingsPath(dir)
}

// configFiles digests the files that a config names beside the inputs: another content is another build.
func configFiles(ctx context.Context, c *config.Config) ([]manifest.File, error) {
	paths := map[string]bool{}
	for _, f := range c.Filters {
		if named, ok := f.Options.(interface{ FileNames() []string }); ok {
			for _, path := range named.FileNames() {
				paths[path] = true
			}
		}
	}
	tokenizers := map[string]string{"tokenizer": c.Tokenizer.Path}
	if c.Dedup.Has(stageSubstring) {
		tokenizers["dedup.substring.tokenizer"] = c.Dedup.Substring.Tokenizer
	}
	for _, key := range slices.Sorted(maps.Keys(tokenizers)) {
		if tokenizers[key] == "" {
			continue
		}
		entries, err := storage.Glob(ctx, tokenizers[key])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		for _, e := range entries {
			paths[e.Path] = true
		}
	}
	files := []manifest.File{}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		f, err := manifest.DigestFile("", path)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// modelsOf asks the stages what they judge by.
func modelsOf(stages []corpus.Stage) []manifest.Model {
	models := []manifest.Model{}
	for _, s := range stages {
		if judge, ok := s.(interface{ Models() []corpus.Model }); ok {
			for _, m := range judge.Models() {
				models = append(models, manifest.Model{Stage: s.Name(), Model: m})
			}
		}
	}
	return models
}

// digest identifies the plan.
func (p *Plan) digest() string { return p.id }

// digestOf is the digest of a plan's bytes.
func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// claim makes sure that the folder is empty or holds this very plan, and locks it against a second build.
func claim(dir string, p *Plan) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	unlock, err = lock(dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			unlock()
		}
	}()
	old, err := ReadPlan(dir)
	if errors.Is(err, fs.ErrNotExist) {
		fresh, err := begun(dir)
		if err != nil {
			return unlock, err
		}
		if !fresh {
			return unlock, fmt.Errorf("%s is not empty and not the output of a build: choose another folder with -o", dir)
		}
		data, err := manifest.Marshal(p)
		if err != nil {
			return unlock, err
		}
		return unlock, manifest.WriteFile(dir, planPath, data)
	}
	if err != nil {
		return unlock, err
	}
	return unlock, p.sameAs(old, dir)
}

// begun tells an empty folder, or one in which a build was killed before its plan was in place.
func begun(dir string) (fresh bool, err error) {
	unfinished := filepath.Join(dir, filepath.FromSlash(planPath)) + storage.TempSuffix
	fresh = true
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && path != unfinished {
			fresh = false
			return fs.SkipAll
		}
		return err
	})
	return fresh, err
}

// ReadPlan reads the plan of an output folder.
func ReadPlan(dir string) (*Plan, error) {
	path := filepath.Join(dir, filepath.FromSlash(planPath))
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p, err := ParsePlan(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

// ParsePlan reads a plan's bytes; like every record it must be in canonical form.
func ParsePlan(data []byte) (*Plan, error) {
	var p Plan
	if err := json.Unmarshal(data, &p); err != nil {
		return nil, err
	}
	if p.Format != planFormat {
		return nil, fmt.Errorf("format is %q, this binary reads %q", p.Format, planFormat)
	}
	again, err := manifest.Marshal(&p)
	if err != nil {
		return nil, err
	}
	if string(again) != string(data) {
		return nil, errors.New("bytes differ from their canonical form: the file was changed")
	}
	p.id = digestOf(data)
	return &p, nil
}
