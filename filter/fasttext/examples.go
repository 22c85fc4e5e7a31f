package fasttext

import (
	"fmt"
	"slices"
	"strings"
)

// Example is a text and its labels, with or without LabelPrefix.
type Example struct {
	Labels []string
	Text   string
}

// Examples are what a classifier learns from, four bytes a word beside the vocabulary: the texts themselves are not kept. It is for one goroutine.
type Examples struct {
	words, labels vocabulary
	tokens        []int32 // indexes into words, of all examples
	targets       []int32 // indexes into labels
	ends          []end   // of each example
}

// end is where an example's tokens and targets end.
type end struct{ tokens, targets int }

// vocabulary numbers words in the order in which they first come.
type vocabulary struct {
	names  []string
	hashes []uint32
	counts []int64
	index  table
}

// NewExamples returns an empty set.
func NewExamples() *Examples {
	return &Examples{words: vocabulary{index: newTable(0)}, labels: vocabulary{index: newTable(0)}}
}

// Len is the number of examples.
func (x *Examples) Len() int { return len(x.ends) }

// Words is the number of words in all examples, the ends of texts counted.
func (x *Examples) Words() int { return len(x.tokens) }

// Labels are the labels so far, with their prefix, in the order in which they first came.
func (x *Examples) Labels() []string { return slices.Clone(x.labels.names) }

// Add appends an example. One without labels teaches nothing and is left out. Words of the text that begin with LabelPrefix are skipped,
// and "</s>" ends it, as in fastText.
func (x *Examples) Add(e Example) {
	if len(e.Labels) == 0 {
		return
	}
	before := len(x.targets)
	for _, l := range e.Labels {
		l = LabelName(l)
		id := x.labels.number(l, hash(l))
		if !slices.Contains(x.targets[before:], id) {
			x.targets = append(x.targets, id)
			x.labels.counts[id]++
		}
	}
	for at := 0; ; {
		word, h, next := nextWord(e.Text, at)
		if word == "" || word == endOfSentence {
			break
		}
		if !isLabel(word) {
			x.token(word, h)
		}
		at = next
	}
	x.token(endOfSentence, hash(endOfSentence))
	x.ends = append(x.ends, end{len(x.tokens), len(x.targets)})
}

func (x *Examples) token(word string, h uint32) {
	id := x.words.number(word, h)
	x.words.counts[id]++
	x.tokens = append(x.tokens, id)
}

// number is a word's index; a new word gets the next.
func (v *vocabulary) number(word string, h uint32) int32 {
	if id, ok := v.index.word(h, word, v.names); ok {
		return id
	}
	id := int32(len(v.names))
	v.names, v.hashes, v.counts = append(v.names, strings.Clone(word)), append(v.hashes, h), append(v.counts, 0)
	v.index.add(h, id)
	return id
}

// LabelName is a label as files have it: with its prefix, and with '_' for white space, which would end the word.
func LabelName(l string) string {
	l = strings.Join(strings.FieldsFunc(l, func(r rune) bool { return r < 0x80 && isSpace(byte(r)) }), "_")
	if isLabel(l) {
		return l
	}
	return LabelPrefix + l
}

// ranked are the indexes of the names that come at least so often and are short enough for a file, by descending count, then by their bytes.
func (v *vocabulary) ranked(least int64) []int32 {
	var order []int32
	for i, n := range v.counts {
		if n >= least && len(v.names[i]) < maxWord {
			order = append(order, int32(i))
		}
	}
	slices.SortFunc(order, func(a, b int32) int {
		if v.counts[a] != v.counts[b] {
			return int(max(-1, min(1, v.counts[b]-v.counts[a])))
		}
		return strings.Compare(v.names[a], v.names[b])
	})
	return order
}

// dictionary is the model's dictionary of these examples; rows[i] is the row of word i, or -1 of one that is too rare, and
// targets[i] that of label i.
func (x *Examples) dictionary(o TrainOptions) (d *dictionary, rows, targets []int32, err error) {
	if len(x.labels.names) == 0 {
		return nil, nil, nil, fmt.Errorf("no example has a label")
	}
	d = &dictionary{minn: o.MinChars, maxn: o.MaxChars, ngrams: o.WordNgrams, tokens: int64(len(x.tokens))}
	if o.MaxChars > 0 || o.WordNgrams > 1 {
		d.bucket = o.Buckets
	}
	rows = slices.Repeat([]int32{-1}, len(x.words.names))
	for i, id := range x.words.ranked(int64(o.MinCount)) {
		rows[id] = int32(i)
		d.names, d.counts = append(d.names, x.words.names[id]), append(d.counts, x.words.counts[id])
	}
	d.words = len(d.names)
	for _, l := range x.labels.names {
		if len(l) >= maxWord {
			return nil, nil, nil, fmt.Errorf("a label of %d bytes; files hold up to %d", len(l), maxWord-1)
		}
	}
	targets = make([]int32, len(x.labels.names))
	for i, id := range x.labels.ranked(0) {
		targets[id] = int32(i)
		d.names, d.counts = append(d.names, x.labels.names[id]), append(d.counts, x.labels.counts[id])
	}
	d.labels = len(d.names) - d.words
	d.finish()
	return d, rows, targets, nil
}
