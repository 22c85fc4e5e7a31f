package filter

import (
	"hash/fnv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corpus"
	"corpus/filter/langid"
)

// sharedLanguage is the stage with its defaults.
var sharedLanguage = sync.OnceValues(func() (*Language, error) { return NewLanguage(DefaultLanguageOptions()) })

func detector(t testing.TB) *Language {
	t.Helper()
	stage, err := sharedLanguage()
	if err != nil {
		t.Fatal(err)
	}
	return stage
}

// languageStage makes a stage with changed options.
func languageStage(t testing.TB, change func(*LanguageOptions)) *Language {
	t.Helper()
	options := DefaultLanguageOptions()
	change(&options)
	stage, err := NewLanguage(options)
	if err != nil {
		t.Fatal(err)
	}
	return stage
}

const (
	englishLine = "The council will meet again on Thursday to decide about the new bridge across the river."
	germanLine  = "Der Stadtrat wird am Donnerstag noch einmal über die neue Brücke beraten und entscheiden."
	frenchLine  = "Le conseil municipal se réunira de nouveau jeudi pour décider du nouveau pont sur la rivière."
)

func TestLanguageDetects(t *testing.T) {
	stage := detector(t)
	for _, test := range []struct{ name, text, want string }{
		{"english", englishLine, "en"},
		{"german", germanLine, "de"},
		{"french", frenchLine, "fr"},
		{"russian", "Городской совет снова соберётся в четверг, чтобы принять решение о новом мосте через реку.", "ru"},
		{"japanese", "市議会は木曜日に再び集まり、川にかかる新しい橋について決めます。", "ja"},
		{"chinese", "市议会将于星期四再次开会,决定河上的新桥。", "zh"},
		{"greek", "Το δημοτικό συμβούλιο θα συνεδριάσει ξανά την Πέμπτη για τη νέα γέφυρα.", "el"},
		{"in capitals", strings.ToUpper(englishLine), "en"},
		{"empty", "", "und"},
		{"two letters", "ab 12", "und"},
		{"no letters", "12 345 -- ?! ...", "und"},
		{"nul and broken UTF-8", "\x00\xff\xfe\x00", "und"},
		{"a script that is not known", "ሰላም ለዓለም። ዛሬ ጥሩ ቀን ነው።", "und"},
	} {
		t.Run(test.name, func(t *testing.T) {
			doc := process(t, stage, test.text)[0]
			if doc.Language != test.want || doc.LanguageScore < 0 || doc.LanguageScore > 1 {
				t.Errorf("language %q (%v), want %q", doc.Language, doc.LanguageScore, test.want)
			}
			checkReason(t, doc, corpus.Reason{})
		})
	}
}

func TestLanguageIsNotSureOfAddressesAndCode(t *testing.T) {
	for _, text := range []string{"https://www.qzxv.com/ab/cd.php?id=7 http://img.wqrt.net/x1/y2.jpg", "for (i = 0; i < n; i++) { buf[i] = fn(src[i], &ctx); }", "QX-7781/B RS232 M8x40 XTR9904"} {
		doc := process(t, detector(t), text)[0]
		if doc.Language != "und" && doc.LanguageScore >= 0.65 {
			t.Errorf("%q is %s with %v, want und or less than 0.65", text, doc.Language, doc.LanguageScore)
		}
	}
}

func TestLanguageWithoutLettersHasNoScore(t *testing.T) {
	for _, text := range []string{"", "ab", "12 345 -- ?! ...", "\x00\xff"} {
		if doc := process(t, detector(t), text)[0]; doc.LanguageScore != 0 {
			t.Errorf("%q has the score %v, want 0", text, doc.LanguageScore)
		}
	}
}

func TestLanguageRules(t *testing.T) {
	change := func(o *LanguageOptions) { o.Languages, o.Lingua.Use = []string{"en"}, linguaNever }
	docs := process(t, languageStage(t, change), englishLine, germanLine, "")
	checkReason(t, docs[0], corpus.Reason{})
	checkReason(t, docs[1], corpus.Reason{Stage: "language", Rule: "language", Value: "de"})
	checkReason(t, docs[2], corpus.Reason{Stage: "language", Rule: "language", Value: "und"})

	// A text of two languages has a middling score, which serves as the limit itself.
	const text = "tag und nacht, night and day"
	found := process(t, detector(t), text)[0]
	score := found.LanguageScore
	if score <= 0.0001 || score > 0.9999 {
		t.Fatalf("%q has the score %v, want one between", text, score)
	}
	for _, test := range []struct {
		name  string
		limit float64
		rule  string
	}{{"at the score", score, ""}, {"just above it", score + 0.0001, "score"}, {"just below it", score - 0.0001, ""}} {
		t.Run(test.name, func(t *testing.T) {
			for key, change := range map[string]func(*LanguageOptions){
				"min_score": func(o *LanguageOptions) { o.MinScore = test.limit },
				"min_scores": func(o *LanguageOptions) {
					o.MinScore, o.MinScores = 0.5, map[string]float64{found.Language: test.limit}
				},
			} {
				stage := languageStage(t, func(o *LanguageOptions) {
					o.Languages, o.Lingua.Use = []string{found.Language}, linguaNever
					change(o)
				})
				if got := rule(process(t, stage, text)[0]); got != test.rule {
					t.Errorf("%s: rule %q, want %q", key, got, test.rule)
				}
			}
		})
	}
}

