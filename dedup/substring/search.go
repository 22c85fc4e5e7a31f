package substring

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"sort"

	"corpus"
	"corpus/internal/spill"
)

// A TextReader gives the texts of a Search once more.
type TextReader interface {
	// ReadText fills the buffer with the bytes of a document, by the order of Add from 0, from an offset on. A document of tokens is made of what AppendTokens
	// writes. It is called by one goroutine at a time, in no order, and must not keep the buffer.
	ReadText(document int, offset int64, buffer []byte) error
}

// ReadText implements TextReader for texts in memory.
func (t *Texts) ReadText(document int, offset int64, buffer []byte) error {
	if text := t.Text(document); offset < 0 || offset > int64(len(text)) || copy(buffer, text[offset:]) < len(buffer) {
		return fmt.Errorf("document %d has no %d bytes at offset %d", document, len(buffer), offset)
	}
	return nil
}

// A Search finds repeated passages by anchors in a corpus larger than memory: anchors and matches are sorted on disk, and texts are
// read again where anchors look alike. Its result is that of a Finder.
//
// Memory is that of the sorts, 8 bytes a document, 4 more for its rank, for tokens 8 more and 8 for each 256 of them, and the bytes around the anchors of one group: about 1.3 times MinLength and 60 bytes for each copy of the
// passage that is repeated most. Disk is about 20 bytes for each anchor, of which a window of K bytes has one in K/4.
type Search struct {
	opts       Options
	vocabulary *vocabulary // of tokens, else nil
	starts     []int64
	ranks      order
	size       int64
	scanner    *scanner
	encoded    []byte // the document being added, of tokens
	base       int64  // where the document being added begins
	err        error  // of a sorter, within a call of the scanner or the solver

	anchors     *spill.Sorter
	matches     *spill.Sorter
	anchorsPath string
	matchesPath string
	key, value  []byte
	run         *spill.Run // of the matches, once found
}

// NewSearch starts a search that keeps its files in a folder, which must exist and hold no other search's, and uses about memory bytes for sorting.
// The method of the options is not looked at. Close must be called.
func NewSearch(opts Options, folder string, memory int64) (*Search, error) {
	if opts.Unit == Tokens {
		return nil, corpus.BadOption("unit", "%s needs a vocabulary", Tokens)
	}
	return newSearch(opts, nil, folder, memory)
}

// NewTokenSearch starts a search like NewSearch for unit tokens. A token's id is its index in the vocabulary, as for NewTokenTexts.
func NewTokenSearch(opts Options, tokens [][]byte, folder string, memory int64) (*Search, error) {
	if opts.Unit == Bytes {
		return nil, corpus.BadOption("unit", "%s has no vocabulary", Bytes)
	}
	return newSearch(opts, &vocabulary{tokens: tokens}, folder, memory)
}

func newSearch(opts Options, v *vocabulary, folder string, memory int64) (*Search, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	s := &Search{opts: opts, vocabulary: v, anchorsPath: filepath.Join(folder, "anchors.run"), matchesPath: filepath.Join(folder, "matches.run")}
	// Anchors and matches are sorted at once only while documents are added; the few matches of that time are those of periodic texts.
	s.anchors = spill.NewSorter(s.anchorsPath, spill.Options{MemoryBytes: memory * 3 / 4})
	s.matches = spill.NewSorter(s.matchesPath, spill.Options{MemoryBytes: memory / 4})
	s.scanner = newScanner(opts, s.addAnchor, func(first, last, period int) {
		for _, m := range repeated(uint64(s.base)+uint64(first), uint64(s.base)+uint64(last), uint64(period), opts.Keep) {
			s.addMatch(m)
		}
	})
	return s, nil
}

// Add takes the next document. An error is that of the disk; the search is then of no more use.
func (s *Search) Add(text []byte) error {
	if s.vocabulary != nil {
		return errors.New("repeated passages: a document of bytes among those of tokens")
	}
	return s.add(text)
}

// AddTokens takes the next document of a search for tokens. It refuses one with an id that the vocabulary does not have.
func (s *Search) AddTokens(ids []uint32) error {
	if s.vocabulary == nil {
		return errors.New("repeated passages: a document of tokens among those of bytes")
	}
	if err := s.vocabulary.add(ids); err != nil {
		return fmt.Errorf("repeated passages: document %d: %w", len(s.starts), err)
	}
	s.encoded = AppendTokens(s.encoded[:0], ids)
	return s.add(s.encoded)
}

