package tokenize

import (
	"bytes"
	"cmp"
	"context"
	"corpus/tokenize/pretoken"
	"math"
	"slices"
	"sort"
)

const (
	emSteps   = 2    // steps of expectation and maximisation between two rounds of pruning
	shrinking = 0.75 // share of the pieces that a round of pruning leaves at least
	excess    = 1.1  // share of the wanted pieces at which pruning by rounds ends
	scoreUnit = 8192 // scores are rounded to a part of this size
)

// trainUnigram makes a vocabulary by the rules of sentencepiece's and Hugging Face's trainers (Kudo 2018, arXiv
// 1804.10959, section 3.2; huggingface/tokenizers, models/unigram/trainer.rs): it begins with the substrings that occur
// most often times their length, and in rounds fits the probabilities of the pieces by expectation-maximisation and
// drops those whose loss costs the least likelihood. What is otherwise than there:
//
//   - it begins with 16 pieces for each one wanted instead of 1,000,000, which on English text gives as few tokens;
//   - the 256 bytes are always kept, and pieces may be of 16 characters of text, not of the byte-level alphabet;
//   - substrings are counted as often as their words are, not once for every distinct word, and must be seen
//     twice; opts.MinFrequency has no meaning here;
//   - the last pieces too many are dropped by their loss as well, after which the probabilities are fitted once more;
//   - scores are rounded to 1/8192, so that sums of them are exact in float64, and ties are the same everywhere.
//
// The ids are the special tokens in order and then the pieces by score, the highest first, then by bytes. There are
// fewer than opts.VocabSize if the text has too few substrings: see TrainStats.Short, where merges are pieces of
// more than one byte.
//
// It holds about 10 bytes for every byte of the distinct words, and at most 150 MB for pieces if not more than 500,000
// are wanted. The result does not depend on the number of processors. progress, if not nil, is called after every round with the
// pieces dropped and the number that must be.
func trainUnigram(ctx context.Context, pattern *pretoken.Pattern, words *wordList, opts TrainOptions, progress func(dropped, total int)) (*Model, error) {
	if err := checkWordSpecials(opts.SpecialTokens, ""); err != nil {
		return nil, err
	}
	t := &unigramTrainer{want: opts.VocabSize - len(opts.SpecialTokens)}
	if err := t.load(words); err != nil {
		return nil, err
	}
	stats := words.stats
	words.arena, words.words = nil, nil
	maxBytes := maxPieceBytes
	if n := opts.MaxTokenLength; n > 0 {
		maxBytes = min(maxBytes, max(2, n-1))
	}
	var err error
	t.pieces, err = t.text.seeds(ctx, leastSeen, max(min(seedsPerPiece*t.want, mostSeeds), 2*t.want), maxBytes)
	if err != nil {
		return nil, err
	}
	t.dropSpelled(opts.SpecialTokens)
	if err := t.run(ctx, progress); err != nil {
		return nil, err
	}
	vocab, specials := t.vocab(opts.SpecialTokens)
	m, err := newUnigram(pattern, vocab, specials)
	if err != nil {
		return nil, err
	}
	stats.Wanted, stats.Merges = t.want-alphabetSize, len(t.pieces)-alphabetSize
	m.stats = stats
	return m, nil
}

// unigramTrainer holds the pieces that are left, sorted by their bytes.
type unigramTrainer struct {
	text   *unigramText
	chunks []int // the words where each part begins, and their number
	want   int   // pieces
	pieces []piece
	trie   *trie     // of the pieces; ids are indexes into them
	scores []float64 // of the pieces
	odds   []float64 // exp(scores)
}

// load takes the words in and parts them by their bytes.
func (t *unigramTrainer) load(words *wordList) error {
	if words.bytes+alphabetSize >= math.MaxUint32 {
		return errTooManyWords
	}
	t.text = newUnigramText(int(words.bytes))
	for _, w := range words.words {
		t.text.add(words.word(w))
	}
	all := len(t.text.bytes) - alphabetSize
	for i := range emChunks {
		bound := uint32(alphabetSize + all/emChunks*i)
		t.chunks = append(t.chunks, sort.Search(len(t.text.ends), func(i int) bool { return t.text.ends[i] > bound }))
	}
	t.chunks = append(t.chunks, len(t.text.ends))
	return nil
}

// dropSpelled takes away the pieces that are spelled as a special token is.
func (t *unigramTrainer) dropSpelled(specials []string) {
	for _, s := range specials {
		if text := spelledBytes(s); len(text) > 1 {
			t.pieces = slices.DeleteFunc(t.pieces, func(p piece) bool { return string(p.in(t.text.bytes)) == text })
		}
	}
}

