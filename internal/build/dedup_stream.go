package build

import (
	"bufio"
	"context"
	"encoding/gob"
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

	"github.com/klauspost/compress/zstd"
)

// DedupOptions describe the stage command `corpus dedup`.
type DedupOptions struct {
	Exchange corpus.Exchange      // dedup.Exact or dedup.MinHash
	MinHash  dedup.MinHashOptions // of Exchange where it is dedup.MinHash
	Workers  int                  // 0: one per core
	TempDir  string               // for spooled documents and runs; "" for the system's
	// Write receives the surviving documents in input order, Member every document of a cluster, survivors first; it may be nil.
	Write  func(*corpus.Document) error
	Member func(id, cluster string, kept bool, similarity float64) error
}

// DedupStats are the clusters that DedupStream found, and the lines that it did not compare.
type DedupStats struct {
	dedup.Stats
	Empty int64 // lines without a document, or without its text: left out
	Raw   int64 // raw pages: written
}

// DedupStream removes duplicates from JSON Lines. The documents are spooled to
// disk; memory holds the clusters alone (see dedup.Resolve) and the id of each one's survivor; a line that holds no text is left out and counted.
func DedupStream(ctx context.Context, r io.Reader, opts DedupOptions) (stats DedupStats, err error) {
	dir, err := os.MkdirTemp(opts.TempDir, "corpus-dedup-")
	if err != nil {
		return stats, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s := &dedupStream{DedupOptions: opts, dir: dir}
	if err := s.spool(ctx, r); err != nil {
		return stats, err
	}
	stats.Empty, stats.Raw = s.empty, s.raw
	members, found, err := s.resolve(ctx)
	if err != nil {
		return stats, err
	}
	defer members.Close()
	stats.Stats = found
	return stats, s.write(ctx, members)
}

type dedupStream struct {
	DedupOptions
	dir        string
	empty, raw int64
}

func (s *dedupStream) path(name string) string { return filepath.Join(s.dir, name) }

func (s *dedupStream) sorter(name string) *spill.Sorter {
	return spill.NewSorter(s.path(name), spill.Options{MemoryBytes: spillMemory})
}

// spool maps the documents and keeps them for the second pass.
func (s *dedupStream) spool(ctx context.Context, r io.Reader) error {
	f, err := os.Create(s.path("documents"))
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := zstd.NewWriter(f, zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return err
	}
	sink := &spoolSink{pairs: s.sorter("mapped"), enc: gob.NewEncoder(z), close: z.Close}
	p := &engine.Pipeline{SourceName: "ingest", Exchanges: []corpus.Exchange{textOnly{s.Exchange}}, Workers: s.Workers}
	if p.Workers <= 0 {
		p.Workers = runtime.GOMAXPROCS(0)
	}
	err = p.Run(ctx, lines(r, sink))
	s.empty, s.raw = sink.empty, sink.raw
	return err
}

// textOnly maps no raw pages: having no text yet, they would all be the same.
type textOnly struct{ corpus.Exchange }

func (x textOnly) Map(d *corpus.Document, emit func(partition int, key, value []byte)) error {
	if d.HTML != nil {
		return nil
	}
	return x.Exchange.Map(d, emit)
}

// spoolSink numbers the documents and stores them and their pairs.
type spoolSink struct {
	pairs *spill.Sorter
	enc   *gob.Encoder
	close func() error
	kept  int

	empty, raw int64
}

func (s *spoolSink) Write(_ context.Context, out engine.Output) error {
	refs := make([]corpus.Ref, len(out.Batch.Documents))
	for i, d := range out.Batch.Documents {
		if d.Reason != nil {
			s.empty++
			continue
		}
		if d.HTML != nil {
			s.raw++
		}
		refs[i] = corpus.MakeRef(0, s.kept)
		d.Ref = refs[i]
		s.kept++
		if err := s.enc.Encode(d); err != nil {
			return err
		}
	}
	for _, p := range out.Pairs[0] {
		if err := engine.AddMapped(s.pairs, refs[p.Document], p); err != nil {
			return err
		}
	}
	return nil
}

func (s *spoolSink) Commit(context.Context, []engine.Counts) error {
	if err := s.close(); err != nil {
		return err
	}
	_, err := s.pairs.Close()
	return err
}

func (s *spoolSink) Abort() { s.pairs.Abort() }

// resolve reduces every partition and finds the clusters.
func (s *dedupStream) resolve(ctx context.Context) (members *spill.Run, stats dedup.Stats, err error) {
	mapped, err := spill.Open(s.path("mapped"))
	if err != nil {
		return nil, stats, err
	}
	defer mapped.Close()
	in := dedup.Inputs{MinHash: s.MinHash, Documents: s.documents, Dir: s.dir}
	defer func() { closeInputs(in) }()
	for _, p := range partitions([]corpus.Exchange{s.Exchange}) {
		name := filepath.Base(reducedPath(p.exchange.Name(), p.index))
		out := s.sorter(name)
		if err := engine.ReducePartition(ctx, p.exchange, p.index, []*spill.Run{mapped}, out); err != nil {
			out.Abort()
			return nil, stats, err
		}
		if _, err := out.Close(); err != nil {
			return nil, stats, err
		}
		run, err := spill.Open(s.path(name))
		if err != nil {
			return nil, stats, err
		}
		addInput(&in, p, run)
	}
	found := s.sorter("members")
	stats, err = dedup.Resolve(ctx, in, func(m dedup.Member) error {
		return found.Add(refKey(m.Ref), encodeMember(m))
	})
	if err != nil {
		found.Abort()
		return nil, stats, err
	}
	if _, err := found.Close(); err != nil {
		return nil, stats, err
	}
	members, err = spill.Open(s.path("members"))
	return members, stats, err
}

// documents reads the spooled documents again; there is one unit.
func (s *dedupStream) documents(ctx context.Context, _ int) iter.Seq2[*corpus.Document, error] {
	return func(yield func(*corpus.Document, error) bool) {
		f, err := os.Open(s.path("documents"))
		if err != nil {
			yield(nil, err)
			return
		}
		defer f.Close()
		z, err := zstd.NewReader(bufio.NewReader(f))
		if err != nil {
			yield(nil, err)
			return
		}
		defer z.Close()
		for dec := gob.NewDecoder(z); ; {
			d := &corpus.Document{}
			err := errors.Join(ctx.Err(), dec.Decode(d))
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(d, err) || err != nil {
				return
			}
		}
	}
}

// write reads the spooled documents again, beside the members, and hands on what stays.
func (s *dedupStream) write(ctx context.Context, members *spill.Run) error {
	pull, stop := iter.Pull2(s.documents(ctx, 0))
	defer stop()
	next := func() (*corpus.Document, error) {
		d, err, ok := pull()
		if !ok {
			return nil, io.EOF
		}
		return d, err
	}
	survivors := map[corpus.Ref]string{} // ids of the kept members, which come before the others: one per cluster in memory
	for r, err := range members.Records(nil, nil) {
		if err != nil {
			return err
		}
		m, err := decodeMember(r.Key, r.Value)
		if err != nil {
			return err
		}
		d, err := s.copyUntil(next, m.Ref)
		if err != nil {
			return err
		}
		if m.Method == "" {
			survivors[m.Ref] = d.ID
			if err := s.Write(d); err != nil {
				return err
			}
		}
		if s.Member != nil {
			if err := s.Member(d.ID, survivors[m.Survivor], m.Method == "", m.Similarity); err != nil {
				return err
			}
		}
	}
	_, err := s.copyUntil(next, ^corpus.Ref(0))
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// copyUntil hands on documents before ref and returns the one at ref.
func (s *dedupStream) copyUntil(next func() (*corpus.Document, error), ref corpus.Ref) (*corpus.Document, error) {
	for {
		d, err := next()
		if err != nil || d.Ref == ref {
			return d, err
		}
		if err := s.Write(d); err != nil {
			return nil, err
		}
	}
}
