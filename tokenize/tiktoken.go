package tokenize

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// knownRanks are the published rank files that are told by their number of tokens, with their special tokens
// (openai/tiktoken, tiktoken_ext/openai_public.py).
var knownRanks = []struct {
	size     int
	pattern  string
	specials []SpecialToken
}{
	{50256, "gpt2", []SpecialToken{{50256, EndOfText}}}, // r50k_base
	{100256, "cl100k", []SpecialToken{
		{100257, EndOfText}, {100258, "<|fim_prefix|>"}, {100259, "<|fim_middle|>"}, {100260, "<|fim_suffix|>"}, {100276, "<|endofprompt|>"},
	}},
	{199998, "o200k", []SpecialToken{{199999, EndOfText}, {200018, "<|endofprompt|>"}}},
}

// LoadTiktoken reads a .tiktoken file, one line for each token: its bytes in base64, a space and its rank, which is its
// id. Such files name neither the pattern nor the special tokens. Ids below the least rank must be those of special tokens.
func LoadTiktoken(path, pattern string, specials []SpecialToken) (*Model, error) {
	p, err := FindPattern(pattern)
	if err != nil {
		return nil, err
	}
	data, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("load tokenizer: %w", err)
	}
	vocab, err := parseTiktoken(data)
	if err == nil {
		var m *Model
		if m, err = newTiktoken(vocab, p, specials); err == nil {
			return m, nil
		}
	}
	return nil, fmt.Errorf("load tokenizer %s: %w", path, err)
}

// guessTiktoken reads a .tiktoken file from the folder dir.
func guessTiktoken(data []byte, dir string) (*Model, error) {
	vocab, err := parseTiktoken(data)
	if err != nil {
		return nil, err
	}
	for _, k := range knownRanks {
		if len(vocab.tokens) == k.size && vocab.tokens[0] != nil {
			p, err := FindPattern(k.pattern)
			if err != nil {
				return nil, err
			}
			return newTiktoken(vocab, p, k.specials)
		}
	}
	beside, err := loadFile(filepath.Join(dir, jsonFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("the pattern of %d ranks is not known, and there is no %s beside the file to name it", len(vocab.tokens), jsonFile)
	}
	if err != nil {
		return nil, fmt.Errorf("%s beside the file: %w", jsonFile, err)
	}
	m, err := newTiktoken(vocab, beside.pattern, beside.SpecialTokens())
	if err != nil {
		return nil, err
	}
	m.eos = beside.eos
	return m, nil
}

func parseTiktoken(data []byte) (*vocabBuilder, error) {
	vocab := vocabBuilder{limit: bytes.Count(data, []byte{'\n'}) + 1 + maxHoles}
	line := 0
	for text := range bytes.Lines(data) {
		line++
		text = bytes.TrimRight(text, "\r\n")
		if len(text) == 0 {
			continue
		}
		word, number, ok := bytes.Cut(text, []byte{' '})
		if !ok {
			return nil, fmt.Errorf("line %d has no space", line)
		}
		token, err := base64.StdEncoding.AppendDecode([]byte{}, word)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		rank, err := strconv.ParseInt(string(number), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("line %d: rank: %w", line, err)
		}
		if err := vocab.add(rank, token); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
	}
	if len(vocab.tokens) == 0 {
		return nil, errors.New("file is empty")
	}
	return &vocab, nil
}

// newTiktoken makes a model of ranks.
func newTiktoken(vocab *vocabBuilder, pattern *Pattern, specials []SpecialToken) (*Model, error) {
	ranked := slices.Clone(vocab.tokens)
	vocab.limit += len(specials)
	names := make([]string, len(specials))
	for i, s := range specials {
		names[i] = s.Content
		if err := vocab.add(int64(s.ID), []byte(s.Content)); err != nil {
			return nil, err
		}
	}
	if err := checkSpecials(names); err != nil {
		return nil, err
	}
	if err := vocab.checkGaps(len(ranked)); err != nil {
		return nil, err
	}
	merges, err := mergesOfRanks(ranked)
	if err != nil {
		return nil, err
	}
	return newModel(pattern, vocab.tokens, slices.Clone(specials), merges)
}

// mergesOfRanks finds the two parts of every token: what its bytes are merged to by the ranks below its own. tiktoken
// merges the two neighbours whose joined bytes have the lowest rank (src/lib.rs, byte_pair_merge);
// by the invariant of Model these are always the parts found here.
func mergesOfRanks(tokens [][]byte) ([]merge, error) {
	var m Model
	if err := m.setBytes(tokens); err != nil {
		return nil, err
	}
	m.ranks = newPairTable(len(tokens))
	var scratch mergeScratch
	var parts []uint32
	for id, t := range tokens {
		if len(t) < 2 {
			continue
		}
		parts = m.mergeWord(&scratch, parts[:0], string(t))
		if len(parts) == 1 {
			return nil, fmt.Errorf("tokens %d and %d are both %q", parts[0], id, t)
		}
		if len(parts) != 2 {
			return nil, fmt.Errorf("token %d, %q, is unreachable: the ranks below lead to %d tokens, not to its two parts", id, t, len(parts))
		}
		g := merge{parts[0], parts[1], uint32(id)}
		m.ranks.put(g.pair(), uint32(len(m.merges)))
		m.merges = append(m.merges, g)
	}
	return m.merges, nil
}

// tiktokenRanks says whether the ids can serve as ranks: the merges must come in the order of the ids that
// they make. (That a token is made in one way only is an invariant of Model.)
func (m *Model) tiktokenRanks() bool {
	for i := 1; i < len(m.merges); i++ {
		if m.merges[i-1].id >= m.merges[i].id {
			return false
		}
	}
	return true
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
