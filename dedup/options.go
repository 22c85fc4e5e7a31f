package dedup

import (
	"math"

	"corpus"
)

// The most that MinHashOptions allow.
const (
	maxNgram      = 64
	maxCharacters = 1024
	maxBands      = 256 // a band's index is one byte of its key
	maxRows       = 64
)

// MinHashOptions configure MinHash.
type MinHashOptions struct {
	// Shingle is what shingles are made of: "word" or "character". Default word.
	Shingle string `yaml:"shingle" jsonschema:"enum=word,enum=character" jsonschema_description:"What shingles are made of: word or character. Default word."`
	// Words in a shingle, 1 to 64. Default 5.
	Ngram int `yaml:"ngram" jsonschema_description:"Words in a shingle, 1 to 64. Default 5."`
	// Characters in a shingle of characters, 1 to 1024. Default 24.
	Characters int `yaml:"characters" jsonschema_description:"Characters in a shingle of characters, 1 to 1024. Default 24."`
	// Bands of the signature, 1 to 256; documents that agree on all rows of one band are compared. More bands find less similar pairs. Default 32; 0 for
	// both bands and rows chooses them for threshold and recall.
	Bands int `yaml:"bands" jsonschema_description:"Bands of the signature, 1 to 256; documents that agree on all rows of one band are compared. More bands find less similar pairs. Default 32; 0 for both bands and rows chooses them for threshold and recall."`
	// Rows of a band, 1 to 64. More rows leave out less similar pairs. Default 8; 0 with bands.
	Rows int `yaml:"rows" jsonschema_description:"Rows of a band, 1 to 64. More rows leave out less similar pairs. Default 8; 0 with bands."`
	// Recall is the least probability, above 0 and below 1, of catching a pair as similar as the threshold, where bands and rows are chosen. Default 0.95.
	Recall float64 `yaml:"recall" jsonschema:"exclusiveMinimum=0,exclusiveMaximum=1" jsonschema_description:"Least probability, above 0 and below 1, of catching a pair as similar as the threshold, where bands and rows are chosen. Default 0.95."`
	// Least Jaccard similarity of a duplicate pair's sets of shingles, 0 to 1. Default 0.7.
	Threshold float64 `yaml:"threshold" jsonschema_description:"Least Jaccard similarity of a duplicate pair's sets of shingles, 0 to 1. Default 0.7."`
	// Verify compares each pair that the bands find by its whole sets of shingles; false takes all of them, whatever the threshold. Default true.
	Verify bool `yaml:"verify" jsonschema_description:"Compare each pair that the bands find by its whole sets of shingles; false takes all of them, whatever the threshold. Default true."`
	// Seed of the hash functions; signatures of different seeds cannot be compared. Default 1.
	Seed uint64 `yaml:"seed" jsonschema_description:"Seed of the hash functions; signatures of different seeds cannot be compared. Default 1."`
	// Family of the hash functions: "sketch", or "datatrove" for the signatures of datatrove, which has its own words and a seed below 2^32. Default sketch.
	Family string `yaml:"family" jsonschema:"enum=sketch,enum=datatrove" jsonschema_description:"Family of the hash functions: sketch, or datatrove for the signatures of datatrove, which has its own words and a seed below 2^32. Default sketch."`
	// Hash of the shingles of the family datatrove: "xxhash" or "sha1". Default xxhash.
	Hash string `yaml:"hash" jsonschema:"enum=xxhash,enum=sha1" jsonschema_description:"Hash of the shingles of the family datatrove: xxhash or sha1. Default xxhash."`
	// Precision of the hashes of the family datatrove in bits, 64 or 32. Default 64.
	Precision int `yaml:"precision" jsonschema:"enum=64,enum=32" jsonschema_description:"Bits of the hashes of the family datatrove: 64 or 32. Default 64."`
}

// DefaultMinHashOptions returns the defaults: words by five as FineWeb, 32 bands of 8 rows and a threshold of 0.7.
func DefaultMinHashOptions() MinHashOptions {
	return MinHashOptions{
		Shingle: shingleWord, Ngram: 5, Characters: 24, Bands: 32, Rows: 8, Recall: 0.95, Threshold: 0.7, Verify: true, Seed: 1,
		Family: familySketch, Hash: hashXX, Precision: 64,
	}
}

// Validate returns a *corpus.OptionError for the first bad value.
func (o MinHashOptions) Validate() error {
	chosen := o.Bands == 0 && o.Rows == 0
	switch {
	case o.Shingle != shingleWord && o.Shingle != shingleCharacter:
		return corpus.BadOption("shingle", "must be word or character, not %q", o.Shingle)
	case o.Ngram < 1 || o.Ngram > maxNgram:
		return corpus.BadOption("ngram", "%d is not between 1 and %d", o.Ngram, maxNgram)
	case o.Characters < 1 || o.Characters > maxCharacters:
		return corpus.BadOption("characters", "%d is not between 1 and %d", o.Characters, maxCharacters)
	case !chosen && (o.Bands < 1 || o.Bands > maxBands):
		return corpus.BadOption("bands", "%d is not between 1 and %d, nor are both bands and rows 0", o.Bands, maxBands)
	case !chosen && (o.Rows < 1 || o.Rows > maxRows):
		return corpus.BadOption("rows", "%d is not between 1 and %d, nor are both bands and rows 0", o.Rows, maxRows)
	case !(o.Recall > 0 && o.Recall < 1): // also refuses NaN
		return corpus.BadOption("recall", "%v is not between 0 and 1", o.Recall)
	case !(o.Threshold >= 0 && o.Threshold <= 1):
		return corpus.BadOption("threshold", "%v is not between 0 and 1", o.Threshold)
	}
	if chosen {
		if _, _, ok := chooseBands(o.Threshold, o.Recall); !ok {
			return corpus.BadOption("recall", "no %d values catch %v of the pairs of similarity %v", maxValues, o.Recall, o.Threshold)
		}
	}
	return o.validateFamily()
}

func (o MinHashOptions) validateFamily() error {
	switch {
	case o.Family != familySketch && o.Family != familyDatatrove:
		return corpus.BadOption("family", "must be sketch or datatrove, not %q", o.Family)
	case o.Hash != hashXX && o.Hash != hashSHA1:
		return corpus.BadOption("hash", "must be xxhash or sha1, not %q", o.Hash)
	case o.Precision != 64 && o.Precision != 32:
		return corpus.BadOption("precision", "must be 64 or 32, not %d", o.Precision)
	case o.Family == familyDatatrove && o.Shingle != shingleWord:
		return corpus.BadOption("shingle", "the family datatrove has shingles of words only")
	case o.Family == familyDatatrove && o.Seed > math.MaxUint32:
		return corpus.BadOption("seed", "%d is more than the family datatrove takes, %d", o.Seed, uint32(math.MaxUint32))
	}
	return nil
}
