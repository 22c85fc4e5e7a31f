package filter

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"corpus"
)

// rep is s n times, with a space between.
func rep(n int, s string) string { return strings.TrimSuffix(strings.Repeat(s+" ", n), " ") }

// join puts non-empty parts together with a space between.
func join(parts ...string) string {
	return strings.Join(strings.FieldsFunc(strings.Join(parts, "\x00"), func(r rune) bool { return r == 0 }), " ")
}

// lines is the line n times, then the other m times.
func lines(n int, line string, m int, other string) string {
	return strings.TrimSuffix(strings.Repeat(line+"\n", n)+strings.Repeat(other+"\n", m), "\n")
}

func TestGopherQuality(t *testing.T) {
	for _, test := range []struct {
		name, text string
		rule       string
		value      string
	}{
		{"empty", "", "gopher_short_doc", "0"},
		{"49 words", rep(49, "that"), "gopher_short_doc", "49"},
		{"50 words", join(rep(49, "that"), "have"), "", ""},
		{"51 words", join(rep(50, "that"), "have"), "", ""},
		{"punctuation is no word", join(rep(48, "that"), "have", rep(5, "- ; ?")), "gopher_short_doc", "49"},
		{"a bullet is a word", join(rep(48, "that"), "have", "•"), "", ""},
		{"100000 words", join("the", rep(99_999, "that")), "", ""},
		{"100001 words", join("the", rep(100_000, "that")), "gopher_long_doc", "100001"},

		{"mean length just below 3", join(rep(99, "the"), "to"), "gopher_below_avg_threshold", "2.99"},
		{"mean length 3", join(rep(99, "the"), "and"), "", ""},
		{"mean length 10", join("the", "and", rep(98, "wonderfull"), rep(14, "x"+"wonderfull")), "", ""},
		{"mean length just above 10", join("the", "and", rep(98, "wonderfull"), rep(15, "x"+"wonderfull")), "gopher_above_avg_threshold", "10.01"},
		{"length counts characters, not bytes", join("the", "and", rep(98, "ééééééééé")), "", ""},

		{"hashes .1", join("the", rep(89, "that"), rep(10, "#")), "", ""},
		{"hashes just above .1", join("the", rep(88, "that"), rep(10, "#")), "gopher_too_many_hashes", "0.101"},
		{"ellipses .1", join("the", rep(5, "..."), rep(5, "…"), rep(89, "that")), "", ""},
		{"ellipses just above .1", join("the", rep(5, "..."), rep(5, "…"), rep(88, "that")), "gopher_too_many_ellipsis", "0.101"},

		{"bullets .9", lines(9, "- the cat that sat and that ran", 1, "the dog that sat"), "", ""},
		{"bullets below .9", lines(8, "• the cat that sat and that ran", 2, "the dog that sat"), "", ""},
		{"bullets above .9", lines(10, "  • the cat that sat and that ran", 0, ""), "gopher_too_many_bullets", "1"},
		{"line ellipses .3", lines(3, "the cat that sat and that ran... ", 7, "the dog and that one also sat and ran"), "", ""},
		{"line ellipses above .3", lines(4, "the cat that sat and that ran…", 6, "the dog and that one also sat and ran"), "gopher_too_many_end_ellipsis", "0.4"},

		{"alphabetic words .8", join("the", rep(79, "that"), rep(20, "1234")), "", ""},
		{"alphabetic words just below .8", join("the", rep(78, "that"), rep(20, "1234")), "gopher_below_alpha_threshold", "0.798"},

		{"no stop word", rep(60, "word"), "gopher_enough_stop_words", "0"},
		{"one stop word", join(rep(60, "word"), "that that"), "gopher_enough_stop_words", "1"},
		{"two stop words", join(rep(60, "word"), "that", "with"), "", ""},
		{"stop words keep their case", join(rep(60, "word"), "That", "with"), "gopher_enough_stop_words", "1"},
		{"stop words beside punctuation", join(rep(60, "word"), "(that,", "with?"), "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			stage, err := NewGopherQuality(DefaultGopherQualityOptions())
			if err != nil {
				t.Fatal(err)
			}
			checkReason(t, process(t, stage, test.text)[0], corpus.Reason{Stage: "gopher_quality", Rule: test.rule, Value: test.value})
		})
	}
}

