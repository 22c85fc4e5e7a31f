package filter

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// This file holds the quality rules as they are published, in the plainest way: lists of strings, maps, one walk for every count.
// The stages must give the same verdicts and values.

var allModes = []string{WordsPunctuation, WordsWhitespace, WordsUnicode}

// qualityNextLine is nextLine byte by byte.
func qualityNextLine(text string) (line, rest string) {
	for i := range len(text) {
		for _, end := range []string{"\r\n", "\n", "\v", "\f", "\r", "\x1c", "\x1d", "\x1e", "\u0085", "\u2028", "\u2029"} {
			if strings.HasPrefix(text[i:], end) {
				return text[:i], text[i+len(end):]
			}
		}
	}
	return text, ""
}

// qualityLines is Python's str.splitlines.
func qualityLines(text string) (list []string) {
	for text != "" {
		var line string
		line, text = qualityNextLine(text)
		list = append(list, line)
	}
	return list
}

// qualityTable is a table of words, made by the plain walk.
func qualityTable(text, mode string) *wordTable {
	table := &wordTable{hashes: []uint64{}, chars: []uint32{0}, limit: maxTableWords}
	for _, word := range split(text, mode) {
		table.add(word)
	}
	return table
}

// plainQuality is gopher_quality.
func plainQuality(o GopherQualityOptions, text string) (string, any) {
	list := split(text, o.Words)
	counted, length, alpha := 0, 0, 0
	for _, word := range list {
		if strings.ContainsFunc(word, func(r rune) bool { return !isSymbol(r) }) {
			counted++
			length += utf8.RuneCountInString(word)
		}
		if strings.ContainsFunc(word, unicode.IsLetter) {
			alpha++
		}
	}
	share := func(n, of int) float64 { return float64(n) / float64(max(of, 1)) }
	if counted < o.MinDocWords {
		return "gopher_short_doc", counted
	}
	if counted > o.MaxDocWords {
		return "gopher_long_doc", counted
	}
	if len(list) == 0 {
		return "", nil
	}
	if mean := share(length, counted); counted > 0 && mean < o.MinAvgWordLength {
		return "gopher_below_avg_threshold", mean
	} else if mean > o.MaxAvgWordLength {
		return "gopher_above_avg_threshold", mean
	}
	if v := share(strings.Count(text, "#"), len(list)); v > o.MaxSymbolWordRatio {
		return "gopher_too_many_hashes", v
	}
	if v := share(strings.Count(text, "...")+strings.Count(text, "…"), len(list)); v > o.MaxSymbolWordRatio {
		return "gopher_too_many_ellipsis", v
	}
	bullets, ellipses, all := 0, 0, qualityLines(text)
	for _, line := range all {
		line = strings.TrimFunc(line, isSpace)
		if strings.HasPrefix(line, "•") || strings.HasPrefix(line, "-") {
			bullets++
		}
		if strings.HasSuffix(line, "...") || strings.HasSuffix(line, "…") {
			ellipses++
		}
	}
	if v := share(bullets, len(all)); v > o.MaxBulletLinesRatio {
		return "gopher_too_many_bullets", v
	}
	if v := share(ellipses, len(all)); v > o.MaxEllipsisLinesRatio {
		return "gopher_too_many_end_ellipsis", v
	}
	if v := share(alpha, len(list)); v < o.MinAlphaWordsRatio {
		return "gopher_below_alpha_threshold", v
	}
	stops := 0
	for _, word := range o.StopWords {
		if slices.Contains(list, word) {
			stops++
		}
	}
	if stops < o.MinStopWords {
		// The stage stops to count where it knows enough.
		return "gopher_enough_stop_words", stops
	}
	return "", nil
}

// plainFineWeb is fineweb.
func plainFineWeb(o FineWebOptions, text string) (string, any) {
	var list []string
	seen, duplicates := map[string]bool{}, 0
	ended, short := 0, 0
	for _, line := range strings.Split(text, "\n") {
		if strings.TrimFunc(line, isSpace) == "" {
			continue
		}
		list = append(list, line)
		if r, _ := utf8.DecodeLastRuneInString(line); isTerminal(r) {
			ended++
		}
		size := utf8.RuneCountInString(line)
		if size <= o.ShortLineLength {
			short++
		}
		if seen[line] {
			duplicates += size
		}
		seen[line] = true
	}
	if len(list) == 0 {
		return "empty", 0
	}
	if v := float64(ended) / float64(len(list)); v < o.LinePunctThr {
		return "line_punct_ratio", v
	}
	if v := float64(short) / float64(len(list)); v > o.ShortLineThr {
		return "short_line_ratio", v
	}
	if v := float64(duplicates) / float64(utf8.RuneCountInString(text)-strings.Count(text, "\n")); v > o.CharDuplicatesRatio {
		return "char_dup_ratio", v
	}
	if v := float64(strings.Count(text, "\n")) / float64(len(split(text, o.Words))); v > o.NewLineRatio {
		return "list_ratio", v
	}
	return "", nil
}

