package filter

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"corpus"
)

func TestCurator(t *testing.T) {
	// only leaves one rule on, so that a text can be made for its limit alone.
	only := func(change func(o, defaults *CuratorOptions)) func() CuratorOptions {
		return func() (o CuratorOptions) {
			defaults := DefaultCuratorOptions()
			change(&o, &defaults)
			return o
		}
	}
	others := only(func(o, d *CuratorOptions) { o.MaxNonAlphaNumeric = d.MaxNonAlphaNumeric })
	symbols := only(func(o, d *CuratorOptions) { o.MaxSymbolWords = d.MaxSymbolWords })
	numbers := only(func(o, d *CuratorOptions) { o.MaxNumbers = d.MaxNumbers })
	urls := only(func(o, d *CuratorOptions) { o.MaxURLs = d.MaxURLs })
	space := only(func(o, d *CuratorOptions) { o.MaxWhiteSpace = d.MaxWhiteSpace })
	brackets := only(func(o, d *CuratorOptions) { o.MaxParentheses = d.MaxParentheses })
	boilerplate := only(func(o, d *CuratorOptions) { o.MaxBoilerplate = d.MaxBoilerplate })
	lines := only(func(o, d *CuratorOptions) { o.MinDistinctLines = d.MinDistinctLines })
	paragraphs := only(func(o, d *CuratorOptions) { o.MinDistinctParagraphs = d.MinDistinctParagraphs })
	lineChars := only(func(o, d *CuratorOptions) { o.MinDistinctLineChars = d.MinDistinctLineChars })
	paragraphChars := only(func(o, d *CuratorOptions) { o.MinDistinctParagraphChars = d.MinDistinctParagraphChars })
	count := only(func(o, d *CuratorOptions) { o.MinWords, o.MaxWords = d.MinWords, d.MaxWords })
	endMark := only(func(o, d *CuratorOptions) { o.MaxNoEndMark = d.MaxNoEndMark })
	alpha := only(func(o, d *CuratorOptions) { o.MinAlphaWords = d.MinAlphaWords })
	common := only(func(o, d *CuratorOptions) { o.MinCommonWords, o.CommonWords = d.MinCommonWords, d.CommonWords })
	mean := only(func(o, d *CuratorOptions) {
		o.MinMeanWordLength, o.MaxMeanWordLength = d.MinMeanWordLength, d.MaxMeanWordLength
	})
	long := only(func(o, d *CuratorOptions) { o.MaxWordLength = d.MaxWordLength })
	ellipsis := only(func(o, d *CuratorOptions) { o.MaxEllipsisLines = d.MaxEllipsisLines })
	top2 := only(func(o, d *CuratorOptions) { o.TopNGrams = d.TopNGrams[:1] })
	dup5 := only(func(o, d *CuratorOptions) { o.DupNGrams = d.DupNGrams[:1] })
	bulleted := only(func(o, d *CuratorOptions) { o.MaxBulletLines = d.MaxBulletLines })
	porn := only(func(o, d *CuratorOptions) { o.DropPornographicURLs = true })
	x := func(n int) string { return strings.Repeat("x", n) }
	for _, test := range []struct {
		name    string
		options func() CuratorOptions
		text    string
		rule    string
		value   string
	}{
		{"empty", DefaultCuratorOptions, "", "alpha_numeric", "1"},
		{"all rules off", func() CuratorOptions { return CuratorOptions{} }, "", "", ""},

		{"other characters .25", others, "xxx ", "", ""},
		{"other characters just below .25", others, "xxxx ", "", ""},
		{"other characters just above .25", others, x(8) + " -;", "alpha_numeric", "0.2727"},
		{"newlines, ends of sentences and commas are none", others, "x\n?!,.\n", "", ""},
		{"letters beyond ASCII are others", others, "xxé", "alpha_numeric", "0.3333"},

		{"symbol words .1", symbols, rep(9, "a") + " #", "", ""},
		{"symbol words just above .1", symbols, rep(8, "a") + " …", "symbol_to_word", "0.1111"},
		{"a word half hash signs", symbols, "a#", "", ""},
		{"a row of hash signs is one", symbols, "##", "", ""},
		{"more than half hash signs", symbols, "#a#", "symbol_to_word", "1"},
		{"bracketed ellipsis", symbols, "[...]", "symbol_to_word", "1"},
		{"ellipsis within a word", symbols, "a...", "", ""},

		{"numbers .15", numbers, "123" + x(17), "", ""},
		{"numbers just below .15", numbers, "123" + x(18), "", ""},
		{"numbers just above .15", numbers, "123" + x(16), "numbers_ratio", "0.1579"},
		{"digits of other scripts", numbers, "٣٣" + x(8), "numbers_ratio", "0.2"},
		{"raised digits are none", numbers, "²²" + x(8), "", ""},

		{"addresses .2", urls, "http://abc " + x(39), "", ""},
		{"addresses just above .2", urls, "http://abc " + x(38), "urls_ratio", "0.2041"},
		{"addresses just below .2", urls, "https://ab " + x(40), "", ""},
		{"an address of nothing", urls, "http:// a", "", ""},
		{"an address ends at a hash sign", urls, "http://a#" + strings.Repeat("é", 40), "", ""},
		{"another scheme", urls, "ftp://abcdef", "", ""},

		{"white space .25", space, "x x\nx\tx\rxxxxxxxx", "", ""},
		{"white space just above .25", space, "x x\nx\tx\rxxxxxxx", "white_space", "0.2667"},
		{"white space just below .25", space, "x x\nx\tx\rxxxxxxxxx", "", ""},
		{"a no-break space is none", space, "x\u00a0", "", ""},

		{"brackets .1", brackets, "(x)xxxxxxxxxxxxxxxxx", "", ""},
		{"brackets just above .1", brackets, "[x]xxxxxxxxxxxxxxxx", "parentheses_ratio", "0.1053"},
		{"brackets just below .1", brackets, "{x}xxxxxxxxxxxxxxxxxx", "", ""},
		{"angle brackets", brackets, "⟨x⟩", "parentheses_ratio", "0.6667"},
		{"less and greater are none", brackets, "<x>", "", ""},

		{"boilerplate .4", boilerplate, "Our Privacy Policy\n\nWe use cookies\n\na\n\nb\n\nc", "", ""},
		{"boilerplate just below .4", boilerplate, "Our Privacy Policy\n\nWe use cookies\n\na\n\nb\n\nc\n\nd", "", ""},
		{"boilerplate above .4", boilerplate, "Our Privacy Policy\n\nWe use cookies\n\na\n\nb", "boilerplate_string_ratio", "0.5"},
		{"two phrases in a paragraph", boilerplate, "Privacy policy, terms of use\n\na\n\nb", "", ""},
		{"privacy overview", boilerplate, "Our PRIVACY Overview", "boilerplate_string_ratio", "1"},
		{"privacy alone", boilerplate, "Our privacy overvie", "", ""},
		{"lorem ipsum", boilerplate, "a\n\nb\n\nc\n\nLorem Ipsum", "boilerplate_string_ratio", "1"},

		{"distinct lines .7", lines, "a\na\na\na\n" + differentLines(6), "", ""},
		{"distinct lines just below .7", lines, "a\na\na\na\n" + differentLines(5), "repeated_lines", "0.6667"},
		{"distinct lines just above .7", lines, "a\na\na\na\n" + differentLines(7), "", ""},
		{"blank lines are none", lines, "a\n\n \n\n\n\nb", "", ""},
		{"distinct paragraphs .7", paragraphs, strings.ReplaceAll("a\na\na\na\n"+differentLines(6), "\n", "\n\n"), "", ""},
		{"distinct paragraphs just below .7", paragraphs, strings.ReplaceAll("a\na\na\na\n"+differentLines(5), "\n", "\n\n"), "repeated_paragraphs", "0.6667"},
		{"distinct line characters .8", lineChars, "xx\nxx\n" + x(6), "", ""},
		{"distinct line characters just below .8", lineChars, "xx\nxx\n" + x(5), "repeated_lines_char", "0.7778"},
		{"distinct line characters just above .8", lineChars, "xx\nxx\n" + x(7), "", ""},
		{"distinct paragraph characters .8", paragraphChars, "xx\n\nxx\n\n" + x(6), "", ""},
		{"distinct paragraph characters just below .8", paragraphChars, "xx\n\nxx\n\n" + x(5), "repeated_paragraphs_char", "0.7778"},

		{"49 words", count, rep(49, "a"), "word_count", "49"},
		{"50 words", count, rep(50, "a"), "", ""},
		{"100000 words", count, rep(100_000, "a"), "", ""},
		{"100001 words", count, rep(100_001, "a"), "word_count", "100001"},

		{"no end mark .85", endMark, strings.Repeat("a\n", 17) + strings.Repeat("b.\n", 3), "", ""},
		{"no end mark just above .85", endMark, strings.Repeat("a\n", 18) + strings.Repeat("b!\n", 3), "punctuation", "0.8571"},
		{"no end mark just below .85", endMark, strings.Repeat("a\n", 16) + strings.Repeat("b? \n", 3), "", ""},

		{"letters .8", alpha, rep(8, "a") + " 1 2", "", ""},
		{"letters just below .8", alpha, rep(7, "a") + " 1 2", "words_without_alphabets", "0.7778"},
		{"letters just above .8", alpha, rep(9, "a") + " 1 2", "", ""},

		{"one common word", common, "the dog", "common_english_words", "1"},
		{"one common word twice", common, "the dog the", "", ""},
		{"common words keep their case", common, "The dog OF", "common_english_words", "0"},

		{"mean length 3", mean, "ab abcd", "", ""},
		{"mean length just below 3", mean, "ab abc abc", "mean_word_length", "2.667"},
		{"mean length 10", mean, x(9) + " " + x(11), "", ""},
		{"mean length just above 10", mean, x(10) + " " + x(11), "mean_word_length", "10.5"},

		{"word of 1000 characters", long, "a " + x(1000), "", ""},
		{"word of 1001 characters", long, "a " + x(1001), "max_word_length", "1001"},

		{"ellipsis lines .3", ellipsis, strings.Repeat("a...\n", 3) + strings.Repeat("b\n", 7), "", ""},
		{"ellipsis lines just above .3", ellipsis, strings.Repeat("a… \n", 3) + strings.Repeat("b\n", 6), "ellipsis", "0.3333"},
		{"ellipsis lines just below .3", ellipsis, strings.Repeat("a…\n", 3) + strings.Repeat("b\n", 8), "", ""},
		{"read more is an ellipsis", ellipsis, "Read More", "ellipsis", "1"},

		// "aa bb" stands twice, with 5 characters each time.
		{"top 2-gram .2", top2, "aa bb " + x(38) + " aa bb", "", ""},
		{"top 2-gram just above .2", top2, "aa bb " + x(37) + " aa bb", "repeating_top_2grams", "0.2041"},
		{"top 2-gram just below .2", top2, "aa bb " + x(39) + " aa bb", "", ""},
		{"a 2-gram at the end of other words", top2, "aa bb " + x(36) + "aa bb aa bb", "repeating_top_2grams", "0.283"},
		{"fewer words than the n-gram has", top2, "a", "repeating_top_2grams", "1"},

		// The second "a b c d e" has 5 letters and 4 spaces.
		{"5-grams .15", dup5, "a b c d e " + x(40) + " a b c d e", "", ""},
		{"5-grams just above .15", dup5, "a b c d e " + x(39) + " a b c d e", "repeating_dup_5gram", "0.1525"},
		{"5-grams just below .15", dup5, "a b c d e " + x(41) + " a b c d e", "", ""},
		// In a row of seven words twice, the three repeated 5-grams overlap: 7 letters and 6 spaces.
		{"5-grams that overlap", dup5, "a b c d e f g " + x(20) + " a b c d e f g", "repeating_dup_5gram", "0.2708"},

		{"bullets .9", bulleted, strings.Repeat("• a\n", 9) + "b", "", ""},
		{"bullets just above .9", bulleted, strings.Repeat(" ● a\n", 10) + "b", "bullet_ratio", "0.9091"},
		{"bullets just below .9", bulleted, strings.Repeat("◦ a\n", 8) + "b", "", ""},
		{"hyphens are no bullets", bulleted, strings.Repeat("- a\n", 9), "", ""},

		{"pornographic address", porn, "see http://a.example/porn here", "pornographic_urls", ""},
		{"the word beside an address", porn, "porn: see http://a.example/ here", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			stage, err := NewCurator(test.options())
			if err != nil {
				t.Fatal(err)
			}
			checkReason(t, process(t, stage, test.text)[0], corpus.Reason{Stage: "curator", Rule: test.rule, Value: test.value})
		})
	}
}

