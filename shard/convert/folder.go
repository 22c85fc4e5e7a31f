package convert

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"corpus/internal/storage"
	"corpus/shard"
)

// RecordName is the name of the file that says what was converted; it is written last.
const RecordName = "convert.json"

// RecordFormat is the format of that file.
const RecordFormat = "corpus-convert/1"

// Record says what was converted into what.
type Record struct {
	Format         string  `json:"format"`
	Target         string  `json:"target"` // name of the format converted to
	Packing        string  `json:"packing"`
	VocabSize      int     `json:"vocab_size"`
	SequenceLength int     `json:"sequence_length,omitempty"` // of the sequences written; none in formats without
	EOS            *uint32 `json:"eos,omitempty"`
	BOS            *uint32 `json:"bos,omitempty"`
	Pad            *uint32 `json:"pad,omitempty"`
	Splits         []Split `json:"splits"`
}

// Split says it of one split.
type Split struct {
	Split          string `json:"split"`
	Tokens         int64  `json:"tokens"`              // written, with the padding that was
	PaddingLeftOut int64  `json:"padding_left_out"`    // tokens of padding that were not
	Documents      int64  `json:"documents,omitempty"` // documents, or pieces of long ones, in a format that knows them
	Sequences      int64  `json:"sequences,omitempty"` // in a format that has them
	Source         []File `json:"source"`              // the shards, in order
	Files          []File `json:"files"`               // what was written, in order
}

// File is a file with its digest.
type File struct {
	Path   string `json:"path"` // within its folder, with slashes
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // 64 hex digits
}

func newRecord(target string, s *shard.Set, length int) Record {
	r := Record{Format: RecordFormat, Target: target, Packing: s.Packing(), VocabSize: s.VocabSize(), SequenceLength: length}
	for to, get := range map[**uint32]func() (uint32, bool){&r.EOS: s.EOS, &r.BOS: s.BOS, &r.Pad: s.Pad} {
		if id, ok := get(); ok {
			*to = &id
		}
	}
	return r
}

// folder is where output goes. It knows what it made, to take it away again.
type folder struct {
	path  string
	files []string // paths of files that have their names
	made  []string // folders, outer ones first
}

// openFolder makes a folder, or takes an empty one: loaders read whatever matches their pattern, so that an earlier
// conversion's files would be read too.
func openFolder(path string) (*folder, error) {
	if err := storage.RefuseOutput(path); err != nil {
		return nil, err
	}
	f := &folder{path: path}
	entries, err := os.ReadDir(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return f, f.make(path)
	case err != nil:
		return nil, err
	case len(entries) > 0:
		return nil, fmt.Errorf("%s: the folder is not empty (it holds %s)", path, entries[0].Name())
	}
	return f, nil
}

// make makes a folder, with those it lies in.
func (f *folder) make(dir string) error {
	if _, err := os.Stat(dir); err == nil || !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if parent := filepath.Dir(dir); parent != dir {
		if err := f.make(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	f.made = append(f.made, dir)
	return nil
}

// remove takes away what was made; after a failure, whose error says more than one here could.
func (f *folder) remove() {
	for _, path := range f.files {
		os.Remove(path)
	}
	for i := len(f.made) - 1; i >= 0; i-- {
		os.Remove(f.made[i])
	}
}

// output is a file of the folder being written.
type output struct {
	*bufio.Writer
	folder *folder
	name   string
	file   *storage.File
	sum    hash.Hash
	bytes  int64
}

// create starts a file; name has slashes. The caller ends with commit, or with abort.
func (f *folder) create(name string) (*output, error) {
	path := filepath.Join(f.path, filepath.FromSlash(name))
	if err := f.make(filepath.Dir(path)); err != nil {
		return nil, err
	}
	file, err := storage.Create(path)
	if err != nil {
		return nil, err
	}
	o := &output{folder: f, name: name, file: file, sum: sha256.New()}
	o.Writer = bufio.NewWriterSize(writerFunc(o.through), 256<<10)
	return o, nil
}

type writerFunc func([]byte) (int, error)

func (w writerFunc) Write(p []byte) (int, error) { return w(p) }

func (o *output) through(p []byte) (int, error) {
	o.sum.Write(p)
	o.bytes += int64(len(p))
	return o.file.Write(p)
}

// commit gives the file its name.
func (o *output) commit() (File, error) {
	if err := o.Flush(); err != nil {
		return File{}, err
	}
	if err := o.file.Commit(); err != nil {
		return File{}, err
	}
	o.folder.files = append(o.folder.files, o.file.Path())
	return File{Path: o.name, Bytes: o.bytes, SHA256: hex.EncodeToString(o.sum.Sum(nil))}, nil
}

// abort discards the file; nothing after commit.
func (o *output) abort() { o.file.Abort() }

// writeFile writes a file of the job's output.
func (j *job) writeFile(name string, write func(io.Writer) error) (File, error) {
	o, err := j.folder.create(name)
	if err != nil {
		return File{}, err
	}
	defer o.abort()
	if err := write(o); err != nil {
		return File{}, err
	}
	file, err := o.commit()
	if err == nil {
		j.record.Files = append(j.record.Files, file)
	}
	return file, err
}

func (f *folder) writeRecord(r Record) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return storage.WriteFile(filepath.Join(f.path, RecordName), func(w io.Writer) error {
		_, err := w.Write(append(b, '\n'))
		return err
	})
}