func (s *Search) add(text []byte) error {
	if s.anchors == nil {
		return errors.New("repeated passages: a document comes after Find")
	}
	s.base = s.size
	s.starts = append(s.starts, s.base)
	s.size += int64(len(text)) >> s.opts.shift()
	s.scanner.scan(text)
	if s.err != nil {
		return fmt.Errorf("repeated passages: document %d: %w", len(s.starts)-1, s.err)
	}
	return nil
}

func (s *Search) addAnchor(a anchor) {
	s.key = binary.BigEndian.AppendUint64(s.key[:0], mixHash(a.hash))
	s.key = binary.BigEndian.AppendUint64(s.key, uint64(s.base)+uint64(a.first))
	s.value = binary.LittleEndian.AppendUint16(s.value[:0], uint16(a.ahead))
	s.value = binary.LittleEndian.AppendUint16(s.value, uint16(a.last-a.first))
	if s.err == nil {
		s.err = s.anchors.Add(s.key, s.value)
	}
}

func (s *Search) addMatch(m match) {
	s.key = binary.BigEndian.AppendUint64(s.key[:0], m.from)
	s.value = binary.BigEndian.AppendUint64(s.value[:0], m.n)
	s.value = binary.BigEndian.AppendUint64(s.value, m.to)
	if s.err == nil {
		s.err = s.matches.Add(s.key, s.value)
	}
}

// Rank sets whose copies stay, as Texts.Rank does. It may be called at any time before Find.
func (s *Search) Rank(ranks []uint32) { s.ranks = ranks }

// Find compares the documents, which it reads again.
func (s *Search) Find(ctx context.Context, texts TextReader) error {
	if s.anchors == nil {
		return errors.New("repeated passages: Find was called before")
	}
	if err := s.ranks.check(len(s.starts)); err != nil {
		return fmt.Errorf("repeated passages: %w", err)
	}
	_, err := s.anchors.Close(ctx)
	s.anchors = nil
	if err != nil {
		return fmt.Errorf("repeated passages: sort anchors: %w", err)
	}
	if err := s.compare(ctx, texts); err != nil {
		return fmt.Errorf("repeated passages: compare: %w", err)
	}
	if _, err := s.matches.Close(ctx); err != nil {
		return fmt.Errorf("repeated passages: sort matches: %w", err)
	}
	if s.run, err = spill.Open(s.matchesPath); err != nil {
		return fmt.Errorf("repeated passages: %w", err)
	}
	return nil
}

func (s *Search) compare(ctx context.Context, texts TextReader) error {
	run, err := spill.Open(s.anchorsPath)
	if err != nil {
		return err
	}
	defer os.Remove(s.anchorsPath)
	defer run.Close()
	g := groupReader{search: s, texts: texts, solver: newSolver(s.opts, s.addMatch, func(uint64) {})}
	var hash uint64
	var places []place
	for r, err := range run.Records(nil, nil) {
		if err != nil {
			return err
		}
		if len(r.Key) != 16 || len(r.Value) != 4 {
			return fmt.Errorf("%s: a record of %d and %d bytes is no anchor", s.anchorsPath, len(r.Key), len(r.Value))
		}
		if h := binary.BigEndian.Uint64(r.Key); h != hash || len(places) == 0 {
			if err := g.solve(ctx, places); err != nil {
				return err
			}
			hash, places = h, places[:0]
		}
		places = append(places, place{
			at:    binary.BigEndian.Uint64(r.Key[8:]),
			ahead: binary.LittleEndian.Uint16(r.Value),
			span:  binary.LittleEndian.Uint16(r.Value[2:]),
		})
	}
	return g.solve(ctx, places)
}

// A groupReader reads the texts of a group and has them compared.
type groupReader struct {
	search  *Search
	texts   TextReader
	solver  *solver
	buffer  []byte
	members []member
}

func (g *groupReader) solve(ctx context.Context, places []place) error {
	if len(places) < 2 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	sortPlaces(places, g.search.ranks, g.search.document)
	size, shift := 0, g.search.opts.shift()
	for _, p := range places {
		size += (int(p.span) + g.search.opts.MinLength) << shift
	}
	if size > cap(g.buffer) {
		g.buffer = make([]byte, size)
	}
	free := g.buffer[:size]
	g.members = g.members[:0]
	for _, p := range places {
		text := free[:(int(p.span)+g.search.opts.MinLength)<<shift]
		free = free[len(text):]
		document := g.search.document(int64(p.at))
		if err := g.texts.ReadText(document, (int64(p.at)-g.search.starts[document])<<shift, text); err != nil {
			return err
		}
		g.members = append(g.members, member{text: text, ahead: int(p.ahead), at: p.at})
	}
	g.solver.solve(g.members)
	return g.search.err
}