func TestLanguageKeepsUndWhereItIsNamed(t *testing.T) {
	stage := languageStage(t, func(o *LanguageOptions) {
		o.Languages = []string{"en", "und"}
		o.MinScores = map[string]float64{"und": 0}
	})
	for _, doc := range process(t, stage, "12 34", englishLine) {
		checkReason(t, doc, corpus.Reason{})
	}
}

func TestLanguageLooksAtTheStart(t *testing.T) {
	text := strings.Repeat(englishLine+" ", 3) + strings.Repeat(germanLine+" ", 40)
	if doc := process(t, languageStage(t, func(o *LanguageOptions) { o.MaxRunes = 240 }), text)[0]; doc.Language != "en" {
		t.Errorf("language %q, want en: the first 240 characters are English", doc.Language)
	}
}

func TestLanguageChoosesAmongDetect(t *testing.T) {
	const norwegian = "Jeg vet ikke hva han heter, men vi bor i samme gate."
	for _, test := range []struct {
		detect []string
		want   string
	}{{nil, "nb"}, {[]string{"sv", "da", "en"}, "da"}} {
		if doc := process(t, languageStage(t, func(o *LanguageOptions) { o.Detect, o.Lingua.Use = test.detect, linguaNever }), norwegian)[0]; doc.Language != test.want {
			t.Errorf("among %q: language %q, want %q", test.detect, doc.Language, test.want)
		}
	}
}

func TestLanguageIsRepeatable(t *testing.T) {
	stages := map[string]*Language{"classifier": detector(t)}
	if linguaDefault != linguaNever {
		stages["both tiers"] = languageStage(t, func(o *LanguageOptions) { o.Detect, o.Lingua.Below = []string{"en", "da", "hr", "sl", "es", "ru"}, 1 })
	}
	texts := []string{"hvordan har du det i dag", "gdje je hotel", "Voda река 水 water", "pan vino blanco", "hello мир γη"}
	for name, stage := range stages {
		first := process(t, stage, texts...)
		for range 20 {
			for i, doc := range process(t, stage, texts...) {
				if doc.Language != first[i].Language || doc.LanguageScore != first[i].LanguageScore {
					t.Fatalf("%s: %q is %s %v, was %s %v", name, doc.Text, doc.Language, doc.LanguageScore, first[i].Language, first[i].LanguageScore)
				}
			}
		}
	}
}

func TestLanguageBadOptions(t *testing.T) {
	for _, test := range []struct {
		key    string
		change func(*LanguageOptions)
	}{
		{"min_score", func(o *LanguageOptions) { o.MinScore = 1.1 }},
		{"min_scores", func(o *LanguageOptions) { o.MinScores = map[string]float64{"xx": 0.5} }},
		{"min_scores", func(o *LanguageOptions) { o.MinScores = map[string]float64{"en": 0.5} }},
		{"min_scores", func(o *LanguageOptions) {
			o.Languages, o.MinScores = []string{"de"}, map[string]float64{"en": 0.5}
		}},
		{"min_scores.en", func(o *LanguageOptions) { o.MinScores = map[string]float64{"en": 1.5} }},
		{"max_runes", func(o *LanguageOptions) { o.MaxRunes = 10 }},
		{"detect", func(o *LanguageOptions) { o.Detect = []string{"en", "xx"} }},
		{"detect", func(o *LanguageOptions) { o.Detect = []string{"en", "en"} }},
		{"languages", func(o *LanguageOptions) { o.Languages = []string{"english"} }},
		{"languages", func(o *LanguageOptions) { o.Detect = []string{"en", "de"}; o.Languages = []string{"fr"} }},
		{"mode", func(o *LanguageOptions) { o.Mode = "words" }},
		{"mode", func(o *LanguageOptions) { o.Languages = []string{"en"}; o.Lines.Keep = linesConfigured }},
		{"lines.keep", func(o *LanguageOptions) { o.Mode, o.Lines.Keep = languageLines, "some" }},
		{"lines.keep", func(o *LanguageOptions) { o.Mode, o.Lines.Keep = languageLines, linesConfigured }},
		{"lines.min_share", func(o *LanguageOptions) { o.Mode, o.Lines.MinShare = languageLines, 0.5 }},
		{"lines.min_letters", func(o *LanguageOptions) { o.Lines.MinLetters = 2 }},
		{"lingua.use", func(o *LanguageOptions) { o.Lingua.Use = "sometimes" }},
		{"lingua.use", func(o *LanguageOptions) { o.Mode, o.Lingua.Use = languageLines, linguaAlways }},
		{"lingua.below", func(o *LanguageOptions) { o.Lingua.Below = -0.1 }},
		{"lingua.max_runes", func(o *LanguageOptions) { o.Lingua.MaxRunes = 0 }},
	} {
		options := DefaultLanguageOptions()
		test.change(&options)
		_, err := NewLanguage(options)
		checkBadOption(t, err, test.key)
	}
}

