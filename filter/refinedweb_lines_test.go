package filter

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

// refinedWebBase has 39 words in lines that no rule touches, so that one or two words removed are under 5 %, and three are over.
const refinedWebBase = "The farmer crossed the bridge and went to the market in the old town.\n" +
	"There he met a doctor who had come from the village near the coast.\n" +
	"They talked about the winter and the harvest until evening came."

func TestRefinedWebLines(t *testing.T) {
	for _, test := range []struct {
		name, line string
		want       string // what is left of the line; "-" when it goes
	}{
		{"upper case at half", "ABCabc DEFdef", "ABCabc DEFdef"},
		{"upper case exactly half", "ABC dd", "ABC dd"},
		{"upper case just above half", "ABCD dd", "-"},
		{"upper case just below half", "AB ddd", "AB ddd"},
		{"upper case beyond ASCII", "ÄÖÜ ß", "-"},
		{"roman numerals are upper case", "ⅢⅣⅤ a", "-"},
		{"digits alone", "12345", "-"},
		{"raised digits", "12³", "-"},
		{"digits and a space are two words and stay", "12 34", "12 34"},
		{"counter", "3 likes", "-"},
		{"counter with thousands", "1,204 comments", "-"},
		{"counter with unit and signs", "» 2.5K views «", "-"},
		{"counter in capitals goes by its case first", "12 LIKES", "-"},
		{"counter in mixed case", "12 Likes", "-"},
		{"counter of something else", "3 apples", "3 apples"},
		{"counter in the singular", "1 like", "1 like"},
		{"counter within a sentence", "It has 3 likes", "It has 3 likes"},
		{"counter that goes on", "3 likes it", "3 likes it"},
		{"counter without space", "3likes are", "3likes are"},
		{"one word", "Home", "-"},
		{"two words", "Home page", "Home page"},
		{"white space alone", "  \t ", "-"},
		{"empty", "", ""},
		{"cart", "3 items in cart today", "3 today"},
		{"cart in any case", "two Items In Cart", "two"},
		{"nothing but the cart", "Items in cart", "-"},
		{"cart twice", "items in cart or items in cart now", " or now"},
		{"cart in a line of ten words", "a b c d e f g items in cart", "a b c d e f g"},
		{"cart in a line of eleven words", "a b c d e f g h items in cart", "a b c d e f g h items in cart"},
		{"read more at the end", "The story so far Read more...", "The story so far"},
		{"read more with other signs", "The story so far read more>>>", "The story so far"},
		{"read more with two dots", "The story so far read more..", "The story so far read more.."},
		{"read more in the middle", "You can read more... of it", "You can read more... of it"},
		{"nothing but read more", "Read more...", "-"},
		{"sign-in at the start", "Sign-in to your account", "to your account"},
		{"sign-in in the middle", "Please sign-in here", "Please sign-in here"},
		{"three in one", "Sign-in items in cart or Read more...", "or"},
	} {
		t.Run(test.name, func(t *testing.T) {
			stage, err := NewRefinedWebLines(DefaultRefinedWebLinesOptions())
			if err != nil {
				t.Fatal(err)
			}
			got := "-"
			if left, ok := stage.line(test.line, scanLine(test.line)); ok {
				got = left
			}
			if got != test.want {
				t.Errorf("left %q, want %q", got, test.want)
			}
		})
	}
}

