package main

import (
	"context"
	"io"
)

// input is standard input whose Read ends when ctx does, although the read of a terminal or a pipe cannot be called
// off: one goroutine reads ahead, and what it waits for at the end of the program is left to the system.
type input struct {
	ctx    context.Context
	r      io.Reader
	chunks chan chunk
	free   chan []byte
	last   chunk
	rest   []byte // of last
}

type chunk struct {
	data []byte
	err  error
}

// inputChunk is the size of a read; two are in turn.
const inputChunk = 64 << 10

func newInput(ctx context.Context, r io.Reader) *input { return &input{ctx: ctx, r: r} }

func (in *input) Read(p []byte) (int, error) {
	if in.chunks == nil {
		in.chunks, in.free = make(chan chunk), make(chan []byte, 2)
		in.free <- make([]byte, inputChunk)
		in.free <- make([]byte, inputChunk)
		go in.readAhead()
	}
	for len(in.rest) == 0 && in.last.err == nil {
		if in.last.data != nil {
			in.free <- in.last.data[:inputChunk]
			in.last.data = nil
		}
		select {
		case in.last = <-in.chunks:
			in.rest = in.last.data
		case <-in.ctx.Done():
			return 0, in.ctx.Err()
		}
	}
	n := copy(p, in.rest)
	in.rest = in.rest[n:]
	if n == 0 && len(p) > 0 {
		return 0, in.last.err
	}
	return n, nil
}

func (in *input) readAhead() {
	for buf := range in.free {
		n, err := in.r.Read(buf)
		select {
		case in.chunks <- chunk{buf[:n], err}:
		case <-in.ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}
