package storage

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGlob(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.warc", "b.txt", "x/c.warc", "x/y/d.warc", "x/y/e[1].txt", ".h/f.warc", "x/.g.warc"} {
		write(t, filepath.Join(dir, name), "1")
	}
	t.Chdir(dir)
	tests := []struct {
		pattern string
		want    string // space-separated; or an error's text
		fails   bool
	}{
		{"a.warc", "a.warc", false},
		{"x", "x/c.warc x/y/d.warc x/y/e[1].txt", false},
		{"./x/", "x/c.warc x/y/d.warc x/y/e[1].txt", false},
		{"*.warc", "a.warc", false},
		{"**/*.warc", "a.warc x/c.warc x/y/d.warc", false},
		{"x/**", "x/c.warc x/y/d.warc x/y/e[1].txt", false},
		{"**/y/*", "x/y/d.warc x/y/e[1].txt", false},
		{"x/*", "x/c.warc x/y/d.warc x/y/e[1].txt", false},
		{"*/?.warc", "x/c.warc", false},
		{"x/y/e[1].txt", "x/y/e[1].txt", false},
		{".h/*.warc", ".h/f.warc", false},
		{"x/.*.warc", "x/.g.warc", false},
		{"*/*/*/*.warc", "*/*/*/*.warc: no file matches", true},
		{"nowhere", "nowhere", true},
		{"a[", "a[: syntax error in pattern", true},
		{"", "empty input path", true},
	}
	for _, test := range tests {
		t.Run(test.pattern, func(t *testing.T) {
			entries, err := Glob(t.Context(), test.pattern)
			if test.fails {
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Fatalf("got %v, want an error with %q", err, test.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var paths []string
			for _, e := range entries {
				paths = append(paths, e.Path)
			}
			if diff := cmp.Diff(test.want, strings.Join(paths, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestGlobReportsUnreadableFolder(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root reads every folder")
	}
	dir := t.TempDir()
	closed := filepath.Join(dir, "closed")
	if err := os.Mkdir(closed, 0); err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{dir, dir + "/**/*.warc"} {
		if _, err := Glob(t.Context(), pattern); err == nil || !strings.Contains(err.Error(), closed) {
			t.Errorf("%s: got %v, want an error naming %s", pattern, err, closed)
		}
	}
}
