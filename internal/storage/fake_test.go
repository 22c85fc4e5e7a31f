package storage

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"corpus/internal/storage/storetest"
)

// quick is the policy of tests: small requests, hardly a pause.
func quick(t *testing.T) context.Context {
	return withPolicy(t.Context(), policy{
		tries: 4, most: 64, firstWait: time.Millisecond, maxWait: 2 * time.Millisecond, maxAsked: time.Second,
		idle: 5 * time.Second, first: 8 << 10, chunk: 64 << 10,
	})
}

// content is reproducible noise.
func content(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{1})
	r.Read(b)
	return b
}

// newWeb serves one file with ranges, or without.
func newWeb(t *testing.T, file []byte, ranges bool) (f *storetest.Front, url string) {
	t.Helper()
	t.Setenv("NETRC", "/nonexistent")
	f = storetest.NewFront(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/file" {
			http.NotFound(w, r)
			return
		}
		if !ranges {
			w.Header().Set("Content-Length", strconv.Itoa(len(file)))
			w.Write(file)
			return
		}
		w.Header().Set("ETag", `"1"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file))
	}))
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	return f, server.URL + "/file"
}

// readAll reads an input from front to back.
func readAll(ctx context.Context, path string) ([]byte, error) {
	r, err := Open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}
