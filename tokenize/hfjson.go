package tokenize

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// The parts of Hugging Face's tokenizer.json that byte-level BPE uses (huggingface/tokenizers,
// tokenizers/src/tokenizer/serialization.rs and models/bpe/serialization.rs).

type hfFile struct {
	Version      string          `json:"version"`
	AddedTokens  []hfAddedToken  `json:"added_tokens"`
	Normalizer   json.RawMessage `json:"normalizer"`
	PreTokenizer *hfPreTokenizer `json:"pre_tokenizer"`
	Model        hfModel         `json:"model"`
}

type hfAddedToken struct {
	ID         int64  `json:"id"`
	Content    string `json:"content"`
	SingleWord bool   `json:"single_word"`
	LStrip     bool   `json:"lstrip"`
	RStrip     bool   `json:"rstrip"`
	Normalized bool   `json:"normalized"`
	Special    bool   `json:"special"`
}

type hfPreTokenizer struct {
	Type           string           `json:"type"`
	Pretokenizers  []hfPreTokenizer `json:"pretokenizers"`
	Pattern        *hfRegex         `json:"pattern"`
	Behavior       string           `json:"behavior"`
	Invert         bool             `json:"invert"`
	AddPrefixSpace bool             `json:"add_prefix_space"`
	UseRegex       *bool            `json:"use_regex"` // absent: true
}

type hfRegex struct {
	Regex string `json:"Regex"`
}

type hfModel struct {
	Type         string   `json:"type"`
	Dropout      *float64 `json:"dropout"`
	Prefix       *string  `json:"continuing_subword_prefix"`
	Suffix       *string  `json:"end_of_word_suffix"`
	ByteFallback bool     `json:"byte_fallback"`
	Vocab        hfVocab  `json:"vocab"`
	Merges       []hfPair `json:"merges"`
}

// hfVocab keeps the order and finds a token that is there twice, which a map would not.
type hfVocab []hfEntry

type hfEntry struct {
	token string
	id    int64
}

func (v *hfVocab) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.New("vocab is not an object")
	}
	seen := make(map[string]bool)
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		key, _ := t.(string) // the decoder lets only strings be keys
		e := hfEntry{token: key}
		if seen[e.token] {
			return fmt.Errorf("token %q is there twice", e.token)
		}
		seen[e.token] = true
		if err := d.Decode(&e.id); err != nil {
			return fmt.Errorf("id of token %q: %w", e.token, err)
		}
		*v = append(*v, e)
	}
	return nil
}

// hfPair is ["a", "b"], or "a b" in files of before 2024.
type hfPair [2]string

func (p *hfPair) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		for i := range s {
			if s[i] == ' ' {
				p[0], p[1] = s[:i], s[i+1:]
				return nil
			}
		}
		return fmt.Errorf("merge %q has no space", s)
	}
	var parts []string
	if err := json.Unmarshal(data, &parts); err != nil {
		return err
	}
	if len(parts) != 2 {
		return fmt.Errorf("merge of %d parts", len(parts))
	}
	p[0], p[1] = parts[0], parts[1]
	return nil
}

// check refuses what would give other ids than this package gives.
func (f *hfFile) check() error {
	m := &f.Model
	switch {
	case f.Version != "1.0":
		return fmt.Errorf("version %q is not 1.0", f.Version)
	case m.Type != "BPE" && m.Type != "":
		return fmt.Errorf("model.type %q is not BPE", m.Type)
	case len(f.Normalizer) > 0 && string(f.Normalizer) != "null":
		return fmt.Errorf("normalizer is not null: text must be encoded as it is")
	case m.Dropout != nil && *m.Dropout != 0:
		return fmt.Errorf("model.dropout is not null: encoding must be deterministic")
	case m.Prefix != nil && *m.Prefix != "":
		return fmt.Errorf("model.continuing_subword_prefix is not empty")
	case m.Suffix != nil && *m.Suffix != "":
		return fmt.Errorf("model.end_of_word_suffix is not empty")
	case m.ByteFallback:
		return fmt.Errorf("model.byte_fallback is set: this is not byte-level BPE")
	}
	return nil
}

// pattern finds out how text is cut into words.
func (f *hfFile) pattern() (*Pattern, error) {
	p := f.PreTokenizer
	if p == nil {
		return nil, errors.New("pre_tokenizer is null")
	}
	if p.Type == "ByteLevel" {
		if p.AddPrefixSpace {
			return nil, errors.New("pre_tokenizer.add_prefix_space is set")
		}
		if p.UseRegex != nil && !*p.UseRegex {
			return nil, errors.New("pre_tokenizer.use_regex is not set: text would not be cut into words")
		}
		return FindPattern("gpt2")
	}
	if p.Type != "Sequence" || len(p.Pretokenizers) != 2 {
		return nil, fmt.Errorf("pre_tokenizer %q is neither ByteLevel nor a Sequence of Split and ByteLevel", p.Type)
	}
	split, level := p.Pretokenizers[0], p.Pretokenizers[1]
	switch {
	case split.Type != "Split" || split.Pattern == nil || split.Behavior != "Isolated" || split.Invert:
		return nil, errors.New("pre_tokenizer.pretokenizers[0] is not a Split by expression that isolates the words")
	case level.Type != "ByteLevel" || level.AddPrefixSpace || level.UseRegex == nil || *level.UseRegex:
		return nil, errors.New("pre_tokenizer.pretokenizers[1] is not a ByteLevel without add_prefix_space and use_regex")
	}
	pattern, err := findRegex(split.Pattern.Regex)
	if err != nil {
		return nil, fmt.Errorf("pre_tokenizer: %w", err)
	}
	return pattern, nil
}
