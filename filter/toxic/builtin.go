package toxic

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"sync"

	"corpus"
)

//go:embed model.bin
var builtinModel []byte

//go:embed card.json
var builtinCard []byte

// Card describes a model: where it comes from, how it was measured, and from which score on its makers count a text as toxic.
type Card struct {
	corpus.Model
	Threshold float64 `json:"threshold"`
}

// Builtin gives the model that is part of the program and its card. It is read once.
func Builtin() (*Model, Card, error) {
	b := builtin()
	return b.model, b.card, b.err
}

type builtIn struct {
	model *Model
	card  Card
	err   error
}

var builtin = sync.OnceValue(func() (b builtIn) {
	if b.model, b.err = Parse(builtinModel); b.err != nil {
		return b
	}
	if err := json.Unmarshal(builtinCard, &b.card); err != nil {
		b.err = fmt.Errorf("card of the toxicity model: %w", err)
	}
	return b
})
