package fasttext

import (
	"strings"
)

// endOfSentence is the word that a line's end stands for.
const endOfSentence = "</s>"

// entry is a word or a label.
type entry struct {
	word  string
	count int64
	label bool
}

// dictionary maps words to rows.
type dictionary struct {
	entries []entry // words, then labels
	words   int
	labels  int
	tokens  int64
	ids     map[string]int32
	// subwords are the ids of a word's character n-grams, by the word's id; nil where the model has none.
	subwords [][]int32
	// pruned maps the buckets that were kept to their rows; nil when all are there.
	pruned map[int32]int32

	bucket, minn, maxn, ngrams int
}

// index fills what follows from the entries.
func (d *dictionary) index() {
	d.ids = make(map[string]int32, len(d.entries))
	for i := range d.entries {
		// The first of equal words counts.
		if _, ok := d.ids[d.entries[i].word]; !ok {
			d.ids[d.entries[i].word] = int32(i)
		}
	}
	if d.maxn <= 0 {
		return
	}
	d.subwords = make([][]int32, d.words)
	for i := range d.subwords {
		if w := d.entries[i].word; w != endOfSentence {
			d.subwords[i] = d.appendSubwords(nil, w)
		}
	}
}

// FNV-1a with the constants of fastText's Dictionary::hash. Bytes beyond ASCII are sign-extended there, and so here.
const (
	fnvOffset = 2166136261
	fnvPrime  = 16777619
	// ngramPrime combines the hashes of the words of a word n-gram.
	ngramPrime = 116049371
)

func hashByte(h uint32, c byte) uint32 { return (h ^ uint32(int32(int8(c)))) * fnvPrime }

func hash(s string) uint32 {
	h := uint32(fnvOffset)
	for i := 0; i < len(s); i++ {
		h = hashByte(h, s[i])
	}
	return h
}

// appendBucket appends the row of a bucket, if the model has it.
func (d *dictionary) appendBucket(ids []int32, bucket int32) []int32 {
	if d.pruned != nil {
		row, ok := d.pruned[bucket]
		if !ok {
			return ids
		}
		bucket = row
	}
	return append(ids, int32(d.words)+bucket)
}

// appendSubwords appends the rows of the character n-grams of "<word>", of minn to maxn characters. The two marks alone are none.
func (d *dictionary) appendSubwords(ids []int32, word string) []int32 {
	if d.bucket == 0 {
		return ids
	}
	n := len(word) + 2
	at := func(i int) byte {
		switch i {
		case 0:
			return '<'
		case n - 1:
			return '>'
		}
		return word[i-1]
	}
	for i := range n {
		if at(i)&0xC0 == 0x80 {
			continue
		}
		h := uint32(fnvOffset)
		for j, chars := i, 1; j < n && chars <= d.maxn; chars++ {
			h = hashByte(h, at(j))
			for j++; j < n && at(j)&0xC0 == 0x80; j++ {
				h = hashByte(h, at(j))
			}
			if chars >= d.minn && !(chars == 1 && (i == 0 || j == n)) {
				ids = d.appendBucket(ids, int32(h%uint32(d.bucket)))
			}
		}
	}
	return ids
}

// line turns a text into rows; buf is reused. Line ends within the text count as spaces, and one stands at its end, as
// fastText's bindings have it.
func (d *dictionary) line(text string, buf *buffers) []int32 {
	ids, hashes := buf.ids[:0], buf.hashes[:0]
	for word := range words(text) {
		ids, hashes = d.token(ids, hashes, word)
	}
	ids, hashes = d.token(ids, hashes, endOfSentence)
	ids = d.appendNgrams(ids, hashes)
	buf.ids, buf.hashes = ids, hashes
	return ids
}

// token appends one word's rows and its hash; labels count for nothing.
func (d *dictionary) token(ids []int32, hashes []uint32, word string) ([]int32, []uint32) {
	id, known := d.ids[word]
	if known && int(id) >= d.words || !known && strings.HasPrefix(word, LabelPrefix) {
		return ids, hashes
	}
	switch {
	case known:
		ids = append(ids, id)
		if d.subwords != nil {
			ids = append(ids, d.subwords[id]...)
		}
	case d.maxn > 0 && word != endOfSentence:
		ids = d.appendSubwords(ids, word)
	}
	if d.ngrams > 1 {
		hashes = append(hashes, hash(word))
	}
	return ids, hashes
}

// appendNgrams appends the rows of word n-grams.
func (d *dictionary) appendNgrams(ids []int32, hashes []uint32) []int32 {
	if d.bucket == 0 {
		return ids
	}
	for i := range hashes {
		h := uint64(int64(int32(hashes[i])))
		for j := i + 1; j < len(hashes) && j < i+d.ngrams; j++ {
			h = h*ngramPrime + uint64(int64(int32(hashes[j])))
			ids = d.appendBucket(ids, int32(h%uint64(d.bucket)))
		}
	}
	return ids
}

// words yields the words of a text: what lies between white space in ASCII and zero bytes.
func words(text string) func(func(string) bool) {
	return func(yield func(string) bool) {
		start := -1
		for i := 0; i < len(text); i++ {
			switch text[i] {
			case ' ', '\n', '\r', '\t', '\v', '\f', 0:
				if start >= 0 && !yield(text[start:i]) {
					return
				}
				start = -1
			default:
				if start < 0 {
					start = i
				}
			}
		}
		if start >= 0 {
			yield(text[start:])
		}
	}
}

// maxWord bounds a word of a file, in bytes: longer ones are no words.
const maxWord = 1 << 20
