package engine

import (
	"slices"
	"sync/atomic"
	"time"
)

// Meters observe a running pipeline: what each stage did and where it waited. They are for people
// (progress, timings); nothing that reaches an output depends on them.
type Meters struct {
	// Stages has the source first, then the stages in pipeline order.
	Stages []*Meter
	// Exchanges has one per exchange; Sink is for the sinks of all units.
	Exchanges []*Meter
	Sink      *Meter
}

// sinkName is what the progress line calls the sinks.
const sinkName = "write"

// Meter counts for one stage over all its workers.
type Meter struct {
	Name                 string
	documents, bytes     atomic.Int64
	busyNanos, waitNanos atomic.Int64
}

// Reading is a snapshot of a Meter.
type Reading struct {
	Name      string        `json:"stage"`
	Documents int64         `json:"documents"`  // documents that entered
	Bytes     int64         `json:"bytes"`      // their bytes on entry
	Busy      time.Duration `json:"busy_ns"`    // sum over workers of time at work
	Blocked   time.Duration `json:"blocked_ns"` // sum over workers of time held back by a full channel
}

// NewMeters makes the meters of a pipeline.
func (p *Pipeline) NewMeters() *Meters {
	m := &Meters{Stages: []*Meter{{Name: p.SourceName}}}
	for _, s := range p.Stages {
		m.Stages = append(m.Stages, &Meter{Name: s.Name()})
	}
	for _, ex := range p.Exchanges {
		m.Exchanges = append(m.Exchanges, &Meter{Name: ex.Name()})
	}
	m.Sink = &Meter{Name: sinkName}
	return m
}

// Read takes a snapshot: source, stages, exchanges, sink.
func (m *Meters) Read() []Reading {
	all := slices.Concat(m.Stages, m.Exchanges, []*Meter{m.Sink})
	out := make([]Reading, len(all))
	for i, s := range all {
		out[i] = Reading{
			Name: s.Name, Documents: s.documents.Load(), Bytes: s.bytes.Load(),
			Busy: time.Duration(s.busyNanos.Load()), Blocked: time.Duration(s.waitNanos.Load()),
		}
	}
	return out
}

// Slowest is the stage whose workers were busy longest: the bottleneck.
func Slowest(readings []Reading) string {
	name, most := "", time.Duration(-1)
	for _, r := range readings {
		if r.Busy > most {
			name, most = r.Name, r.Busy
		}
	}
	return name
}

func (m *Meter) busy(d time.Duration, in Count) {
	m.busyNanos.Add(int64(d))
	m.documents.Add(in.Documents)
	m.bytes.Add(in.Bytes)
}

func (m *Meter) blocked(d time.Duration) { m.waitNanos.Add(int64(d)) }
