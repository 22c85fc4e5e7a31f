package build

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"corpus"
	"corpus/dedup"
	"corpus/internal/manifest"
	"corpus/internal/spill"
)

// What earlier documents the new ones are linked with, as Resolve takes it: the documents that new ones share a key with, all that these were found together
// with, and so on. Resolve says the same of them and of the new documents as it would of all documents of all builds, because no pair links them with any other.
const (
	earlierRefsPath    = workDir + "/dedup/earlier-refs.run"    // key: ref; value: 1 byte, 1 for a document that copies another's text, else 0
	earlierMembersPath = workDir + "/dedup/earlier-members.run" // as members.run
)

// earlierPath is the run of the pairs of earlier documents of a method, or of their priorities, as Reduce would have emitted them.
func earlierPath(exchange string) string { return workDir + "/dedup/earlier-" + exchange + ".run" }

// Kinds of records in index/pairs.run: key = ref ‖ kind ‖ other ref. The upper-case ones are the same pairs from the other side.
const (
	pairURL     = 'u' // ref has the address of other, the first one
	pairExact   = 'e' // ref has the text of other, the first one
	pairMinHash = 'm' // ref and the larger other are a candidate pair
	pairKeySize = 8 + 1 + 8

	otherSide = 'a' - 'A' // taken off a kind
)

func pairKind(exchange string) byte {
	switch exchange {
	case "url":
		return pairURL
	case "exact":
		return pairExact
	}
	return pairMinHash
}

// earlier collects the earlier documents.
func (b *build) earlier(ctx context.Context) error {
	if len(b.plan.Earlier) == 0 {
		return nil
	}
	todo, err := b.pending("earlier", 1)
	if err != nil || len(todo) == 0 {
		return err
	}
	c, err := b.newClosure()
	if err != nil {
		return err
	}
	defer c.close()
	met, err := c.met(ctx)
	if err != nil {
		return err
	}
	if err := c.grow(ctx, met); err != nil {
		return err
	}
	if err := c.addSurvivors(ctx); err != nil {
		return err
	}
	outputs := []string{earlierRefsPath}
	if _, err := c.refs.Close(ctx); err != nil {
		return err
	}
	for name, s := range c.sorters {
		if _, err := s.Close(ctx); err != nil {
			return err
		}
		outputs = append(outputs, earlierPath(name))
	}
	slices.Sort(outputs)
	return b.commit(record{phase: "earlier", name: "documents", outputs: outputs})
}

// closure is what earlier works with.
type closure struct {
	b         *build
	exchanges []corpus.Exchange
	pairs     []*spill.Run // of the earlier builds, oldest first
	refs      *spill.Sorter
	sorters   map[string]*spill.Sorter // by exchange
	visited   []corpus.Ref             // ascending; 8 bytes for each document collected
}

func (b *build) newClosure() (c *closure, err error) {
	c = &closure{b: b, refs: b.newSorter(earlierRefsPath), sorters: map[string]*spill.Sorter{}}
	if c.exchanges, err = b.exchanges(); err != nil {
		return nil, err
	}
	for _, ex := range c.exchanges {
		c.sorters[ex.Name()] = b.newSorter(earlierPath(ex.Name()))
	}
	c.pairs, err = b.openEarlier(indexPairsPath)
	return c, err
}

func (c *closure) close() {
	closeRuns(c.pairs)
	c.refs.Abort() // without effect once closed
	for _, s := range c.sorters {
		s.Abort()
	}
}

// openEarlier opens one file of each earlier build's index, oldest first.
func (b *build) openEarlier(path string) ([]*spill.Run, error) {
	var paths []string
	for _, e := range b.plan.Earlier {
		paths = append(paths, filepath.Join(e.Path, filepath.FromSlash(path)))
	}
	return openRuns(paths)
}

