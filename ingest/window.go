package ingest

import (
	"bytes"
	"context"
	"io"
)

// input is a window on the decoded bytes of a file: a buffer that slides over
// them, grows up to what one record may need, and knows the marks in it.
type input struct {
	raw   *raw
	layer layer
	codec codec // nil when the input is not compressed

	buf   []byte // buf[r:w] are the decoded bytes from at on
	r, w  int
	at    int64
	marks []mark // those at or behind at, ascending
	blind bool   // the last mark stops: nothing is read behind it until it is passed
	limit int64  // decoded offset at which the input ends, for reading one record of a stream again; else -1
	most  int    // ensure never holds more
}

// minWindow is the buffer's first size.
const minWindow = 128 << 10

// newInput opens the layer that an input's first bytes ask for. Base is the
// offset of r's first byte in the file.
func newInput(ctx context.Context, r io.Reader, base int64, opts Options) *input {
	raw := newRaw(ctx, r, base)
	head, _ := raw.br.Peek(16)
	var gz gzipCodec
	var zs zstdCodec
	var bz bzip2Codec
	switch {
	case bz.begins(head):
		return newWindow(raw, &bz, opts)
	case gz.begins(head):
		return newWindow(raw, &gz, opts)
	case zs.begins(head), isSkippable(head):
		return newWindow(raw, &zs, opts)
	}
	return newWindow(raw, nil, opts)
}

// newWindow makes an input whose compression is known; a nil codec means none.
func newWindow(raw *raw, c codec, opts Options) *input {
	in := &input{raw: raw, codec: c, limit: -1, most: int(opts.MaxRecordBytes) + maxHeader + 4096}
	if c == nil {
		in.layer, in.at = plain{raw}, raw.offset()
		raw.forward = true
	} else {
		in.layer = &members{raw: raw, codec: c, first: raw.offset()}
	}
	in.buf = make([]byte, minWindow)
	return in
}

func (in *input) close() {
	if c, ok := in.codec.(*zstdCodec); ok {
		c.close()
	}
}

// codecName is "" for an uncompressed input, else "gzip", "zstd" or "bzip2".
func (in *input) codecName() string {
	if in.codec == nil {
		return ""
	}
	return in.codec.name()
}

// ensure returns the bytes at hand: at least n of them, unless a stopping mark comes
// first or n is more than the window may hold. They are valid until the next call.
func (in *input) ensure(n int) []byte {
	for in.w-in.r < min(n, in.most) && !in.blind {
		in.fill(n)
	}
	return in.buf[in.r:in.w]
}

// fill reads once.
func (in *input) fill(n int) {
	if free := len(in.buf) - in.w; free < 4<<10 || in.r+n > len(in.buf) {
		in.makeRoom(min(n, in.most))
	}
	p := in.buf[in.w:]
	if in.limit >= 0 {
		p = p[:max(0, min(int64(len(p)), in.limit-in.end()))]
	}
	if in.limit >= 0 && len(p) == 0 {
		// The record may have ended at damage, which is part of what it is.
		var one [1]byte
		n, m, marked := in.layer.read(one[:])
		if n > 0 || !marked || !m.stops() {
			m.cause = end
		}
		in.mark(m)
		return
	}
	read, m, marked := in.layer.read(p)
	in.w += read
	if marked {
		in.mark(m)
	}
}

// mark notes m behind the bytes at hand. Of joins at one place, between members that hold nothing, the last stands for all.
func (in *input) mark(m mark) {
	m.at = in.end()
	if k := len(in.marks) - 1; k >= 0 && m.cause == join && in.marks[k].cause == join && in.marks[k].at == m.at {
		in.marks[k].next, in.marks[k].lost = m.next, m.lost
		return
	}
	in.marks = append(in.marks, m)
	in.blind = m.stops()
}

// end is the decoded offset behind the last byte at hand.
func (in *input) end() int64 { return in.at + int64(in.w-in.r) }

// makeRoom slides the bytes at hand to the buffer's beginning, and doubles it where n of them need that.
func (in *input) makeRoom(n int) {
	size := len(in.buf)
	for size < n+n/4+4<<10 { // room to slide in, so that small steps under a large n do not move all of it each
		size *= 2
	}
	to := in.buf
	if size > len(in.buf) {
		to = make([]byte, size)
	}
	in.w = copy(to, in.buf[in.r:in.w])
	in.r, in.buf = 0, to
}

// advance passes n bytes at hand. Marks among them are forgotten, not those at the new place.
func (in *input) advance(n int) {
	in.r += n
	in.at += int64(n)
	k := 0
	for k < len(in.marks) && in.marks[k].at < in.at {
		k++
	}
	in.drop(k)
}

func (in *input) drop(k int) {
	if k < len(in.marks) {
		in.marks = in.marks[k:] // not copied: there may be many
		return
	}
	in.marks = in.marks[:0]
}

// here returns the mark at the present place, if it is known already.
func (in *input) here() (mark, bool) {
	if len(in.marks) > 0 && in.marks[0].at == in.at {
		return in.marks[0], true
	}
	return mark{}, false
}

// pass forgets the mark at the present place, so that reading goes on behind it.
func (in *input) pass() {
	in.drop(1)
	if len(in.marks) == 0 {
		in.blind = false
	}
}

// skipLines passes line ends, and returns at the first other byte or stopping mark.
// With that, member is the last join passed; known is false where there was none.
func (in *input) skipLines() (member mark, known bool) {
	for {
		if m, ok := in.here(); ok {
			if m.stops() {
				return member, known
			}
			member, known = m, true
			in.pass()
			continue
		}
		b := in.ensure(1)
		if _, ok := in.here(); ok {
			continue
		}
		if len(in.marks) > 0 {
			b = b[:min(int64(len(b)), in.marks[0].at-in.at)]
		}
		n := len(b) - len(bytes.TrimLeft(b, "\r\n"))
		if n == 0 {
			return member, known
		}
		in.advance(n)
	}
}

// drain reads to the end and returns the input's size.
func (in *input) drain() int64 {
	io.Copy(io.Discard, in.raw.br)
	return in.raw.offset()
}
