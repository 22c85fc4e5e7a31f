// Package build runs the phases of `corpus build` on local files: curate, dedup, tokenizer, shard, report.
//
// It is where the stage packages meet: config sections become stages, stages
// become pipelines of internal/engine, and every finished unit of a phase leaves a commit record.
//
// Invariants:
//   - A unit's outputs are synced and renamed before its commit record, and a phase starts only when all
//     units of the one before are committed. After kill -9 the same command redoes what has no record and ends in the same bytes.
//   - Nothing in the output folder depends on the worker count, the time or the place of the folder.
//   - Intermediate files lie under work/ and are removed once corpus.json, the last file, is in place.
package build

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"

	"corpus"
	"corpus/internal/config"
	"corpus/internal/manifest"
	"corpus/internal/storage"
	"corpus/tokenize"
)

// Options of a build.
type Options struct {
	Config *config.Config
	// Dir is the output folder.
	Dir string
	// Workers per stage; 0 means one per core.
	Workers int
	// LowDisk begins a build also where the disk is clearly too small.
	LowDisk bool
	// Log receives what people should know; Watch observes progress and may be nil.
	Log   *slog.Logger
	Watch func(Progress)
}

// workDir holds intermediate files.
const workDir = "work"

// build is one run of the command.
type build struct {
	Options
	plan   *Plan
	stages []corpus.Stage // clean and the filters
	state  *progressState
	times  *timings
}

// Run builds the corpus, or goes on where an interrupted build of the same plan stopped. It returns the
// sealed manifest.
func Run(ctx context.Context, opts Options) (m *manifest.Manifest, err error) {
	defer func() { err = outOfDisk(opts.Dir, err) }()
	if err := storage.RefuseOutput(opts.Dir); err != nil {
		return nil, err
	}
	ctx = storage.WithLog(ctx, opts.Log)
	if opts.Workers <= 0 {
		opts.Workers = runtime.GOMAXPROCS(0)
	}
	b := &build{Options: opts, times: loadTimings(opts.Dir)}
	if err := b.checkMemory(); err != nil {
		return nil, err
	}
	defer b.limitMemory()()
	if err := b.check(); err != nil {
		return nil, err
	}
	plan, err := newPlan(ctx, opts.Config, b.stages, opts.Dir)
	if err != nil {
		return nil, err
	}
	b.plan = plan
	announce, err := b.checkDisk(ctx)
	if err != nil {
		return nil, err
	}
	unlock, err := claim(opts.Dir, plan)
	if err != nil {
		return nil, err
	}
	defer unlock()
	announce()
	for _, note := range plan.Notes {
		b.Log.Warn("an earlier build was made otherwise, so that the result may not be that of one build over all", "difference", note)
	}
	if m, err := b.finished(); m != nil || err != nil {
		return m, err
	}
	if err := b.removeTemporaries(); err != nil {
		return nil, err
	}
	phases := []struct {
		name string
		run  func(context.Context) error
	}{
		{"curate", b.curate},
		{"dedup", b.dedup},
		{"tokenizer", b.tokenizer},
		{"shard", b.shard},
	}
	for _, p := range phases {
		b.startPhase(p.name)
		err := p.run(ctx)
		b.endPhase(err)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
	}
	b.startPhase("report")
	m, err = b.report(ctx)
	b.endPhase(err)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	return m, b.removeWork()
}

// check makes what the config names before a folder is claimed for it, so that a
// missing word list or tokenizer leaves nothing behind.
func (b *build) check() error {
	var err error
	if b.stages, err = Stages(b.Config); err != nil {
		return err
	}
	if _, err := os.Stat(b.path(planPath)); err == nil {
		return nil // a build has begun with the rest
	}
	if _, err := b.exchanges(); err != nil {
		return err
	}
	if err := b.checkParagraphs(); err != nil {
		return err
	}
	if err := b.checkSubstring(); err != nil {
		return err
	}
	if path := b.Config.Tokenizer.Path; path != "" {
		model, err := tokenize.Load(path)
		if err != nil {
			return err
		}
		if _, err := b.shardOptions(model); err != nil {
			return err
		}
	}
	return nil
}

// finished returns the manifest of a build that is complete already.
func (b *build) finished() (*manifest.Manifest, error) {
	if _, err := os.Stat(b.path(manifest.Name)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	m, err := manifest.Read(b.Dir)
	if err != nil {
		return nil, err
	}
	for _, out := range m.Outputs {
		info, err := os.Stat(b.path(out.Path))
		if err != nil || info.Size() != out.Bytes {
			return nil, fmt.Errorf("%s is complete by its %s, but %s is not as it was written: see corpus verify, or remove the folder to build it again", b.Dir, manifest.Name, out.Path)
		}
	}
	b.Log.Info("already complete: nothing to do", "folder", b.Dir)
	return m, b.removeWork()
}

func (b *build) path(name string) string { return filepath.Join(b.Dir, filepath.FromSlash(name)) }

func (b *build) removeWork() error { return os.RemoveAll(b.path(workDir)) }

// removeTemporaries deletes what an interrupted run left under temporary names.
func (b *build) removeTemporaries() error {
	return filepath.WalkDir(b.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		ext := filepath.Ext(path)
		if !d.IsDir() && (ext == ".tmp" || ext == ".part") {
			return os.Remove(path)
		}
		return nil
	})
}
