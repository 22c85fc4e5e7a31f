package audit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"corpus/internal/build"
	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/internal/report"
)

// Status is where a build stands.
type Status struct {
	Complete bool
	Inputs   int
	Bytes    int64 // of the inputs
	Phases   []PhaseStatus
	// Stages are the accounts over the units that are done so far.
	Stages []engine.Counts
	// Warnings are those of the datasheet of a finished build.
	Warnings []report.Warning
	// Timings are the times of the last run's phases; empty where unknown.
	Timings []build.PhaseTiming
}

// PhaseStatus counts a phase's commit records.
type PhaseStatus struct {
	Name  string
	Done  int
	Total int // 0: not known before the phase starts
}

// ReadStatus reads the commit records of an output folder, finished or not.
func ReadStatus(dir string) (*Status, error) {
	plan, err := build.ReadPlan(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no build here: %w", dir, err)
	}
	if err != nil {
		return nil, err
	}
	s := &Status{}
	s.Inputs, s.Bytes = plan.Inputs()
	if _, err := os.Stat(filepath.Join(dir, manifest.Name)); err == nil {
		m, err := manifest.Read(dir)
		if err != nil {
			return nil, err
		}
		s.Complete, s.Stages = true, m.Stages
		if s.Warnings, err = report.ReadWarnings(dir); err != nil {
			return nil, err
		}
	}
	var total sums
	n := len(plan.Units)
	for _, p := range []PhaseStatus{{"curate", 0, n}, {"dedup", 0, n}, {"tokenizer", 0, 1}, {"encode", 0, n}, {"pack", 0, 1}} {
		for u := range p.Total {
			if p.Total == n && p.Name != "tokenizer" && p.Name != "pack" {
				u += plan.FirstUnit
			}
			c, err := manifest.ReadCommit(dir, p.Name, u)
			if err != nil {
				return nil, err
			}
			if c == nil {
				continue
			}
			p.Done++
			if p.Name == "curate" && !total.add(c.Stages) {
				return nil, fmt.Errorf("%s has other stages than the records before it", manifest.CommitPath(p.Name, u))
			}
		}
		s.Phases = append(s.Phases, p)
	}
	if !s.Complete {
		s.Stages = total
	}
	s.Timings, _ = build.ReadTimings(dir) // they lie beside the folder, and may be gone or of another build
	return s, nil
}
