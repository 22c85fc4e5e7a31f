package tokenize

import (
	"fmt"
	"unicode/utf8"
)

// AppendDecode appends the bytes of tokens to dst. The ids of a text give the text back, which need not be valid UTF-8 if
// only some of its ids are decoded. It is an error if an id has no token; dst is then as it was.
func (m *Model) AppendDecode(dst []byte, ids []uint32) ([]byte, error) {
	out := dst
	for i, id := range ids {
		t, ok := m.Token(id)
		if !ok {
			return dst, fmt.Errorf("decode: id %d at index %d is not in the vocabulary of %d", id, i, len(m.tokens))
		}
		out = append(out, t...)
	}
	return out, nil
}

// DecodeText is Decode for showing: bytes that are not UTF-8, such as those of a character that the
// ids have only a part of, become U+FFFD, one for each longest start of a character (The Unicode Standard, section
// 3.9, "U+FFFD Substitution of Maximal Subparts"), as in Hugging Face's tokenizers.
func (m *Model) DecodeText(ids []uint32) (string, error) {
	text, err := m.AppendDecode(nil, ids)
	if err != nil {
		return "", err
	}
	if utf8.Valid(text) {
		return string(text), nil
	}
	out, rest := appendValid(make([]byte, 0, len(text)+8), text)
	if len(rest) > 0 {
		out = utf8.AppendRune(out, utf8.RuneError)
	}
	return string(out), nil
}

// A Decoder turns ids into text one at a time, for showing it while it is made. It holds the first bytes of a character
// back until the others come. It is for one goroutine.
type Decoder struct {
	model *Model
	held  []byte // the start of a character
}

// NewDecoder returns a Decoder of the model.
func (m *Model) NewDecoder() *Decoder { return &Decoder{model: m} }

// Append appends to dst the text that the next id completes. Bytes that are not UTF-8 become U+FFFD, as in
// DecodeText. It is an error if the id has no token.
func (d *Decoder) Append(dst []byte, id uint32) ([]byte, error) {
	t, ok := d.model.Token(id)
	if !ok {
		return dst, fmt.Errorf("decode: id %d is not in the vocabulary of %d", id, len(d.model.tokens))
	}
	d.held = append(d.held, t...)
	dst, rest := appendValid(dst, d.held)
	d.held = append(d.held[:0], rest...)
	return dst, nil
}

// Flush appends to dst what is held back at the end: one U+FFFD, or nothing.
func (d *Decoder) Flush(dst []byte) []byte {
	if len(d.held) > 0 {
		dst = utf8.AppendRune(dst, utf8.RuneError)
	}
	d.held = d.held[:0]
	return dst
}

// appendValid appends text with U+FFFD for what is not UTF-8. rest is the start of a character at the end, if there is one.
func appendValid(dst, text []byte) (out, rest []byte) {
	for len(text) > 0 {
		if _, n := utf8.DecodeRune(text); n > 1 || text[0] < utf8.RuneSelf {
			dst, text = append(dst, text[:n]...), text[n:]
			continue
		}
		if !utf8.FullRune(text) {
			return dst, text
		}
		// DecodeRune counts one byte for any error. The bytes that could begin a character belong together.
		n := 1
		for n < len(text) && !utf8.FullRune(text[:n]) {
			n++
		}
		if n > 1 {
			n-- // with the last of them it was complete, and wrong
		}
		dst, text = utf8.AppendRune(dst, utf8.RuneError), text[n:]
	}
	return dst, nil
}
