package spill

import (
	"context"
	"errors"
	"iter"
)

// errStopped ends a walk through records that nobody wants any more.
var errStopped = errors.New("spill: no more records are wanted")

// Sorted ends the Sorter as Close does, but leaves no run: it yields the records that the run would have, in order, from memory where
// all are held, else from the partial runs, which are then removed. The slices of a record are valid until the next one; an error, that of the
// context among them, is yielded last. What memory the Sorter has it keeps until the end, unless there were partial runs.
func (s *Sorter) Sorted(ctx context.Context) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		if s.closed {
			yield(Record{}, errClosed)
			return
		}
		s.closed = true
		defer s.Abort()
		n := 0
		use := func(key, value []byte) error {
			if n++; n%checkEvery == 1 {
				if err := ctx.Err(); err != nil {
					return err
				}
			}
			if !yield(Record{key, value}, nil) {
				return errStopped
			}
			return nil
		}
		walk := s.each
		if len(s.parts) > 0 {
			walk = func(use func(key, value []byte) error) error { return s.eachOfParts(ctx, use) }
		}
		if err := walk(use); err != nil && err != errStopped {
			yield(Record{}, err)
		}
	}
}

// eachOfParts calls use for all records, in order, when some were spilled.
func (s *Sorter) eachOfParts(ctx context.Context, use func(key, value []byte) error) error {
	if err := s.fewParts(ctx); err != nil {
		return err
	}
	var runs []*Run
	defer func() {
		for _, r := range runs {
			r.Close() // read only: nothing is lost by an error here
		}
	}()
	for _, path := range s.parts {
		r, err := Open(path)
		if err != nil {
			return err
		}
		runs = append(runs, r)
	}
	for record, err := range Merge(runs, nil, nil) {
		if err == nil {
			err = use(record.Key, record.Value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
