package build

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"corpus/internal/engine"
	"corpus/internal/manifest"
	"corpus/internal/storage"
)

// watchEvery is the time between two progress reports.
const watchEvery = 500 * time.Millisecond

// Progress is a snapshot of a running phase. Nothing of it reaches the output folder.
type Progress struct {
	Phase   string
	Elapsed time.Duration
	// Done of Total, in bytes of input where Bytes is set, else in steps. Total is 0 when unknown.
	Done, Total int64
	Bytes       bool
	// Before is the part of Done that an earlier run had finished.
	Before    int64
	Documents int64
	// Slowest is the stage whose workers were busy longest.
	Slowest string
	Final   bool
}

// progressState is what the running phase has told so far.
type progressState struct {
	phase  string
	start  time.Time
	read   atomic.Int64 // bytes of input
	steps  atomic.Int64
	mu     sync.Mutex // guards the rest
	total  int64
	before int64
	bytes  bool
	meters *engine.Meters
	stop   chan struct{}
	ended  sync.WaitGroup
}

// startPhase begins to report on a phase.
func (b *build) startPhase(name string) {
	s := &progressState{phase: name, start: time.Now(), stop: make(chan struct{})}
	b.state = s
	if b.Watch == nil {
		return
	}
	s.ended.Add(1)
	go func() {
		defer s.ended.Done()
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				b.Watch(s.snapshot())
			case <-s.stop:
				return
			}
		}
	}()
}

// endPhase ends the reports and keeps the phase's timings; err is how the phase ended.
func (b *build) endPhase(err error) {
	s := b.state
	close(s.stop)
	s.ended.Wait()
	last := s.snapshot()
	last.Final = true
	if err == nil {
		last.Done = last.Total // there may be fewer merges to learn than were asked for
	}
	if b.Watch != nil {
		b.Watch(last)
	}
	b.times.add(s)
}

// watch tells the reporter about a pipeline whose progress is counted in bytes of input.
func (b *build) watch(m *engine.Meters, total, before int64) {
	s := b.state
	s.mu.Lock()
	defer s.mu.Unlock()
	s.meters, s.total, s.before, s.bytes = m, total, before, true
	s.read.Store(0)
}

// expect tells the reporter how many steps there are and how many an earlier run has done.
func (b *build) expect(total, before int) {
	s := b.state
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total, s.before, s.bytes = int64(total), int64(before), false
	s.steps.Store(0)
}

func (b *build) stepDone() { b.state.steps.Add(1) }

func (s *progressState) snapshot() Progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := Progress{Phase: s.phase, Elapsed: time.Since(s.start), Total: s.total, Bytes: s.bytes, Before: s.before}
	p.Done = s.before + s.steps.Load()
	if s.bytes {
		p.Done = s.before + s.read.Load()
	}
	if s.meters != nil {
		readings := s.meters.Read()
		p.Documents = readings[0].Documents
		p.Slowest = engine.Slowest(readings)
	}
	return p
}

// timings are the times that stages took. They differ from run to run, so they lie beside
// the output folder and not in it: DIR.timings.json.
type timings struct {
	path   string
	Phases []PhaseTiming `json:"phases"`
}

// PhaseTiming is how long a phase took and what its stages did.
type PhaseTiming struct {
	Phase   string           `json:"phase"`
	Seconds float64          `json:"seconds"`
	Stages  []engine.Reading `json:"stages,omitempty"`
}

// TimingsPath is the file of stage timings of a build's last run.
func TimingsPath(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil { // "." has no name of its own
		dir = abs
	}
	return filepath.Clean(dir) + ".timings.json"
}

func loadTimings(dir string) *timings { return &timings{path: TimingsPath(dir)} }

// add writes the timings so far; a failure to do so must not fail a build.
func (t *timings) add(s *progressState) {
	p := PhaseTiming{Phase: s.phase, Seconds: time.Since(s.start).Seconds()}
	if s.meters != nil {
		p.Stages = s.meters.Read()
	}
	t.Phases = append(t.Phases, p)
	if data, err := manifest.Marshal(t); err == nil {
		_ = storage.WriteFile(t.path, func(w io.Writer) error { _, err := w.Write(data); return err })
	}
}

// ReadTimings reads the timings beside an output folder; empty when there are none.
func ReadTimings(dir string) ([]PhaseTiming, error) {
	data, err := os.ReadFile(TimingsPath(dir))
	if err != nil {
		return nil, err
	}
	var t timings
	return t.Phases, json.Unmarshal(data, &t)
}

// watchSteps tells the reporter about a pipeline whose progress is counted in units.
func (b *build) watchSteps(m *engine.Meters, total, before int) {
	b.expect(total, before)
	s := b.state
	s.mu.Lock()
	defer s.mu.Unlock()
	s.meters = m
}

// merged reports merge rules learnt as steps.
func (b *build) merged(done, total int) {
	s := b.state
	s.mu.Lock()
	s.meters, s.total, s.before, s.bytes = nil, int64(total), 0, false
	s.mu.Unlock()
	s.steps.Store(int64(done))
}
