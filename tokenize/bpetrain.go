package tokenize

import (
	"context"
	"corpus/tokenize/pretoken"
	"errors"
	"math"
	"slices"
)

// trainer learns merges. It holds the distinct words behind one another and, for every pair that may still be merged, its places.
// S is the narrowest type that holds all ids: most of the memory is ids.
type trainer[S uint16 | uint32] struct {
	opts     TrainOptions
	least    int64 // count that a pair must have: see leastCount
	specials []SpecialToken
	taken    map[string]bool // tokens that no merge may make, spelled in the byte-level alphabet
	tokens   [][]byte
	lengths  []uint32 // of the tokens, in bytes
	merges   []merge
	stats    TrainStats

	// symbols has one place for each byte of each word and a separator, noSymbol, around each word. A token's id stands at
	// its first byte and at its last. Between them is noSymbol or an older and thus smaller id, so that a place at which a pair began
	// and begins no longer never has the pair's left id again.
	symbols []S
	// The words are in order of their counts, the highest first: words of one count are a stretch of symbols.
	stretches []stretch
	coarse    []uint32 // place / coarseStep → index of the stretch there

	pairs  []pairState
	index  *pairTable // pair → index into pairs
	queue  candidates
	near   []neighbour // by id; used within one merge
	met    []uint32    // ids whose neighbour is in use
	lefts  []nearPlace // new pairs of one merge whose right half is the new token
	rights []nearPlace // and whose left half is
	spare  []uint32    // memory that short lists of places are cut from
}

// stretch is the words of one count: they end at place end.
type stretch struct {
	end   uint32
	count int64
}

const coarseStep = 64

type pairState struct {
	count  int64
	places []uint32 // where the pair begins, ascending; some are out of date
}

var errTooManyWords = errors.New("the distinct words are more than 4 GiB together")

// trainBPE learns merges from words.
func trainBPE(ctx context.Context, pattern *pretoken.Pattern, words *wordList, opts TrainOptions, progress func(merges, total int)) (*Model, error) {
	if opts.VocabSize < math.MaxUint16 {
		return runTrainer[uint16](ctx, pattern, words, opts, progress)
	}
	return runTrainer[uint32](ctx, pattern, words, opts, progress)
}

func runTrainer[S uint16 | uint32](ctx context.Context, pattern *pretoken.Pattern, words *wordList, opts TrainOptions, progress func(merges, total int)) (*Model, error) {
	t := newTrainer[S](opts)
	t.stats = words.stats
	t.stats.Wanted = opts.VocabSize - len(t.tokens)
	if err := t.load(words); err != nil {
		return nil, err
	}
	t.least = leastCount(words, opts, t.stats.Wanted)
	words.arena, words.words = nil, nil
	t.countPairs()
	if err := t.run(ctx, progress); err != nil {
		return nil, err
	}
	m, err := newModel(pattern, t.tokens, t.specials, t.merges)
	if err != nil {
		return nil, err
	}
	t.stats.Merges = len(t.merges)
	m.stats = t.stats
	return m, nil
}

// leastCount is a count below which no pair is ever merged, so that such pairs need not be kept: at least opts.MinFrequency, and that
// of the word at place merges+1 of those of two and more bytes. For if the last merge is of a pair seen n times, every word seen more often is one token by then, having
// no pair left, and each is a token of its own: there are no more of them than merges.
func leastCount(words *wordList, opts TrainOptions, merges int) int64 {
	least := max(1, opts.MinFrequency)
	if opts.MaxTokenLength > 0 {
		return least // words may end as several tokens whatever their count
	}
	var taken [256][]string // what no token may be, by the first byte
	for _, special := range opts.SpecialTokens {
		if b := spelledBytes(special); b != "" {
			taken[b[0]] = append(taken[b[0]], b)
		}
	}
	for _, w := range words.words {
		word := words.word(w).Word
		if len(word) < 2 || containsAny(word, &taken) {
			continue
		}
		if merges == 0 {
			return max(least, w.count)
		}
		merges--
	}
	return least
}

// containsAny says whether a word contains one of some strings, which are given by their first bytes.
func containsAny(word []byte, strings *[256][]string) bool {
	for i, b := range word {
		for _, s := range strings[b] {
			if len(s) <= len(word)-i && string(word[i:i+len(s)]) == s {
				return true
			}
		}
	}
	return false
}

func newTrainer[S uint16 | uint32](opts TrainOptions) *trainer[S] {
	t := &trainer[S]{opts: opts, taken: make(map[string]bool)}
	for i, s := range opts.SpecialTokens {
		t.addToken([]byte(s))
		t.specials = append(t.specials, SpecialToken{uint32(i), s})
		t.taken[s] = true
	}
	for _, b := range alphabet() {
		t.addToken([]byte{b})
	}
	return t
}

func (t *trainer[S]) addToken(token []byte) {
	t.tokens = append(t.tokens, token)
	t.lengths = append(t.lengths, uint32(len(token)))
	t.near = append(t.near, neighbour{})
}

