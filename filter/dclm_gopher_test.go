package filter

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"corpus"
)

func TestDCLMGopher(t *testing.T) {
	// only leaves one rule on, so that a text can be made for its limit alone.
	only := func(change func(o, defaults *DCLMGopherOptions)) func() DCLMGopherOptions {
		return func() (o DCLMGopherOptions) {
			defaults := DefaultDCLMGopherOptions()
			change(&o, &defaults)
			return o
		}
	}
	count := only(func(o, d *DCLMGopherOptions) { o.MinWords, o.MaxWords = d.MinWords, d.MaxWords })
	mean := only(func(o, d *DCLMGopherOptions) {
		o.MinMeanWordLength, o.MaxMeanWordLength = d.MinMeanWordLength, d.MaxMeanWordLength
	})
	symbols := only(func(o, d *DCLMGopherOptions) { o.MaxSymbols = d.MaxSymbols })
	bulleted := only(func(o, d *DCLMGopherOptions) { o.MaxBulletLines = d.MaxBulletLines })
	ellipses := only(func(o, d *DCLMGopherOptions) { o.MaxEllipsisLines = d.MaxEllipsisLines })
	alpha := only(func(o, d *DCLMGopherOptions) { o.MaxNonAlphaWords = d.MaxNonAlphaWords })
	stops := only(func(o, d *DCLMGopherOptions) { o.MinStopWords, o.StopWords = d.MinStopWords, d.StopWords })
	lines := only(func(o, d *DCLMGopherOptions) { o.MaxRepeatedLines = d.MaxRepeatedLines })
	paragraphs := only(func(o, d *DCLMGopherOptions) { o.MaxRepeatedParagraphs = d.MaxRepeatedParagraphs })
	lineChars := only(func(o, d *DCLMGopherOptions) { o.MaxRepeatedLineChars = d.MaxRepeatedLineChars })
	paragraphChars := only(func(o, d *DCLMGopherOptions) { o.MaxRepeatedParagraphChars = d.MaxRepeatedParagraphChars })
	top2 := only(func(o, d *DCLMGopherOptions) { o.TopNGrams = d.TopNGrams[:1] })
	dup5 := only(func(o, d *DCLMGopherOptions) { o.DupNGrams = d.DupNGrams[:1] })
	x := func(n int) string { return strings.Repeat("x", n) }
	for _, test := range []struct {
		name    string
		options func() DCLMGopherOptions
		text    string
		rule    string
		value   string
	}{
		{"empty", DefaultDCLMGopherOptions, "", "page_length", "0"},
		{"all rules off", func() DCLMGopherOptions { return DCLMGopherOptions{} }, "", "", ""},
		{"49 words", count, rep(49, "a") + " (b) …", "page_length", "49"},
		{"50 words", count, rep(49, "a") + " 7", "", ""},
		{"51 words", count, rep(51, "a"), "", ""},
		{"100000 words", count, rep(100_000, "a"), "", ""},
		{"100001 words", count, rep(100_001, "a"), "page_length", "100001"},
		{"mean length 3", mean, "ab abcd", "", ""},
		{"mean length just below 3", mean, "ab abc abc", "word_length", "2.667"},
		{"mean length 10", mean, x(9) + " " + x(11), "", ""},
		{"mean length just above 10", mean, x(10) + " " + x(11), "word_length", "10.5"},
		{"symbols .1", symbols, rep(9, "a") + " #", "", ""},
		{"symbols just above .1", symbols, rep(8, "a") + " b…", "symbol_ratio", "0.1111"},
		{"symbols just below .1", symbols, rep(10, "a") + " b...", "", ""},
		{"spaced dots and signs together", symbols, rep(20, "a") + " . . . #", "", ""},
		{"bullets .9", bulleted, strings.Repeat("* a\n", 4) + strings.Repeat("  - a\n", 5) + "a", "", ""},
		{"bullets just above .9", bulleted, strings.Repeat("● a\n", 5) + strings.Repeat("• a\n", 5) + "a", "bullet_count", "0.9091"},
		{"bullets just below .9", bulleted, strings.Repeat("- a\n", 8) + "a", "", ""},
		{"ellipses .3", ellipses, strings.Repeat("a... \n", 3) + strings.Repeat("a\n", 7), "", ""},
		{"ellipses just above .3", ellipses, "a…\na. . .\na...\n" + strings.Repeat("a\n", 6), "ellipsis_count", "0.3333"},
		{"ellipses just below .3", ellipses, strings.Repeat("a…\n", 3) + strings.Repeat("a\n", 8), "", ""},
		{"words without a letter .2", alpha, rep(8, "a") + " 1 -", "", ""},
		{"words without a letter just above .2", alpha, rep(7, "a") + " 1 -", "alphabetic_word_ratio", "0.2222"},
		{"words without a letter just below .2", alpha, rep(9, "a") + " 1 -", "", ""},
		{"one stop word", stops, "THE dog", "stop_word", "1"},
		{"one stop word twice", stops, "The dog the", "", ""},
		{"stop words beside punctuation", stops, "the, (and) of", "stop_word", "1"},
		{"repeated lines .3", lines, "a\na\na\n" + differentLines(7), "", ""},
		{"repeated lines just above .3", lines, "a\n a\n\na\na\n" + differentLines(9), "repeated_lines", "0.3077"},
		{"repeated lines just below .3", lines, "a\na\na\n" + differentLines(8), "", ""},
		{"repeated paragraphs .3", paragraphs, strings.ReplaceAll("a\na\na\n"+differentLines(7), "\n", "\n\n"), "", ""},
		{"repeated paragraphs just above .3", paragraphs, strings.ReplaceAll("a\na\na\na\n"+differentLines(9), "\n", "\n\n"), "repeated_paragraphs", "0.3077"},
		{"repeated line characters .2", lineChars, "x\nx\n" + x(8), "", ""},
		{"repeated line characters just above .2", lineChars, "x\nx\n" + strings.Repeat("y", 7), "repeated_line_chars", "0.2222"},
		{"repeated line characters just below .2", lineChars, "x\nx\n" + x(9), "", ""},
		{"repeated paragraph characters .2", paragraphChars, "x\n\nx\n\n" + x(8), "", ""},
		{"repeated paragraph characters just above .2", paragraphChars, "x\n\nx\n\n" + x(7), "repeated_paragraph_chars", "0.2222"},
		{"top 2-gram .2", top2, "aa bb " + different(8) + " aa bb", "", ""},
		{"top 2-gram just above .2", top2, "aa bb " + different(7) + " aa bb", "most_common_2_gram", "0.2222"},
		{"top 2-gram just below .2", top2, "aa bb " + different(9) + " aa bb", "", ""},
		{"a 2-gram that occurs once", top2, "aaaa bbbb", "", ""},
		{"punctuation is no word", top2, "aa, bb " + different(7) + " aa (bb)", "most_common_2_gram", "0.2222"},
		{"the longest of the most frequent", top2, "a b aa bb " + different(6) + " a b aa bb", "most_common_2_gram", "0.2222"},
		{"5-grams just above .15", dup5, "a b c d e " + x(56) + " a b c d e", "repeated_5_grams", "0.1515"},
		{"5-grams just below .15", dup5, "a b c d e " + x(57) + " a b c d e", "", ""},
		{"5-grams that overlap", dup5, "a b c d e f " + x(20) + " a b c d e f", "repeated_5_grams", "0.375"},
	} {
		t.Run(test.name, func(t *testing.T) {
			stage, err := NewDCLMGopher(test.options())
			if err != nil {
				t.Fatal(err)
			}
			checkReason(t, process(t, stage, test.text)[0], corpus.Reason{Stage: "dclm_gopher", Rule: test.rule, Value: test.value})
		})
	}
}

