package filter

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"corpus"
)

// LanguageThresholds name files with options for single languages, for the stages gopher_quality, gopher_repetition and fineweb.
//
// A file is either one of FineWeb-2's (deu_Latn.yml, as they lie in the folder configs of its repository: Penedo et al. 2025) or holds sections
// of options by language and stage:
//
//	languages:
//	  de:
//	    gopher_quality: {max_avg_word_length: 15, stop_words: [der, die, und]}
//	    fineweb: {line_punct_thr: 0}
//
// What a file leaves out keeps the value that the config gives the stage. The language of a document is Document.Language, so that
// the stage language has to come before.
type LanguageThresholds struct {
	// Thresholds are such files, or folders of which all files that end in .yml or .yaml count; default none.
	Thresholds []string `yaml:"thresholds" jsonschema_description:"Files with options for single languages, or folders of them: FineWeb-2's (deu_Latn.yml), or files with sections languages: {de: {gopher_quality: {…}}}. Default none."`
	// MissingThresholds says what becomes of documents in a language without thresholds: "default" judges by the options here, "drop" rejects under the rule no_thresholds.
	MissingThresholds string `yaml:"missing_thresholds" jsonschema_description:"What becomes of documents in a language without thresholds, where there are some for others: default (judged by the options here; the default) or drop (rejected under the rule no_thresholds)."`
}

// The values of MissingThresholds.
const (
	missingDefault = "default"
	missingDrop    = "drop"
)

// validate checks the options by themselves; the files are read when the stage is made.
func (t LanguageThresholds) validate() error {
	if list := []string{"", missingDefault, missingDrop}; !slices.Contains(list, t.MissingThresholds) {
		return corpus.BadOption("missing_thresholds", "%q is not one of %q, %q", t.MissingThresholds, missingDefault, missingDrop)
	}
	if t.MissingThresholds == missingDrop && len(t.Thresholds) == 0 {
		return corpus.BadOption("missing_thresholds", "drop without thresholds would reject every document")
	}
	return nil
}

// FileNames are the files that the options name, those in folders included.
func (t LanguageThresholds) FileNames() []string {
	var files []string
	for _, path := range t.Thresholds {
		entries, err := os.ReadDir(path)
		if err != nil { // a file, or an error that reading it will tell
			files = append(files, path)
			continue
		}
		for _, entry := range entries { // sorted by name
			if ext := filepath.Ext(entry.Name()); !entry.IsDir() && (ext == ".yml" || ext == ".yaml") {
				files = append(files, filepath.Join(path, entry.Name()))
			}
		}
	}
	return files
}

// byLanguage holds what a stage judges by for single languages, and for all others.
type byLanguage[S any] struct {
	others    S
	languages map[string]S
	drop      bool
}

// newByLanguage makes an S of the options, and of the options of each language that has thresholds for the stage.
func newByLanguage[O, S any](stage string, options O, t LanguageThresholds, make1 func(O) (S, error)) (v byLanguage[S], err error) {
	if err := t.validate(); err != nil {
		return v, err
	}
	if v.others, err = make1(options); err != nil || len(t.Thresholds) == 0 {
		return v, err
	}
	files, err := readThresholds(t.FileNames())
	if err != nil {
		return v, corpus.BadOption("thresholds", "%w", err)
	}
	v.languages, v.drop = make(map[string]S), t.MissingThresholds == missingDrop
	for _, lang := range sortedKeys(files) {
		resolved := options
		ok, err := files[lang].apply(stage, &resolved)
		if err == nil && ok {
			v.languages[lang], err = make1(resolved)
		}
		if err != nil {
			return v, corpus.BadOption("thresholds", "%s: %w", files[lang].path, err)
		}
	}
	if len(v.languages) == 0 {
		return v, corpus.BadOption("thresholds", "nothing for %s in %s", stage, strings.Join(t.Thresholds, ", "))
	}
	return v, nil
}

// of is what documents in a language are judged by; ok is false where they are to be rejected.
func (v *byLanguage[S]) of(lang string) (s S, ok bool) {
	if s, ok := v.languages[lang]; ok {
		return s, true
	}
	return v.others, !v.drop
}

// noThresholds is the rule that rejects documents in a language without thresholds.
const noThresholds = "no_thresholds"