func TestLanguageAsksLinguaAboutWhatIsConfigured(t *testing.T) {
	if linguaDefault == linguaNever {
		options := DefaultLanguageOptions()
		options.Lingua.Use = linguaAuto
		_, err := NewLanguage(options)
		checkBadOption(t, err, "lingua.use")
		return
	}
	for _, test := range []struct {
		name   string
		change func(*LanguageOptions)
		want   []string
	}{
		{"nothing configured", func(*LanguageOptions) {}, nil},
		{"one language", func(o *LanguageOptions) { o.Languages = []string{"en"} }, nil},
		{"one language and und", func(o *LanguageOptions) { o.Languages = []string{"en", "und"} }, nil},
		{"languages", func(o *LanguageOptions) { o.Languages = []string{"en", "de", "en"} }, []string{"de", "en"}},
		{"detect comes first", func(o *LanguageOptions) { o.Languages, o.Detect = []string{"en", "de"}, []string{"en", "de", "fr"} }, []string{"de", "en", "fr"}},
		{"always", func(o *LanguageOptions) { o.Lingua.Use = linguaAlways }, langid.Languages()},
		{"never", func(o *LanguageOptions) { o.Languages, o.Lingua.Use = []string{"en", "de"}, linguaNever }, nil},
		{"lines", func(o *LanguageOptions) { o.Languages, o.Mode = []string{"en", "de"}, languageLines }, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			stage := languageStage(t, test.change)
			if diff := cmp.Diff(test.want, stage.options.linguaLanguages()); diff != "" {
				t.Errorf("languages (-want +got):\n%s", diff)
			}
			if (stage.lingua != nil) != (test.want != nil) {
				t.Errorf("lingua is there: %v", stage.lingua != nil)
			}
		})
	}
}

// TestLanguageSecondOpinion shows that lingua decides where the classifier is not sure, moves probability only among the languages that it is asked
// about, and is not asked about longer texts.
func TestLanguageSecondOpinion(t *testing.T) {
	if linguaDefault == linguaNever {
		t.Skip("built without lingua")
	}
	tier := newLanguageLingua([]string{"de", "nl"})
	guesses := []langid.Guess{{Language: "nl", Score: 0.45}, {Language: "de", Score: 0.25}, {Language: "und", Score: 0.2}, {Language: "en", Score: 0.1}}
	tier.weigh("Überraschung geglückt", guesses)
	if guesses[0].Language != "de" || guesses[0].Score < 0.6 || guesses[0].Score > 0.7 {
		t.Errorf("guesses %v, want de with most of the 0.7 first", guesses)
	}
	sum := 0.0
	for _, g := range guesses {
		sum += g.Score
	}
	if sum < 0.999999 || sum > 1.000001 || guesses[1].Language != "und" || guesses[1].Score != 0.2 {
		t.Errorf("guesses %v, want und unchanged and the sum 1", guesses)
	}

	asked := languageStage(t, func(o *LanguageOptions) { o.Detect, o.Lingua.Below = []string{"de", "nl", "en"}, 1 })
	alone := languageStage(t, func(o *LanguageOptions) { o.Detect, o.Lingua.Use = []string{"de", "nl", "en"}, linguaNever })
	const short = "de hand in water"
	for text, same := range map[string]bool{short: false, strings.Repeat(short+" ", 11): true} {
		_, with := asked.detect(text)
		_, without := alone.detect(text)
		if (with == without) != same {
			t.Errorf("%d characters: score %v with lingua, %v without", len(text), with, without)
		}
	}
}

func TestLanguageModelsAreNamed(t *testing.T) {
	models := detector(t).Models()
	if len(models) != 1 || models[0].Name != "langid" || models[0].Digest != langid.Digest() || !strings.HasPrefix(models[0].Digest, "sha256:") || models[0].License == "" || models[0].Attribution == "" {
		t.Errorf("models %+v", models)
	}
}

// languageHash is what the data of the classifier is cut by (FNV-1a, 32 bits).
func languageHash(text string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(text))
	return h.Sum32()
}
