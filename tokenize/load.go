package tokenize

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// maxFile is the largest vocabulary file, in bytes, that is read.
const maxFile = 256 << 20

// maxHoles is the most ids that special tokens may leave free.
const maxHoles = 1 << 16

// The names of the files in a tokenizer's folder.
const (
	jsonFile     = "tokenizer.json"
	configFile   = "tokenizer_config.json"
	specialsFile = "special_tokens_map.json"
	tiktokenFile = "vocab.tiktoken"
)

// Load reads a tokenizer: a folder with a tokenizer.json, a tokenizer.json of byte-level BPE, or a .tiktoken file. For
// the latter see LoadTiktoken; the pattern and the special tokens are those of r50k_base, cl100k_base or
// o200k_base if it has as many tokens, else those of the tokenizer.json in the same folder.
//
// A vocabulary with gaps, duplicates or unreachable tokens is refused, and one that would need
// anything else than a known pattern and merging to give the ids that its makers' tools give. Post-processors are not
// applied: no special tokens are added.
func Load(path string) (*Model, error) {
	if info, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("load tokenizer: %w", err)
	} else if info.IsDir() {
		path = filepath.Join(path, jsonFile)
	}
	m, err := loadFile(path)
	if err != nil {
		return nil, fmt.Errorf("load tokenizer %s: %w", path, err)
	}
	return m, nil
}

func loadFile(path string) (*Model, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(path, ".tiktoken") {
		return guessTiktoken(data, filepath.Dir(path))
	}
	m, err := parseHF(data)
	if err != nil {
		return nil, err
	}
	eos, err := namedEOS(filepath.Join(filepath.Dir(path), configFile))
	if err != nil {
		return nil, err
	}
	m.setEOS(eos)
	return m, nil
}

// readFile reads a whole file of bounded size.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("file is larger than %d bytes", maxFile)
	}
	return data, nil
}

// namedEOS reads the eos_token of a tokenizer_config.json, which is a string or an added token;
// empty if there is no such file or token.
func namedEOS(path string) (string, error) {
	data, err := readFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var config struct {
		EOS json.RawMessage `json:"eos_token"`
	}
	if err := json.Unmarshal(data, &config); err != nil {
		return "", fmt.Errorf("%s: %w", configFile, err)
	}
	var name string
	if json.Unmarshal(config.EOS, &name) == nil {
		return name, nil
	}
	var token hfAddedToken
	if json.Unmarshal(config.EOS, &token) == nil {
		return token.Content, nil
	}
	return "", nil
}

// parseHF reads the text of a tokenizer.json.
func parseHF(data []byte) (*Model, error) {
	var f hfFile
	if err := json.Unmarshal(data, &f); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, fmt.Errorf("offset %d: %w", syntax.Offset, err)
		}
		return nil, err
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	pattern, err := f.pattern()
	if err != nil {
		return nil, err
	}
	tokens, specials, err := f.tokens()
	if err != nil {
		return nil, err
	}
	merges, err := f.merges(tokens)
	if err != nil {
		return nil, err
	}
	return newModel(pattern, tokens, specials, merges)
}

// tokens returns the tokens by id, and which of them are special. Added tokens all count as special.
func (f *hfFile) tokens() ([][]byte, []SpecialToken, error) {
	names := make([]string, 0, len(f.AddedTokens))
	special := make(map[string]int64, len(f.AddedTokens))
	for _, a := range f.AddedTokens {
		names = append(names, a.Content)
		special[a.Content] = a.ID
	}
	if err := checkSpecials(names); err != nil {
		return nil, nil, err
	}
	vocab := vocabBuilder{limit: len(f.Model.Vocab) + len(f.AddedTokens) + maxHoles}
	for _, e := range f.Model.Vocab {
		id, ok := special[e.token]
		if ok && id == e.id {
			continue
		}
		if ok {
			return nil, nil, fmt.Errorf("special token %q has the ids %d and %d", e.token, e.id, id)
		}
		token, err := unspell(e.token)
		if err != nil {
			return nil, nil, err
		}
		if err := vocab.add(e.id, token); err != nil {
			return nil, nil, err
		}
	}
	ordinary := len(vocab.tokens)
	var specials []SpecialToken
	for _, name := range names {
		if err := vocab.add(special[name], []byte(name)); err != nil {
			return nil, nil, err
		}
		specials = append(specials, SpecialToken{uint32(special[name]), name})
	}
	return vocab.tokens, specials, vocab.checkGaps(ordinary)
}

// merges resolves the merges' parts.
func (f *hfFile) merges(tokens [][]byte) ([]merge, error) {
	ids := make(map[string]uint32, len(f.Model.Vocab))
	for _, e := range f.Model.Vocab {
		ids[e.token] = uint32(e.id) // tokens has checked the range
	}
	merges := make([]merge, len(f.Model.Merges))
	for i, p := range f.Model.Merges {
		var g merge
		for _, part := range []struct {
			token string
			id    *uint32
		}{{p[0], &g.left}, {p[1], &g.right}, {p[0] + p[1], &g.id}} {
			id, ok := ids[part.token]
			if !ok {
				return nil, fmt.Errorf("merge %d, %q and %q: %q is not in the vocabulary", i, p[0], p[1], part.token)
			}
			*part.id = id
		}
		merges[i] = g
	}
	return merges, nil
}

// vocabBuilder puts tokens at their ids, which are below limit.
type vocabBuilder struct {
	tokens [][]byte
	limit  int
}

func (v *vocabBuilder) add(id int64, token []byte) error {
	if len(token) > maxWord {
		return fmt.Errorf("token %d has %d bytes, more than %d", id, len(token), maxWord)
	}
	if most := int64(min(v.limit, maxVocabSize)); id < 0 || id >= most {
		return fmt.Errorf("id %d of token %q is not within 0 and %d", id, token, most-1)
	}
	for int64(len(v.tokens)) <= id {
		v.tokens = append(v.tokens, nil)
	}
	if other := v.tokens[id]; other != nil {
		return fmt.Errorf("tokens %q and %q both have the id %d", other, token, id)
	}
	v.tokens[id] = token
	return nil
}

// checkGaps refuses an id below n that has no token. Special tokens above may leave ids free, as those of cl100k_base do.
func (v *vocabBuilder) checkGaps(n int) error {
	for id, t := range v.tokens[:n] {
		if t == nil {
			return fmt.Errorf("no token has the id %d", id)
		}
	}
	return nil
}
