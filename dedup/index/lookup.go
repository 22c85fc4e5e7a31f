package index

import (
	"bytes"
	"fmt"

	"github.com/FastFilter/xorfilter"
)

// LookupStats count what a Lookup did.
type LookupStats struct {
	Asked  int64 // keys asked for
	Passed int64 // those that passed a filter
	Found  int64
	Blocks int64 // blocks read
	Bytes  int64 // bytes of filters and blocks read
}

// Lookup answers keys that come in ascending order. It holds one filter and one block, and is not safe for concurrent use.
type Lookup struct {
	r     *Reader
	stats LookupStats
	last  []byte

	section      int // of the filter held, -1: none
	filter       *xorfilter.BinaryFuse8
	filterBuffer []byte

	at     int // the block held, -1: none
	block  block
	some   bool // block.key is a record of the block, which may be the answer still
	buffer []byte
}

// Lookup starts at the first key.
func (r *Reader) Lookup() *Lookup { return &Lookup{r: r, section: -1, at: -1} }

// Stats counts the calls so far.
func (l *Lookup) Stats() LookupStats { return l.stats }

// Find returns what the file says of a key, which must not be smaller than the one asked for before. A key that is not
// there has no documents. The result is valid until the next call.
func (l *Lookup) Find(key []byte) (Bucket, error) {
	if len(key) != l.r.options.KeyBytes {
		return Bucket{}, fmt.Errorf("file of keys %s: asked for a key of %d bytes; its keys have %d", l.r.name, len(key), l.r.options.KeyBytes)
	}
	if l.last != nil && bytes.Compare(l.last, key) > 0 {
		return Bucket{}, fmt.Errorf("file of keys %s: asked for a key before the last one", l.r.name)
	}
	l.last = append(l.last[:0], key...)
	l.stats.Asked++
	pass, err := l.passes(key)
	if err != nil || !pass {
		return Bucket{}, err
	}
	l.stats.Passed++
	b, err := l.search(key)
	if b.Documents > 0 {
		l.stats.Found++
	}
	return b, err
}

// passes asks the filter of the key's section.
func (l *Lookup) passes(key []byte) (bool, error) {
	if l.section < 0 || l.section+1 < len(l.r.sections) && bytes.Compare(l.r.places.first(l.r.sections[l.section+1].start), key) <= 0 {
		n := l.r.sectionOf(key)
		if n < 0 {
			return false, nil
		}
		var err error
		s := l.r.sections[n]
		if l.filter, l.filterBuffer, err = l.r.readFilter(s, l.filterBuffer); err != nil {
			return false, err
		}
		l.stats.Bytes += int64(s.length)
		l.section = n
	}
	return l.filter.Contains(hashKey(key)), nil
}

// search looks for a key in its block, from the record read last on.
func (l *Lookup) search(key []byte) (Bucket, error) {
	s := l.r.sections[l.section]
	if i := l.r.blockOf(s, key); i != l.at {
		var err error
		if l.buffer, err = l.r.readBlock(&l.block, i, s, l.buffer); err != nil {
			return Bucket{}, err
		}
		l.at, l.some = i, false
		l.stats.Blocks++
		l.stats.Bytes += int64(len(l.buffer))
	}
	for {
		if l.some {
			if c := bytes.Compare(l.block.key, key); c == 0 {
				return l.block.found, nil
			} else if c > 0 {
				return Bucket{}, nil
			}
		}
		var err error
		if l.some, err = l.block.next(); err != nil {
			return Bucket{}, l.r.wrong(l.r.places.offset(l.at), err)
		}
		if !l.some {
			// Every later key of this block is greater than its last one: it is not there.
			return Bucket{}, nil
		}
	}
}
