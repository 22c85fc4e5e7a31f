package filter

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"corpus"
	"corpus/filter/fasttext"

	"github.com/google/go-cmp/cmp"
)

func TestFastText(t *testing.T) {
	stage, err := NewFastText(FastTextOptions{Models: []FastTextModel{
		{Name: "english", Path: "fasttext/testdata/softmax.bin", Label: "en", Min: 0.65},
		{Name: "german", Path: "fasttext/testdata/softmax.bin", Label: "__label__de", Max: 0.5},
	}})
	if err != nil {
		t.Fatal(err)
	}
	batch := &corpus.Batch{Documents: []*corpus.Document{
		{Text: "the lamp in the window\nwas still lit"}, {Text: "die Lampe im Fenster brannte noch"}, {Text: ""},
	}}
	if err := stage.Process(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	english, german, empty := batch.Documents[0], batch.Documents[1], batch.Documents[2]
	if english.Reason != nil || english.Signals["fasttext_english"] < 0.9 || english.Signals["fasttext_german"] > 0.1 {
		t.Errorf("English: %v %v", english.Reason, english.Signals)
	}
	if german.Reason == nil || german.Reason.String() != "fasttext/english" || len(german.Signals) != 1 {
		t.Errorf("German: %v %v", german.Reason, german.Signals)
	}
	if empty.Reason == nil {
		t.Error("a text without words is no English")
	}
}

func TestFastTextOptions(t *testing.T) {
	good := FastTextModel{Name: "x", Path: "fasttext/testdata/words.bin", Label: "en"}
	for _, c := range []struct {
		name   string
		change func(*FastTextModel)
	}{
		{"name", func(m *FastTextModel) { m.Name = "A b" }},
		{"no path", func(m *FastTextModel) { m.Path = "" }},
		{"missing file", func(m *FastTextModel) { m.Path = "no such file" }},
		{"not a model", func(m *FastTextModel) { m.Path = "fasttext/testdata/train.txt" }},
		{"no label", func(m *FastTextModel) { m.Label = "" }},
		{"unknown label", func(m *FastTextModel) { m.Label = "tlh" }},
		{"bounds", func(m *FastTextModel) { m.Min, m.Max = 0.6, 0.5 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := good
			c.change(&m)
			var bad *corpus.OptionError
			if _, err := NewFastText(FastTextOptions{Models: []FastTextModel{m}}); !errors.As(err, &bad) {
				t.Errorf("error %v", err)
			}
		})
	}
	var bad *corpus.OptionError
	if err := (FastTextOptions{Models: []FastTextModel{good, good}}).Validate(); !errors.As(err, &bad) {
		t.Errorf("two of a name: %v", err)
	}
}

// TestFastTextCard: what the card beside a model says reaches the manifest, and a card of another model is refused.
func TestFastTextCard(t *testing.T) {
	data, err := os.ReadFile("fasttext/testdata/words.bin")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "words.bin")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	options := FastTextOptions{Models: []FastTextModel{{Name: "english", Path: path, Label: "en"}, {Name: "german", Path: path, Label: "de"}}}
	digest := corpus.PayloadDigest(data)
	bare := []corpus.Model{{Name: "english", Origin: path, Digest: digest}, {Name: "german", Origin: path, Digest: digest}}
	if diff := cmp.Diff(bare, modelsOf(t, options)); diff != "" {
		t.Errorf("without a card: %s", diff)
	}
	if names := options.FileNames(); slices.Contains(names, fasttext.CardPath(path)) {
		t.Errorf("files %v: there is no card", names)
	}

	metrics := []corpus.Metric{{Set: "test", Name: "auc", Value: 0.9, Count: 10}}
	card := fasttext.Card{Model: corpus.Model{Name: "words", Digest: digest, License: "CC0-1.0", Attribution: "nobody", Metrics: metrics}}
	writeFastTextCard(t, path, card)
	for i := range bare {
		bare[i].License, bare[i].Attribution, bare[i].Metrics = "CC0-1.0", "nobody", metrics
	}
	if diff := cmp.Diff(bare, modelsOf(t, options)); diff != "" {
		t.Errorf("with a card: %s", diff)
	}
	if names := options.FileNames(); !slices.Contains(names, fasttext.CardPath(path)) {
		t.Errorf("files %v lack the card", names)
	}

	card.Digest = "sha256:" + strings.Repeat("0", 64)
	writeFastTextCard(t, path, card)
	var bad *corpus.OptionError
	if _, err := NewFastText(options); !errors.As(err, &bad) || !strings.Contains(err.Error(), "words.bin.json") {
		t.Errorf("a card of another model: %v", err)
	}
}

func modelsOf(t *testing.T, options FastTextOptions) []corpus.Model {
	t.Helper()
	stage, err := NewFastText(options)
	if err != nil {
		t.Fatal(err)
	}
	return stage.Models()
}

func writeFastTextCard(t *testing.T, model string, card fasttext.Card) {
	t.Helper()
	var b strings.Builder
	if err := card.Write(&b); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(fasttext.CardPath(model), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
