package filter

import (
	"context"
	"os"
	"regexp"
	"strings"

	"corpus"
	"corpus/filter/fasttext"
)

// FastTextOptions name classifiers in fastText's format and the scores that a document must have.
type FastTextOptions struct {
	// Models are asked in this order; the first that rejects a document decides. At least one.
	Models []FastTextModel `yaml:"models" jsonschema_description:"Classifiers, asked in this order; the first that rejects a document decides. At least one."`
}

// FastTextModel is one classifier.
type FastTextModel struct {
	// Name is that of the rule and of the signal fasttext_NAME: lower-case letters, digits and '_', unique.
	Name string `yaml:"name" jsonschema_description:"Name of the rule and of the signal fasttext_NAME: lower-case letters, digits and _, unique."`
	// Path of a .bin or .ftz file of a supervised model.
	Path string `yaml:"path" jsonschema_description:"A .bin or .ftz file of a supervised model."`
	// Label whose score counts, with or without __label__.
	Label string `yaml:"label" jsonschema_description:"Label whose score counts, with or without __label__."`
	// Min and Max bound the score of documents that are kept, 0 to 1. Defaults 0 and 1: only tag.
	Min float64 `yaml:"min" jsonschema_description:"Least score of a document that is kept, 0 to 1. Default 0."`
	Max float64 `yaml:"max" jsonschema_description:"Largest score of a document that is kept, 0 to 1; 0 stands for 1. Default 1."`
}

// DefaultFastTextOptions returns no models, which NewFastText refuses.
func DefaultFastTextOptions() FastTextOptions { return FastTextOptions{} }

// FileNames are the files that the options name, and the model cards beside them.
func (o FastTextOptions) FileNames() []string {
	var paths []string
	for _, m := range o.Models {
		paths = append(paths, m.Path)
		if card := fasttext.CardPath(m.Path); m.Path != "" && fileExists(card) {
			paths = append(paths, card)
		}
	}
	return paths
}

func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

var modelName = regexp.MustCompile(`^[a-z0-9_]{1,40}$`)

// Validate reports the first bad option. The models are read by NewFastText.
func (o FastTextOptions) Validate() error {
	if len(o.Models) == 0 {
		return corpus.BadOption("models", "no models: the stage needs at least one")
	}
	seen := map[string]bool{}
	for _, m := range o.Models {
		switch {
		case !modelName.MatchString(m.Name):
			return corpus.BadOption("models", "name %q is not of lower-case letters, digits and _", m.Name)
		case seen[m.Name]:
			return corpus.BadOption("models", "two models are named %q", m.Name)
		case m.Path == "":
			return corpus.BadOption("models", "%s has no path", m.Name)
		case m.Label == "":
			return corpus.BadOption("models", "%s has no label", m.Name)
		case !(m.Min >= 0 && m.Min <= 1) || !(m.Max >= 0 && m.Max <= 1) || m.Max > 0 && m.Min > m.Max:
			return corpus.BadOption("models", "%s keeps scores from %v to %v, which are not within 0 to 1", m.Name, m.Min, m.Max)
		}
		seen[m.Name] = true
	}
	return nil
}

// FastText is the stage fasttext.
type FastText struct{ models []loadedModel }

type loadedModel struct {
	FastTextModel
	*fastTextFile
	label  int
	signal string
}

// fastTextFile is a model's file, read once however many entries name it.
type fastTextFile struct {
	model  *fasttext.Model
	digest string
	card   *fasttext.Card // nil without
}

// NewFastText reads the models and the cards beside them (MODEL.json), or returns an OptionError that names the file. A card of other
// bytes than the model's is an error.
func NewFastText(options FastTextOptions) (*FastText, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	stage := &FastText{}
	files := map[string]*fastTextFile{}
	for _, m := range options.Models {
		file := files[m.Path]
		if file == nil {
			file = &fastTextFile{}
			var err error
			if file.model, file.digest, file.card, err = fasttext.OpenCard(m.Path); err != nil {
				return nil, corpus.BadOption("models", "%w", err)
			}
			files[m.Path] = file
		}
		if m.Max == 0 {
			m.Max = 1
		}
		loaded := loadedModel{FastTextModel: m, fastTextFile: file, label: -1, signal: "fasttext_" + m.Name}
		for i, label := range file.model.Labels() {
			if label == fasttext.LabelName(m.Label) {
				loaded.label = i
				break
			}
		}
		if loaded.label < 0 {
			return nil, corpus.BadOption("models", "%s has no label %q: it has %s", m.Path, m.Label, some(file.model.Labels()))
		}
		stage.models = append(stage.models, loaded)
	}
	return stage, nil
}

// some lists the first labels of a model.
func some(labels []string) string {
	if len(labels) > 10 {
		return strings.Join(labels[:10], ", ") + ", …"
	}
	return strings.Join(labels, ", ")
}

// Name returns "fasttext".
func (*FastText) Name() string { return "fasttext" }

// Models names the models under the names that the options give them, with what their cards say of licence, attribution and
// measurements; without a card these are empty.
func (f *FastText) Models() []corpus.Model {
	var models []corpus.Model
	for _, m := range f.models {
		model := corpus.Model{Name: m.Name, Origin: m.Path, Digest: m.digest}
		if m.card != nil {
			model.License, model.Attribution, model.Metrics = m.card.License, m.card.Attribution, m.card.Metrics
		}
		models = append(models, model)
	}
	return models
}

// Process sets the signal fasttext_NAME of every model on every live document, and rejects those whose score is out of a model's bounds under
// the rule of the model's name. Line ends in the text count as spaces, as DCLM, FineWeb and others call fastText.
func (f *FastText) Process(ctx context.Context, batch *corpus.Batch) error {
	for doc := range batch.Live() {
		if err := ctx.Err(); err != nil {
			return err
		}
		for i := range f.models {
			m := &f.models[i]
			// fastText's scores are up to 1e-5 above the probability: a certain one is within bounds of 1.
			score := min(1, float64(m.model.Score(doc.Text, m.label)))
			doc.SetSignal(m.signal, score)
			if score < m.Min || score > m.Max {
				doc.Reject(f.Name(), m.Name, score)
				break
			}
		}
	}
	return nil
}
