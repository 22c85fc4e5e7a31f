package build

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"corpus/internal/engine"
	"corpus/internal/manifest"
)

// record is what a unit hands in when it is done.
type record struct {
	phase   string
	unit    int
	name    string
	inputs  []manifest.File
	outputs []string // paths relative to the output folder
	stages  []engine.Counts
	result  any
}

// commit writes the commit record. Outputs under work/ are recorded by size only: they do not outlive the build.
func (b *build) commit(r record) error {
	c := &manifest.Commit{
		Phase: r.phase, Unit: r.unit, Name: r.name, Build: b.plan.digest(),
		Inputs: emptyNotNull(r.inputs), Outputs: []manifest.File{}, Stages: emptyNotNull(r.stages),
	}
	for _, path := range r.outputs {
		file, err := b.outputFile(path)
		if err != nil {
			return err
		}
		c.Outputs = append(c.Outputs, file)
	}
	if r.result != nil {
		data, err := json.Marshal(r.result)
		if err != nil {
			return err
		}
		c.Result = data
	}
	return manifest.WriteCommit(b.Dir, c)
}

func emptyNotNull[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func (b *build) outputFile(path string) (manifest.File, error) {
	if !strings.HasPrefix(path, workDir+"/") {
		return manifest.DigestFile(b.Dir, path)
	}
	info, err := os.Stat(b.path(path))
	if err != nil {
		return manifest.File{}, err
	}
	return manifest.File{Path: path, Bytes: info.Size()}, nil
}

// committed returns the unit's record if it belongs to this plan and its outputs are there in full size.
func (b *build) committed(phase string, unit int) (*manifest.Commit, error) {
	c, err := manifest.ReadCommit(b.Dir, phase, unit)
	if c == nil || err != nil {
		return nil, err
	}
	if c.Build != b.plan.digest() {
		return nil, fmt.Errorf("%s belongs to another build", manifest.CommitPath(phase, unit))
	}
	for _, out := range c.Outputs {
		info, err := os.Stat(b.path(out.Path))
		if err != nil || info.Size() != out.Bytes {
			return nil, nil // taken away since: do it again
		}
	}
	return c, nil
}

// mustCommit is committed for a unit that an earlier phase has finished.
func (b *build) mustCommit(phase string, unit int) (*manifest.Commit, error) {
	c, err := b.committed(phase, unit)
	if c == nil && err == nil {
		err = fmt.Errorf("%s is missing or its outputs are", manifest.CommitPath(phase, unit))
	}
	return c, err
}

// pending lists the units of a phase that have no valid record.
func (b *build) pending(phase string, units int) ([]int, error) {
	numbers := make([]int, units)
	for i := range numbers {
		numbers[i] = i
	}
	return b.pendingAmong(phase, numbers)
}

// pendingAmong is pending for units of these numbers.
func (b *build) pendingAmong(phase string, numbers []int) ([]int, error) {
	var todo []int
	for _, u := range numbers {
		c, err := b.committed(phase, u)
		if err != nil {
			return nil, err
		}
		if c == nil {
			todo = append(todo, u)
		}
	}
	return todo, nil
}
