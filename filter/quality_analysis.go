package filter

import (
	"slices"
	"unsafe"

	"corpus"
)

// maxTableWords bounds a word table: so many words from the start of a text are kept one by one, the others are only
// counted. A table of that size takes 12 to 15 MB.
const maxTableWords = 1 << 20

// maxTableText bounds the text of a table in bytes, so that sums of its characters fit 32 bits.
const maxTableText = 1 << 29

// textAnalysis is what the quality filters work out from a text once and leave in Document.Analysis for the next of them.
// It names its text by address and length, so that a stage that changes Text makes it void without knowing of it.
// Its parts are made when they are first asked for. It belongs to its document: one stage at a time reads and fills it.
//
// It takes three bytes for each byte of prose and way of splitting, up to about 15 for a text of nothing but punctuation, and is left to
// the garbage collector: no stage can know that it is the last to read it.
type textAnalysis struct {
	text       string
	characters int // -1 until counted
	tables     [len(wordModes)]*wordTable
}

// wordModes are the ways of splitting words, in the order of textAnalysis.tables.
var wordModes = [...]string{WordsPunctuation, WordsWhitespace, WordsUnicode}

// analyse returns the analysis of the document's text: the one that an earlier stage left, else a new one, which it leaves.
func analyse(doc *corpus.Document) *textAnalysis {
	if a, ok := doc.Analysis.(*textAnalysis); ok && sameString(a.text, doc.Text) {
		return a
	}
	a := newAnalysis(doc.Text)
	doc.Analysis = a
	return a
}

// newAnalysis is an analysis of a text that belongs to no document.
func newAnalysis(text string) *textAnalysis { return &textAnalysis{text: text, characters: -1} }

// sameString reports whether two strings are the same bytes in memory.
func sameString(a, b string) bool {
	return len(a) == len(b) && unsafe.StringData(a) == unsafe.StringData(b)
}

// runes is the number of characters of the text.
func (a *textAnalysis) runes() int {
	if a.characters < 0 {
		a.characters = countRunes(a.text)
	}
	return a.characters
}

// words is the table of the text's words under a mode, one of the Words constants.
func (a *textAnalysis) words(mode string) *wordTable {
	i := slices.Index(wordModes[:], mode)
	if a.tables[i] == nil {
		a.tables[i] = makeWordTable(a.text, mode)
	}
	return a.tables[i]
}

// wordTable holds the words of a text under one way of splitting. It is not changed once made.
type wordTable struct {
	words   int // all words, also those of punctuation alone and those past the table's end
	counted int // words with a character that is not punctuation
	length  int // characters of the counted words
	alpha   int // words with a letter

	// hashes are those of the first maxTableWords words, by wordHash.
	hashes []uint64
	// chars[i] is the number of characters of the words before word i, without what lies between them;
	// it has one entry more than hashes, so that word i has chars[i+1]-chars[i] characters.
	chars []uint32

	limit int    // of the length of hashes
	total uint32 // the last of chars
}

// whole reports whether the table holds every word.
func (t *wordTable) whole() bool { return len(t.hashes) == t.words }

// makeWordTable walks over the words of a text.
func makeWordTable(text, mode string) *wordTable {
	table := newWordTable(text, maxTableWords)
	table.walk(text, mode)
	return table
}

// newWordTable is an empty table for the words of a text, at most limit of them.
func newWordTable(text string, limit int) *wordTable {
	// Prose has a word, punctuation included, for five bytes; a denser text makes the slices grow.
	room := min(len(text)/4+8, limit)
	return &wordTable{hashes: make([]uint64, 0, room), chars: append(make([]uint32, 0, room+1), 0), limit: limit}
}