// nastyAlphabets are pieces of text that have something to tell in one of the rules or in the splitting of words.
var nastyAlphabets = [][]string{
	{"the ", "and ", "that ", "word ", "Word. ", "a", "I", " ", "\n", "of ", "have ", "with ", "to be, "},
	{"a", "B", "é", "中", "カ", "ไ", "\u0301", "\u200d", "😀", " ", "\u00a0", "\u3000", "\n", "\x00", "\xff", "\xe2\x80", "\u00ad"},
	{".", "..", "...", "…", "!", "?", "'", "\"", "’", "”", "(", ")", "-", "--", "—", ",", ";", ":", "#", "*", "•", "$", "%", "+", "/", "a", "A", "1", " ", "\n"},
	{"\n", "\n\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x1f", "\u0085", "\u2028", "\u2029", " ", "line. ", "- item", "• item", "end...", "end…", "x"},
	{"don't ", "U.S. ", "J. ", "e.g. ", "3.5", "12km ", "1,000 ", "well-known ", "https://a.b/c ", "a.b@c.d ", "can’t ", "\"Yes,\" ", "(so). ", "NASA. ", "we'll. ", "dogs' "},
	{"שלום ", "مرحبا، ", "١٢٣ ", "\u202e", "\u202c", "۔ ", "؟", "हिन्दी ", "। ", "ελληνικά ", "Привет, ", "한국어 ", "\n"},
	{"lorem ipsum ", "LOREM ", "JavaScript ", "java", "script ", "lorem", " ipsum ", "cookie policy ", "terms of use ", "Privacy Policy ", "coo\u212aie policy ", "uses cookies ", "cookie", "{", "[1]", "[", "]", "[edit]", "[citation needed]", "[٣]", "a b c. ", "D e f! ", "\n"},
	{strings.Repeat("x", 999), strings.Repeat("é", 500), "x", "\u00a0", "\u3000", " ", "\n", "a b c. "},
}

// rubble is text of up to n pieces of one or two of the alphabets, in which longer passages come again.
func rubble(random *rand.Rand, n int) string {
	pieces := nastyAlphabets[random.IntN(len(nastyAlphabets))]
	if random.IntN(2) == 0 {
		pieces = slices.Concat(pieces, nastyAlphabets[random.IntN(len(nastyAlphabets))])
	}
	var b strings.Builder
	for range random.IntN(n + 1) {
		if text := b.String(); random.IntN(20) == 0 && text != "" {
			from := random.IntN(len(text))
			b.WriteString(text[from:min(len(text), from+random.IntN(200))])
			continue
		}
		b.WriteString(pieces[random.IntN(len(pieces))])
	}
	return b.String()
}

// checkQuality compares every stage, and the parts that are fast in a way of their own, with the plain algorithms.
func checkQuality(t *testing.T, text string) {
	t.Helper()
	if got, want := countRunes(text), utf8.RuneCountInString(text); got != want {
		t.Fatalf("%d characters, want %d, in %q", got, want, text)
	}
	for rest, want := text, text; rest != "" || want != ""; {
		var line, wantLine string
		line, rest = nextLine(rest)
		wantLine, want = qualityNextLine(want)
		if line != wantLine || rest != want {
			t.Fatalf("line %q, want %q, of %q", line, wantLine, text)
		}
	}
	for _, mode := range allModes {
		got, want := makeWordTable(text, mode), qualityTable(text, mode)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(wordTable{})); diff != "" {
			t.Fatalf("%s: words of %q (-want +got):\n%s", mode, text, diff)
		}
		checkQualityStage(t, text, mode)
		checkFineWebStage(t, text, mode)
	}
	checkRepetition(t, text)
	checkC4(t, text)
}

// looseQuality are options that let texts of all kinds reach the later rules.
func looseQuality(mode string, step int) GopherQualityOptions {
	o := DefaultGopherQualityOptions()
	o.Words = mode
	if step > 0 {
		o.MinDocWords, o.MinAvgWordLength, o.MaxAvgWordLength = 0, 0, 1000
	}
	if step > 1 {
		o.MaxSymbolWordRatio = 1e6
	}
	if step > 2 {
		o.MaxBulletLinesRatio, o.MaxEllipsisLinesRatio, o.MinAlphaWordsRatio = 1, 1, 0.1
	}
	return o
}

