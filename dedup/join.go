package dedup

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"corpus"
	"corpus/internal/spill"
)

// pairKey is a pair of Refs as a key: 8 bytes big-endian each.
func pairKey(b []byte, first, second corpus.Ref) []byte {
	return appendRef(appendRef(b[:0], first), second)
}

// sorted opens the run that holds what fill adds, sorted. It is a working file that clean removes.
func (r *resolver) sorted(name string, fill func(add func(key, value []byte) error) error) (*spill.Run, error) {
	path := filepath.Join(r.in.Dir, name)
	s := spill.NewSorter(path, spill.Options{MemoryBytes: r.in.MemoryBytes})
	defer s.Abort()
	if err := fill(s.Add); err != nil {
		return nil, err
	}
	if _, err := s.Close(r.ctx); err != nil {
		return nil, err
	}
	r.names = append(r.names, path)
	run, err := spill.Open(path)
	if err != nil {
		return nil, err
	}
	r.runs = append(r.runs, run)
	return run, nil
}

// clean closes and removes the working files. One that cannot be removed costs disk, not correctness.
func (r *resolver) clean() {
	for _, run := range r.runs {
		run.Close()
	}
	for _, name := range r.names {
		os.Remove(name)
	}
	r.runs, r.names = nil, nil
}

// candidates calls use for every pair of MinHash, once or more often, and hot for every large bucket.
func (r *resolver) candidates(use func(a, b corpus.Ref) error, hot func(HotKey)) error {
	var last []byte
	for rec, err := range records(r.ctx, r.in.Candidates) {
		if err != nil {
			return err
		}
		switch {
		case len(rec.Key) == bandKeySize && len(rec.Value) == refSize+8:
			if hot != nil {
				hot(HotKey{Method: byMinHash.String(), Documents: int64(binary.BigEndian.Uint64(rec.Value[refSize:])), First: readRef(rec.Value)})
			}
			continue
		case len(rec.Key) != 2*refSize:
			return fmt.Errorf("key of %d bytes", len(rec.Key))
		case last != nil && bytes.Equal(last, rec.Key): // several bands found it
			continue
		}
		last = append(last[:0], rec.Key...)
		if err := use(readRef(rec.Key), readRef(rec.Key[refSize:])); err != nil {
			return err
		}
	}
	return nil
}

// collectPairs puts those that speak for the documents in their place and sorts the pairs: first and second Ref.
func (r *resolver) collectPairs(c *clusters) (*spill.Run, error) {
	return r.sorted("resolve-pairs.run", func(add func(key, value []byte) error) error {
		var key []byte
		return r.candidates(func(a, b corpus.Ref) error {
			a, ok := c.speaks(a)
			if !ok {
				return nil
			}
			b, ok = c.speaks(b)
			if !ok || a == b {
				return nil
			}
			key = pairKey(key, min(a, b), max(a, b))
			return add(key, nil)
		}, nil)
	})
}

// comparePairs keeps the pairs that are similar enough: key first and second Ref, value the similarity in units of 1e-4, uint16.
func (r *resolver) comparePairs(pairs *spill.Run) (*spill.Run, error) {
	similar := func(_, _ corpus.Ref) (float64, error) { return 0, nil }
	if r.in.MinHash.Verify {
		refs, err := r.refsOf(pairs)
		if err != nil {
			return nil, err
		}
		sets, err := r.collectSets(refs)
		if err != nil {
			return nil, err
		}
		defer sets.close()
		similar = sets.similarity
	}
	samples := sampler{seed: r.in.MinHash.Seed}
	run, err := r.sorted("resolve-accepted.run", func(add func(key, value []byte) error) error {
		return r.distinct(pairs, func(a, b corpus.Ref) error {
			r.stats.CandidatePairs++
			s, err := similar(a, b)
			if err != nil {
				return err
			}
			accepted := !r.in.MinHash.Verify || s >= r.in.MinHash.Threshold
			units := uint16(math.Round(s * 1e4))
			if r.in.MinHash.Verify {
				samples.add(&r.stats, a, b, units, accepted)
			}
			if !accepted {
				return nil
			}
			r.stats.AcceptedPairs++
			return add(pairKey(nil, a, b), binary.BigEndian.AppendUint16(nil, units))
		})
	})
	r.stats.Samples = samples.samples()
	return run, err
}

// distinct calls use for every pair of a run once.
func (r *resolver) distinct(pairs *spill.Run, use func(a, b corpus.Ref) error) error {
	var last []byte
	for rec, err := range records(r.ctx, []*spill.Run{pairs}) {
		if err != nil {
			return err
		}
		if last != nil && bytes.Equal(last, rec.Key) {
			continue
		}
		last = append(last[:0], rec.Key...)
		if err := use(readRef(rec.Key), readRef(rec.Key[refSize:])); err != nil {
			return err
		}
	}
	return nil
}

// refsOf lists the documents of pairs in order, each once.
func (r *resolver) refsOf(pairs *spill.Run) ([]corpus.Ref, error) {
	run, err := r.sorted("resolve-refs.run", func(add func(key, value []byte) error) error {
		last := corpus.Ref(math.MaxUint64)
		return r.distinct(pairs, func(a, b corpus.Ref) error {
			if a != last { // pairs come by their first
				last = a
				if err := add(appendRef(nil, a), nil); err != nil {
					return err
				}
			}
			return add(appendRef(nil, b), nil)
		})
	})
	if err != nil {
		return nil, err
	}
	var refs []corpus.Ref
	for rec, err := range records(r.ctx, []*spill.Run{run}) {
		if err != nil {
			return nil, err
		}
		if ref := readRef(rec.Key); len(refs) == 0 || refs[len(refs)-1] != ref {
			refs = append(refs, ref)
		}
	}
	return refs, nil
}
