package audit

import (
	"context"
	"iter"

	"corpus/internal/table"
)

// rows yields the rows of a table until its context ends, which is an error.
func rows[T any](ctx context.Context, path string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for row, err := range table.Read[T](path) {
			if err == nil {
				err = ctx.Err()
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// cursor stands on a row of a table that is walked beside another one.
type cursor[T any] struct {
	name string // the table's, for problems
	row  T      // valid while ok
	ok   bool
	err  error // what ended it before its time
	next func() (T, error, bool)
	stop func()
}

// openCursor stands on the first row. The caller calls stop.
func openCursor[T any](ctx context.Context, name, path string) *cursor[T] {
	c := &cursor[T]{name: name}
	c.next, c.stop = iter.Pull2(rows[T](ctx, path))
	c.advance()
	return c
}

func (c *cursor[T]) advance() {
	var err error
	c.row, err, c.ok = c.next()
	if err != nil {
		c.ok, c.err = false, err
	}
}
