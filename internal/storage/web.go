package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// webObject is a file of a web server.
type webObject struct {
	client *http.Client
	at     address
	login  *login // nil: none
}

// newWebClient makes the client of all web servers. It asks for no compression: the bytes are wanted as they lie there.
func newWebClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			ForceAttemptHTTP2:     true,
			MaxIdleConns:          256,
			MaxIdleConnsPerHost:   64,
			IdleConnTimeout:       90 * time.Second,
			TLSHandshakeTimeout:   30 * time.Second,
			ExpectContinueTimeout: time.Second,
			DisableCompression:    true,
			// All requests to a server share one connection of HTTP/2: a dead one must not be tried again.
			HTTP2: &http.HTTP2Config{SendPingTimeout: 20 * time.Second, PingTimeout: 20 * time.Second},
		},
		CheckRedirect: func(to *http.Request, before []*http.Request) error {
			switch {
			case len(before) >= 10:
				return &failure{final: true, err: errors.New("more than 10 redirects")}
			case before[0].URL.Scheme == "https" && to.URL.Scheme != "https":
				return &failure{final: true, err: errors.New("redirected from https to http")}
			}
			return nil
		},
	}
}

// stat asks for the first byte: a HEAD says less, and signed addresses behind redirects refuse it.
func (o *webObject) stat(ctx context.Context) (version, error) {
	res, err := o.get(ctx, version{}, 0, 1)
	if err != nil {
		return version{}, err
	}
	defer res.Body.Close()
	v := version{size: res.ContentLength, tag: tagOf(res.Header)}
	switch res.StatusCode {
	case http.StatusOK:
		v.whole = v.size > 0
	case http.StatusPartialContent:
		io.CopyN(io.Discard, res.Body, 4<<10) // so that the connection can be used again
		v.size = rangeTotal(res.Header)
	case http.StatusRequestedRangeNotSatisfiable:
		if v.size = rangeTotal(res.Header); v.size != 0 {
			return version{}, statusFailure(res.StatusCode, "", res.Header)
		}
	}
	if v.size < 0 {
		return version{}, &failure{final: true, err: errNoSize}
	}
	return v, nil
}

// open implements object.
func (o *webObject) open(ctx context.Context, v version, off, n int64) (io.ReadCloser, error) {
	res, err := o.get(ctx, v, off, n)
	if err != nil {
		return nil, err
	}
	size := res.ContentLength
	switch res.StatusCode {
	case http.StatusPartialContent:
		size = rangeTotal(res.Header)
		if from := rangeStart(res.Header.Get("Content-Range")); size < 0 {
			err = misplaced(off, -1)
		} else if from != off {
			err = misplaced(off, from)
		}
	case http.StatusRequestedRangeNotSatisfiable:
		err = &failure{final: true, err: errChanged} // the range was within the file's size
	default:
		if off > 0 || n < v.size {
			err = &failure{err: errors.New("sent the whole file where a range of it was asked for")}
		}
	}
	if err == nil && !v.same(size, tagOf(res.Header)) {
		err = &failure{final: true, err: errChanged}
	}
	if err != nil {
		res.Body.Close()
		return nil, err
	}
	return res.Body, nil
}

// get makes one request. The answer's status is 200, 206 or 416.
func (o *webObject) get(ctx context.Context, v version, off, n int64) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, o.at.url.String(), nil)
	if err != nil {
		return nil, &failure{final: true, err: withoutParameters(err)}
	}
	req.Header.Set("Accept-Encoding", "identity")
	req.Header.Set("User-Agent", "corpus")
	if !v.whole {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", off, off+n-1))
	}
	if strings.HasPrefix(v.tag, `"`) { // only strong tags can be matched (RFC 9110, section 13.1.1)
		req.Header.Set("If-Match", v.tag)
	}
	if o.login != nil {
		req.SetBasicAuth(o.login.user, o.login.password)
	}
	res, err := o.client.Do(req)
	if err != nil {
		return nil, err
	}
	switch res.StatusCode {
	case http.StatusOK, http.StatusPartialContent, http.StatusRequestedRangeNotSatisfiable:
		return res, nil
	}
	io.CopyN(io.Discard, res.Body, 4<<10)
	res.Body.Close()
	return nil, statusFailure(res.StatusCode, "", res.Header)
}

// tagOf is what identifies the content behind an answer: its ETag, else when it was changed.
func tagOf(head http.Header) string {
	if tag := head.Get("ETag"); tag != "" {
		return tag
	}
	return head.Get("Last-Modified")
}

// rangeTotal is the file's size as a Content-Range gives it ("bytes 0-0/1234", "bytes */0"); -1 where it does not.
func rangeTotal(head http.Header) int64 {
	_, total, _ := strings.Cut(head.Get("Content-Range"), "/")
	if n, err := strconv.ParseInt(total, 10, 64); err == nil && n >= 0 {
		return n
	}
	return -1
}

// rangeStart is the first byte that an answer holds: 0 without a Content-Range, which is a whole object; -1 where it cannot be told.
func rangeStart(contentRange string) int64 {
	if contentRange == "" {
		return 0
	}
	unit, rest, _ := strings.Cut(contentRange, " ")
	first, _, _ := strings.Cut(rest, "-")
	n, err := strconv.ParseInt(first, 10, 64)
	if err != nil || !strings.EqualFold(unit, "bytes") {
		return -1
	}
	return n
}
