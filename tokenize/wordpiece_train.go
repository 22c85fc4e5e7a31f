package tokenize

import (
	"container/heap"
	"context"
	"corpus/tokenize/pretoken"
	"math"
)

// trainWordPiece makes a vocabulary by the rules of Hugging Face's WordPieceTrainer, which is that for BPE over letters
// of two kinds: those that begin a word and those that continue one. Two neighbours make a token of the kind of the
// left one; the next pair is the one seen most often, then of the least left and right id. The ids are the special
// tokens in order, the bytes that begin a word and those that continue one, each in the order of the byte-level
// alphabet (Hugging Face's has of the latter only those that were seen, in no order), and then the tokens made.
//
// It holds about 16 bytes for every byte of the distinct words. progress, if not nil, is called now and then with the
// merges made and the most that there can be.
func trainWordPiece(ctx context.Context, pattern *pretoken.Pattern, words *wordList, opts TrainOptions, progress func(merges, total int)) (*Model, error) {
	if err := checkWordSpecials(opts.SpecialTokens, wordPiecePrefix); err != nil {
		return nil, err
	}
	t := newWordPieceTrainer(opts)
	t.stats = words.stats
	t.stats.Wanted = opts.VocabSize - len(t.vocab)
	if err := t.load(words); err != nil {
		return nil, err
	}
	words.arena, words.words = nil, nil
	if err := t.run(ctx, progress); err != nil {
		return nil, err
	}
	m, err := newWordPiece(pattern, t.vocab, t.specials, wordPiecePrefix)
	if err != nil {
		return nil, err
	}
	m.stats = t.stats
	return m, nil
}

// wordPieceTrainer holds the ids of all distinct words behind one another and, for every pair of neighbours that may
// still be merged, the words that have it.
type wordPieceTrainer struct {
	opts     TrainOptions
	least    int64 // count that a pair must have
	vocab    []wordPieceToken
	specials []SpecialToken
	taken    map[string]bool // the special tokens
	stats    TrainStats

	ids    []uint32
	words  []wordSpan
	counts []int64 // by word
	pairs  []wordPair
	index  *pairTable // pair → index into pairs
	fresh  []uint32   // pairs that the merge at hand made
	queue  pairQueue
}

// wordSpan is where the ids of a word lie.
type wordSpan struct{ from, to uint32 }

type wordPair struct {
	left, right uint32
	count       int64
	words       []uint32 // those that have the pair or had it
}

func newWordPieceTrainer(opts TrainOptions) *wordPieceTrainer {
	t := &wordPieceTrainer{opts: opts, least: max(1, opts.MinFrequency), taken: make(map[string]bool), index: newPairTable(1 << 12)}
	for i, s := range opts.SpecialTokens {
		t.vocab = append(t.vocab, wordPieceToken{special: s})
		t.specials = append(t.specials, SpecialToken{uint32(i), s})
		t.taken[s] = true
	}
	for _, continues := range []bool{false, true} {
		for _, b := range alphabet() {
			t.vocab = append(t.vocab, wordPieceToken{bytes: []byte{b}, continues: continues})
		}
	}
	return t
}

// load takes the words in. Those of one byte have no pair.
func (t *wordPieceTrainer) load(list *wordList) error {
	var ids [256]uint32
	for i, b := range alphabet() {
		ids[b] = uint32(len(t.specials) + i)
	}
	if list.bytes >= math.MaxUint32 {
		return errTooManyWords
	}
	t.ids = make([]uint32, 0, list.bytes)
	for _, w := range list.words {
		if w.size < 2 {
			continue
		}
		from := uint32(len(t.ids))
		for i, b := range list.arena[w.at : w.at+w.size] {
			id := ids[b]
			if i > 0 {
				id += alphabetSize
			}
			t.ids = append(t.ids, id)
		}
		t.words = append(t.words, wordSpan{from, uint32(len(t.ids))})
		t.counts = append(t.counts, w.count)
	}
	t.countPairs()
	return nil
}

// countPairs counts the pairs of letters, and then lists the words of those that are seen often enough.
func (t *wordPieceTrainer) countPairs() {
	var places []uint32 // of each pair
	t.eachPair(func(left, right, word uint32) {
		i, ok := t.pair(left, right)
		if !ok {
			return
		}
		if int(i) == len(places) {
			places = append(places, 0)
		}
		places[i]++
		t.pairs[i].count += t.counts[word]
	})
	for i := range t.pairs {
		if p := &t.pairs[i]; p.count >= t.least {
			p.words = make([]uint32, 0, places[i])
		}
	}
	t.eachPair(func(left, right, word uint32) {
		if i, ok := t.pair(left, right); ok && t.pairs[i].count >= t.least {
			t.pairs[i].list(word)
		}
	})
}

// eachPair calls f with every pair of neighbours in every word.
func (t *wordPieceTrainer) eachPair(f func(left, right, word uint32)) {
	for word, span := range t.words {
		ids := t.ids[span.from:span.to]
		for i := 1; i < len(ids); i++ {
			f(ids[i-1], ids[i], uint32(word))
		}
	}
}

