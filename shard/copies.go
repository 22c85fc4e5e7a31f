package shard

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"

	"corpus"
	"corpus/internal/spill"
)

// copies says how many times the documents of the training split are written.
type copies struct {
	count func(corpus.Ref) int // nil: once
	moved *place               // the document that changed sides, which is written once

	ref corpus.Ref // of the last answer
	n   int
	any bool
}

// of is how many times a document is written. It asks once for all pieces of a document that follow each other.
func (c *copies) of(at place) (int, error) {
	ref := at.ref()
	switch {
	case c.count == nil, at.split() != 0, c.moved != nil && c.moved.ref() == ref:
		return 1, nil
	case c.any && c.ref == ref:
		return c.n, nil
	}
	n := c.count(ref)
	if n < 0 || n > maxCopies {
		return 0, fmt.Errorf("document %x: %d copies: want 0 to %d", uint64(ref), n, maxCopies)
	}
	c.ref, c.n, c.any = ref, n, true
	return n, nil
}

// writeCopies sorts the second and further copies of documents into a run of their own, each at its own place, and returns the
// run's path; "" when there are none.
func (p *packer) writeCopies(ctx context.Context, runs []*spill.Run, moved *place) (path string, err error) {
	count := copies{count: p.opts.Copies, moved: moved}
	if count.count == nil {
		return "", nil
	}
	folder := filepath.Join(p.dir, workFolder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	path = filepath.Join(folder, "copies.run")
	sorter := spill.NewSorter(path, spill.Options{MemoryBytes: p.opts.MemoryBytes, Store: true})
	defer sorter.Abort()
	any := false
	for _, run := range runs {
		n := 0
		for record, err := range run.Records([]byte{0}, []byte{1}) { // the training split
			if n++; err == nil && n%rowBatch == 0 {
				err = ctx.Err()
			}
			var d piece
			if err == nil {
				d, err = p.opts.parse(record)
			}
			times := 0
			if err == nil {
				times, err = count.of(d.place)
			}
			if err != nil {
				return "", err
			}
			for i := 1; i < times; i++ {
				at := p.opts.place(d.place.ref(), uint32(i), d.place.chunk())
				if err := sorter.Add(binary.BigEndian.AppendUint32(at[:], d.number), record.Value); err != nil {
					return "", err
				}
				any = true
			}
		}
	}
	if !any {
		return "", nil
	}
	_, err = sorter.Close(ctx)
	return path, err
}