// load takes the words in. Those of one byte have no pair.
func (t *trainer[S]) load(list *wordList) error {
	var ids [256]S
	for i, b := range alphabet() {
		ids[b] = S(len(t.specials) + i)
	}
	if list.bytes+1 >= math.MaxUint32 {
		return errTooManyWords
	}
	t.symbols = make([]S, 1, list.bytes+1)
	t.symbols[0] = noSymbol[S]()
	for _, w := range list.words {
		if w.size < 2 {
			continue
		}
		if n := len(t.stretches); n == 0 || t.stretches[n-1].count != w.count {
			t.stretches = append(t.stretches, stretch{count: w.count})
		}
		for _, b := range list.arena[w.at : w.at+w.size] {
			t.symbols = append(t.symbols, ids[b])
		}
		t.symbols = append(t.symbols, noSymbol[S]())
		t.stretches[len(t.stretches)-1].end = uint32(len(t.symbols))
	}
	s := 0
	for at := 0; at < len(t.symbols); at += coarseStep {
		for s < len(t.stretches) && uint32(at) >= t.stretches[s].end {
			s++
		}
		t.coarse = append(t.coarse, uint32(s))
	}
	return nil
}

// noSymbol is no id.
func noSymbol[S uint16 | uint32]() S { return ^S(0) }

// stretchOf returns the index of the stretch that a place is in; s is that of a place before it.
func (t *trainer[S]) stretchOf(at uint32, s uint32) uint32 {
	if at < t.stretches[s].end {
		return s
	}
	s = max(s, t.coarse[at/coarseStep])
	for at >= t.stretches[s].end {
		s++
	}
	return s
}

// countPairs fills the queue with the pairs of bytes.
func (t *trainer[S]) countPairs() {
	t.index = newPairTable(1 << 12)
	base := uint32(len(t.specials))
	counts, places := make([]int64, 1<<16), make([]uint32, 1<<16)
	t.eachPair(func(left, right S, _ uint32, count int64) {
		k := (uint32(left)-base)<<8 | (uint32(right) - base)
		counts[k] += count
		places[k]++
	})
	first := len(t.pairs)
	slot := make([]int32, 1<<16)
	for k, n := range counts {
		slot[k] = -1
		if n >= t.least {
			slot[k] = int32(len(t.pairs))
			t.addPair(makePair(base+uint32(k>>8), base+uint32(k&0xff)), n, t.makePlaces(places[k]))
		}
	}
	if len(t.pairs) == first {
		return
	}
	t.eachPair(func(left, right S, at uint32, _ int64) {
		if s := slot[(uint32(left)-base)<<8|(uint32(right)-base)]; s >= 0 {
			t.pairs[s].places = append(t.pairs[s].places, at)
		}
	})
}

// eachPair calls f with every pair of neighbouring bytes, its place and its word's count.
func (t *trainer[S]) eachPair(f func(left, right S, at uint32, count int64)) {
	at := uint32(1)
	for _, s := range t.stretches {
		left := noSymbol[S]()
		for ; at < s.end; at++ {
			right := t.symbols[at]
			if left != noSymbol[S]() && right != noSymbol[S]() {
				f(left, right, at-1, s.count)
			}
			left = right
		}
	}
}

// makePlaces returns an empty list with room for n places.
func (t *trainer[S]) makePlaces(n uint32) []uint32 {
	const chunk = 4096
	if n > chunk/16 {
		return make([]uint32, 0, n)
	}
	if int(n) > len(t.spare) {
		t.spare = make([]uint32, chunk)
	}
	list := t.spare[:0:n]
	t.spare = t.spare[n:]
	return list
}

// addPair takes up a new pair.
func (t *trainer[S]) addPair(p pair, count int64, places []uint32) {
	n := uint32(len(t.pairs))
	t.pairs = append(t.pairs, pairState{count, places})
	t.index.put(p, n)
	t.queue.push(candidate{count, p, n})
}

// run merges until the vocabulary is full or no pair is left.
func (t *trainer[S]) run(ctx context.Context, progress func(merges, total int)) error {
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
		t.addToken(token)
		t.merges = append(t.merges, g)
		t.stats.LastCount = best.count
		places := t.pairs[best.index].places
		t.pairs[best.index] = pairState{}
		t.apply(g, places)
	}
	if progress != nil {
		progress(len(t.merges), t.stats.Wanted)
	}
	return nil
}

// best takes the next pair from the queue.
func (t *trainer[S]) best() (candidate, bool) {
	for len(t.queue) > 0 {
		top := t.queue[0]
		switch count := t.pairs[top.index].count; {
		case count == top.count:
			return t.queue.pop(), true
		case count < t.least: // it can only get fewer
			t.queue.pop()
		default:
			t.queue[0].count = count
			t.queue.fix()
		}
	}
	return candidate{}, false
}
