// Package storetest runs an S3 server on the loopback for tests, with a front before it that counts requests and spoils answers.
//
// Example:
//
//	s := storetest.NewS3(t, map[string]string{"key": "content"})
//	s.Spoil(func(n int, w http.ResponseWriter, r *http.Request) bool { … })
//	r, err := storage.Open(ctx, s.URL("key"))
package storetest

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// Front stands before a server.
type Front struct {
	next http.Handler

	mu    sync.Mutex
	spoil Spoiler
	asked []string
	now   int
	most  int
}

// A Spoiler may answer the nth read of a file, from 0, in the place of the server: true says that it did.
type Spoiler func(n int, w http.ResponseWriter, r *http.Request) bool

// NewFront puts a front before a handler.
func NewFront(next http.Handler) *Front { return &Front{next: next} }

// ServeHTTP implements http.Handler. It counts and spoils the reads of files: GETs that are no listings.
func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || r.URL.Query().Has("list-type") {
		f.next.ServeHTTP(w, r)
		return
	}
	f.mu.Lock()
	n := len(f.asked)
	f.asked = append(f.asked, r.Header.Get("Range"))
	f.now++
	f.most = max(f.most, f.now)
	spoil := f.spoil
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		f.now--
		f.mu.Unlock()
	}()
	if spoil == nil || !spoil(n, w, r) {
		f.next.ServeHTTP(w, r)
	}
}

// Spoil lets s answer reads from now on; nil ends that.
func (f *Front) Spoil(s Spoiler) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.spoil = s
}

// Asked are the ranges of the reads so far.
func (f *Front) Asked() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.asked)
}

// Most is how many reads were under way at once, at most.
func (f *Front) Most() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.most
}

// Cut answers as the server does and breaks the connection after n bytes of the body.
func (f *Front) Cut(n int, w http.ResponseWriter, r *http.Request) {
	whole := httptest.NewRecorder()
	f.next.ServeHTTP(whole, r)
	for name, values := range whole.Header() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(whole.Body.Len()))
	w.WriteHeader(whole.Code)
	_, _ = w.Write(whole.Body.Bytes()[:min(n, whole.Body.Len())]) // the client may be gone
	if flusher, ok := w.(http.Flusher); ok {
		flusher.Flush()
	}
	panic(http.ErrAbortHandler)
}

// S3 is a server with one bucket, "b".
type S3 struct {
	*Front
	t       testing.TB
	backend gofakes3.Backend
	address string
}

// NewS3 starts a server that ends with the test.
func NewS3(t testing.TB, objects map[string]string) *S3 {
	t.Helper()
	s := &S3{t: t, backend: s3mem.New()}
	if err := s.backend.CreateBucket("b"); err != nil {
		t.Fatal(err)
	}
	for key, content := range objects {
		s.Put(key, content)
	}
	s.Front = NewFront(gofakes3.New(s.backend).Server())
	server := httptest.NewServer(s.Front)
	t.Cleanup(server.Close)
	s.address = server.URL
	return s
}

// Put writes an object.
func (s *S3) Put(key, content string) {
	s.t.Helper()
	if _, err := s.backend.PutObject("b", key, nil, strings.NewReader(content), int64(len(content)), nil); err != nil {
		s.t.Fatal(err)
	}
}

// PutFolder writes all files below a local folder as objects.
func (s *S3) PutFolder(dir string) {
	s.t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		s.Put(filepath.ToSlash(name), string(data))
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// URL is the address of an object, or a pattern. It needs no credentials.
func (s *S3) URL(key string) string {
	return "s3://b/" + key + "?anonymous=true&endpoint=" + s.address + "&region=us-east-1&use_path_style=true"
}
