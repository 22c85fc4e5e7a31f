package storage

import (
	"io"
	"net/http"
)

// maxAnswer bounds what is read of an answer that is no content of an object: a page of a listing, an error's text.
const maxAnswer = 16 << 20

// bounded makes requests to a store, whose library reads such answers into memory to their end.
type bounded func(*http.Request) (*http.Response, error)

// Do implements the clients' interfaces.
func (b bounded) Do(req *http.Request) (*http.Response, error) {
	res, err := b(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode/100 != 2 || req.Header.Get("Range") == "" && req.Header.Get("X-Ms-Range") == "" {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, maxAnswer), res.Body}
	}
	return res, nil
}

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(req *http.Request) (*http.Response, error) { return b.Do(req) }
