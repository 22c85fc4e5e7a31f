package paragraph

import (
	"fmt"
	"strings"

	"corpus"
	"corpus/dedup"
)

// A Range is Length bytes of a text that are to be removed: a paragraph and white space before or behind it.
type Range struct {
	Offset, Length int64
	// Partner is the document in which an equal paragraph begins at PartnerOffset; NoPartner where it is not known.
	Partner       corpus.Ref
	PartnerOffset int64
}

// A Removal is what is removed from a document.
type Removal struct {
	// Ranges are in order and do not overlap. Those of neighbouring paragraphs touch.
	Ranges []Range
	// Text is what is left.
	Text string
	// Left is the number of bytes of Text without white space at its ends.
	Left int64
	// Share is the share of the text that was removed, by bytes of paragraphs without the white space between them, 0 to 1.
	Share float64
	// Drop says that the document goes as a whole: too little is left, or too much was repeated.
	Drop bool
}

// Cut removes paragraphs from the text that they were found in. Repeats are in the order of their offsets, one for each paragraph that goes. An
// offset at which no paragraph begins is an error: the text is another one.
//
// Of the two separators around paragraphs that go, the longer stays, by line feeds, that before them where they are equal. White space at the ends of the
// text stays, but for that behind the last paragraph where none stays.
func (h *Hasher) Cut(text string, repeats []Repeat) (Removal, error) {
	r := Removal{Text: text}
	var all, gone int // bytes of paragraphs
	previous := unit{-1, -1}
	var group []unit // neighbours that go
	first := 0       // their first repeat
	i := 0
	for u, ok := h.split(text, 0); ok; u, ok = h.split(text, u.end) {
		all += u.end - u.start
		if i < len(repeats) && int64(repeats[i].Offset) == int64(u.start) {
			gone += u.end - u.start
			group = append(group, u)
			i++
			continue
		}
		if len(group) > 0 {
			r.take(text, previous, group, u.start, repeats[first:i])
			group = group[:0]
		}
		previous, first = u, i
	}
	if i < len(repeats) {
		return Removal{}, fmt.Errorf("paragraph: no paragraph begins at offset %d of a text of %d bytes", repeats[i].Offset, len(text))
	}
	if len(group) > 0 {
		r.take(text, previous, group, -1, repeats[first:])
	}
	if len(r.Ranges) == 0 {
		r.Left = int64(len(strings.TrimSpace(text)))
		return r, nil
	}
	r.Text = dedup.Without(text, len(r.Ranges), func(i int) (offset, length int64) { return r.Ranges[i].Offset, r.Ranges[i].Length })
	r.Left = int64(len(strings.TrimSpace(r.Text)))
	r.Share = float64(gone) / float64(all)
	r.Drop = r.Left < int64(h.opts.MinDocument) || r.Share > h.opts.DropShare
	return r, nil
}

// take appends the ranges of paragraphs that follow one another. Previous is the one before them, next the beginning of the one behind them; both are -1 where
// there is none.
func (r *Removal) take(text string, previous unit, group []unit, next int, repeats []Repeat) {
	last := group[len(group)-1].end
	behind := previous.end >= 0 && (next < 0 || feeds(text[last:next]) > feeds(text[previous.end:group[0].start]))
	at := group[0].start
	if behind { // the separator behind stays
		at = previous.end
	}
	for i, u := range group {
		end := u.end
		if !behind {
			switch {
			case i+1 < len(group):
				end = group[i+1].start
			case next >= 0:
				end = next
			default: // of a text of which no paragraph stays
				end = len(text)
			}
		}
		r.Ranges = append(r.Ranges, Range{int64(at), int64(end - at), repeats[i].Partner, int64(repeats[i].PartnerOffset)})
		at = end
	}
}

func feeds(s string) int { return strings.Count(s, "\n") }
