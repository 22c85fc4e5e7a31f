package filter

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

// fineWeb2File is a file in the form of FineWeb-2's, with numbers of our own.
const fineWeb2File = `dup_line_frac: 0.25
dup_n_grams:
- - 5
  - 0.14
- - 6
  - 0
language_score: 0.8
line_punct_thr: -1
max_avg_word_length: 15
max_non_alpha_words_ratio: 0.7
min_avg_word_length: 0
new_line_ratio: 0.15
stopwords:
- der
- und
- "f\xFCr"
top_n_grams:
- - 2
  - 6.5
- - 3
  - 0.15
`

// ownFile has sections by language and stage.
const ownFile = `# Thresholds of our own.
languages:
  fr:
    gopher_quality:
      min_stop_words: 1
      stop_words: [le, la]
  it:
    gopher_quality: {max_doc_words: 10, min_doc_words: 5}
    fineweb: {new_line_ratio: 0.5}
`

// writeFiles writes files of thresholds into a new folder and returns it.
func writeFiles(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestThresholdsResolve(t *testing.T) {
	dir := writeFiles(t, map[string]string{"deu_Latn.yml": fineWeb2File, "own.yaml": ownFile, "notes.txt": "not read"})
	files := LanguageThresholds{Thresholds: []string{dir}}
	quality := DefaultGopherQualityOptions()
	quality.LanguageThresholds = files
	stage, err := NewGopherQuality(quality)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]GopherQualityOptions{}
	de := quality
	de.MinAvgWordLength, de.MaxAvgWordLength, de.MinAlphaWordsRatio, de.StopWords = 0, 15, 0.7, []string{"der", "und", "für"}
	fr := quality
	fr.MinStopWords, fr.StopWords = 1, []string{"le", "la"}
	it := quality
	it.MinDocWords, it.MaxDocWords = 5, 10
	want["de"], want["fr"], want["it"] = de, fr, it
	got := map[string]GopherQualityOptions{}
	for lang, s := range stage.variants.languages {
		got[lang] = s.options
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("gopher_quality (-want +got):\n%s", diff)
	}

	repetition := DefaultGopherRepetitionOptions()
	repetition.LanguageThresholds = files
	repeats, err := NewGopherRepetition(repetition)
	if err != nil {
		t.Fatal(err)
	}
	if len(repeats.variants.languages) != 1 {
		t.Errorf("gopher_repetition has %d languages, want de alone", len(repeats.variants.languages))
	}
	o := repeats.variants.languages["de"].options
	if diff := cmp.Diff([]NGramLimit{{2, 6.5}, {3, 0.15}}, o.TopNGrams); diff != "" || o.DupLineFrac != 0.25 || len(o.DupNGrams) != 2 || o.DupNGrams[1].Max <= 0 {
		t.Errorf("gopher_repetition has %+v\n%s", o, diff)
	}

	lines := DefaultFineWebOptions()
	lines.LanguageThresholds = files
	fineweb, err := NewFineWeb(lines)
	if err != nil {
		t.Fatal(err)
	}
	if o := fineweb.variants.languages["de"].options; o.LinePunctThr != 0 || o.NewLineRatio != 0.15 {
		t.Errorf("fineweb has %+v for de", o)
	}
	if o := fineweb.variants.languages["it"].options; o.LinePunctThr != 0.12 || o.NewLineRatio != 0.5 {
		t.Errorf("fineweb has %+v for it", o)
	}
}

func TestThresholdsJudgeByLanguage(t *testing.T) {
	dir := writeFiles(t, map[string]string{"own.yml": ownFile})
	options := DefaultGopherQualityOptions()
	options.Thresholds = []string{dir}
	for _, test := range []struct{ name, missing, language, text, rule string }{
		{"defaults for another language", "", "de", join(rep(49, "that"), "have"), ""},
		{"defaults for no language", missingDefault, "", join(rep(49, "that"), "have"), ""},
		{"drop another language", missingDrop, "de", join(rep(49, "that"), "have"), noThresholds},
		{"drop no language", missingDrop, "", join(rep(49, "that"), "have"), noThresholds},
		{"at the limit of the language", missingDrop, "it", join(rep(9, "that"), "have"), ""},
		{"above the limit of the language", missingDrop, "it", join(rep(10, "that"), "have"), "gopher_long_doc"},
		{"the language's words", "", "fr", join(rep(60, "mots"), "le"), ""},
		{"the words of others are not the language's", "", "fr", join(rep(60, "mots"), "the and"), "gopher_enough_stop_words"},
	} {
		t.Run(test.name, func(t *testing.T) {
			options := options
			options.MissingThresholds = test.missing
			stage, err := NewGopherQuality(options)
			if err != nil {
				t.Fatal(err)
			}
			doc := &corpus.Document{Text: test.text, Language: test.language}
			if err := stage.Process(t.Context(), &corpus.Batch{Documents: []*corpus.Document{doc}}); err != nil {
				t.Fatal(err)
			}
			if got := rule(doc); got != test.rule {
				t.Errorf("rule %q, want %q", got, test.rule)
			}
			if test.rule == noThresholds && doc.Reason.Value != test.language {
				t.Errorf("value %q, want the language %q", doc.Reason.Value, test.language)
			}
		})
	}
}

