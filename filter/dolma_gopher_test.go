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

// numbered words are n different words of four letters, so that no n-gram repeats.
func different(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%c%c%c%c ", 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26, 'x')
	}
	return strings.TrimSuffix(b.String(), " ")
}

// differentLines are n lines of one word each, all different.
func differentLines(n int) string { return strings.ReplaceAll(different(n), " ", "\n") }

func TestDolmaGopher(t *testing.T) {
	// off leaves one rule on, so that a text can be made for its limit alone.
	off := func(change func(o, defaults *DolmaGopherOptions)) func(*DolmaGopherOptions) {
		return func(o *DolmaGopherOptions) {
			defaults := DefaultDolmaGopherOptions()
			*o = DolmaGopherOptions{}
			change(o, &defaults)
		}
	}
	all := func(*DolmaGopherOptions) {}
	symbols := off(func(o, d *DolmaGopherOptions) { o.MaxSymbolWords = d.MaxSymbolWords })
	median := off(func(o, d *DolmaGopherOptions) {
		o.MinMedianWordLength, o.MaxMedianWordLength = d.MinMedianWordLength, d.MaxMedianWordLength
	})
	alpha := off(func(o, d *DolmaGopherOptions) { o.MinAlphaWords = d.MinAlphaWords })
	required := off(func(o, d *DolmaGopherOptions) {
		o.MinRequiredWords, o.RequiredWords = d.MinRequiredWords, d.RequiredWords
	})
	bullets := off(func(o, d *DolmaGopherOptions) { o.MaxBulletLines = d.MaxBulletLines })
	ellipses := off(func(o, d *DolmaGopherOptions) { o.MaxEllipsisLines = d.MaxEllipsisLines })
	duplicates := off(func(o, d *DolmaGopherOptions) { o.MaxDuplicateLines = d.MaxDuplicateLines })
	duplicateChars := off(func(o, d *DolmaGopherOptions) { o.MaxDuplicateLineChars = d.MaxDuplicateLineChars })
	top2 := off(func(o, d *DolmaGopherOptions) { o.TopNGrams = d.TopNGrams[:1] })
	top4 := off(func(o, d *DolmaGopherOptions) { o.TopNGrams = d.TopNGrams[2:] })
	dup5 := off(func(o, d *DolmaGopherOptions) { o.DupNGrams = d.DupNGrams[:1] })
	dup10 := off(func(o, d *DolmaGopherOptions) { o.DupNGrams = d.DupNGrams[5:] })
	const good = "the and "
	for _, test := range []struct {
		name    string
		options func(*DolmaGopherOptions)
		text    string
		rule    string
		value   string
	}{
		{"empty", all, "", "word_count", "0"},
		{"49 words", all, good + different(47), "word_count", "49"},
		{"50 words", all, good + different(48), "", ""},
		{"51 words", all, good + different(49), "", ""},
		{"punctuation beside a word is no word", all, good + different(46) + " , .", "", ""},
		{"99999 words", off(func(o, d *DolmaGopherOptions) { o.MaxWords = d.MaxWords }), strings.Repeat("a ", 99_999), "", ""},
		{"100000 words", off(func(o, d *DolmaGopherOptions) { o.MaxWords = d.MaxWords }), strings.Repeat("a ", 100_000), "", ""},
		{"100001 words", off(func(o, d *DolmaGopherOptions) { o.MaxWords = d.MaxWords }), strings.Repeat("a ", 100_001), "word_count", "100001"},

		{"median 2.5", median, "ab ab abc abc", "median_word_length", "2.5"},
		{"median 3", median, "ab abc abcd", "", ""},
		{"median of one word", median, "abcdefghij", "", ""},
		{"median 10", median, "a abcdefghij abcdefghijk", "", ""},
		{"median 10.5", median, "abcdefghij abcdefghijk", "median_word_length", "10.5"},
		{"median counts characters", median, "éééééééééé", "", ""},

		{"symbols just below .1", symbols, rep(10, "a") + " b#", "", ""},
		{"symbols .1", symbols, rep(9, "a") + " …b", "", ""},
		{"symbols just above .1", symbols, rep(8, "a") + " #b", "symbol_to_word_ratio", "0.1111"},
		{"three dots are no symbol", symbols, rep(8, "a") + " ...", "", ""},
		{"two symbols in a word count once", symbols, rep(9, "a") + " ##…#", "", ""},

		{"letters just above .8", alpha, rep(9, "a") + " 1 2", "", ""},
		{"letters .8", alpha, rep(8, "a") + " 1 2", "", ""},
		{"letters just below .8", alpha, rep(7, "a") + " 1 2", "fraction_of_words_with_alpha_character", "0.7778"},

		{"no required word", required, "some words", "required_word_count", "0"},
		{"one required word", required, "the words", "required_word_count", "1"},
		{"one required word twice", required, "the words of the", "", ""},
		{"required words beside punctuation", required, "(the words, and)", "required_word_count", "0"},
		{"required words keep their case", required, "The words AND", "required_word_count", "0"},

		{"bullets .9", bullets, strings.Repeat("* a\n", 5) + strings.Repeat("- a\n", 4) + "a", "", ""},
		{"bullets just below .9", bullets, strings.Repeat("* a\n", 8) + "a", "", ""},
		{"bullets just above .9", bullets, strings.Repeat("- a\n", 10) + "a", "fraction_of_lines_starting_with_bullet_point", "0.9091"},
		{"bullets behind white space are none", bullets, strings.Repeat(" - a\n", 20) + "a", "", ""},
		{"an empty line at the end counts", bullets, strings.Repeat("- a\n", 9), "", ""},

		{"ellipses .3", ellipses, strings.Repeat("a…\n", 3) + strings.Repeat("a\n", 6) + "a", "", ""},
		{"ellipses just below .3", ellipses, strings.Repeat("a…\n", 2) + strings.Repeat("a\n", 6) + "a", "", ""},
		{"ellipses just above .3", ellipses, strings.Repeat("a…\n", 3) + strings.Repeat("a\n", 5) + "a", "fraction_of_lines_ending_with_ellipsis", "0.3333"},
		{"three dots are no ellipsis", ellipses, strings.Repeat("a...\n", 9) + "a", "", ""},

		{"duplicate lines .3", duplicates, "a\na\na\n" + differentLines(7), "", ""},
		{"duplicate lines just below .3", duplicates, "a\na\n" + differentLines(8), "", ""},
		{"duplicate lines just above .3", duplicates, "a\na\na\na\n" + differentLines(9), "fraction_of_duplicate_lines", "0.3077"},
		{"empty lines are lines", duplicates, strings.ReplaceAll(differentLines(3), "\n", "\n\n"), "fraction_of_duplicate_lines", "0.4"},
		{"empty lines merged", off(func(o, d *DolmaGopherOptions) { o.MaxDuplicateLines, o.MergeEmptyLines = 0.3, true }),
			strings.ReplaceAll(differentLines(3), "\n", "\n\n"), "", ""},

		{"duplicate line characters .3", duplicateChars, "aaa\naaa\n" + strings.Repeat("b", 14), "", ""},
		{"duplicate line characters just below .3", duplicateChars, "aaa\naaa\n" + strings.Repeat("b", 15), "", ""},
		{"duplicate line characters just above .3", duplicateChars, "aaa\naaa\n" + strings.Repeat("b", 13), "fraction_of_characters_in_duplicate_lines", "0.3158"},
		{"white space is in the lines but not in the words", duplicateChars, "a a\na a\n" + strings.Repeat("b", 16), "", ""},

		{"top 2-gram .2", top2, "aa bb " + different(8) + " aa bb", "", ""},
		{"top 2-gram just above .2", top2, "aa bb " + different(7) + " aa bb", "fraction_of_characters_in_most_common_2grams", "0.2222"},
		{"a 2-gram that occurs once", top2, "aaaa bbbb", "fraction_of_characters_in_most_common_2grams", "1"},
		{"top 4-gram .16", top4, "a b c d " + different(10) + " a b c d a b", "", ""},
		{"top 4-gram above .16", top4, "aaaa b c d " + different(9) + " aaaa b c d", "fraction_of_characters_in_most_common_4grams", "0.28"},
		{"too few words for a 4-gram", top4, "a b c", "", ""},

		// Of n words, of which five occur twice with others between, n-4 5-grams are of the same length: two of them are copies.
		{"5-grams just below .15", dup5, "aaaa bbbb cccc dddd eeee " + different(8) + " aaaa bbbb cccc dddd eeee", "", ""},
		{"5-grams above .15", dup5, "aaaa bbbb cccc dddd eeee " + different(7) + " aaaa bbbb cccc dddd eeee", "fraction_of_characters_in_duplicate_5grams", "0.1538"},
		{"10-grams .1", dup10, "aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii jjjj " + different(9) + " aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii jjjj", "", ""},
		{"10-grams above .1", dup10, "aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii jjjj " + different(8) + " aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii jjjj", "fraction_of_characters_in_duplicate_10grams", "0.1053"},
	} {
		t.Run(test.name, func(t *testing.T) {
			options := DefaultDolmaGopherOptions()
			test.options(&options)
			stage, err := NewDolmaGopher(options)
			if err != nil {
				t.Fatal(err)
			}
			checkReason(t, process(t, stage, test.text)[0], corpus.Reason{Stage: "dolma_gopher", Rule: test.rule, Value: test.value})
		})
	}
}

