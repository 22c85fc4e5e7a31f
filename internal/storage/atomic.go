package storage

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// TempSuffix is what is added to a path while its content is being written. A
// file with this suffix is the left-over of an interrupted run and may be overwritten.
const TempSuffix = ".tmp"

// File is an output being written. It takes its name only in Commit; until then
// its bytes are under the path and TempSuffix. Writes are not buffered. It is for
// one goroutine, except WriteAt over ranges that do not overlap.
type File struct {
	path string
	file *os.File // nil once committed or aborted

	mu  sync.Mutex // guards err, since WriteAt may be called by several goroutines
	err error      // the first failed write: Commit refuses to go on after it
}

var (
	_ io.Writer   = (*File)(nil)
	_ io.WriterAt = (*File)(nil)
)

// Create begins an output. The folder must exist. What an interrupted run left
// under the temporary name is overwritten. The caller ends with Commit or Abort;
// Abort after Commit does nothing, so that it can be deferred.
func Create(path string) (*File, error) {
	if err := RefuseOutput(path); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path+TempSuffix, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return nil, named("create", path+TempSuffix, err)
	}
	return &File{path: path, file: f}, nil
}

// Path is the name that the file takes in Commit.
func (f *File) Path() string { return f.path }

// Write appends to what Write wrote before.
func (f *File) Write(p []byte) (int, error) {
	if f.file == nil {
		return 0, named("write", f.path, os.ErrClosed)
	}
	n, err := f.file.Write(p)
	return n, f.failed(err)
}

// WriteAt writes at an offset, for headers that are known last. It does not move
// the place where Write goes on.
func (f *File) WriteAt(p []byte, offset int64) (int, error) {
	if f.file == nil {
		return 0, named("write", f.path, os.ErrClosed)
	}
	n, err := f.file.WriteAt(p, offset)
	return n, f.failed(err)
}

// Commit makes the output durable and gives it its name, replacing what had it.
// After an error the temporary file is gone, and the name is as it was before,
// unless the error is that of syncing the folder, which comes last.
func (f *File) Commit() error {
	if f.file == nil {
		return named("commit", f.path, os.ErrClosed)
	}
	if f.err != nil {
		f.Abort()
		return f.err
	}
	if err := f.file.Sync(); err != nil {
		f.Abort()
		return named("sync", f.path+TempSuffix, err)
	}
	err := f.file.Close()
	f.file = nil
	if err != nil {
		os.Remove(f.path + TempSuffix)
		return named("close", f.path+TempSuffix, err)
	}
	if err := os.Rename(f.path+TempSuffix, f.path); err != nil {
		os.Remove(f.path + TempSuffix)
		return named("rename", f.path+TempSuffix, err)
	}
	return SyncFolder(filepath.Dir(f.path))
}

// Abort discards the output: nothing of it remains. It does nothing after Commit or a first Abort.
func (f *File) Abort() {
	if f.file == nil {
		return
	}
	f.file.Close()
	f.file = nil
	os.Remove(f.path + TempSuffix)
}

// failed remembers and names the first write error.
func (f *File) failed(err error) error {
	if err == nil {
		return nil
	}
	err = named("write", f.path+TempSuffix, err)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
	}
	return err
}

// WriteFile writes a whole output through write, or leaves nothing behind. An
// error of write itself is returned as it is.
func WriteFile(path string, write func(io.Writer) error) error {
	f, err := Create(path)
	if err != nil {
		return err
	}
	defer f.Abort()
	if err := write(f); err != nil {
		return err
	}
	return f.Commit()
}

// SyncFolder makes renames and removals in a folder durable.
func SyncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return named("open", folder, err)
	}
	err = errors.Join(d.Sync(), d.Close())
	if err != nil {
		return named("sync", folder, err)
	}
	return nil
}
