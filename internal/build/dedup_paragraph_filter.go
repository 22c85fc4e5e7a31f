package build

import (
	"context"
	"errors"
	"fmt"

	"corpus"
	"corpus/dedup/paragraph"

	"golang.org/x/sync/errgroup"
)

// A hashedDocument is a document on its way to the filter.
type hashedDocument struct {
	doc        *corpus.Document
	paragraphs []paragraph.Paragraph
}

// Hashed documents travel in batches of so many, or of so many bytes of text, and so many batches of a unit may wait.
const (
	hashedBatch = 64
	hashedBytes = 1 << 20
	hashedAhead = 2
)

// filterParagraphs is one pass over all documents: several units are read and hashed at once, and one goroutine asks the filter in the order of the
// documents, so that the result does not depend on the workers. It begins anew when it is interrupted: what the filter holds is not stored.
func (b *build) filterParagraphs(ctx context.Context, f *fates) error {
	opts := b.Config.Dedup.Paragraph
	h, err := paragraph.NewHasher(opts)
	if err != nil {
		return err
	}
	b.Log.Info("a Bloom filter of paragraphs is made", "expected", opts.Expected, "false_positive_rate", opts.FalsePositiveRate, "mib", opts.FilterBytes()>>20)
	filter, err := paragraph.NewFilter(opts)
	if err != nil {
		return err
	}
	w := b.writeParagraphs()
	defer w.abort()
	b.expect(len(b.plan.Units), 0)
	units := make(chan chan []hashedDocument, b.Workers)
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(b.Workers + 1)
	g.Go(func() error {
		for unit := range units {
			for batch := range unit {
				for _, d := range batch {
					if err := w.cut(h, d.doc, filter.Repeats(d.paragraphs, nil)); err != nil {
						return err
					}
				}
			}
			b.stepDone()
		}
		return gctx.Err() // a unit also ends when its reader fails
	})
	for _, unit := range b.plan.Numbers() {
		batches := make(chan []hashedDocument, hashedAhead)
		select {
		case units <- batches:
		case <-gctx.Done():
		}
		if gctx.Err() != nil {
			close(batches)
			break
		}
		g.Go(func() error {
			defer close(batches)
			if err := b.hashUnit(gctx, h, f, unit, batches); err != nil {
				return fmt.Errorf("%s: %w", b.planned(unit).Name(), err)
			}
			return nil
		})
	}
	close(units)
	if err := errors.Join(g.Wait(), ctx.Err()); err != nil {
		return err
	}
	w.result.Different, w.result.FalsePositiveRate = filter.Added(), filter.Rate()
	b.warnFull(filter, opts)
	return w.commit(ctx)
}

// hashUnit sends the documents of a unit with the hashes of their paragraphs.
func (b *build) hashUnit(ctx context.Context, h *paragraph.Hasher, f *fates, unit int, out chan<- []hashedDocument) error {
	var batch []hashedDocument
	size := 0
	send := func() error {
		select {
		case out <- batch:
			batch, size = nil, 0
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for d, err := range b.survivorsOf(ctx, f, unit) {
		if err != nil {
			return err
		}
		batch = append(batch, hashedDocument{d, h.Paragraphs(d, nil)})
		if size += len(d.Text); len(batch) < hashedBatch && size < hashedBytes {
			continue
		}
		if err := send(); err != nil {
			return err
		}
	}
	return send()
}

// warnFull says that more paragraphs came than the filter was made for.
func (b *build) warnFull(filter *paragraph.Filter, opts paragraph.Options) {
	if filter.Added() > opts.Expected {
		b.Log.Warn("more different paragraphs than expected: the filter takes more of them for repeated than was asked for", "key", "dedup.paragraph.expected",
			"expected", opts.Expected, "found", filter.Added(), "false_positive_rate", filter.Rate())
	}
}
