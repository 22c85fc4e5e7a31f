package tokenize

import (
	"corpus/tokenize/pretoken"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// The part "model" of a tokenizer.json for WordPiece (huggingface/tokenizers, models/wordpiece/serialization.rs).
type hfWordPiece struct {
	Unk      *string `json:"unk_token"`
	Prefix   *string `json:"continuing_subword_prefix"`
	MaxChars *int64  `json:"max_input_chars_per_word"`
	Vocab    hfVocab `json:"vocab"`
}

// appendModelJSON writes the model. unk_token need not be in the vocabulary: it is looked up when a word cannot be
// encoded, and none is such.
func (w *wordPiece) appendModelJSON(b *jsonText) {
	b.raw(`{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":`).value(w.prefix)
	b.raw(`,"max_input_chars_per_word":`).value(maxInputChars).raw(`,"vocab":{`)
	comma := ""
	for id, t := range w.vocab {
		if key := t.spelled(w.prefix); key != "" {
			b.raw(comma + "\n").value(key).raw(":").value(id)
			comma = ","
		}
	}
	b.raw(`}}`)
}

// appendDecoderJSON writes a decoder that takes the prefix away and turns the alphabet into bytes. Hugging Face's own
// decoder for WordPiece would put spaces between words.
func (w *wordPiece) appendDecoderJSON(b *jsonText) {
	b.raw(`{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"Regex":`).value("^" + quoteRegex(w.prefix))
	b.raw(`},"content":""},{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}]}`)
}

// quoteRegex writes a text as an expression that matches it.
func quoteRegex(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune(`\.+*?()|[]{}^$#&-~ /`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// parseWordPiece reads the object "model" of a tokenizer.json and its added tokens, which all count as special. It
// refuses a file whose words Hugging Face's tools could not decode, or would encode as unknown tokens.
func parseWordPiece(pattern *pretoken.Pattern, data []byte, added []hfAddedToken) (*Model, error) {
	var f hfWordPiece
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	switch {
	case f.Prefix == nil:
		return nil, fmt.Errorf("model.continuing_subword_prefix is not there")
	case f.Unk == nil:
		return nil, fmt.Errorf("model.unk_token is not there")
	case f.MaxChars == nil || *f.MaxChars < leastInputChars:
		return nil, fmt.Errorf("model.max_input_chars_per_word is less than %d: longer words would be lost", leastInputChars)
	}
	if err := checkPrefix(*f.Prefix); err != nil {
		return nil, fmt.Errorf("model.%w", err)
	}
	specials, special, err := addedSpecials(added)
	if err != nil {
		return nil, err
	}
	vocab := make([]wordPieceToken, len(f.Vocab))
	seen := make([]bool, len(f.Vocab))
	for i, e := range f.Vocab {
		if e.id < 0 || e.id >= int64(len(vocab)) {
			return nil, &ofEntry{i, fmt.Errorf("model.vocab: entry %d: id %d of token %q is not within 0 and %d: no token has the id %d",
				i, e.id, e.token, len(vocab)-1, f.Vocab.leastFree())}
		}
		if seen[e.id] {
			return nil, &ofEntry{i, fmt.Errorf("model.vocab: entry %d: token %q is another one with the id %d", i, e.token, e.id)}
		}
		seen[e.id] = true
		t := &vocab[e.id]
		if id, ok := special[e.token]; ok {
			if id != e.id {
				return nil, fmt.Errorf("special token %q has the ids %d and %d", e.token, e.id, id)
			}
			t.special = e.token
			continue
		}
		spelled, continues := strings.CutPrefix(e.token, *f.Prefix)
		if t.bytes, err = unspell(spelled); err != nil {
			return nil, &ofEntry{i, fmt.Errorf("model.vocab: entry %d: %w", i, err)}
		}
		if t.continues = continues; len(t.bytes) > maxWord {
			return nil, &ofEntry{i, fmt.Errorf("model.vocab: entry %d: token %d has %d bytes, more than %d", i, e.id, len(t.bytes), maxWord)}
		}
	}
	return newWordPiece(pattern, vocab, specials, *f.Prefix)
}

// leastFree is the least id that no token has.
func (v hfVocab) leastFree() int {
	taken := make([]bool, len(v)+1)
	for _, e := range v {
		if e.id >= 0 && e.id < int64(len(v)) {
			taken[e.id] = true
		}
	}
	return slices.Index(taken, false)
}

// addedSpecials checks the added tokens and returns them as special tokens and by their text.
func addedSpecials(added []hfAddedToken) ([]SpecialToken, map[string]int64, error) {
	names := make([]string, len(added))
	specials := make([]SpecialToken, len(added))
	ids := make(map[string]int64, len(added))
	for i, a := range added {
		if a.ID < 0 || a.ID >= maxVocabSize {
			return nil, nil, fmt.Errorf("added_tokens: entry %d: id %d of %q is not within 0 and %d", i, a.ID, a.Content, maxVocabSize-1)
		}
		names[i], specials[i], ids[a.Content] = a.Content, SpecialToken{uint32(a.ID), a.Content}, a.ID
	}
	return specials, ids, checkSpecials(names)
}
