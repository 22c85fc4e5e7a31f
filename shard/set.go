package shard

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// The two splits of a corpus, as they open the names of their files.
const (
	Train      = "train"
	Validation = "val"
)

// ErrNoShards says that a folder has no shard of the split asked for.
var ErrNoShards = errors.New("no shards")

// FileName is the name of a shard file: train-00000.bin.
func FileName(split string, shard int) string { return fmt.Sprintf("%s-%05d.bin", split, shard) }

// ParseFileName takes apart what FileName made.
func ParseFileName(name string) (split string, shard int, err error) {
	split, rest, _ := strings.Cut(name, "-")
	digits, isBin := strings.CutSuffix(rest, ".bin")
	n, err := strconv.Atoi(digits)
	if (split != Train && split != Validation) || !isBin || err != nil || n < 0 || FileName(split, n) != name {
		return "", 0, fmt.Errorf("%q is not the name of a shard: want %s or the like", name, FileName(Train, 0))
	}
	return split, n, nil
}

// Set is all shards of one split, read as one sequence of tokens. It is safe for concurrent use.
type Set struct {
	files []*File
}

// OpenSet opens the shards of a split, Train or Validation, in a folder. It checks
// that no shard is missing between the first and the last, that each starts where the
// one before it ends, and that they agree on the vocabulary and the packing. The error wraps
// ErrNoShards when there is none. That the tokens are intact is left to the package's Verify.
func OpenSet(dir, split string) (*Set, error) {
	names, err := fileNames(dir, split)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%w of split %q in %s", ErrNoShards, split, dir)
	}
	s := &Set{}
	for i, name := range names {
		if want := FileName(split, i); name != want {
			s.Close()
			return nil, fmt.Errorf("%s: missing, but %s is there", filepath.Join(dir, want), name)
		}
		f, err := OpenFile(filepath.Join(dir, name))
		if err == nil {
			s.files = append(s.files, f)
			err = s.checkLast()
		}
		if err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

// fileNames lists the shards of a split in order.
func fileNames(dir, split string) ([]string, error) {
	if split != Train && split != Validation {
		return nil, fmt.Errorf("unknown split %q: want %q or %q", split, Train, Validation)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var shards []int
	for _, e := range entries {
		if s, n, err := ParseFileName(e.Name()); err == nil && s == split {
			shards = append(shards, n)
		}
	}
	slices.Sort(shards)
	names := make([]string, len(shards))
	for i, n := range shards {
		names[i] = FileName(split, n)
	}
	return names, nil
}

// checkLast compares the last file with the one before it.
func (s *Set) checkLast() error {
	last := len(s.files) - 1
	f, h := s.files[last], s.files[last].header
	if h.Shard != last {
		return fmt.Errorf("%s: header says shard %d, the name says %d", f.path, h.Shard, last)
	}
	if want := s.end(last - 1); h.FirstToken != want {
		return fmt.Errorf("%s: first token is at position %d, want %d", f.path, h.FirstToken, want)
	}
	return f.agrees(s.files[0])
}

// agrees says how the vocabulary or the packing of a file differs from that of another one.
func (f *File) agrees(other *File) error {
	h, want := f.header, other.header
	if h.VocabSize != want.VocabSize || h.EOS != want.EOS || h.TokenBytes != want.TokenBytes {
		return fmt.Errorf("%s: vocabulary of %d ids, end-of-document id %d, %d bytes per token: %s has %d, %d, %d", f.path,
			h.VocabSize, h.EOS, h.TokenBytes, filepath.Base(other.path), want.VocabSize, want.EOS, want.TokenBytes)
	}
	if h.Packing != want.Packing || h.SequenceLength != want.SequenceLength || h.BOS != want.BOS || h.Pad != want.Pad {
		return fmt.Errorf("%s: packing %s, sequences of %d tokens, beginning-of-document id %d, padding id %d: %s has %s, %d, %d, %d", f.path,
			h.Packing, h.SequenceLength, h.BOS, h.Pad, filepath.Base(other.path), want.Packing, want.SequenceLength, want.BOS, want.Pad)
	}
	return nil
}

// end is the position behind the last token of file i; 0 for -1.
func (s *Set) end(i int) int64 {
	if i < 0 {
		return 0
	}
	return s.files[i].header.FirstToken + s.files[i].header.Tokens
}

// Tokens is the number of tokens in the split.
func (s *Set) Tokens() int64 { return s.end(len(s.files) - 1) }

// VocabSize is the number of token ids; every token is below it.
func (s *Set) VocabSize() int { return s.files[0].header.VocabSize }

// EOS is the id of the token that ends every document; false when there is none.
func (s *Set) EOS() (uint32, bool) {
	eos := s.files[0].header.EOS
	return eos, eos != NoEOS
}

// BOS is the id of the token that begins every document; false when there is none.
func (s *Set) BOS() (uint32, bool) {
	bos := s.files[0].header.BOS
	return bos, bos != NoToken
}

// Pad is the id of the token that fills sequences up; false when none is padded, as under Concat.
func (s *Set) Pad() (uint32, bool) {
	pad := s.files[0].header.Pad
	return pad, pad != NoToken
}

// SequenceLength is the number of tokens of a sequence; 0 when there are no sequences. Sequence i begins at position
// i·SequenceLength. Under Concat the last one of the split may be shorter.
func (s *Set) SequenceLength() int { return s.files[0].header.SequenceLength }

// Packing is Concat or BestFit.
func (s *Set) Packing() string { return s.files[0].header.Packing }

// Files lists the shards in order.
func (s *Set) Files() []*File { return slices.Clone(s.files) }

// Read fills dst with the tokens from position from of the split on, across files.
// As with io.ReaderAt, fewer tokens than asked for come with an error: io.EOF at
// the end of the split. Every id is below VocabSize.
func (s *Set) Read(dst []uint32, from int64) (int, error) {
	if from < 0 {
		return 0, fmt.Errorf("negative token position %d", from)
	}
	done := 0
	i := sort.Search(len(s.files), func(i int) bool { return s.end(i) > from })
	for ; i < len(s.files) && done < len(dst); i++ {
		at := from + int64(done) - s.files[i].header.FirstToken
		n, err := s.files[i].Read(dst[done:], at)
		done += n
		if err != nil && err != io.EOF {
			return done, err
		}
	}
	if done < len(dst) {
		return done, io.EOF
	}
	return done, nil
}

// Close closes every file.
func (s *Set) Close() error {
	var errs []error
	for _, f := range s.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}
