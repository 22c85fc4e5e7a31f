package filter

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corpus"
)

func TestToxicity(t *testing.T) {
	file := filepath.Join(t.TempDir(), "terms")
	if err := os.WriteFile(file, []byte("# made up\nsnork\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	options := ToxicityOptions{Terms: []string{"blorp", "Grue", "total blorp head", "don't vex", "ÄRGER", "坏话", "cafe\u0301"}, Files: []string{file}, MaxRatio: 0.25}
	for _, test := range []struct {
		name, text   string
		terms, ratio float64
		rule         string
	}{
		{"empty", "", 0, 0, ""},
		{"none", "a kind word", 0, 0, ""},
		{"whole words only", "blorps unblorp grueling", 0, 0, ""},
		{"any case, beside punctuation", "one two three four (BLORP!)", 1, 0.2, ""},
		{"at the limit", "one two three blorp", 1, 0.25, ""},
		{"just above the limit", "blorp one two three four five six grue nine ten snork", 3, 3.0 / 11, "ratio"},
		{"longest phrase first", "a total blorp head and so on and on and on and on", 1, 3.0 / 13, ""},
		{"phrase cut short", "total blorp and more of it all", 1, 1.0 / 7, ""},
		{"curly apostrophe", "don’t vex me or him or her again", 1, 2.0 / 8, ""},
		{"beyond ASCII", "kein Ärger hier heute", 1, 0.25, ""},
		{"a term with combining marks", "ein café hier heute", 1, 0.25, ""},
		{"script without spaces", "他说坏话了吗我不知道", 1, 0.2, ""},
		{"from a file", "snork is a word here", 1, 0.2, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			stage, err := NewToxicity(options)
			if err != nil {
				t.Fatal(err)
			}
			doc := process(t, stage, test.text)[0]
			if got := doc.Signals["toxicity_terms"]; got != test.terms {
				t.Errorf("toxicity_terms %v, want %v", got, test.terms)
			}
			if got := doc.Signals["toxicity_ratio"]; got != test.ratio {
				t.Errorf("toxicity_ratio %v, want %v", got, test.ratio)
			}
			if got := rule(doc); got != test.rule {
				t.Errorf("rule %q, want %q", got, test.rule)
			}
		})
	}
}

func TestToxicityTagsByDefault(t *testing.T) {
	options := DefaultToxicityOptions()
	options.Terms = []string{"blorp"}
	stage, err := NewToxicity(options)
	if err != nil {
		t.Fatal(err)
	}
	doc := process(t, stage, "blorp blorp")[0]
	checkReason(t, doc, corpus.Reason{})
	if doc.Signals["toxicity_ratio"] != 1 {
		t.Errorf("toxicity_ratio %v, want 1", doc.Signals["toxicity_ratio"])
	}
}

func TestToxicityBadOptions(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte("# nothing\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	with := func(change func(*ToxicityOptions)) ToxicityOptions {
		o := DefaultToxicityOptions()
		change(&o)
		return o
	}
	for _, test := range []struct {
		key     string
		options ToxicityOptions
	}{
		{"terms", ToxicityOptions{MaxRatio: 1}},
		{"terms", with(func(o *ToxicityOptions) { o.Terms = []string{"?!"} })},
		{"terms", with(func(o *ToxicityOptions) { o.Terms = []string{rep(17, "word")} })},
		{"terms", with(func(o *ToxicityOptions) { o.Terms = []string{strings.Repeat("x", 9<<20)} })},
		{"except", with(func(o *ToxicityOptions) { o.Except = []string{"blorp"} })},
		{"except", with(func(o *ToxicityOptions) { o.Except = []string{"…"} })},
		{"classifier.languages", with(func(o *ToxicityOptions) { o.Classifier.Languages = []string{"en", "German"} })},
		{"max_ratio", with(func(o *ToxicityOptions) { o.MaxRatio = math.NaN() })},
		{"classifier.max_score", with(func(o *ToxicityOptions) { o.Classifier.MaxScore = math.NaN() })},
		{"lists", with(func(o *ToxicityOptions) { o.Lists = []string{"mine"} })},
		{"languages", with(func(o *ToxicityOptions) { o.Languages = []string{"en", "xx"} })},
		{"fallback_language", with(func(o *ToxicityOptions) { o.FallbackLanguage = "xx" })},
		{"max_ratio", with(func(o *ToxicityOptions) { o.MaxRatio = 2 })},
		{"classifier.by", with(func(o *ToxicityOptions) { o.Classifier.By = "least" })},
		{"classifier.max_score", with(func(o *ToxicityOptions) { o.Classifier.MaxScore = -1 })},
		{"files", with(func(o *ToxicityOptions) { o.Files = []string{empty} })},
		{"files", with(func(o *ToxicityOptions) { o.Files = []string{"nowhere"} })},
		{"files", with(func(o *ToxicityOptions) { o.Files = []string{t.TempDir()} })},
	} {
		_, err := NewToxicity(test.options)
		checkBadOption(t, err, test.key)
	}
}

func TestToxicityFiles(t *testing.T) {
	for _, test := range []struct {
		name, file string
		found      float64
		err        string
	}{
		{"plain", "blorp\ngrue\n", 2, ""},
		{"lines of Windows, a mark of byte order, comments, no last line break", "\ufeffblorp # why\r\n\r\n#\r\ngrue", 2, ""},
		{"twice the same", "blorp\nBLORP\n", 1, ""},
		{"Latin-1", "blorp\n\xe4rger\n", 0, "line 2: \"\\xe4rger\" is not UTF-8"},
		{"no word", "blorp\n***\n", 0, "line 2"},
		{"a line too long", "blorp\n" + strings.Repeat("x", 70000), 0, "after line 1"},
		{"too much", strings.Repeat(strings.Repeat("y", 60000)+"\n", 200), 0, "more than"},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "terms")
			if err := os.WriteFile(file, []byte(test.file), 0o600); err != nil {
				t.Fatal(err)
			}
			options := DefaultToxicityOptions()
			options.Files = []string{file}
			stage, err := NewToxicity(options)
			if test.err != "" {
				checkBadOption(t, err, "files")
				if !strings.Contains(err.Error(), test.err) || !strings.Contains(err.Error(), file) {
					t.Errorf("%v, want %q and the file", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := process(t, stage, "a blorp and a grue here")[0].Signals["toxicity_terms"]; got != test.found {
				t.Errorf("%v terms, want %v", got, test.found)
			}
		})
	}
}

// TestToxicityDropsAPageForOneWord is the rule of C4.
func TestToxicityDropsAPageForOneWord(t *testing.T) {
	options := DefaultToxicityOptions()
	options.MaxRatio, options.Classifier.Use = 0, false
	stage, err := NewToxicity(options)
	if err != nil {
		t.Fatal(err)
	}
	page := strings.Repeat("The library opens at nine. ", 100_000)
	docs := process(t, stage, page, page+"A bastard.", "")
	for i, want := range []string{"", "ratio", ""} {
		if got := rule(docs[i]); got != want {
			t.Errorf("document %d: rule %q, want %q", i, got, want)
		}
	}
}

// TestToxicityLists takes harmless entries of the lists, one of each language.
func TestToxicityLists(t *testing.T) {
	for _, test := range []struct {
		name, language, text string
		change               func(*ToxicityOptions)
		terms                float64
	}{
		{"English", "en", "one bastard word", nil, 1},
		{"unknown falls back", "und", "one bastard word", nil, 1},
		{"none yet falls back", "", "one bastard word", nil, 1},
		{"a language without list falls back", "xh", "one bastard word", nil, 1},
		{"no fallback", "und", "one bastard word", func(o *ToxicityOptions) { o.FallbackLanguage = "" }, 0},
		{"German", "de", "ein bastard und ein wichser", nil, 1},
		{"a list of another language", "fr", "one bastard word", nil, 0},
		{"both lists of French", "fr", "quelle merde, tabarnak", nil, 2},
		{"Norwegian by its written form", "nb", "en drittsekk", nil, 1},
		{"Chinese, anywhere in a run", "zh", "他说你是笨蛋吗", nil, 1},
		{"left out", "de", "ein wichser", func(o *ToxicityOptions) { o.Languages = []string{"en"} }, 0},
		{"signs make it what it is", "en", "sizes S, M and L", nil, 0},
		{"signs make it what it is, in Chinese", "zh", "共有13.5人", nil, 0},
		{"left out by hand", "en", "bastard", func(o *ToxicityOptions) { o.Except = []string{"Bastard"} }, 0},
		{"left out by hand, the rest stays", "zh", "个性，笨蛋", func(o *ToxicityOptions) { o.Except = []string{"性"} }, 1},
		{"own terms stay", "en", "bastard", func(o *ToxicityOptions) { o.Except, o.Terms = []string{"bastard"}, []string{"bastard"} }, 1},
		{"no list in use falls back", "de", "ein wichser, one bastard", func(o *ToxicityOptions) { o.Languages = []string{"en"} }, 1},
		{"a fallback that is not in use", "xh", "one bastard", func(o *ToxicityOptions) { o.Languages = []string{"de"} }, 0},
		{"own terms in every language", "de", "ein blorp", func(o *ToxicityOptions) { o.Terms = []string{"blorp"} }, 1},
		{"own terms alone", "en", "bastard blorp", func(o *ToxicityOptions) { o.Terms, o.Lists = []string{"blorp"}, nil }, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			options := DefaultToxicityOptions()
			if test.change != nil {
				test.change(&options)
			}
			stage, err := NewToxicity(options)
			if err != nil {
				t.Fatal(err)
			}
			doc := &corpus.Document{Text: test.text, Language: test.language}
			if err := stage.Process(t.Context(), &corpus.Batch{Documents: []*corpus.Document{doc}}); err != nil {
				t.Fatal(err)
			}
			if got := doc.Signals["toxicity_terms"]; got != test.terms {
				t.Errorf("%v terms, want %v", got, test.terms)
			}
		})
	}
}