// pair returns the index of a pair, which may be new; ok is false if it would make a token of too many bytes.
func (t *wordPieceTrainer) pair(left, right uint32) (i uint32, ok bool) {
	if i, ok = t.index.get(makePair(left, right)); ok {
		return i, true
	}
	n := len(t.vocab[left].bytes) + len(t.vocab[right].bytes)
	if t.opts.MaxTokenLength > 0 && n > 2 && n >= t.opts.MaxTokenLength {
		return 0, false
	}
	i = uint32(len(t.pairs))
	t.index.put(makePair(left, right), i)
	t.pairs = append(t.pairs, wordPair{left: left, right: right})
	t.fresh = append(t.fresh, i)
	return i, true
}

// list notes that the pair is in a word.
func (p *wordPair) list(word uint32) {
	if n := len(p.words); n == 0 || p.words[n-1] != word {
		p.words = append(p.words, word)
	}
}

// more counts a pair that a merge made in a word.
func (t *wordPieceTrainer) more(left, right uint32, count int64, word uint32) {
	if i, ok := t.pair(left, right); ok {
		t.pairs[i].count += count
		t.pairs[i].list(word)
	}
}

// fewer counts a pair that a merge took away.
func (t *wordPieceTrainer) fewer(left, right uint32, count int64) {
	if i, ok := t.index.get(makePair(left, right)); ok {
		t.pairs[i].count -= count
	}
}

// run merges until the vocabulary is full or no pair is left.
func (t *wordPieceTrainer) run(ctx context.Context, progress func(merges, total int)) error {
	t.enqueue()
	for t.stats.Merges < t.stats.Wanted {
		if t.stats.Merges%256 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if progress != nil {
				progress(t.stats.Merges, t.stats.Wanted)
			}
		}
		i, ok := t.best()
		if !ok {
			break
		}
		p := t.pairs[i]
		t.pairs[i].words = nil
		token := wordPieceToken{continues: t.vocab[p.left].continues}
		token.bytes = append(append(token.bytes, t.vocab[p.left].bytes...), t.vocab[p.right].bytes...)
		if !token.continues && t.taken[spell(token.bytes)] {
			continue
		}
		id := uint32(len(t.vocab))
		t.vocab = append(t.vocab, token)
		t.stats.Merges++
		t.stats.LastCount = p.count
		for _, word := range p.words {
			t.merge(word, p.left, p.right, id)
		}
		t.enqueue()
	}
	if progress != nil {
		progress(t.stats.Merges, t.stats.Wanted)
	}
	return nil
}

// merge replaces a pair within a word, from left to right.
func (t *wordPieceTrainer) merge(word, left, right, id uint32) {
	span, n := t.words[word], t.counts[word]
	ids := t.ids[span.from:span.to]
	k := 0
	for i := 0; i < len(ids); i++ {
		if ids[i] != left || i+1 == len(ids) || ids[i+1] != right {
			ids[k] = ids[i]
			k++
			continue
		}
		if k > 0 {
			t.fewer(ids[k-1], left, n)
			t.more(ids[k-1], id, n, word)
		}
		if i++; i+1 < len(ids) {
			t.fewer(right, ids[i+1], n)
			t.more(id, ids[i+1], n, word)
		}
		ids[k] = id
		k++
	}
	t.words[word].to = span.from + uint32(k)
}

// enqueue puts the pairs that the last merge made into the queue. From now on each can only get fewer.
func (t *wordPieceTrainer) enqueue() {
	for _, i := range t.fresh {
		p := &t.pairs[i]
		if p.count < t.least {
			p.words = nil
			continue
		}
		t.queue = append(t.queue, queuedPair{p.count, p.left, p.right, i})
		if t.stats.Merges > 0 {
			heap.Fix(&t.queue, len(t.queue)-1)
		}
	}
	if t.stats.Merges == 0 {
		heap.Init(&t.queue)
	}
	t.fresh = t.fresh[:0]
}

// best takes the next pair from the queue.
func (t *wordPieceTrainer) best() (pair uint32, ok bool) {
	for len(t.queue) > 0 {
		top := &t.queue[0]
		p := &t.pairs[top.pair]
		if p.count == top.count {
			pair = top.pair
			t.queue.drop()
			return pair, true
		}
		if top.count = p.count; p.count < t.least {
			p.words = nil
			t.queue.drop()
			continue
		}
		heap.Fix(&t.queue, 0)
	}
	return 0, false
}

// queuedPair is a pair and the count that it had when it was put into the queue.
type queuedPair struct {
	count       int64
	left, right uint32
	pair        uint32
}

// pairQueue is a heap with the pair to merge first.
type pairQueue []queuedPair

func (q pairQueue) Len() int      { return len(q) }
func (q pairQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q pairQueue) Less(i, j int) bool {
	a, b := q[i], q[j]
	if a.count != b.count {
		return a.count > b.count
	}
	if a.left != b.left {
		return a.left < b.left
	}
	return a.right < b.right
}

func (q *pairQueue) Push(x any) { *q = append(*q, x.(queuedPair)) }
func (q *pairQueue) Pop() any {
	top := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return top
}

// drop takes the first pair away, without the memory that heap.Pop would need for its result.
func (q *pairQueue) drop() {
	n := len(*q) - 1
	(*q)[0] = (*q)[n]
	*q = (*q)[:n]
	if n > 0 {
		heap.Fix(q, 0)
	}
}
