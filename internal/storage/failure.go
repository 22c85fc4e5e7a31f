package storage

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"
)

// ErrNoRanges says that a server sends whole files only, so that nothing can be read at an offset. It is an errors.ErrUnsupported.
var ErrNoRanges error = explained{"the server does not answer range requests: the file can only be read from its beginning", errors.ErrUnsupported}

// errChanged says that an object is not the one that was opened.
var errChanged = errors.New("changed since it was opened: inputs must not change")

// errNoSize says that nobody can tell where an object ends.
var errNoSize = errors.New("the server does not say how large the file is")

// errIdle ends a request that brings nothing.
var errIdle = errors.New("no answer in time")

// failure is one request that failed.
type failure struct {
	status int           // of HTTP; 0 where there was no answer
	code   string        // the store's own name for it ("SlowDown")
	after  time.Duration // what Retry-After asked for
	final  bool          // another try is of no use
	err    error         // says more, or is what callers ask for with errors.Is; may be nil
}

func (f *failure) Error() string {
	text := ""
	if f.status != 0 {
		text = "HTTP " + strconv.Itoa(f.status)
		if name := http.StatusText(f.status); name != "" {
			text += " " + name
		}
	}
	if f.code != "" {
		text += " (" + f.code + ")"
	}
	if f.err != nil {
		if text != "" {
			text += ": "
		}
		text += f.err.Error()
	}
	return text
}

func (f *failure) Unwrap() error { return f.err }

// misplaced is an answer with other bytes than those that were asked for, as of a server that knows no ranges.
func misplaced(want, got int64) *failure {
	if got < 0 {
		return &failure{err: fmt.Errorf("asked for byte %d, and the answer does not say which bytes it has", want)}
	}
	return &failure{err: fmt.Errorf("asked for byte %d, was sent byte %d", want, got)}
}

// statusFailure judges an answer's status.
func statusFailure(status int, code string, head http.Header) *failure {
	f := &failure{status: status, code: code}
	switch status {
	case http.StatusNotFound, http.StatusGone:
		f.final, f.err = true, explained{"there is no such object", fs.ErrNotExist}
	case http.StatusUnauthorized, http.StatusForbidden:
		f.final, f.err = true, explained{"no right to read it, or no credentials", fs.ErrPermission}
	case http.StatusPreconditionFailed:
		f.final, f.err = true, errChanged
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		f.after = retryAfter(head)
	default:
		f.final = true
	}
	return f
}

// explained is a sentinel with words of its own.
type explained struct {
	text string
	is   error
}

func (e explained) Error() string { return e.text }
func (e explained) Unwrap() error { return e.is }

// retryAfter reads the seconds of a Retry-After (RFC 9110, section 10.2.3). Its other form, a date, is left alone: clocks differ.
func retryAfter(head http.Header) time.Duration {
	if n, err := strconv.Atoi(head.Get("Retry-After")); err == nil && n > 0 {
		return time.Duration(min(n, 1<<20)) * time.Second
	}
	return 0
}

func asFailure(err error) *failure {
	var f *failure
	if errors.As(err, &f) {
		return f
	}
	return transportFailure(err)
}

// transportFailure judges an error without an answer. What a server's name or certificate rules out is final.
func transportFailure(err error) *failure {
	f := &failure{err: withoutParameters(err)}
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &name) && name.IsNotFound, errors.As(err, &certificate):
		f.final = true
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		f.err = errors.New("the connection ended early")
	}
	return f
}

var parameters = regexp.MustCompile(`([a-z]+://[^\s"?]*)\?[^\s"]*`)

// withoutParameters takes addresses' parameters out of an error: a redirect's may be signed.
func withoutParameters(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	text := err.Error()
	if cut := parameters.ReplaceAllString(text, "$1"); cut != text {
		return errors.New(cut)
	}
	return err
}