func TestDolmaGopherBadOptions(t *testing.T) {
	for key, change := range map[string]func(*DolmaGopherOptions){
		"min_words":              func(o *DolmaGopherOptions) { o.MinWords = -1 },
		"max_words":              func(o *DolmaGopherOptions) { o.MaxWords = 49 },
		"max_median_word_length": func(o *DolmaGopherOptions) { o.MaxMedianWordLength = 2 },
		"max_symbol_words":       func(o *DolmaGopherOptions) { o.MaxSymbolWords = 1.5 },
		"required_words":         func(o *DolmaGopherOptions) { o.RequiredWords = nil },
		"top_n_grams[0].n":       func(o *DolmaGopherOptions) { o.TopNGrams = []NGramLimit{{1, 0.5}} },
		"dup_n_grams[1].max":     func(o *DolmaGopherOptions) { o.DupNGrams = []NGramLimit{{5, 0.5}, {6, 2}} },
	} {
		options := DefaultDolmaGopherOptions()
		change(&options)
		_, err := NewDolmaGopher(options)
		checkBadOption(t, err, key)
	}
}

// plainDolma is the published algorithm with lists and maps of whole n-grams.
func plainDolma(o DolmaGopherOptions, text string) string {
	list := strings.FieldsFunc(text, isSpace)
	var lengths []int
	chars, symbols, alpha, required := 0, 0, 0, 0
	for _, word := range list {
		n := utf8.RuneCountInString(word)
		lengths, chars = append(lengths, n), chars+n
		if strings.ContainsAny(word, "#…") {
			symbols++
		}
		if strings.ContainsFunc(word, unicode.IsLetter) {
			alpha++
		}
		if slices.Contains(o.RequiredWords, word) {
			required++
		}
	}
	count := len(list)
	if count < o.MinWords || count > o.MaxWords {
		return "word_count"
	}
	slices.Sort(lengths)
	if median := float64(lengths[(count-1)/2]+lengths[count/2]) / 2; median < o.MinMedianWordLength || median > o.MaxMedianWordLength {
		return "median_word_length"
	}
	lines := strings.Split(text, "\n")
	bulleted, elliptic := 0, 0
	copies := map[string]int{}
	for _, line := range lines {
		if strings.HasPrefix(line, "*") || strings.HasPrefix(line, "-") {
			bulleted++
		}
		if strings.HasSuffix(line, "…") {
			elliptic++
		}
		copies[line]++
	}
	duplicates, duplicateChars := 0, 0
	for line, n := range copies {
		if n > 1 {
			duplicates += n
			duplicateChars += n * utf8.RuneCountInString(line)
		}
	}
	switch {
	case ratio(symbols, count) > o.MaxSymbolWords:
		return "symbol_to_word_ratio"
	case ratio(alpha, count) < o.MinAlphaWords:
		return "fraction_of_words_with_alpha_character"
	case required < o.MinRequiredWords:
		return "required_word_count"
	case ratio(bulleted, len(lines)) > o.MaxBulletLines:
		return "fraction_of_lines_starting_with_bullet_point"
	case ratio(elliptic, len(lines)) > o.MaxEllipsisLines:
		return "fraction_of_lines_ending_with_ellipsis"
	case ratio(duplicates, len(lines)) > o.MaxDuplicateLines:
		return "fraction_of_duplicate_lines"
	case ratio(duplicateChars, chars) > o.MaxDuplicateLineChars:
		return "fraction_of_characters_in_duplicate_lines"
	}
	grams := func(n int) (order []string, counts, length map[string]int) {
		counts, length = map[string]int{}, map[string]int{}
		for i := 0; i+n <= len(list); i++ {
			gram := strings.Join(list[i:i+n], " ")
			if counts[gram] == 0 {
				order = append(order, gram)
				length[gram] = utf8.RuneCountInString(strings.Join(list[i:i+n], ""))
			}
			counts[gram]++
		}
		return order, counts, length
	}
	for _, limit := range o.TopNGrams {
		order, counts, length := grams(limit.N)
		most := ""
		for _, gram := range order {
			if counts[gram] > counts[most] {
				most = gram
			}
		}
		if ratio(counts[most]*length[most], chars) > limit.Max {
			return fmt.Sprintf("fraction_of_characters_in_most_common_%dgrams", limit.N)
		}
	}
	for _, limit := range o.DupNGrams {
		order, counts, length := grams(limit.N)
		repeated, all := 0, 0
		for _, gram := range order {
			if counts[gram] > 1 {
				repeated += counts[gram] * length[gram]
			}
			all += counts[gram] * length[gram]
		}
		if ratio(repeated, all) > limit.Max {
			return fmt.Sprintf("fraction_of_characters_in_duplicate_%dgrams", limit.N)
		}
	}
	return ""
}

