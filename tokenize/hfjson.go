package tokenize

import (
	"corpus/tokenize/pretoken"
	"errors"
	"fmt"
)

// The parts of Hugging Face's tokenizer.json that byte-level models use (huggingface/tokenizers,
// tokenizers/src/tokenizer/serialization.rs and models/*/serialization.rs).

type hfFile struct {
	version      string
	added        []hfAddedToken
	addedAt      []int
	normalizer   hfNormalizer
	preTokenizer *hfPreTokenizer
	model        hfModel
	at           map[string]int // offset of each key
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

type hfNormalizer struct {
	Type        string         `json:"type"`
	Normalizers []hfNormalizer `json:"normalizers"`
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
	kind         string
	prefix       *string
	prefixAt     int
	ignoreMerges bool
	at           int // offset of the whole object
	end          int
	vocab        int // offset of the value; 0 where there is none
	merges       int
}

// readHF reads all of the file but the vocabulary and the merges.
func readHF(data []byte) (*hfFile, error) {
	f := &hfFile{at: make(map[string]int)}
	r := &jsonReader{data: data}
	err := r.members(func(key string, at int) error {
		f.at[key] = at
		switch key {
		case "version":
			return r.value(&f.version)
		case "added_tokens":
			return f.readAdded(r)
		case "normalizer":
			return r.value(&f.normalizer)
		case "pre_tokenizer":
			return r.value(&f.preTokenizer)
		case "model":
			return f.model.read(r)
		}
		_, err := r.skip()
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	for _, key := range []string{"version", "model"} {
		if _, ok := f.at[key]; !ok {
			return nil, fmt.Errorf("the key %q is missing", key)
		}
	}
	if f.version != "1.0" {
		return nil, &atOffset{f.at["version"], fmt.Errorf("version %q is not 1.0", f.version)}
	}
	return f, nil
}

func (f *hfFile) readAdded(r *jsonReader) error {
	return r.array(func(at int) error {
		var a hfAddedToken
		if err := r.value(&a); err != nil {
			return err
		}
		r.pos = at
		var id struct {
			ID *int64 `json:"id"`
		}
		if err := r.value(&id); err != nil {
			return err
		}
		switch {
		case id.ID == nil:
			return r.fail(at, "added token %q has no id", a.Content)
		case a.LStrip, a.RStrip:
			return r.fail(at, "added token %q has lstrip or rstrip: it would take the white space around it away", a.Content)
		case a.SingleWord:
			return r.fail(at, "added token %q has single_word: where it stands would decide whether it is one", a.Content)
		}
		f.added, f.addedAt = append(f.added, a), append(f.addedAt, at)
		return nil
	})
}

// read reads the settings of the model, refuses those that would give other ids than this package gives, and notes where
// the vocabulary and the merges are.
func (m *hfModel) read(r *jsonReader) error {
	r.next()
	m.at = r.pos
	err := r.members(func(key string, at int) error {
		var off struct {
			text    *string
			number  *float64
			boolean bool
		}
		switch key {
		case "type":
			return r.value(&m.kind)
		case "continuing_subword_prefix":
			m.prefixAt = at
			return r.value(&m.prefix)
		case "ignore_merges":
			return r.value(&m.ignoreMerges)
		case "vocab":
			if c := r.next(); c != '{' && c != '[' {
				return r.unexpected("an object or an array")
			}
			m.vocab = r.pos
			return r.pass()
		case "merges":
			if r.next() != '[' {
				return r.unexpected("an array")
			}
			m.merges = r.pos
			return r.pass()
		case "dropout":
			if err := r.value(&off.number); err != nil {
				return err
			}
			if off.number != nil && *off.number != 0 {
				return r.fail(at, "model.dropout is not null: encoding must be deterministic")
			}
			return nil
		case "end_of_word_suffix":
			if err := r.value(&off.text); err != nil {
				return err
			}
			if off.text != nil && *off.text != "" {
				return r.fail(at, "model.%s is not empty", key)
			}
			return nil
		case "byte_fallback":
			if err := r.value(&off.boolean); err != nil {
				return err
			}
			if off.boolean {
				return r.fail(at, "model.byte_fallback is set: this is not a byte-level model")
			}
			return nil
		}
		_, err := r.skip()
		return err
	})
	m.end = r.pos
	return err
}

// hfVocab keeps the order and finds a token that is there twice, which a map would not.
type hfVocab []hfEntry

type hfEntry struct {
	token string
	id    int64
}

// UnmarshalJSON reads an object of tokens and ids.
func (v *hfVocab) UnmarshalJSON(data []byte) error {
	r := &jsonReader{data: data}
	err := r.members(func(key string, _ int) error {
		id, err := r.integer()
		*v = append(*v, hfEntry{key, id})
		return err
	})
	var at *atOffset
	if errors.As(err, &at) {
		return at.err // the offset would be one of this part of the file
	}
	return err
}

// nfc says whether text is brought to NFC. All other normalisers are refused.
func (f *hfFile) nfc() (bool, error) {
	return f.normalizer.nfc(f.at["normalizer"])
}

func (n hfNormalizer) nfc(at int) (bool, error) {
	switch n.Type {
	case "":
		return false, nil
	case "NFC":
		return true, nil
	case "Sequence":
		found := false
		for _, part := range n.Normalizers {
			nfc, err := part.nfc(at)
			if err != nil {
				return false, err
			}
			found = found || nfc
		}
		return found, nil
	}
	return false, &atOffset{at, fmt.Errorf("the normalizer %q is not known (known: NFC)", n.Type)}
}

// pattern finds out how text is cut into words.
func (f *hfFile) pattern() (*pretoken.Pattern, error) {
	p, err := f.preTokenizer.pattern()
	if err != nil {
		return nil, &atOffset{f.at["pre_tokenizer"], fmt.Errorf("pre_tokenizer: %w", err)}
	}
	return p, nil
}

func (p *hfPreTokenizer) pattern() (*pretoken.Pattern, error) {
	if p == nil {
		return nil, errors.New("there is none")
	}
	parts := []hfPreTokenizer{*p}
	if p.Type == "Sequence" {
		parts = p.Pretokenizers
	}
	if len(parts) == 0 {
		return nil, errors.New("a Sequence of nothing")
	}
	splits, level := parts[:len(parts)-1], parts[len(parts)-1]
	switch {
	case level.Type != "ByteLevel":
		return nil, fmt.Errorf("%q is not ByteLevel: this is not a byte-level model", level.Type)
	case level.AddPrefixSpace:
		return nil, errors.New("add_prefix_space is set")
	}
	var expressions []string
	for i, s := range splits {
		if s.Type != "Split" || s.Pattern == nil || s.Behavior != "Isolated" || s.Invert {
			return nil, fmt.Errorf("pretokenizers[%d] is not a Split by expression that isolates the words", i)
		}
		expressions = append(expressions, s.Pattern.Regex)
	}
	return pretoken.FindSplits(expressions, level.UseRegex == nil || *level.UseRegex)
}

// specials returns the added tokens, all of which count as special here.
func (f *hfFile) specials(nfc bool) ([]SpecialToken, map[uint32]addedFlags, error) {
	specials := make([]SpecialToken, 0, len(f.added))
	flags := make(map[uint32]addedFlags)
	names := make([]string, 0, len(f.added))
	for i, a := range f.added {
		names = append(names, a.Content)
		fail := func(format string, args ...any) error {
			return &atOffset{f.addedAt[i], specialError(a.Content, format, args...)}
		}
		if a.ID < 0 || a.ID >= maxVocabSize {
			return nil, nil, fail("has the id %d, which is not within 0 and %d", a.ID, maxVocabSize-1)
		}
		if a.Normalized && nfc {
			return nil, nil, fail("has normalized: it would be looked for behind the normalizer")
		}
		if a.Normalized || !a.Special {
			flags[uint32(a.ID)] = addedFlags{plain: !a.Special, normalized: a.Normalized}
		}
		specials = append(specials, SpecialToken{uint32(a.ID), a.Content})
	}
	if len(f.added) > 0 {
		if err := checkSpecials(names); err != nil {
			return nil, nil, &atOffset{f.at["added_tokens"], err}
		}
	}
	return specials, flags, nil
}

// readPair reads a merge: ["a", "b"], or "a b" in files of before 2024.
func readPair(r *jsonReader) (left, right []byte, err error) {
	if at := r.pos; r.next() == '"' {
		s, err := r.str("a merge")
		if err != nil {
			return nil, nil, err
		}
		left, right, err := cutPair(s)
		if err != nil {
			return nil, nil, r.fail(at, "%w", err)
		}
		return left, right, nil
	}
	at, n := r.pos, 0
	err = r.array(func(int) error {
		part, err := r.str("a token")
		if n++; n == 1 {
			left = part
		} else {
			right = part
		}
		return err
	})
	if err == nil && n != 2 {
		err = r.fail(at, "merge of %d parts", n)
	}
	return left, right, err
}
