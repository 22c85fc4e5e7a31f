package tokenize

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
)

// hfConfig is what tokenizer_config.json and special_tokens_map.json say that tokenizer.json does not.
type hfConfig struct {
	class         string
	bos, eos, pad *string // nil: nothing is said; empty: there is none
	added         []SpecialToken
}

// readConfig reads the files beside a vocabulary. That they are not there is no error.
func readConfig(dir string) (*hfConfig, error) {
	c := new(hfConfig)
	for _, name := range []string{configFile, specialsFile} {
		data, err := readFile(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		r := &jsonReader{data: data}
		if err := r.members(func(key string, _ int) error { return c.member(r, key) }); err != nil {
			return nil, fmt.Errorf("%s: %w", name, new(places).locate(data, true, err))
		}
	}
	return c, nil
}

func (c *hfConfig) member(r *jsonReader, key string) error {
	role := map[string]**string{"bos_token": &c.bos, "eos_token": &c.eos, "pad_token": &c.pad}[key]
	switch {
	case role != nil:
		name, err := tokenName(r)
		if *role == nil { // the first file counts
			*role = &name
		}
		return err
	case key == "tokenizer_class":
		var class *string
		if err := r.value(&class); err != nil {
			return err
		}
		if class != nil {
			c.class = *class
		}
		return nil
	case key == "added_tokens_decoder":
		return c.readAdded(r)
	}
	_, err := r.skip()
	return err
}

// tokenName reads a token that is given by its text or as an object with its content; empty for null.
func tokenName(r *jsonReader) (string, error) {
	if r.next() == '{' {
		var token struct {
			Content string `json:"content"`
		}
		err := r.value(&token)
		return token.Content, err
	}
	var name *string
	if err := r.value(&name); err != nil || name == nil {
		return "", err
	}
	return *name, nil
}

func (c *hfConfig) readAdded(r *jsonReader) error {
	return r.members(func(key string, at int) error {
		id, err := strconv.ParseUint(key, 10, 32)
		if err != nil {
			return r.fail(at, "%q is not the id of a token", key)
		}
		name, err := tokenName(r)
		c.added = append(c.added, SpecialToken{uint32(id), name})
		return err
	})
}

// commonEnds are tokens that end documents and nothing else, in the vocabularies that have them.
var commonEnds = []string{EndOfText, "<|end_of_text|>", "</s>", "<eos>", "<｜end▁of▁sentence｜>"}

// setConfig takes over which token begins documents, ends them and fills up. Without a word about the end it is the first
// of commonEnds that is a special token, else the only special token. The others are never guessed.
func (m *Model) setConfig(c *hfConfig) {
	find := func(name string) int64 {
		i := slices.IndexFunc(m.specials, func(s SpecialToken) bool { return s.Content == name })
		if i < 0 {
			return -1
		}
		return int64(m.specials[i].ID)
	}
	m.bos, m.eos, m.pad = -1, -1, -1
	if c.bos != nil {
		m.bos = find(*c.bos)
	}
	if c.pad != nil {
		m.pad = find(*c.pad)
	}
	if c.eos != nil {
		m.eos = find(*c.eos)
		return
	}
	for _, name := range commonEnds {
		if m.eos = find(name); m.eos >= 0 {
			return
		}
	}
	if len(m.specials) == 1 {
		m.eos = int64(m.specials[0].ID)
	}
}
