package tokenize

import (
	"bytes"
	"corpus/tokenize/pretoken"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// LoadTiktoken reads a .tiktoken file, one line for each token: its bytes in base64, a space and its rank, which is its
// id. Such files name neither the pattern nor the special tokens. Ids below the least rank must be those of special tokens.
func LoadTiktoken(path, pattern string, specials []SpecialToken) (*Model, error) {
	p, err := pretoken.Find(pattern)
	if err != nil {
		return nil, err
	}
	data, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("load tokenizer: %w", err)
	}
	m, err := parseTiktoken(data, p, specials)
	if err != nil {
		return nil, fmt.Errorf("load tokenizer %s: %w", path, err)
	}
	return m, nil
}

// parseTiktoken reads the text of a .tiktoken file. Errors name the line.
func parseTiktoken(data []byte, pattern *pretoken.Pattern, specials []SpecialToken) (*Model, error) {
	ranks := rankReader{limit: int64(bytes.Count(data, []byte{'\n'}) + 1 + maxHoles)}
	m, err := ranks.model(data, pattern, slices.Clone(specials))
	if err != nil {
		return nil, ranks.places.locate(data, false, err)
	}
	return m, nil
}

// rankReader reads the lines of a .tiktoken file.
type rankReader struct {
	places places
	limit  int64 // that ids are below
	tokens [][]byte
	ids    map[string]uint32
	arena  []byte
}

func (v *rankReader) model(data []byte, pattern *pretoken.Pattern, specials []SpecialToken) (*Model, error) {
	if err := v.read(data); err != nil {
		return nil, err
	}
	tokens, err := v.place(specials)
	if err != nil {
		return nil, err
	}
	m := baseModel(pattern, tokens, specials)
	if err := m.setTokens(v.ids); err != nil {
		return nil, err
	}
	return m, m.setRanks()
}

func (v *rankReader) read(data []byte) error {
	v.ids = make(map[string]uint32, bytes.Count(data, []byte{'\n'})+1)
	v.arena = make([]byte, 0, len(data)) // the tokens together are shorter
	offset := 0
	for text := range bytes.Lines(data) {
		if line := bytes.TrimRight(text, "\r\n"); len(line) > 0 {
			if err := v.line(line, offset); err != nil {
				return &atOffset{offset, err}
			}
		}
		offset += len(text)
	}
	if len(v.tokens) == 0 {
		return errors.New("file is empty")
	}
	return nil
}

func (v *rankReader) line(line []byte, offset int) error {
	word, number, ok := bytes.Cut(line, []byte{' '})
	if !ok {
		return errors.New("no space between a token and its rank")
	}
	from := len(v.arena)
	var err error
	if v.arena, err = base64.StdEncoding.AppendDecode(v.arena, word); err != nil {
		return err
	}
	token := v.arena[from:len(v.arena):len(v.arena)]
	id, err := strconv.ParseInt(string(number), 10, 64)
	switch {
	case err != nil:
		return fmt.Errorf("rank: %w", err)
	case len(token) == 0:
		return fmt.Errorf("token %d is empty", id)
	case len(token) > maxWord:
		return fmt.Errorf("token %d has %d bytes, more than %d", id, len(token), maxWord)
	case id < 0 || id >= min(v.limit, maxVocabSize):
		return fmt.Errorf("id %d of token %q is not within 0 and %d", id, token, min(v.limit, maxVocabSize)-1)
	}
	if other, ok := v.ids[string(token)]; ok {
		return fmt.Errorf("tokens %d and %d are both %q", other, id, token)
	}
	v.ids[string(token)] = uint32(id)
	for int64(len(v.tokens)) <= id {
		v.tokens = append(v.tokens, nil)
	}
	if other := v.tokens[id]; other != nil {
		return fmt.Errorf("tokens %q and %q both have the id %d", other, token, id)
	}
	v.tokens[id] = token
	v.places.setToken(int(id), offset)
	return nil
}