// TestToxicityListsAreWhole counts the entries that a search can find and those that it cannot.
func TestToxicityListsAreWhole(t *testing.T) {
	languages, found := toxicityListLanguages(), 0
	for _, language := range languages {
		list, err := toxicityList(language, nil)
		if err != nil || len(list) == 0 {
			t.Errorf("%s: %d entries, %v", language, len(list), err)
		}
		search, err := newTermSearch(list)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range list {
			if terms, share := search.measure(strings.ReplaceAll(entry, "\x00", " ")); terms != 1 || share != 1 {
				t.Errorf("%s: %q holds %d terms, share %v", language, entry, terms, share)
			}
		}
		if language != "nb" && language != "nn" && language != "tl" {
			found += len(list)
		}
	}
	if len(languages) != 30 || found != 2662 {
		t.Errorf("%d languages with %d entries", len(languages), found)
	}
}

func TestToxicityClassifier(t *testing.T) {
	kind := "Thank you for the careful review of the article about the library."
	abuse := "This is a lie and you are a fool, stop it."
	probe := func(t *testing.T, text, language string, change func(*ToxicityClassifierOptions)) *corpus.Document {
		t.Helper()
		options := DefaultToxicityOptions()
		options.Lists = nil
		change(&options.Classifier)
		stage, err := NewToxicity(options)
		if err != nil {
			t.Fatal(err)
		}
		doc := &corpus.Document{Text: text, Language: language}
		if err := stage.Process(t.Context(), &corpus.Batch{Documents: []*corpus.Document{doc}}); err != nil {
			t.Fatal(err)
		}
		return doc
	}
	score := probe(t, abuse, "en", func(*ToxicityClassifierOptions) {}).Signals["toxicity_score"]
	quiet := strings.Repeat("The library opens at nine and the garden behind it is quiet in the morning. ", 60)
	long := quiet + strings.Repeat(abuse+" ", 6) + quiet
	worst := probe(t, long, "en", func(*ToxicityClassifierOptions) {})
	for _, test := range []struct {
		name, text, language string
		change               func(*ToxicityClassifierOptions)
		scored               bool
		rule                 string
	}{
		{"tags by default", abuse, "en", func(*ToxicityClassifierOptions) {}, true, ""},
		{"just below the limit", abuse, "en", func(o *ToxicityClassifierOptions) { o.MaxScore = score + 1e-6 }, true, ""},
		{"at the limit", abuse, "en", func(o *ToxicityClassifierOptions) { o.MaxScore = score }, true, ""},
		{"just above the limit", abuse, "en", func(o *ToxicityClassifierOptions) { o.MaxScore = score - 1e-6 }, true, "score"},
		{"kind", kind, "en", func(o *ToxicityClassifierOptions) { o.MaxScore = .5 }, true, ""},
		{"language unknown", abuse, "und", func(o *ToxicityClassifierOptions) { o.MaxScore = .5 }, true, "score"},
		{"no language", abuse, "", func(o *ToxicityClassifierOptions) { o.MaxScore = .5 }, true, "score"},
		{"another language", abuse, "de", func(o *ToxicityClassifierOptions) { o.MaxScore = .5 }, false, ""},
		{"another language, by option", abuse, "de", func(o *ToxicityClassifierOptions) { o.MaxScore, o.Languages = .5, []string{"de"} }, true, "score"},
		{"one bad passage, by the worst", long, "en", func(o *ToxicityClassifierOptions) { o.MaxScore = worst.Signals["toxicity_score"] - 1e-6 }, true, "score"},
		{"one bad passage, by the mean", long, "en", func(o *ToxicityClassifierOptions) {
			o.MaxScore, o.By = worst.Signals["toxicity_score"]-1e-6, ToxicityByMean
		}, true, ""},
		{"empty", "", "en", func(o *ToxicityClassifierOptions) { o.MaxScore = 0 }, true, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			doc := probe(t, test.text, test.language, test.change)
			if _, scored := doc.Signals["toxicity_score"]; scored != test.scored {
				t.Errorf("scored: %v, want %v", scored, test.scored)
			}
			if got := rule(doc); got != test.rule {
				t.Errorf("rule %q at %v, want %q", got, doc.Signals, test.rule)
			}
		})
	}
	if s := worst.Signals; s["toxicity_score"] < .5 || s["toxicity_mean"] > .2 {
		t.Errorf("one bad passage in a long text: %v", s)
	}
}

func TestToxicityModels(t *testing.T) {
	names := func(change func(*ToxicityOptions)) (list []string) {
		options := DefaultToxicityOptions()
		options.Terms = []string{"blorp"}
		change(&options)
		stage, err := NewToxicity(options)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range stage.Models() {
			list = append(list, m.Name)
			if !strings.HasPrefix(m.Digest, "sha256:") || len(m.Digest) != 71 || m.License == "" || m.Attribution == "" || m.Origin != "built in" {
				t.Errorf("incomplete: %+v", m)
			}
		}
		return list
	}
	for _, test := range []struct {
		name   string
		change func(*ToxicityOptions)
		want   string
	}{
		{"both", func(*ToxicityOptions) {}, "obscene-words toxicity-en"},
		{"lists", func(o *ToxicityOptions) { o.Classifier.Use = false }, "obscene-words"},
		{"classifier", func(o *ToxicityOptions) { o.Lists = nil }, "toxicity-en"},
		{"neither", func(o *ToxicityOptions) { o.Lists, o.Classifier.Use = nil, false }, ""},
	} {
		if got := strings.Join(names(test.change), " "); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
