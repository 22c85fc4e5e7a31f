// Package storage is the one place where the other packages meet files: it opens
// and lists inputs, which lie in local files or in object stores (s3://, gs://, azblob://, https://), and writes local outputs
// that are either whole or absent.
//
// Invariants:
//   - An output is written under a temporary name (its path and TempSuffix),
//     synced, renamed, and its folder synced: whoever finds the name finds the
//     whole content, also after a power cut.
//   - Every error names the path that it is about, and none a credential.
//   - An object gives the bytes that a local copy of it would give, or an error: requests that fail are tried again where they
//     broke off, and an object that changes while it is read is an error.
//   - Listings are sorted, so that nothing depends on the file system's order.
//
// Example:
//
//	err := storage.WriteFile("out/corpus.json", func(w io.Writer) error {
//		return json.NewEncoder(w).Encode(manifest)
//	})
package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// A Reader is an open input. Reads at an offset are safe for concurrent use;
// sequential reads are for one goroutine.
type Reader interface {
	io.Reader
	io.ReaderAt
	io.Closer
	// Size is the number of bytes when the input was opened.
	Size() int64
}

// Entry is one file of a listing.
type Entry struct {
	Path  string
	Bytes int64
}

// Open opens a regular file or an object of a store for reading. A symbolic link is followed. The requests of
// an object end with the context.
func Open(ctx context.Context, path string) (Reader, error) {
	if IsURL(path) {
		at, err := parseAddress(path)
		if err != nil {
			return nil, err
		}
		r, err := openRemote(ctx, at)
		if err != nil {
			return nil, err
		}
		return r, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, named("open", path, err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, named("stat", path, err)
	}
	if !info.Mode().IsRegular() {
		f.Close()
		return nil, named("open", path, errNotRegular)
	}
	return &localReader{File: f, size: info.Size()}, nil
}

// Stat returns the size of a regular file or of an object. A symbolic link is followed.
func Stat(ctx context.Context, path string) (Entry, error) {
	if IsURL(path) {
		at, err := parseAddress(path)
		if err != nil {
			return Entry{}, err
		}
		return statRemote(ctx, at)
	}
	info, err := os.Stat(path)
	if err != nil {
		return Entry{}, named("stat", path, err)
	}
	if !info.Mode().IsRegular() {
		return Entry{}, named("stat", path, errNotRegular)
	}
	return Entry{Path: path, Bytes: info.Size()}, nil
}

// List returns the regular files below a folder, at any depth, in bytewise order
// of their paths. The paths begin with the folder as it was given.
//
// Hidden files and folders (a leading dot) are skipped, and so is whatever is
// neither file nor folder. A symbolic link to a file counts as that file, unless
// the listing holds the file already; links to folders are not followed, which
// rules out cycles. A folder that cannot be read and a link that leads nowhere are errors.
// The folder of a store is a prefix that ends with a slash.
func List(ctx context.Context, folder string) ([]Entry, error) {
	if IsURL(folder) {
		at, err := parseAddress(folder)
		if err != nil {
			return nil, err
		}
		return listRemote(ctx, at)
	}
	var l listing
	if err := l.walk(filepath.Clean(folder)); err != nil {
		return nil, err
	}
	return l.sorted(), nil
}

// listing gathers what List finds: files by path, and links apart, because only
// the whole listing shows whether a link's target is in it.
type listing struct {
	files []Entry
	links []link
}

type link struct {
	Entry
	target string // the real path
}

func (l *listing) walk(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return named("list", folder, err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		path := filepath.Join(folder, e.Name())
		switch {
		case e.IsDir():
			err = l.walk(path)
		case e.Type()&fs.ModeSymlink != 0:
			err = l.addLink(path)
		case e.Type().IsRegular():
			err = l.addFile(path, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *listing) addFile(path string, e fs.DirEntry) error {
	info, err := e.Info()
	if err != nil {
		return named("stat", path, err)
	}
	l.files = append(l.files, Entry{Path: path, Bytes: info.Size()})
	return nil
}

func (l *listing) addLink(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return named("follow link", path, err)
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return named("follow link", path, err)
	}
	l.links = append(l.links, link{Entry{Path: path, Bytes: info.Size()}, RealPath(target)})
	return nil
}

// sorted merges files and links; a link whose target is listed already is left out.
func (l *listing) sorted() []Entry {
	all := l.files
	if len(l.links) > 0 {
		seen := make(map[string]bool, len(l.files))
		for _, f := range l.files {
			seen[RealPath(f.Path)] = true
		}
		sort.Slice(l.links, func(i, j int) bool { return l.links[i].Path < l.links[j].Path })
		for _, k := range l.links {
			if !seen[k.target] {
				seen[k.target] = true
				all = append(all, k.Entry)
			}
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Path < all[j].Path })
	return all
}

// RealPath is the absolute path with every link resolved, or the path itself where that fails. Of an address it
// is the plainest form.
func RealPath(path string) string {
	if IsURL(path) {
		if at, err := parseAddress(path); err == nil {
			return at.plainest()
		}
		return path
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved
	}
	return path
}

// localReader is a file, whose own errors name the path, and its size when it was opened.
type localReader struct {
	*os.File
	size int64
}

func (r *localReader) Size() int64 { return r.size }

var errNotRegular = errors.New("not a regular file")

// named wraps an error so that it names the path exactly once.
func named(operation, path string, err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	var linkError *os.LinkError
	if errors.As(err, &linkError) {
		err = linkError.Err
	}
	return fmt.Errorf("%s %s: %w", operation, path, err)
}
