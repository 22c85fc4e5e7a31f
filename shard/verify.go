package shard

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"path/filepath"

	"github.com/cespare/xxhash/v2"
)

// Verify checks a folder of shards: every file's header, size and checksums, that ids are
// within the vocabulary, that stretches, padding and the tokens that begin and end documents are where the file says, that no
// shard is missing, that the two splits agree on vocabulary and packing, and that the index has one row for every stretch
// of a document, in order, with every document whole. The error names the file.
func Verify(ctx context.Context, dir string) error {
	c := coverage{path: filepath.Join(dir, IndexName)}
	defer func() {
		c.close()
		for _, s := range c.sets {
			s.Close()
		}
	}()
	for _, split := range []string{Train, Validation} {
		s, err := OpenSet(dir, split)
		if errors.Is(err, ErrNoShards) {
			continue
		}
		if err != nil {
			return err
		}
		c.splits, c.sets = append(c.splits, split), append(c.sets, s)
		for _, f := range s.files {
			if err := errors.Join(ctx.Err(), f.Verify()); err != nil {
				return err
			}
		}
	}
	if len(c.sets) == 2 {
		if err := c.sets[1].files[0].agrees(c.sets[0].files[0]); err != nil {
			return err
		}
	}
	x, err := openIndex(c.path)
	if err != nil {
		return err
	}
	defer x.close()
	if err := x.sealed.checkAll(); err != nil {
		return fmt.Errorf("%s: %w", x.path, err)
	}
	for row, err := range x.all() {
		if c.rows%rowBatch == 0 {
			err = errors.Join(err, ctx.Err())
		}
		if err != nil {
			return err
		}
		if err := c.add(row); err != nil {
			return fmt.Errorf("%s: row %d: %w", c.path, c.rows, err)
		}
		c.rows++
	}
	if err := c.end(); err != nil {
		return err
	}
	return verifyDocuments(ctx, dir, c.rows)
}

// coverage follows the rows of an index through the stretches of the shards.
type coverage struct {
	path   string
	splits []string // those that have shards
	sets   []*Set

	rows int64
	set  int // the split that the next row is in
	file int // the shard
	next func() (stretch, error, bool)
	stop func()
	last IndexRow // the row before in the split; Length 0 when there is none
	ends bool     // its document ends with it
	open uint64   // sum of hashes: of where documents break off, less where they go on; 0 when all are whole
}

// add checks that a row is of the next stretch.
func (c *coverage) add(r IndexRow) error {
	s, ok, err := c.stretch()
	if err != nil {
		return err
	}
	name := FileName(r.Split, int(r.Shard))
	if !ok {
		return fmt.Errorf("covers token %d of %s, but all shards were covered before", r.FirstToken, name)
	}
	h := c.sets[c.set].files[c.file].header
	want := IndexRow{Split: c.splits[c.set], Shard: int32(c.file), Sequence: -1, Position: h.FirstToken + s.Token, FirstToken: s.Token, Length: s.end - s.Token}
	if h.SequenceLength > 0 {
		want.Sequence = want.Position / int64(h.SequenceLength)
	}
	got := IndexRow{Split: r.Split, Shard: r.Shard, Sequence: r.Sequence, Position: r.Position, FirstToken: r.FirstToken, Length: r.Length}
	if got != want {
		return fmt.Errorf("is of %d tokens from %d on of %s, position %d, sequence %d: the next stretch is of %d from %d on of %s, position %d, sequence %d",
			r.Length, r.FirstToken, name, r.Position, r.Sequence, want.Length, want.FirstToken, FileName(want.Split, c.file), want.Position, want.Sequence)
	}
	if (r.DocumentToken == 0) != s.Begin || r.DocumentToken < 0 || r.DocumentToken > maxTokens {
		return fmt.Errorf("starts at token %d of document %q, but its stretch begins a document: %v", r.DocumentToken, r.Document, s.Begin)
	}
	if h.Packing == Concat {
		if err := c.follows(r); err != nil {
			return err
		}
	}
	if !s.Begin {
		c.open -= breakOff(r, r.DocumentToken)
	}
	if !s.End {
		c.open += breakOff(r, r.DocumentToken+r.Length)
	}
	c.last, c.ends = r, s.End
	return nil
}

// follows checks that a row goes on with the document of the one before it, unless that ended there.
func (c *coverage) follows(r IndexRow) error {
	last := c.last
	switch {
	case r.DocumentToken == 0 && last.Length > 0 && !c.ends:
		return fmt.Errorf("begins document %q before document %q has ended", r.Document, last.Document)
	case r.DocumentToken > 0 && (last.Length == 0 || c.ends || r.Ref() != last.Ref() || r.Document != last.Document || r.Copy != last.Copy ||
		r.DocumentToken != last.DocumentToken+last.Length):
		return fmt.Errorf("starts at token %d of document %q, whose earlier tokens are not just before", r.DocumentToken, r.Document)
	}
	return nil
}

// breakOff is a hash of a place in a copy of a document at which one stretch breaks off and another one goes on.
func breakOff(r IndexRow, at int64) uint64 {
	h := xxhash.New()
	var b [20]byte
	binary.LittleEndian.PutUint64(b[:], uint64(r.Ref()))
	binary.LittleEndian.PutUint32(b[8:], r.Copy)
	binary.LittleEndian.PutUint64(b[12:], uint64(at))
	_, _ = h.Write(b[:]) // never fails
	_, _ = h.WriteString(r.Document)
	return h.Sum64()
}

// stretch is the next stretch of a document, padding being passed over; false behind the last.
func (c *coverage) stretch() (stretch, bool, error) {
	for c.set < len(c.sets) {
		files := c.sets[c.set].files
		if c.next == nil {
			if c.file == len(files) {
				if err := c.endSplit(); err != nil {
					return stretch{}, false, err
				}
				continue
			}
			c.next, c.stop = iter.Pull2(files[c.file].stretches())
		}
		s, err, ok := c.next()
		switch {
		case !ok:
			c.close()
			c.file++
		case err != nil || !s.Padding:
			return s, true, err
		}
	}
	return stretch{}, false, nil
}

// endSplit checks that the documents of a split are whole, and goes on to the next one.
func (c *coverage) endSplit() error {
	if c.open != 0 || c.last.Length > 0 && !c.ends && c.sets[c.set].Packing() == Concat {
		return fmt.Errorf("the documents of split %q are not whole: there are stretches that break off, and none that go on, or the other way round", c.splits[c.set])
	}
	c.set, c.file, c.last = c.set+1, 0, IndexRow{}
	return nil
}

// end checks that no stretch is left.
func (c *coverage) end() error {
	s, ok, err := c.stretch()
	if ok && err == nil {
		err = fmt.Errorf("has no row for the %d tokens from %d on of %s", s.end-s.Token, s.Token, FileName(c.splits[c.set], c.file))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.path, err)
	}
	return nil
}

// close lets go of the shard being walked through.
func (c *coverage) close() {
	if c.stop != nil {
		c.stop()
	}
	c.next, c.stop = nil, nil
}
