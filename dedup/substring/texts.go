package substring

import (
	"cmp"
	"fmt"
	"math"
	"sort"
)

// mostText is the most bytes or tokens that Texts hold: positions are 32 bits wide.
const mostText = math.MaxUint32

// Texts holds documents in memory, one behind the other. Of equal passages the first documents' stay, unless Rank says otherwise.
// They are made of bytes, or of tokens. A position is an offset into all of them, in bytes or in tokens. The zero value is empty, for bytes.
type Texts struct {
	bytes      []byte
	shift      uint        // a position takes 1<<shift bytes
	vocabulary *vocabulary // of tokens, else nil
	starts     []int64     // starts[i] is where document i begins; the last one's end is Size
	ranks      order
}

// NewTexts returns empty Texts with room for so many bytes and documents: adding up to that many allocates nothing.
func NewTexts(bytes, documents int) *Texts {
	return &Texts{bytes: large[byte](bytes)[:0], starts: make([]int64, 0, documents)}
}

// NewTokenTexts returns empty Texts of tokens with room for so many tokens and documents. A token's id is its index in the vocabulary, which must not
// be changed afterwards. The bytes of a text's tokens, put together, must be the text.
func NewTokenTexts(tokens [][]byte, size, documents int) *Texts {
	return &Texts{
		bytes: large[byte](size << tokenShift)[:0], shift: tokenShift, vocabulary: &vocabulary{tokens: tokens},
		starts: make([]int64, 0, documents),
	}
}

// AddTokens appends a document of tokens, which may be empty, to texts of tokens. It refuses one with an id that the vocabulary does not have.
func (t *Texts) AddTokens(ids []uint32) error {
	if t.vocabulary == nil {
		return fmt.Errorf("document %d: tokens for texts of bytes", len(t.starts))
	}
	if t.Size()+int64(len(ids)) > mostText {
		return fmt.Errorf("document %d: texts in memory would be longer than %d tokens", len(t.starts), int64(mostText))
	}
	if err := t.vocabulary.add(ids); err != nil {
		return fmt.Errorf("document %d: %w", len(t.starts), err)
	}
	t.starts = append(t.starts, t.Size())
	t.bytes = AppendTokens(t.bytes, ids)
	return nil
}

// Add appends a document, which may be empty, to texts of bytes. It refuses one with which the texts would be longer than 4 GiB - 1.
func (t *Texts) Add(text string) error {
	if t.vocabulary != nil {
		return fmt.Errorf("document %d: bytes for texts of tokens", len(t.starts))
	}
	if int64(len(t.bytes))+int64(len(text)) > mostText {
		return fmt.Errorf("document %d: texts in memory would be longer than %d bytes", len(t.starts), int64(mostText))
	}
	t.starts = append(t.starts, int64(len(t.bytes)))
	t.bytes = append(t.bytes, text...)
	return nil
}

// Len is the number of documents, Size that of bytes or tokens.
func (t *Texts) Len() int    { return len(t.starts) }
func (t *Texts) Size() int64 { return int64(len(t.bytes)) >> t.shift }

// Text is the text of document i, for tokens as AppendTokens writes it. It must not be changed.
func (t *Texts) Text(i int) []byte {
	start, end := t.span(i)
	return t.bytes[start<<t.shift : end<<t.shift : end<<t.shift]
}

// at is the text from position p to the one n positions later.
func (t *Texts) at(p, n uint64) []byte { return t.bytes[p<<t.shift : (p+n)<<t.shift] }

// byteOffset is the number of bytes before token i of a document of tokens.
func (t *Texts) byteOffset(document int, i int64) (int64, error) {
	start, _ := t.span(document)
	from, bytes := t.vocabulary.before(document, start, i)
	return bytes + t.vocabulary.length(t.at(uint64(start+from), uint64(i-from))), nil
}

// span is where document i begins and ends.
func (t *Texts) span(i int) (start, end int64) {
	if i+1 < len(t.starts) {
		return t.starts[i], t.starts[i+1]
	}
	return t.starts[i], t.Size()
}

// document is the index of the document that holds position p < Size.
func (t *Texts) document(p int64) int {
	return sort.Search(len(t.starts), func(i int) bool { return t.starts[i] > p }) - 1
}

// Rank sets whose copies stay: of equal passages those of the documents with the least rank, and of equal ranks those of the first. The rank of
// document i is ranks[i], which must not be changed afterwards; Find refuses ranks that are not as many as the documents.
func (t *Texts) Rank(ranks []uint32) { t.ranks = ranks }

// order holds the rank of each document; without ranks, documents come in the order of Add.
type order []uint32

// check reports ranks that are not those of so many documents.
func (o order) check(documents int) error {
	if o != nil && len(o) != documents {
		return fmt.Errorf("%d ranks for %d documents", len(o), documents)
	}
	return nil
}

// compare orders two places, given by their documents and the positions or offsets there, by who stays.
func (o order) compare(documentA, documentB int, a, b uint64) int {
	if documentA == documentB {
		return cmp.Compare(a, b)
	}
	if o != nil && o[documentA] != o[documentB] {
		return cmp.Compare(o[documentA], o[documentB])
	}
	return cmp.Compare(documentA, documentB)
}
