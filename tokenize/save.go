package tokenize

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"corpus/internal/storage"
)

// Save writes the model to a folder, which is created: tokenizer.json, tokenizer_config.json and
// special_tokens_map.json as Hugging Face's tools read them, and vocab.tiktoken. Each file is written under a temporary name and then
// renamed, tokenizer.json last. The bytes depend on the model alone. vocab.tiktoken is left out for
// a vocabulary whose ids are not in the order of its merges, which it could not express; none made by Train is such.
func (m *Model) Save(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("save tokenizer: %w", err)
	}
	files := []struct {
		name string
		text func() ([]byte, error)
	}{
		{specialsFile, m.specialsJSON},
		{configFile, m.configJSON},
		{tiktokenFile, func() ([]byte, error) { return m.appendTiktoken(nil), nil }},
		{jsonFile, m.hfJSON},
	}
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		if f.name == tiktokenFile && !m.tiktokenRanks() {
			if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("save tokenizer: %w", err)
			}
			continue
		}
		text, err := f.text()
		if err == nil {
			err = writeFile(path, text)
		}
		if err != nil {
			return fmt.Errorf("save tokenizer: %w", err)
		}
	}
	return nil
}

// writeFile writes one file of the folder, whole or not at all.
func writeFile(path string, data []byte) error {
	return storage.WriteFile(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

func (m *Model) addedTokens() []hfAddedToken {
	added := make([]hfAddedToken, len(m.specials))
	for i, s := range m.specials {
		added[i] = hfAddedToken{ID: int64(s.ID), Content: s.Content, Special: true}
	}
	return added
}

// appendPreTokenizer describes the pattern. The one of GPT-2 is built into ByteLevel.
func (m *Model) appendPreTokenizer(b *jsonText) {
	const byteLevel = `{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":`
	if m.pattern.Name == "gpt2" {
		b.raw(byteLevel + "true}")
		return
	}
	b.raw(`{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":`).value(m.pattern.Regex)
	b.raw(`},"behavior":"Isolated","invert":false},` + byteLevel + `false}]}`)
}

// hfJSON writes tokenizer.json by hand, because the order of the vocabulary is that of the ids.
func (m *Model) hfJSON() ([]byte, error) {
	var b jsonText
	b.raw(`{"version":"1.0","truncation":null,"padding":null,"added_tokens":`).value(m.addedTokens())
	b.raw(`,"normalizer":null,"pre_tokenizer":`)
	m.appendPreTokenizer(&b)
	b.raw(`,"post_processor":null,"decoder":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}`)
	b.raw(`,"model":{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,"end_of_word_suffix":null`)
	b.raw(`,"fuse_unk":false,"byte_fallback":false,"ignore_merges":false,"vocab":{`)
	comma := ""
	for id := range m.tokens {
		if key, ok := m.key(uint32(id)); ok {
			b.raw(comma + "\n").value(key).raw(":").value(id)
			comma = ","
		}
	}
	b.raw(`},"merges":[`)
	comma = ""
	for _, g := range m.merges {
		b.raw(comma + "\n").value([2]string{spell(m.tokens[g.left]), spell(m.tokens[g.right])})
		comma = ","
	}
	b.raw("]}}\n")
	return b.bytes()
}

// key is how a token is written in the vocabulary of tokenizer.json.
func (m *Model) key(id uint32) (string, bool) {
	t, ok := m.Token(id)
	switch {
	case !ok:
		return "", false
	case m.ordinary(id):
		return spell(t), true
	}
	return string(t), true // a special token is written as it is
}

func (m *Model) eosName() *string {
	if m.eos < 0 {
		return nil
	}
	name := string(m.tokens[m.eos])
	return &name
}

func (m *Model) configJSON() ([]byte, error) {
	type decoderToken struct {
		Content    string `json:"content"`
		LStrip     bool   `json:"lstrip"`
		Normalized bool   `json:"normalized"`
		RStrip     bool   `json:"rstrip"`
		SingleWord bool   `json:"single_word"`
		Special    bool   `json:"special"`
	}
	var b jsonText
	b.raw("{\n  \"added_tokens_decoder\": {")
	for i, s := range m.specials {
		if i > 0 {
			b.raw(",")
		}
		b.raw(fmt.Sprintf("\n    \"%d\": ", s.ID)).value(decoderToken{Content: s.Content, Special: true})
	}
	b.raw("\n  },\n  \"clean_up_tokenization_spaces\": false,\n  \"eos_token\": ").value(m.eosName())
	b.raw(",\n  \"tokenizer_class\": \"PreTrainedTokenizerFast\"\n}\n")
	return b.bytes()
}

func (m *Model) specialsJSON() ([]byte, error) {
	var text struct {
		EOS        *string  `json:"eos_token,omitempty"`
		Additional []string `json:"additional_special_tokens,omitempty"`
	}
	text.EOS = m.eosName()
	for _, s := range m.specials {
		if int64(s.ID) != m.eos {
			text.Additional = append(text.Additional, s.Content)
		}
	}
	var b jsonText
	return b.value(text).raw("\n").bytes()
}

// jsonText collects JSON and the first error.
type jsonText struct {
	buf bytes.Buffer
	err error
}

func (b *jsonText) raw(s string) *jsonText {
	b.buf.WriteString(s)
	return b
}

func (b *jsonText) value(v any) *jsonText {
	e := json.NewEncoder(&b.buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil && b.err == nil {
		b.err = err
	}
	if n := b.buf.Len(); n > 0 && b.err == nil {
		b.buf.Truncate(n - 1) // the line end that Encode adds
	}
	return b
}

func (b *jsonText) bytes() ([]byte, error) { return b.buf.Bytes(), b.err }
