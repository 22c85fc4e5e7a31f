package build

import (
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"

	"corpus"
	"corpus/dedup"
	"corpus/internal/engine"
	"corpus/internal/spill"
)

// DedupOptions describe the stage command `corpus dedup`.
type DedupOptions struct {
	Exchange  corpus.Exchange      // dedup.URL, dedup.Exact or dedup.MinHash
	Survivors corpus.Exchange      // dedup.Survivors; nil where the first document of each cluster stays
	MinHash   dedup.MinHashOptions // of Exchange where it is dedup.MinHash
	Workers   int                  // 0: one per core
	TempDir   string               // for spooled documents and runs; "" for the system's
	// Out receives the surviving documents in input order, as internal/jsonl writes them. Member receives every document of a cluster in input
	// order; it may be nil.
	Out    io.Writer
	Member func(id, cluster string, kept bool, similarity float64) error
}

// DedupStats are the clusters that DedupStream found, and the lines that it did not compare.
type DedupStats struct {
	dedup.Stats
	Written int64
	Empty   int64 // lines without a document, or without its text: left out
	Raw     int64 // raw pages, where texts are compared: written
}

// DedupStream removes duplicates from JSON Lines, which may be compressed. The documents are spooled to
// disk, uncompressed; memory holds the clusters alone (see dedup.Resolve) and the id of each one's survivor; a line that holds no text is left out and counted.
func DedupStream(ctx context.Context, r io.Reader, opts DedupOptions) (stats DedupStats, err error) {
	dir, err := os.MkdirTemp(opts.TempDir, "corpus-dedup-")
	if err != nil {
		return stats, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s := &dedupStream{DedupOptions: opts, dir: dir}
	s.alone = true
	if err := s.spool(ctx, r); err != nil {
		return stats, err
	}
	defer s.store.close()
	members, found, err := s.resolve(ctx)
	if err != nil {
		return stats, err
	}
	defer members.Close()
	stats = DedupStats{Stats: found, Empty: s.empty, Raw: s.raw}
	stats.Written, err = s.write(ctx, members)
	return stats, err
}

type dedupStream struct {
	DedupOptions
	dir        string
	store      *lineStore
	alone      bool // each document is a unit of its own, so that those alone are read that Resolve compares; else all are of unit 0
	empty, raw int64
}

func (s *dedupStream) path(name string) string { return filepath.Join(s.dir, name) }

func (s *dedupStream) sorter(name string) *spill.Sorter {
	return spill.NewSorter(s.path(name), spill.Options{MemoryBytes: spillMemory})
}

// mapped is the name of the run of what Exchange mapped, before that of what Survivors did.
const mapped = "mapped"

// exchanges are the runs' names and what maps them.
func (s *dedupStream) exchanges() (names []string, list []corpus.Exchange) {
	names, list = append(names, mapped), append(list, s.Exchange)
	if s.Survivors != nil {
		names, list = append(names, "mapped-survivors"), append(list, s.Survivors)
	}
	return names, list
}

// spool maps the documents and keeps them for the second pass. After an error nothing is open.
func (s *dedupStream) spool(ctx context.Context, r io.Reader) (err error) {
	if s.store, err = newLineStore(s.path("documents"), s.path("ends")); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			s.store.close()
		}
	}()
	p := &engine.Pipeline{SourceName: "ingest", Workers: s.Workers}
	sink := &spoolSink{dedupStream: s}
	names, list := s.exchanges()
	for i, ex := range list {
		if !s.byAddress() {
			ex = textOnly{ex}
		}
		p.Exchanges = append(p.Exchanges, ex)
		sink.pairs = append(sink.pairs, s.sorter(names[i]))
	}
	if p.Workers <= 0 {
		p.Workers = runtime.GOMAXPROCS(0)
	}
	return p.Run(ctx, lines(r, sink))
}

// ref is the Ref of the document with a number.
func (s *dedupStream) ref(number int64) corpus.Ref {
	if s.alone {
		return corpus.MakeRef(int(number), 0)
	}
	return corpus.MakeRef(0, int(number))
}

// documents reads the spooled documents again; there is one unit.
func (s *dedupStream) documents(ctx context.Context, _ int) iter.Seq2[*corpus.Document, error] {
	return func(yield func(*corpus.Document, error) bool) {
		number := int64(0)
		for d, err := range s.store.all(ctx) {
			if err == nil {
				d.Ref = s.ref(number)
				number++
			}
			if !yield(d, err) {
				return
			}
		}
	}
}

// byAddress reports whether addresses are compared, which raw pages have too.
func (s *dedupStream) byAddress() bool { return s.Exchange.Name() == "url" }

// textOnly maps no raw pages: having no text yet, they would all be the same.
type textOnly struct{ corpus.Exchange }

func (x textOnly) Map(d *corpus.Document, emit func(partition int, key, value []byte)) error {
	if d.HTML != nil {
		return nil
	}
	return x.Exchange.Map(d, emit)
}

// spoolSink stores the documents and their pairs.
type spoolSink struct {
	*dedupStream
	pairs []*spill.Sorter // one per exchange
}