// run fits and drops pieces until as many as wanted are left.
func (t *unigramTrainer) run(ctx context.Context, progress func(dropped, total int)) error {
	drop := max(0, len(t.pieces)-t.want)
	report := func() {
		if progress != nil {
			progress(drop-max(0, len(t.pieces)-t.want), drop)
		}
	}
	for report(); ; report() {
		for range emSteps {
			if err := t.fit(ctx, true); err != nil {
				return err
			}
		}
		if float64(len(t.pieces)) <= float64(t.want)*excess {
			break
		}
		if err := t.prune(ctx, max(int(float64(t.want)*excess), int(float64(len(t.pieces))*shrinking))); err != nil {
			return err
		}
	}
	if len(t.pieces) > t.want {
		if err := t.prune(ctx, t.want); err != nil {
			return err
		}
	}
	err := t.fit(ctx, false)
	report()
	return err
}

// index prepares the segmentation of words by the pieces.
func (t *unigramTrainer) index() {
	t.trie = newTrie(len(t.pieces), func(i int) ([]byte, uint32) { return t.pieces[i].in(t.text.bytes), uint32(i) })
	t.scores, t.odds = t.scores[:0], t.odds[:0]
	for _, p := range t.pieces {
		t.scores, t.odds = append(t.scores, p.score), append(t.odds, math.Exp(p.score))
	}
}

// fit is one step of expectation-maximisation. drop says to leave pieces out that are hardly expected. The digamma
// function makes rare ones rarer (Liang & Klein 2007, tutorial "Structured Bayesian Nonparametric Models with
// Variational Inference").
func (t *unigramTrainer) fit(ctx context.Context, drop bool) error {
	t.index()
	expected, err := t.sumWords(ctx, (*segmenter).expect)
	if err != nil {
		return err
	}
	var sum float64
	kept := t.pieces[:0]
	for i, p := range t.pieces {
		if n := expected[i]; n >= leastExpected {
			p.score = n
		} else if p.n == 1 || !drop {
			p.score = leastExpected
		} else {
			continue
		}
		sum += p.score
		kept = append(kept, p)
	}
	t.pieces = kept
	all := digamma(sum)
	for i := range t.pieces {
		t.pieces[i].score = digamma(t.pieces[i].score) - all
	}
	return nil
}

// prune leaves at most n pieces: the bytes, and those without which the likelihood would be lowest if in every best
// segmentation the best one of their own bytes stood for them. Pieces that no best segmentation has are dropped.
func (t *unigramTrainer) prune(ctx context.Context, n int) error {
	t.index()
	used, err := t.sumWords(ctx, func(s *segmenter, word []byte, count float64, sums []float64) {
		s.best(word, noID, func(piece uint32) { sums[piece] += count })
	})
	if err != nil {
		return err
	}
	var sum float64
	for _, n := range used {
		sum += n
	}
	type candidate struct {
		loss  float64
		piece int
	}
	var candidates []candidate
	s := t.newSegmenter()
	var others []uint32
	for i, p := range t.pieces {
		if i%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if p.n == 1 || used[i] == 0 {
			continue
		}
		others = others[:0]
		s.best(p.in(t.text.bytes), uint32(i), func(piece uint32) { others = append(others, piece) })
		log := math.Log(used[i]) - math.Log(sum)
		all := math.Log(sum + float64(used[i]*float64(len(others)-1)))
		for _, o := range others {
			log -= math.Log(used[o]+used[i]) - all
		}
		candidates = append(candidates, candidate{used[i] * log, i})
	}
	slices.SortFunc(candidates, func(a, b candidate) int {
		if c := cmp.Compare(b.loss, a.loss); c != 0 {
			return c
		}
		return cmp.Compare(a.piece, b.piece)
	})
	keep := make([]bool, len(t.pieces))
	for _, c := range candidates[:min(len(candidates), n-alphabetSize)] {
		keep[c.piece] = true
	}
	kept := t.pieces[:0]
	for i, p := range t.pieces {
		if p.n == 1 || keep[i] {
			kept = append(kept, p)
		}
	}
	t.pieces = kept
	return nil
}

// vocab gives the pieces their ids.
func (t *unigramTrainer) vocab(names []string) ([]unigramToken, []SpecialToken) {
	var specials []SpecialToken
	var vocab []unigramToken
	for i, s := range names {
		specials = append(specials, SpecialToken{uint32(i), s})
		vocab = append(vocab, unigramToken{special: s, score: specialScore})
	}
	for _, p := range t.pieces {
		score := math.Round(p.score*scoreUnit) / scoreUnit
		vocab = append(vocab, unigramToken{bytes: bytes.Clone(p.in(t.text.bytes)), score: score})
	}
	slices.SortStableFunc(vocab[len(names):], func(a, b unigramToken) int { return cmp.Compare(b.score, a.score) })
	return vocab, specials
}
