package filter

import (
	"context"
	"math"
	"slices"
	"strings"

	"corpus"
	"corpus/filter/toxic"
)

// ToxicityOptions say what is looked for, and from how much of it on a document is dropped.
type ToxicityOptions struct {
	// Terms are words or phrases, matched as whole words in any letter case, whatever the language; default none.
	Terms []string `yaml:"terms" jsonschema_description:"Words or phrases, matched as whole words in any letter case, whatever the language; default none."`
	// Files hold further terms, one a line, with # comments; default none.
	Files []string `yaml:"files" jsonschema_description:"Files of further terms, one a line, # starts a comment; default none."`
	// Lists are lists of obscene words by language: "builtin" or none; default builtin.
	Lists []string `yaml:"lists" jsonschema_description:"Lists of obscene words by language: builtin, or empty for none; default builtin."`
	// Languages are those whose lists are used; default empty: all that there are.
	Languages []string `yaml:"languages" jsonschema_description:"Languages whose lists are used, as ISO 639-1 codes; default empty: all that there are."`
	// Except are entries of the lists that are not looked for, in any language; default none.
	Except []string `yaml:"except" jsonschema_description:"Entries of the lists that are not looked for, in any language; default none."`
	// FallbackLanguage is the language whose list, if it is used, a document gets whose own language is unknown or has none; default en, empty for none.
	FallbackLanguage string `yaml:"fallback_language" jsonschema_description:"Language whose list, if it is used, a document gets whose own language is unknown or has none; default en, empty for none."`
	// MaxRatio is the largest share of a document's words that may belong to terms; 0 to 1, default 1: never reject, only tag.
	MaxRatio float64 `yaml:"max_ratio" jsonschema_description:"Largest share of a document's words that may belong to terms; 0 to 1, default 1: never reject, only tag."`
	// Classifier scores the text.
	Classifier ToxicityClassifierOptions `yaml:"classifier" jsonschema_description:"Scores the text by a linear classifier that is built in."`
}

// ToxicityClassifierOptions say which documents are scored and from which score on they are dropped.
type ToxicityClassifierOptions struct {
	// Use scores documents; default true.
	Use bool `yaml:"use" jsonschema_description:"Scores documents; default true."`
	// Languages are those of the documents that are scored, besides documents of unknown language; default en, for which the model was made.
	Languages []string `yaml:"languages" jsonschema_description:"Languages of the documents that are scored, besides documents of unknown language; default en, for which the model was made."`
	// By is the score that decides: that of the worst passage (max) or the mean of all (mean); default max.
	By string `yaml:"by" jsonschema:"enum=max,enum=mean" jsonschema_description:"Score that decides: that of the worst passage of about 400 bytes (max) or the mean of all (mean); default max."`
	// MaxScore is the largest score that is kept; 0 to 1, default 1: never reject, only tag. The model's makers count a text as toxic from 0.82 on.
	MaxScore float64 `yaml:"max_score" jsonschema_description:"Largest score that is kept; 0 to 1, default 1: never reject, only tag. 0.82 is where the model's makers count a text as toxic."`
}

// The scores that may decide.
const (
	ToxicityByMax  = "max"
	ToxicityByMean = "mean"
)

// DefaultToxicityOptions returns the defaults: the built-in lists and classifier, for tagging only.
func DefaultToxicityOptions() ToxicityOptions {
	return ToxicityOptions{
		Lists: []string{toxicityBuiltin}, FallbackLanguage: "en", MaxRatio: 1,
		Classifier: ToxicityClassifierOptions{Use: true, Languages: []string{"en"}, By: ToxicityByMax, MaxScore: 1},
	}
}

// FileNames are the files that the options name.
func (o ToxicityOptions) FileNames() []string { return o.Files }

// usesTerms reports whether there are terms of any kind.
func (o ToxicityOptions) usesTerms() bool { return len(o.Terms)+len(o.Files)+len(o.Lists) > 0 }

