package storage

import (
	"context"
	"io/fs"

	"golang.org/x/sync/errgroup"
)

// Range is a stretch of an input, in bytes.
type Range struct{ Offset, Length int64 }

// Bounds of what a Prefetch holds.
const (
	prefetched    = 8       // ranges
	prefetchBytes = 4 << 20 // of one; longer ones are left to be read as they are asked for
)

// Prefetch reads ranges of an object before they are asked for, several at once: a record of an index costs a request each, and
// most of its time is spent waiting. Its goroutines end with Close or with the context.
type Prefetch struct {
	r      Reader
	queue  chan *fetch // in the order of the ranges; nil for a local file
	head   *fetch      // the first of them
	cancel context.CancelCauseFunc
	group  *errgroup.Group
}

// fetch is one range, whose data is there once done is closed.
type fetch struct {
	Range
	data []byte
	err  error
	done chan struct{}
}

// NewPrefetch begins to read ranges of an open input, in their order. A local file needs none of it, and its reads go through. Close it before the input.
func NewPrefetch(ctx context.Context, r Reader, ranges []Range) *Prefetch {
	p := &Prefetch{r: r}
	far, ok := r.(*remote)
	if !ok {
		return p
	}
	ctx, p.cancel = context.WithCancelCause(ctx)
	p.group = new(errgroup.Group)
	far = &remote{address: far.address, object: far.object, version: far.version, policy: far.policy, ctx: ctx}
	p.queue = make(chan *fetch, prefetched-2) // one more waits to be put in, another is in use
	p.group.Go(func() error {
		defer close(p.queue)
		for _, at := range ranges {
			if at.Length > prefetchBytes {
				continue
			}
			f := &fetch{Range: at, done: make(chan struct{})}
			p.group.Go(func() error {
				defer close(f.done)
				f.data = make([]byte, at.Length)
				n, err := far.ReadAt(f.data, at.Offset)
				f.data, f.err = f.data[:n], err
				return nil
			})
			select {
			case p.queue <- f:
			case <-ctx.Done():
				return nil
			}
		}
		return nil
	})
	return p
}

// ReadAt implements io.ReaderAt, for one goroutine: a read of one of the ranges, in their order, is answered from what was fetched; any other is passed on.
func (p *Prefetch) ReadAt(b []byte, off int64) (int, error) {
	if p.queue == nil || len(b) > prefetchBytes {
		return p.r.ReadAt(b, off)
	}
	for p.head == nil || p.head.Offset < off {
		var more bool
		if p.head, more = <-p.queue; !more {
			return p.r.ReadAt(b, off)
		}
	}
	if p.head.Offset > off || p.head.Length != int64(len(b)) {
		return p.r.ReadAt(b, off)
	}
	<-p.head.done
	return copy(b, p.head.data), p.head.err
}

// Size is that of the input.
func (p *Prefetch) Size() int64 { return p.r.Size() }

// Close ends what is under way.
func (p *Prefetch) Close() error {
	if p.queue == nil {
		return nil
	}
	p.cancel(fs.ErrClosed)
	return p.group.Wait()
}
