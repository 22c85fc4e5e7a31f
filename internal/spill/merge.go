package spill

import (
	"context"
	"fmt"
	"iter"
	"slices"
)

// Merge yields the records of all runs with from <= key < to as one sorted sequence;
// nil leaves that end open. Equal records are all kept and come in the order of runs.
// The slices of a record are valid until the next one; an error is yielded last.
// Every run costs an open file and about 200 KiB of buffers.
func Merge(runs []*Run, from, to []byte) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		decoder, err := newDecoder() // one does for all runs: they take turns
		if err != nil {
			yield(Record{}, err)
			return
		}
		m := make(merger, 0, len(runs))
		for i, r := range runs {
			c := newCursor(r, decoder, from, to)
			if c.next() {
				m = append(m, source{c, i})
			}
			if c.err != nil {
				yield(Record{}, c.err)
				return
			}
		}
		for i := len(m)/2 - 1; i >= 0; i-- {
			m.down(i)
		}
		for len(m) > 0 {
			c := m[0].cursor
			if !yield(c.record, nil) {
				return
			}
			if !c.next() {
				if c.err != nil {
					yield(Record{}, c.err)
					return
				}
				m[0] = m[len(m)-1]
				m = m[:len(m)-1]
			}
			m.down(0)
		}
	}
}

// merger is a binary heap of runs by their current record, then by their place among the runs.
type merger []source

type source struct {
	*cursor
	place int
}

func (m merger) less(i, j int) bool {
	a, b := m[i], m[j]
	if a.prefix != b.prefix {
		return a.prefix < b.prefix
	}
	if c := Compare(a.record, b.record); c != 0 {
		return c < 0
	}
	return a.place < b.place
}

// down lets the element at i sink to its place.
func (m merger) down(i int) {
	for {
		child := 2*i + 1
		if child >= len(m) {
			return
		}
		if child+1 < len(m) && m.less(child+1, child) {
			child++
		}
		if !m.less(child, i) {
			return
		}
		m[i], m[child] = m[child], m[i]
		i = child
	}
}

// checkEvery is how many records pass between two looks at a context.
const checkEvery = 4096

// MergeFiles merges runs into one at path: temporary name, sync, rename. However many there are, no more than 64 are open at
// once: groups of them are merged first, as Narrow does. The runs stay.
func MergeFiles(ctx context.Context, paths []string, path string) (info Info, err error) {
	return merge(ctx, paths, path, false)
}

// StoreFiles is MergeFiles with uncompressed blocks, as Options.Store has them.
func StoreFiles(ctx context.Context, paths []string, path string) (info Info, err error) {
	return merge(ctx, paths, path, true)
}

func merge(ctx context.Context, paths []string, path string, store bool) (info Info, err error) {
	few, remove, err := narrow(ctx, paths, nil, nil, maxFanIn, path, store)
	if err != nil {
		return Info{}, err
	}
	defer remove()
	encoder, err := newCompressor(store)
	if err != nil {
		return Info{}, err
	}
	return mergeFiles(ctx, few, nil, nil, path, encoder, true)
}

// Narrow merges groups of at most fanIn runs, 2 to 64, until no more than fanIn runs are left that hold all records with from <= key < to; nil leaves that end open.
// It returns the runs themselves where they are few enough. Else the files that it returns are path.N.part, hold no other records, and are removed by
// remove, as they are after an error.
func Narrow(ctx context.Context, paths []string, from, to []byte, fanIn int, path string) (few []string, remove func(), err error) {
	return narrow(ctx, paths, from, to, fanIn, path, false)
}

func narrow(ctx context.Context, paths []string, from, to []byte, fanIn int, path string, store bool) (few []string, remove func(), err error) {
	fanIn = min(max(fanIn, 2), maxFanIn)
	var parts []string // of the passes so far, in the place of paths
	defer func() {
		if err != nil {
			removeAll(parts)
		}
	}()
	for next := 0; len(paths) > fanIn; {
		var merged []string
		for group := range slices.Chunk(paths, fanIn) {
			part := fmt.Sprintf("%s.%d.part", path, next)
			next++
			parts = append(parts, part)
			merged = append(merged, part)
			encoder, err := newCompressor(store)
			if err != nil {
				return nil, nil, err
			}
			if _, err := mergeFiles(ctx, group, from, to, part, encoder, false); err != nil {
				return nil, nil, err
			}
			if slices.Contains(parts, group[0]) { // of the pass before: no longer needed
				removeAll(group)
			}
		}
		paths = merged
	}
	return paths, func() { removeAll(parts) }, nil
}

// mergeFiles merges run files, or a range of them, into one at path; encoder and sync are as for newRunWriter and finish.
func mergeFiles(ctx context.Context, paths []string, from, to []byte, path string, encoder compressor, sync bool) (Info, error) {
	runs := make([]*Run, 0, len(paths))
	defer func() {
		for _, r := range runs {
			r.Close() // read only: nothing is lost by an error here
		}
	}()
	for _, p := range paths {
		r, err := Open(p)
		if err != nil {
			return Info{}, err
		}
		runs = append(runs, r)
	}
	w, err := newRunWriter(path, encoder)
	if err != nil {
		return Info{}, err
	}
	n := 0
	for rec, err := range Merge(runs, from, to) {
		if n++; err == nil && n%checkEvery == 1 {
			err = ctx.Err()
		}
		if err == nil {
			err = w.add(rec.Key, rec.Value)
		}
		if err != nil {
			w.abort()
			return Info{}, err
		}
	}
	return w.finish(sync)
}
