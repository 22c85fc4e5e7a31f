package dedup

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"iter"
	"math/bits"
	"os"
	"path/filepath"
	"slices"

	"corpus"
)

// sets are the sets of shingles of some documents, each as ascending 64-bit hashes, one set behind the other: the first of them in memory,
// the others in a working file.
type sets struct {
	memory []uint64     // whole sets
	most   int          // what memory may hold
	file   *os.File     // nil while all are in memory
	refs   []corpus.Ref // ascending
	ends   []int64      // where each set ends, in hashes
	first  held         // the sets looked at last: pairs come by their first document
	other  held
	bytes  []byte
}

// held is a set in memory.
type held struct {
	ref  corpus.Ref
	set  []uint64
	own  []uint64 // room for a set of the file
	some bool
}

// setsShare is the part of Inputs.MemoryBytes that sets in memory may take besides the sorts.
const setsShare = 4

// setMemory is how many hashes of sets may be in memory.
func (r *resolver) setMemory() int {
	if r.in.MemoryBytes <= 0 {
		return 64 << 20 / 8 / setsShare
	}
	return int(r.in.MemoryBytes / 8 / setsShare)
}

// collectSets reads the documents again and keeps their sets.
func (r *resolver) collectSets(refs []corpus.Ref) (s *sets, err error) {
	s = &sets{refs: refs, most: r.setMemory(), ends: make([]int64, 0, len(refs))}
	c := setCollector{sets: s, resolver: r, shingling: newShingling(r.in.MinHash)}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	for len(refs) > 0 {
		unit := refs[0].Unit()
		n := 0
		for n < len(refs) && refs[n].Unit() == unit {
			n++
		}
		if err := c.addUnit(r.in.Documents(r.ctx, unit), refs[:n]); err != nil {
			return s, err
		}
		refs = refs[n:]
	}
	if c.out != nil {
		err = c.out.Flush()
	}
	return s, err
}

// setCollector fills sets.
type setCollector struct {
	*sets
	resolver     *resolver
	shingling    shingling
	out          *bufio.Writer // to the file
	set, scratch []uint64
	buffer       []byte
}

// addUnit adds the sets of the documents that refs name, all of one unit.
func (c *setCollector) addUnit(documents iter.Seq2[*corpus.Document, error], refs []corpus.Ref) error {
	for d, err := range documents {
		if err == nil {
			err = c.resolver.ctx.Err()
		}
		if err != nil {
			return err
		}
		if d.Ref != refs[0] {
			continue
		}
		c.set = c.set[:0]
		c.shingling.shingles(d.Text, func(block []uint64) { c.set = append(c.set, block...) })
		c.scratch = sortHashes(c.set, c.scratch)
		if err := c.add(slices.Compact(c.set)); err != nil {
			return err
		}
		if refs = refs[1:]; len(refs) == 0 {
			return nil
		}
	}
	return fmt.Errorf("document %d of a candidate pair is not there", refs[0])
}

// add appends a set.
func (c *setCollector) add(set []uint64) error {
	end := int64(len(set))
	if n := len(c.ends); n > 0 {
		end += c.ends[n-1]
	}
	c.ends = append(c.ends, end)
	if c.file == nil {
		if end <= int64(c.most) {
			c.memory = append(c.memory, set...)
			return nil
		}
		path := filepath.Join(c.resolver.in.Dir, "resolve-sets.bin")
		file, err := os.Create(path)
		if err != nil {
			return err
		}
		c.resolver.names = append(c.resolver.names, path)
		c.file, c.out = file, bufio.NewWriterSize(file, 1<<20)
	}
	c.buffer = c.buffer[:0]
	for _, x := range set {
		c.buffer = binary.LittleEndian.AppendUint64(c.buffer, x)
	}
	_, err := c.out.Write(c.buffer)
	return err
}

// sortHashes sorts set: hashes are spread over as many buckets as there are of them by their upper bits, and each bucket, of a few, is sorted by itself. It
// needs scratch as long as set and returns it, grown where it was shorter. slices.Sort is its reference, and sorts what does not spread.
func sortHashes(set, scratch []uint64) []uint64 {
	if len(set) < 64 {
		slices.Sort(set)
		return scratch
	}
	var begins [1 << 12]uint32
	width := min(bits.Len(uint(len(set)))-1, 12)
	shift := 64 - width
	for _, x := range set {
		begins[x>>shift&(1<<12-1)]++
	}
	at := uint32(0)
	for i := range 1 << width {
		begins[i], at = at, at+begins[i]
	}
	scratch = slices.Grow(scratch[:0], len(set))[:len(set)]
	for _, x := range set {
		b := &begins[x>>shift&(1<<12-1)]
		scratch[*b] = x
		*b++
	}
	from := uint32(0)
	for _, end := range begins[:1<<width] { // now where each bucket ends
		sortBucket(scratch[from:end])
		from = end
	}
	copy(set, scratch)
	return scratch
}

// sortBucket sorts a few numbers by insertion, and more otherwise.
func sortBucket(bucket []uint64) {
	if len(bucket) > 24 {
		slices.Sort(bucket)
		return
	}
	for i := 1; i < len(bucket); i++ {
		x, j := bucket[i], i
		for ; j > 0 && bucket[j-1] > x; j-- {
			bucket[j] = bucket[j-1]
		}
		bucket[j] = x
	}
}

// similarity is the Jaccard similarity of two documents' sets.
func (s *sets) similarity(a, b corpus.Ref) (float64, error) {
	if err := s.read(&s.first, a); err != nil {
		return 0, err
	}
	if err := s.read(&s.other, b); err != nil {
		return 0, err
	}
	return jaccardOf(s.first.set, s.other.set), nil
}

// read makes h hold the set of a document.
func (s *sets) read(h *held, ref corpus.Ref) error {
	if h.some && h.ref == ref {
		return nil
	}
	i, ok := slices.BinarySearch(s.refs, ref)
	if !ok {
		return fmt.Errorf("document %d is in no candidate pair", ref)
	}
	from := int64(0)
	if i > 0 {
		from = s.ends[i-1]
	}
	if s.ends[i] <= int64(len(s.memory)) {
		h.ref, h.some, h.set = ref, true, s.memory[from:s.ends[i]]
		return nil
	}
	n := int(s.ends[i] - from)
	s.bytes = slices.Grow(s.bytes[:0], 8*n)[:8*n]
	if _, err := s.file.ReadAt(s.bytes, 8*(from-int64(len(s.memory)))); err != nil {
		return err
	}
	h.ref, h.some, h.own = ref, true, h.own[:0]
	for i := range n {
		h.own = append(h.own, binary.LittleEndian.Uint64(s.bytes[8*i:]))
	}
	h.set = h.own
	return nil
}

func (s *sets) close() {
	if s.file != nil {
		s.file.Close()
	}
}

// jaccardOf is the share of the numbers in either list that are in both; the lists ascend. Two empty lists are alike.
func jaccardOf(a, b []uint64) float64 {
	both, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		x, y := a[i], b[j]
		if x == y {
			both++
		}
		if x <= y {
			i++
		}
		if y <= x {
			j++
		}
	}
	union := len(a) + len(b) - both
	if union == 0 {
		return 1
	}
	return float64(both) / float64(union)
}