func checkQualityStage(t *testing.T, text, mode string) {
	t.Helper()
	for step := range 4 {
		options := looseQuality(mode, step)
		stage, err := NewGopherQuality(options)
		if err != nil {
			t.Fatal(err)
		}
		wantRule, wantValue := plainQuality(options, text)
		if gotRule, gotValue := stage.judge(newAnalysis(text), ""); gotRule != wantRule || gotValue != wantValue {
			t.Fatalf("gopher_quality, %s, step %d: %s %v, want %s %v, for %q", mode, step, gotRule, gotValue, wantRule, wantValue, text)
		}
	}
}

func checkFineWebStage(t *testing.T, text, mode string) {
	t.Helper()
	for step := range 3 {
		options := DefaultFineWebOptions()
		options.Words = mode
		if step > 0 {
			options.LinePunctThr, options.ShortLineThr = 0, 1
		}
		if step > 1 {
			options.CharDuplicatesRatio = 1
		}
		stage, err := NewFineWeb(options)
		if err != nil {
			t.Fatal(err)
		}
		wantRule, wantValue := plainFineWeb(options, text)
		if gotRule, gotValue := stage.judge(text); gotRule != wantRule || gotValue != wantValue {
			t.Fatalf("fineweb, %s, step %d: %s %v, want %s %v, for %q", mode, step, gotRule, gotValue, wantRule, wantValue, text)
		}
	}
}

func TestQualityIsThePlainAlgorithm(t *testing.T) {
	random := rng(7)
	for range 400 {
		checkQuality(t, rubble(random, 120))
	}
	for name, text := range hostileTexts() {
		t.Run(name, func(t *testing.T) { checkQuality(t, text[:min(len(text), 3000)]) })
	}
	for n := range 3 {
		checkQuality(t, article(3+n*7))
	}
}

func FuzzQuality(f *testing.F) {
	for seed := range 8 {
		f.Add(rubble(rng(seed), 60))
	}
	for _, text := range hostileTexts() {
		f.Add(text[:min(len(text), 200)])
	}
	f.Add(article(1))
	f.Fuzz(func(t *testing.T, text string) { checkQuality(t, text[:min(len(text), 1000)]) })
}

func TestPhrases(t *testing.T) {
	random := rng(5)
	for range 2000 {
		text := rubble(random, 8)
		want := strings.Contains(text, "\u212a")
		for _, phrase := range phrases {
			want = want || holds(lowerForSearch(text), phrase)
		}
		if got := holdsPhrase(text); got != want {
			t.Fatalf("holds a phrase: %v, want %v: %q", got, want, text)
		}
	}
	for _, phrase := range phrases {
		for pad := range 9 {
			text := strings.Repeat("o", pad) + strings.ToUpper(phrase) + strings.Repeat("k", pad%3)
			if !holdsPhrase(text) || holdsPhrase(text[:pad+len(phrase)-1]) {
				t.Errorf("%q, and without its last letters: %v, %v", text, holdsPhrase(text), holdsPhrase(text[:pad+len(phrase)-1]))
			}
		}
	}
}

func TestLongWords(t *testing.T) {
	random := rng(6)
	pieces := []string{"x", "xxxx", "é", "中中", " ", "\u00a0", "\u3000", "\t"}
	for range 3000 {
		var b strings.Builder
		for range random.IntN(40) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		line, words, longest := b.String(), 0, 0
		for _, word := range split(b.String(), WordsWhitespace) {
			words++
			longest = max(longest, utf8.RuneCountInString(word))
		}
		for limit := 1; limit < 14; limit++ {
			if got := hasLongWord(line, limit); got != (longest > limit) {
				t.Fatalf("a word of more than %d in %q: %v, the longest has %d", limit, line, got, longest)
			}
			if got := wordsReach(line, limit); got != (words >= limit) {
				t.Fatalf("%d words in %q: %v, there are %d", limit, line, got, words)
			}
		}
	}
}

func TestWordHashTellsWordsApart(t *testing.T) {
	seen := map[uint64]string{}
	for n := range 200_000 {
		for _, word := range []string{fmt.Sprint(n), fmt.Sprint("w", n), fmt.Sprint(n, "\x00"), fmt.Sprint("a longer word ", n), fmt.Sprintf("%012d", n)} {
			hash := wordHash(word)
			if other, ok := seen[hash]; ok && other != word {
				t.Fatalf("%q and %q share a hash", word, other)
			}
			seen[hash] = word
		}
	}
}
