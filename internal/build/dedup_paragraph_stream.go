package build

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"runtime"

	"corpus"
	"corpus/dedup/paragraph"
	"corpus/internal/engine"
)

// ParagraphOptions describe the stage command `corpus dedup --method paragraph`.
type ParagraphOptions struct {
	Options paragraph.Options
	Workers int    // 0: one per core
	TempDir string // for spooled documents and runs; "" for the system's
	// Write receives the documents in input order, without the repeated paragraphs. Range receives each paragraph that is removed; it may be nil. The
	// partner of a range is empty with method bloom.
	Write func(*corpus.Document) error
	Range func(SubstringRange) error
}

// ParagraphStats count what ParagraphStream did.
type ParagraphStats struct {
	ParagraphResult
	Empty, Raw int64 // as in DedupStats
}

// ParagraphStream removes paragraphs that stand more than once from JSON Lines. With method exact the documents are spooled to disk, and memory holds sorts
// alone, and all ids where ranges are asked for. With method bloom nothing is spooled, and memory holds the filter.
func ParagraphStream(ctx context.Context, r io.Reader, opts ParagraphOptions) (ParagraphStats, error) {
	x, err := paragraph.NewExchange(opts.Options, nil)
	if err != nil {
		return ParagraphStats{}, err
	}
	if opts.Workers <= 0 {
		opts.Workers = runtime.GOMAXPROCS(0)
	}
	w := &paragraphStream{opts: opts, hasher: x.Hasher}
	if opts.Options.Method == paragraph.Bloom {
		err = w.filter(ctx, r, x)
	} else {
		err = w.sort(ctx, r, x)
	}
	return w.stats, err
}

// paragraphStream hands documents on without what is removed.
type paragraphStream struct {
	opts   ParagraphOptions
	hasher *paragraph.Hasher
	ids    []string // by number; where ranges with partners are asked for
	stats  ParagraphStats
}

// write takes the paragraphs out of a document and hands it on, unless it goes as a whole.
func (s *paragraphStream) write(d *corpus.Document, repeats []paragraph.Repeat) error {
	cut, err := s.hasher.Cut(d.Text, repeats)
	if err != nil {
		return err
	}
	s.stats.add(cut)
	for _, x := range cut.Ranges {
		d.Edits = append(d.Edits, corpus.Edit{Stage: stageParagraph, Type: EditRepeat, Offset: x.Offset, Length: x.Length})
		if s.opts.Range == nil {
			continue
		}
		r := SubstringRange{ID: d.ID, Offset: x.Offset, Length: x.Length}
		if x.Partner != paragraph.NoPartner {
			r.Partner, r.PartnerOffset = s.ids[x.Partner.Index()], x.PartnerOffset
		}
		if err := s.opts.Range(r); err != nil {
			return err
		}
	}
	if cut.Drop {
		return nil
	}
	d.Text = cut.Text
	return s.opts.Write(d)
}

// sort finds the copies by the exchange: it spools the documents, reduces their pairs, and reads the documents again beside what is found.
func (s *paragraphStream) sort(ctx context.Context, r io.Reader, x *paragraph.Exchange) (err error) {
	dir, err := os.MkdirTemp(s.opts.TempDir, "corpus-dedup-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	spooled := &dedupStream{DedupOptions: DedupOptions{Exchange: x, Workers: s.opts.Workers}, dir: dir}
	if err := spooled.spool(ctx, r); err != nil {
		return err
	}
	defer spooled.store.close()
	s.stats.Empty, s.stats.Raw = spooled.empty, spooled.raw
	run, err := spooled.reduced(ctx, x, mapped)
	if err != nil {
		return err
	}
	defer run.Close()        // read only: nothing is lost by an error here
	if s.opts.Range != nil { // a partner may come later
		for d, err := range spooled.documents(ctx, 0) {
			if err != nil {
				return err
			}
			s.ids = append(s.ids, d.ID)
		}
	}
	repeats := pull(repeatsByDocument(run.Records(nil, nil)), func(r documentRepeats) corpus.Ref { return r.ref })
	defer repeats.stop()
	for d, err := range spooled.documents(ctx, 0) {
		if err != nil {
			return err
		}
		found, err := repeats.at(d.Ref)
		if err != nil {
			return err
		}
		if found == nil {
			found = &documentRepeats{}
		}
		if err := s.write(d, found.repeats); err != nil {
			return err
		}
	}
	return repeats.end()
}

// filter finds the copies by a Bloom filter in one pass: workers hash, and the sink asks the filter in the order of the input.
func (s *paragraphStream) filter(ctx context.Context, r io.Reader, x *paragraph.Exchange) error {
	if err := checkFilter(s.opts.Options, machineMemory()/2); err != nil {
		return err
	}
	filter, err := paragraph.NewFilter(s.opts.Options)
	if err != nil {
		return err
	}
	sink := &filterSink{s, filter}
	p := &engine.Pipeline{SourceName: "ingest", Exchanges: []corpus.Exchange{textOnly{x}}, Workers: s.opts.Workers}
	if err := p.Run(ctx, lines(r, sink)); err != nil {
		return err
	}
	s.stats.Different, s.stats.FalsePositiveRate = filter.Added(), filter.Rate()
	return nil
}

// filterSink asks the filter of each batch's paragraphs and hands its documents on.
type filterSink struct {
	*paragraphStream
	filter *paragraph.Filter
}

func (s *filterSink) Write(_ context.Context, out engine.Output) error {
	pairs := out.Pairs[0]
	var hashed []paragraph.Paragraph
	for i, d := range out.Batch.Documents {
		hashed = hashed[:0]
		for ; len(pairs) > 0 && pairs[0].Document == i; pairs = pairs[1:] {
			hashed = append(hashed, paragraph.Paragraph{Key: paragraph.Key(pairs[0].Key[2:]), Offset: binary.BigEndian.Uint32(pairs[0].Value[8:])})
		}
		if d.Reason != nil {
			s.stats.Empty++
			continue
		}
		if d.HTML != nil {
			s.stats.Raw++
		}
		if err := s.write(d, s.filter.Repeats(hashed, nil)); err != nil {
			return err
		}
	}
	return nil
}

func (s *filterSink) Commit(context.Context, []engine.Counts) error { return nil }

func (s *filterSink) Abort() {}