func TestDCLMGopherBadOptions(t *testing.T) {
	for key, change := range map[string]func(*DCLMGopherOptions){
		"min_words":            func(o *DCLMGopherOptions) { o.MinWords = -1 },
		"max_words":            func(o *DCLMGopherOptions) { o.MaxWords = 49 },
		"max_mean_word_length": func(o *DCLMGopherOptions) { o.MaxMeanWordLength = 2 },
		"max_non_alpha_words":  func(o *DCLMGopherOptions) { o.MaxNonAlphaWords = 1.5 },
		"stop_words":           func(o *DCLMGopherOptions) { o.StopWords = nil },
		"top_n_grams[0].n":     func(o *DCLMGopherOptions) { o.TopNGrams = []NGramLimit{{1, 0.5}} },
	} {
		options := DefaultDCLMGopherOptions()
		change(&options)
		_, err := NewDCLMGopher(options)
		checkBadOption(t, err, key)
	}
}

// plainDCLM is the published algorithm with lists and maps of whole lines and n-grams.
func plainDCLM(o DCLMGopherOptions, text string) string {
	named := func(word string) bool {
		r, _ := utf8.DecodeRuneInString(word)
		return unicode.IsLetter(r) || unicode.IsNumber(r)
	}
	chars := func(list []string) int { return utf8.RuneCountInString(strings.Join(list, "")) }
	tokens := 0
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return r == 0 || r == ' ' || r >= '\t' && r <= '\r' }) {
		if named(w) {
			tokens++
		}
	}
	list := strings.FieldsFunc(text, isSpace)
	if tokens < o.MinWords || tokens > o.MaxWords {
		return "page_length"
	}
	if len(list) == 0 {
		return ""
	}
	count := func(is func(string) bool, list []string) (n int) {
		for _, s := range list {
			if is(s) {
				n++
			}
		}
		return n
	}
	parts := func(separator string) (parts []string) {
		for _, p := range strings.Split(text, separator) {
			if p = trimSpace(p); p != "" {
				parts = append(parts, p)
			}
		}
		return parts
	}
	repeated := func(list []string, size func(string) int) float64 {
		copies, part, all := map[string]int{}, 0, 0
		for _, s := range list {
			copies[s]++
			all += size(s)
		}
		for s, n := range copies {
			if n > 1 {
				part += n * size(s)
			}
		}
		return ratio(part, all)
	}
	one := func(string) int { return 1 }
	lines, paragraphs := parts("\n"), parts("\n\n")
	mean := ratio(chars(list), len(list))
	symbols := 0
	for _, s := range []string{"#", "...", ". . .", "…"} {
		symbols += strings.Count(text, s)
	}
	for _, rule := range []struct {
		name string
		bad  bool
	}{
		{"word_length", mean < o.MinMeanWordLength || mean > o.MaxMeanWordLength},
		{"symbol_ratio", ratio(symbols, len(list)) > o.MaxSymbols},
		{"bullet_count", ratio(count(func(s string) bool { return strings.ContainsAny(string([]rune(s)[0]), "●•*-") }, lines), len(lines)) > o.MaxBulletLines},
		{"ellipsis_count", ratio(count(func(s string) bool {
			return strings.HasSuffix(s, "...") || strings.HasSuffix(s, ". . .") || strings.HasSuffix(s, "…")
		}, lines), len(lines)) > o.MaxEllipsisLines},
		{"alphabetic_word_ratio", ratio(count(func(s string) bool { return !strings.ContainsFunc(s, unicode.IsLetter) }, list), len(list)) > o.MaxNonAlphaWords},
		{"stop_word", count(func(s string) bool { return slices.Contains(o.StopWords, strings.ToLower(s)) }, list) < o.MinStopWords},
		{"repeated_lines", repeated(lines, one) > o.MaxRepeatedLines},
		{"repeated_paragraphs", repeated(paragraphs, one) > o.MaxRepeatedParagraphs},
		{"repeated_line_chars", repeated(lines, utf8.RuneCountInString) > o.MaxRepeatedLineChars},
		{"repeated_paragraph_chars", repeated(paragraphs, utf8.RuneCountInString) > o.MaxRepeatedParagraphChars},
	} {
		if rule.bad {
			return rule.name
		}
	}
	var names []string
	walk := words{text: text, mode: WordsUnicode}
	for start, end, ok := walk.next(); ok; start, end, ok = walk.next() {
		if named(text[start:end]) {
			names = append(names, text[start:end])
		}
	}
	grams := func(n int) map[string]int {
		counts := map[string]int{}
		for i := 0; i+n <= len(names); i++ {
			counts[strings.Join(names[i:i+n], " ")]++
		}
		return counts
	}
	for _, limit := range o.TopNGrams {
		most, size := 1, 0
		for gram, n := range grams(limit.N) {
			if length := utf8.RuneCountInString(strings.ReplaceAll(gram, " ", "")); n > most {
				most, size = n, length
			} else if n == most && n > 1 {
				size = max(size, length)
			}
		}
		if ratio(most*size, chars(names)) > limit.Max {
			return fmt.Sprintf("most_common_%d_gram", limit.N)
		}
	}
	for _, limit := range o.DupNGrams {
		counts, covered, total := grams(limit.N), map[int]bool{}, 0
		for i := 0; i+limit.N <= len(names); i++ {
			if counts[strings.Join(names[i:i+limit.N], " ")] > 1 {
				for j := i; j < i+limit.N; j++ {
					covered[j] = true
				}
			}
		}
		for i := range covered {
			total += utf8.RuneCountInString(names[i])
		}
		if ratio(total, chars(names)) > limit.Max {
			return fmt.Sprintf("repeated_%d_grams", limit.N)
		}
	}
	return ""
}

