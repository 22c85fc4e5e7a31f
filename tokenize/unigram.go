package tokenize

import (
	"corpus/tokenize/pretoken"
	"fmt"
	"math"
)

// specialScore is written as the score of special tokens. Hugging Face's tools look for them when they encode a word,
// where one may be spelled as a text is; with this score no best segmentation has one.
const specialScore = -1e6

// unigram encodes a word by the segmentation of the highest sum of scores, which are logarithms of probabilities (Kudo
// 2018, "Subword Regularization", section 3.2). Every byte has a token.
type unigram struct {
	vocab  []unigramToken // by id
	scores []float64      // by id: those of vocab, close together
	trie   *trie
}

type unigramToken struct {
	bytes   []byte // nil for a special token
	score   float64
	special string // its text, if the token is special
}

// newUnigram checks and indexes a vocabulary. The special tokens that are in vocab are listed in specials as well.
func newUnigram(pattern *pretoken.Pattern, vocab []unigramToken, specials []SpecialToken) (*Model, error) {
	for _, s := range specials {
		if err := checkWordSpecial(s.Content, ""); err != nil {
			return nil, err
		}
	}
	u := &unigram{vocab: vocab, scores: make([]float64, len(vocab))}
	var ids []uint32
	tokens := make([][]byte, len(vocab))
	for id, t := range vocab {
		if math.IsNaN(t.score) || math.IsInf(t.score, 0) {
			return nil, &ofToken{uint32(id), fmt.Errorf("token %d, %q, has the score %v", id, t.bytes, t.score)}
		}
		u.scores[id] = t.score
		if tokens[id] = t.bytes; t.bytes != nil {
			ids = append(ids, uint32(id))
		}
	}
	var err error
	if u.trie, err = checkedTrie(ids, func(id uint32) []byte { return vocab[id].bytes }); err != nil {
		return nil, err
	}
	if tokens, err = addSpecials(tokens, specials, u.trie.holds); err != nil {
		return nil, err
	}
	return newWordModel(pattern, tokens, specials, u), nil
}

func (u *unigram) kind() string { return KindUnigram }

// bestEnd is where in a word a segmentation may end: the best one's sum of scores and last token.
type bestEnd struct {
	score float64
	id    uint32 // noID: none was found so far
}

// encodeWord is the algorithm of Viterbi. Of segmentations with equal sums it takes, as Hugging Face's does, the one
// whose last token is longest, then the one before, and so on. It takes time in proportion to the word's bytes
// and the bytes of the longest token.
func (u *unigram) encodeWord(_ *mergeScratch, dst []uint32, word string) []uint32 {
	var few [48]bestEnd
	ends := few[:0]
	if len(word) >= len(few) {
		ends = make([]bestEnd, 0, len(word)+1)
	}
	ends = ends[:len(word)+1]
	for i := range ends {
		ends[i].id = noID
	}
	for i := range len(word) {
		here := ends[i].score
		u.offer(&ends[i+1], here, u.trie.single(word[i]))
		if i+1 == len(word) {
			break
		}
		for j, node := i+2, u.trie.pair(word[i], word[i+1]); node != 0; j++ {
			if id := u.trie.nodes[node].id; id != noID {
				u.offer(&ends[j], here, id)
			}
			if j == len(word) {
				break
			}
			node = u.trie.child(node, word[j])
		}
	}
	n := 0
	for i := len(word); i > 0; i -= len(u.vocab[ends[i].id].bytes) {
		n++
	}
	from := len(dst)
	for range n {
		dst = append(dst, 0)
	}
	for i, k := len(word), from+n-1; i > 0; k-- {
		dst[k] = ends[i].id
		i -= len(u.vocab[ends[i].id].bytes)
	}
	return dst
}

// offer ends a segmentation with a token, if its sum is higher than that of the best one so far.
func (u *unigram) offer(end *bestEnd, before float64, id uint32) {
	if score := before + u.scores[id]; end.id == noID || score > end.score {
		end.score, end.id = score, id
	}
}
