// Package paragraph finds paragraphs, or lines, that a corpus holds more than once, and says which bytes of which documents to remove.
//
// A Hasher splits a text, leaves short paragraphs alone and hashes the others once they are normalised. Exchange sorts the hashes of the whole corpus
// and finds every copy; Filter, a Bloom filter, finds them in one pass in memory, in the order of the documents, and now and then takes a new paragraph
// for a copy. Hasher.Cut turns the copies of one document into ranges.
//
// Invariants:
//   - The result depends on the documents, their order and the options alone, not on workers or partitions.
//   - Exchange misses no copy, and removes a paragraph only for another with the same first 128 bits of SHA-256. Filter misses none either.
//   - The copies that stay are the best by rank, then the first in the order of the inputs, then the first in the text.
//   - What is left is valid UTF-8 where the text was, and has no longer runs of blank lines than the text had.
//
// For example:
//
//	h, err := paragraph.NewHasher(opts)
//	…
//	filter, err := paragraph.NewFilter(opts)
//	…
//	for _, d := range documents {
//		repeats := filter.Repeats(h.Paragraphs(d, nil), nil)
//		removal, err := h.Cut(d.Text, repeats)
//		…
//		d.Text = removal.Text
//	}
//
// docs/dedup-paragraph.md compares the methods with those of CCNet, Dolma and DCLM.
package paragraph

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"corpus"
	"corpus/dedup"
)

// A Key is the first 128 bits of the SHA-256 of a normalised paragraph and its scope. Equal keys are taken for equal paragraphs without
// another look, so the hash must hold against pages that are made to collide, as in dedup.Exact.
type Key [16]byte

// A Paragraph is one of those of a document that are compared.
type Paragraph struct {
	Key Key
	// Offset is where it begins in the text, in bytes, with the white space before it on its first line.
	Offset uint32
}

// A Hasher finds and hashes the paragraphs of documents. It is safe for concurrent use.
type Hasher struct {
	opts   Options
	split  func(text string, at int) (unit, bool)
	append func(b []byte, s string) []byte
}

// NewHasher returns a Hasher, or the error of opts.Validate.
func NewHasher(opts Options) (*Hasher, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	h := &Hasher{opts: opts, split: nextParagraph, append: appendFolded}
	if opts.Unit == Lines {
		h.split = nextLine
	}
	switch opts.Normalize {
	case None:
		h.append = func(b []byte, s string) []byte { return append(b, s...) }
	case CCNet:
		h.append = appendCCNet
	}
	return h, nil
}

// Paragraphs appends the paragraphs of a document that are long enough, in their order. Those of which normalisation leaves nothing are not
// among them, nor what begins beyond the first 4 GiB.
func (h *Hasher) Paragraphs(doc *corpus.Document, into []Paragraph) []Paragraph {
	text := doc.Text
	if len(text) < h.opts.MinLength {
		return into
	}
	buffer := make([]byte, 0, 1024)
	scoped := 0 // bytes of the scope, which stand before each paragraph
	if h.opts.Scope != Corpus {
		scope := scopeOf(doc, h.opts.Scope)
		buffer = append(binary.AppendUvarint(buffer, uint64(len(scope))), scope...) // its length says where the paragraph begins
		scoped = len(buffer)
	}
	for u, ok := h.split(text, 0); ok && uint64(u.start) <= maxOffset; u, ok = h.split(text, u.end) {
		s := strings.TrimSpace(text[u.start:u.end])
		if len(s) < h.opts.MinLength || !hasWords(s, h.opts.MinWords) {
			continue
		}
		buffer = h.append(buffer[:scoped], s)
		if len(buffer) == scoped {
			continue
		}
		sum := sha256.Sum256(buffer)
		into = append(into, Paragraph{Key: Key(sum[:len(Key{})]), Offset: uint32(u.start)})
	}
	return into
}

// scopeOf names the part of the corpus in which a document's paragraphs are compared. Sources and domains have different names: a
// domain has no slash.
func scopeOf(doc *corpus.Document, scope string) string {
	if scope == Domain {
		if d := dedup.Domain(doc.URL); d != "" {
			return d
		}
	}
	return "source/" + doc.Source
}