func TestRefinedWebLinesDocuments(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       string // the text left
		rule       string
		value      string
		removed    float64
	}{
		{"nothing to do", refinedWebBase, refinedWebBase, "", "", 0},
		{"white space around", "\n " + refinedWebBase + " \n", refinedWebBase, "", "", 0},
		{"empty", "", "", "empty", "", 0},
		{"blank lines", "\n\n", "", "empty", "", 0},
		{"no words", "— …\n— …", "", "empty", "", 0},
		{"two lines of one word", "Home\n" + refinedWebBase + "\n\nNext", refinedWebBase, "", "", 2},
		{"words removed just below 5 %", "Home\n" + refinedWebBase, refinedWebBase, "", "", 1},
		{"words removed just above 5 %", "Home\n" + refinedWebBase + "\nNext\nBack", "", "words_removed", "0.07143", 0},
		{"empty lines stay", refinedWebBase + "\n\nThe end came.", refinedWebBase + "\n\nThe end came.", "", "", 0},
		{"parts of lines count", refinedWebBase + "\nSign-in to your account", refinedWebBase + "\nto your account", "", "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			stage, err := NewRefinedWebLines(DefaultRefinedWebLinesOptions())
			if err != nil {
				t.Fatal(err)
			}
			doc := process(t, stage, test.text)[0]
			checkReason(t, doc, corpus.Reason{Stage: "refinedweb_lines", Rule: test.rule, Value: test.value})
			if test.rule != "" {
				test.want = test.text // a rejected text stays as it was
			}
			if diff := cmp.Diff(test.want, doc.Text); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
			if got := doc.Signals["refinedweb_lines_removed"]; got != test.removed {
				t.Errorf("refinedweb_lines_removed %v, want %v", got, test.removed)
			}
		})
	}
}

func TestRefinedWebLinesExactlyFivePercent(t *testing.T) {
	stage, err := NewRefinedWebLines(DefaultRefinedWebLinesOptions())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		words int
		rule  string
	}{{18, "words_removed"}, {19, ""}, {20, ""}} { // and one word in a line of its own
		doc := process(t, stage, strings.TrimSpace(strings.Repeat("word ", test.words))+"\nHome")[0]
		if got := rule(doc); got != test.rule {
			t.Errorf("%d words and one removed: rule %q, want %q", test.words, got, test.rule)
		}
	}
}

func TestRefinedWebLinesRulesTurnOff(t *testing.T) {
	stage, err := NewRefinedWebLines(RefinedWebLinesOptions{MaxUppercaseRatio: 1, MaxNumericRatio: 1, MaxRemovedWords: 1})
	if err != nil {
		t.Fatal(err)
	}
	const text = "HOME\n123\n3 likes\nItems in cart\nRead more..."
	if doc := process(t, stage, text)[0]; doc.Reason != nil || doc.Text != text {
		t.Errorf("rules are off, but the document is %q, %v", doc.Text, doc.Reason)
	}
}

func TestRefinedWebLinesBadOptions(t *testing.T) {
	for key, change := range map[string]func(*RefinedWebLinesOptions){
		"max_uppercase_ratio":      func(o *RefinedWebLinesOptions) { o.MaxUppercaseRatio = 1.1 },
		"max_numeric_ratio":        func(o *RefinedWebLinesOptions) { o.MaxNumericRatio = -1 },
		"min_words_per_line":       func(o *RefinedWebLinesOptions) { o.MinWordsPerLine = -1 },
		"max_substring_line_words": func(o *RefinedWebLinesOptions) { o.MaxSubstringLineWords = -1 },
		"max_removed_words":        func(o *RefinedWebLinesOptions) { o.MaxRemovedWords = 2 },
		"substrings[1].text":       func(o *RefinedWebLinesOptions) { o.Substrings[1].Text = "" },
		"substrings[2].at":         func(o *RefinedWebLinesOptions) { o.Substrings[2].At = "middle" },
	} {
		options := DefaultRefinedWebLinesOptions()
		change(&options)
		_, err := NewRefinedWebLines(options)
		checkBadOption(t, err, key)
	}
}

var (
	plainCounter = regexp.MustCompile(`^[^\p{L}\p{N}_]*\p{Nd}[,.\p{Nd}]*[kmb]?` + plainSpace +
		`+(?:likes|shares|comments|retweets|reposts|quotes|bookmarks|upvotes|downvotes|downloads|views|followers)[^\p{L}\p{N}_]*$`)
	plainCart     = regexp.MustCompile(`(?i)` + plainSpace + `?items in cart`)
	plainReadMore = regexp.MustCompile(`(?is)` + plainSpace + `?read more...$`)
	plainSignIn   = regexp.MustCompile(`(?i)^sign-in` + plainSpace + `?`)
)

const plainSpace = `[\x09-\x0d\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]`

