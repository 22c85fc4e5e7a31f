package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"time"

	"corpus/internal/storage/storetest"
)

// stores are the two kinds of remote file that have ranges, with the same content.
func stores(t *testing.T, file []byte) map[string]func(*testing.T) (*storetest.Front, string) {
	return map[string]func(*testing.T) (*storetest.Front, string){
		"s3": func(t *testing.T) (*storetest.Front, string) {
			s := storetest.NewS3(t, map[string]string{"file": string(file)})
			return s.Front, s.URL("file")
		},
		"https": func(t *testing.T) (*storetest.Front, string) { return newWeb(t, file, true) },
	}
}

func TestRemoteBytesAreTheFiles(t *testing.T) {
	for _, size := range []int{0, 1, 8 << 10, 300_001} {
		file := content(size)
		for name, start := range stores(t, file) {
			t.Run(fmt.Sprintf("%s %d", name, size), func(t *testing.T) {
				f, url := start(t)
				ctx := quick(t)
				got, err := readAll(ctx, url)
				if err != nil || !bytes.Equal(got, file) {
					t.Fatalf("read %d bytes, %v", len(got), err)
				}
				if f.Most() > 1 {
					t.Errorf("%d requests at once", f.Most())
				}
				r, err := Open(ctx, url)
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				checkReadAt(t, r, file)
				for _, from := range []int{size / 3, size, 0} {
					Expect(r, int64(size/2))
					if _, err := r.(io.Seeker).Seek(int64(from), io.SeekStart); err != nil {
						t.Fatal(err)
					}
					if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, file[from:]) {
						t.Errorf("%d bytes from %d on, %v", len(got), from, err)
					}
				}
			})
		}
	}
}

// checkReadAt compares reads at many places with those of the bytes themselves.
func checkReadAt(t *testing.T, r Reader, file []byte) {
	t.Helper()
	plain := bytes.NewReader(file)
	if r.Size() != int64(len(file)) {
		t.Fatalf("size %d", r.Size())
	}
	for _, off := range []int{0, 1, 4096, 8192, 8192 + 512, len(file) / 2, len(file) - 1, len(file), len(file) + 5} {
		for _, n := range []int{1, 512, 4096, 100_000} {
			if off < 0 {
				continue
			}
			got, want := make([]byte, n), make([]byte, n)
			gotN, gotErr := r.ReadAt(got, int64(off))
			wantN, wantErr := plain.ReadAt(want, int64(off))
			if gotN != wantN || gotErr != wantErr || !bytes.Equal(got, want) {
				t.Fatalf("ReadAt %d bytes at %d: %d, %v; want %d, %v", n, off, gotN, gotErr, wantN, wantErr)
			}
		}
	}
}

func TestReadAtAsksForItsBytesOrForFewLargeRanges(t *testing.T) {
	file := content(3 << 20)
	f, url := newWeb(t, file, true)
	r, err := Open(quick(t), url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p := make([]byte, 100)
	for _, off := range []int64{5000, 90_000, 70} {
		if _, err := r.ReadAt(p, off); err != nil {
			t.Fatal(err)
		}
	}
	want := "bytes=0-0 bytes=5000-5099 bytes=90000-90099 bytes=70-169"
	if got := strings.Join(f.Asked(), " "); got != want {
		t.Errorf("asked for %s, want %s", got, want)
	}
	before := len(f.Asked())
	if got, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size())); err != nil || !bytes.Equal(got, file) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	if n := len(f.Asked()) - before; n > 8 {
		t.Errorf("%d requests for 3 MiB read in small steps", n)
	}
}

