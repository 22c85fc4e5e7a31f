package fasttext

import (
	"slices"
	"strings"

	"corpus"
)

// TrainOptions are fastText's, by its names.
type TrainOptions struct {
	// Dim is the length of the vectors, 1 to 1024. Default 16.
	Dim int `yaml:"dim" json:"dim" jsonschema:"minimum=1,maximum=1024" jsonschema_description:"Length of the vectors, 1 to 1024. Default 16."`
	// LearningRate at the start, from which it falls to 0; 0 to 10. Default 0.5.
	LearningRate float64 `yaml:"lr" json:"lr" jsonschema:"minimum=0,maximum=10" jsonschema_description:"Learning rate at the start, from which it falls to 0; 0 to 10. Default 0.5."`
	// Epochs over the examples, 1 to 1000. Default 5.
	Epochs int `yaml:"epoch" json:"epoch" jsonschema:"minimum=1,maximum=1000" jsonschema_description:"Epochs over the examples, 1 to 1000. Default 5."`
	// MinCount leaves out words with fewer occurrences, 1 to 1000000. Default 1.
	MinCount int `yaml:"min_count" json:"min_count" jsonschema:"minimum=1,maximum=1000000" jsonschema_description:"Words with fewer occurrences are left out, 1 to 1000000. Default 1."`
	// WordNgrams is the longest word n-gram, 1 to 10. Default 1.
	WordNgrams int `yaml:"word_ngrams" json:"word_ngrams" jsonschema:"minimum=1,maximum=10" jsonschema_description:"Longest word n-gram, 1 to 10. Default 1."`
	// MinChars and MaxChars bound character n-grams, 0 to 16; a MaxChars of 0 is none. Default 0.
	MinChars int `yaml:"minn" json:"minn" jsonschema:"minimum=0,maximum=16" jsonschema_description:"Shortest character n-gram, 0 to 16. Default 0."`
	MaxChars int `yaml:"maxn" json:"maxn" jsonschema:"minimum=0,maximum=16" jsonschema_description:"Longest character n-gram, 0 to 16; 0 is none. Default 0."`
	// Buckets for n-grams, 1 to 100000000. Default 2000000. Models without n-grams have none.
	Buckets int `yaml:"bucket" json:"bucket" jsonschema:"minimum=1,maximum=100000000" jsonschema_description:"Buckets for n-grams, 1 to 100000000. Default 2000000."`
	// Loss is softmax (one label a text), ova (independent labels), hs (a tree of labels, for very many) or ns (negative
	// sampling). Default softmax.
	Loss string `yaml:"loss" json:"loss" jsonschema:"enum=softmax,enum=ova,enum=hs,enum=ns" jsonschema_description:"Loss: softmax (one label a text), ova (independent labels), hs (a tree of labels, for very many) or ns (negative sampling). Default softmax."`
	// Negatives are the labels drawn against each right one with the loss ns, 1 to 1000. Default 5.
	Negatives int `yaml:"neg" json:"neg" jsonschema:"minimum=1,maximum=1000" jsonschema_description:"Labels drawn against each right one with the loss ns, 1 to 1000. Default 5."`
	// Seed of the initial vectors and of the order of the examples. Default 1.
	Seed uint64 `yaml:"seed" json:"seed" jsonschema_description:"Seed of the initial vectors and of the order of the examples. Default 1."`
}

// DefaultTrainOptions returns the defaults named at the fields.
func DefaultTrainOptions() TrainOptions {
	return TrainOptions{Dim: 16, LearningRate: 0.5, Epochs: 5, MinCount: 1, WordNgrams: 1, Buckets: 2_000_000, Loss: "softmax", Negatives: 5, Seed: 1}
}

// Losses are the values of TrainOptions.Loss.
func Losses() []string { return []string{"softmax", "ova", "hs", "ns"} }

// Validate returns an OptionError for the first field out of its range.
func (o TrainOptions) Validate() error {
	for _, c := range []struct {
		key             string
		value, from, to int
	}{
		{"dim", o.Dim, 1, 1024}, {"epoch", o.Epochs, 1, 1000}, {"min_count", o.MinCount, 1, 1_000_000},
		{"word_ngrams", o.WordNgrams, 1, 10}, {"minn", o.MinChars, 0, 16}, {"maxn", o.MaxChars, 0, 16},
		{"bucket", o.Buckets, 1, 100_000_000}, {"neg", o.Negatives, 1, 1000},
	} {
		if c.value < c.from || c.value > c.to {
			return corpus.BadOption(c.key, "%d is not within %d to %d", c.value, c.from, c.to)
		}
	}
	switch {
	case !(o.LearningRate > 0 && o.LearningRate <= 10):
		return corpus.BadOption("lr", "%v is not more than 0 and at most 10", o.LearningRate)
	case o.MaxChars > 0 && o.MinChars > o.MaxChars:
		return corpus.BadOption("minn", "%d is more than maxn, %d", o.MinChars, o.MaxChars)
	case !slices.Contains(Losses(), o.Loss):
		return corpus.BadOption("loss", "%q is none of %s", o.Loss, strings.Join(Losses(), ", "))
	}
	return nil
}

// args are the options as a file has them.
func (o TrainOptions) args(bucket int) args {
	loss := map[string]int32{"softmax": lossSoftmax, "ova": lossOneVsAll, "hs": lossTree, "ns": lossNegative}[o.Loss]
	return args{
		dim: int32(o.Dim), window: 5, epochs: int32(o.Epochs), minCount: int32(o.MinCount), negatives: int32(o.Negatives),
		wordNgrams: int32(o.WordNgrams), loss: loss, model: supervised, bucket: int32(bucket), minn: int32(o.MinChars),
		maxn: int32(o.MaxChars), lrUpdate: 100, sampling: 1e-4,
	}
}
