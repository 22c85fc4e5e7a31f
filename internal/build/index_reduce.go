package build

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"path/filepath"

	"corpus"
	"corpus/dedup/index"
)

// keptOf says how many documents of a key an index keeps: of a MinHash bucket those that later documents are paired with (the first 15 and the
// last: dedup.MinHash.Reduce), of an address or a text the first, which the others are paired with.
func keptOf(exchange string) int {
	if exchange == "minhash" {
		return 16
	}
	return 1
}

// indexed says whether an exchange finds pairs, so that its keys belong into an index.
func indexedExchange(name string) bool { return name != "survivors" }

// indexed is an exchange whose Reduce also sees the documents of earlier builds that share a key with one of this build,
// and whose keys go into this build's index. It serves one partition once.
type indexed struct {
	corpus.Exchange
	first   corpus.Ref      // of this build's documents; those of earlier builds come before it
	earlier []*index.Lookup // oldest first
	dir     string          // the output folder
	path    string          // of the file of keys in it; "" for none
	keys    *index.Writer
	// unseen counts the earlier documents of large buckets that are not kept, by key, until Reduce has reported the bucket, which it does when the next is reached.
	unseen map[string]uint64
}

// newIndexed opens what a partition needs; ex itself is returned where that is nothing. The caller calls close.
func (b *build) newIndexed(ex corpus.Exchange, partition int) (x *indexed, close func(), err error) {
	x = &indexed{Exchange: ex, first: corpus.MakeRef(b.plan.FirstUnit, 0), unseen: map[string]uint64{}}
	var readers []*index.Reader
	close = func() {
		if x.keys != nil {
			x.keys.Abort() // without effect once closed
		}
		for _, r := range readers {
			r.Close() // read only: nothing is lost by an error here
		}
	}
	if !indexedExchange(ex.Name()) {
		return x, close, nil
	}
	if b.Config.Dedup.Index {
		x.dir, x.path = b.Dir, indexKeysPath(ex.Name(), partition)
	}
	for _, e := range b.plan.Earlier {
		r, err := index.Open(filepath.Join(e.Path, filepath.FromSlash(indexKeysPath(ex.Name(), partition))))
		if err != nil {
			close()
			return nil, nil, err
		}
		readers = append(readers, r)
		if r.Info().Keys > 0 {
			x.earlier = append(x.earlier, r.Lookup())
		}
	}
	return x, close, nil
}

// outputs are the files that it leaves, relative to the output folder.
func (x *indexed) outputs() []string {
	if x.path == "" {
		return nil
	}
	return []string{x.path}
}

// Reduce implements corpus.Exchange. What it emits of two earlier documents is left out: their index has it.
func (x *indexed) Reduce(ctx context.Context, partition int, pairs iter.Seq2[corpus.Pair, error], emit func(corpus.Pair) error) error {
	if !indexedExchange(x.Name()) {
		return x.Exchange.Reduce(ctx, partition, pairs, emit)
	}
	err := x.Exchange.Reduce(ctx, partition, x.merged(pairs), func(p corpus.Pair) error {
		switch later, ok := laterOf(p.Key); {
		case ok && later < x.first:
			return nil
		case !ok:
			p.Value = x.counted(p.Key, p.Value)
		}
		return emit(p)
	})
	if err != nil || x.path == "" {
		return err
	}
	if x.keys == nil { // there was no pair
		if err := x.create(1); err != nil {
			return err
		}
	}
	_, err = x.keys.Close()
	return err
}

// counted is the number of documents of a bucket, as MinHash.Reduce reports it, with those of earlier builds that are not kept.
func (x *indexed) counted(key, documents []byte) []byte {
	n, ok := x.unseen[string(key)]
	if !ok {
		return documents
	}
	delete(x.unseen, string(key))
	return binary.BigEndian.AppendUint64(nil, binary.BigEndian.Uint64(documents)+n)
}

func (x *indexed) create(keyBytes int) (err error) {
	x.keys, err = index.Create(filepath.Join(x.dir, filepath.FromSlash(x.path)), index.Options{KeyBytes: keyBytes, Keep: keptOf(x.Name())})
	return err
}

// laterOf is the larger Ref of a pair that Reduce found: the key is a copy's Ref, or the smaller and the larger Ref of a pair.
func laterOf(key []byte) (corpus.Ref, bool) {
	if n := len(key); n == 8 || n == 16 {
		return corpus.Ref(binary.BigEndian.Uint64(key[n-8:])), true
	}
	return 0, false
}

// merged puts the earlier documents of each key before this build's, as they would come were all sorted together, and notes the keys.
func (x *indexed) merged(pairs iter.Seq2[corpus.Pair, error]) iter.Seq2[corpus.Pair, error] {
	return func(yield func(corpus.Pair, error) bool) {
		var key []byte
		for p, err := range pairs {
			if err != nil {
				yield(p, err)
				return
			}
			if key == nil || !bytes.Equal(key, p.Key) {
				key = append(key[:0], p.Key...)
				goOn, err := x.before(key, yield)
				if err != nil {
					yield(corpus.Pair{}, err)
				}
				if err != nil || !goOn {
					return
				}
			}
			if err := x.note(p); err != nil {
				yield(corpus.Pair{}, err)
				return
			}
			if !yield(p, nil) {
				return
			}
		}
	}
}

// before yields the earlier documents of a key.
func (x *indexed) before(key []byte, yield func(corpus.Pair, error) bool) (goOn bool, err error) {
	for _, l := range x.earlier {
		found, err := l.Find(key)
		if err != nil {
			return false, err
		}
		if n := found.Documents - int64(len(found.Refs)); n > 0 && keptOf(x.Name()) > 1 {
			x.unseen[string(key)] += uint64(n)
		}
		for _, ref := range found.Refs {
			if ref >= x.first {
				return false, fmt.Errorf("document %d:%d of an earlier build is none of its units", ref.Unit(), ref.Index())
			}
			if !yield(corpus.Pair{Key: key, Ref: ref}, nil) {
				return false, nil
			}
		}
	}
	return true, nil
}

func (x *indexed) note(p corpus.Pair) error {
	if x.path == "" {
		return nil
	}
	if x.keys == nil {
		if err := x.create(len(p.Key)); err != nil {
			return err
		}
	}
	return x.keys.Add(p.Key, p.Ref)
}
