package build

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"corpus"
	"corpus/dedup/substring"
)

// SubstringOptions describe the stage command `corpus dedup --method substring`.
type SubstringOptions struct {
	Options substring.Options
	Workers int    // 0: one per core
	TempDir string // for spooled documents; "" for the system's
	// MemoryBytes bounds what the search holds; 0: half of the machine's memory. It changes speed, never the result.
	MemoryBytes int64
	// Write receives the documents in input order, without the repeated passages. Range receives each passage that is removed; it may be nil.
	Write func(*corpus.Document) error
	Range func(SubstringRange) error
}

// SubstringRange is a passage that is removed: bytes of the text of a document as it was read, and where the same bytes stand.
type SubstringRange struct {
	ID            string `json:"id"`
	Offset        int64  `json:"offset"`
	Length        int64  `json:"length"`
	Partner       string `json:"partner"`
	PartnerOffset int64  `json:"partner_offset"`
}

// SubstringStats count what SubstringStream did.
type SubstringStats struct {
	Edited, Dropped int64 // documents that lost a passage and stay; documents that had too little left
	Removed         int64 // bytes of passages, those of dropped documents included
	Empty, Raw      int64 // as in DedupStats
}

// stageSubstring names the edits.
const stageSubstring = "substring"

// SubstringStream removes passages that stand more than once from JSON Lines. The documents and their texts are spooled to disk. Texts that fit in memory
// are searched there, larger ones on disk; memory then holds 48 bytes a document, and all ids where ranges are asked for.
func SubstringStream(ctx context.Context, r io.Reader, opts SubstringOptions) (stats SubstringStats, err error) {
	if err := opts.Options.Validate(); err != nil {
		return stats, err
	}
	dir, err := os.MkdirTemp(opts.TempDir, "corpus-dedup-")
	if err != nil {
		return stats, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	spooled := &dedupStream{DedupOptions: DedupOptions{Exchange: noPairs{}, Workers: opts.Workers}, dir: dir}
	if err := spooled.spool(ctx, r); err != nil {
		return stats, err
	}
	defer spooled.store.close()
	w := &substringWriter{opts: opts}
	texts, err := spooled.texts(ctx, func(d *corpus.Document) {
		if opts.Range != nil {
			w.ids = append(w.ids, d.ID)
		}
	})
	if err != nil {
		return stats, err
	}
	defer texts.close()
	next, stop := iter.Pull2(spooled.documents(ctx, 0))
	defer stop()
	w.next = next
	memory := opts.MemoryBytes
	if memory <= 0 {
		memory = machineMemory() / 2
	}
	if err := texts.repeats(ctx, opts.Options, dir, memory, func(int64) {}, w.remove); err != nil {
		return stats, err
	}
	if _, err := w.copyUntil(^corpus.Ref(0)); !errors.Is(err, io.EOF) {
		return stats, err
	}
	w.stats.Empty, w.stats.Raw = spooled.empty, spooled.raw
	return w.stats, nil
}

// texts writes the texts of the spooled documents to a file of their own; raw pages have none.
func (s *dedupStream) texts(ctx context.Context, each func(*corpus.Document)) (*textStore, error) {
	file, err := os.Create(s.path("texts"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	w, at := bufio.NewWriterSize(file, 1<<18), int64(0)
	var places []textPlace
	for d, err := range s.documents(ctx, 0) {
		if err != nil {
			return nil, err
		}
		p := newTextPlace(d, at)
		if _, err := w.WriteString(d.Text); err != nil {
			return nil, err
		}
		at += p.length
		places = append(places, p)
		each(d)
	}
	if err := w.Flush(); err != nil {
		return nil, err
	}
	t, err := openTextStore(file.Name())
	if err != nil {
		return nil, err
	}
	t.places = places
	return t, nil
}

// substringWriter reads the spooled documents again and hands them on without what is removed.
type substringWriter struct {
	opts  SubstringOptions
	next  func() (*corpus.Document, error, bool)
	ids   []string // by number; where ranges are asked for
	stats SubstringStats
}

// copyUntil hands on the documents before ref and returns the one at ref; the error is io.EOF when there is none.
func (w *substringWriter) copyUntil(ref corpus.Ref) (*corpus.Document, error) {
	for {
		d, err, ok := w.next()
		switch {
		case !ok:
			return nil, io.EOF
		case err != nil || d.Ref == ref:
			return d, err
		}
		if err := w.opts.Write(d); err != nil {
			return nil, err
		}
	}
}

// remove takes the passages out of a document, and hands each on.
func (w *substringWriter) remove(r substring.Removal) error {
	d, err := w.copyUntil(corpus.MakeRef(0, r.Document))
	if err != nil {
		return fmt.Errorf("document %d: %w", r.Document, err)
	}
	for _, x := range r.Ranges {
		w.stats.Removed += x.Length
		d.Edits = append(d.Edits, corpus.Edit{Stage: stageSubstring, Type: EditRepeat, Offset: x.Offset, Length: x.Length})
		if w.opts.Range == nil {
			continue
		}
		if err := w.opts.Range(SubstringRange{ID: d.ID, Offset: x.Offset, Length: x.Length, Partner: w.ids[x.Partner], PartnerOffset: x.PartnerOffset}); err != nil {
			return err
		}
	}
	if r.Drop {
		w.stats.Dropped++
		return nil
	}
	w.stats.Edited++
	d.Text = substring.Apply(d.Text, r.Ranges)
	return w.opts.Write(d)
}

// noPairs is the exchange of a pass that only spools.
type noPairs struct{}

func (noPairs) Name() string                                          { return stageSubstring }
func (noPairs) Partitions() int                                       { return 1 }
func (noPairs) Map(*corpus.Document, func(int, []byte, []byte)) error { return nil }
func (noPairs) Reduce(context.Context, int, iter.Seq2[corpus.Pair, error], func(corpus.Pair) error) error {
	return nil
}
