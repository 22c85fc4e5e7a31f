package substring

import (
	"bytes"
	"cmp"
	"iter"
	"slices"
	"unicode"
	"unicode/utf8"

	"corpus/dedup"
)

// Result is what a Finder found.
type Result struct {
	// Repeated holds position p when the MinLength bytes or tokens from p on lie within one document and occur at least twice.
	Repeated *Bitmap

	opts    Options
	texts   *Texts
	matches []record // packed, in the order of their positions
}

// A Range is Length bytes of a document that are to be removed, and where the same bytes are found. It is in bytes also where passages are found by tokens.
type Range struct {
	Offset, Length int64
	// Partner is the index of the document, and PartnerOffset the offset in it, where the same bytes stand. Unless all copies are removed, they come
	// earlier in the order of ranks, or of documents without ranks; they may be removed for the sake of still earlier ones, so that at the end of the chain a copy stays.
	Partner       int
	PartnerOffset int64
}

// A Removal is what is removed from a document.
type Removal struct {
	Document int
	// Ranges are in order and do not overlap. Two may touch: passages with different partners.
	Ranges []Range
	// Left is the number of bytes of text without the ranges and without white space at the ends.
	Left int64
	// Drop says that too little is left of the document.
	Drop bool
}

// Removals yields what is to be removed, in the order of documents; those that lose nothing are not among them. The ranges are
// valid until the next Removal.
func (r *Result) Removals() iter.Seq[Removal] {
	return func(yield func(Removal) bool) {
		var c cutter
		for i := 0; i < len(r.matches); {
			doc := r.texts.document(int64(unpackMatch(r.matches[i]).from))
			start, end := r.texts.span(doc)
			text := c.begin(r.texts.Text(doc), r.texts.vocabulary)
			for ; i < len(r.matches); i++ {
				m := unpackMatch(r.matches[i])
				if int64(m.from) >= end {
					break
				}
				partner := r.texts.document(int64(m.to))
				at, _ := r.texts.span(partner)
				// Texts in memory are read without errors.
				_ = c.add(int64(m.from)-start, int64(m.n), partner, int64(m.to)-at, partner == doc, r.opts, r.texts.byteOffset)
			}
			if removal := c.cut(doc, text, r.opts); len(removal.Ranges) > 0 && !yield(removal) {
				return
			}
		}
	}
}

// Apply returns the text without the ranges.
func Apply(text string, ranges []Range) string {
	return dedup.Without(text, len(ranges), func(i int) (offset, length int64) { return ranges[i].Offset, ranges[i].Length })
}

// A cutter turns the repeated windows of one document into ranges.
type cutter struct {
	passages []Range // equal passages, not yet cut
	ranges   []Range
	whole    []span // what is removed, without partners

	// Of a document of tokens: its bytes, and where each token begins and the last ends.
	text    []byte
	offsets []int64
}

type span struct{ start, end int64 }

// begin forgets the passages of the document before and returns the bytes of the next one, of which text is made of the vocabulary's tokens if there is one.
func (c *cutter) begin(text []byte, v *vocabulary) []byte {
	c.passages = c.passages[:0]
	if v == nil {
		return text
	}
	c.text, c.offsets = v.decode(text, c.text, c.offsets)
	return c.text
}

// add takes the n windows from offset on and those of their partners. For tokens, byteOffset tells how many bytes come before one of a document. Where a window and its partner overlap, as in "aaaa…", the bytes that they
// share stay: else nothing would be left of a passage that is repeated within itself.
func (c *cutter) add(offset, n int64, partner int, partnerOffset int64, own bool, opts Options, byteOffset func(int, int64) (int64, error)) error {
	length := n - 1 + int64(opts.MinLength)
	if shift := offset - partnerOffset; own && opts.Keep > 0 && shift < int64(opts.MinLength) {
		overlap := int64(opts.MinLength) - shift
		offset, partnerOffset, length = offset+overlap, partnerOffset+overlap, length-overlap
	}
	if opts.Unit == Tokens {
		var err error
		if partnerOffset, err = byteOffset(partner, partnerOffset); err != nil {
			return err
		}
		offset, length = c.offsets[offset], c.offsets[offset+length]-c.offsets[offset]
	}
	c.passages = append(c.passages, Range{offset, length, partner, partnerOffset})
	return nil
}

// cut unites the passages, cuts the whole at the boundaries that the options ask for, and lays passages over what is left.
func (c *cutter) cut(doc int, text []byte, opts Options) Removal {
	slices.SortFunc(c.passages, func(a, b Range) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(b.Length, a.Length), cmp.Compare(a.Partner, b.Partner), cmp.Compare(a.PartnerOffset, b.PartnerOffset))
	})
	c.unite(text, opts.Boundary)
	c.ranges = c.ranges[:0]
	i := 0 // a passage reaches into one part of the whole alone
	for _, w := range c.whole {
		at := w.start
		for i < len(c.passages) && c.passages[i].Offset < w.end {
			p := c.passages[i]
			end := min(p.Offset+p.Length, w.end)
			if from := max(at, p.Offset); from < end {
				c.ranges = append(c.ranges, Range{from, end - from, p.Partner, p.PartnerOffset + from - p.Offset})
				at = end
			}
			i++
		}
	}
	left := remaining(text, c.ranges)
	return Removal{Document: doc, Ranges: c.ranges, Left: left, Drop: opts.MinDocument > 0 && left < int64(opts.MinDocument)}
}

// unite sets whole.
func (c *cutter) unite(text []byte, boundary string) {
	c.whole = c.whole[:0]
	for i := 0; i < len(c.passages); {
		w := span{c.passages[i].Offset, c.passages[i].Offset + c.passages[i].Length}
		for i++; i < len(c.passages) && c.passages[i].Offset <= w.end; i++ {
			w.end = max(w.end, c.passages[i].Offset+c.passages[i].Length)
		}
		for w.start < w.end && !isBoundary(text, w.start, boundary) {
			w.start++
		}
		for w.start < w.end && !isBoundary(text, w.end, boundary) {
			w.end--
		}
		if w.start < w.end {
			c.whole = append(c.whole, w)
		}
	}
}

// isBoundary reports whether a range may begin or end at offset i: at a line or a word only where one begins, so that what is
// joined when the range is gone are whole lines and words.
func isBoundary(text []byte, i int64, boundary string) bool {
	switch {
	case i == 0 || i == int64(len(text)):
		return true
	case boundary == Line:
		return text[i-1] == '\n'
	case !utf8.RuneStart(text[i]):
		return false
	case boundary == Word:
		r, _ := utf8.DecodeLastRune(text[:i])
		return unicode.IsSpace(r)
	}
	return true
}

// remaining is the number of bytes that are left of text without the ranges, white space at both ends not counted.
func remaining(text []byte, ranges []Range) int64 {
	var left, blank int64 // blank: white space at the end of what was counted
	count := func(part []byte) {
		if left == 0 {
			part = bytes.TrimLeftFunc(part, unicode.IsSpace)
		}
		trimmed := int64(len(bytes.TrimRightFunc(part, unicode.IsSpace)))
		if trimmed > 0 {
			left, blank = left+blank+trimmed, 0
		}
		if left > 0 {
			blank += int64(len(part)) - trimmed
		}
	}
	var at int64
	for _, r := range ranges {
		count(text[at:r.Offset])
		at = r.Offset + r.Length
	}
	count(text[at:])
	return left
}
