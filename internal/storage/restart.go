package storage

import (
	"context"
	"fmt"
	"io"
	"io/fs"
)

// restart reads a range from a server that sends whole objects only: it passes what comes before, and begins
// again at the object's beginning after a broken connection.
type restart struct {
	r        *remote
	from, to int64

	requests int // so far: each costs all bytes before the place that is reached

	body io.ReadCloser   // nil where no request is under way
	ctx  context.Context // of that request
	end  func()
	dog  *watchdog
	err  error
}

// Read implements io.Reader.
func (s *restart) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	if s.from >= s.to {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), s.to-s.from)]
	n := 0
	s.err = s.r.policy.retry(s.r.ctx, "read", s.r.address, func(context.Context, *watchdog) (bool, error) {
		var err error
		n, err = s.read(p)
		return n > 0, err
	})
	s.from += int64(n)
	return n, s.err
}

// read reads once, at the place that is reached.
func (s *restart) read(p []byte) (int, error) {
	if err := s.reopen(); err != nil {
		return 0, err
	}
	s.dog.fed()
	n, err := s.body.Read(p)
	s.dog.timer.Stop() // the reader may take its time until it asks again
	if n > 0 || len(p) == 0 {
		return n, nil
	}
	ctx := s.ctx
	s.shut()
	if err == nil {
		err = io.ErrNoProgress
	}
	return 0, idleOr(ctx, err)
}

// reopen begins a request where none is under way, and passes the bytes that were read before.
func (s *restart) reopen() error {
	if s.body != nil {
		return nil
	}
	if s.requests++; s.requests > s.r.policy.most {
		return &failure{final: true, err: fmt.Errorf("broke off %d times, and the server cannot go on where it did", s.requests-1)}
	}
	s.ctx, s.dog, s.end = s.r.policy.watch(s.r.ctx)
	body, err := s.r.object.open(s.ctx, s.r.version, 0, s.r.version.size)
	if err == nil {
		s.body = body
		_, err = io.CopyN(io.Discard, feeding{body, s.dog}, s.from)
	}
	if err != nil {
		err = idleOr(s.ctx, err)
		s.shut()
	}
	return err
}

func (s *restart) shut() {
	if s.body != nil {
		s.body.Close()
		s.body = nil
	}
	if s.end != nil {
		s.end()
		s.end = nil
	}
}

// Close ends the request under way.
func (s *restart) Close() error {
	s.shut()
	s.err = fs.ErrClosed
	return nil
}

// feeding tells a watchdog of the bytes that pass.
type feeding struct {
	io.Reader
	dog *watchdog
}

func (f feeding) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if n > 0 {
		f.dog.fed()
	}
	return n, err
}
