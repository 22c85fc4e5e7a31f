package storage

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestListSortsSkipsHiddenAndFollowsFileLinksOnce(t *testing.T) {
	dir := t.TempDir()
	outside := t.TempDir()
	write(t, filepath.Join(outside, "far"), "12345")
	write(t, filepath.Join(dir, "b/z"), "1")
	write(t, filepath.Join(dir, "b-1"), "22")
	write(t, filepath.Join(dir, "a"), "333")
	write(t, filepath.Join(dir, ".hidden"), "x")
	write(t, filepath.Join(dir, ".git/config"), "x")
	for name, target := range map[string]string{
		"b/inside": filepath.Join(dir, "a"),       // its target is listed: left out
		"link1":    filepath.Join(outside, "far"), // listed
		"link2":    filepath.Join(outside, "far"), // the same file again: left out
		"cycle":    dir,                           // a folder: not followed
	} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := List(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []Entry{{filepath.Join(dir, "a"), 3}, {filepath.Join(dir, "b-1"), 2}, {filepath.Join(dir, "b/z"), 1}, {filepath.Join(dir, "link1"), 5}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestErrorsNameThePath(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(dir, "nowhere"), filepath.Join(dir, "dangling")); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(dir, "missing")
	tests := []struct {
		name, path string
		run        func() error
		is         error
	}{
		{"open missing", missing, func() error { _, err := Open(t.Context(), missing); return err }, fs.ErrNotExist},
		{"open folder", dir, func() error { _, err := Open(t.Context(), dir); return err }, errNotRegular},
		{"stat missing", missing, func() error { _, err := Stat(t.Context(), missing); return err }, fs.ErrNotExist},
		{"stat folder", dir, func() error { _, err := Stat(t.Context(), dir); return err }, errNotRegular},
		{"list missing", missing, func() error { _, err := List(t.Context(), missing); return err }, fs.ErrNotExist},
		{"list dangling link", "dangling", func() error { _, err := List(t.Context(), dir); return err }, fs.ErrNotExist},
		{"create without folder", missing + "/x.tmp", func() error { _, err := Create(missing + "/x"); return err }, fs.ErrNotExist},
		{"sync missing", missing, func() error { return SyncFolder(missing) }, fs.ErrNotExist},
		{"object store", "s3://bucket/key", func() error { _, err := Open(t.Context(), "s3://bucket/key"); return err }, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := test.run()
			if err == nil {
				t.Fatal("no error")
			}
			if strings.Count(err.Error(), test.path) != 1 {
				t.Errorf("error %q does not name %q once", err, test.path)
			}
			if test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("error %q is not %v", err, test.is)
			}
		})
	}
}

func TestCommitReplacesAndAbortLeavesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	write(t, path+TempSuffix, "left over by an interrupted run, longer than the new content")
	f, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, "....body"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("head"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("the name exists before Commit: %v", err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	f.Abort() // must not take the committed file away
	if err := f.Commit(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("second Commit: %v", err)
	}
	broken := errors.New("broken")
	err = WriteFile(path, func(w io.Writer) error {
		fmt.Fprint(w, "half")
		return broken
	})
	if err != broken {
		t.Errorf("WriteFile returned %v", err)
	}
	content, _ := os.ReadFile(path)
	if string(content) != "headbody" {
		t.Errorf("content %q", content)
	}
	if _, err := os.Stat(path + TempSuffix); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the temporary file is still there: %v", err)
	}
}

func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no /dev/full: ", err)
	}
	path := filepath.Join(t.TempDir(), "out")
	f, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	f.file.Close()
	f.file = full
	_, err = f.Write([]byte("x"))
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), path) {
		t.Errorf("write error %v", err)
	}
	if err := f.Commit(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Commit after a failed write: %v", err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestOpenReadsInOrderAndAt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "in")
	write(t, path, "hello world")
	r, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p := make([]byte, 5)
	if _, err := r.ReadAt(p, 6); err != nil || string(p) != "world" {
		t.Errorf("ReadAt %q, %v", p, err)
	}
	all, err := io.ReadAll(r)
	if err != nil || string(all) != "hello world" || r.Size() != 11 {
		t.Errorf("read %q of %d bytes, %v", all, r.Size(), err)
	}
}
