package filter

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

func TestC4(t *testing.T) {
	const five = "One is here.\nTwo is here.\nThree is here.\nFour is here.\nFive is here."
	word := func(n int) string { return strings.Repeat("x", n) }
	for _, test := range []struct {
		name, text string
		want       string // the text left
		rule       string
		value      string
	}{
		{"nothing to do", five, five, "", ""},
		{"empty", "", "", "too_few_sentences", "0"},
		{"four sentences", strings.TrimSuffix(five, "Five is here."), "", "too_few_sentences", "4"},
		{"five sentences in a line", strings.ReplaceAll(five, "\n", " "), strings.ReplaceAll(five, "\n", " "), "", ""},
		{"six sentences", five + "\nSix is here.", five + "\nSix is here.", "", ""},
		{"sentences after abbreviations and decimals", "J. Smith paid 3.5 to e.g.example of the U.S. in all. Good so far. And more (yes.) here.", "", "too_few_sentences", "4"},
		{"other line boundaries", strings.ReplaceAll(five, "\n", "\r"), five, "", ""},
		{"one other line boundary", strings.Replace(five, "\n", "\u2028", 1) + "\v", five, "", ""},
		{"blank lines", "\n" + strings.ReplaceAll(five, "\n", "\n\n") + "\n", five, "", ""},
		{"first line goes", "no\n" + five, five, "", ""},
		{"last line goes", five + "\nno", five, "", ""},
		{"line in the middle goes", strings.Replace(five, "Three is here.", "no", 1) + " And more.", strings.Replace(five, "Three is here.\n", "", 1) + " And more.", "", ""},
		{"white space at both ends of lines", "  " + strings.ReplaceAll(five, "\n", " \r\n\t"), five, "", ""},

		{"word of 1000 characters", five + "\nan " + word(1000) + " ends.", five + "\nan " + word(1000) + " ends.", "", ""},
		{"word of 1001 characters", five + "\nan " + word(1001) + " ends.", five, "", ""},
		{"word of 1000 two-byte characters", five + "\nan " + strings.Repeat("é", 1000) + " ends.", five + "\nan " + strings.Repeat("é", 1000) + " ends.", "", ""},

		{"line ends kept", five + "\nIs it so?\nYes it is!\n\"Yes it is\"\n'Yes it is'", five + "\nIs it so?\nYes it is!\n\"Yes it is\"\n'Yes it is'", "", ""},
		{"line ends removed", five + "\nno end mark\ncut off here...\na list of things:\nround ends (so).)\ncurly end”", five, "", ""},

		{"two words", five + "\nTwo words.", five, "", ""},
		{"three words", five + "\nThree words now.", five + "\nThree words now.", "", ""},
		{"words are counted with citations", five + "\nTwo words [1] .", five + "\nTwo words  .", "", ""},

		{"citations", "One is[1] here.[23]\nTwo is [edit]here.[]\nThree is[citation needed] here.\nFour is [a] here.\nFive is [1 here.",
			"One is here.\nTwo is here.\nThree is here.\nFour is [a] here.\nFive is [1 here.", "", ""},
		{"citation before the end mark is missed behind a space", five + "\nSix is here. [1]", five, "", ""},
		{"other digits", five + "\nSix is here.[١٢]", five + "\nSix is here.", "", ""},

		{"lorem ipsum", five + "\nLorem Ipsum dolor sit.", "", "lorem_ipsum", ""},
		{"lorem ipsum parted by a citation", five + "\nLorem[1] ipsum dolor sit.", "", "lorem_ipsum", ""},
		{"javascript parted by a citation", five + "\nPlease enable java[12]script now.", five, "", ""},
		{"policies parted by citations", five + "\nSee the priv[]acy policy here.\nOur cookie[edit] policy is here.\nOur cookie [1] policy is here.", five + "\nOur cookie  policy is here.", "", ""},
		{"lorem ipsum in a line removed before", five + "\nLorem Ipsum dolor", five, "", ""},
		{"javascript", five + "\nPlease enable JavaScript now.", five, "", ""},
		{"curly bracket", five + "\nif (a) { b.", "", "curly_bracket", ""},
		{"curly bracket in a line removed before", five + "\nif (a) {", five, "", ""},
		{"curly bracket beside javascript", five + "\njavascript { is here.", five, "", ""},
		{"policies", five + "\nRead our Terms of Use today.\nSee the PRIVACY POLICY here.\nOur cookie policy is here.\nThis site uses cookies daily.\nThe use of cookies helps.\nWe use cookies here.",
			five, "", ""},
		{"kelvin sign folds", five + "\nWe use coo\u212aies here.", five, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			stage, err := NewC4(DefaultC4Options())
			if err != nil {
				t.Fatal(err)
			}
			doc := process(t, stage, test.text)[0]
			checkReason(t, doc, corpus.Reason{Stage: "c4", Rule: test.rule, Value: test.value})
			if test.rule != "" {
				test.want = test.text // a rejected text stays as it was
			}
			if diff := cmp.Diff(test.want, doc.Text); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

func TestC4RulesTurnOff(t *testing.T) {
	stage, err := NewC4(C4Options{})
	if err != nil {
		t.Fatal(err)
	}
	const text = "Lorem ipsum {\njavascript\na [1] cookie policy\n" + "x"
	doc := process(t, stage, text)[0]
	if doc.Reason != nil || doc.Text != text {
		t.Errorf("rules are off, but the document is %q, %v", doc.Text, doc.Reason)
	}
}

func TestC4CountsRemovedLines(t *testing.T) {
	options := DefaultC4Options()
	options.MinNumSentences = 0
	stage, err := NewC4(options)
	if err != nil {
		t.Fatal(err)
	}
	docs := process(t, stage, "One is here.\nno\nno\n", "One is here.")
	if got := docs[0].Signals["c4_lines_removed"]; got != 2 {
		t.Errorf("c4_lines_removed %v, want 2", got)
	}
	if _, ok := docs[1].Signals["c4_lines_removed"]; ok {
		t.Error("c4_lines_removed is set though no line went")
	}
}

func TestC4BadOptions(t *testing.T) {
	for key, change := range map[string]func(*C4Options){
		"min_num_sentences":  func(o *C4Options) { o.MinNumSentences = -1 },
		"min_words_per_line": func(o *C4Options) { o.MinWordsPerLine = -1 },
		"max_word_length":    func(o *C4Options) { o.MaxWordLength = -1 },
	} {
		options := DefaultC4Options()
		change(&options)
		_, err := NewC4(options)
		checkBadOption(t, err, key)
	}
}

var (
	plainCitation = regexp.MustCompile(`\[\p{Nd}*\]|\[edit\]|\[citation needed\]`)
	plainEnd      = regexp.MustCompile(`[.?!"']$`)
	plainPolicy   = regexp.MustCompile("terms of use|privacy policy|cookie policy|uses cookies|use of cookies|use cookies")
)

// plainC4 is the published algorithm, line by line with regular expressions.
func plainC4(o C4Options, text string) (string, string) {
	var kept []string
	sentences := 0
	for text != "" {
		var line string
		line, text = qualityNextLine(text)
		line = strings.TrimFunc(line, isSpace)
		list := strings.FieldsFunc(line, isSpace)
		if slices.ContainsFunc(list, func(w string) bool { return utf8.RuneCountInString(w) > 1000 }) {
			continue
		}
		line = plainCitation.ReplaceAllString(line, "")
		if o.FilterNoTerminalPunct && (!plainEnd.MatchString(line) || strings.HasSuffix(line, "...")) || len(list) < 3 {
			continue
		}
		lower := strings.ToLower(line)
		if strings.Contains(lower, "lorem ipsum") {
			return "", "lorem_ipsum"
		}
		if strings.Contains(lower, "javascript") {
			continue
		}
		if strings.Contains(line, "{") {
			return "", "curly_bracket"
		}
		if plainPolicy.MatchString(lower) {
			continue
		}
		kept = append(kept, line)
		sentences += countSentences(line, 1<<30)
	}
	if sentences < o.MinNumSentences {
		return "", "too_few_sentences"
	}
	return strings.TrimFunc(strings.Join(kept, "\n"), isSpace), ""
}

func checkC4(t *testing.T, text string) {
	t.Helper()
	text = strings.ToValidUTF8(text, "?")                        // the pattern engine reads bytes that are no UTF-8 otherwise
	text = strings.NewReplacer("İ", "I", "ſ", "s").Replace(text) // strings.ToLower maps İ to i, Python to i and a dot
	for _, change := range []func(*C4Options){
		func(*C4Options) {},
		func(o *C4Options) { o.FilterNoTerminalPunct, o.MinNumSentences = false, 0 },
	} {
		options := DefaultC4Options()
		change(&options)
		wantText, wantRule := plainC4(options, text)
		edit := c4Edit{options: &options}
		edit.run(text)
		if edit.rule != wantRule {
			t.Fatalf("rule %q, want %q for %q", edit.rule, wantRule, text)
		}
		if got := edit.result(); wantRule == "" && got != wantText {
			t.Fatalf("text %q, want %q for %q", got, wantText, text)
		}
	}
}

func FuzzC4(f *testing.F) {
	for _, text := range hostileTexts() {
		f.Add(text[:min(len(text), 200)])
	}
	f.Add("One is[1] here.\nWe Use cooKies. a\nLorem ipSum a.\nJAVAscript { a b.\nFour is here. Five. Six. Seven. Eight.")
	f.Add("a b c. D. E. F. G.\r\n[edit] [citation needed] x y!\u2028a b \"c\"")
	f.Fuzz(func(t *testing.T, text string) { checkC4(t, text[:min(len(text), 2000)]) })
}

func TestCountSentences(t *testing.T) {
	for _, test := range []struct {
		line string
		want int
	}{
		{"", 0}, {"one", 1}, {"one.", 1}, {"One. Two", 2}, {"One! Two? Three.", 3}, {"One... Two", 1}, {"He said \"no.\" Then left.", 2},
		{"3.5 and 2.1", 1}, {"今天好。明天好。", 2}, {"! ! !", 1}, {"One .) (Two", 2},
	} {
		t.Run(fmt.Sprintf("%q", test.line), func(t *testing.T) {
			if got := countSentences(test.line, 100); got != test.want {
				t.Errorf("%d sentences, want %d", got, test.want)
			}
		})
	}
}
