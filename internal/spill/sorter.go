package spill

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
)

const (
	defaultMemory = 64 << 20
	maxSlab       = 1 << 20
	minSlab       = 4 << 10
	maxFanIn      = 64      // runs merged at once: bounds open files and read buffers
	maxHeld       = 1 << 31 // records held at once: sortEntries counts in 32 bits
	entrySize     = 16
)

// Options of a Sorter.
type Options struct {
	// MemoryBytes is the memory, in bytes, that the Sorter's records may take before
	// they are spilled to disk; 0 means 64 MiB. A merge needs up to about 12 MiB besides.
	MemoryBytes int64
	// Store leaves the blocks of runs uncompressed: several times as fast to write and to read, and as large as the records are.
	Store bool
}

// A Sorter collects records in any order and writes them as one sorted run. It is not safe for concurrent use.
type Sorter struct {
	path   string
	memory int64
	store  bool

	// Records that are all short and of one shape are held as rows. With the first of another shape, or a long one, the Sorter turns
	// to entries and slabs, for good.
	rows  rows
	shape shape // of rows
	mixed bool  // no rows any more

	slabs    [][]byte // records, each as key length, value length, key, value
	slabSize int      // most bytes of a slab but for one that holds a giant record
	used     int      // slabs that hold records; the last of them is being filled
	held     int64
	entries  []entry

	parts   []string   // partial runs on disk, oldest first
	next    int        // number of the next part
	encoder compressor // of the partial runs, made with the first
	closed  bool
}

var errClosed = errors.New("spill: sorter is closed")

// NewSorter returns a Sorter whose run will stand at path when Close returns. Partial
// runs stand beside it as path.N.part meanwhile.
func NewSorter(path string, opts Options) *Sorter {
	memory := opts.MemoryBytes
	if memory <= 0 {
		memory = defaultMemory
	}
	return &Sorter{path: path, memory: memory, store: opts.Store, slabSize: int(min(max(memory/16, minSlab), maxSlab))}
}

// Add copies a record. It returns an error when the record is larger than MaxKey or
// MaxValue, or when a partial run cannot be written.
func (s *Sorter) Add(key, value []byte) error {
	if s.closed {
		return errClosed
	}
	if err := checkSize(key, value); err != nil {
		return fmt.Errorf("spill %s: %w", s.path, err)
	}
	if !s.mixed {
		if taken, err := s.addRow(key, value); taken || err != nil {
			return err
		}
	}
	return s.addEntry(key, value)
}

// addRow takes a record as a row, where it can be one. Else it turns the Sorter to entries.
func (s *Sorter) addRow(key, value []byte) (taken bool, err error) {
	now := shape{len(key), len(value)}
	if s.count() == 0 && now.key+now.value <= maxRow && s.shape != now {
		s.rows, s.shape = newRows(now), now
	}
	if s.rows == nil || s.shape != now {
		s.mixed = true
		return false, s.turn()
	}
	if s.count() > 0 && (s.rows.needed() > s.memory || s.count() >= maxHeld) {
		if err := s.spill(); err != nil {
			return false, err
		}
	}
	s.rows.add(key, value)
	return true, nil
}

// turn makes entries of the rows: of few by moving them, of many by writing them as a partial run.
func (s *Sorter) turn() error {
	if s.count() == 0 {
		s.rows = nil
		return nil
	}
	if s.rows.memory() > s.memory/8 {
		err := s.writePart()
		s.rows = nil
		return err
	}
	rows := s.rows
	s.rows = nil
	return rows.each(s.addEntry)
}

// count is how many records are held.
func (s *Sorter) count() int {
	if s.rows != nil {
		return s.rows.len()
	}
	return len(s.entries)
}

// addEntry takes a record of any shape.
func (s *Sorter) addEntry(key, value []byte) error {
	size := recordHead + len(key) + len(value)
	s.makeRoom(size)
	if (s.needed(size) > s.memory || len(s.entries) >= maxHeld) && len(s.entries) > 0 {
		if err := s.spill(); err != nil {
			return err
		}
	}
	slab := s.room(size)
	offset := len(slab)
	slab = appendHead(slab, shape{len(key), len(value)})
	slab = append(append(slab, key...), value...)
	s.slabs[s.used-1] = slab
	s.entries = append(s.entries, newEntry(prefix(key), s.used-1, offset))
	return nil
}

