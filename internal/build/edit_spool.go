package build

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"corpus/dedup"
	"corpus/internal/manifest"
	"corpus/internal/spill"
)

// The texts that repeated passages are looked for in are spooled first, as they are, since a search larger than memory reads them at random:
// docs/format/work.md. All units share one file, in which each has as many bytes as curate kept of it; what the methods before drop of
// these is a hole that takes no disk on most file systems.

const (
	spoolDir   = workDir + "/dedup/texts"
	spoolPath  = spoolDir + "/texts"
	spoolPhase = "spool"
)

// spooledPath is the run that says where the texts of a unit are.
func spooledPath(unit int) string { return fmt.Sprintf("%s/%05d.run", spoolDir, unit) }

// spooled is the result of a unit of the phase spool.
type spooled struct {
	Documents int64 `json:"documents"`
	Bytes     int64 `json:"bytes"`
}

// spool writes the texts of all units as they come to a method.
func (b *build) spool(ctx context.Context, method string) error {
	rooms, size, err := b.spoolRooms()
	if err != nil {
		return err
	}
	file, err := b.openSpool(size)
	if err != nil {
		return err
	}
	defer file.Close() // each unit has synced what it wrote
	todo, err := b.pendingUnits(spoolPhase)
	if err != nil || len(todo) == 0 {
		return err
	}
	priority, err := b.Config.Priority()
	if err != nil {
		return err
	}
	f, err := b.openFates(method)
	if err != nil {
		return err
	}
	defer f.close()
	return b.eachUnit(ctx, b.Workers, todo, func(ctx context.Context, unit int) error {
		return b.spoolUnit(ctx, unit, f, file, rooms[unit], priority)
	})
}

// room is where a unit's texts go.
type room struct{ from, to int64 }

// spoolRooms shares the file out.
func (b *build) spoolRooms() (rooms map[int]room, size int64, err error) {
	rooms = map[int]room{}
	for _, u := range b.plan.Numbers() {
		c, err := b.mustCommit("curate", u)
		if err != nil {
			return nil, 0, err
		}
		if len(c.Stages) == 0 {
			return nil, 0, fmt.Errorf("%s has no accounts", manifest.CommitPath("curate", u))
		}
		r := room{from: size, to: size + c.Stages[len(c.Stages)-1].Out.Bytes}
		rooms[u], size = r, r.to
	}
	return rooms, size, nil
}

// openSpool opens the file in its full size. Where it is not there yet, or another, no unit's record counts.
func (b *build) openSpool(size int64) (*os.File, error) {
	if err := os.MkdirAll(b.path(spoolDir), 0o755); err != nil {
		return nil, err
	}
	info, err := os.Stat(b.path(spoolPath))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err != nil || info.Size() != size {
		var all []int
		for _, u := range b.plan.Numbers() {
			if c, _ := manifest.ReadCommit(b.Dir, spoolPhase, u); c != nil {
				all = append(all, u)
			}
		}
		if err := b.uncommit(spoolPhase, all); err != nil {
			return nil, err
		}
	}
	file, err := os.OpenFile(b.path(spoolPath), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := file.Truncate(size); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

func (b *build) spoolUnit(ctx context.Context, unit int, f *fates, file *os.File, room room, priority dedup.Priority) error {
	index := b.newSorter(spooledPath(unit))
	defer index.Abort() // without effect once closed
	w := bufio.NewWriterSize(io.NewOffsetWriter(file, room.from), 1<<18)
	at, documents := room.from, int64(0)
	for d, err := range b.survivorsOf(ctx, f, unit) {
		if err != nil {
			return err
		}
		p := newTextPlace(d, at)
		if at += p.length; at > room.to {
			return fmt.Errorf("the texts are longer than the %d bytes that curate kept", room.to-room.from)
		}
		if _, err := w.WriteString(d.Text); err != nil {
			return err
		}
		if err := index.Add(append(priority.Key(d), refKey(d.Ref)...), p.encode(uint32(documents))); err != nil {
			return err
		}
		documents++
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if _, err := index.Close(ctx); err != nil {
		return err
	}
	return b.commit(record{
		phase: spoolPhase, unit: unit, name: b.planned(unit).Name(), outputs: []string{spoolPath, spooledPath(unit)},
		result: spooled{documents, at - room.from},
	})
}

// openTexts opens what spool wrote, with the rank of each text where dedup.survivor asks for another order than the inputs'.
func (b *build) openTexts(ctx context.Context) (t *textStore, err error) {
	priority, err := b.Config.Priority()
	if err != nil {
		return nil, err
	}
	starts, total := map[int]int64{}, int64(0) // number of the first document of each unit
	var paths []string
	for _, u := range b.plan.Numbers() {
		c, err := b.mustCommit(spoolPhase, u)
		if err != nil {
			return nil, err
		}
		var n spooled
		if err := json.Unmarshal(c.Result, &n); err != nil {
			return nil, fmt.Errorf("%s: %w", manifest.CommitPath(spoolPhase, u), err)
		}
		starts[u] = total
		total += n.Documents
		paths = append(paths, b.path(spooledPath(u)))
	}
	if len(paths) > b.runsAtOnce(1) {
		merged := b.path(spoolDir + "/merged.run")
		if _, err := spill.MergeFiles(ctx, paths, merged); err != nil {
			return nil, err
		}
		paths = []string{merged}
	}
	runs, err := openRuns(paths)
	if err != nil {
		return nil, err
	}
	defer closeRuns(runs)
	if t, err = openTextStore(b.path(spoolPath)); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			t.close()
		}
	}()
	t.places = make([]textPlace, total)
	if priority.Configured() {
		t.ranks = make([]uint32, total)
	}
	return t, t.read(runs, starts)
}