func TestFineWeb2Names(t *testing.T) {
	for name, want := range map[string]string{
		"deu_Latn.yml": "de true", "cmn_Hani.yml": "zh false", "jpn_Jpan.yml": "ja true", "kor_Hang.yml": "ko false", "arb_Arab.yml": "ar true", "arb_Latn.yml": "ar false",
		"nob_Latn.yml": "nb true", "nno_Latn.yml": "nn true", "heb_Hebr.yml": "he true", "fil_Latn.yml": "tl true", "ind_Latn.yml": "id true",
		"zsm_Latn.yml": "ms true", "ekk_Latn.yml": "et true", "lvs_Latn.yml": "lv true", "swh_Latn.yml": "sw true", "als_Latn.yml": "sq true",
		"azj_Latn.yml": "az true", "khk_Cyrl.yml": "mn true", "fas_Arab.yml": "fa true", "srp_Cyrl.yml": "sr true", "srp_Latn.yml": "sr false", "aai_Latn.yml": "aai true",
		"deu.yml": "error", "Deutsch_Latn.yml": "error", "deu_Latin.yml": "error",
	} {
		lang, usual, err := fineWeb2Name("some/folder/" + name)
		got := lang + map[bool]string{true: " true", false: " false"}[usual]
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestThresholdsTwoScripts(t *testing.T) {
	latin := strings.Replace(fineWeb2File, "max_avg_word_length: 15", "max_avg_word_length: 14", 1)
	options := DefaultGopherQualityOptions()
	options.Thresholds = []string{writeFiles(t, map[string]string{
		"srp_Cyrl.yml": fineWeb2File, "srp_Latn.yml": latin, "arb_Latn.yml": latin, "arb_Arab.yml": fineWeb2File,
		"cmo_Khmr.yml": fineWeb2File, "cmo_Latn.yml": latin, // a language of which CLDR knows no usual script
	})}
	stage, err := NewGopherQuality(options)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"sr", "ar", "cmo"} {
		if got := stage.variants.languages[lang].options.MaxAvgWordLength; got != 15 {
			t.Errorf("%s: max_avg_word_length %v, want that of the usual script, or of the first", lang, got)
		}
	}
}

func TestThresholdsBadFiles(t *testing.T) {
	for _, test := range []struct {
		name, file, content, want string
	}{
		{"unknown key of FineWeb-2", "deu_Latn.yml", fineWeb2File + "max_words: 3\n", `unknown field "max_words"`},
		{"missing key of FineWeb-2", "deu_Latn.yml", strings.Replace(fineWeb2File, "new_line_ratio: 0.15\n", "", 1), "missing: new_line_ratio"},
		{"name without script", "german.yml", fineWeb2File, "not an ISO 639-3 code and a script"},
		{"three numbers for an n-gram", "deu_Latn.yml", strings.Replace(fineWeb2File, "  - 0.15", "  - 0.15\n  - 1", 1), "top_n_grams[1]"},
		{"half a word", "deu_Latn.yml", strings.Replace(fineWeb2File, "- - 3", "- - 2.5", 1), "top_n_grams[1]"},
		{"a word for a number", "deu_Latn.yml", strings.Replace(fineWeb2File, "0.25", "much", 1), `line 1: "much" is not of type float64`},
		{"not a number", "own.yml", "languages:\n  de:\n    gopher_quality: {min_avg_word_length: .nan}\n", "min_avg_word_length: not a number"},
		{"a fraction for a whole number", "own.yml", "languages:\n  de:\n    gopher_quality: {min_doc_words: 1.5}\n", "line 3: min_doc_words: 1.5 is not a whole number"},
		{"the name of a language", "own.yml", "languages:\n  German:\n    gopher_quality: {}\n", `line 2: "German" is not a language's code`},
		{"a region", "own.yml", "languages:\n  de-AT: {gopher_quality: {}}\n", `line 2: "de-AT" is not a language's code`},
		{"the longer code of a language", "own.yml", "languages:\n  deu: {gopher_quality: {}}\n", "line 2: documents carry the language deu as de"},
		{"brackets without end", "own.yml", "\na: " + strings.Repeat("[", 3_000_000), "line 2: more than 64 levels"},
		{"a list in a list in a list", "own.yml", strings.Repeat("- ", 1_000_000), "line 1: more than 64 levels"},
		{"a limit out of range", "deu_Latn.yml", strings.Replace(fineWeb2File, "0.7", "1.7", 1), "min_alpha_words_ratio"},
		{"unknown stage", "own.yml", "languages:\n  de:\n    c5: {a: 1}\n", `line 3: unknown key "c5"`},
		{"stage without options by language", "own.yml", "languages:\n  de:\n    c4: {min_num_sentences: 3}\n", `line 3: unknown key "c4"`},
		{"unknown option", "own.yml", "languages:\n  de:\n    gopher_quality: {min_wrods: 1}\n", `unknown field "min_wrods"`},
		{"unknown key beside languages", "own.yml", "languages: {}\nlanguage: {}\n", `line 2: unknown key "language"`},
		{"thresholds of thresholds", "own.yml", "languages:\n  de:\n    gopher_quality: {thresholds: [a.yml]}\n", `unknown key "thresholds"`},
		{"a value out of range", "own.yml", "languages:\n  de:\n    gopher_quality: {min_alpha_words_ratio: 2}\n", "min_alpha_words_ratio"},
		{"nothing for the stage", "own.yml", "languages:\n  de:\n    fineweb: {new_line_ratio: 1}\n", "nothing for gopher_quality"},
		{"a language twice", "own.yml", "languages:\n  de:\n    fineweb: {}\n  de:\n    fineweb: {}\n", "de"},
		{"languages that are a list", "own.yml", "languages: [de]\n", "not a mapping"},
		{"a list", "own.yml", "- a\n", "not a mapping"},
		{"no YAML", "own.yml", "a: [", "own.yml"},
		{"empty", "own.yml", "", "no thresholds in it"},
		{"a comment alone", "own.yml", "# nothing\n", "no thresholds in it"},
		{"two documents", "own.yml", ownFile + "---\na: 1\n", "2 YAML documents"},
		{"NULs", "own.yml", "\x00\x00", "own.yml"},
		{"too large", "own.yml", strings.Repeat("# comment\n", maxThresholdsFile/10+1), "more than"},
	} {
		t.Run(test.name, func(t *testing.T) {
			options := DefaultGopherQualityOptions()
			options.Thresholds = []string{filepath.Join(writeFiles(t, map[string]string{test.file: test.content}), test.file)}
			_, err := NewGopherQuality(options)
			if test.file == "deu_Latn.yml" && strings.Contains(test.want, "top_n_grams") {
				repetition := DefaultGopherRepetitionOptions()
				repetition.Thresholds = options.Thresholds
				_, err = NewGopherRepetition(repetition)
			}
			checkBadOption(t, err, "thresholds")
			if !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), test.file) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q, want one line with %q and the file's name", err, test.want)
			}
		})
	}
}

