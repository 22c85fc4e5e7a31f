package tokenize

import (
	"bytes"
	"fmt"
	"slices"
)

// Model is a byte-level BPE vocabulary. It does not change and is safe for concurrent use.
//
// Invariants: every byte has a token; no two tokens have the same bytes; every other token but the special ones
// is made by exactly one merge, and encoding its bytes gives it back. From the last follows that a word which
// is a token needs no merging, and that merging by rank of the pair, as Hugging Face does, and by rank of
// the token that comes of it, as tiktoken does, give the same ids.
type Model struct {
	pattern  *Pattern
	tokens   [][]byte       // by id; nil where an id has no token
	specials []SpecialToken // by id, ascending
	bytes    [256]uint32
	merges   []merge
	ranks    *pairTable // pair → index into merges
	ids      map[string]uint32
	longest  int // bytes of the longest token that is not special
	eos      int64
	stats    TrainStats
}

// merge makes a token of two neighbours. Its rank is its index among the merges.
type merge struct{ left, right, id uint32 }

func (m merge) pair() pair { return makePair(m.left, m.right) }

// SpecialToken is a token that no text gives.
type SpecialToken struct {
	ID      uint32
	Content string
}

// newModel checks and indexes a vocabulary. tokens holds the special tokens as well; merges may hold several ways to
// make a token, of which those that can never apply are dropped.
func newModel(pattern *Pattern, tokens [][]byte, specials []SpecialToken, merges []merge) (*Model, error) {
	m := &Model{pattern: pattern, tokens: tokens, specials: specials, ids: make(map[string]uint32, len(tokens))}
	slices.SortFunc(m.specials, func(a, b SpecialToken) int { return int(int64(a.ID) - int64(b.ID)) })
	ordinary := slices.Clone(tokens)
	for _, s := range specials {
		ordinary[s.ID] = nil
	}
	for id, t := range ordinary {
		if t == nil {
			continue
		}
		if len(t) == 0 {
			return nil, fmt.Errorf("token %d is empty", id)
		}
		if other, ok := m.ids[string(t)]; ok {
			return nil, fmt.Errorf("tokens %d and %d are both %q", other, id, t)
		}
		m.ids[string(t)] = uint32(id)
		m.longest = max(m.longest, len(t))
	}
	for _, s := range specials {
		if id, ok := m.ids[spelledBytes(s.Content)]; ok {
			return nil, fmt.Errorf("special token %q is written as token %d is", s.Content, id)
		}
	}
	if err := m.setBytes(ordinary); err != nil {
		return nil, err
	}
	if err := m.setMerges(merges); err != nil {
		return nil, err
	}
	m.setEOS("")
	return m, nil
}

// setBytes finds the tokens of single bytes.
func (m *Model) setBytes(tokens [][]byte) error {
	var found [256]bool
	for id, t := range tokens {
		if len(t) == 1 {
			m.bytes[t[0]], found[t[0]] = uint32(id), true
		}
	}
	if b := slices.Index(found[:], false); b >= 0 {
		return fmt.Errorf("no token for the byte 0x%02x", b)
	}
	return nil
}

// setMerges indexes the merges and leaves the one by which each token is made.
func (m *Model) setMerges(merges []merge) error {
	m.merges = merges
	m.ranks = newPairTable(len(merges))
	for rank, g := range merges {
		if err := m.checkMerge(g); err != nil {
			return fmt.Errorf("merge %d: %w", rank, err)
		}
		if other, ok := m.ranks.get(g.pair()); ok {
			return fmt.Errorf("merges %d and %d are both of %q and %q", other, rank, m.tokens[g.left], m.tokens[g.right])
		}
		m.ranks.put(g.pair(), uint32(rank))
	}
	last, err := m.lastMerges()
	if err != nil {
		return err
	}
	if len(last) == len(merges) {
		return nil
	}
	// Within a stretch of text that no merge crosses, merging goes as it does on the stretch alone. So a token
	// is only ever made by the merge that is the last when its own bytes are encoded.
	m.merges = make([]merge, 0, len(last))
	m.ranks = newPairTable(len(last))
	for rank, g := range merges {
		if r, ok := last[g.id]; ok && r == uint32(rank) {
			m.ranks.put(g.pair(), uint32(len(m.merges)))
			m.merges = append(m.merges, g)
		}
	}
	return nil
}

