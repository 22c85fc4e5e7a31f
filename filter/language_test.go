package filter

import (
	"strings"
	"sync"
	"testing"

	"corpus"
)

// sharedLanguage knows all languages; lingua's models are loaded once for all tests.
var sharedLanguage = sync.OnceValues(func() (*Language, error) { return NewLanguage(DefaultLanguageOptions()) })

func detector(t testing.TB) *Language {
	t.Helper()
	stage, err := sharedLanguage()
	if err != nil {
		t.Fatal(err)
	}
	return stage
}

func TestLanguageDetects(t *testing.T) {
	stage := detector(t)
	for _, test := range []struct{ name, text, want string }{
		{"english", "The council will meet again on Thursday to decide about the new bridge across the river.", "en"},
		{"german", "Der Stadtrat wird am Donnerstag noch einmal über die neue Brücke beraten und entscheiden.", "de"},
		{"french", "Le conseil municipal se réunira de nouveau jeudi pour décider du nouveau pont sur la rivière.", "fr"},
		{"russian", "Городской совет снова соберётся в четверг, чтобы принять решение о новом мосте через реку.", "ru"},
		{"japanese", "市議会は木曜日に再び集まり、川にかかる新しい橋について決めます。", "ja"},
		{"chinese", "市议会将于星期四再次开会,决定河上的新桥。", "zh"},
		{"greek", "Το δημοτικό συμβούλιο θα συνεδριάσει ξανά την Πέμπτη για τη νέα γέφυρα.", "el"},
		{"empty", "", "und"},
		{"two letters", "ab 12", "und"},
		{"no letters", "12 345 -- ?! ...", "und"},
		{"nul and broken UTF-8", "\x00\xff\xfe\x00", "und"},
		{"two scripts, equally many words", "river река", "und"},
	} {
		t.Run(test.name, func(t *testing.T) {
			doc := process(t, stage, test.text)[0]
			if doc.Language != test.want {
				t.Errorf("language %q (%v), want %q", doc.Language, doc.LanguageScore, test.want)
			}
			if und := doc.Language == "und"; und != (doc.LanguageScore == 0) || doc.LanguageScore < 0 || doc.LanguageScore > 1 {
				t.Errorf("score %v for %q", doc.LanguageScore, doc.Language)
			}
			checkReason(t, doc, corpus.Reason{})
		})
	}
}

func TestLanguageRules(t *testing.T) {
	const english = "The council will meet again on Thursday to decide about the new bridge across the river."
	const german = "Der Stadtrat wird am Donnerstag noch einmal über die neue Brücke beraten und entscheiden."
	options := DefaultLanguageOptions()
	options.Detect = []string{"en", "de", "fr"}
	options.Languages = []string{"en"}
	stage, err := NewLanguage(options)
	if err != nil {
		t.Fatal(err)
	}
	docs := process(t, stage, english, german, "")
	checkReason(t, docs[0], corpus.Reason{})
	checkReason(t, docs[1], corpus.Reason{Stage: "language", Rule: "language", Value: "de"})
	checkReason(t, docs[2], corpus.Reason{Stage: "language", Rule: "language", Value: "und"})

	// A word of several languages has a middling score, which serves as the limit itself.
	const word = "tag"
	options.Languages = options.Detect
	score := process(t, stage, word)[0].LanguageScore
	if score == 0 || score > 0.99 {
		t.Fatalf("%q has the score %v, want one between", word, score)
	}
	for name, test := range map[string]struct {
		limit float64
		rule  string
	}{"at": {score, ""}, "just above the score": {score + 0.0001, "score"}, "just below the score": {score - 0.0001, ""}} {
		t.Run(name, func(t *testing.T) {
			options.MinScore = test.limit
			stage, err := NewLanguage(options)
			if err != nil {
				t.Fatal(err)
			}
			if got := rule(process(t, stage, word)[0]); got != test.rule {
				t.Errorf("rule %q, want %q", got, test.rule)
			}
		})
	}
}

func TestLanguageLooksAtTheStart(t *testing.T) {
	const english = "The council will meet again on Thursday to decide about the new bridge across the river. "
	text := strings.Repeat(english, 3) + strings.Repeat("Der Stadtrat wird noch einmal über die neue Brücke beraten. ", 20)
	if doc := process(t, detector(t), text)[0]; doc.Language != "en" {
		t.Errorf("language %q, want en: the first 240 characters are English", doc.Language)
	}
}

func TestLanguageIsRepeatable(t *testing.T) {
	stage := detector(t)
	texts := []string{"hvordan har du det i dag", "gdje je hotel", "Voda река 水 water", "pan vino blanco", "hello мир γη"}
	first := process(t, stage, texts...)
	for range 20 {
		for i, doc := range process(t, stage, texts...) {
			if doc.Language != first[i].Language || doc.LanguageScore != first[i].LanguageScore {
				t.Fatalf("%q is %s %v, was %s %v", doc.Text, doc.Language, doc.LanguageScore, first[i].Language, first[i].LanguageScore)
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
		{"max_runes", func(o *LanguageOptions) { o.MaxRunes = 10 }},
		{"detect", func(o *LanguageOptions) { o.Detect = []string{"en", "xx"} }},
		{"detect", func(o *LanguageOptions) { o.Detect = []string{"en", "en"} }},
		{"languages", func(o *LanguageOptions) { o.Languages = []string{"english"} }},
		{"languages", func(o *LanguageOptions) { o.Detect = []string{"en", "de"}; o.Languages = []string{"fr"} }},
	} {
		options := DefaultLanguageOptions()
		test.change(&options)
		_, err := NewLanguage(options)
		checkBadOption(t, err, test.key)
	}
}

// TestLanguageOnSentences measures accuracy on a sample of lingua's own test sentences, and how often languages that lingua does not know
// get a label. Most sentences are shorter than 240 characters.
func TestLanguageOnSentences(t *testing.T) {
	codes := map[string]string{}
	for code, language := range linguaLanguages() {
		codes[strings.ToLower(language.IsoCode639_3().String())] = code
	}
	stage := detector(t)
	measure := func(path string, every int) (n, right, labelled, sure [2]int) {
		for i, line := range sharedLines(t, "langid/"+path) {
			label, text, ok := strings.Cut(line, "\t")
			if !ok || i%every != 0 {
				continue
			}
			cut := 0
			if isTestCut(text) {
				cut = 1
			}
			got, score := stage.detect(text)
			n[cut]++
			if got == codes[label] {
				right[cut]++
			}
			if got != undetermined && score >= 0.65 {
				labelled[cut]++
			}
			if score > 0.9 {
				sure[cut]++
			}
		}
		return n, right, labelled, sure
	}
	n, right, _, _ := measure("lingua_sentences.tsv.xz", 97)
	m, _, labelled, sure := measure("tatoeba_other.tsv.xz", 67)
	for cut, name := range []string{"dev", "test"} {
		t.Logf("%s: %d of %d sentences right (%.3f); of %d in unknown languages %.3f labelled at .65, %.3f above .9", name, right[cut], n[cut],
			ratio(right[cut], n[cut]), m[cut], ratio(labelled[cut], m[cut]), ratio(sure[cut], m[cut]))
	}
	if got := ratio(right[1], n[1]); got < 0.80 {
		t.Errorf("accuracy %.3f on the test cut, want 0.80 or more", got)
	}
}