func TestTroublesAreOvercome(t *testing.T) {
	file := content(200_000)
	tests := []struct {
		name  string
		spoil func(f *storetest.Front, n int, w http.ResponseWriter, r *http.Request) bool
	}{
		{"503 twice of three", func(f *storetest.Front, n int, w http.ResponseWriter, r *http.Request) bool {
			if n%3 == 2 {
				return false
			}
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}},
		{"429, 500, 502, 504 in turn", func(f *storetest.Front, n int, w http.ResponseWriter, r *http.Request) bool {
			if n%2 == 1 {
				return false
			}
			w.WriteHeader([]int{429, 500, 502, 504}[n/2%4])
			return true
		}},
		{"broken off after 700 bytes", func(f *storetest.Front, n int, w http.ResponseWriter, r *http.Request) bool {
			if n%5 == 4 {
				return false
			}
			f.Cut(700, w, r)
			return true
		}},
		{"broken off before the head", func(f *storetest.Front, n int, w http.ResponseWriter, r *http.Request) bool {
			if n%3 == 2 {
				return false
			}
			panic(http.ErrAbortHandler)
		}},
		{"silence", func(f *storetest.Front, n int, w http.ResponseWriter, r *http.Request) bool {
			if n == 1 {
				<-r.Context().Done()
			}
			return n == 1
		}},
	}
	for _, test := range tests {
		for name, start := range stores(t, file) {
			t.Run(test.name+" "+name, func(t *testing.T) {
				f, url := start(t)
				f.Spoil(func(n int, w http.ResponseWriter, r *http.Request) bool { return test.spoil(f, n, w, r) })
				ctx := quick(t)
				p := policyOf(ctx)
				if test.name == "silence" {
					p.idle = 100 * time.Millisecond
				}
				got, err := readAll(withPolicy(ctx, p), url)
				if err != nil || !bytes.Equal(got, file) {
					t.Errorf("read %d bytes, %v", len(got), err)
				}
			})
		}
	}
}

func TestErrorsAreFinalAndClear(t *testing.T) {
	status := func(status int, head ...string) func(int, http.ResponseWriter, *http.Request) bool {
		return func(n int, w http.ResponseWriter, r *http.Request) bool {
			if n == 0 && !strings.HasSuffix(r.URL.Path, "file") {
				return false
			}
			for i := 0; i+1 < len(head); i += 2 {
				w.Header().Set(head[i], head[i+1])
			}
			w.WriteHeader(status)
			return true
		}
	}
	tests := []struct {
		name  string
		spoil func(int, http.ResponseWriter, *http.Request) bool
		want  string
		is    error
		tries int // GETs
	}{
		{"forbidden", status(403), "HTTP 403 Forbidden", fs.ErrPermission, 1},
		{"missing", status(404), "HTTP 404 Not Found", fs.ErrNotExist, 1},
		{"always 503", status(503), "given up after 4 tries: HTTP 503 Service Unavailable", nil, 4},
		{"too long to wait", status(429, "Retry-After", "3600"), "the server asks to come back in 1h0m0s: HTTP 429", nil, 1},
		{"changed", status(412), "changed since it was opened", errChanged, 1},
		{"teapot", status(418), "HTTP 418 I'm a teapot", nil, 1},
	}
	for _, test := range tests {
		for name, start := range stores(t, content(20_000)) {
			t.Run(test.name+" "+name, func(t *testing.T) {
				f, url := start(t)
				r, err := Open(quick(t), url)
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				before := len(f.Asked())
				f.Spoil(test.spoil)
				got, err := io.ReadAll(r)
				if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), Redacted(url)) {
					t.Errorf("read %d bytes, error %v, want one with %q and %s", len(got), err, test.want, Redacted(url))
				}
				if test.is != nil && !errors.Is(err, test.is) {
					t.Errorf("%v is not %v", err, test.is)
				}
				if n := len(f.Asked()) - before; n != test.tries {
					t.Errorf("%d requests, want %d", n, test.tries)
				}
			})
		}
	}
}

func TestChangedObjectIsAnError(t *testing.T) {
	s := storetest.NewS3(t, map[string]string{"file": string(content(100_000))})
	r, err := Open(quick(t), s.URL("file"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p := make([]byte, 10)
	if _, err := r.ReadAt(p, 5); err != nil {
		t.Fatal(err)
	}
	s.Put("file", strings.Repeat("x", 100_000)) // the same size
	if _, err := r.ReadAt(p, 500); !errors.Is(err, errChanged) {
		t.Errorf("ReadAt: %v", err)
	}
	if _, err := io.ReadAll(r); !errors.Is(err, errChanged) {
		t.Errorf("Read: %v", err)
	}
}

func TestServerWithoutRanges(t *testing.T) {
	file := content(150_000)
	f, url := newWeb(t, file, false)
	f.Spoil(func(n int, w http.ResponseWriter, r *http.Request) bool {
		if n == 1 || n == 2 {
			f.Cut(60_000*n, w, r)
		}
		return false
	})
	ctx := quick(t)
	got, err := readAll(ctx, url)
	if err != nil || !bytes.Equal(got, file) {
		t.Fatalf("read %d bytes, %v", len(got), err)
	}
	r, err := Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.ReadAt(make([]byte, 1), 7); !errors.Is(err, ErrNoRanges) || !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), url) {
		t.Errorf("ReadAt: %v", err)
	}
	if _, err := r.(io.Seeker).Seek(70_000, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, file[70_000:]) {
		t.Errorf("%d bytes from 70000 on, %v", len(got), err)
	}
	first := len(f.Asked())
	f.Spoil(func(n int, w http.ResponseWriter, r *http.Request) bool {
		if n > first {
			f.Cut(100*(n-first), w, r) // each gets a little further, and reads all the rest again
		}
		return false
	})
	if got, err := readAll(ctx, url); err == nil || !bytes.HasPrefix(file, got) || !strings.Contains(err.Error(), "broke off 64 times") {
		t.Errorf("read %d bytes over many connections, %v", len(got), err)
	}
}

