// Package fasttext reads, trains, writes and applies fastText's supervised text classifiers: the .bin and .ftz
// files in which the field shares language, quality and toxicity models.
//
// A text is a bag of ids (words, word n-grams and character n-grams, the latter two hashed into buckets); its
// vector is the mean of their rows in the input matrix, and the labels' scores come from the output
// matrix through a softmax, a binary tree or independent logistic functions (Joulin et al., "Bag of Tricks for
// Efficient Text Classification", EACL 2017, section 2; for the quantised form "FastText.zip", 2016, section 3).
//
// Invariants:
//   - Scores equal those of the fastText program for the same file and text, but for float32 rounding.
//   - Reading allocates no more than a small multiple of the bytes that are there, whatever the counts in a file say.
//   - A Model does not change once read or trained and is safe for concurrent use.
//
// Example:
//
//	model, err := fasttext.Open("lid.176.ftz")
//	best := model.Predict("Das ist ein Satz.", 1, 0)   // [{__label__de 0.99}]
package fasttext

import "sync"

// Model is a supervised classifier.
type Model struct {
	args   args
	dict   *dictionary
	input  matrix // rows: words, then buckets
	output matrix // rows: labels, or inner nodes of the tree
	tree   []node // of a hierarchical softmax; nil else

	sigmoids []float32 // fastText's table

	scratch sync.Pool // of *buffers
}

// Prediction is one label with its score.
type Prediction struct {
	// Label is the label as the file has it, with its prefix ("__label__de").
	Label string
	// Score is the probability, 0 to 1. fastText adds 1e-5 before it takes a logarithm, so that a certain label's
	// score is 1.00001; that is kept, so that thresholds mean the same here and there.
	Score float32
}

// LabelPrefix begins the words that are labels. Files do not say which prefix they were trained with; all known ones use this.
const LabelPrefix = "__label__"

// Labels are the model's labels in the order of their rows, with their prefix.
func (m *Model) Labels() []string {
	labels := make([]string, m.dict.labels)
	copy(labels, m.dict.names[m.dict.words:])
	return labels
}

// Dim is the length of the vectors.
func (m *Model) Dim() int { return int(m.args.dim) }

// losses
const (
	lossTree     = 1 // hierarchical softmax
	lossNegative = 2 // negative sampling
	lossSoftmax  = 3
	lossOneVsAll = 4
)

// supervised is the value of args.model for classifiers.
const supervised = 3

// args are a file's training arguments, of which prediction needs some.
type args struct {
	dim, window, epochs, minCount, negatives, wordNgrams, loss, model, bucket, minn, maxn, lrUpdate int32
	sampling                                                                                        float64
}
