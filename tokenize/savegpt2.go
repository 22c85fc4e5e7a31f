package tokenize

import (
	"errors"
	"fmt"
)

// SaveGPT2 writes the model to a folder in the format of GPT-2: vocab.json and merges.txt, with a tokenizer_config.json and
// a special_tokens_map.json that name the class of transformers that reads them. It is an error if there is no such
// class for the model's pattern, or if the format cannot express the model.
func (m *Model) SaveGPT2(dir string) error {
	class := ""
	for name, c := range gpt2Classes {
		if name != "" && c.pattern == m.pattern.Name && c.nfc == m.nfc {
			class = name
		}
	}
	var err error
	switch {
	case m.words != nil:
		err = fmt.Errorf("it holds merges, and this is a vocabulary of the kind %s", m.Kind())
	case len(m.lone) > 0:
		err = fmt.Errorf("%d tokens are made by no merge, such as %q", len(m.lone), m.tokens[m.lone[0]])
	case class == "":
		err = errors.New("it does not name the pattern, and no tokenizer of transformers that reads it cuts text as " + m.pattern.Name + " does")
	}
	if err != nil {
		return fmt.Errorf("save tokenizer in the format of gpt2: %w", err)
	}
	return saveFiles(dir, []file{
		{specialsFile, m.specialsJSON},
		{configFile, func() ([]byte, error) { return m.classJSON(class) }},
		{mergesFile, m.mergesText},
		{vocabFile, m.vocabJSON},
	})
}

// vocabJSON writes the tokens by id in one line, as Hugging Face's BPE does.
func (m *Model) vocabJSON() ([]byte, error) {
	var b jsonText
	b.raw("{")
	comma := ""
	for id := range m.tokens {
		if key, ok := m.key(uint32(id)); ok {
			b.raw(comma).value(key).raw(":").value(id)
			comma = ","
		}
	}
	return b.raw("}").bytes()
}

func (m *Model) mergesText() ([]byte, error) {
	text := []byte("#version: 0.2\n")
	for _, g := range m.merges {
		text = append(text, spell(m.tokens[g.left])...)
		text = append(text, ' ')
		text = append(text, spell(m.tokens[g.right])...)
		text = append(text, '\n')
	}
	return text, nil
}
