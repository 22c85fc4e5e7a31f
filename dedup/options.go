package dedup

import "corpus"

// The most that MinHashOptions allow.
const (
	maxNgram = 64
	maxBands = 256 // a band's index is one byte of its key
	maxRows  = 64
)

// MinHashOptions configure MinHash.
type MinHashOptions struct {
	// Words in a shingle, 1 to 64. Default 5.
	Ngram int `yaml:"ngram" jsonschema_description:"Words in a shingle, 1 to 64. Default 5."`
	// Bands of the signature, 1 to 256; documents that agree on all rows of one band are compared. More bands find less similar pairs. Default 32.
	Bands int `yaml:"bands" jsonschema_description:"Bands of the signature, 1 to 256; documents that agree on all rows of one band are compared. More bands find less similar pairs. Default 32."`
	// Rows of a band, 1 to 64. More rows leave out less similar pairs. Default 8.
	Rows int `yaml:"rows" jsonschema_description:"Rows of a band, 1 to 64. More rows leave out less similar pairs. Default 8."`
	// Least Jaccard similarity of a duplicate pair's sets of shingles, 0 to 1. Default 0.7.
	Threshold float64 `yaml:"threshold" jsonschema_description:"Least Jaccard similarity of a duplicate pair's sets of shingles, 0 to 1. Default 0.7."`
	// Verify compares each pair that the bands find by its whole sets of shingles; false takes all of them, whatever the threshold. Default true.
	Verify bool `yaml:"verify" jsonschema_description:"Compare each pair that the bands find by its whole sets of shingles; false takes all of them, whatever the threshold. Default true."`
	// Seed of the hash functions; signatures of different seeds cannot be compared. Default 1.
	Seed uint64 `yaml:"seed" jsonschema_description:"Seed of the hash functions; signatures of different seeds cannot be compared. Default 1."`
}

// DefaultMinHashOptions returns the defaults: words by five as FineWeb, 32 bands of 8 rows and a threshold of 0.7.
func DefaultMinHashOptions() MinHashOptions {
	return MinHashOptions{Ngram: 5, Bands: 32, Rows: 8, Threshold: 0.7, Verify: true, Seed: 1}
}

// Validate returns a *corpus.OptionError for the first bad value.
func (o MinHashOptions) Validate() error {
	switch {
	case o.Ngram < 1 || o.Ngram > maxNgram:
		return corpus.BadOption("ngram", "%d is not between 1 and %d", o.Ngram, maxNgram)
	case o.Bands < 1 || o.Bands > maxBands:
		return corpus.BadOption("bands", "%d is not between 1 and %d", o.Bands, maxBands)
	case o.Rows < 1 || o.Rows > maxRows:
		return corpus.BadOption("rows", "%d is not between 1 and %d", o.Rows, maxRows)
	case !(o.Threshold >= 0 && o.Threshold <= 1): // also refuses NaN
		return corpus.BadOption("threshold", "%v is not between 0 and 1", o.Threshold)
	}
	return nil
}