// Validate reports the first bad option. The files are read by NewToxicity.
func (o ToxicityOptions) Validate() error {
	if !o.usesTerms() && !o.Classifier.Use {
		return corpus.BadOption("terms", "nothing to look for: no terms, files or lists, and no classifier")
	}
	for _, term := range o.Terms {
		if _, err := termWords(term); err != nil {
			return corpus.BadOption("terms", "%w", err)
		}
	}
	if err := checkToxicityExcept(o.Except); err != nil {
		return err
	}
	for _, list := range o.Lists {
		if list != toxicityBuiltin {
			return corpus.BadOption("lists", "%q is not %q, the one there is; name your own under files", list, toxicityBuiltin)
		}
	}
	known := toxicityListLanguages()
	for _, language := range o.Languages {
		if !slices.Contains(known, language) {
			return corpus.BadOption("languages", "no list for %q; there are %q", language, known)
		}
	}
	if o.FallbackLanguage != "" && !slices.Contains(known, o.FallbackLanguage) {
		return corpus.BadOption("fallback_language", "no list for %q; there are %q", o.FallbackLanguage, known)
	}
	if err := checkRange("max_ratio", o.MaxRatio, 1); err != nil {
		return err
	}
	for _, language := range o.Classifier.Languages {
		if !toxicityLanguageCode(language) {
			return corpus.BadOption("classifier.languages", "%q is no code of two or three small letters", language)
		}
	}
	if by := o.Classifier.By; o.Classifier.Use && by != ToxicityByMax && by != ToxicityByMean {
		return corpus.BadOption("classifier.by", "%q is not one of %q, %q", by, ToxicityByMax, ToxicityByMean)
	}
	return checkRange("classifier.max_score", o.Classifier.MaxScore, 1)
}

// Toxicity is the stage toxicity. It counts listed terms in a text and scores it.
type Toxicity struct {
	options ToxicityOptions
	terms   *toxicityTerms
	model   *toxic.Model // nil where the classifier is not used
	card    toxic.Card
}

// NewToxicity makes the stage and reads its files, or returns an OptionError.
func NewToxicity(options ToxicityOptions) (*Toxicity, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	t := &Toxicity{options: options}
	if options.usesTerms() {
		var err error
		if t.terms, err = newToxicityTerms(options); err != nil {
			return nil, err
		}
	}
	if options.Classifier.Use {
		var err error
		if t.model, t.card, err = toxic.Builtin(); err != nil {
			return nil, corpus.BadOption("classifier.use", "%w", err)
		}
	}
	return t, nil
}

// Name returns "toxicity".
func (*Toxicity) Name() string { return "toxicity" }

// Models describes the built-in lists and the classifier, those that are used.
func (t *Toxicity) Models() []corpus.Model {
	var models []corpus.Model
	if len(t.options.Lists) > 0 {
		models = append(models, toxicityListsModel())
	}
	if t.model != nil {
		models = append(models, t.card.Model)
	}
	return models
}

// Process sets the signals toxicity_terms, the number of terms, and toxicity_ratio, the share of words that belong to them, and for
// the classifier's languages toxicity_score, the score of the worst passage, and toxicity_mean, that of all. It rejects
// documents above the limits under the rules ratio and score.
func (t *Toxicity) Process(_ context.Context, batch *corpus.Batch) error {
	for doc := range batch.Live() {
		if t.terms != nil {
			terms, share := t.terms.of(doc.Language).measure(doc.Text)
			doc.SetSignal("toxicity_terms", float64(terms))
			doc.SetSignal("toxicity_ratio", share)
			if share > t.options.MaxRatio {
				doc.Reject(t.Name(), "ratio", share)
			}
		}
		if t.model != nil && (toxicityUnknown(doc.Language) || slices.Contains(t.options.Classifier.Languages, doc.Language)) {
			t.score(doc)
		}
	}
	return nil
}

// score sets the classifier's signals, to six decimals.
func (t *Toxicity) score(doc *corpus.Document) {
	s := t.model.Score(doc.Text)
	worst, mean := math.Round(s.Max*1e6)/1e6, math.Round(s.Mean*1e6)/1e6
	doc.SetSignal("toxicity_score", worst)
	doc.SetSignal("toxicity_mean", mean)
	decides := worst
	if t.options.Classifier.By == ToxicityByMean {
		decides = mean
	}
	if decides > t.options.Classifier.MaxScore {
		doc.Reject(t.Name(), "score", decides)
	}
}

// toxicityLanguageCode reports whether a code looks like those that documents carry (ISO 639).
func toxicityLanguageCode(code string) bool {
	return (len(code) == 2 || len(code) == 3) && strings.Trim(code, "abcdefghijklmnopqrstuvwxyz") == ""
}

// toxicityUnknown reports whether a document's language is not known.
func toxicityUnknown(language string) bool { return language == "" || language == "und" }
