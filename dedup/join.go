package dedup

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"iter"
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
	if _, err := s.Close(); err != nil {
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

// collectPairs puts the original in the place of each exact copy and sorts the pairs: first and second Ref.
func (r *resolver) collectPairs() (*spill.Run, error) {
	return r.sorted("resolve-pairs.run", func(add func(key, value []byte) error) error {
		var last, key []byte
		for rec, err := range records(r.ctx, r.in.Candidates) {
			if err != nil {
				return err
			}
			if len(rec.Key) != 2*refSize {
				return fmt.Errorf("key of %d bytes", len(rec.Key))
			}
			if last != nil && bytes.Equal(last, rec.Key) { // several bands found it
				continue
			}
			last = append(last[:0], rec.Key...)
			a, _ := r.exact.survivor(readRef(rec.Key))
			b, _ := r.exact.survivor(readRef(rec.Key[refSize:]))
			if a == b {
				continue
			}
			key = pairKey(key, min(a, b), max(a, b))
			if err := add(key, nil); err != nil {
				return err
			}
		}
		return nil
	})
}

// attachSignatures turns pairs into records of (second, first) with the first's signature as their value.
func (r *resolver) attachSignatures(pairs *spill.Run) (*spill.Run, error) {
	return r.sorted("resolve-halves.run", func(add func(key, value []byte) error) error {
		signatures := newLookup(r.ctx, r.in.Signatures)
		defer signatures.stop()
		var last, key []byte
		for rec, err := range records(r.ctx, []*spill.Run{pairs}) {
			if err != nil {
				return err
			}
			if last != nil && bytes.Equal(last, rec.Key) {
				continue
			}
			last = append(last[:0], rec.Key...)
			r.stats.CandidatePairs++
			a, b := readRef(rec.Key), readRef(rec.Key[refSize:])
			signature, err := signatures.find(a)
			if err != nil {
				return err
			}
			key = pairKey(key, b, a)
			if err := add(key, signature); err != nil {
				return err
			}
		}
		return nil
	})
}

// comparePairs keeps the pairs whose signatures agree in enough places: key first and second Ref,
// value the number of equal places and of all places, uint32 each.
func (r *resolver) comparePairs(halves *spill.Run) (*spill.Run, error) {
	return r.sorted("resolve-accepted.run", func(add func(key, value []byte) error) error {
		signatures := newLookup(r.ctx, r.in.Signatures)
		defer signatures.stop()
		var key, value []byte
		for rec, err := range records(r.ctx, []*spill.Run{halves}) {
			if err != nil {
				return err
			}
			b, a := readRef(rec.Key), readRef(rec.Key[refSize:])
			signature, err := signatures.find(b)
			if err != nil {
				return err
			}
			if len(signature) != len(rec.Value) {
				return fmt.Errorf("signatures of documents %d and %d differ in length: %d and %d bytes", a, b, len(rec.Value), len(signature))
			}
			equal, places := equalPlaces(rec.Value, signature), len(signature)/4
			if float64(equal)/float64(places) < r.in.Threshold {
				continue
			}
			r.stats.AcceptedPairs++
			value = binary.BigEndian.AppendUint32(value[:0], uint32(equal))
			value = binary.BigEndian.AppendUint32(value, uint32(places))
			key = pairKey(key, a, b)
			if err := add(key, value); err != nil {
				return err
			}
		}
		return nil
	})
}

// equalPlaces counts the equal values of two signatures of the same length.
func equalPlaces(a, b []byte) int {
	n := 0
	for i := 0; i < len(a); i += 4 {
		if binary.LittleEndian.Uint32(a[i:]) == binary.LittleEndian.Uint32(b[i:]) {
			n++
		}
	}
	return n
}

// lookup finds signatures by Ref; the Refs asked for must not decrease.
type lookup struct {
	next  func() (spill.Record, error, bool)
	stop  func()
	rec   spill.Record
	valid bool // rec holds a record
}

func newLookup(ctx context.Context, runs []*spill.Run) *lookup {
	next, stop := iter.Pull2(records(ctx, runs))
	return &lookup{next: next, stop: stop}
}

// find returns the signature of ref, valid until find is called with another.
func (l *lookup) find(ref corpus.Ref) ([]byte, error) {
	for !l.valid || readRef(l.rec.Key) < ref {
		rec, err, ok := l.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, fmt.Errorf("document %d has no signature", ref)
		}
		if n := len(rec.Value); len(rec.Key) != refSize || n <= refSize || n%4 != 0 {
			return nil, fmt.Errorf("signature record of %d and %d bytes", len(rec.Key), n)
		}
		l.rec, l.valid = rec, true
	}
	if readRef(l.rec.Key) != ref {
		return nil, fmt.Errorf("document %d has no signature", ref)
	}
	return l.rec.Value[refSize:], nil
}