// fineWeb2Thresholds is a file of FineWeb-2.
type fineWeb2Thresholds struct {
	DupLineFrac           float64     `yaml:"dup_line_frac"`
	DupNGrams             [][]float64 `yaml:"dup_n_grams"`
	TopNGrams             [][]float64 `yaml:"top_n_grams"`
	LanguageScore         float64     `yaml:"language_score"` // of GlotLID; not used
	LinePunctThr          float64     `yaml:"line_punct_thr"`
	NewLineRatio          float64     `yaml:"new_line_ratio"`
	MaxAvgWordLength      float64     `yaml:"max_avg_word_length"`
	MinAvgWordLength      float64     `yaml:"min_avg_word_length"`
	MaxNonAlphaWordsRatio float64     `yaml:"max_non_alpha_words_ratio"` // a lower bound of words with a letter
	Stopwords             []string    `yaml:"stopwords"`
}

// apply sets the options of a stage that FineWeb-2 has by language, as its pipeline passes them to datatrove.
func (f *fineWeb2Thresholds) apply(options any) (err error) {
	switch o := options.(type) {
	case *GopherQualityOptions:
		o.MinAvgWordLength, o.MaxAvgWordLength, o.MinAlphaWordsRatio = f.MinAvgWordLength, f.MaxAvgWordLength, f.MaxNonAlphaWordsRatio
		o.MinStopWords, o.StopWords, o.StopWordsByLanguage = 2, f.Stopwords, nil
	case *GopherRepetitionOptions:
		o.DupLineFrac = min(f.DupLineFrac, 1) // a share; some files have 1.3
		if o.TopNGrams, err = fineWeb2Limits("top_n_grams", f.TopNGrams, maxNGram); err == nil {
			o.DupNGrams, err = fineWeb2Limits("dup_n_grams", f.DupNGrams, 1)
		}
	case *FineWebOptions:
		o.LinePunctThr, o.NewLineRatio = f.LinePunctThr, f.NewLineRatio
		if f.LinePunctThr == -1 { // stands for no limit
			o.LinePunctThr = 0
		}
	}
	return err
}

// fineWeb2Limits turns pairs of length and share into limits. datatrove takes 0 for a limit where we take it for none; a share
// is never above most.
func fineWeb2Limits(key string, pairs [][]float64, most float64) ([]NGramLimit, error) {
	var limits []NGramLimit
	for i, pair := range pairs {
		if len(pair) != 2 || pair[0] != math.Trunc(pair[0]) {
			return nil, fmt.Errorf("%s[%d]: %v is not a number of words and a share", key, i, pair)
		}
		limit := NGramLimit{int(pair[0]), min(pair[1], most)}
		if limit.Max == 0 {
			limit.Max = math.SmallestNonzeroFloat64
		}
		limits = append(limits, limit)
	}
	return limits, nil
}

// shortCodes are three-letter codes whose two-letter form here is not the one that CLDR prefers.
var shortCodes = map[string]string{"nob": "nb", "heb": "he", "fil": "tl", "tgl": "tl", "ind": "id", "yid": "yi", "jav": "jv"}

// shortCode gives the code that documents carry for a language: the one of two letters where there is such a form.
func shortCode(code string) string {
	if short, ok := shortCodes[code]; ok {
		return short
	}
	if tag, err := language.Macro.Parse(code); err == nil && len(code) == 3 {
		if base, _ := tag.Base(); len(base.String()) == 2 {
			return base.String()
		}
	}
	return code
}

// fineWeb2Name reads the name of a file of FineWeb-2, an ISO 639-3 code and a script such as deu_Latn. It gives the code that documents carry, which has two letters
// where there is such a form (arb, like ara, is ar; cmn is zh), and whether the script is the usual one of the language.
func fineWeb2Name(path string) (lang string, usual bool, err error) {
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	code, script, ok := strings.Cut(name, "_")
	if !ok || len(code) != 3 || len(script) != 4 {
		return "", false, fmt.Errorf("the name %q is not an ISO 639-3 code and a script, such as deu_Latn", name)
	}
	lang = shortCode(code)
	tag, err := language.Parse(lang)
	if err != nil {
		return lang, false, nil // a code that CLDR does not know
	}
	likely, _ := tag.Script()
	return lang, likely.String() == script, nil
}
