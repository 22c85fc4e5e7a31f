package engine

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"corpus"

	"github.com/google/go-cmp/cmp"
)

// numbers is a source of n documents, every tenth of them already rejected.
type numbers struct {
	n    int
	fail error // yielded behind the last document
}

func (s numbers) Documents(context.Context) iter.Seq2[*corpus.Document, error] {
	return func(yield func(*corpus.Document, error) bool) {
		for i := range s.n {
			d := &corpus.Document{ID: fmt.Sprint(i), Text: strings.Repeat("x", i%7)}
			if i%10 == 9 {
				d.Reject("ingest", "tenth", i)
			}
			if !yield(d, nil) {
				return
			}
		}
		if s.fail != nil {
			yield(nil, s.fail)
		}
	}
}

// explosive is a source with a defect.
type explosive struct{}

func (explosive) Documents(context.Context) iter.Seq2[*corpus.Document, error] {
	return func(yield func(*corpus.Document, error) bool) {
		yield(&corpus.Document{ID: "1"}, nil)
		panic("at the source")
	}
}

// stage rejects multiples of three, lengthens the rest, and takes a random time for it.
type stage struct{ process func(*corpus.Document) }

func (stage) Name() string { return "thirds" }

func (s stage) Process(_ context.Context, b *corpus.Batch) error {
	time.Sleep(time.Duration(rand.Intn(300)) * time.Microsecond)
	for d := range b.Live() {
		s.process(d)
	}
	return nil
}

func thirds(d *corpus.Document) {
	var n int
	fmt.Sscan(d.ID, &n)
	if n%3 == 0 {
		d.Reject("thirds", "multiple", n)
		return
	}
	d.Text += "!"
}

// lengths is an exchange that maps documents to the length of their text.
type lengths struct{}

func (lengths) Name() string    { return "lengths" }
func (lengths) Partitions() int { return 1 }
func (lengths) Map(d *corpus.Document, emit func(int, []byte, []byte)) error {
	emit(0, []byte{byte(len(d.Text))}, []byte(d.ID))
	return nil
}
func (lengths) Reduce(context.Context, int, iter.Seq2[corpus.Pair, error], func(corpus.Pair) error) error {
	return nil
}

// memory is a sink that keeps what it is given.
type memory struct {
	lines   []string
	counts  []Counts
	aborted bool
}

func (s *memory) Write(_ context.Context, out Output) error {
	for i, d := range out.Batch.Documents {
		reason := ""
		if d.Reason != nil {
			reason = d.Reason.String() + "=" + d.Reason.Value
		}
		s.lines = append(s.lines, fmt.Sprintf("%s %q %s %v", d.ID, d.Text, reason, out.Sizes[i]))
	}
	for _, p := range out.Pairs[0] {
		s.lines = append(s.lines, fmt.Sprintf("%s: %v", out.Batch.Documents[p.Document].ID, p.Key[2:]))
	}
	return nil
}

func (s *memory) Commit(_ context.Context, c []Counts) error { s.counts = c; return nil }
func (s *memory) Abort()                                     { s.aborted = true }

func runNumbers(t *testing.T, workers int, sizes []int) []*memory {
	t.Helper()
	p := &Pipeline{SourceName: "ingest", Stages: []corpus.Stage{stage{thirds}}, Exchanges: []corpus.Exchange{lengths{}}, Workers: workers}
	var units []Unit
	sinks := make([]*memory, len(sizes))
	for i, n := range sizes {
		sinks[i] = &memory{}
		units = append(units, unit(i, numbers{n: n}, sinks[i]))
	}
	if err := p.Run(t.Context(), units); err != nil {
		t.Fatal(err)
	}
	return sinks
}

func unit(i int, src corpus.Source, sink Sink) Unit {
	return Unit{
		Index: i, Name: fmt.Sprintf("unit %d", i),
		Open: func(context.Context) (corpus.Source, func() error, error) {
			return src, func() error { return nil }, nil
		},
		Sink: func() (Sink, error) { return sink, nil },
	}
}