func TestCuratorBadOptions(t *testing.T) {
	for key, change := range map[string]func(*CuratorOptions){
		"max_urls":             func(o *CuratorOptions) { o.MaxURLs = 1.1 },
		"min_words":            func(o *CuratorOptions) { o.MinWords = -1 },
		"max_words":            func(o *CuratorOptions) { o.MaxWords = 49 },
		"max_mean_word_length": func(o *CuratorOptions) { o.MaxMeanWordLength = 2 },
		"common_words":         func(o *CuratorOptions) { o.CommonWords = nil },
		"top_n_grams[0].n":     func(o *CuratorOptions) { o.TopNGrams = []NGramLimit{{21, 0.5}} },
	} {
		options := DefaultCuratorOptions()
		change(&options)
		_, err := NewCurator(options)
		checkBadOption(t, err, key)
	}
}

var plainURL = regexp.MustCompile(`https?://(?:[a-zA-Z]|[0-9]|[$-_@.&+]|[!*\(\),]|(?:%[0-9a-fA-F][0-9a-fA-F]))+`)

// plainCurator is the published algorithm, one filter after the other over lists of strings.
func plainCurator(o CuratorOptions, text string) string {
	chars := utf8.RuneCountInString(text)
	share := func(is func(rune) bool) float64 {
		if chars == 0 {
			return 1
		}
		n := 0
		for _, r := range text {
			if is(r) {
				n++
			}
		}
		return float64(n) / float64(chars)
	}
	in := func(set string) func(rune) bool { return func(r rune) bool { return strings.ContainsRune(set, r) } }
	list := strings.FieldsFunc(text, isSpace)
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		if trimSpace(line) != "" {
			lines = append(lines, line)
		}
	}
	lineShare := func(is func(string) bool) float64 {
		n := 0
		for _, line := range lines {
			if is(trimSpace(line)) {
				n++
			}
		}
		return ratio(n, len(lines))
	}
	marks := []string{"...", "[...]", "…", "(...)", "[…]", "-»", "read more..", "read more"}
	symbols, alpha, common, length, longest := 0, 0, 0, 0, 0
	for _, word := range list {
		n := utf8.RuneCountInString(word)
		if slices.Contains(marks, word) || float64(len(regexp.MustCompile("#+").FindAllString(word, -1)))/float64(n) > 0.5 {
			symbols++
		}
		if strings.ContainsFunc(word, unicode.IsLetter) {
			alpha++
		}
		if slices.Contains(o.CommonWords, word) {
			common++
		}
		length, longest = length+n, max(longest, n)
	}
	urls := 0
	for _, url := range plainURL.FindAllString(text, -1) {
		urls += len(url)
	}
	paragraphs := strings.Split(text, "\n\n")
	marked := 0
	for _, p := range paragraphs {
		if strings.Contains(strings.ToLower(p), "terms of use") {
			marked++
		}
		if strings.Contains(strings.ToLower(p), "lorem ipsum") {
			marked += len(paragraphs)
		}
	}
	distinct := func(parts []string, chars bool) float64 {
		seen, all, left := map[string]bool{}, 0, 0
		for _, p := range parts {
			n := 1
			if chars {
				n = utf8.RuneCountInString(p)
			}
			all += n
			if !seen[p] {
				left += n
			}
			seen[p] = true
		}
		if all == 0 {
			return 1
		}
		return ratio(left, all)
	}
	mean := ratio(length, len(list))
	for _, rule := range []struct {
		name string
		bad  bool
	}{
		{"alpha_numeric", share(func(r rune) bool {
			return r >= utf8.RuneSelf || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !in("\n?!,.")(r)
		}) > o.MaxNonAlphaNumeric},
		{"symbol_to_word", ratio(symbols, len(list)) > o.MaxSymbolWords},
		{"numbers_ratio", share(unicode.IsDigit) > o.MaxNumbers},
		{"urls_ratio", ratio(urls, chars) > o.MaxURLs},
		{"white_space", share(in("\t\n\r\b ")) > o.MaxWhiteSpace},
		{"parentheses_ratio", share(in("{}⟨⟩[]()")) > o.MaxParentheses},
		{"boilerplate_string_ratio", ratio(marked, len(paragraphs)) > o.MaxBoilerplate},
		{"repeated_lines", distinct(lines, false) < o.MinDistinctLines},
		{"repeated_paragraphs", distinct(paragraphs, false) < o.MinDistinctParagraphs},
		{"repeated_lines_char", distinct(lines, true) < o.MinDistinctLineChars},
		{"repeated_paragraphs_char", distinct(paragraphs, true) < o.MinDistinctParagraphChars},
		{"word_count", len(list) < o.MinWords || len(list) > o.MaxWords},
		{"punctuation", 1-lineShare(func(line string) bool { return strings.ContainsAny(line[len(line)-1:], `.?!"'`) }) > o.MaxNoEndMark+1e-12},
		{"words_without_alphabets", ratio(alpha, len(list)) < o.MinAlphaWords},
		{"common_english_words", common < o.MinCommonWords},
		{"mean_word_length", mean < o.MinMeanWordLength || mean > o.MaxMeanWordLength},
		{"max_word_length", longest > o.MaxWordLength},
		{"ellipsis", lineShare(func(line string) bool {
			return slices.ContainsFunc(marks, func(m string) bool { return strings.HasSuffix(strings.ToLower(line), m) })
		}) > o.MaxEllipsisLines},
	} {
		if rule.bad {
			return rule.name
		}
	}
	if rule := plainCuratorNGrams(o, text, list); rule != "" {
		return rule
	}
	if lineShare(func(line string) bool { return strings.ContainsAny(line[:min(3, len(line))], bullets) }) > o.MaxBulletLines {
		return "bullet_ratio"
	}
	return ""
}

