package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// object is one object of a store. Each call is one request, which is not tried again here.
type object interface {
	// stat says how large the object is and which version it is.
	stat(ctx context.Context) (version, error)
	// open returns the n bytes from off on, or fewer where the connection ends early. It fails with errChanged where
	// the object is not the version that is given. Where version.whole is set, off is 0 and n is the object's size.
	open(ctx context.Context, v version, off, n int64) (io.ReadCloser, error)
}

// version identifies the content of an object.
type version struct {
	size  int64
	tag   string // ETag, generation or date of change; may be empty
	whole bool   // the server sends whole objects only
}

// same says whether an answer's size and tag are those of the version. What the answer does not tell is not compared.
func (v version) same(size int64, tag string) bool {
	return (size < 0 || size == v.size) && (tag == "" || v.tag == "" || tag == v.tag)
}

// openRemote opens an object: one request for its size and version.
func openRemote(ctx context.Context, at address) (*remote, error) {
	r := &remote{address: at, policy: policyOf(ctx)}
	var err error
	if r.object, err = newObject(ctx, at); err != nil {
		return nil, err
	}
	r.ctx, r.cancel = context.WithCancelCause(ctx)
	err = r.policy.retry(r.ctx, "open", at, func(ctx context.Context, _ *watchdog) (bool, error) {
		var err error
		r.version, err = r.object.stat(ctx)
		return false, err
	})
	if err != nil {
		r.cancel(nil)
		return nil, err
	}
	return r, nil
}

// statRemote is openRemote for the size alone.
func statRemote(ctx context.Context, at address) (Entry, error) {
	r, err := openRemote(ctx, at)
	if err != nil {
		return Entry{}, err
	}
	defer r.Close()
	return Entry{Path: at.object(), Bytes: r.Size()}, nil
}

// remote is an open object. Its requests end with the context under which it was opened, or with Close.
type remote struct {
	address address
	object  object
	version version
	policy  policy
	ctx     context.Context
	cancel  context.CancelCauseFunc

	front io.ReadCloser // what Read reads; nil before the first one
	at    int64         // where front goes on
	until int64         // where Read is expected to end; 0: at the object's end
	near  near
}

func (r *remote) Size() int64 { return r.version.size }

// Read implements io.Reader: large requests, one of them under way while the one before is used.
func (r *remote) Read(p []byte) (int, error) {
	if r.front == nil {
		if r.version.whole {
			r.front = &restart{r: r, from: r.at, to: r.version.size}
		} else {
			r.front = newAhead(r, r.at, r.until)
		}
	}
	n, err := r.front.Read(p)
	r.at += int64(n)
	return n, err
}

// Seek implements io.Seeker: Read goes on at the offset.
func (r *remote) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.version.size
	}
	if offset < 0 {
		return 0, fmt.Errorf("read %s: negative offset %d", Redacted(r.address.String()), offset)
	}
	if offset != r.at && r.front != nil {
		r.front.Close()
		r.front = nil
	}
	r.at = offset
	return offset, nil
}

// ReadAt implements io.ReaderAt. A read that follows on one before brings a little more than was asked for, for the next one;
// any other is a request for exactly its bytes.
func (r *remote) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("read %s: negative offset %d", Redacted(r.address.String()), off)
	}
	if r.version.whole {
		return 0, fmt.Errorf("read %s at byte %d: %w", Redacted(r.address.String()), off, ErrNoRanges)
	}
	if off >= r.version.size {
		return 0, io.EOF
	}
	var ends error
	if int64(len(p)) > r.version.size-off {
		p, ends = p[:r.version.size-off], io.EOF
	}
	n := r.near.copy(p, off)
	if n < len(p) {
		at := off + int64(n)
		want := min(r.near.size(off, int64(len(p)-n)), r.version.size-at)
		m, err := r.fetchAt(p[n:], at, want)
		n += m
		if err != nil {
			return n, err
		}
	}
	r.near.note(off, off+int64(n))
	return n, ends
}

// fetchAt fills p, by a request for want bytes of which the rest is kept.
func (r *remote) fetchAt(p []byte, off, want int64) (int, error) {
	if want <= int64(len(p)) {
		return r.fetch(p, off)
	}
	block := make([]byte, want)
	n, err := r.fetch(block, off)
	if err == nil {
		r.near.keep(off, block)
	}
	return copy(p, block[:n]), err
}

// fetch fills p with the bytes from off on. After a broken connection it goes on at the byte that comes next.
func (r *remote) fetch(p []byte, off int64) (int, error) {
	done := 0
	err := r.policy.retry(r.ctx, "read", r.address, func(ctx context.Context, w *watchdog) (bool, error) {
		body, err := r.object.open(ctx, r.version, off+int64(done), int64(len(p)-done))
		if err != nil {
			return false, err
		}
		defer body.Close()
		before := done
		for done < len(p) {
			n, err := body.Read(p[done:])
			done += n
			if n > 0 {
				w.fed()
			}
			if err != nil && done < len(p) {
				return done > before, err
			}
		}
		return true, nil
	})
	return done, err
}

// Close ends what is under way, and waits until it has ended.
func (r *remote) Close() error {
	if errors.Is(context.Cause(r.ctx), fs.ErrClosed) {
		return fmt.Errorf("close %s: %w", Redacted(r.address.String()), fs.ErrClosed)
	}
	r.cancel(fs.ErrClosed)
	if r.front != nil {
		return r.front.Close()
	}
	return nil
}

// Expect says that the input will be read in order up to an offset, or not far beyond it, so that an object's large requests
// end there. It changes nothing that is read.
func Expect(r Reader, until int64) {
	if far, ok := r.(*remote); ok {
		far.until = until
	}
}