// plainRefinedWeb is the published algorithm: one pattern after the other over the list of lines.
func plainRefinedWeb(text string) (string, string) {
	count := func(text string) (n int) {
		for _, w := range strings.FieldsFunc(text, func(r rune) bool { return r == 0 || r == ' ' || r >= '\t' && r <= '\r' }) {
			if r, _ := utf8.DecodeRuneInString(w); unicode.IsLetter(r) || unicode.IsNumber(r) {
				n++
			}
		}
		return n
	}
	share := func(line string, is func(rune) bool) float64 {
		n := 0
		for _, r := range line {
			if is(r) {
				n++
			}
		}
		return float64(n) / float64(utf8.RuneCountInString(line))
	}
	words := func(line string) int { return len(strings.FieldsFunc(line, isSpace)) }
	var kept []string
	for _, line := range strings.Split(text, "\n") {
		if line != "" {
			if share(line, func(r rune) bool { return unicode.IsUpper(r) || unicode.Is(unicode.Other_Uppercase, r) }) > 0.5 ||
				share(line, isDigitLike) > 0.999999 || plainCounter.MatchString(strings.ToLower(line)) || words(line) < 2 {
				continue
			}
			gone := false
			for _, p := range []*regexp.Regexp{plainCart, plainReadMore, plainSignIn} {
				if words(line) <= 10 {
					line = p.ReplaceAllString(line, "")
				}
				gone = gone || trimSpace(line) == ""
			}
			if gone {
				continue
			}
		}
		kept = append(kept, line)
	}
	left := trimSpace(strings.Join(kept, "\n"))
	before := count(text)
	if left == "" || before == 0 {
		return "", "empty"
	}
	if float64(before-count(left))/float64(before) > 0.05 {
		return "", "words_removed"
	}
	return left, ""
}

func checkRefinedWeb(t *testing.T, text string) {
	t.Helper()
	// The pattern engine folds ſ and the Kelvin sign, and reads bytes that are no UTF-8 in its own way.
	text = strings.NewReplacer("ſ", "s", "\u212a", "k", "İ", "i").Replace(strings.ToValidUTF8(text, "?"))
	wantText, wantRule := plainRefinedWeb(text)
	stage, err := NewRefinedWebLines(DefaultRefinedWebLinesOptions())
	if err != nil {
		t.Fatal(err)
	}
	gotText, _, gotRule, _ := stage.edit(text)
	if gotRule != wantRule || wantRule == "" && gotText != wantText {
		t.Fatalf("rule %q, text %q, want %q, %q for %q", gotRule, gotText, wantRule, wantText, text)
	}
}

func TestRefinedWebLinesAgainstPlain(t *testing.T) {
	for _, text := range hostileTexts() {
		checkRefinedWeb(t, text)
	}
	pieces := []string{"3", "1,2", " likes", "Likes", "K", " ", "  ", "\n", "\n", "\n\n", "Items in cart", "items in cart", "Read more...", "read more»»»",
		"Sign-in", "sign-in ", "A", "ABC", "abc", "the", " the ", " of ", "é", "É", "²", "٣", "_", "-", "…", "\u00a0", "\u2028", "\x00", "\x1c", "\u0301", "שלום", "漢字", "Home"}
	for seed := range 3000 {
		random := rng(seed)
		var b strings.Builder
		b.WriteString(strings.Repeat("some good words ", random.IntN(40)) + "\n")
		for range random.IntN(30) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		checkRefinedWeb(t, b.String())
	}
}

func FuzzRefinedWebLines(f *testing.F) {
	for _, text := range hostileTexts() {
		f.Add(text[:min(len(text), 200)])
	}
	f.Add(refinedWebBase + "\n3 likes\nSign-in here\nRead more...\n12 items in cart")
	f.Fuzz(func(t *testing.T, text string) { checkRefinedWeb(t, text[:min(len(text), 2000)]) })
}

func BenchmarkRefinedWebLines(b *testing.B) {
	stage, err := NewRefinedWebLines(DefaultRefinedWebLinesOptions())
	if err != nil {
		b.Fatal(err)
	}
	benchmark(b, stage)
}

// BenchmarkRefinedWebLinesPlain is the plain algorithm, for comparison.
func BenchmarkRefinedWebLinesPlain(b *testing.B) {
	text := article(60)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		plainRefinedWeb(text)
	}
}
