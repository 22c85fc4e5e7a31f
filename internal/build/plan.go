package build

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"corpus/ingest"
	"corpus/internal/config"
	"corpus/internal/manifest"
)

// Version of the program; it is part of every manifest.
const Version = "0.1.0"

// planFormat and planPath name the first file of an output folder.
const (
	planFormat = "corpus-plan/1"
	planPath   = "state/plan.json"
)

// Plan is what a build is going to do, fixed before it starts: state/plan.json.
// Its digest stands in every commit record, so that records of another plan are never taken for this one's.
type Plan struct {
	Format string          `json:"format"`
	Tool   manifest.Tool   `json:"tool"`
	Config json.RawMessage `json:"config"`
	Units  []PlannedUnit   `json:"units"`

	id string // digest, computed once
}

// PlannedUnit is one input file.
type PlannedUnit struct {
	Source string `json:"source"`
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`

	index   int
	options ingest.Options
}

func thisTool() manifest.Tool {
	return manifest.Tool{Name: "corpus", Version: Version, Go: runtime.Version()}
}

// newPlan expands the sources of a config.
func newPlan(c *config.Config) (*Plan, error) {
	resolved, err := c.JSON()
	if err != nil {
		return nil, err
	}
	p := &Plan{
		Format: planFormat,
		Tool:   thisTool(),
		Config: resolved,
	}
	seen := map[string]string{}
	for _, s := range c.Sources {
		inputs, err := ingest.Expand(s.Paths)
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", s.Name, err)
		}
		if len(inputs) == 0 {
			return nil, fmt.Errorf("source %s: no files in %v", s.Name, s.Paths)
		}
		for _, in := range inputs {
			if other, ok := seen[in.Path]; ok {
				return nil, fmt.Errorf("source %s: %s is already read by source %s", s.Name, in.Path, other)
			}
			seen[in.Path] = s.Name
			p.Units = append(p.Units, PlannedUnit{
				Source: s.Name, Path: in.Path, Bytes: in.Bytes, index: len(p.Units), options: s.Options,
			})
		}
	}
	p.id = p.computeDigest()
	return p, nil
}

// digest identifies the plan.
func (p *Plan) digest() string {
	if p.id == "" {
		p.id = p.computeDigest()
	}
	return p.id
}

func (p *Plan) computeDigest() string {
	data, err := manifest.Marshal(p)
	if err != nil {
		panic(err) // strings and numbers only
	}
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
		entries, err := os.ReadDir(dir)
		if err != nil {
			return unlock, err
		}
		if !onlyState(entries) {
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

// onlyState tells a folder in which a build was killed before its plan was in place.
func onlyState(entries []os.DirEntry) bool {
	for _, e := range entries {
		if e.Name() != "state" {
			return false
		}
	}
	return true
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
	return &p, nil
}

// sameAs says what differs from the plan that the folder was begun with.
func (p *Plan) sameAs(old *Plan, dir string) error {
	if p.digest() == old.digest() {
		return nil
	}
	var what string
	switch {
	case p.Tool != old.Tool:
		what = fmt.Sprintf("another version (%s, %s; this is %s, %s)", old.Tool.Version, old.Tool.Go, p.Tool.Version, p.Tool.Go)
	default:
		if what = configChange(old.Config, p.Config); what != "" {
			what = "another config (" + what + ")"
		} else {
			what = "other inputs (" + inputChange(old.Units, p.Units) + ")"
		}
	}
	return fmt.Errorf("%s was begun with %s: give that again to go on, choose another folder with -o, or delete this one", dir, what)
}
