package classifier

import (
	"fmt"
	"slices"
	"strings"

	"corpus/filter/fasttext"
)

// A Scorer gives a text a score for each of its labels. It is safe for concurrent use.
type Scorer interface {
	// Labels are without prefix, in the order of the scores.
	Labels() []string
	// Scores appends a score for each label to dst, usually 0 to 1, without NaN.
	Scores(dst []float32, text string) []float32
}

// canonical is what a Scorer may have besides: the name under which it knows what others call label.
type canonical interface{ Canonical(label string) string }

// Builtin is the beginning of the names of built-in models.
const Builtin = "builtin:"

// Loaded is a model with what is known of it.
type Loaded struct {
	Scorer
	// Name is the path, or the name of a built-in model.
	Name   string
	Digest string
	// Card is what lies beside the file; nil where nothing does.
	Card *fasttext.Card
	// Threshold is the score from which a label counts as given unless somebody says otherwise.
	Threshold float64
}

// defaultThreshold is that of models which have none of their own.
const defaultThreshold = 0.5

// Load reads a fastText model with its card, or takes a built-in model by its name.
func Load(name string) (*Loaded, error) {
	if strings.HasPrefix(name, Builtin) {
		for _, b := range builtins() {
			if Builtin+b.name == name {
				return b.load()
			}
		}
		return nil, fmt.Errorf("no model %q: there are %s", name, strings.Join(BuiltinNames(), ", "))
	}
	model, digest, card, err := fasttext.OpenCard(name)
	if err != nil {
		return nil, err
	}
	return &Loaded{Scorer: fastText{model}, Name: name, Digest: digest, Card: card, Threshold: defaultThreshold}, nil
}

// builtin is one row of the table of built-in models.
type builtin struct {
	name string
	load func() (*Loaded, error)
}

// BuiltinNames are the names of the built-in models.
func BuiltinNames() []string {
	var names []string
	for _, b := range builtins() {
		names = append(names, Builtin+b.name)
	}
	return names
}

// fastText is a fastText model as a Scorer.
type fastText struct{ model *fasttext.Model }

func (f fastText) Labels() []string {
	labels := f.model.Labels()
	for i, l := range labels {
		labels[i] = plainLabel(l)
	}
	return labels
}

func (f fastText) Scores(dst []float32, text string) []float32 { return f.model.Scores(dst, text) }

// labelIndex is the place of a label in the scores.
func labelIndex(s Scorer, label string) (int, error) {
	labels := s.Labels()
	if i := slices.Index(labels, plainLabel(label)); i >= 0 {
		return i, nil
	}
	return 0, noLabel(label, labels)
}

func noLabel(label string, labels []string) error {
	more := ""
	if len(labels) > 20 {
		labels, more = labels[:20], ", …"
	}
	return fmt.Errorf("the model has no label %q: it has %s%s", label, strings.Join(labels, ", "), more)
}