// textOfPieces is a random text of words that repeat, signs and lines, for comparisons with a plain algorithm.
func textOfPieces(seed int) string {
	random := rng(seed)
	pieces := []string{"the ", "and ", "of ", "that ", "cat ", "dog ", "sat ", "some good words here ", "a story of five words ", ". ", "# ", "… ", "...\n", "…\n",
		"\n", "\n", "\n\n", "\n- ", "\n* ", "\n• ", "● ", "12 ", "3.5 ", "é ", "\u00a0", "\u2028", "\x00", "\x1c", "\u0301", "שלום ", "漢字カナ ", "(a) ", "[b] ",
		"terms of use", "Read more\n", "http://a.example/b?c=d ", "end.\n", "end\n", "\"quoted\"\n", "\xff", "Lorem Ipsum"}
	words := 1 + random.IntN(len(pieces))
	var b strings.Builder
	for range random.IntN(200) {
		if random.IntN(3) == 0 {
			fmt.Fprintf(&b, "w%d ", random.IntN(1000))
		}
		b.WriteString(pieces[random.IntN(words)])
	}
	return b.String()
}

func checkDolma(t *testing.T, stage *DolmaGopher, text string) {
	t.Helper()
	got, _ := stage.judge(newAnalysis(text))
	if want := plainDolma(stage.options, text); got != want {
		t.Fatalf("rule %q, want %q for %q", got, want, text)
	}
}

