package tokenize

import (
	"bytes"
	"cmp"
	"corpus/tokenize/pretoken"
	"fmt"
	"slices"
)

// Model is a byte-level vocabulary. It does not change and is safe for concurrent use.
//
// Where Kind is "bpe", every byte has a token and no two tokens have the same bytes. Every other ordinary token is made by
// exactly one merge, and merging its bytes gives it back. From this follows that a word which is a
// token needs no merging, and that merging by rank of the pair, as Hugging Face does, and by rank of the token that comes
// of it, as tiktoken does, give the same ids.
//
// Some published vocabularies have tokens that merging never makes: 678 of the 128,000 of Llama 3. Their tools look for
// the whole word first, so such a token is only given by a word that it is the whole of. Lone lists them.
type Model struct {
	pattern  *pretoken.Pattern
	tokens   [][]byte       // by id; nil where an id has no token
	specials []SpecialToken // by id, ascending
	bytes    [256]uint32
	merges   []merge
	ranks    *pairTable // pair → index into merges
	lone     []uint32   // ids, ascending, of the tokens that no merge makes: only whole words give them
	ids      map[string]uint32
	longest  int // bytes of the longest token that is not special
	eos      int64
	bos      int64
	pad      int64
	words    wordModel             // nil: BPE, which is the merges above
	nfc      bool                  // text is brought to NFC before it is cut into words
	added    map[uint32]addedFlags // of special tokens for which a file says something unusual
	stats    TrainStats
	lazy     lazyTables
}

// wordModel turns words into ids in another way than by merging. It does not change and is safe for concurrent
// use. Together the bytes of the ids are the word, whatever its bytes.
type wordModel interface {
	// kind is the model's name in options: "wordpiece" or "unigram".
	kind() string
	// encodeWord appends the ids of a word, which is not empty, to dst.
	encodeWord(s *mergeScratch, dst []uint32, word string) []uint32
	// appendModelJSON writes the object "model" of tokenizer.json.
	appendModelJSON(b *jsonText)
	// appendDecoderJSON writes the object "decoder" of tokenizer.json.
	appendDecoderJSON(b *jsonText)
}

// merge makes a token of two neighbours. Its rank is its index among the merges.
type merge struct{ left, right, id uint32 }

func (m merge) pair() pair { return makePair(m.left, m.right) }

// SpecialToken is a token that no text gives.
type SpecialToken struct {
	ID      uint32
	Content string
}

// addedFlags are what a tokenizer.json says of an added token beside its text. Encode, which finds none, does not depend on them.
type addedFlags struct {
	plain      bool // decoding shows it even without special tokens: "special" is false
	normalized bool // it is only found between the others, behind the normaliser (of which there is none then)
}

// newWordModel makes a model that words encodes. tokens holds the bytes of the special tokens as well, and is nil where
// an id has no token; unlike with merges, several tokens may have the same bytes. The caller has checked that every
// text can be encoded.
func newWordModel(pattern *pretoken.Pattern, tokens [][]byte, specials []SpecialToken, words wordModel) *Model {
	m := baseModel(pattern, tokens, specials)
	m.words = words
	m.setEOS("")
	return m
}

func baseModel(pattern *pretoken.Pattern, tokens [][]byte, specials []SpecialToken) *Model {
	m := &Model{pattern: pattern, tokens: tokens, specials: specials, eos: -1, bos: -1, pad: -1}
	slices.SortFunc(m.specials, func(a, b SpecialToken) int { return cmp.Compare(a.ID, b.ID) })
	return m
}

// newModel checks and indexes a vocabulary. tokens holds the special tokens as well; merges may hold several ways to
// make a token, of which those that can never apply are dropped. A token that no merge makes is refused.
func newModel(pattern *pretoken.Pattern, tokens [][]byte, specials []SpecialToken, merges []merge) (*Model, error) {
	m := baseModel(pattern, tokens, specials)
	if err := m.setTokens(nil); err != nil {
		return nil, err
	}
	if err := m.setMerges(merges, false); err != nil {
		return nil, err
	}
	m.setEOS("")
	return m, nil
}

// setTokens indexes the ordinary tokens by their bytes. ids is that index if the caller has it, else nil.
func (m *Model) setTokens(ids map[string]uint32) error {
	m.ids = ids
	if ids == nil {
		m.ids = make(map[string]uint32, len(m.tokens))
	}
	var found [256]bool
	for id, t := range m.tokens {
		if t == nil || m.special(uint32(id)) {
			continue
		}
		if len(t) == 0 {
			return &ofToken{uint32(id), fmt.Errorf("token %d is empty", id)}
		}
		if ids == nil {
			if other, ok := m.ids[string(t)]; ok {
				return &ofToken{uint32(id), fmt.Errorf("tokens %d and %d are both %q", other, id, t)}
			}
			m.ids[string(t)] = uint32(id)
		}
		m.longest = max(m.longest, len(t))
		if len(t) == 1 {
			m.bytes[t[0]], found[t[0]] = uint32(id), true
		}
	}
	if b := slices.Index(found[:], false); b >= 0 {
		return fmt.Errorf("no token for the byte 0x%02x", b)
	}
	for _, s := range m.specials {
		if id, ok := m.ids[spelledBytes(s.Content)]; ok {
			return &ofToken{s.ID, fmt.Errorf("special token %q is written as token %d is", s.Content, id)}
		}
	}
	return nil
}