// place puts the special tokens among the others and checks that no id below the highest rank is free.
func (v *rankReader) place(specials []SpecialToken) ([][]byte, error) {
	names := make([]string, len(specials))
	tokens := v.tokens
	for i, s := range specials {
		names[i] = s.Content
		if int64(s.ID) >= v.limit+int64(len(specials)) {
			return nil, specialError(s.Content, "has the id %d, far above the others", s.ID)
		}
		for len(tokens) <= int(s.ID) {
			tokens = append(tokens, nil)
		}
		if other := tokens[s.ID]; other != nil {
			return nil, fmt.Errorf("tokens %q and %q both have the id %d", other, s.Content, s.ID)
		}
		tokens[s.ID] = []byte(s.Content)
	}
	if err := checkSpecials(names); err != nil {
		return nil, err
	}
	return tokens, checkGaps(tokens, len(v.tokens))
}

// setRanks finds the merges of a vocabulary whose ids are ranks: tiktoken looks for the whole word first, and then merges the two
// neighbours whose joined bytes have the lowest rank (openai/tiktoken, src/lib.rs, byte_pair_merge).
func (m *Model) setRanks() error {
	if m.setRanksBelow() {
		return nil
	}
	merges, err := m.everySplit()
	if err != nil {
		return err
	}
	return m.setMerges(merges, true)
}

// setRanksBelow finds the two parts of every token: what its bytes are merged to by the ranks below its own. By the
// invariant of Model no other two neighbours make it. It reports false if there is a token that they do not make.
func (m *Model) setRanksBelow() bool {
	m.merges, m.ranks = nil, newPairTable(len(m.ids))
	var scratch mergeScratch
	var parts []uint32
	for id, t := range m.tokens {
		if len(t) < 2 || !m.ordinary(uint32(id)) {
			continue
		}
		parts = m.mergeWord(&scratch, parts[:0], string(t))
		if len(parts) != 2 {
			return false
		}
		g := merge{parts[0], parts[1], uint32(id)}
		m.ranks.put(g.pair(), uint32(len(m.merges)))
		m.merges = append(m.merges, g)
	}
	return true
}

// maxSplits bounds what everySplit may find.
const maxSplits = 1 << 24

// everySplit returns all ways to make a token of two, by its rank. Of these setMerges keeps the one that merging uses.
func (m *Model) everySplit() ([]merge, error) {
	var merges []merge
	looked := 0
	for id, t := range m.tokens {
		if !m.ordinary(uint32(id)) {
			continue
		}
		looked += len(t) * len(t) // bytes hashed
		for i := 1; i < len(t); i++ {
			left, ok := m.ids[string(t[:i])]
			if !ok {
				continue
			}
			if right, ok := m.ids[string(t[i:])]; ok {
				merges = append(merges, merge{left, right, uint32(id)})
			}
		}
		if len(merges) > maxSplits || looked > 1<<32 {
			return nil, errors.New("a token is not made of the ranks below it, and there are too many long tokens to look for other ways")
		}
	}
	return merges, nil
}

// checkRanks says why the ids cannot serve as ranks: tiktoken would then give other ids. It is nil if they can.
func (m *Model) checkRanks() error {
	if m.words != nil {
		return fmt.Errorf("a vocabulary of the kind %s has no ranks", m.Kind())
	}
	if m.nfc {
		return errors.New("the format cannot say that text is brought to NFC")
	}
	byRank := baseModel(m.pattern, m.tokens, slices.Clone(m.specials))
	if err := byRank.setTokens(m.ids); err != nil {
		return err
	}
	if err := byRank.setRanks(); err != nil {
		return err
	}
	for i := range min(len(byRank.merges), len(m.merges)) {
		if a, b := byRank.merges[i], m.merges[i]; a != b {
			return fmt.Errorf("the ids are not in the order of the merges: merge %d makes token %d, and by the ranks it would make token %d", i, b.id, a.id)
		}
	}
	if len(byRank.merges) != len(m.merges) {
		return fmt.Errorf("%d merges would be %d by the ranks", len(m.merges), len(byRank.merges))
	}
	return nil
}

// appendTiktoken writes the vocabulary as a .tiktoken file, without the special tokens.
func (m *Model) appendTiktoken(dst []byte) []byte {
	for id, t := range m.tokens {
		if m.ordinary(uint32(id)) {
			dst = base64.StdEncoding.AppendEncode(dst, t)
			dst = append(dst, ' ')
			dst = strconv.AppendInt(dst, int64(id), 10)
			dst = append(dst, '\n')
		}
	}
	return dst
}
