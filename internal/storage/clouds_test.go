package storage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"corpus/internal/storage/storetest"
)

// bucketServer holds the objects of one bucket for the two small imitations of services below, which answer what
// this package asks: they show that the adapters fit the libraries, not that the libraries fit the services.
type bucketServer struct {
	mu         sync.Mutex
	objects    map[string]string
	generation int
}

func (s *bucketServer) put(key, content string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects[key] = content
	s.generation++
}

func (s *bucketServer) get(key string) (content, tag string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	content, ok = s.objects[key]
	return content, fmt.Sprint(100 + s.generation), ok
}

// gcs answers the JSON API of Google Cloud Storage, and its XML API for content.
func (s *bucketServer) gcs(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/storage/v1/b/b/o" {
		var items []map[string]string
		for key, content := range s.objects {
			if strings.HasPrefix(key, r.FormValue("prefix")) {
				items = append(items, map[string]string{"name": key, "bucket": "b", "size": fmt.Sprint(len(content)), "generation": "1"})
			}
		}
		json.NewEncoder(w).Encode(map[string]any{"items": items})
		return
	}
	key, attributes := strings.CutPrefix(r.URL.Path, "/storage/v1/b/b/o/")
	if !attributes {
		key = strings.TrimPrefix(r.URL.Path, "/b/")
	}
	content, tag, ok := s.get(key)
	match := r.Header.Get("X-Goog-If-Generation-Match")
	switch {
	case !ok:
		w.WriteHeader(http.StatusNotFound)
	case match != "" && match != tag:
		w.WriteHeader(http.StatusPreconditionFailed)
	case attributes:
		json.NewEncoder(w).Encode(map[string]string{"name": key, "bucket": "b", "size": fmt.Sprint(len(content)), "generation": tag, "etag": "e" + tag})
	default:
		w.Header().Set("X-Goog-Generation", tag)
		w.Header().Set("X-Goog-Stored-Content-Length", fmt.Sprint(len(content)))
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(content))
	}
}

// azure answers the REST API of Azure Blob Storage for the account "a".
func (s *bucketServer) azure(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("comp") == "list" {
		fmt.Fprint(w, `<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>`)
		for key, content := range s.objects {
			if strings.HasPrefix(key, r.FormValue("prefix")) {
				fmt.Fprintf(w, "<Blob><Name>%s</Name><Properties><Last-Modified>%s</Last-Modified><Content-Length>%d</Content-Length></Properties></Blob>",
					key, time.Unix(0, 0).UTC().Format(http.TimeFormat), len(content))
			}
		}
		fmt.Fprint(w, "</Blobs></EnumerationResults>")
		return
	}
	content, tag, ok := s.get(strings.TrimPrefix(r.URL.Path, "/a/b/"))
	tag = `"` + tag + `"`
	switch match := r.Header.Get("If-Match"); {
	case !ok:
		w.Header().Set("X-Ms-Error-Code", "BlobNotFound")
		w.WriteHeader(http.StatusNotFound)
	case match != "" && match != tag:
		w.Header().Set("X-Ms-Error-Code", "ConditionNotMet")
		w.WriteHeader(http.StatusPreconditionFailed)
	default:
		w.Header().Set("ETag", tag)
		w.Header().Set("X-Ms-Creation-Time", time.Unix(0, 0).UTC().Format(http.TimeFormat))
		r.Header.Set("Range", r.Header.Get("X-Ms-Range"))
		http.ServeContent(w, r, "", time.Unix(1e9, 0), strings.NewReader(content))
	}
}

func TestOtherClouds(t *testing.T) {
	file := content(200_000)
	for _, name := range []string{"gs", "azblob"} {
		t.Run(name, func(t *testing.T) {
			s := &bucketServer{objects: map[string]string{"x/file": string(file), "x/y/b.gz": "12", "z": ""}}
			f := storetest.NewFront(http.HandlerFunc(map[string]http.HandlerFunc{"gs": s.gcs, "azblob": s.azure}[name]))
			server := httptest.NewServer(f)
			defer server.Close()
			host := strings.TrimPrefix(server.URL, "http://")
			at := func(key string) string { return "gs://b/" + key + "?universe_domain=" + host } // makes the client this server's own
			if name == "gs" {
				t.Setenv("STORAGE_EMULATOR_HOST", host)
			} else {
				at = func(key string) string {
					return "azblob://b/" + key + "?anonymous=true&storage_account=a&protocol=http&domain=" + url.QueryEscape(host)
				}
			}
			f.Spoil(func(n int, w http.ResponseWriter, r *http.Request) bool {
				switch n % 5 {
				case 1:
					w.WriteHeader(http.StatusServiceUnavailable)
					return true
				case 3:
					f.Cut(500, w, r)
				}
				return false
			})
			ctx := quick(t)
			if got, err := readAll(ctx, at("x/file")); err != nil || !bytes.Equal(got, file) {
				t.Fatalf("read %d bytes, %v", len(got), err)
			}
			f.Spoil(nil)
			r, err := Open(ctx, at("x/file"))
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			checkReadAt(t, r, file)
			entries, err := Glob(ctx, at("x/**/*.gz"))
			if err != nil || len(entries) != 1 || entries[0] != (Entry{at("x/y/b.gz"), 2}) {
				t.Errorf("glob: %v, %v", entries, err)
			}
			if _, err := Open(ctx, at("nowhere")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("a missing object: %v", err)
			}
			s.put("x/file", strings.Repeat("x", len(file)))
			if _, err := io.ReadAll(r); !errors.Is(err, errChanged) {
				t.Errorf("a changed object: %v", err)
			}
		})
	}
}

// TestAnswersThatLackHeaders comes from servers that are not what an address says.
func TestAnswersThatLackHeaders(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "{}") }))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	t.Setenv("STORAGE_EMULATOR_HOST", host)
	for _, path := range []string{
		"gs://b/x?universe_domain=" + host,
		"azblob://b/x?anonymous=true&storage_account=a&protocol=http&domain=" + url.QueryEscape(host),
		"s3://b/x?anonymous=true&region=us-east-1&use_path_style=true&endpoint=" + server.URL,
		server.URL + "/x",
	} {
		got, err := readAll(quick(t), path)
		if err == nil && len(got) > 2 {
			t.Errorf("%s: read %q", path, got)
		}
	}
}
