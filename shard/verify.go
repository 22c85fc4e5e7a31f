package shard

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
)

// Verify checks a folder of shards: every file's header, size and checksum, that ids are
// within the vocabulary, that no shard is missing, that the two splits agree on the
// vocabulary, and that the index covers every token exactly once, with every document whole
// and its end where the end-of-document token is. The error names the file.
func Verify(ctx context.Context, dir string) error {
	c := coverage{path: filepath.Join(dir, IndexName)}
	defer func() {
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
	for row, err := range x.rows(x.pq.RowGroups()) {
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
	return c.end()
}

// coverage follows the rows of an index through the shards.
type coverage struct {
	path   string
	splits []string // those that have shards
	sets   []*Set

	rows     int64
	set      int      // the split that the next row is in
	position int64    // the position in the split where the next row starts
	last     IndexRow // the row before, when position is above 0
}

// add checks that a row goes on where the one before it ended.
func (c *coverage) add(r IndexRow) error {
	name := FileName(r.Split, int(r.Shard))
	if c.set < len(c.sets) && c.position == c.sets[c.set].Tokens() {
		if err := c.endSplit(); err != nil {
			return err
		}
	}
	if c.set == len(c.sets) {
		return fmt.Errorf("covers token %d of %s, but all shards were covered before", r.FirstToken, name)
	}
	set := c.sets[c.set]
	if r.Split != c.splits[c.set] || r.Shard < 0 || int(r.Shard) >= len(set.files) {
		return fmt.Errorf("is of %s, want a shard of split %q, which has %d", name, c.splits[c.set], len(set.files))
	}
	h := set.files[r.Shard].header
	if r.FirstToken < 0 || r.FirstToken > h.Tokens || h.FirstToken+r.FirstToken != c.position {
		return fmt.Errorf("starts at token %d of %s, want position %d of the split", r.FirstToken, name, c.position)
	}
	if r.Length < 1 || r.Length > h.Tokens-r.FirstToken {
		return fmt.Errorf("has %d tokens from %d on, %s has %d in all", r.Length, r.FirstToken, name, h.Tokens)
	}
	if r.DocumentToken == 0 {
		if err := c.endDocument(); err != nil {
			return err
		}
	} else if c.position == 0 || r.FirstToken != 0 || r.Ref() != c.last.Ref() || r.Document != c.last.Document ||
		r.DocumentToken != c.last.DocumentToken+c.last.Length {
		return fmt.Errorf("starts at token %d of document %q, whose earlier tokens are not just before", r.DocumentToken, r.Document)
	}
	c.position += r.Length
	c.last = r
	return nil
}

// endDocument checks that the token before the position is the end of a document.
func (c *coverage) endDocument() error {
	set := c.sets[c.set]
	eos, ok := set.EOS()
	if !ok || c.position == 0 {
		return nil
	}
	var token [1]uint32
	if _, err := set.Read(token[:], c.position-1); err != nil {
		return err
	}
	if token[0] != eos {
		return fmt.Errorf("document %q ends with token %d at position %d of split %q, want the end-of-document token %d",
			c.last.Document, token[0], c.position-1, c.splits[c.set], eos)
	}
	return nil
}

// endSplit checks that a split is covered to its end and goes on to the next one.
func (c *coverage) endSplit() error {
	if want := c.sets[c.set].Tokens(); c.position != want {
		return fmt.Errorf("ends at position %d of split %q, whose shards have %d tokens", c.position, c.splits[c.set], want)
	}
	if err := c.endDocument(); err != nil {
		return err
	}
	c.set, c.position = c.set+1, 0
	return nil
}

// end checks that every split was covered.
func (c *coverage) end() error {
	for c.set < len(c.sets) {
		if err := c.endSplit(); err != nil {
			return fmt.Errorf("%s: %w", c.path, err)
		}
	}
	return nil
}