func plainCuratorNGrams(o CuratorOptions, text string, list []string) string {
	chars := utf8.RuneCountInString(text)
	for _, limit := range o.TopNGrams {
		counts, most := map[string]int{}, ""
		for i := 0; i+limit.N <= len(list); i++ {
			counts[strings.Join(list[i:i+limit.N], " ")]++
		}
		for i := 0; i+limit.N <= len(list); i++ {
			if gram := strings.Join(list[i:i+limit.N], " "); counts[gram] > counts[most] {
				most = gram
			}
		}
		if len(counts) == 0 || ratio(chars-utf8.RuneCountInString(strings.ReplaceAll(text, most, "")), chars) > limit.Max {
			return fmt.Sprintf("repeating_top_%dgrams", limit.N)
		}
	}
	for _, limit := range o.DupNGrams {
		seen, total, overlap := map[string]bool{}, 0, 0
		for i := 0; i+limit.N <= len(list); i++ {
			gram := strings.Join(list[i:i+limit.N], " ")
			if seen[gram] {
				total += utf8.RuneCountInString(strings.Join(list[i+overlap:i+limit.N], "")) + min(limit.N-overlap, limit.N-1)
				overlap = limit.N
			}
			seen[gram] = true
			overlap = max(overlap-1, 0)
		}
		if len(list) < limit.N || ratio(total, chars) > limit.Max {
			return fmt.Sprintf("repeating_dup_%dgram", limit.N)
		}
	}
	return ""
}

