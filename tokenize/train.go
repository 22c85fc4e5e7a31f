package tokenize

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
)

// TrainStats says what a model was trained on and how it ended.
type TrainStats struct {
	Words       int64 `json:"words"`       // distinct words
	Occurrences int64 `json:"occurrences"` // words in the text
	Bytes       int64 `json:"bytes"`       // of text
	Merges      int   `json:"merges"`      // merges made
	Wanted      int   `json:"wanted"`      // merges that vocab_size asked for
	LastCount   int64 `json:"last_count"`  // times that the last pair merged occurred
}

// Short says that the text had too few pairs for the vocabulary asked for.
func (s TrainStats) Short() bool { return s.Merges < s.Wanted }

// Train makes a vocabulary from the counts of words, by the rules of Hugging Face's BpeTrainer. The ids are the special
// tokens in order, the 256 bytes in the order of the byte-level alphabet, and then the tokens that come of the merges.
// The next merge is that of the pair seen most often, then of the least left and right id.
// It ends at opts.VocabSize or when no pair is seen max(1, opts.MinFrequency) times; the latter is
// no error: see TrainStats.Short. A pair that spells a special token is never merged.
//
// It needs about 20 bytes of memory for every byte of the distinct words, which may be 4 GiB together. progress, if
// not nil, is called now and then with the merges made and the most that there can be.
func Train(ctx context.Context, words iter.Seq2[WordCount, error], opts TrainOptions, progress func(merges, total int)) (*Model, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	pattern, err := FindPattern(opts.Pattern)
	if err != nil {
		return nil, err
	}
	t := newTrainer(opts)
	if err := t.load(words); err != nil {
		return nil, fmt.Errorf("train tokenizer: %w", err)
	}
	t.countPairs()
	if err := t.run(ctx, progress); err != nil {
		return nil, fmt.Errorf("train tokenizer: %w", err)
	}
	m, err := newModel(pattern, t.tokens, t.specials, t.merges)
	if err != nil {
		return nil, fmt.Errorf("train tokenizer: %w", err)
	}
	t.stats.Merges = len(t.merges)
	m.stats = t.stats
	return m, nil
}

// trainer holds all distinct words behind one another and, for every pair that may still be merged, its places.
type trainer struct {
	opts     TrainOptions
	least    int64 // count that a pair must have
	specials []SpecialToken
	taken    map[string]bool // tokens that no merge may make, spelled in the byte-level alphabet
	tokens   [][]byte
	merges   []merge
	stats    TrainStats

	symbols []symbol
	counts  []int64 // of each word

	pairs []pairState
	index *pairTable // pair → index into pairs
	queue candidates
	near  []neighbour // by id; used within one merge
	met   []uint32    // ids whose neighbour is in use
}

// symbol is one place of one byte. Words are kept apart by a separator, symbol{noID, noID}.
type symbol struct {
	id    uint32 // of the token that begins here, or noID
	start uint32 // place where the token begins that ends here
}

// place is where a pair begins and the word that it is in.
type place struct{ at, word uint32 }

type pairState struct {
	count  int64
	places []place // ascending; some are out of date
}

func newTrainer(opts TrainOptions) *trainer {
	t := &trainer{opts: opts, least: max(1, opts.MinFrequency), taken: make(map[string]bool)}
	for i, s := range opts.SpecialTokens {
		t.tokens = append(t.tokens, []byte(s))
		t.specials = append(t.specials, SpecialToken{uint32(i), s})
		t.taken[s] = true
	}
	for _, b := range alphabet() {
		t.tokens = append(t.tokens, []byte{b})
	}
	t.stats.Wanted = opts.VocabSize - len(t.tokens)
	return t
}

var errTooManyWords = errors.New("the distinct words are more than 4 GiB together")

