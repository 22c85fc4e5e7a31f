package tokenize

import (
	"context"
	"corpus/tokenize/pretoken"
	"fmt"
	"iter"
)

// TrainStats says what a model was trained on and how it ended.
type TrainStats struct {
	Words       int64 `json:"words"`       // distinct words
	Occurrences int64 `json:"occurrences"` // words in the text
	Bytes       int64 `json:"bytes"`       // of text
	// LeftOutWords are distinct words beyond TrainOptions.MaxWordBytes, and LeftOutOccurrences what they were in the
	// text. Both are among the figures above.
	LeftOutWords       int64 `json:"left_out_words"`
	LeftOutOccurrences int64 `json:"left_out_occurrences"`
	Merges             int   `json:"merges"`     // merges made
	Wanted             int   `json:"wanted"`     // merges that vocab_size asked for
	LastCount          int64 `json:"last_count"` // times that the last pair merged occurred
}

// Short says that the text had too few pairs for the vocabulary asked for.
func (s TrainStats) Short() bool { return s.Merges < s.Wanted }

// Coverage is the share of the text's words, 0 to 1, that the model was trained on.
func (s TrainStats) Coverage() float64 {
	if s.Occurrences == 0 {
		return 1
	}
	return 1 - float64(s.LeftOutOccurrences)/float64(s.Occurrences)
}

// Train makes a vocabulary from the counts of words. For BPE it follows the rules of Hugging Face's BpeTrainer. The ids are the special
// tokens in order, the 256 bytes in the order of the byte-level alphabet, and then the tokens that come of the merges.
// The next merge is that of the pair seen most often, then of the least left and right id.
// It ends at opts.VocabSize or when no pair is seen max(1, opts.MinFrequency) times; the latter is
// no error: see TrainStats.Short. A pair that spells a special token is never merged.
//
// The counts together must be less than 2^63. Of the words, the most frequent of at most opts.MaxWordBytes bytes are used. Memory: at most
// TrainMemory of their bytes. progress, if not nil, is called now and then with the merges made and the most that there can be.
func Train(ctx context.Context, words iter.Seq2[WordCount, error], opts TrainOptions, progress func(merges, total int)) (*Model, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	m, err := train(ctx, words, opts, progress)
	if err != nil {
		return nil, fmt.Errorf("train tokenizer: %w", err)
	}
	return m, nil
}

func train(ctx context.Context, words iter.Seq2[WordCount, error], opts TrainOptions, progress func(merges, total int)) (*Model, error) {
	pattern, err := pretoken.Find(opts.Pattern)
	if err != nil {
		return nil, err
	}
	list, err := selectWords(words, opts.MaxWordBytes)
	if err != nil {
		return nil, err
	}
	stats := list.stats
	learn := trainBPE
	switch opts.Model {
	case KindWordPiece:
		learn = trainWordPiece
	case KindUnigram:
		learn = trainUnigram
	}
	m, err := learn(ctx, pattern, list, opts, progress)
	if err != nil {
		return nil, err
	}
	stats.Merges, stats.Wanted, stats.LastCount = m.stats.Merges, m.stats.Wanted, m.stats.LastCount
	m.stats = stats
	eos := opts.EOSToken
	if id, ok := m.EOS(); ok && eos == "" {
		eos = string(m.tokens[id])
	}
	return m, m.setRoles(opts.BOSToken, eos, opts.PadToken)
}

// TrainMemory is about the most memory, in bytes, that training takes for distinct words of so many bytes together.
func TrainMemory(wordBytes int64) int64 { return 16 * wordBytes }