// met lists the earlier documents in the pairs that Reduce found, ascending.
func (c *closure) met(ctx context.Context) ([]corpus.Ref, error) {
	first := corpus.MakeRef(c.b.plan.FirstUnit, 0)
	var refs []corpus.Ref
	for _, p := range partitions(c.exchanges) {
		if !indexedExchange(p.exchange.Name()) {
			continue
		}
		run, err := spill.Open(c.b.path(reducedPath(p.exchange.Name(), p.index)))
		if err != nil {
			return nil, err
		}
		for r, err := range run.Records(nil, nil) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				run.Close()
				return nil, err
			}
			a, other, ok := pairOf(r)
			if !ok {
				continue
			}
			for _, ref := range []corpus.Ref{a, other} {
				if ref < first {
					refs = append(refs, ref)
				}
			}
			if len(refs) > 1<<20 && len(refs) == cap(refs) {
				refs = sortedRefs(refs)
			}
		}
		run.Close()
	}
	return sortedRefs(refs), nil
}

func sortedRefs(refs []corpus.Ref) []corpus.Ref {
	slices.Sort(refs)
	return slices.Compact(refs)
}

// pairOf reads a pair that Reduce emitted: a copy and the first, or the two of a candidate pair; false for another record.
func pairOf(r spill.Record) (a, other corpus.Ref, ok bool) {
	switch {
	case len(r.Key) == 8 && len(r.Value) == 8:
		return readRef(r.Key), readRef(r.Value), true
	case len(r.Key) == 16:
		return readRef(r.Key), readRef(r.Key[8:]), true
	}
	return 0, 0, false
}

func readRef(b []byte) corpus.Ref { return corpus.Ref(binary.BigEndian.Uint64(b)) }

// grow follows the pairs of the indexes from the documents met, round by round.
func (c *closure) grow(ctx context.Context, frontier []corpus.Ref) error {
	for len(frontier) > 0 {
		var found []corpus.Ref
		copied := make([]bool, len(frontier))
		for _, run := range c.pairs {
			s := newSeeker(run, 4096)
			err := c.links(ctx, s, frontier, copied, &found)
			s.stop()
			if err != nil {
				return err
			}
		}
		for i, ref := range frontier {
			value := []byte{0}
			if copied[i] {
				value[0] = 1
			}
			if err := c.refs.Add(refKey(ref), value); err != nil {
				return err
			}
		}
		c.visited = sortedRefs(append(c.visited, frontier...))
		frontier = slices.DeleteFunc(sortedRefs(found), func(ref corpus.Ref) bool {
			_, ok := slices.BinarySearch(c.visited, ref)
			return ok
		})
	}
	return nil
}

