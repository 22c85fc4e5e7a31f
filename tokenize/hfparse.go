package tokenize

import (
	"bytes"
	"corpus/tokenize/pretoken"
	"encoding/json"
	"errors"
	"fmt"
)

// parseHF reads the text of a tokenizer.json. Errors name the line and the column.
func parseHF(data []byte) (*Model, error) {
	var where places
	m, err := readModel(data, &where)
	if err != nil {
		return nil, where.locate(data, true, err)
	}
	return m, nil
}

func readModel(data []byte, where *places) (*Model, error) {
	f, err := readHF(data)
	if err != nil {
		return nil, err
	}
	nfc, err := f.nfc()
	if err != nil {
		return nil, err
	}
	pattern, err := f.pattern()
	if err != nil {
		return nil, err
	}
	specials, flags, err := f.specials(nfc)
	if err != nil {
		return nil, err
	}
	var m *Model
	switch f.model.kind {
	case "BPE", "": // files of before 2020 do not say
		m, err = f.readBPE(data, where, pattern, specials)
	case "WordPiece", "Unigram":
		m, err = f.readWords(data, pattern)
	default:
		err = &atOffset{f.model.at, fmt.Errorf("model.type %q is not known (known: BPE, WordPiece, Unigram)", f.model.kind)}
	}
	if err != nil {
		return nil, err
	}
	m.nfc, m.added = nfc, flags
	m.setConfig(new(hfConfig))
	return m, nil
}

// readWords reads a model of another kind than BPE.
func (f *hfFile) readWords(data []byte, pattern *pretoken.Pattern) (*Model, error) {
	if _, err := (&jsonReader{data: data, pos: f.model.at}).skip(); err != nil { // pass has only looked at the brackets
		return nil, err
	}
	if f.model.vocab == 0 {
		return nil, &atOffset{f.model.at, errors.New("model.vocab is missing")}
	}
	r := &jsonReader{data: data, pos: f.model.vocab}
	check, parse := checkScores, parseUnigram
	if f.model.kind == "WordPiece" {
		check, parse = checkIDs, parseWordPiece
	}
	if err := check(r); err != nil {
		return nil, err
	}
	m, err := parse(pattern, data[f.model.at:f.model.end], f.added)
	if err != nil {
		return nil, &atOffset{f.findEntry(data, err), err}
	}
	return m, nil
}

// checkIDs reads an object of tokens and ids.
func checkIDs(r *jsonReader) error {
	return r.object(func([]byte, int) error { _, err := r.integer(); return err })
}

// checkScores reads an array of tokens and scores.
func checkScores(r *jsonReader) error {
	return r.array(func(at int) error {
		n := 0
		err := r.array(func(at int) error {
			n++
			if n == 1 {
				_, err := r.str("a token")
				return err
			}
			number, err := r.skip()
			if c := number; err == nil && c[0] != '-' && (c[0] < '0' || c[0] > '9') {
				return r.fail(at, "a score that is no number")
			}
			if err == nil {
				_, err = parseScore(string(number))
			}
			if err != nil {
				return r.fail(at, "%w", err)
			}
			return nil
		})
		if err == nil && n != 2 {
			return r.fail(at, "an entry of %d parts is not a token and its score", n)
		}
		return err
	})
}

// findEntry returns where the entry of the vocabulary stands that an error is about; the model's beginning if it is
// about none.
func (f *hfFile) findEntry(data []byte, err error) int {
	found, index := f.model.at, 0
	var entry *ofEntry
	var token *ofToken
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return f.model.at + min(int(kind.Offset), f.model.end-f.model.at)
	}
	if !errors.As(err, &entry) && !errors.As(err, &token) {
		return found
	}
	is := func(at int, id int64) {
		if entry != nil && entry.index == index || token != nil && int64(token.id) == id {
			found = at
		}
		index++
	}
	r := &jsonReader{data: data, pos: f.model.vocab}
	// The text has been read before: there is no error.
	if r.next() == '[' {
		_ = r.array(func(at int) error { is(at, int64(index)); _, err := r.skip(); return err })
	} else {
		_ = r.object(func(_ []byte, at int) error { id, err := r.integer(); is(at, id); return err })
	}
	return found
}

