package classifier

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"corpus"
	"corpus/filter/fasttext"
)

// Evaluate measures a model on files. Without a set, the metrics name the files.
func Evaluate(ctx context.Context, model *Loaded, paths []string, source Source, o EvaluateOptions) (*Report, []File, error) {
	if o.Set == "" {
		var names []string
		for _, p := range paths {
			if p == "-" {
				p = "standard input"
			}
			names = append(names, filepath.Base(p))
		}
		o.Set = strings.Join(names, " + ")
	}
	e, err := NewEvaluation(model.Scorer, o)
	if err != nil {
		return nil, nil, err
	}
	var files []File
	for _, path := range paths {
		file, err := source.Read(ctx, path, e.Add)
		if err != nil {
			return nil, files, err
		}
		files = append(files, file)
	}
	r := e.Report()
	r.Model, r.Digest = model.Name, model.Digest
	return r, files, nil
}

// UpdateCard puts a report's metrics into the card beside a model, in the place of older ones of the same set; a model
// without a card gets one.
func UpdateCard(model *Loaded, r *Report) error {
	if strings.HasPrefix(model.Name, Builtin) {
		return errors.New("a built-in model has no file that a card could lie beside")
	}
	card := model.Card
	if card == nil {
		base := filepath.Base(model.Name)
		card = &fasttext.Card{Model: corpus.Model{
			Name: strings.TrimSuffix(base, filepath.Ext(base)), Origin: model.Name, Digest: model.Digest,
		}}
	}
	card.Metrics = slices.DeleteFunc(slices.Clone(card.Metrics), func(m corpus.Metric) bool { return m.Set == r.Set })
	card.Metrics = append(card.Metrics, r.Metrics()...)
	return WriteCard(model.Name, card)
}