// load takes the words in. Those of one byte have no pair and are only counted.
func (t *trainer) load(words iter.Seq2[WordCount, error]) error {
	var ids [256]uint32
	for i, b := range alphabet() {
		ids[b] = uint32(len(t.specials) + i)
	}
	separator := symbol{noID, noID}
	t.symbols = append(t.symbols, separator)
	for w, err := range words {
		if err != nil {
			return err
		}
		if w.Count <= 0 || len(w.Word) == 0 {
			continue
		}
		t.stats.Words++
		t.stats.Occurrences += w.Count
		t.stats.Bytes += w.Count * int64(len(w.Word))
		if len(w.Word) < 2 {
			continue
		}
		if int64(len(t.symbols))+int64(len(w.Word))+1 >= noID {
			return errTooManyWords
		}
		for _, b := range w.Word {
			t.symbols = append(t.symbols, symbol{ids[b], uint32(len(t.symbols))})
		}
		t.symbols = append(t.symbols, separator)
		t.counts = append(t.counts, w.Count)
	}
	return nil
}

// countPairs fills the queue with the pairs of bytes.
func (t *trainer) countPairs() {
	base := uint32(len(t.specials))
	counts, places := make([]int64, 1<<16), make([]int32, 1<<16)
	t.eachPair(func(left, right uint32, at place) {
		k := (left-base)<<8 | (right - base)
		counts[k] += t.counts[at.word]
		places[k]++
	})
	t.index = newPairTable(1 << 12)
	slot := make([]int32, 1<<16)
	for k, n := range counts {
		slot[k] = -1
		if n >= t.least {
			slot[k] = int32(len(t.pairs))
			p := makePair(base+uint32(k>>8), base+uint32(k&0xff))
			t.addPair(p, n, make([]place, 0, places[k]))
		}
	}
	t.eachPair(func(left, right uint32, at place) {
		if s := slot[(left-base)<<8|(right-base)]; s >= 0 {
			t.pairs[s].places = append(t.pairs[s].places, at)
		}
	})
}

// eachPair calls f with every pair of neighbouring bytes.
func (t *trainer) eachPair(f func(left, right uint32, at place)) {
	word := uint32(0)
	for i := 1; i+1 < len(t.symbols); i++ {
		switch left, right := t.symbols[i].id, t.symbols[i+1].id; {
		case left == noID:
			word++
		case right != noID:
			f(left, right, place{uint32(i), word})
		}
	}
}

// addPair takes up a new pair.
func (t *trainer) addPair(p pair, count int64, places []place) {
	n := uint32(len(t.pairs))
	t.pairs = append(t.pairs, pairState{count, places})
	t.index.put(p, n)
	t.queue.push(candidate{count, p, n})
}

// run merges until the vocabulary is full or no pair is left.
func (t *trainer) run(ctx context.Context, progress func(merges, total int)) error {
	t.near = make([]neighbour, len(t.tokens), t.opts.VocabSize)
	for len(t.merges) < t.stats.Wanted {
		if len(t.merges)%256 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if progress != nil {
				progress(len(t.merges), t.stats.Wanted)
			}
		}
		best, ok := t.best()
		if !ok {
			break
		}
		token := slices.Concat(t.tokens[best.pair.left()], t.tokens[best.pair.right()])
		if t.taken[spell(token)] {
			continue
		}
		g := merge{best.pair.left(), best.pair.right(), uint32(len(t.tokens))}
		t.tokens = append(t.tokens, token)
		t.near = append(t.near, neighbour{})
		t.merges = append(t.merges, g)
		t.stats.LastCount = best.count
		t.apply(g, t.pairs[best.index].places)
		t.pairs[best.index] = pairState{}
	}
	if progress != nil {
		progress(len(t.merges), t.stats.Wanted)
	}
	return nil
}

// best takes the next pair from the queue.
func (t *trainer) best() (candidate, bool) {
	for len(t.queue) > 0 {
		top := t.queue[0]
		state := &t.pairs[top.index]
		switch {
		case state.count == top.count:
			return t.queue.pop(), true
		case state.count < t.least: // it can only get fewer
			state.places = nil
			t.queue.pop()
		default:
			t.queue[0].count = state.count
			t.queue.fix()
		}
	}
	return candidate{}, false
}