func TestCloseAndContextEndWhatIsUnderWay(t *testing.T) {
	for name, start := range stores(t, content(1<<20)) {
		t.Run(name, func(t *testing.T) {
			f, url := start(t)
			ctx, cancel := context.WithCancel(quick(t))
			defer cancel()
			r, err := Open(ctx, url)
			if err != nil {
				t.Fatal(err)
			}
			other, err := Open(ctx, url)
			if err != nil {
				t.Fatal(err)
			}
			defer other.Close()
			first := len(f.Asked())
			f.Spoil(func(n int, w http.ResponseWriter, r *http.Request) bool {
				if n > first {
					<-r.Context().Done() // the second piece never comes
				}
				return n > first
			})
			if _, err := io.ReadFull(r, make([]byte, 10)); err != nil {
				t.Fatal(err)
			}
			if err := r.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
			if _, err := io.ReadAll(r); !errors.Is(err, fs.ErrClosed) {
				t.Errorf("Read after Close: %v", err)
			}
			if _, err := r.ReadAt(make([]byte, 1), 0); !errors.Is(err, fs.ErrClosed) {
				t.Errorf("ReadAt after Close: %v", err)
			}
			cancel()
			if _, err := io.ReadAll(other); !errors.Is(err, context.Canceled) {
				t.Errorf("Read after the context: %v", err)
			}
		})
	}
}

func TestNoCredentialInErrors(t *testing.T) {
	for _, path := range []string{
		"https://me:hunter2@example.org/file",
		"https://example.org/file?X-Amz-Signature=hunter2&X-Amz-Credential=k",
		"https://example.org/file?sig=hunter2",
		"https://example.org/file?a;%53ig=hunter2",
		"https://me:hunter2@exa mple.org/%zz",
		"https://me:a/hunter2@example.org/x",
		"https://me:a?hunter2@example.org/x",
		"https://me:hunter2#b@example.org/x",
		"s3://key:hunter2@bucket/file",
		"ftp://me:hunter2@example.org/",
	} {
		for what, err := range map[string]error{
			"open": second(Open(t.Context(), path)), "stat": second(Stat(t.Context(), path)),
			"list": second(List(t.Context(), path)), "glob": second(Glob(t.Context(), path)),
		} {
			if err == nil || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s %s: %v", what, path, err)
			}
		}
	}
	// A redirect to a signed address that cannot be reached.
	f, url := newWeb(t, content(10), true)
	f.Spoil(func(n int, w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, "http://127.0.0.1:1/file?X-Amz-Signature=hunter2", http.StatusFound)
		return true
	})
	if _, err := Open(quick(t), url); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("redirected: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestNetrc(t *testing.T) {
	file := "machine other login a password b\nmachine example.org\n  login me password hunter2\ndefault login x password y\n"
	got := parseNetrc(file, "EXAMPLE.org")
	if got == nil || *got != (login{"me", "hunter2"}) {
		t.Errorf("got %v", got)
	}
	if got := parseNetrc(file, "elsewhere.org"); got != nil {
		t.Errorf("the default entry went to %v", got)
	}
}

func TestJoin(t *testing.T) {
	for _, test := range []struct{ base, name, want string }{
		{"https://h", "a/b.gz", "https://h/a/b.gz"},
		{"https://h/", "a b", "https://h/a%20b"},
		{"s3://b/p?anonymous=true", "x=1/y", "s3://b/p/x=1/y?anonymous=true"},
		{"/data", "a/b", "/data/a/b"},
	} {
		if got := Join(test.base, test.name); got != test.want {
			t.Errorf("Join(%q, %q) = %q, want %q", test.base, test.name, got, test.want)
		}
	}
}
