package build

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"sync"

	"corpus"
	"corpus/dedup/paragraph"
	"corpus/internal/engine"
	"corpus/internal/spill"

	"golang.org/x/sync/errgroup"
)

// stageParagraph names the method in the ledger, the accounts and the edits; the phases of its commit records begin with it.
const (
	stageParagraph       = "paragraph"
	phaseParagraphMap    = "paragraph_map"
	phaseParagraphReduce = "paragraph_reduce"
)

// ParagraphResult is what the commit record of phase paragraph says.
type ParagraphResult struct {
	Ranges  int64 `json:"ranges"`  // paragraphs taken out, those of dropped documents included
	Bytes   int64 `json:"bytes"`   // of them, with the white space that goes along
	Edited  int64 `json:"edited"`  // documents that lost some and stay
	Dropped int64 `json:"dropped"` // documents that go as a whole
	// Different is the number of different paragraphs that the filter took for such, FalsePositiveRate the rate that is expected of it with
	// so many; both are absent with method exact.
	Different         int64   `json:"different,omitempty"`
	FalsePositiveRate float64 `json:"false_positive_rate,omitempty"`
}

// add counts a document's removal.
func (s *ParagraphResult) add(r paragraph.Removal) {
	if len(r.Ranges) == 0 {
		return
	}
	s.Ranges += int64(len(r.Ranges))
	for _, x := range r.Ranges {
		s.Bytes += x.Length
	}
	if r.Drop {
		s.Dropped++
	} else {
		s.Edited++
	}
}

// checkParagraphs sees to it that a filter of paragraphs fits into memory, before any work starts.
func (b *build) checkParagraphs() error {
	o := b.Config.Dedup.Paragraph
	if !b.Config.Dedup.Has(stageParagraph) || o.Method != paragraph.Bloom {
		return nil
	}
	// Half is left for what the rest of the phase holds.
	if err := checkFilter(o, b.memoryBudget()/2); err != nil {
		return fmt.Errorf("dedup.paragraph: %w", err)
	}
	return nil
}

// checkFilter refuses a filter that is larger than the memory for it.
func checkFilter(o paragraph.Options, memory int64) error {
	if need := o.FilterBytes(); need > memory {
		return corpus.BadOption("expected", "a filter for %d different paragraphs at a false positive rate of %v takes %d MiB of memory, and %d MiB are there for it",
			o.Expected, o.FalsePositiveRate, need>>20, memory>>20)
	}
	return nil
}

// paragraphs finds the repeated paragraphs of the documents that the methods before leave.
func (b *build) paragraphs(ctx context.Context) error {
	todo, err := b.pending(stageParagraph, 1)
	if err != nil || len(todo) == 0 {
		return err
	}
	f, err := b.openFates(stageParagraph)
	if err != nil {
		return err
	}
	defer f.close()
	if b.Config.Dedup.Paragraph.Method == paragraph.Bloom {
		return b.filterParagraphs(ctx, f)
	}
	priority, err := b.Config.Priority()
	if err != nil {
		return err
	}
	x, err := paragraph.NewExchange(b.Config.Dedup.Paragraph, priority.Key)
	if err != nil {
		return err
	}
	if err := b.mapParagraphs(ctx, x, f); err != nil {
		return err
	}
	if err := b.reduceParagraphs(ctx, x); err != nil {
		return err
	}
	return b.cutParagraphs(ctx, x, f)
}

// mapParagraphs hashes the paragraphs of every unit; each ends in a commit record.
func (b *build) mapParagraphs(ctx context.Context, x *paragraph.Exchange, f *fates) error {
	todo, err := b.pendingUnits(phaseParagraphMap)
	if err != nil {
		return err
	}
	return b.eachUnit(ctx, b.Workers, todo, func(ctx context.Context, unit int) error {
		path := mappedPath(unit, x.Name())
		pairs := b.newSorter(path)
		defer pairs.Abort() // without effect once closed
		var pair engine.MappedPair
		for d, err := range b.survivorsOf(ctx, f, unit) {
			if err != nil {
				return err
			}
			var failed error
			err := x.Map(d, func(partition int, key, value []byte) {
				pair.Key = append(binary.BigEndian.AppendUint16(pair.Key[:0], uint16(partition)), key...)
				pair.Value = append(binary.BigEndian.AppendUint64(pair.Value[:0], 0), value...)
				if failed == nil {
					failed = engine.AddMapped(pairs, d.Ref, pair)
				}
			})
			if err := errors.Join(err, failed); err != nil {
				return err
			}
		}
		if _, err := pairs.Close(ctx); err != nil {
			return err
		}
		return b.commit(record{phase: phaseParagraphMap, unit: unit, name: b.planned(unit).Name(), outputs: []string{path}})
	})
}

// eachUnit does a step for units, so many at once, and reports progress.
func (b *build) eachUnit(ctx context.Context, workers int, units []int, step func(ctx context.Context, unit int) error) error {
	b.expect(len(b.plan.Units), len(b.plan.Units)-len(units))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(workers)
	for _, unit := range units {
		g.Go(func() error {
			if err := step(ctx, unit); err != nil {
				return fmt.Errorf("%s: %w", b.planned(unit).Name(), err)
			}
			b.stepDone()
			return nil
		})
	}
	return g.Wait()
}