// needed is the memory in bytes that the Sorter would hold after one more record of the size.
func (s *Sorter) needed(size int) int64 {
	n := s.held + int64(cap(s.entries))*entrySize
	if len(s.entries) == cap(s.entries) {
		n += grown(cap(s.entries)) * entrySize // old and new slice live while append copies
	}
	if !s.fits(size) && !s.spare(size) {
		n += int64(s.newSlab(size))
	}
	return n
}

// makeRoom gives up slabs that are not in use until one more record of the size goes into the memory, or none is left to give up.
func (s *Sorter) makeRoom(size int) {
	for s.needed(size) > s.memory && len(s.slabs) > s.used {
		last := len(s.slabs) - 1
		s.held -= int64(cap(s.slabs[last]))
		s.slabs = slices.Delete(s.slabs, last, last+1)
	}
}

// grown is at least the capacity that append gives a full slice: it doubles small ones and adds a quarter to large ones.
func grown(capacity int) int64 {
	if capacity < 1024 {
		return int64(max(64, 2*capacity))
	}
	return int64(capacity) * 3 / 2
}

// fits reports whether the slab being filled has room.
func (s *Sorter) fits(size int) bool {
	return s.used > 0 && cap(s.slabs[s.used-1])-len(s.slabs[s.used-1]) >= size
}

// spare reports whether the next slab is there already and has room.
func (s *Sorter) spare(size int) bool { return s.used < len(s.slabs) && cap(s.slabs[s.used]) >= size }

// newSlab is the size of the next slab: small at first, so that a small sort takes little memory.
func (s *Sorter) newSlab(size int) int {
	return max(size, minSlab, min(s.slabSize, int(min(s.held, maxSlab))))
}

// room returns a slab with room for size bytes, which is then the last one in use.
func (s *Sorter) room(size int) []byte {
	if s.fits(size) {
		return s.slabs[s.used-1]
	}
	if !s.spare(size) {
		n := s.newSlab(size)
		s.slabs = slices.Insert(s.slabs, s.used, make([]byte, 0, n))
		s.held += int64(n)
	}
	s.used++
	return s.slabs[s.used-1]
}

func (s *Sorter) record(e entry) Record {
	b := s.slabs[e.slab()][e.offset():]
	k, v := int(binary.LittleEndian.Uint32(b)), int(binary.LittleEndian.Uint32(b[4:]))
	b = b[recordHead:]
	return Record{Key: b[:k:k], Value: b[k : k+v : k+v]}
}

// each calls use for the records held, in order.
func (s *Sorter) each(use func(key, value []byte) error) error {
	if s.rows != nil {
		return s.rows.each(use)
	}
	sortEntries(s.entries, func(ties []entry) { s.sortTies(ties, 0) })
	for _, e := range s.entries {
		r := s.record(e)
		if err := use(r.Key, r.Value); err != nil {
			return err
		}
	}
	return nil
}

// fewTies is the number of records up to which comparing them beats sorting by what follows their common bytes.
const fewTies = 16

// sortTies orders entries whose keys are alike in the first bytes, so many at least: by the eight bytes behind what they have in common, and
// so on. Keys such as urn:uuid: and a number would else be compared from the start again and again.
func (s *Sorter) sortTies(ties []entry, alike int) {
	first := s.record(ties[0]).Key
	common, shortest := len(first), len(first)
	for _, e := range ties {
		key := s.record(e).Key
		common, shortest = min(common, len(key)), min(shortest, len(key))
		for i := alike; i < common; i++ {
			if key[i] != first[i] {
				common = i
			}
		}
	}
	if len(ties) <= fewTies || common == shortest { // one key may begin all others: zeros behind it do not tell them apart
		slices.SortFunc(ties, func(a, b entry) int { return Compare(s.record(a), s.record(b)) })
		return
	}
	for i := range ties {
		ties[i][0] = prefix(s.record(ties[i]).Key[common:])
	}
	sortEntries(ties, func(ties []entry) { s.sortTies(ties, common) })
}

