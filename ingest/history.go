package ingest

import (
	"bufio"
	"context"
	"errors"
	"io"
)

// historyBytes is how far back damaged compressed data can be searched again.
const historyBytes = 1 << 20

// rawBytes is the size of the read buffer. It is also the least that the history
// keeps on overflow, so that what lies in the read buffer can always be read again.
const rawBytes = 64 << 10

// raw reads an input's own bytes and knows where it is in them, to the byte.
//
// Decoders read from br: a bufio.Reader has ReadByte, so that they stop exactly at
// a member's end, and klauspost/compress has a fast path for this very type. raw
// itself is what br reads from; it keeps a copy of the last bytes for rewind.
type raw struct {
	ctx context.Context
	r   io.Reader
	br  *bufio.Reader

	kept   []byte // the bytes from keptAt on
	keptAt int64
	next   int64 // the offset of the next byte that br gets
	hold   int64 // the offset from which bytes are wanted back

	// forward says that rewind will not be called, so that nothing need be kept.
	forward bool
	// more says that r is a part of a file that goes on behind it.
	more bool
	// failed is the first error of r or ctx: not bad bytes but an input that cannot be read.
	failed error
}

func newRaw(ctx context.Context, r io.Reader, base int64) *raw {
	x := &raw{ctx: ctx, r: r, keptAt: base, next: base, hold: base}
	x.br = bufio.NewReaderSize(x, rawBytes)
	return x
}

// Read serves br, from the history after a rewind.
func (x *raw) Read(p []byte) (int, error) {
	if behind := x.next - x.keptAt; behind < int64(len(x.kept)) {
		n := copy(p, x.kept[behind:])
		x.next += int64(n)
		return n, nil
	}
	if x.failed == nil {
		x.failed = x.ctx.Err()
	}
	if x.failed != nil {
		return 0, x.failed
	}
	n, err := x.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		x.failed = err
	} else if err != nil {
		err = io.EOF
	}
	if !x.forward {
		x.keep(p[:n])
	}
	x.next += int64(n)
	return n, err
}

// keep appends to the history; what lies before hold goes first, then the oldest.
func (x *raw) keep(p []byte) {
	if over := len(x.kept) + len(p) - historyBytes; over > 0 {
		drop := min(max(x.hold-x.keptAt, int64(over)), int64(len(x.kept)))
		if int64(over) > x.hold-x.keptAt {
			// Bytes that are wanted must go: then all of them, so that this is not repeated at every read.
			drop = max(0, int64(len(x.kept)-rawBytes))
		}
		n := copy(x.kept, x.kept[drop:])
		x.kept = x.kept[:n]
		x.keptAt += drop
	}
	x.kept = append(x.kept, p...)
}

// offset is where the next byte of br lies in the input.
func (x *raw) offset() int64 { return x.next - int64(x.br.Buffered()) }

// rewindBytes is how far back rewind goes: what the history holds for sure. That it does not depend on how
// the reads fell makes a file's records the same wherever a reading of it began.
const rewindBytes = historyBytes - 2*rawBytes

// rewind makes br go on at an offset, or reports that it is too far back.
func (x *raw) rewind(offset int64) bool {
	if offset < x.keptAt || offset > x.next || x.offset()-offset > rewindBytes {
		return false
	}
	x.next = offset
	x.br.Reset(x)
	return true
}