func (f *hfFile) readBPE(data []byte, where *places, pattern *pretoken.Pattern, specials []SpecialToken) (*Model, error) {
	if f.model.vocab == 0 || f.model.merges == 0 {
		return nil, &atOffset{f.model.at, errors.New("model.vocab or model.merges is missing")}
	}
	if f.model.prefix != nil && *f.model.prefix != "" {
		return nil, &atOffset{f.model.prefixAt, errors.New("model.continuing_subword_prefix is not empty")}
	}
	vocab := vocabReader{places: where, special: make(map[string]int64, len(specials))}
	for _, s := range specials {
		vocab.special[s.Content] = int64(s.ID)
	}
	if err := vocab.read(&jsonReader{data: data, pos: f.model.vocab}); err != nil {
		return nil, err
	}
	tokens, err := vocab.place(specials, f.addedAt)
	if err != nil {
		return nil, err
	}
	m := baseModel(pattern, tokens, specials)
	if err := m.setTokens(vocab.ids); err != nil {
		return nil, err
	}
	merges := mergeReader{ids: vocab.ids, letters: newLetterTable()}
	r := &jsonReader{data: data, pos: f.model.merges}
	err = r.array(func(at int) error {
		left, right, err := readPair(r)
		if err != nil {
			return err
		}
		if err := merges.add(left, right); err != nil {
			return r.fail(at, "merge %d: %w", len(merges.list), err)
		}
		where.merges = append(where.merges, int32(at))
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := m.setMerges(merges.list, f.model.ignoreMerges); err != nil {
		return nil, err
	}
	return m, nil
}

// vocabReader reads an object of tokens, spelled in the byte-level alphabet, and their ids.
type vocabReader struct {
	places  *places
	special map[string]int64 // ids of the special tokens, which are spelled as they are
	ids     map[string]uint32
	tokens  [][]byte
	letters letterTable
	arena   []byte
	seen    map[string]bool // special tokens
	limit   int64           // that ids are below
}

func (v *vocabReader) read(r *jsonReader) error {
	v.letters = newLetterTable()
	v.ids = make(map[string]uint32, min(len(r.data)/64, 1<<18))
	v.seen = make(map[string]bool)
	v.limit = int64(len(r.data)-r.pos)/4 + int64(len(v.special)) + maxHoles // no token takes fewer bytes: "":1
	return r.object(func(key []byte, at int) error {
		id, err := r.integer()
		if err != nil {
			return err
		}
		if err := v.add(key, id, at); err != nil {
			return r.fail(at, "%w", err)
		}
		return nil
	})
}

func (v *vocabReader) add(key []byte, id int64, at int) error {
	if special, ok := v.special[string(key)]; ok {
		if special != id {
			return fmt.Errorf("special token %q has the ids %d and %d", key, id, special)
		}
		if v.seen[string(key)] {
			return fmt.Errorf("token %q is there twice", key)
		}
		v.seen[string(key)] = true
		return nil
	}
	token, err := v.unspell(key)
	if err != nil {
		return err
	}
	if len(token) > maxWord {
		return fmt.Errorf("token %d has %d bytes, more than %d", id, len(token), maxWord)
	}
	if id < 0 || id >= maxVocabSize {
		return fmt.Errorf("id %d of token %q is not within 0 and %d", id, token, maxVocabSize-1)
	}
	if other, ok := v.ids[string(token)]; ok {
		return fmt.Errorf("token %q is there twice, with the ids %d and %d", key, other, id)
	}
	v.ids[string(token)] = uint32(id)
	if id >= v.limit {
		return fmt.Errorf("id %d of token %q is higher than the file has tokens", id, token)
	}
	for int64(len(v.tokens)) <= id {
		v.tokens = append(v.tokens, nil)
	}
	if other := v.tokens[id]; other != nil {
		return fmt.Errorf("tokens %q and %q both have the id %d", other, token, id)
	}
	v.tokens[id] = token
	v.places.setToken(int(id), at)
	return nil
}

// unspell returns a token's bytes, which lie behind one another in a few large pieces of memory.
func (v *vocabReader) unspell(key []byte) ([]byte, error) {
	if cap(v.arena)-len(v.arena) < len(key) {
		v.arena = make([]byte, 0, max(1<<16, len(key)))
	}
	from := len(v.arena)
	token, ok := v.letters.appendBytes(v.arena, key)
	if !ok {
		_, err := unspell(string(key))
		return nil, err
	}
	v.arena = token
	return token[from:len(token):len(token)], nil
}

// place puts the special tokens among the others and checks that no id below the highest ordinary one is free.
func (v *vocabReader) place(specials []SpecialToken, at []int) ([][]byte, error) {
	ordinary := len(v.tokens)
	tokens := v.tokens
	for i, s := range specials {
		if int64(s.ID) >= int64(ordinary+len(specials)+maxHoles) {
			return nil, &atOffset{at[i], fmt.Errorf("special token %q has the id %d, far above the others", s.Content, s.ID)}
		}
		for len(tokens) <= int(s.ID) {
			tokens = append(tokens, nil)
		}
		if other := tokens[s.ID]; other != nil {
			return nil, &atOffset{at[i], fmt.Errorf("tokens %q and %q both have the id %d", other, s.Content, s.ID)}
		}
		tokens[s.ID] = []byte(s.Content)
		v.places.setToken(int(s.ID), at[i])
	}
	return tokens, checkGaps(tokens, ordinary)
}

// checkGaps refuses an id below n that has no token. Special tokens above may leave ids free, as those of cl100k_base do.
func checkGaps(tokens [][]byte, n int) error {
	for id := range n {
		if tokens[id] != nil {
			continue
		}
		next := id + 1
		for tokens[next] == nil { // the last one is there
			next++
		}
		return &ofToken{uint32(next), fmt.Errorf("no token has the id %d: the next is %d, %q", id, next, tokens[next])}
	}
	return nil
}

// mergeReader resolves the parts of merges.
type mergeReader struct {
	ids     map[string]uint32
	letters letterTable
	buf     []byte
	list    []merge
}

// add takes the two tokens that a merge is of, spelled in the byte-level alphabet.
func (m *mergeReader) add(left, right []byte) error {
	var ok1, ok2 bool
	m.buf, ok1 = m.letters.appendBytes(m.buf[:0], left)
	n := len(m.buf)
	m.buf, ok2 = m.letters.appendBytes(m.buf, right)
	l, hasLeft := m.ids[string(m.buf[:n])]
	r, hasRight := m.ids[string(m.buf[n:])]
	whole, hasWhole := m.ids[string(m.buf)]
	missing := func(token []byte) error {
		return fmt.Errorf("%q and %q: %q is not in the vocabulary", left, right, token)
	}
	switch {
	case !ok1 || !hasLeft:
		return missing(left)
	case !ok2 || !hasRight:
		return missing(right)
	case !hasWhole:
		return missing(append(bytes.Clone(left), right...))
	}
	m.list = append(m.list, merge{l, r, whole})
	return nil
}

// cutPair cuts "a b" in two.
func cutPair(text []byte) (left, right []byte, err error) {
	left, right, ok := bytes.Cut(text, []byte{' '})
	switch {
	case !ok:
		return nil, nil, fmt.Errorf("merge %q has no space", text)
	case bytes.IndexByte(right, ' ') >= 0:
		return nil, nil, fmt.Errorf("merge %q has more than one space", text)
	}
	return left, right, nil
}
