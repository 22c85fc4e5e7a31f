package build

import (
	"context"
	"iter"
	"slices"

	"corpus"
)

// survivorsOf yields the documents of a unit as they come to an edit method: those that all methods before it keep, without the
// parts that these remove. What these are was chosen by openFates. Each document is the receiver's.
func (b *build) survivorsOf(ctx context.Context, f *fates, unit int) iter.Seq2[*corpus.Document, error] {
	return func(yield func(*corpus.Document, error) bool) {
		u := f.unit(unit)
		defer u.stop()
		for d, err := range b.curated(ctx, unit) {
			if err != nil {
				yield(nil, err)
				return
			}
			fate, err := u.of(d.Ref)
			if err == nil {
				err = fate.edit(d)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if fate.stays() && !yield(d, nil) {
				return
			}
		}
		if err := u.end(); err != nil {
			yield(nil, err)
		}
	}
}

// stays says whether the document stays, as far as the fate goes.
func (f fate) stays() bool {
	return !f.over && !f.duplicate() && !slices.ContainsFunc(f.edits, func(r methodRemoval) bool { return r.Drop })
}

// edit takes out of a document what is removed from it.
func (f fate) edit(d *corpus.Document) error {
	for _, e := range f.edits {
		left, edits, err := e.apply(e.method, d.Text)
		if err != nil {
			return err
		}
		d.SetSignal(CutSignal(e.method), float64(len(d.Text)-len(left)))
		d.Text, d.Edits = left, append(d.Edits, edits...)
	}
	return nil
}