// setMerges indexes the merges and leaves the one by which each token is made. A token that none makes is
// refused, unless whole words come first and it is a word.
func (m *Model) setMerges(merges []merge, wholeFirst bool) error {
	m.merges = merges
	m.ranks = newPairTable(len(merges))
	for rank, g := range merges {
		if err := m.checkMerge(g); err != nil {
			return &ofMerge{rank, fmt.Errorf("merge %d: %w", rank, err)}
		}
		if other, ok := m.ranks.get(g.pair()); ok {
			return &ofMerge{rank, fmt.Errorf("merges %d and %d are both of %q and %q", other, rank, m.tokens[g.left], m.tokens[g.right])}
		}
		m.ranks.put(g.pair(), uint32(rank))
	}
	last, err := m.lastMerges(wholeFirst)
	if err != nil {
		return err
	}
	kept := 0
	for rank, g := range merges {
		if last[g.id] == uint32(rank) {
			kept++
		}
	}
	if kept == len(merges) {
		return nil
	}
	// Within a stretch of text that no merge crosses, merging goes as it does on the stretch alone. So a token
	// is only ever made by the merge that is the last when its own bytes are encoded.
	m.merges = make([]merge, 0, kept)
	m.ranks = newPairTable(kept)
	for rank, g := range merges {
		if last[g.id] == uint32(rank) {
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
	l, r, t := m.tokens[g.left], m.tokens[g.right], m.tokens[g.id]
	if len(l)+len(r) != len(t) || !bytes.HasPrefix(t, l) || !bytes.HasSuffix(t, r) {
		return fmt.Errorf("%q and %q do not make %q", l, r, t)
	}
	return nil
}

// lastMerges returns by id the rank of the merge that ends the encoding of a token's bytes; noRank for the tokens of
// one byte, the special ones, and those that merging does not make, which it lists in m.lone.
func (m *Model) lastMerges(wholeFirst bool) ([]uint32, error) {
	last := make([]uint32, len(m.tokens))
	m.lone = nil
	var scratch mergeScratch
	for id, t := range m.tokens {
		last[id] = noRank
		if len(t) < 2 || !m.ordinary(uint32(id)) {
			continue
		}
		rank, whole := m.lastMerge(&scratch, t)
		switch {
		case whole:
			last[id] = rank
		case wholeFirst && m.isWord(t):
			m.lone = append(m.lone, uint32(id))
		case wholeFirst:
			return nil, &ofToken{uint32(id), fmt.Errorf("token %d, %q, is unreachable: no merges lead to it, and it is no word of the pattern %s", id, t, m.pattern.Name)}
		default:
			return nil, &ofToken{uint32(id), fmt.Errorf("token %d, %q, is unreachable: no merges lead to it", id, t)}
		}
	}
	return last, nil
}

// isWord says whether the pattern leaves the bytes in one piece.
func (m *Model) isWord(token []byte) bool {
	return m.pattern.Next(string(token), 0) == len(token)
}

// ordinary says whether the id is that of a token that is not special.
func (m *Model) ordinary(id uint32) bool {
	_, ok := m.Token(id)
	return ok && !m.special(id)
}

// special says whether the id is that of a special token.
func (m *Model) special(id uint32) bool {
	_, ok := slices.BinarySearchFunc(m.specials, id, func(s SpecialToken, id uint32) int { return cmp.Compare(s.ID, id) })
	return ok
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

// setRoles names the special tokens that begin a document, end one and fill sequences up; empty for none. A name that
// is no special token is an error.
func (m *Model) setRoles(bos, eos, pad string) error {
	for _, role := range []struct {
		key, name string
		id        *int64
	}{{"bos_token", bos, &m.bos}, {"eos_token", eos, &m.eos}, {"pad_token", pad, &m.pad}} {
		*role.id = -1
		if role.name == "" {
			continue
		}
		i := slices.IndexFunc(m.specials, func(s SpecialToken) bool { return s.Content == role.name })
		if i < 0 {
			return fmt.Errorf("%s %q is not one of the special tokens", role.key, role.name)
		}
		*role.id = int64(m.specials[i].ID)
	}
	return nil
}

// Pattern is the rule that cuts text into words.
func (m *Model) Pattern() *pretoken.Pattern { return m.pattern }

// VocabSize is the highest id and 1.
func (m *Model) VocabSize() int { return len(m.tokens) }

// Merges is the number of merge rules.
func (m *Model) Merges() int { return len(m.merges) }

// EOS returns the token that ends a document; ok is false if the vocabulary has no special token.
func (m *Model) EOS() (id uint32, ok bool) { return uint32(max(m.eos, 0)), m.eos >= 0 }

// BOS returns the token that begins a document; ok is false if none is named, for it is never guessed.
func (m *Model) BOS() (id uint32, ok bool) { return uint32(max(m.bos, 0)), m.bos >= 0 }

// Pad returns the token that fills sequences up; ok is false if none is named.
func (m *Model) Pad() (id uint32, ok bool) { return uint32(max(m.pad, 0)), m.pad >= 0 }

// Kind is how words become ids: "bpe", "wordpiece" or "unigram".
func (m *Model) Kind() string {
	if m.words == nil {
		return "bpe"
	}
	return m.words.kind()
}

// Lone returns the ids, ascending, of the tokens that no merge makes and that only whole words give.
func (m *Model) Lone() []uint32 { return slices.Clone(m.lone) }

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