func (m *Model) checkMerge(g merge) error {
	for _, id := range [...]uint32{g.left, g.right, g.id} {
		if !m.ordinary(id) {
			return fmt.Errorf("id %d is not a token that text can give", id)
		}
	}
	l, r := m.tokens[g.left], m.tokens[g.right]
	if !bytes.Equal(slices.Concat(l, r), m.tokens[g.id]) {
		return fmt.Errorf("%q and %q do not make %q", l, r, m.tokens[g.id])
	}
	return nil
}

// ordinary says whether the id is that of a token that is not special.
func (m *Model) ordinary(id uint32) bool {
	t, ok := m.Token(id)
	if !ok {
		return false
	}
	own, ok := m.ids[string(t)]
	return ok && own == id
}

// lastMerges returns for every token of more than one byte the rank of the merge that ends the encoding of its
// bytes. It is an error if that does not give the token.
func (m *Model) lastMerges() (map[uint32]uint32, error) {
	last := make(map[uint32]uint32, len(m.merges))
	var scratch mergeScratch
	for id, t := range m.tokens {
		if len(t) < 2 || !m.ordinary(uint32(id)) {
			continue
		}
		rank, whole := m.lastMerge(&scratch, t)
		if !whole {
			return nil, fmt.Errorf("token %d, %q, is unreachable: no merges lead to it", id, t)
		}
		last[uint32(id)] = rank
	}
	return last, nil
}

// setEOS picks the token that ends documents: the one named, else <|endoftext|>, else the first special token.
func (m *Model) setEOS(name string) {
	m.eos = -1
	for _, want := range []string{name, EndOfText} {
		for _, s := range m.specials {
			if s.Content == want {
				m.eos = int64(s.ID)
				return
			}
		}
	}
	if len(m.specials) > 0 {
		m.eos = int64(m.specials[0].ID)
	}
}

// Pattern is the rule that cuts text into words.
func (m *Model) Pattern() *Pattern { return m.pattern }

// VocabSize is the highest id and 1.
func (m *Model) VocabSize() int { return len(m.tokens) }

// Merges is the number of merge rules.
func (m *Model) Merges() int { return len(m.merges) }

// EOS returns the token that ends a document; ok is false if the vocabulary has no special token.
func (m *Model) EOS() (id uint32, ok bool) { return uint32(max(m.eos, 0)), m.eos >= 0 }

// SpecialTokens returns the special tokens in order of their ids.
func (m *Model) SpecialTokens() []SpecialToken { return slices.Clone(m.specials) }

// Stats says how the training went; it is zero for a model that was loaded.
func (m *Model) Stats() TrainStats { return m.stats }

// Token returns a token's bytes, which must not be changed; ok is false where the id has no token.
func (m *Model) Token(id uint32) (token []byte, ok bool) {
	if int64(id) >= int64(len(m.tokens)) || m.tokens[id] == nil {
		return nil, false
	}
	return m.tokens[id], true
}

// Decode joins the bytes of tokens. The ids of a text give the text back, which need not be valid UTF-8 if only
// some of its ids are decoded. It is an error if an id has no token.
func (m *Model) Decode(ids []uint32) ([]byte, error) {
	var out []byte
	for i, id := range ids {
		t, ok := m.Token(id)
		if !ok {
			return nil, fmt.Errorf("decode: id %d at index %d is not in the vocabulary of %d", id, i, len(m.tokens))
		}
		out = append(out, t...)
	}
	return out, nil
}