// document is the index of the document that holds a position.
func (s *Search) document(p int64) int {
	return sort.Search(len(s.starts), func(i int) bool { return s.starts[i] > p }) - 1
}

func (s *Search) span(document int) (start, end int64) {
	if document+1 < len(s.starts) {
		return s.starts[document], s.starts[document+1]
	}
	return s.starts[document], s.size
}

// Removals yields what Result.Removals does, after Find; an error comes last.
func (s *Search) Removals(ctx context.Context, texts TextReader) iter.Seq2[Removal, error] {
	return func(yield func(Removal, error) bool) {
		if err := s.removals(ctx, texts, func(r Removal) bool { return yield(r, nil) }); err != nil {
			yield(Removal{}, fmt.Errorf("repeated passages: %w", err))
		}
	}
}

func (s *Search) removals(ctx context.Context, texts TextReader, yield func(Removal) bool) error {
	if s.run == nil {
		return errors.New("Find comes first")
	}
	d := &documentMatches{search: s, texts: texts, document: -1, yield: yield}
	for r, err := range s.run.Records(nil, nil) {
		if err != nil {
			return err
		}
		if len(r.Key) != 8 || len(r.Value) != 16 {
			return fmt.Errorf("%s: a record of %d and %d bytes is no match", s.matchesPath, len(r.Key), len(r.Value))
		}
		m := match{from: binary.BigEndian.Uint64(r.Key), n: binary.BigEndian.Uint64(r.Value), to: binary.BigEndian.Uint64(r.Value[8:])}
		if d.last.goesOn(m) {
			d.last.n += m.n
			continue
		}
		if err := d.add(); err != nil {
			return err
		}
		if document := s.document(int64(m.from)); document != d.document {
			if err := d.flush(); err != nil || d.stopped {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := d.begin(document); err != nil {
				return err
			}
		}
		d.last = m
	}
	if err := d.add(); err != nil {
		return err
	}
	return d.flush()
}

// documentMatches collects the matches of one document.
type documentMatches struct {
	search   *Search
	texts    TextReader
	yield    func(Removal) bool
	stopped  bool
	document int // -1 before the first
	last     match
	cutter   cutter
	buffer   []byte
	text     []byte // of the document, in bytes
	partner  []byte // tokens
}

// begin reads a document.
func (d *documentMatches) begin(document int) error {
	d.document = document
	start, end := d.search.span(document)
	size := int(end-start) << d.search.opts.shift()
	d.buffer = slices.Grow(d.buffer[:0], size)[:size]
	if err := d.texts.ReadText(document, 0, d.buffer); err != nil {
		return err
	}
	if d.search.vocabulary != nil {
		if err := d.search.vocabulary.check(d.buffer); err != nil {
			return fmt.Errorf("document %d, read again: %w", document, err)
		}
	}
	d.text = d.cutter.begin(d.buffer, d.search.vocabulary)
	return nil
}

// byteOffset is the number of bytes before token i of a document.
func (d *documentMatches) byteOffset(document int, i int64) (int64, error) {
	v := d.search.vocabulary
	from, bytes := v.before(document, d.search.starts[document], i)
	size := int(i-from) << tokenShift
	d.partner = slices.Grow(d.partner[:0], size)[:size]
	if err := d.texts.ReadText(document, from<<tokenShift, d.partner); err != nil {
		return 0, err
	}
	if err := v.check(d.partner); err != nil {
		return 0, fmt.Errorf("document %d, read again: %w", document, err)
	}
	return bytes + v.length(d.partner), nil
}

// add takes the last match, which no other goes on from.
func (d *documentMatches) add() error {
	if d.last.n == 0 {
		return nil
	}
	start, _ := d.search.span(d.document)
	partner := d.search.document(int64(d.last.to))
	at, _ := d.search.span(partner)
	err := d.cutter.add(int64(d.last.from)-start, int64(d.last.n), partner, int64(d.last.to)-at, partner == d.document, d.search.opts, d.byteOffset)
	d.last = match{}
	return err
}

// flush yields what is removed from the document.
func (d *documentMatches) flush() error {
	if d.document < 0 {
		return nil
	}
	r := d.cutter.cut(d.document, d.text, d.search.opts)
	d.stopped = len(r.Ranges) > 0 && !d.yield(r)
	return nil
}

// Close removes the files of the search.
func (s *Search) Close() error {
	if s.anchors != nil {
		s.anchors.Abort()
		s.anchors = nil
	}
	var err error
	if s.run == nil {
		s.matches.Abort()
	} else {
		err = s.run.Close()
		s.run = nil
	}
	for _, path := range []string{s.anchorsPath, s.matchesPath} {
		if e := os.Remove(path); e != nil && !errors.Is(e, os.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}