// looseDolma lets short texts reach the later rules.
func looseDolma(t testing.TB) *DolmaGopher {
	t.Helper()
	options := DefaultDolmaGopherOptions()
	options.MinWords, options.MinMedianWordLength, options.MaxSymbolWords, options.MinAlphaWords, options.MinRequiredWords = 1, 1, 0.5, 0.3, 0
	options.MaxDuplicateLines, options.MaxDuplicateLineChars = 0.9, 5
	options.TopNGrams = []NGramLimit{{2, 0.5}, {3, 0.5}, {4, 0.5}}
	stage, err := NewDolmaGopher(options)
	if err != nil {
		t.Fatal(err)
	}
	return stage
}

func TestDolmaGopherAgainstPlain(t *testing.T) {
	strict, err := NewDolmaGopher(DefaultDolmaGopherOptions())
	if err != nil {
		t.Fatal(err)
	}
	loose := looseDolma(t)
	againstPlain(t, 6, func(text string) { checkDolma(t, strict, text) }, func(text string) string {
		checkDolma(t, loose, text)
		rule, _ := loose.judge(newAnalysis(text))
		return rule
	})
}

func FuzzDolmaGopher(f *testing.F) {
	for seed := range 20 {
		f.Add(textOfPieces(seed))
	}
	stage := looseDolma(f)
	f.Fuzz(func(t *testing.T, text string) { checkDolma(t, stage, text[:min(len(text), 2000)]) })
}

func BenchmarkDolmaGopher(b *testing.B) {
	stage, err := NewDolmaGopher(DefaultDolmaGopherOptions())
	if err != nil {
		b.Fatal(err)
	}
	benchmark(b, stage)
}

// BenchmarkDolmaGopherPlain is the plain algorithm, for comparison.
func BenchmarkDolmaGopherPlain(b *testing.B) {
	text, options := article(60), DefaultDolmaGopherOptions()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		plainDolma(options, text)
	}
}
