package tokenize

import (
	"bytes"
	"cmp"
	"iter"
	"math"
	"slices"
)

// wordList holds the most frequent words that fit a number of bytes: of all words in order of count descending, then bytes,
// as many as come before the first with which they are too many. Which ones does not depend on the order in which they came.
type wordList struct {
	limit int64 // bytes of words, each and 1
	bytes int64 // that the words have so
	arena []byte
	words []listedWord
	// Once some were too many, the best of those left out; what is not better is left out as well.
	worst *WordCount

	stats TrainStats // what came in
}

// listedWord is a word at arena[at:at+size].
type listedWord struct {
	count int64
	at    uint32
	size  uint32
}

// selectWords reads words and returns the most frequent of at most limit bytes, 1 for each added, in order of their count, the
// highest first. Words of equal count stay in the order in which they came, if none are left out.
func selectWords(words iter.Seq2[WordCount, error], limit int64) (*wordList, error) {
	l := &wordList{limit: limit}
	for w, err := range words {
		if err != nil {
			return nil, err
		}
		if w.Count <= 0 || len(w.Word) == 0 {
			continue
		}
		l.add(w)
	}
	if l.bytes > l.limit {
		l.cut()
	} else {
		l.sort()
	}
	return l, nil
}

// cutSlack is how many bytes more than the limit are held before the list is cut, so that cuts are few.
func (l *wordList) cutSlack() int64 { return minWordBytes + l.limit/4 }

func (l *wordList) add(w WordCount) {
	l.stats.Words++
	l.stats.Occurrences += w.Count
	l.stats.Bytes += w.Count * int64(len(w.Word))
	if l.bytes > l.limit+l.cutSlack() || int64(len(l.arena))+int64(len(w.Word)) > math.MaxUint32 {
		l.cut()
	}
	if l.worst != nil && compareFrequency(w, *l.worst) > 0 {
		l.leaveOut(w.Count)
		return
	}
	l.words = append(l.words, listedWord{w.Count, uint32(len(l.arena)), uint32(len(w.Word))})
	l.arena = append(l.arena, w.Word...)
	l.bytes += int64(len(w.Word)) + 1
}

func (l *wordList) leaveOut(count int64) {
	l.stats.LeftOutWords++
	l.stats.LeftOutOccurrences += count
}

// compareFrequency orders words as they are chosen: by count descending, then by their bytes.
func compareFrequency(a, b WordCount) int {
	return cmp.Or(cmp.Compare(b.Count, a.Count), bytes.Compare(a.Word, b.Word))
}

func (l *wordList) word(w listedWord) WordCount {
	return WordCount{l.arena[w.at : w.at+w.size : w.at+w.size], w.count}
}

// cut leaves the words that fit the limit.
func (l *wordList) cut() {
	slices.SortFunc(l.words, func(a, b listedWord) int { return compareFrequency(l.word(a), l.word(b)) })
	held, n := int64(0), 0
	for n < len(l.words) && held+int64(l.words[n].size)+1 <= l.limit {
		held += int64(l.words[n].size) + 1
		n++
	}
	if n == len(l.words) {
		return
	}
	worst := l.word(l.words[n])
	l.worst = &WordCount{bytes.Clone(worst.Word), worst.Count}
	for _, w := range l.words[n:] {
		l.leaveOut(w.count)
	}
	kept := make([]byte, 0, held)
	for i, w := range l.words[:n] {
		at := uint32(len(kept))
		kept = append(kept, l.word(w).Word...)
		l.words[i].at = at
	}
	l.arena, l.bytes, l.words = kept, held, l.words[:n]
}

const (
	fewTimes  = 1 << 10 // count below which words are sorted by counting: nearly all words
	manyWords = 1 << 20 // which are sorted in place: slower, with half the memory
)

// sort brings the words in order of their counts, and leaves those of equal count as they came.
func (l *wordList) sort() {
	if len(l.words) > manyWords {
		slices.SortFunc(l.words, func(a, b listedWord) int { return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.at, b.at)) })
		return
	}
	var starts [fewTimes + 1]int
	for _, w := range l.words {
		starts[fewTimes-min(w.count, fewTimes)]++
	}
	sum := 0
	for i, n := range starts {
		starts[i] = sum
		sum += n
	}
	frequent := starts[1]
	sorted := make([]listedWord, len(l.words))
	for _, w := range l.words {
		i := &starts[fewTimes-min(w.count, fewTimes)]
		sorted[*i] = w
		*i++
	}
	slices.SortStableFunc(sorted[:frequent], func(a, b listedWord) int { return cmp.Compare(b.count, a.count) })
	l.words = sorted
}

// all yields the words in the list's order.
func (l *wordList) all(yield func(WordCount, error) bool) {
	for _, w := range l.words {
		if !yield(l.word(w), nil) {
			return
		}
	}
}
