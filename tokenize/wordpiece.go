package tokenize

import (
	"bytes"
	"corpus/tokenize/pretoken"
	"fmt"
	"slices"
	"strings"

	"corpus"
)

// wordPiecePrefix begins the spelling of a token that continues a word. Hugging Face's trainer has "##", but a word of
// text may begin with these characters as well ("###" would be read as the continuing "#"), and what such a word
// gives could not be decoded. No byte is spelled with this character, so that no word begins with it.
const wordPiecePrefix = "‿"

// maxInputChars is written as max_input_chars_per_word, in characters: Hugging Face's tools make one unknown token of
// a longer word. It is the most that a 32-bit machine can read.
const maxInputChars int64 = 1<<32 - 1

// leastInputChars is the least max_input_chars_per_word that is read. A file of less would make unknown tokens of words
// that occur, and they could not be decoded.
const leastInputChars = 1 << 20

// wordPiece encodes a word by its longest token, then the rest by the longest token that continues a word, and so on
// (Devlin et al. 2019, BERT; huggingface/tokenizers, models/wordpiece/mod.rs). Every byte has a token of either kind.
type wordPiece struct {
	vocab       []wordPieceToken // by id
	prefix      string
	first, rest *trie // tokens that begin a word and tokens that continue one
}

type wordPieceToken struct {
	bytes     []byte // nil: the id has no token, or a special one
	continues bool
	special   string // its text, if the token is special
}

// spelled is how the token is written in tokenizer.json; empty for none.
func (t wordPieceToken) spelled(prefix string) string {
	if t.bytes == nil {
		return t.special
	}
	if t.continues {
		return prefix + spell(t.bytes)
	}
	return spell(t.bytes)
}

// newWordPiece checks and indexes a vocabulary. The special tokens that are in vocab are listed in specials as well.
func newWordPiece(pattern *pretoken.Pattern, vocab []wordPieceToken, specials []SpecialToken, prefix string) (*Model, error) {
	if err := checkPrefix(prefix); err != nil {
		return nil, err
	}
	for _, s := range specials {
		if err := checkWordSpecial(s.Content, prefix); err != nil {
			return nil, err
		}
	}
	w := &wordPiece{vocab: vocab, prefix: prefix}
	var err error
	if w.first, err = w.index(false); err != nil {
		return nil, err
	}
	if w.rest, err = w.index(true); err != nil {
		return nil, err
	}
	tokens := make([][]byte, len(vocab))
	for id, t := range vocab {
		tokens[id] = t.bytes
	}
	if tokens, err = addSpecials(tokens, specials, w.first.holds); err != nil {
		return nil, err
	}
	return newWordModel(pattern, tokens, specials, w), nil
}

// checkPrefix refuses a prefix that is spelled as some bytes of text are.
func checkPrefix(prefix string) error {
	if _, err := unspell(prefix); err == nil {
		return fmt.Errorf("continuing_subword_prefix %q can begin a word of text, which could not be told from the continuation of one", prefix)
	}
	return nil
}

// checkWordSpecial refuses a special token that Hugging Face's tools would find in words, where it stood for a text. prefix is that
// of tokens that continue a word, or empty.
func checkWordSpecial(special, prefix string) error {
	if text := spelledBytes(special); text != "" && text != special {
		return specialError(special, "is written as the text %q is", text)
	}
	if prefix != "" && strings.HasPrefix(special, prefix) {
		return specialError(special, "begins with %q, as tokens do that continue a word", prefix)
	}
	return nil
}

// checkWordSpecials refuses options with such a special token before any work.
func checkWordSpecials(specials []string, prefix string) error {
	for _, s := range specials {
		if err := checkWordSpecial(s, prefix); err != nil {
			return corpus.BadOption("special_tokens", "%w", err)
		}
	}
	return nil
}

// index makes the trie of the tokens of one kind.
func (w *wordPiece) index(continues bool) (*trie, error) {
	var ids []uint32
	for id, t := range w.vocab {
		if t.bytes != nil && t.continues == continues {
			ids = append(ids, uint32(id))
		}
	}
	t, err := checkedTrie(ids, func(id uint32) []byte { return w.vocab[id].bytes })
	if err != nil && continues {
		return nil, fmt.Errorf("tokens that continue a word: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("tokens that begin a word: %w", err)
	}
	return t, nil
}

// holds says whether the trie has a token that is spelled so.
func (t *trie) holds(spelled string) bool {
	text := spelledBytes(spelled)
	_, n := t.longest(text)
	return n > 0 && n == len(text)
}

// checkedTrie makes a trie of tokens by id. It is an error if one is empty or there twice, or if a byte has none.
func checkedTrie(ids []uint32, token func(id uint32) []byte) (*trie, error) {
	slices.SortFunc(ids, func(a, b uint32) int {
		if c := bytes.Compare(token(a), token(b)); c != 0 {
			return c
		}
		return int(int64(a) - int64(b))
	})
	for i, id := range ids {
		if len(token(id)) == 0 {
			return nil, &ofToken{id, fmt.Errorf("token %d is empty", id)}
		}
		if i > 0 && bytes.Equal(token(ids[i-1]), token(id)) {
			return nil, &ofToken{id, fmt.Errorf("tokens %d and %d are both %q", ids[i-1], id, token(id))}
		}
	}
	t := newTrie(len(ids), func(i int) ([]byte, uint32) { return token(ids[i]), ids[i] })
	for b := range 256 {
		if t.single(byte(b)) == noID {
			return nil, fmt.Errorf("no token for the byte 0x%02x", b)
		}
	}
	return t, nil
}

// addSpecials puts the bytes of special tokens at their ids, which may leave ids free above the other tokens. It is an
// error if an id is taken, or if the text is the spelling of another token.
func addSpecials(tokens [][]byte, specials []SpecialToken, held func(spelled string) bool) ([][]byte, error) {
	most := uint32(len(tokens) + len(specials) + maxHoles)
	for _, s := range specials {
		if s.ID >= most {
			return nil, fmt.Errorf("id %d of token %q is not within 0 and %d", s.ID, s.Content, most-1)
		}
		for uint32(len(tokens)) <= s.ID {
			tokens = append(tokens, nil)
		}
		if other := tokens[s.ID]; other != nil {
			return nil, fmt.Errorf("tokens %q and %q both have the id %d", other, s.Content, s.ID)
		}
		if held(s.Content) {
			return nil, fmt.Errorf("special token %q is written as another token is", s.Content)
		}
		tokens[s.ID] = []byte(s.Content)
	}
	return tokens, nil
}

func (w *wordPiece) kind() string { return KindWordPiece }

func (w *wordPiece) encodeWord(_ *mergeScratch, dst []uint32, word string) []uint32 {
	t := w.first
	for len(word) > 0 {
		id, n := t.longest(word)
		dst, word, t = append(dst, id), word[n:], w.rest
	}
	return dst
}
