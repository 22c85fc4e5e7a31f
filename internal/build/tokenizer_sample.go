package build

import (
	"context"
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"sync/atomic"

	"corpus"
	"corpus/internal/config"
	"corpus/internal/engine"
	"corpus/tokenize"

	"github.com/cespare/xxhash/v2"
)

// textSample says how often each document counts in training a tokenizer: config.TokenizerSample.
type textSample struct {
	seed    uint64
	share   float64
	weights map[string]float64
	place   func(d *corpus.Document, b []byte) []byte // appends what tells a document from all others
}

// sampleStream keeps this draw apart from all others of the same seed.
const sampleStream = "tokenizer sample\x00"

func (s *textSample) weight(source string) float64 {
	if w, ok := s.weights[source]; ok {
		return w
	}
	return 1
}

// copies is how often a document counts: its rate rounded down or, as often as the fraction says, up.
func (s *textSample) copies(d *corpus.Document) int64 {
	rate := s.share * s.weight(d.Source)
	whole, fraction := math.Modf(rate)
	if fraction > 0 {
		var b [256]byte
		h := xxhash.NewWithSeed(s.seed)
		_, _ = h.Write(s.place(d, append(b[:0], sampleStream...))) // never fails
		if float64(h.Sum64()>>11)/(1<<53) < fraction {
			whole++
		}
	}
	return int64(whole)
}

// refPlace tells documents of a build apart, originPlace those of files.
func refPlace(d *corpus.Document, b []byte) []byte {
	return binary.LittleEndian.AppendUint64(b, uint64(d.Ref))
}

func originPlace(d *corpus.Document, b []byte) []byte {
	return binary.LittleEndian.AppendUint64(append(append(b, d.Origin.File...), 0), uint64(d.Origin.Offset))
}

// newTextSample makes the sample that the options ask for. run goes once through all documents with a stage, which is needed
// where a number of bytes is asked for.
func newTextSample(o config.TokenizerSample, seed uint64, place func(*corpus.Document, []byte) []byte, run func(corpus.Stage) error) (*textSample, error) {
	s := &textSample{seed: seed, share: o.Sample, weights: o.Weights, place: place}
	if o.SampleBytes == 0 {
		return s, nil
	}
	sizes := &sumSources{bytes: map[string]*atomic.Int64{}}
	for name := range o.Weights {
		sizes.bytes[name] = &atomic.Int64{}
	}
	if err := run(sizes); err != nil {
		return nil, err
	}
	weighted := float64(sizes.other.Load())
	for _, name := range slices.Sorted(maps.Keys(sizes.bytes)) {
		weighted += s.weight(name) * float64(sizes.bytes[name].Load())
	}
	s.share = 1
	if weighted > float64(o.SampleBytes) {
		s.share = float64(o.SampleBytes) / weighted
	}
	return s, nil
}

// sumSources is the pipeline stage that adds up the bytes of text of some sources, and of all others together.
type sumSources struct {
	bytes map[string]*atomic.Int64
	other atomic.Int64
}

func (*sumSources) Name() string { return "measure" }

func (s *sumSources) Process(_ context.Context, batch *corpus.Batch) error {
	for d := range batch.Live() {
		n := s.bytes[d.Source]
		if n == nil {
			n = &s.other
		}
		n.Add(int64(len(d.Text)))
	}
	return nil
}

// countWords is the pipeline stage that feeds the word counts; counts do not depend on the order.
type countWords struct {
	counter   *tokenize.Counter
	sample    *textSample
	documents atomic.Int64 // that count
}

func (*countWords) Name() string { return "count_words" }

func (s *countWords) Process(_ context.Context, batch *corpus.Batch) error {
	for d := range batch.Live() {
		n := s.sample.copies(d)
		if n == 0 {
			continue
		}
		s.documents.Add(1)
		if err := s.counter.AddTimes(d.Text, n); err != nil {
			return err
		}
	}
	return nil
}

// discard is the sink of a pipeline whose stages keep what they learn.
type discard struct{}

func (discard) Write(context.Context, engine.Output) error    { return nil }
func (discard) Commit(context.Context, []engine.Counts) error { return nil }
func (discard) Abort()                                        {}
