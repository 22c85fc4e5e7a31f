package tokenize

import (
	"corpus/tokenize/internal/testtext"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// peerEncode encodes texts with Hugging Face's tokenizers, and decodes the ids.
const peerEncode = `
import json, sys
from tokenizers import Tokenizer
task = json.load(sys.stdin)
t = Tokenizer.from_str(task["tokenizer"])
ids = [t.encode(s, add_special_tokens=False).ids for s in task["texts"]]
json.dump({"ids": ids, "texts": [t.decode(i, skip_special_tokens=False) for i in ids]}, sys.stdout)
`

// TestWordModelsEqualHuggingFace compares ids and decoded texts with Hugging Face's where CORPUS_PYTHON names a Python
// that has the package tokenizers.
func TestWordModelsEqualHuggingFace(t *testing.T) {
	python := os.Getenv("CORPUS_PYTHON")
	if python == "" {
		t.Skip("CORPUS_PYTHON names no Python with Hugging Face's tokenizers")
	}
	texts := []string{"### Title\n## a ##b", "#####", "‿ing a‿b", testtext.Sample(21, 20000), testtext.Sample(22, 20000), testtext.Sample(23, 20000)}
	for _, s := range append(testtext.Seeds, encodeSeeds...) {
		// It takes nothing else than UTF-8, and recognises special tokens.
		if utf8.ValidString(s) && !strings.Contains(s, EndOfText) {
			texts = append(texts, s)
		}
	}
	for _, m := range []*Model{wordPieceOfText(t), unigramOfText(t)} {
		tokenizer, err := m.hfJSON()
		if err != nil {
			t.Fatal(err)
		}
		var peer struct {
			IDs   [][]uint32 `json:"ids"`
			Texts []string   `json:"texts"`
		}
		askPeer(t, python, peerEncode, map[string]any{"tokenizer": string(tokenizer), "texts": texts}, &peer)
		if len(peer.IDs) != len(texts) || len(peer.Texts) != len(texts) {
			t.Fatalf("%d answers of %d", len(peer.IDs), len(texts))
		}
		e := m.NewEncoder()
		for i, text := range texts {
			if diff := cmp.Diff(peer.IDs[i], e.Encode([]uint32{}, text)); diff != "" {
				t.Errorf("%s, ids of %.60q (-peer +encoder):\n%s", m.Kind(), text, diff)
			}
			if peer.Texts[i] != text {
				t.Errorf("%s: %.60q is decoded as %.60q", m.Kind(), text, peer.Texts[i])
			}
		}
	}
}
