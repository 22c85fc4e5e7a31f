package filter

import (
	"fmt"
	"maps"
	"slices"

	"corpus"
	"corpus/filter/langid"
)

// Values of LanguageOptions.Mode.
const (
	languageDocument = "document"
	languageLines    = "lines"
)

// Values of LanguageLinguaOptions.Use.
const (
	linguaAuto   = "auto"
	linguaAlways = "always"
	linguaNever  = "never"
)

// Values of LanguageLinesOptions.Keep.
const (
	linesAll        = "all"
	linesConfigured = "configured"
)

// LanguageOptions say which languages are told apart and which are kept.
type LanguageOptions struct {
	// Languages are the languages to keep, as ISO 639-1 codes or und; empty (the default) keeps all and only annotates.
	Languages []string `yaml:"languages" jsonschema_description:"Languages to keep, as ISO 639-1 codes or und; empty (the default) keeps all and only annotates."`
	// MinScore is the least probability for a document to be kept, where languages is set; 0 to 1, default 0.65.
	MinScore float64 `yaml:"min_score" jsonschema:"minimum=0,maximum=1" jsonschema_description:"Least probability for a document to be kept, where languages is set; 0 to 1, default 0.65."`
	// MinScores are least probabilities for some languages, by code, in the place of min_score; 0 to 1.
	MinScores map[string]float64 `yaml:"min_scores" jsonschema_description:"Least probabilities for some languages, by code, in the place of min_score; 0 to 1."`
	// MaxRunes is how many characters of the start of a text, or of a line, are looked at; 20 to 100,000, default 1000. The time taken grows with it.
	MaxRunes int `yaml:"max_runes" jsonschema:"minimum=20,maximum=100000" jsonschema_description:"How many characters of the start of a text, or of a line, are looked at; 20 to 100000, default 1000."`
	// Detect are the languages to choose among, at least two; empty (the default) is all 75. Probabilities are then conditional on the text being in one
	// of them or in an unknown language.
	Detect []string `yaml:"detect" jsonschema_description:"Languages to choose among, as ISO 639-1 codes, at least two; empty (the default) is all 75. Text in a language left out may get the label of a relative of it."`
	// Mode is document (the default), one judgement on the start of the text, or lines, one on each line.
	Mode string `yaml:"mode" jsonschema:"enum=document,enum=lines" jsonschema_description:"document (the default) judges the start of the text; lines judges every line, and gives the document the language with the most bytes."`
	// Lines are the options of the mode lines.
	Lines LanguageLinesOptions `yaml:"lines" jsonschema_description:"Options of the mode lines."`
	// Lingua says when lingua-go gives a second opinion.
	Lingua LanguageLinguaOptions `yaml:"lingua" jsonschema_description:"When lingua-go gives a second opinion on a text; not on lines."`
}

// LanguageLinesOptions are those of the mode lines.
type LanguageLinesOptions struct {
	// MinLetters is the least number of letters of a line that is judged; shorter ones take the label of the line before, or of the first that has one. 3 to 1000, default 25; a
	// Han character or kana counts as three.
	MinLetters int `yaml:"min_letters" jsonschema:"minimum=3,maximum=1000" jsonschema_description:"Least number of letters of a line that is judged, 3 to 1000, default 25; shorter ones take the label of the line before. A Han character or kana counts as three."`
	// Keep is all (the default), or configured: lines in a language that languages does not name are removed, if their score is at least that language's least.
	Keep string `yaml:"keep" jsonschema:"enum=all,enum=configured" jsonschema_description:"all (the default), or configured: lines whose language is sure and not one of languages are removed."`
	// MinShare is the least share of bytes in the languages configured; documents with less are dropped. 0 to 1, default 0.
	MinShare float64 `yaml:"min_share" jsonschema:"minimum=0,maximum=1" jsonschema_description:"Least share of bytes in the languages to keep; documents with less are dropped. 0 to 1, default 0."`
}

// LanguageLinguaOptions say when lingua-go gives a second opinion. It takes up to 27 MB for each language that it is asked about.
type LanguageLinguaOptions struct {
	// Use is auto (the default), never, or always. auto asks about the languages of detect, else those of languages, if there are two; always asks about all 75 where
	// detect names none.
	Use string `yaml:"use" jsonschema:"enum=auto,enum=never,enum=always" jsonschema_description:"auto (the default) asks lingua about the languages of detect, else those of languages; always about all 75 where detect names none, up to 2 GB of models; never does not ask."`
	// Below is the probability from which it is not asked; 0 to 1, default 0.9.
	Below float64 `yaml:"below" jsonschema:"minimum=0,maximum=1" jsonschema_description:"Probability from which lingua is not asked; 0 to 1, default 0.9."`
	// MaxRunes is the length in characters beyond which it is not asked; 1 to 1000, default 160.
	MaxRunes int `yaml:"max_runes" jsonschema:"minimum=1,maximum=1000" jsonschema_description:"Length in characters beyond which lingua is not asked; 1 to 1000, default 160."`
}

