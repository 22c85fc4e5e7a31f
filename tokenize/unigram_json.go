package tokenize

import (
	"corpus/tokenize/pretoken"
	"encoding/json"
	"errors"
	"fmt"
)

// The part "model" of a tokenizer.json for Unigram (huggingface/tokenizers, models/unigram/serialization.rs). An id is
// the place in the vocabulary.
type hfUnigram struct {
	UnkID *int64         `json:"unk_id"`
	Vocab []unigramEntry `json:"vocab"`
}

// unigramEntry is ["token", score].
type unigramEntry struct {
	token string
	score float64
}

func (e *unigramEntry) UnmarshalJSON(data []byte) error {
	var token *string
	var score json.RawMessage
	parts := []any{&token, &score}
	if err := json.Unmarshal(data, &parts); err != nil {
		return err
	}
	if len(parts) != 2 || token == nil || len(score) == 0 || score[0] != '-' && (score[0] < '0' || score[0] > '9') {
		return errors.New("an entry of the vocabulary is not a token and its score")
	}
	var err error
	e.token = *token
	e.score, err = parseScore(string(score))
	return err
}

// appendModelJSON writes the model. No text needs an unknown token.
func (u *unigram) appendModelJSON(b *jsonText) {
	b.raw(`{"type":"Unigram","unk_id":null,"byte_fallback":false,"vocab":[`)
	comma := ""
	for _, t := range u.vocab {
		key := t.special
		if t.bytes != nil {
			key = spell(t.bytes)
		}
		b.raw(comma + "\n[").value(key).raw(",").value(t.score).raw("]")
		comma = ","
	}
	b.raw(`]}`)
}

func (u *unigram) appendDecoderJSON(b *jsonText) {
	b.raw(`{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}`)
}

// parseUnigram reads the object "model" of a tokenizer.json and its added tokens, which all count as special.
func parseUnigram(pattern *pretoken.Pattern, data []byte, added []hfAddedToken) (*Model, error) {
	var f hfUnigram
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	if f.UnkID != nil && (*f.UnkID < 0 || *f.UnkID >= int64(len(f.Vocab))) {
		return nil, fmt.Errorf("model.unk_id %d is not within 0 and %d", *f.UnkID, len(f.Vocab)-1)
	}
	specials, special, err := addedSpecials(added)
	if err != nil {
		return nil, err
	}
	vocab := make([]unigramToken, len(f.Vocab))
	seen := make(map[string]int, len(f.Vocab))
	for i, e := range f.Vocab {
		if other, ok := seen[e.token]; ok {
			return nil, &ofEntry{i, fmt.Errorf("model.vocab: entries %d and %d are both %q", other, i, e.token)}
		}
		seen[e.token] = i
		t := &vocab[i]
		t.score = e.score
		if id, ok := special[e.token]; ok {
			if id != int64(i) {
				return nil, fmt.Errorf("special token %q has the ids %d and %d", e.token, i, id)
			}
			t.special = e.token
			continue
		}
		if t.bytes, err = unspell(e.token); err != nil {
			return nil, &ofEntry{i, fmt.Errorf("model.vocab: entry %d: %w", i, err)}
		}
		if len(t.bytes) > maxWord {
			return nil, &ofEntry{i, fmt.Errorf("model.vocab: entry %d has %d bytes, more than %d", i, len(t.bytes), maxWord)}
		}
	}
	return newUnigram(pattern, vocab, specials)
}