func (s *spoolSink) Write(_ context.Context, out engine.Output) error {
	for _, d := range out.Batch.Documents {
		if d.Reason != nil {
			s.empty++
			continue
		}
		if d.HTML != nil && !s.byAddress() {
			s.raw++
		}
		d.Ref = s.ref(s.store.documents)
		if err := s.store.add(d); err != nil {
			return err
		}
		if s.store.documents > 1<<32-1 {
			return errors.New("more than 2^32 - 1 documents")
		}
	}
	for i, pairs := range out.Pairs {
		for _, p := range pairs {
			if err := engine.AddMapped(s.pairs[i], out.Batch.Documents[p.Document].Ref, p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *spoolSink) Commit(ctx context.Context, _ []engine.Counts) error {
	for _, p := range s.pairs {
		if _, err := p.Close(ctx); err != nil {
			return err
		}
	}
	return s.store.flush()
}

func (s *spoolSink) Abort() {
	for _, p := range s.pairs {
		p.Abort()
	}
}

// resolve reduces every partition and finds the clusters.
func (s *dedupStream) resolve(ctx context.Context) (members *spill.Run, stats dedup.Stats, err error) {
	in := dedup.Inputs{MinHash: s.MinHash, Documents: s.compared, Dir: s.dir}
	defer func() { closeInputs(in) }()
	names, list := s.exchanges()
	for i, ex := range list {
		if err := s.reduce(ctx, ex, names[i], &in); err != nil {
			return nil, stats, err
		}
	}
	found := s.sorter("members")
	defer found.Abort() // without effect once closed
	stats, err = dedup.Resolve(ctx, in, func(m dedup.Member) error {
		return found.Add(refKey(m.Ref), encodeMember(m))
	})
	if err != nil {
		return nil, stats, err
	}
	if _, err := found.Close(ctx); err != nil {
		return nil, stats, err
	}
	members, err = spill.Open(s.path("members"))
	return members, stats, err
}

// reduce runs an exchange over what it mapped, for Resolve.
func (s *dedupStream) reduce(ctx context.Context, ex corpus.Exchange, name string, in *dedup.Inputs) error {
	run, err := s.reduced(ctx, ex, name)
	if err != nil {
		return err
	}
	addInput(in, partition{exchange: ex}, run)
	return nil
}

// reduced runs an exchange over what it mapped; all partitions go into one run, which the caller closes.
func (s *dedupStream) reduced(ctx context.Context, ex corpus.Exchange, name string) (*spill.Run, error) {
	pairs, err := spill.Open(s.path(name))
	if err != nil {
		return nil, err
	}
	defer pairs.Close()
	name = "reduced-" + ex.Name()
	out := s.sorter(name)
	defer out.Abort() // without effect once closed
	for i := range ex.Partitions() {
		if err := engine.ReducePartition(ctx, ex, i, []*spill.Run{pairs}, out); err != nil {
			return nil, err
		}
	}
	if _, err := out.Close(ctx); err != nil {
		return nil, err
	}
	return spill.Open(s.path(name))
}

// compared yields the one document of a unit.
func (s *dedupStream) compared(ctx context.Context, unit int) iter.Seq2[*corpus.Document, error] {
	return func(yield func(*corpus.Document, error) bool) {
		d := &corpus.Document{Ref: corpus.MakeRef(unit, 0)}
		err := ctx.Err()
		if err == nil {
			d.Text, err = s.store.text(int64(unit), "text")
		}
		yield(d, err)
	}
}

// write copies the lines that stay, and returns their number.
func (s *dedupStream) write(ctx context.Context, members *spill.Run) (written int64, err error) {
	written = s.store.documents
	survivors := map[corpus.Ref]string{} // the ids of clusters
	done := int64(0)                     // offset up to which lines are written
	for r, err := range members.Records(nil, nil) {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return 0, err
		}
		m, err := decodeMember(r.Key, r.Value)
		if err != nil {
			return 0, err
		}
		if m.Method != "" {
			from, to, err := s.store.place(int64(m.Ref.Unit()))
			if err != nil {
				return 0, err
			}
			if err := s.store.copy(ctx, s.Out, done, from); err != nil {
				return 0, err
			}
			done = to
			written--
		}
		if err := s.tell(m, survivors); err != nil {
			return 0, err
		}
	}
	return written, s.store.copy(ctx, s.Out, done, s.store.size)
}

// tell hands on a member of a cluster.
func (s *dedupStream) tell(m dedup.Member, survivors map[corpus.Ref]string) (err error) {
	if s.Member == nil {
		return nil
	}
	cluster, known := survivors[m.Survivor]
	if !known {
		if cluster, err = s.store.text(int64(m.Survivor.Unit()), "id"); err != nil {
			return err
		}
		survivors[m.Survivor] = cluster
	}
	id := cluster
	if m.Ref != m.Survivor {
		if id, err = s.store.text(int64(m.Ref.Unit()), "id"); err != nil {
			return err
		}
	}
	return s.Member(id, cluster, m.Method == "", m.Similarity)
}