func TestThresholdsBadOptions(t *testing.T) {
	options := DefaultFineWebOptions()
	options.MissingThresholds = "keep"
	_, err := NewFineWeb(options)
	checkBadOption(t, err, "missing_thresholds")
	options.MissingThresholds = missingDrop
	_, err = NewFineWeb(options)
	checkBadOption(t, err, "missing_thresholds")
	options = DefaultFineWebOptions()
	options.Thresholds = []string{filepath.Join(writeFiles(t, map[string]string{"deu_Latn.yml": strings.Replace(fineWeb2File, "line_punct_thr: -1", "line_punct_thr: -2", 1)}), "deu_Latn.yml")}
	if _, err = NewFineWeb(options); err == nil || !strings.Contains(err.Error(), "line_punct_thr") {
		t.Errorf("line_punct_thr -2: error %v", err)
	}
	options.MissingThresholds, options.Thresholds = "", []string{filepath.Join(t.TempDir(), "none.yml")}
	_, err = NewFineWeb(options)
	checkBadOption(t, err, "thresholds")
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v does not say that the file is not there", err)
	}
}

func TestThresholdsFileNames(t *testing.T) {
	dir := writeFiles(t, map[string]string{"fra_Latn.yml": "", "deu_Latn.yml": "", "notes.txt": "", "a.yaml": ""})
	var options any = GopherQualityOptions{LanguageThresholds: LanguageThresholds{Thresholds: []string{"x.yml", dir}}}
	got := options.(interface{ FileNames() []string }).FileNames()
	want := []string{"x.yml", filepath.Join(dir, "a.yaml"), filepath.Join(dir, "deu_Latn.yml"), filepath.Join(dir, "fra_Latn.yml")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func FuzzThresholds(f *testing.F) {
	f.Add("deu_Latn.yml", fineWeb2File)
	f.Add("own.yml", ownFile)
	f.Add("own.yml", "languages: &a\n  de: *a\n")
	f.Fuzz(func(t *testing.T, name, content string) {
		if name != filepath.Base(name) || strings.ContainsAny(name, "\x00/") || len(name) > 100 || name == "." || name == ".." {
			t.Skip()
		}
		options := DefaultGopherQualityOptions()
		options.Thresholds = []string{filepath.Join(writeFiles(t, map[string]string{name: content}), name)}
		if _, err := NewGopherQuality(options); err != nil {
			checkBadOption(t, err, "thresholds")
		}
	})
}
