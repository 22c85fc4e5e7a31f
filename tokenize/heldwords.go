package tokenize

import (
	"cmp"
	"iter"
	"math/bits"
	"slices"
	"strings"
)

// heldWord is a short word of a table, to be sorted.
type heldWord struct {
	head  uint64 // its first eight bytes, the first one highest
	table uint32
	slot  uint32
}

// heldWords yields the words of tables that never left memory, sorted by their bytes; a word perhaps several times in a row.
// Besides the tables it needs 16 bytes for each word.
func heldWords(tables []*wordTable) iter.Seq2[WordCount, error] {
	type longWord struct {
		word  string
		count int64
	}
	var short []heldWord
	var long []longWord
	for i, t := range tables {
		short = slices.Grow(short, t.used)
		for k, c := range t.slots {
			if c.count > 0 {
				short = append(short, heldWord{bits.ReverseBytes64(c.key.lo), uint32(i), uint32(k)})
			}
		}
		for word, n := range t.long {
			long = append(long, longWord{word, *n})
		}
	}
	sortHeld(tables, short, 56)
	slices.SortFunc(long, func(a, b longWord) int { return strings.Compare(a.word, b.word) })
	return func(yield func(WordCount, error) bool) {
		var b [shortWord + 1]byte
		var buffer []byte
		rest := long
		for _, h := range short {
			c := tables[h.table].slots[h.slot]
			word := c.key.append(b[:0])
			for ; len(rest) > 0 && rest[0].word < string(word); rest = rest[1:] {
				buffer = append(buffer[:0], rest[0].word...)
				if !yield(WordCount{buffer, rest[0].count}, nil) {
					return
				}
			}
			if !yield(WordCount{word, c.count}, nil) {
				return
			}
		}
		for _, w := range rest {
			buffer = append(buffer[:0], w.word...)
			if !yield(WordCount{buffer, w.count}, nil) {
				return
			}
		}
	}
}

// fewHeld is the number of words up to which comparing is faster than counting.
const fewHeld = 64

// sortHeld sorts words whose heads are equal above shift+8 bits: in place by the byte at shift (McIlroy, Bostic and McIlroy, "Engineering Radix
// Sort", Computing Systems 6(1), 1993), then each part by the next.
func sortHeld(tables []*wordTable, words []heldWord, shift int) {
	if len(words) <= fewHeld || shift < 0 {
		slices.SortFunc(words, func(a, b heldWord) int {
			if a.head != b.head {
				return cmp.Compare(a.head, b.head)
			}
			tail := func(h heldWord) uint64 { return bits.ReverseBytes64(tables[h.table].slots[h.slot].key.hi) }
			return cmp.Or(cmp.Compare(tail(a), tail(b)), cmp.Compare(a.table, b.table))
		})
		return
	}
	var next, ends [256]int
	for _, w := range words {
		ends[uint8(w.head>>shift)]++
	}
	sum := 0
	for i, n := range ends {
		next[i] = sum
		sum += n
		ends[i] = sum
	}
	for i := range next {
		for next[i] < ends[i] {
			w := words[next[i]]
			for k := uint8(w.head >> shift); int(k) != i; k = uint8(w.head >> shift) {
				words[next[k]], w = w, words[next[k]]
				next[k]++
			}
			words[next[i]] = w
			next[i]++
		}
	}
	start := 0
	for _, end := range ends {
		if end-start > 1 {
			sortHeld(tables, words[start:end], shift-8)
		}
		start = end
	}
}
