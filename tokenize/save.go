package tokenize

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"corpus/internal/storage"
)

// file is one of the files of a tokenizer; its text is made when it is written.
type file struct {
	name string
	text func() ([]byte, error)
}

// Save writes the model to a folder, which is created: tokenizer.json, tokenizer_config.json and
// special_tokens_map.json as Hugging Face's tools read them, and vocab.tiktoken. Each file is written under a temporary name and then
// renamed, tokenizer.json last. The bytes depend on the model alone. vocab.tiktoken is left out for
// a vocabulary that it could not express, see WriteTiktoken; no BPE made by Train is such.
func (m *Model) Save(dir string) error {
	files := []file{{specialsFile, m.specialsJSON}, {configFile, m.configJSON}, {tiktokenFile, nil}, {jsonFile, m.hfJSON}}
	if m.checkRanks() == nil {
		files[2].text = func() ([]byte, error) { return m.appendTiktoken(nil), nil }
	}
	return saveFiles(dir, files)
}

// SaveHF is Save without vocab.tiktoken.
func (m *Model) SaveHF(dir string) error {
	return saveFiles(dir, []file{{specialsFile, m.specialsJSON}, {configFile, m.configJSON}, {jsonFile, m.hfJSON}})
}

// WriteTiktoken writes a .tiktoken file. It is an error if tiktoken would give other ids with it: the ids of BPE must be in
// the order of its merges, and what the ranks below a token make of its bytes must be its two parts (or it must be one that
// only whole words give). The folder is created. The file tells neither the pattern nor the special tokens.
func (m *Model) WriteTiktoken(path string) error {
	err := m.checkRanks()
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o777)
	}
	if err == nil {
		err = writeFile(path, m.appendTiktoken(nil))
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// saveFiles writes files to a folder, and removes those without a text.
func saveFiles(dir string, files []file) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("save tokenizer: %w", err)
	}
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		if f.text == nil {
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
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
		flags := m.added[s.ID]
		added[i] = hfAddedToken{ID: int64(s.ID), Content: s.Content, Special: !flags.plain, Normalized: flags.normalized}
	}
	return added
}

// appendPreTokenizer describes the pattern. The one of GPT-2 is built into ByteLevel.
func (m *Model) appendPreTokenizer(b *jsonText) {
	const byteLevel = `{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":`
	splits, byteLevelRegex := m.pattern.Splits()
	if len(splits) == 0 {
		b.raw(byteLevel).value(byteLevelRegex).raw("}")
		return
	}
	b.raw(`{"type":"Sequence","pretokenizers":[`)
	for _, regex := range splits {
		b.raw(`{"type":"Split","pattern":{"Regex":`).value(regex).raw(`},"behavior":"Isolated","invert":false},`)
	}
	b.raw(byteLevel + `false}]}`)
}

// hfJSON writes tokenizer.json by hand, because the order of the vocabulary is that of the ids.
func (m *Model) hfJSON() ([]byte, error) {
	var b jsonText
	b.raw(`{"version":"1.0","truncation":null,"padding":null,"added_tokens":`).value(m.addedTokens())
	b.raw(`,"normalizer":`)
	if m.nfc {
		b.raw(`{"type":"NFC"}`)
	} else {
		b.raw("null")
	}
	b.raw(`,"pre_tokenizer":`)
	m.appendPreTokenizer(&b)
	b.raw(`,"post_processor":null,"decoder":`)
	if m.words != nil {
		m.words.appendDecoderJSON(&b)
		b.raw(`,"model":`)
		m.words.appendModelJSON(&b)
	} else {
		b.raw(`{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true},"model":`)
		m.appendMergesJSON(&b)
	}
	b.raw("}\n")
	return b.bytes()
}

// appendMergesJSON writes the model part of byte-level BPE.
func (m *Model) appendMergesJSON(b *jsonText) {
	b.raw(`{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,"end_of_word_suffix":null`)
	b.raw(`,"fuse_unk":false,"byte_fallback":false,"ignore_merges":`).value(len(m.lone) > 0).raw(`,"vocab":{`)
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
	b.raw("]}")
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
