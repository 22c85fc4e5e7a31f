package storage

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"corpus/internal/storage/storetest"

	"github.com/google/go-cmp/cmp"
)

// TestServersThatIgnoreRanges send the whole object, from its first byte, whatever part of it was asked for.
func TestServersThatIgnoreRanges(t *testing.T) {
	file := content(100_000)
	bucket := &bucketServer{objects: map[string]string{"file": string(file)}}
	s := storetest.NewS3(t, bucket.objects)
	whole := func(next http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			r.Header.Del("Range")
			r.Header.Del("X-Ms-Range")
			next(w, r)
		}
	}
	tests := []struct {
		name    string
		server  http.HandlerFunc
		address func(host string) string
	}{
		{"s3", whole(s.ServeHTTP), func(host string) string {
			return "s3://b/file?anonymous=true&region=us-east-1&use_path_style=true&endpoint=http://" + host
		}},
		{"gs", whole(bucket.gcs), func(host string) string { return "gs://b/file?universe_domain=" + host }},
		{"azblob", whole(bucket.azure), func(host string) string {
			return "azblob://b/file?anonymous=true&storage_account=a&protocol=http&domain=" + url.QueryEscape(host)
		}},
		{"a web server that says it sends a part", func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Range") != "bytes=0-0" {
				w.WriteHeader(http.StatusPartialContent)
				_, _ = w.Write(file) // the reader does not wait for all of it
				return
			}
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file))
		}, func(host string) string { return "http://" + host + "/file" }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("NETRC", "/nonexistent")
			server := httptest.NewServer(test.server)
			defer server.Close()
			host := strings.TrimPrefix(server.URL, "http://")
			t.Setenv("STORAGE_EMULATOR_HOST", host)
			r, err := Open(quick(t), test.address(host))
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if n, err := r.ReadAt(make([]byte, 100), 500); err == nil || n > 0 {
				t.Errorf("ReadAt: %d bytes, %v", n, err)
			}
			if got, err := io.ReadAll(r); err == nil || !bytes.HasPrefix(file, got) {
				t.Errorf("Read: %d bytes, %v", len(got), err)
			}
		})
	}
}

func TestS3WithoutSize(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Transfer-Encoding", "chunked")
	}))
	defer server.Close()
	_, err := Open(quick(t), "s3://b/x?anonymous=true&region=us-east-1&use_path_style=true&endpoint="+server.URL)
	if err == nil || !strings.Contains(err.Error(), "does not say how large") {
		t.Errorf("got %v, want no object of 0 bytes", err)
	}
}

func TestListingsThatMakeNoSense(t *testing.T) {
	one := func(key string) string {
		return "<Contents><Key>" + key + "</Key><LastModified>2020-01-01T00:00:00Z</LastModified><Size>1</Size></Contents>"
	}
	tests := []struct{ name, list, want string }{
		{"a key elsewhere", one("z"), "not below"},
		{"no date", "<Contents><Key>abc/d.gz</Key><Size>1</Size></Contents>", "lacks what the service always sends"},
		{"no end", "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>" + one("abc/d.gz"), "same page"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/xml")
				fmt.Fprint(w, "<ListBucketResult>"+test.list+"</ListBucketResult>")
			}))
			defer server.Close()
			entries, err := Glob(quick(t), "s3://b/abc/*.gz?anonymous=true&region=us-east-1&use_path_style=true&endpoint="+server.URL)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, %v, want an error with %q", entries, err, test.want)
			}
		})
	}
}

func TestAnswersAreBounded(t *testing.T) {
	answer := func(status int, header string) int64 {
		client := bounded(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: status, Body: io.NopCloser(bytes.NewReader(make([]byte, maxAnswer+100)))}, nil
		})
		req := httptest.NewRequest(http.MethodGet, "/", nil)
		req.Header.Set(header, "bytes=0-1")
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, test := range []struct {
		name   string
		status int
		header string
		want   int64
	}{
		{"a listing", 200, "Accept", maxAnswer},
		{"an error", 503, "Range", maxAnswer},
		{"content", 206, "Range", maxAnswer + 100},
		{"content of Azure", 206, "X-Ms-Range", maxAnswer + 100},
	} {
		if got := answer(test.status, test.header); got != test.want {
			t.Errorf("%s: %d bytes, want %d", test.name, got, test.want)
		}
	}
}

// TestBucketsListAsFoldersDo compares names and order, with characters on both sides of those that an address escapes.
func TestBucketsListAsFoldersDo(t *testing.T) {
	objects := map[string]string{}
	for _, name := range []string{"a b", "a!b", "a#b", "a+b", "a%20b", "a-b", "a?b", "bad", "büx", "bz", "Ä ö/x", "Ä ö/y z", "ab/c", "ab-c", "ab.c"} {
		objects["in/"+name+".gz"] = name
	}
	dir := t.TempDir()
	for name, text := range objects {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, path, text)
	}
	s := storetest.NewS3(t, objects)
	for _, pattern := range []string{"in/**", "in/*", "in/Ä ö/*.gz", "in/[a-b]*", "in/*/y z.gz"} {
		local, err := Glob(t.Context(), filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		remote, err := Glob(quick(t), s.URL(pattern))
		if err != nil {
			t.Fatal(err)
		}
		var want, got []string
		for _, e := range local {
			want = append(want, strings.TrimPrefix(e.Path, dir+"/"))
		}
		for _, e := range remote {
			at, err := parseAddress(e.Path)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, at.key())
			if text, err := readAll(quick(t), e.Path); err != nil || string(text) != objects[at.key()] {
				t.Errorf("%s: %q, %v", e.Path, text, err)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", pattern, diff)
		}
	}
}

func TestOneObjectHasOneName(t *testing.T) {
	names := map[string]bool{}
	for _, path := range []string{"s3://b/a-b?region=x&profile=y", "s3://b/a%2Db?profile=y&region=x", "S3://b/a%2db?region=x&profile=y"} {
		names[RealPath(path)] = true
	}
	if len(names) != 1 {
		t.Errorf("names of one object: %v", slices.Sorted(maps.Keys(names)))
	}
	if RealPath("s3://b/a%2Fb?region=x") == RealPath("s3://c/a/b?region=x") {
		t.Error("objects of two buckets have one name")
	}
}