// reduceParagraphs finds the copies in every partition; each ends in a commit record.
func (b *build) reduceParagraphs(ctx context.Context, x *paragraph.Exchange) error {
	todo, err := b.pending(phaseParagraphReduce, x.Partitions())
	if err != nil || len(todo) == 0 {
		return err
	}
	b.expect(x.Partitions(), x.Partitions()-len(todo))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(b.Workers)
	for _, index := range todo {
		g.Go(func() error {
			path := reducedPath(x.Name(), index)
			if err := b.reducePartition(ctx, x, index, path); err != nil {
				return err
			}
			defer b.stepDone()
			return b.commit(record{phase: phaseParagraphReduce, unit: index, name: x.Name(), outputs: []string{path}})
		})
	}
	return g.Wait()
}

// cutParagraphs lays the copies over the texts and writes what is removed.
func (b *build) cutParagraphs(ctx context.Context, x *paragraph.Exchange, f *fates) error {
	var paths []string
	for i := range x.Partitions() {
		paths = append(paths, b.path(reducedPath(x.Name(), i)))
	}
	runs, err := openRuns(paths)
	if err != nil {
		return err
	}
	defer closeRuns(runs)
	w := b.writeParagraphs()
	defer w.abort()
	workers := min(b.Workers, max(1, b.runsAtOnce(1)/x.Partitions())) // each merges what all partitions found
	err = b.eachUnit(ctx, workers, b.plan.Numbers(), func(ctx context.Context, unit int) error {
		from, to := paragraph.RefKey(corpus.MakeRef(unit, 0)), paragraph.RefKey(corpus.MakeRef(unit+1, 0))
		repeats := pull(repeatsByDocument(spill.Merge(runs, from, to)), func(r documentRepeats) corpus.Ref { return r.ref })
		defer repeats.stop()
		for d, err := range b.survivorsOf(ctx, f, unit) {
			if err != nil {
				return err
			}
			found, err := repeats.at(d.Ref)
			if err != nil {
				return err
			}
			if found == nil {
				continue
			}
			if err := w.cut(x.Hasher, d, found.repeats); err != nil {
				return err
			}
		}
		return repeats.end()
	})
	if err != nil {
		return err
	}
	return w.commit(ctx)
}

// documentRepeats are the copies in one document, in their order.
type documentRepeats struct {
	ref     corpus.Ref
	repeats []paragraph.Repeat
}

// repeatsByDocument groups what paragraph.Exchange.Reduce emitted, in the order of Refs and offsets.
func repeatsByDocument(records iter.Seq2[spill.Record, error]) iter.Seq2[documentRepeats, error] {
	return func(yield func(documentRepeats, error) bool) {
		var group documentRepeats
		for record, err := range records {
			var ref corpus.Ref
			var r paragraph.Repeat
			if err == nil {
				ref, r, err = parseRepeat(record)
			}
			if err != nil {
				yield(documentRepeats{}, err)
				return
			}
			if len(group.repeats) > 0 && ref != group.ref {
				if !yield(group, nil) {
					return
				}
				group.repeats = nil // it belongs to the receiver
			}
			group.ref, group.repeats = ref, append(group.repeats, r)
		}
		if len(group.repeats) > 0 {
			yield(group, nil)
		}
	}
}

// parseRepeat reads what engine.ReducePartition stored.
func parseRepeat(r spill.Record) (corpus.Ref, paragraph.Repeat, error) {
	if len(r.Value) < 8 {
		return 0, paragraph.Repeat{}, errors.New("bad record of a repeated paragraph")
	}
	return paragraph.ParseRepeat(corpus.Pair{Key: r.Key, Ref: corpus.Ref(binary.BigEndian.Uint64(r.Value)), Value: r.Value[8:]})
}

// paragraphWriter collects the removals of all units. It is safe for concurrent use: the sorter puts them into order.
type paragraphWriter struct {
	b      *build
	mu     sync.Mutex
	sorter *spill.Sorter
	result ParagraphResult
}

func (b *build) writeParagraphs() *paragraphWriter {
	return &paragraphWriter{b: b, sorter: b.newSorter(removalsPath(stageParagraph))}
}

// cut takes paragraphs out of a document, as far as the run of removals goes.
func (w *paragraphWriter) cut(h *paragraph.Hasher, d *corpus.Document, repeats []paragraph.Repeat) error {
	cut, err := h.Cut(d.Text, repeats)
	if err != nil || len(cut.Ranges) == 0 {
		return err
	}
	r := removal{Ref: d.Ref, Drop: cut.Drop}
	for _, x := range cut.Ranges {
		r.Ranges = append(r.Ranges, removedRange(x))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.result.add(cut)
	return addRemoval(w.sorter, r)
}

func (w *paragraphWriter) commit(ctx context.Context) error {
	if _, err := w.sorter.Close(ctx); err != nil {
		return err
	}
	return w.b.commit(record{phase: stageParagraph, name: "repeated paragraphs", outputs: []string{removalsPath(stageParagraph)}, result: w.result})
}

func (w *paragraphWriter) abort() { w.sorter.Abort() } // without effect once closed
