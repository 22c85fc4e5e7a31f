package substring

import (
	"fmt"
	"math"
	"sort"
)

// mostText is the most bytes that Texts hold: positions are 32 bits wide.
const mostText = math.MaxUint32

// Texts holds documents in memory, one behind the other in the order of their priority: of equal passages the first
// documents' stay. A position is an offset into all of them. The zero value is empty.
type Texts struct {
	bytes  []byte
	starts []int64 // starts[i] is where document i begins; the last one's end is len(bytes)
}

// NewTexts returns empty Texts with room for so many bytes and documents: adding up to that many allocates nothing.
func NewTexts(bytes, documents int) *Texts {
	return &Texts{bytes: large[byte](bytes)[:0], starts: make([]int64, 0, documents)}
}

// Add appends a document, which may be empty. It refuses one with which the texts would be longer than 4 GiB - 1.
func (t *Texts) Add(text string) error {
	if int64(len(t.bytes))+int64(len(text)) > mostText {
		return fmt.Errorf("document %d: texts in memory would be longer than %d bytes", len(t.starts), int64(mostText))
	}
	t.starts = append(t.starts, int64(len(t.bytes)))
	t.bytes = append(t.bytes, text...)
	return nil
}

// Len is the number of documents, Size that of bytes.
func (t *Texts) Len() int    { return len(t.starts) }
func (t *Texts) Size() int64 { return int64(len(t.bytes)) }

// Text is the text of document i. It must not be changed.
func (t *Texts) Text(i int) []byte {
	start, end := t.span(i)
	return t.bytes[start:end:end]
}

// span is where document i begins and ends.
func (t *Texts) span(i int) (start, end int64) {
	if i+1 < len(t.starts) {
		return t.starts[i], t.starts[i+1]
	}
	return t.starts[i], int64(len(t.bytes))
}

// document is the index of the document that holds position p < Size.
func (t *Texts) document(p int64) int {
	return sort.Search(len(t.starts), func(i int) bool { return t.starts[i] > p }) - 1
}
