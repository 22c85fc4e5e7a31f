package build

import (
	"context"
	"errors"
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

// SubstringStream removes passages that stand more than once from JSON Lines. The documents are spooled to disk; memory holds all their text, at most 4 GiB, and
// about as much again.
func SubstringStream(ctx context.Context, r io.Reader, opts SubstringOptions) (stats SubstringStats, err error) {
	finder, err := substring.New(opts.Options)
	if err != nil {
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
	stats.Empty, stats.Raw = spooled.empty, spooled.raw
	texts, ids := &substring.Texts{}, []string{}
	for d, err := range spooled.documents(ctx, 0) {
		if err != nil {
			return stats, err
		}
		if err := texts.Add(d.Text); err != nil { // a raw page has none
			return stats, err
		}
		ids = append(ids, d.ID)
	}
	found, err := finder.Find(ctx, texts)
	if err != nil {
		return stats, err
	}
	next, stop := iter.Pull(found.Removals())
	defer stop()
	removal, more := next()
	for d, err := range spooled.documents(ctx, 0) {
		if err != nil {
			return stats, err
		}
		if more && removal.Document == int(d.Ref) {
			if err := stats.remove(d, removal, ids, opts.Range); err != nil {
				return stats, err
			}
			dropped := removal.Drop
			if removal, more = next(); dropped {
				continue
			}
		}
		if err := opts.Write(d); err != nil {
			return stats, err
		}
	}
	return stats, nil
}

// remove takes the passages out of a document, and hands each on.
func (s *SubstringStats) remove(d *corpus.Document, r substring.Removal, ids []string, use func(SubstringRange) error) error {
	for _, x := range r.Ranges {
		s.Removed += x.Length
		d.Edits = append(d.Edits, corpus.Edit{Stage: stageSubstring, Type: "repeated", Offset: x.Offset, Length: x.Length})
		if use == nil {
			continue
		}
		if err := use(SubstringRange{ID: d.ID, Offset: x.Offset, Length: x.Length, Partner: ids[x.Partner], PartnerOffset: x.PartnerOffset}); err != nil {
			return err
		}
	}
	if r.Drop {
		s.Dropped++
		return nil
	}
	s.Edited++
	d.Text = substring.Apply(d.Text, r.Ranges)
	return nil
}

// noPairs is the exchange of a pass that only spools.
type noPairs struct{}

func (noPairs) Name() string                                          { return stageSubstring }
func (noPairs) Partitions() int                                       { return 1 }
func (noPairs) Map(*corpus.Document, func(int, []byte, []byte)) error { return nil }
func (noPairs) Reduce(context.Context, int, iter.Seq2[corpus.Pair, error], func(corpus.Pair) error) error {
	return nil
}
