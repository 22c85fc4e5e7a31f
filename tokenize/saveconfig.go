package tokenize

import "fmt"

// noMaxLength is what transformers writes for a tokenizer that does not limit its texts (VERY_LARGE_INTEGER,
// tokenization_utils_base.py: 1e30 as a whole number).
const noMaxLength = "1000000000000000019884624838656"

// configJSON writes tokenizer_config.json for the class that takes everything from tokenizer.json.
func (m *Model) configJSON() ([]byte, error) { return m.classJSON("PreTrainedTokenizerFast") }

func (m *Model) classJSON(class string) ([]byte, error) {
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
		flags := m.added[s.ID]
		b.raw(fmt.Sprintf("\n    \"%d\": ", s.ID)).value(decoderToken{Content: s.Content, Special: !flags.plain, Normalized: flags.normalized})
	}
	b.raw("\n  },\n  \"bos_token\": ").value(m.roleOrNull(m.bos))
	b.raw(",\n  \"clean_up_tokenization_spaces\": false,\n  \"eos_token\": ").value(m.roleOrNull(m.eos))
	b.raw(",\n  \"model_max_length\": " + noMaxLength)
	b.raw(",\n  \"pad_token\": ").value(m.roleOrNull(m.pad))
	b.raw(",\n  \"tokenizer_class\": ").value(class).raw("\n}\n")
	return b.bytes()
}

func (m *Model) roleOrNull(id int64) *string {
	if id < 0 {
		return nil
	}
	name := m.roleName(id)
	return &name
}

// specialsJSON writes special_tokens_map.json: the tokens that have a role, and the special ones that have none.
func (m *Model) specialsJSON() ([]byte, error) {
	text := struct {
		BOS        *string  `json:"bos_token,omitempty"`
		EOS        *string  `json:"eos_token,omitempty"`
		Pad        *string  `json:"pad_token,omitempty"`
		Additional []string `json:"additional_special_tokens,omitempty"`
	}{BOS: m.roleOrNull(m.bos), EOS: m.roleOrNull(m.eos), Pad: m.roleOrNull(m.pad)}
	for _, s := range m.specials {
		if id := int64(s.ID); id != m.eos && id != m.bos && id != m.pad && !m.added[s.ID].plain {
			text.Additional = append(text.Additional, s.Content)
		}
	}
	var b jsonText
	return b.value(text).raw("\n").bytes()
}