func checkDCLM(t *testing.T, stage *DCLMGopher, text string) {
	t.Helper()
	text = strings.ToValidUTF8(text, "?")
	got, _ := stage.judge(newAnalysis(text))
	if want := plainDCLM(stage.options, text); got != want {
		t.Fatalf("rule %q, want %q for %q", got, want, text)
	}
}

// looseDCLM lets short texts reach the later rules.
func looseDCLM(t testing.TB) *DCLMGopher {
	t.Helper()
	o := DefaultDCLMGopherOptions()
	o.MinWords, o.MinMeanWordLength, o.MaxSymbols, o.MaxEllipsisLines, o.MaxNonAlphaWords, o.MinStopWords = 1, 1, 0.5, 0.6, 0.7, 0
	o.MaxRepeatedLines, o.MaxRepeatedParagraphs, o.MaxRepeatedLineChars, o.MaxRepeatedParagraphChars = 0.8, 0.8, 0.6, 0.6
	stage, err := NewDCLMGopher(o)
	if err != nil {
		t.Fatal(err)
	}
	return stage
}

func TestDCLMGopherAgainstPlain(t *testing.T) {
	strict, err := NewDCLMGopher(DefaultDCLMGopherOptions())
	if err != nil {
		t.Fatal(err)
	}
	loose := looseDCLM(t)
	againstPlain(t, 8, func(text string) { checkDCLM(t, strict, text) }, func(text string) string {
		checkDCLM(t, loose, text)
		rule, _ := loose.judge(newAnalysis(text))
		return rule
	})
}

func FuzzDCLMGopher(f *testing.F) {
	for seed := range 20 {
		f.Add(textOfPieces(seed))
	}
	stage := looseDCLM(f)
	f.Fuzz(func(t *testing.T, text string) { checkDCLM(t, stage, text[:min(len(text), 2000)]) })
}

func BenchmarkDCLMGopher(b *testing.B) {
	stage, err := NewDCLMGopher(DefaultDCLMGopherOptions())
	if err != nil {
		b.Fatal(err)
	}
	benchmark(b, stage)
}

// BenchmarkDCLMGopherPlain is the plain algorithm, for comparison.
func BenchmarkDCLMGopherPlain(b *testing.B) {
	text, options := article(60), DefaultDCLMGopherOptions()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		plainDCLM(options, text)
	}
}