// checkReason compares a document's reason; an empty rule stands for a kept document.
func checkReason(t *testing.T, doc *corpus.Document, want corpus.Reason) {
	t.Helper()
	switch {
	case want.Rule == "" && doc.Reason != nil:
		t.Errorf("dropped by %v with %q, want kept", doc.Reason, doc.Reason.Value)
	case want.Rule != "" && doc.Reason == nil:
		t.Errorf("kept, want %v with %q", want, want.Value)
	case want.Rule != "" && *doc.Reason != want:
		t.Errorf("dropped by %v with %q, want %v with %q", doc.Reason, doc.Reason.Value, want, want.Value)
	}
}

func TestGopherQualityRulesTurnOff(t *testing.T) {
	stage, err := NewGopherQuality(GopherQualityOptions{Words: WordsWhitespace})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range hostileTexts() {
		if doc := process(t, stage, text)[0]; doc.Reason != nil {
			t.Errorf("%s: dropped by %v with all rules off", name, doc.Reason)
		}
	}
}

func TestGopherQualityStopWordsByLanguage(t *testing.T) {
	options := DefaultGopherQualityOptions()
	options.StopWordsByLanguage = map[string][]string{"de": {"der", "und", "nicht"}, "zh": {}}
	stage, err := NewGopherQuality(options)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ language, extra, rule string }{
		{"de", "der und", ""},
		{"de", "the and", "gopher_enough_stop_words"},
		{"zh", "", ""},
		{"fr", "der und", "gopher_enough_stop_words"},
		{"fr", "the and", ""},
		{"", "the and", ""},
	} {
		t.Run(test.language+" "+test.extra, func(t *testing.T) {
			batch := &corpus.Batch{Documents: []*corpus.Document{{Text: join(rep(60, "word"), test.extra), Language: test.language}}}
			if err := stage.Process(t.Context(), batch); err != nil {
				t.Fatal(err)
			}
			if got := rule(batch.Documents[0]); got != test.rule {
				t.Errorf("rule %q, want %q", got, test.rule)
			}
		})
	}
}

// checkBadOption fails unless err is an OptionError with the given key.
func checkBadOption(t *testing.T, err error, key string) {
	t.Helper()
	var bad *corpus.OptionError
	if !errors.As(err, &bad) {
		t.Fatalf("error %v, want an OptionError for %s", err, key)
	}
	if bad.Key != key {
		t.Errorf("key %q (%v), want %q", bad.Key, err, key)
	}
}

func TestGopherQualityBadOptions(t *testing.T) {
	for i, test := range []struct {
		key    string
		change func(*GopherQualityOptions)
	}{
		{"min_doc_words", func(o *GopherQualityOptions) { o.MinDocWords = -1 }},
		{"max_doc_words", func(o *GopherQualityOptions) { o.MaxDocWords = 49 }},
		{"max_avg_word_length", func(o *GopherQualityOptions) { o.MaxAvgWordLength = 2 }},
		{"max_bullet_lines_ratio", func(o *GopherQualityOptions) { o.MaxBulletLinesRatio = 1.1 }},
		{"stop_words", func(o *GopherQualityOptions) { o.StopWords = []string{"a", "a"} }},
		{"stop_words_by_language.de", func(o *GopherQualityOptions) { o.StopWordsByLanguage = map[string][]string{"de": {"der"}} }},
		{"min_avg_word_length", func(o *GopherQualityOptions) { o.MinAvgWordLength = math.NaN() }},
		{"stop_words_by_language", func(o *GopherQualityOptions) { o.StopWordsByLanguage = map[string][]string{"": {"der", "die"}} }},
		{"stop_words_by_language", func(o *GopherQualityOptions) { o.StopWordsByLanguage = map[string][]string{"DE": {"der", "die"}} }},
		{"words", func(o *GopherQualityOptions) { o.Words = "" }},
	} {
		t.Run(fmt.Sprint(i, " ", test.key), func(t *testing.T) {
			options := DefaultGopherQualityOptions()
			test.change(&options)
			_, err := NewGopherQuality(options)
			checkBadOption(t, err, test.key)
		})
	}
}
