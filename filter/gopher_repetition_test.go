package filter

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"corpus"
)

// distinct is n words that do not repeat, each of four letters.
func distinct(from, n int) string {
	list := make([]string, n)
	for i := range list {
		v := from + i
		list[i] = string([]byte{byte('a' + v%26), byte('a' + v/26%26), byte('a' + v/676%26), 'z'})
	}
	return strings.Join(list, " ")
}

func TestGopherRepetition(t *testing.T) {
	only := func(change func(*GopherRepetitionOptions)) GopherRepetitionOptions {
		o := GopherRepetitionOptions{MaxWords: 1000, Words: WordsWhitespace}
		change(&o)
		return o
	}
	paraFrac := only(func(o *GopherRepetitionOptions) { o.DupParaFrac = 0.3 })
	paraChars := only(func(o *GopherRepetitionOptions) { o.DupParaCharFrac = 0.2 })
	lineFrac := only(func(o *GopherRepetitionOptions) { o.DupLineFrac = 0.3 })
	lineChars := only(func(o *GopherRepetitionOptions) { o.DupLineCharFrac = 0.2 })
	top2 := only(func(o *GopherRepetitionOptions) { o.TopNGrams = []NGramLimit{{2, 0.2}} })
	dup5 := only(func(o *GopherRepetitionOptions) { o.DupNGrams = []NGramLimit{{5, 0.15}} })

	// Ten parts, of which n repeat the first.
	parts := func(n int, separator string) string {
		list := make([]string, 10)
		for i := range list {
			list[i] = fmt.Sprintf("part %c", 'a'+i)
			if i >= 10-n {
				list[i] = list[0]
			}
		}
		return strings.Join(list, separator)
	}
	for _, test := range []struct {
		name    string
		options GopherRepetitionOptions
		text    string
		rule    string
		value   string
	}{
		{"empty", DefaultGopherRepetitionOptions(), "", "empty", "0"},
		{"blank lines are lines", DefaultGopherRepetitionOptions(), "\n\n \n", "dup_line_frac", "0.3333"},
		{"plain", DefaultGopherRepetitionOptions(), distinct(0, 100), "", ""},

		{"paragraphs .2", paraFrac, parts(2, "\n\n"), "", ""},
		{"paragraphs .3", paraFrac, parts(3, "\n\n\n"), "", ""},
		{"paragraphs .4", paraFrac, parts(4, "\n\n"), "dup_para_frac", "0.4"},
		{"outer newlines open no paragraph", paraFrac, "\n\n" + parts(4, "\n\n") + "\n\n", "dup_para_frac", "0.4"},
		{"single newlines make no paragraph", paraFrac, parts(4, "\n"), "", ""},
		// 20 characters in all: "aaaa" again is .2 of 20, 4/19 of 19.
		{"paragraph characters .2", paraChars, "aaaa\n\naaaa\n\nbbbbbbbb", "", ""},
		{"paragraph characters above .2", paraChars, "aaaa\n\naaaa\n\nbbbbbbb", "dup_para_char_frac", "0.2105"},
		{"paragraph characters below .2", paraChars, "éééé\n\néééé\n\nbbbbbbbbb", "", ""},

		{"lines .2", lineFrac, parts(2, "\n"), "", ""},
		{"lines .3", lineFrac, parts(3, "\n"), "", ""},
		{"lines .4", lineFrac, parts(4, "\n\n"), "dup_line_frac", "0.4"},
		{"line characters .2", lineChars, "aaaa\naaaa\nbbbbbbbbbb", "", ""},
		{"line characters above .2", lineChars, "aaaa\naaaa\nbbbbbbbbb", "dup_line_char_frac", "0.2105"},
		{"line characters below .2", lineChars, "éééé\néééé\nbbbbbbbbbbb", "", ""},

		// "x y" twice is 6 characters, of 30 and 29.
		{"top 2-gram .2", top2, "x y aaaaaaa x y bbbbbbb cccccc", "", ""},
		{"top 2-gram above .2", top2, "x y aaaaaaa x y bbbbbbb ccccc", "top_2_gram", "0.2069"},
		{"top 2-gram below .2", top2, "x y aaaaaaa x y bbbbbbb ccccccc", "", ""},
		{"a single 2-gram counts too", top2, "aaaa bbbb", "top_2_gram", "1"},
		{"one word has no 2-gram", top2, "aaaaaaaaa", "", ""},

		// Five words of two letters repeat once: 10 characters of 66 and 67 (words, spaces, and a tail).
		{"duplicate 5-grams above .15", dup5, "aa bb cc dd ee aa bb cc dd ee " + strings.Repeat("x", 36), "duplicated_5_n_grams", "0.1515"},
		{"duplicate 5-grams below .15", dup5, "aa bb cc dd ee aa bb cc dd ee " + strings.Repeat("x", 37), "", ""},
		{"duplicate 5-grams .15", only(func(o *GopherRepetitionOptions) { o.DupNGrams = []NGramLimit{{5, 0.125}} }),
			"aa bb cc dd ee aa bb cc dd ee " + strings.Repeat("x", 50), "", ""},
		{"all rules, repeated sentence", DefaultGopherRepetitionOptions(), rep(10, distinct(0, 30)), "duplicated_5_n_grams", "0.7205"},
		{"shares of 0 are no limits", only(func(o *GopherRepetitionOptions) {
			o.TopNGrams, o.DupNGrams = []NGramLimit{{2, 0}}, []NGramLimit{{5, 0}}
		}),
			rep(40, "same"), "", ""},
		{"words past the limit are not looked at", only(func(o *GopherRepetitionOptions) { o.DupNGrams = []NGramLimit{{5, 0.1}}; o.MaxWords = 40 }),
			distinct(0, 40) + " " + rep(40, "same"), "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			stage, err := NewGopherRepetition(test.options)
			if err != nil {
				t.Fatal(err)
			}
			checkReason(t, process(t, stage, test.text)[0], corpus.Reason{Stage: "gopher_repetition", Rule: test.rule, Value: test.value})
		})
	}
}