// writeHeld writes the records held as a run.
func (s *Sorter) writeHeld(ctx context.Context, path string, encoder compressor, sync bool) (Info, error) {
	w, err := newRunWriter(path, encoder)
	if err != nil {
		return Info{}, err
	}
	n := 0
	err = s.each(func(key, value []byte) error {
		if n++; n%checkEvery == 1 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		return w.add(key, value)
	})
	if err != nil {
		w.abort()
		return Info{}, err
	}
	return w.finish(sync)
}

// forget empties the slabs, and lets go of those of another size than all will have from now on: the small first ones, into which
// larger records do not fit, and those made for giant records.
func (s *Sorter) forget() {
	if s.rows != nil {
		s.rows.clear(s.memory) // only what spills is forgotten: there will be more
	}
	s.entries, s.used, s.held = s.entries[:0], 0, 0
	s.slabs = slices.DeleteFunc(s.slabs, func(slab []byte) bool { return cap(slab) != s.slabSize })
	for i := range s.slabs {
		s.slabs[i] = s.slabs[i][:0]
		s.held += int64(cap(s.slabs[i]))
	}
}

// newPart names the next partial run.
func (s *Sorter) newPart() string {
	name := s.partName(s.next)
	s.next++
	s.parts = append(s.parts, name)
	return name
}

func (s *Sorter) partName(n int) string { return fmt.Sprintf("%s.%d.part", s.path, n) }

// spill writes the records held as a partial run and forgets them.
func (s *Sorter) spill() error {
	if err := s.writePart(); err != nil {
		return err
	}
	s.forget()
	return nil
}

func (s *Sorter) writePart() error {
	if s.encoder == nil {
		encoder, err := newCompressor(s.store)
		if err != nil {
			return err
		}
		s.encoder = encoder
	}
	_, err := s.writeHeld(context.Background(), s.newPart(), s.encoder, false) // Add has no context; the memory bounds how long this takes
	return err
}

// Close sorts what is held, merges it with the partial runs into the run at path, and
// removes the partial runs. After an error, that of the context among them, nothing is left behind. The Sorter cannot be used again.
func (s *Sorter) Close(ctx context.Context) (Info, error) {
	if s.closed {
		return Info{}, errClosed
	}
	defer s.Abort()
	last, err := newCompressor(s.store)
	if err != nil {
		return Info{}, err
	}
	if len(s.parts) == 0 {
		return s.writeHeld(ctx, s.path, last, true)
	}
	if err := s.fewParts(ctx); err != nil {
		return Info{}, err
	}
	return mergeFiles(ctx, s.parts, nil, nil, s.path, last, true)
}

// fewParts writes what is held as a last partial run, and merges the first ones until no more are left than are merged at once.
func (s *Sorter) fewParts(ctx context.Context) error {
	if s.count() > 0 {
		if _, err := s.writeHeld(ctx, s.newPart(), s.encoder, false); err != nil {
			return err
		}
	}
	s.rows, s.slabs, s.entries = nil, nil, nil // the merge needs the memory
	for len(s.parts) > maxFanIn {
		n := min(maxFanIn, len(s.parts)-maxFanIn+1)
		from := slices.Clone(s.parts[:n])
		if _, err := mergeFiles(ctx, from, nil, nil, s.newPart(), s.encoder, false); err != nil {
			return err
		}
		removeAll(from)
		s.parts = s.parts[n:]
	}
	return nil
}

// Abort removes the partial runs. It does nothing after Close: a finished run stays.
func (s *Sorter) Abort() {
	s.closed = true
	s.rows, s.slabs, s.entries = nil, nil, nil
	removeAll(s.parts)
	s.parts = nil
	// A process that was killed may have left parts of higher numbers behind.
	for ; os.Remove(s.partName(s.next)) == nil; s.next++ {
	}
}

// removeAll removes files that may be there: a part that cannot be removed costs disk, not correctness.
func removeAll(paths []string) {
	for _, p := range paths {
		os.Remove(p)
	}
}
