package tokenize

import (
	"corpus/tokenize/internal/testtext"
	"math/rand/v2"
	"os"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// peerFolder opens a folder as users of transformers do, and encodes and decodes texts.
const peerFolder = `
import json, sys
from transformers import AutoTokenizer
task = json.load(sys.stdin)
t = AutoTokenizer.from_pretrained(task["folder"])
ids = [t.encode(x, add_special_tokens=False) for x in task["texts"]]
json.dump({
    "ids": ids,
    "texts": [t.decode(i, skip_special_tokens=False) for i in ids],
    "roles": [t.bos_token or "", t.eos_token or "", t.pad_token or ""],
    "shown": t.decode(task["specials"], skip_special_tokens=True),
}, sys.stdout)
`

// TestTransformersOpensTheFolder compares with transformers where CORPUS_PYTHON names a Python that has it.
func TestTransformersOpensTheFolder(t *testing.T) {
	python := os.Getenv("CORPUS_PYTHON")
	if python == "" {
		t.Skip("CORPUS_PYTHON names no Python with transformers")
	}
	train := func(change func(o *TrainOptions)) *Model {
		return trained(t, func(o *TrainOptions) { o.SpecialTokens = []string{EndOfText, "<s>", "<pad>", "日|"}; change(o) })
	}
	models := map[string]*Model{
		"gpt2":      train(func(o *TrainOptions) { o.Pattern = "gpt2" }),
		"o200k":     train(func(o *TrainOptions) { o.Pattern = "o200k" }),
		"deepseek":  train(func(o *TrainOptions) { o.Pattern = "deepseek-v3" }),
		"bytes":     train(func(o *TrainOptions) { o.Pattern = "bytes" }),
		"wordpiece": train(func(o *TrainOptions) { o.Model = KindWordPiece }),
		"unigram":   train(func(o *TrainOptions) { o.Model = KindUnigram }),
		"nfc":       train(func(o *TrainOptions) { o.Pattern = "qwen2" }),
	}
	models["nfc"].nfc = true
	if err := models["gpt2"].setRoles("<s>", EndOfText, "<pad>"); err != nil {
		t.Fatal(err)
	}
	models["o200k"].added = map[uint32]addedFlags{1: {plain: true}, 3: {normalized: true}}
	models["cl100k_base"] = loadVector(t, "cl100k_base.tiktoken")
	var texts []string
	for _, s := range append(append([]string{"e\u0301 <s>" + EndOfText + "<s>日|<pad>x"}, encodeSeeds...), testtext.Seeds...) {
		if utf8.ValidString(s) { // it takes nothing else
			texts = append(texts, s)
		}
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		picks := make([]byte, 1+random.IntN(30))
		for i := range picks {
			picks[i] = byte(random.Uint32())
		}
		texts = append(texts, testtext.OfPicks(picks))
	}
	for name, m := range models {
		t.Run(name, func(t *testing.T) { compareFolder(t, python, m, m.SaveHF, texts) })
		if name == "gpt2" || name == "nfc" {
			t.Run(name+" as GPT-2's files", func(t *testing.T) { compareFolder(t, python, m, m.SaveGPT2, texts) })
		}
	}
}

func compareFolder(t *testing.T, python string, m *Model, save func(dir string) error, texts []string) {
	dir := t.TempDir()
	if err := save(dir); err != nil {
		t.Fatal(err)
	}
	var shown string
	var specials []uint32
	for _, s := range m.SpecialTokens() {
		specials = append(specials, s.ID)
		if m.added[s.ID].plain {
			shown += s.Content
		}
	}
	var peer struct {
		IDs   [][]uint32 `json:"ids"`
		Texts []string   `json:"texts"`
		Roles [3]string  `json:"roles"`
		Shown string     `json:"shown"`
	}
	askPeer(t, python, peerFolder, map[string]any{"folder": dir, "texts": texts, "specials": specials}, &peer)
	if len(peer.IDs) != len(texts) || len(peer.Texts) != len(texts) {
		t.Fatalf("%d answers of %d", len(peer.IDs), len(texts))
	}
	if diff := cmp.Diff(peer.Roles, [3]string{m.roleName(m.bos), m.roleName(m.eos), m.roleName(m.pad)}); diff != "" {
		t.Errorf("tokens that begin, end and fill up (-peer +ours):\n%s", diff)
	}
	if peer.Shown != shown {
		t.Errorf("without special tokens %q is left, want %q", peer.Shown, shown)
	}
	e := m.NewEncoder()
	for i, text := range texts {
		ids := e.EncodeSpecial([]uint32{}, text)
		if diff := cmp.Diff(peer.IDs[i], ids); diff != "" {
			t.Errorf("%.60q (-peer +ours):\n%s", text, diff)
		}
		if back, err := m.Decode(ids); err != nil || string(back) != peer.Texts[i] {
			t.Errorf("%.60q comes back as %.60q from the peer, and as %.60q, %v", text, peer.Texts[i], back, err)
		}
	}
}