func TestGopherRepetitionNamesEveryLength(t *testing.T) {
	for n := 2; n <= 10; n++ {
		o := GopherRepetitionOptions{MaxWords: 1000, Words: WordsWhitespace}
		want := fmt.Sprintf("top_%d_gram", n)
		if n <= 4 {
			o.TopNGrams = []NGramLimit{{n, 0.1}}
		} else {
			want = fmt.Sprintf("duplicated_%d_n_grams", n)
			o.DupNGrams = []NGramLimit{{n, 0.1}}
		}
		stage, err := NewGopherRepetition(o)
		if err != nil {
			t.Fatal(err)
		}
		if got := rule(process(t, stage, rep(6, distinct(0, 8)))[0]); got != want {
			t.Errorf("%d words: rule %q, want %q", n, got, want)
		}
	}
}

var plainParagraphs, plainNewlines = regexp.MustCompile(`\n{2,}`), regexp.MustCompile(`\n+`)

// plainRepetition is the published algorithm over lists and maps of strings. N-grams are compared as series of words.
func plainRepetition(o GopherRepetitionOptions, text string) (string, float64) {
	chars := utf8.RuneCountInString(text)
	if chars == 0 {
		return "empty", 0
	}
	share := func(n, of int) float64 { return float64(n) / float64(of) }
	duplicates := func(list []string) (n, size int) {
		seen := map[string]bool{}
		for _, s := range list {
			if seen[s] {
				n++
				size += utf8.RuneCountInString(s)
			}
			seen[s] = true
		}
		return n, size
	}
	paragraphs := plainParagraphs.Split(trimSpace(text), -1)
	n, size := duplicates(paragraphs)
	if v := share(n, len(paragraphs)); v > o.DupParaFrac {
		return "dup_para_frac", v
	}
	if v := share(size, chars); v > o.DupParaCharFrac {
		return "dup_para_char_frac", v
	}
	lines := plainNewlines.Split(text, -1)
	n, size = duplicates(lines)
	if v := share(n, len(lines)); v > o.DupLineFrac {
		return "dup_line_frac", v
	}
	if v := share(size, chars); v > o.DupLineCharFrac {
		return "dup_line_char_frac", v
	}
	list := split(text, o.Words)
	for _, limit := range o.TopNGrams {
		counts, best := map[string]int{}, ""
		var order []string
		for i := 0; i+limit.N <= len(list); i++ {
			gram := strings.Join(list[i:i+limit.N], " ")
			if counts[gram]++; counts[gram] == 1 {
				order = append(order, gram)
			}
		}
		for _, gram := range order {
			if counts[gram] > counts[best] {
				best = gram
			}
		}
		if v := share(utf8.RuneCountInString(best)*counts[best], chars); v > limit.Max {
			return fmt.Sprintf("top_%d_gram", limit.N), v
		}
	}
	for _, limit := range o.DupNGrams {
		seen, size := map[string]bool{}, 0
		for i := 0; i+limit.N <= len(list); {
			gram := strings.Join(list[i:i+limit.N], " ")
			if seen[gram] {
				for _, word := range list[i : i+limit.N] {
					size += utf8.RuneCountInString(word)
				}
				i += limit.N
			} else {
				seen[gram] = true
				i++
			}
		}
		if v := share(size, chars); v > limit.Max {
			return fmt.Sprintf("duplicated_%d_n_grams", limit.N), v
		}
	}
	return "", 0
}

