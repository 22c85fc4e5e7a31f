package build

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"corpus/ingest"
	"corpus/internal/manifest"
	"corpus/internal/storage"
)

// PartResult is what the commit record of a part of a file says in phase curate.
type PartResult struct {
	Seam ingest.Seam `json:"seam"`
}

// seams compares the parts of each file that are committed. Each part has searched for its first record by itself, and a record inside a
// record's payload, or damage, may have misled it. Misfits are the units that must be read again: their first record is not the one behind the last of
// the part before. Known has the places where they begin, and where parts begin that have no record yet but whose predecessors fit.
//
// The first part begins where the file does. So once all parts fit, their records are those of one reading of
// the whole file: a reading that goes on where the one before ended goes on as that would have.
func (b *build) seams() (known map[int]ingest.Position, misfits []int, err error) {
	known = map[int]ingest.Position{}
	var at ingest.Position
	sure := false
	for _, u := range b.plan.Units {
		part := u.part()
		if part == nil {
			continue
		}
		if part.From == 0 {
			at, sure = ingest.Position{}, true
		}
		if !sure {
			continue
		}
		seam, err := b.seam(u)
		if err != nil {
			return nil, nil, err
		}
		if seam == nil {
			known[u.index] = at
			sure = at.Raw >= part.To // it has no record: the next one goes on from the same place
			continue
		}
		next, fits := seam.Fits(*part, at)
		if !fits {
			known[u.index] = at
			misfits = append(misfits, u.index)
		}
		switch {
		case at.Raw >= part.To:
		case fits, seam.Start == at.Raw: // or only how much is decoded before it was not known
			at = next
		default:
			sure = false
		}
	}
	return known, misfits, nil
}

// seam is what the commit record of a part says, nil where there is none.
func (b *build) seam(u PlannedUnit) (*ingest.Seam, error) {
	c, err := b.committed("curate", u.index)
	if c == nil || err != nil {
		return nil, err
	}
	var result PartResult
	if err := json.Unmarshal(c.Result, &result); err != nil {
		return nil, fmt.Errorf("%s: %w", manifest.CommitPath("curate", u.index), err)
	}
	return &result.Seam, nil
}

// uncommit removes the commit records of units that must be done again, before any of their outputs is written over.
func (b *build) uncommit(phase string, units []int) error {
	for _, u := range units {
		if err := os.Remove(b.path(manifest.CommitPath(phase, u))); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if len(units) == 0 {
		return nil
	}
	return storage.SyncFolder(filepath.Dir(b.path(manifest.CommitPath(phase, 0))))
}