// DefaultLanguageOptions returns the defaults: annotate, with probability 0.65 for those that set languages.
func DefaultLanguageOptions() LanguageOptions {
	return LanguageOptions{
		MinScore: 0.65, MaxRunes: 1000, Mode: languageDocument,
		Lines:  LanguageLinesOptions{MinLetters: 25, Keep: linesAll},
		Lingua: LanguageLinguaOptions{Use: linguaDefault, Below: 0.9, MaxRunes: 160},
	}
}

// Validate reports the first bad option.
func (o LanguageOptions) Validate() error {
	for _, c := range []struct {
		key   string
		value float64
	}{{"min_score", o.MinScore}, {"lines.min_share", o.Lines.MinShare}, {"lingua.below", o.Lingua.Below}} {
		if err := checkRange(c.key, c.value, 1); err != nil {
			return err
		}
	}
	for _, c := range []struct {
		key             string
		value, from, to int
	}{{"max_runes", o.MaxRunes, 20, 100_000}, {"lines.min_letters", o.Lines.MinLetters, langid.MinLetters, 1000}, {"lingua.max_runes", o.Lingua.MaxRunes, 1, 1000}} {
		if c.value < c.from || c.value > c.to {
			return corpus.BadOption(c.key, "%d is not within %d to %d", c.value, c.from, c.to)
		}
	}
	for _, c := range []struct {
		key, value string
		known      []string
	}{{"mode", o.Mode, []string{languageDocument, languageLines}}, {"lines.keep", o.Lines.Keep, []string{linesAll, linesConfigured}}, {"lingua.use", o.Lingua.Use, []string{linguaAuto, linguaNever, linguaAlways}}} {
		if !slices.Contains(c.known, c.value) {
			return corpus.BadOption(c.key, "%q is none of %q", c.value, c.known)
		}
	}
	if err := o.validateLanguages(); err != nil {
		return err
	}
	switch {
	case o.Lines.Keep == linesConfigured && len(o.Languages) == 0:
		return corpus.BadOption("lines.keep", "configured needs languages")
	case o.Lines.MinShare > 0 && len(o.Languages) == 0:
		return corpus.BadOption("lines.min_share", "needs languages")
	case o.Mode != languageLines && (o.Lines.Keep != linesAll || o.Lines.MinShare != 0):
		return corpus.BadOption("mode", "lines.keep and lines.min_share need the mode lines")
	case o.Mode == languageLines && o.Lingua.Use == linguaAlways:
		return corpus.BadOption("lingua.use", "lingua is not asked about lines")
	case o.Lingua.Use != linguaNever && linguaDefault == linguaNever:
		return corpus.BadOption("lingua.use", "this program was built without lingua (tag nolingua): only never is possible, not %q", o.Lingua.Use)
	}
	return nil
}

func (o LanguageOptions) validateLanguages() error {
	known := langid.Languages()
	check := func(key, code string, und bool) error {
		if und && code == undetermined {
			return nil
		}
		if !slices.Contains(known, code) {
			return corpus.BadOption(key, "%q is not a language that is known (ISO 639-1, lower case)", code)
		}
		return nil
	}
	for _, code := range o.Detect {
		if err := check("detect", code, false); err != nil {
			return err
		}
	}
	if len(o.Detect) > 0 && len(numbered(o.Detect)) < 2 {
		return corpus.BadOption("detect", "one language leaves nothing to choose")
	}
	for _, code := range o.Languages {
		if err := check("languages", code, true); err != nil {
			return err
		}
		if len(o.Detect) > 0 && code != undetermined && !slices.Contains(o.Detect, code) {
			return corpus.BadOption("languages", "%q is not among detect and would never be found", code)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(o.MinScores)) {
		if err := check("min_scores", code, true); err != nil {
			return err
		}
		if err := checkRange(fmt.Sprintf("min_scores.%s", code), o.MinScores[code], 1); err != nil {
			return err
		}
		// Of languages that are not kept, only the lines to remove are compared with a least score.
		if o.Lines.Keep != linesConfigured && !slices.Contains(o.Languages, code) {
			return corpus.BadOption("min_scores", "%q is not among languages and would never be used", code)
		}
	}
	return nil
}

// LinguaLanguages is the number of languages that lingua is asked about, each of which has a model of up to 27 MB.
func (o LanguageOptions) LinguaLanguages() int { return len(o.linguaLanguages()) }

// linguaLanguages are the languages that lingua is asked about; none where it is not used.
func (o LanguageOptions) linguaLanguages() []string {
	codes := o.Detect
	switch {
	case o.Lingua.Use == linguaNever || o.Mode == languageLines:
		return nil
	case len(codes) > 0:
	case o.Lingua.Use == linguaAlways:
		codes = langid.Languages()
	default:
		codes = o.Languages
	}
	codes = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(codes))), func(code string) bool { return code == undetermined })
	if len(codes) < 2 {
		return nil
	}
	return codes
}