func checkCurator(t *testing.T, stage *Curator, text string) {
	t.Helper()
	// strings.ReplaceAll and the count of characters read bytes that are no UTF-8 in other ways than the walk over words.
	text = strings.NewReplacer("\u212a", "k", "İ", "i").Replace(strings.ToValidUTF8(text, "?"))
	got, _ := stage.judge(newAnalysis(text))
	if want := plainCurator(stage.options, text); got != want {
		t.Fatalf("rule %q, want %q for %q", got, want, text)
	}
}

// looseCurator lets short texts reach the later rules.
func looseCurator(t testing.TB) *Curator {
	t.Helper()
	o := DefaultCuratorOptions()
	o.MaxNonAlphaNumeric, o.MaxSymbolWords, o.MaxNumbers, o.MaxURLs, o.MaxWhiteSpace, o.MaxParentheses = 0.8, 0.5, 0.4, 0.5, 0.8, 0.5
	o.MinDistinctLines, o.MinDistinctParagraphs, o.MinDistinctLineChars, o.MinDistinctParagraphChars, o.MaxEllipsisLines = 0.5, 0.5, 0.5, 0.5, 0.6
	o.MinWords, o.MaxNoEndMark, o.MinAlphaWords, o.MinCommonWords, o.MinMeanWordLength = 1, 0.99, 0.3, 0, 1
	stage, err := NewCurator(o)
	if err != nil {
		t.Fatal(err)
	}
	return stage
}

func TestCuratorAgainstPlain(t *testing.T) {
	strict, err := NewCurator(DefaultCuratorOptions())
	if err != nil {
		t.Fatal(err)
	}
	loose := looseCurator(t)
	againstPlain(t, 9, func(text string) { checkCurator(t, strict, text) }, func(text string) string {
		checkCurator(t, loose, text)
		rule, _ := loose.judge(newAnalysis(text))
		return rule
	})
}

func FuzzCurator(f *testing.F) {
	for seed := range 20 {
		f.Add(textOfPieces(seed))
	}
	stage := looseCurator(f)
	f.Fuzz(func(t *testing.T, text string) { checkCurator(t, stage, text[:min(len(text), 2000)]) })
}

func BenchmarkCurator(b *testing.B) {
	stage, err := NewCurator(DefaultCuratorOptions())
	if err != nil {
		b.Fatal(err)
	}
	benchmark(b, stage)
}

// BenchmarkCuratorPlain is the plain algorithm, for comparison.
func BenchmarkCuratorPlain(b *testing.B) {
	text, options := article(60), DefaultCuratorOptions()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		plainCurator(options, text)
	}
}