// checkRepetition compares the stage with the plain algorithm under several sets of thresholds.
func checkRepetition(t *testing.T, text string) {
	t.Helper()
	loose := DefaultGopherRepetitionOptions()
	loose.DupLineFrac, loose.DupParaFrac, loose.DupLineCharFrac, loose.DupParaCharFrac = 1, 1, 1, 1
	few := loose
	few.TopNGrams, few.DupNGrams = []NGramLimit{{4, 0.3}, {1, 0.4}}, []NGramLimit{{8, 0.05}, {3, 0.3}}
	only := loose
	only.TopNGrams = nil
	for i, options := range []GopherRepetitionOptions{DefaultGopherRepetitionOptions(), loose, few, only} {
		stage, err := NewGopherRepetition(options)
		if err != nil {
			t.Fatal(err)
		}
		wantRule, wantValue := plainRepetition(options, text)
		if gotRule, gotValue := stage.judge(newAnalysis(text)); gotRule != wantRule || gotValue != wantValue {
			t.Fatalf("options %d: %s %v, want %s %v, for %q", i, gotRule, gotValue, wantRule, wantValue, text)
		}
	}
}

// babble is text of a small vocabulary, so that it repeats itself at all lengths.
func babble(rng *rand.Rand, n int) string {
	var b strings.Builder
	vocabulary := 2 + rng.IntN(60)
	for range n {
		fmt.Fprintf(&b, "w%d%s", rng.IntN(vocabulary), []string{" ", " ", " ", ", ", ".\n", "\n\n"}[rng.IntN(6)])
	}
	return b.String()
}

func TestGopherRepetitionIsThePlainAlgorithm(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 150 {
		text := babble(rng, rng.IntN(300))
		if rng.IntN(2) == 0 {
			text += distinct(0, rng.IntN(600))
		}
		checkRepetition(t, text)
	}
	for name, text := range hostileTexts() {
		t.Run(name, func(t *testing.T) { checkRepetition(t, text[:min(len(text), 5000)]) })
	}
}

func FuzzGopherRepetition(f *testing.F) {
	rng := rand.New(rand.NewPCG(3, 4))
	for n := range 6 {
		f.Add(babble(rng, n*n*5))
	}
	for _, text := range hostileTexts() {
		f.Add(text[:min(len(text), 200)])
	}
	f.Fuzz(func(t *testing.T, text string) { checkRepetition(t, text[:min(len(text), 4000)]) })
}

func TestGopherRepetitionBadOptions(t *testing.T) {
	for _, test := range []struct {
		key    string
		change func(*GopherRepetitionOptions)
	}{
		{"dup_line_frac", func(o *GopherRepetitionOptions) { o.DupLineFrac = 1.5 }},
		{"dup_para_char_frac", func(o *GopherRepetitionOptions) { o.DupParaCharFrac = -1 }},
		{"top_n_grams[0].n", func(o *GopherRepetitionOptions) { o.TopNGrams = []NGramLimit{{0, 0.1}} }},
		{"dup_n_grams[1].n", func(o *GopherRepetitionOptions) { o.DupNGrams = []NGramLimit{{5, 0.1}, {21, 0.1}} }},
		{"dup_n_grams[0].max", func(o *GopherRepetitionOptions) { o.DupNGrams = []NGramLimit{{5, 2}} }},
		{"max_words", func(o *GopherRepetitionOptions) { o.MaxWords = 0 }},
		{"words", func(o *GopherRepetitionOptions) { o.Words = "spacy" }},
	} {
		t.Run(test.key, func(t *testing.T) {
			options := DefaultGopherRepetitionOptions()
			test.change(&options)
			_, err := NewGopherRepetition(options)
			checkBadOption(t, err, test.key)
		})
	}
}
