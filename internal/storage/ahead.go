package storage

import (
	"context"
	"io"
	"io/fs"
)

// ahead reads an object in order by large requests, each begun while the one before is being used. It holds two
// of them at most, and owns one goroutine, which ends with Close or with the context of the object.
type ahead struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	ready  chan piece
	free   chan []byte // buffers for another piece
	ended  chan struct{}

	now  []byte // what is left of the piece in use
	used []byte // its buffer
	err  error
}

// piece is the answer to one request.
type piece struct {
	buffer []byte
	err    error // behind the buffer's bytes; io.EOF at the object's end
}

// newAhead reads from an offset to the object's end. Up to until the requests grow; there they begin small again.
func newAhead(r *remote, from, until int64) *ahead {
	a := &ahead{ready: make(chan piece), free: make(chan []byte, 2), ended: make(chan struct{})}
	a.free <- nil
	a.free <- nil
	a.ctx, a.cancel = context.WithCancelCause(r.ctx)
	go a.run(&remote{address: r.address, object: r.object, version: r.version, policy: r.policy, ctx: a.ctx}, from, until)
	return a
}

func (a *ahead) run(r *remote, from, until int64) {
	defer close(a.ended)
	size := min(r.policy.first, r.policy.chunk)
	for {
		var p piece
		select {
		case p.buffer = <-a.free:
		case <-r.ctx.Done():
			return
		}
		n := min(size, r.version.size-from)
		if from < until {
			n = min(n, until-from)
		}
		if n <= 0 {
			p.buffer, p.err = nil, io.EOF
		} else {
			p.buffer, p.err = r.piece(p.buffer, from, n)
		}
		select {
		case a.ready <- p:
		case <-r.ctx.Done():
			return
		}
		if p.err != nil {
			return
		}
		from += n
		if size = min(2*size, r.policy.chunk); from == until {
			size = min(r.policy.first, r.policy.chunk)
		}
	}
}

// piece reads n bytes into a buffer, which it replaces where it is too small.
func (r *remote) piece(buffer []byte, off, n int64) ([]byte, error) {
	if int64(cap(buffer)) < n {
		buffer = make([]byte, n)
	}
	done, err := r.fetch(buffer[:n], off)
	return buffer[:done], err
}

// Read implements io.Reader.
func (a *ahead) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(a.now) == 0 {
		if a.err != nil {
			return 0, a.err
		}
		if a.used != nil {
			a.free <- a.used
			a.used = nil
		}
		select {
		case next := <-a.ready:
			a.now, a.used, a.err = next.buffer, next.buffer, next.err
		case <-a.ended:
			a.err = context.Cause(a.ctx)
		}
	}
	n := copy(p, a.now)
	a.now = a.now[n:]
	return n, nil
}

// Close ends the goroutine and waits for it.
func (a *ahead) Close() error {
	a.cancel(fs.ErrClosed)
	<-a.ended
	return nil
}