// links reads the pairs of documents, and notes those that are copies.
func (c *closure) links(ctx context.Context, s *seeker, refs []corpus.Ref, copied []bool, found *[]corpus.Ref) error {
	for i, ref := range refs {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := s.each(refKey(ref), func(r spill.Record) error {
			if len(r.Key) != pairKeySize {
				return fmt.Errorf("pair of %d bytes in an index", len(r.Key))
			}
			other := readRef(r.Key[9:])
			*found = append(*found, other)
			if len(*found) > 1<<20 && len(*found) == cap(*found) {
				*found = sortedRefs(*found)
			}
			return c.addPair(r.Key[8], ref, other, &copied[i])
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// addPair adds a pair as Reduce would have emitted it, unless it is one seen from the other side.
func (c *closure) addPair(kind byte, ref, other corpus.Ref, copied *bool) error {
	if kind >= 'A' && kind <= 'Z' {
		return nil
	}
	for name, out := range c.sorters {
		if !indexedExchange(name) || pairKind(name) != kind {
			continue
		}
		if kind == pairMinHash {
			return out.Add(append(refKey(ref), refKey(other)...), refKey(ref))
		}
		*copied = *copied || kind == pairExact
		return out.Add(refKey(ref), refKey(other))
	}
	return fmt.Errorf("pair of the kind %q in an index, of which no method is", kind)
}

// addSurvivors collects the priorities of the documents.
func (c *closure) addSurvivors(ctx context.Context) error {
	out := c.sorters["survivors"]
	if out == nil {
		return nil
	}
	runs, err := c.b.openEarlier(indexSurvivorsPath)
	if err != nil {
		return err
	}
	defer closeRuns(runs)
	rest := c.visited
	for i, e := range c.b.plan.Earlier {
		n, _ := slices.BinarySearch(rest, corpus.MakeRef(e.FirstUnit+e.Units, 0))
		s := newSeeker(runs[i], 4096)
		for _, ref := range rest[:n] {
			key := refKey(ref)
			r, ok, err := s.at(key)
			if err == nil && (!ok || string(r.Key) != string(key)) {
				err = fmt.Errorf("%s: document %s is not there", filepath.Join(e.Path, indexSurvivorsPath), manifest.DuplicateRef(ref))
			}
			if err = errors.Join(err, ctx.Err()); err == nil {
				err = out.Add(r.Key, r.Value)
			}
			if err != nil {
				s.stop()
				return err
			}
		}
		s.stop()
		rest = rest[n:]
	}
	return nil
}

// addEarlier gives Resolve the pairs of earlier documents too.
func (b *build) addEarlier(in *dedup.Inputs, exchanges []corpus.Exchange) error {
	if len(b.plan.Earlier) == 0 {
		return nil
	}
	for _, ex := range exchanges {
		run, err := spill.Open(b.path(earlierPath(ex.Name())))
		if err != nil {
			return err
		}
		addInput(in, partition{exchange: ex}, run)
	}
	in.Documents = b.documentsOf
	return nil
}

// documentsOf reads the documents of a unit of this build, or those of an earlier one that were collected.
func (b *build) documentsOf(ctx context.Context, unit int) iter.Seq2[*corpus.Document, error] {
	if unit >= b.plan.FirstUnit {
		return b.curated(ctx, unit)
	}
	return func(yield func(*corpus.Document, error) bool) {
		if err := b.earlierDocuments(ctx, unit, yield); err != nil {
			yield(nil, err)
		}
	}
}

func (b *build) earlierDocuments(ctx context.Context, unit int, yield func(*corpus.Document, error) bool) error {
	refs, err := spill.Open(b.path(earlierRefsPath))
	if err != nil {
		return err
	}
	defer refs.Close()
	texts, err := b.openEarlierTexts(unit)
	if err != nil {
		return err
	}
	defer texts.close()
	// Where the first document of a text always speaks for its copies, these are compared with nothing.
	plain := len(b.Config.Dedup.Survivor) == 0 && !b.Config.Dedup.Has("url")
	for r, err := range refs.Records(refKey(corpus.MakeRef(unit, 0)), refKey(corpus.MakeRef(unit+1, 0))) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		if plain && r.Value[0] == 1 {
			continue
		}
		d, err := texts.document(readRef(r.Key))
		if err != nil {
			return err
		}
		if !yield(d, nil) {
			return nil
		}
	}
	return nil
}

// earlierTexts reads texts of one unit of an earlier build, in the order of Refs.
type earlierTexts struct {
	name string
	run  *spill.Run
	seek *seeker
}

func (b *build) openEarlierTexts(unit int) (*earlierTexts, error) {
	for _, e := range b.plan.Earlier {
		if unit < e.FirstUnit+e.Units {
			name := filepath.Join(e.Path, filepath.FromSlash(indexTextsPath(unit)))
			run, err := spill.Open(name)
			if err != nil {
				return nil, err
			}
			return &earlierTexts{name: name, run: run, seek: newSeeker(run, 64)}, nil
		}
	}
	return nil, fmt.Errorf("unit %d: %w", unit, os.ErrNotExist)
}

func (t *earlierTexts) close() {
	t.seek.stop()
	t.run.Close()
}

// document reads the id and the text of a document: encodeText.
func (t *earlierTexts) document(ref corpus.Ref) (*corpus.Document, error) {
	var parts []byte
	err := t.seek.each(refKey(ref), func(r spill.Record) error {
		parts = append(parts, r.Value...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	n, head := binary.Uvarint(parts)
	if head <= 0 || n > uint64(len(parts)-head) {
		return nil, fmt.Errorf("%s: document %s is not there, or damaged", t.name, manifest.DuplicateRef(ref))
	}
	rest := parts[head:]
	return &corpus.Document{Ref: ref, ID: string(rest[:n]), Text: string(rest[n:])}, nil
}
