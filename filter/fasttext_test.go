package filter

import (
	"errors"
	"testing"

	"corpus"
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