func TestOutputDoesNotDependOnWorkers(t *testing.T) {
	sizes := []int{1000, 0, 3, 64, 65, 2000}
	one := runNumbers(t, 1, sizes)
	many := runNumbers(t, 8, sizes)
	for i := range sizes {
		if diff := cmp.Diff(one[i].lines, many[i].lines); diff != "" {
			t.Errorf("unit %d differs:\n%s", i, diff)
		}
		if diff := cmp.Diff(one[i].counts, many[i].counts); diff != "" {
			t.Errorf("unit %d counts differ:\n%s", i, diff)
		}
	}
	if got := strings.Join(one[2].lines, "\n"); got != `0 "" thirds/multiple=0 {0 0}
1 "x!"  {1 2}
2 "xx!"  {2 3}
1: [2]
2: [3]` {
		t.Errorf("small unit:\n%s", got)
	}
}

func TestCountsConserveDocumentsAndBytes(t *testing.T) {
	sink := runNumbers(t, 4, []int{100})[0]
	want := []Counts{
		{Stage: "ingest", In: Count{100, 295}, Out: Count{90, 266}, Dropped: map[string]Count{"tenth": {10, 29}}},
		// 9, 39, 69 and 99 were dropped by the source.
		{Stage: "thirds", In: Count{90, 266}, Out: Count{60, 238}, Dropped: map[string]Count{"multiple": {30, 88}}, Edited: -60},
	}
	if diff := cmp.Diff(want, sink.counts); diff != "" {
		t.Error(diff)
	}
	if err := CheckChain(sink.counts); err != nil {
		t.Error(err)
	}
	sink.counts[1].In.Documents++
	if err := CheckChain(sink.counts); err == nil {
		t.Error("a lost document was not noticed")
	}
}

func TestErrors(t *testing.T) {
	boom := errors.New("boom")
	for _, c := range []struct {
		name    string
		source  corpus.Source
		process func(*corpus.Document)
		want    string
	}{
		{"source", numbers{n: 200, fail: boom}, thirds, "unit 0: boom"},
		{"source panics", explosive{}, thirds, "panic: at the source"},
		{"panic", numbers{n: 200}, func(d *corpus.Document) { panic("at the disco") }, "stage thirds: batch"},
		{"foreign reason", numbers{n: 200}, func(d *corpus.Document) { d.Reject("other", "r", nil) }, `in the name of stage "other"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &Pipeline{SourceName: "ingest", Stages: []corpus.Stage{stage{c.process}}, Exchanges: []corpus.Exchange{lengths{}}, Workers: 3}
			sink := &memory{}
			err := p.Run(t.Context(), []Unit{unit(0, c.source, sink)})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
			if !sink.aborted || sink.counts != nil {
				t.Error("the sink was committed")
			}
		})
	}
}

func TestCancelEndsRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := &Pipeline{SourceName: "ingest", Stages: []corpus.Stage{stage{func(*corpus.Document) { cancel() }}}, Exchanges: []corpus.Exchange{lengths{}}, Workers: 2}
	sink := &memory{}
	if err := p.Run(ctx, []Unit{unit(0, numbers{n: 1 << 30}, sink)}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if !sink.aborted {
		t.Error("the sink was not aborted")
	}
}

// watched counts how many documents were read and not yet written.
type watched struct {
	n    int
	open *atomic.Int64
	most *atomic.Int64
}

func (s watched) Documents(context.Context) iter.Seq2[*corpus.Document, error] {
	return func(yield func(*corpus.Document, error) bool) {
		for i := range s.n {
			if n := s.open.Add(1); n > s.most.Load() {
				s.most.Store(n)
			}
			if !yield(&corpus.Document{ID: fmt.Sprint(i), Text: "x"}, nil) {
				return
			}
		}
	}
}

// draining is a slow sink that takes documents off the count.
type draining struct {
	memory
	open *atomic.Int64
}

func (s *draining) Write(_ context.Context, out Output) error {
	time.Sleep(time.Millisecond)
	s.open.Add(-int64(len(out.Batch.Documents)))
	return nil
}

func TestBackPressureBoundsMemory(t *testing.T) {
	var open, most atomic.Int64
	const workers = 2
	p := &Pipeline{SourceName: "ingest", Stages: []corpus.Stage{stage{func(*corpus.Document) {}}}, Workers: workers}
	src := watched{n: 20_000, open: &open, most: &most}
	if err := p.Run(t.Context(), []Unit{unit(0, src, &draining{open: &open})}); err != nil {
		t.Fatal(err)
	}
	bound := int64(tickets(workers, 1)+1) * BatchDocuments
	if most.Load() > bound {
		t.Errorf("%d documents in flight, bound is %d", most.Load(), bound)
	}
}
