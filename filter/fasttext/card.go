package fasttext

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"corpus"
)

// Card is the model card: a JSON file beside the model that says what it is and how it was measured. "corpus classifier train" writes it.
type Card struct {
	corpus.Model
	// Options are those of the training, nil where it is unknown.
	Options *TrainOptions `json:"options,omitempty"`
	// Quantized are the options of a quantised model.
	Quantized *QuantizeOptions `json:"quantized,omitempty"`
	// Data are the files that it was trained and measured on, in their order.
	Data []CardData `json:"data,omitempty"`
}

// CardData is a file of labelled texts.
type CardData struct {
	Path string `json:"path"`
	// Digest is "sha256:" and 64 hex digits over the file as it is stored.
	Digest string `json:"digest"`
	// Use is "train" or "validation".
	Use string `json:"use"`
	// Examples is the number of labelled texts in it.
	Examples int `json:"examples"`
}

// CardPath is where the card of a model lies: its path and ".json".
func CardPath(model string) string { return model + ".json" }

// maxCard bounds the size of a card in bytes.
const maxCard = 16 << 20

// ReadCard reads the card beside a model. A model without one has none, which is no error; a card for other bytes than those of the given
// digest is one.
func ReadCard(model, digest string) (*Card, error) {
	path := CardPath(model)
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxCard+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxCard {
		return nil, fmt.Errorf("%s: more than %d bytes, which is no model card", path, maxCard)
	}
	var card Card
	if err := json.Unmarshal(data, &card); err != nil {
		return nil, fmt.Errorf("%s: no model card: %w", path, err)
	}
	if card.Digest != digest {
		return nil, fmt.Errorf("%s: the card is for a model of digest %q, the model has %q; remove or renew the card", path, card.Digest, digest)
	}
	return &card, nil
}

// Write writes the card as indented JSON.
func (c *Card) Write(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(c)
}

// OpenCard reads a model from a file, the digest of its bytes ("sha256:" and 64 hex digits) and the card beside it, nil where there is none.
func OpenCard(path string) (m *Model, digest string, card *Card, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, "", nil, err
	}
	defer f.Close()
	sum := sha256.New()
	all := io.TeeReader(f, sum)
	if m, err = Read(all); err == nil {
		_, err = io.Copy(io.Discard, all)
	}
	if err != nil {
		return nil, "", nil, fmt.Errorf("%s: %w", path, err)
	}
	digest = "sha256:" + hex.EncodeToString(sum.Sum(nil))
	card, err = ReadCard(path, digest)
	return m, digest, card, err
}
