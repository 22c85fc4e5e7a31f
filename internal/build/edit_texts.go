package build

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"slices"

	"corpus/dedup/substring"
	"corpus/internal/manifest"
	"corpus/internal/spill"
)

// A textStore is a file of texts in the order of their documents; it holds 32 bytes for each in memory, and 4 more for its rank. It implements
// substring.TextReader.
type textStore struct {
	file   *os.File
	places []textPlace
	ranks  []uint32 // nil: the first documents' copies stay
}

func openTextStore(path string) (*textStore, error) {
	file, err := os.Open(path)
	return &textStore{file: file}, err
}

func (t *textStore) close() { t.file.Close() } // read only: nothing is lost by an error here

// read fills places and ranks from the records of all units, which come in the order in which copies stay. Starts has the number of each unit's first text.
func (t *textStore) read(runs []*spill.Run, starts map[int]int64) error {
	if len(t.places) > math.MaxUint32 {
		return fmt.Errorf("%d documents are more than %d", len(t.places), uint32(math.MaxUint32))
	}
	info, err := t.file.Stat()
	if err != nil {
		return err
	}
	rank := 0
	for r, err := range spill.Merge(runs, nil, nil) {
		if err != nil {
			return err
		}
		p, number, err := decodeTextPlace(r)
		if err != nil {
			return err
		}
		start, known := starts[p.ref.Unit()]
		i := start + number
		if !known || rank >= len(t.places) || i >= int64(len(t.places)) {
			return fmt.Errorf("spooled text of document %s is one too many", manifest.DuplicateRef(p.ref))
		}
		if p.offset < 0 || p.length < 0 || p.length > info.Size()-p.offset {
			return fmt.Errorf("%s: document %s has %d bytes at offset %d of %d", t.file.Name(), manifest.DuplicateRef(p.ref), p.length, p.offset, info.Size())
		}
		t.places[i] = p
		if t.ranks != nil {
			t.ranks[i] = uint32(rank)
		}
		rank++
	}
	if rank != len(t.places) {
		return fmt.Errorf("%d spooled texts, expected %d", rank, len(t.places))
	}
	return nil
}

func (t *textStore) size() (bytes int64) {
	for _, p := range t.places {
		bytes += p.length
	}
	return bytes
}

// ReadText implements substring.TextReader.
func (t *textStore) ReadText(document int, offset int64, buffer []byte) error {
	p := t.places[document]
	if offset < 0 || offset > p.length || int64(len(buffer)) > p.length-offset {
		return fmt.Errorf("document %d has no %d bytes at offset %d", document, len(buffer), offset)
	}
	if len(buffer) == 0 {
		return nil
	}
	_, err := t.file.ReadAt(buffer, p.offset+offset)
	return err
}

// text reads a whole text into a buffer that may be used for the next one.
func (t *textStore) text(document int, buffer []byte) ([]byte, error) {
	p := t.places[document]
	buffer = slices.Grow(buffer[:0], int(p.length))[:p.length]
	if err := t.ReadText(document, 0, buffer); err != nil {
		return nil, err
	}
	if crc32.Checksum(buffer, castagnoli) != p.sum {
		return nil, fmt.Errorf("%s: bad checksum of the text at offset %d", t.file.Name(), p.offset)
	}
	return buffer, nil
}

// What a search in memory takes for each byte of text, with the text, where windows are of plainWindow bytes or more. Shorter windows have more
// anchors, and more of them are repeated: docs/dedup-substring.md.
const (
	anchorsMemory = 2.6
	suffixMemory  = 10.6
	plainWindow   = 100
)

// moreAnchors is how many times as many anchors and matches the options make of a text as windows of plainWindow bytes do.
func moreAnchors(opts substring.Options) float64 {
	window := opts.MinLength
	if opts.Unit == substring.Tokens {
		window *= idBytes
	}
	return max(1, plainWindow/float64(window))
}

// searchMemory is what a search in memory takes for so many bytes of text, or of tokens of idBytes each.
func searchMemory(opts substring.Options, size int64) int64 {
	perByte := anchorsMemory * moreAnchors(opts)
	if opts.Method == substring.SuffixArray {
		perByte += suffixMemory - anchorsMemory
	}
	return int64(float64(size) * perByte)
}

// fits says whether the texts may be searched in memory.
func (t *textStore) fits(opts substring.Options, memory int64) bool {
	size := t.size()
	return size <= math.MaxUint32 && searchMemory(opts, size)+48*int64(len(t.places)) <= memory
}

// repeats finds what the options remove and hands it on in the order of documents; ranges are valid until use returns. It
// works in memory where the texts fit there, else in a folder, with the same result. Added is told how many bytes were read.
func (t *textStore) repeats(ctx context.Context, opts substring.Options, folder string, memory int64, added func(int64), use func(substring.Removal) error) error {
	if opts.Unit == substring.Tokens {
		return t.repeatsInTokens(ctx, opts, folder, memory, added, use)
	}
	if t.fits(opts, memory) {
		return t.repeatsInMemory(ctx, opts, added, use)
	}
	if opts.Method == substring.SuffixArray {
		return fmt.Errorf("a suffix array of %d bytes of text needs %d bytes of memory, %d are left: choose the method anchors, or give more memory",
			t.size(), searchMemory(opts, t.size()), memory)
	}
	return t.repeatsOnDisk(ctx, opts, folder, memory, added, use)
}

func (t *textStore) repeatsInMemory(ctx context.Context, opts substring.Options, added func(int64), use func(substring.Removal) error) error {
	texts := substring.NewTexts(int(t.size()), len(t.places))
	err := t.each(ctx, added, func(text []byte) error { return texts.Add(string(text)) })
	if err != nil {
		return err
	}
	return t.removalsIn(ctx, opts, texts, use)
}

// removalsIn finds what repeats in texts in memory, and uses what is to be removed.
func (t *textStore) removalsIn(ctx context.Context, opts substring.Options, texts *substring.Texts, use func(substring.Removal) error) error {
	finder, err := substring.New(opts)
	if err != nil {
		return err
	}
	texts.Rank(t.ranks)
	found, err := finder.Find(ctx, texts)
	if err != nil {
		return err
	}
	for r := range found.Removals() {
		if err := use(r); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (t *textStore) repeatsOnDisk(ctx context.Context, opts substring.Options, folder string, memory int64, added func(int64), use func(substring.Removal) error) (err error) {
	search, err := substring.NewSearch(opts, folder, memory/2)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, search.Close()) }()
	if err := t.each(ctx, added, search.Add); err != nil {
		return err
	}
	return t.removalsOf(ctx, search, t, use)
}

// removalsOf finds what repeats in what was added to a search, and uses what is to be removed. read gives the same once more.
func (t *textStore) removalsOf(ctx context.Context, search *substring.Search, read substring.TextReader, use func(substring.Removal) error) error {
	search.Rank(t.ranks)
	if err := search.Find(ctx, read); err != nil {
		return err
	}
	for r, err := range search.Removals(ctx, read) {
		if err == nil {
			err = use(r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// each reads all texts in order.
func (t *textStore) each(ctx context.Context, added func(int64), use func([]byte) error) error {
	var buffer []byte
	for i, p := range t.places {
		if err := ctx.Err(); err != nil {
			return err
		}
		text, err := t.text(i, buffer)
		if err != nil {
			return err
		}
		if err := use(text); err != nil {
			return err
		}
		buffer = text
		added(p.length)
	}
	return nil
}
