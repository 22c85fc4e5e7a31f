package filter

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func split(text, mode string) (list []string) {
	walk := words{text: text, mode: mode}
	for {
		start, end, ok := walk.next()
		if !ok {
			return list
		}
		list = append(list, text[start:end])
	}
}

func TestWords(t *testing.T) {
	for _, test := range []struct {
		name, mode, text string
		want             string // words joined by a bar
	}{
		{"sentence", WordsPunctuation, "Hello, world!", "Hello|,|world|!"},
		{"full stop", WordsPunctuation, "It ends. (Really.)", "It|ends|.|(|Really|.|)"},
		{"initials keep their stop", WordsPunctuation, "J. lives in the U.S. now.", "J.|lives|in|the|U.S.|now|."},
		{"capitals lose it", WordsPunctuation, "from NASA. Then", "from|NASA|.|Then"},
		{"ellipsis is one word", WordsPunctuation, "well... so....yes", "well|...|so|....|yes"},
		{"hyphen between letters", WordsPunctuation, "a well-known, 3-4 thing-", "a|well|-|known|,|3|-|4|thing-"},
		{"hyphen behind a digit", WordsPunctuation, "3-phase 19th-century x-1 covid-19-free 3–phase", "3|-|phase|19th|-|century|x-1|covid-19|-|free|3|–|phase"},
		{"dashes", WordsPunctuation, "one—two – three -- four--five", "one|—|two|–|three|--|four|--|five"},
		{"contractions", WordsPunctuation, "don't can’t John's we'll dogs' 'tis", "do|n't|ca|n’t|John|'s|we|'ll|dogs|'|'|tis"},
		{"quotes", WordsPunctuation, `"Yes," she said.`, `"|Yes|,|"|she|said|.`},
		{"numbers", WordsPunctuation, "3.5% of $1,000 in 2,000+ 12km", "3.5|%|of|$|1,000|in|2,000|+|12|km"},
		{"slash and colon", WordsPunctuation, "and/or 10:30 key:value a=b", "and|/|or|10:30|key|:|value|a|=|b"},
		{"address stays whole", WordsPunctuation, "(see https://a.example/b-c,d).", "(|see|https://a.example/b-c,d|)|."},
		{"mail stays whole", WordsPunctuation, "to a.b@c.example.", "to|a.b@c.example|."},
		{"rows of signs", WordsPunctuation, "*** ___ ==", "*|*|*|_|_|_|=|="},
		{"bullet", WordsPunctuation, "• item", "•|item"},
		{"missing space", WordsPunctuation, "end.Next one,two", "end|.|Next|one|,|two"},
		{"cyrillic", WordsPunctuation, "Привет, мир.", "Привет|,|мир|."},
		{"han pairs", WordsPunctuation, "今天天气很好。我们去", "今天|天气|很好|。|我们|去"},
		{"katakana whole", WordsPunctuation, "コンピュータを使う", "コンピュータ|を使|う"},
		{"thai fours", WordsPunctuation, "ภาษาไทย", "ภาษา|ไทย"},
		{"emoji", WordsPunctuation, "ok😀😀", "ok|😀|😀"},
		{"white space only", WordsPunctuation, " \n\t\u00a0\u2003 ", ""},

		{"whitespace", WordsWhitespace, " Hello,  world!\u00a0(well-known)\n", "Hello,|world!|(well-known)"},

		{"unicode sentence", WordsUnicode, `The quick (“brown”) fox can’t jump 32.3 feet, right?`, "The|quick|(|“|brown|”|)|fox|can’t|jump|32.3|feet|,|right|?"},
		{"unicode underscores", WordsUnicode, "snake_case a.b 1,000 1,a", "snake_case|a.b|1,000|1|,|a"},
		{"unicode han alone", WordsUnicode, "中文字 カタカナ", "中|文|字|カタカナ"},
		{"unicode white space", WordsUnicode, "a \u0301b\u2003c\u202fd\u2028e", "a|\u0301|b|c|d|e"},
		{"unicode WB3c joined pictures", WordsUnicode, "👩\u200d👧👧 a\u200d👧 \u200d\u0301👧 ✋🏽", "👩\u200d👧|👧|a\u200d👧|\u200d\u0301|👧|✋🏽"},
		{"unicode WB4 format and marks inside", WordsUnicode, "soft\u00adhyphen e\u0301\u0302x 1\u200d2 .\u0301.", "soft\u00adhyphen|e\u0301\u0302x|1\u200d2|.\u0301|."},
		{"unicode zero-width space parts", WordsUnicode, "a\u200bb", "a|\u200b|b"},
		{"unicode WB6 WB7 between letters", WordsUnicode, "a:b a.b a'b a’b a·b a..b a,b a:\u0301b :b a:", "a:b|a.b|a'b|a’b|a·b|a|.|.|b|a|,|b|a:\u0301b|:|b|a|:"},
		{"unicode WB7a to WB7c Hebrew", WordsUnicode, "א' א\"ב א\" a' a\"b א'ב", "א'|א\"ב|א|\"|a|'|a|\"|b|א'ב"},
		{"unicode WB8 to WB12 numbers", WordsUnicode, "1a2 1,000.50 1;2 1'2 1:2 1, ,1 1٫5 1٬5", "1a2|1,000.50|1;2|1'2|1|:|2|1|,|,|1|1٫5|1٬5"},
		{"unicode WB13 katakana", WordsUnicode, "カタカナーあいう㌔ カ_ナ", "カタカナー|あ|い|う|㌔|カ_ナ"},
		{"unicode WB13a WB13b connectors", WordsUnicode, "a_1_ __ _カ ‿a", "a_1_|__|_カ|‿a"},
		{"unicode WB15 WB16 flags", WordsUnicode, "🇦🇧🇨🇩🇪 🇦\u200d🇧🇨 a🇦🇧", "🇦🇧|🇨🇩|🇪|🇦\u200d🇧|🇨|a|🇦🇧"},
		{"unicode scripts", WordsUnicode, "Привет,мир 한국어입니다 हिन्दी ภาษาไทย ၁၂ ไทย1", "Привет|,|мир|한국어입니다|हिन्दी|ภาษา|ไทย|၁၂|ไทย|1"},
		{"unicode marks", WordsUnicode, "e\u0301te\u0301 !\u0301", "e\u0301te\u0301|!\u0301"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, strings.Join(split(test.text, test.mode), "|")); diff != "" {
				t.Errorf("words (-want +got):\n%s", diff)
			}
		})
	}
}

// checkWalk fails unless the words of a text, put together, are the text without its white space, and none is empty.
func checkWalk(t *testing.T, text string) {
	t.Helper()
	squeezed := strings.Map(func(r rune) rune {
		if isSpace(r) {
			return -1
		}
		return r
	}, text)
	for _, mode := range []string{WordsPunctuation, WordsWhitespace, WordsUnicode} {
		var b strings.Builder
		walk, last := words{text: text, mode: mode}, 0
		for {
			start, end, ok := walk.next()
			if !ok {
				break
			}
			if start < last || end <= start || end > len(text) {
				t.Fatalf("%s: word [%d, %d) after %d in %q", mode, start, end, last, text)
			}
			if r, size := utf8.DecodeRuneInString(text[start:end]); size > 1 && unicode.IsSpace(r) {
				t.Fatalf("%s: a word starts with white space in %q", mode, text)
			}
			b.WriteString(strings.Map(func(r rune) rune { return r }, text[start:end]))
			last = end
		}
		if b.String() != squeezed {
			t.Fatalf("%s: words of %q make %q", mode, text, b.String())
		}
	}
}

func TestWordsCoverHostileTexts(t *testing.T) {
	for name, text := range hostileTexts() {
		t.Run(name, func(t *testing.T) { checkWalk(t, text) })
	}
}

// plainUnicodeWords cuts a text at every place where the rules of UAX 29, tried in their order on the characters around the place, do
// not forbid it, and leaves the white space out. It knows nothing of scripts that need a dictionary.
func plainUnicodeWords(text string) (list []string) {
	runes := []rune(text)
	kind := func(i int) wordBreak {
		if i < 0 || i >= len(runes) {
			return breakSpace
		}
		return wordBreakOf(runes[i])
	}
	// The next character to the left and right that WB4 does not skip.
	left := func(i int) int {
		for i--; kind(i) == breakExtend; i-- {
		}
		return i
	}
	right := func(i int) int {
		for i++; kind(i) == breakExtend; i++ {
		}
		return i
	}
	letter := func(i int) bool { return kind(i) == breakLetter || kind(i) == breakHebrew }
	is := func(i int, kinds ...wordBreak) bool { return slices.Contains(kinds, kind(i)) }
	joined := func(i int) bool { // between runes i-1 and i
		switch {
		case is(i, breakSpace) || is(i-1, breakSpace):
			return false
		case runes[i-1] == zeroWidthJoiner && isPictographic(runes[i]), is(i, breakExtend): // WB3c, WB4
			return true
		}
		a := left(i)
		z := left(max(a, 0))
		y := right(i)
		flags := 0
		for j := a; is(j, breakFlag); j = left(j) {
			flags++
		}
		switch {
		case letter(a) && letter(i), // WB5
			letter(a) && is(i, breakMidLetter, breakMidBoth, breakSingleQuote) && letter(y),                   // WB6
			letter(z) && is(a, breakMidLetter, breakMidBoth, breakSingleQuote) && letter(i),                   // WB7
			is(a, breakHebrew) && is(i, breakSingleQuote),                                                     // WB7a
			is(a, breakHebrew) && is(i, breakDoubleQuote) && is(y, breakHebrew),                               // WB7b
			is(z, breakHebrew) && is(a, breakDoubleQuote) && is(i, breakHebrew),                               // WB7c
			is(a, breakNumber) && is(i, breakNumber),                                                          // WB8
			letter(a) && is(i, breakNumber),                                                                   // WB9
			is(a, breakNumber) && letter(i),                                                                   // WB10
			is(z, breakNumber) && is(a, breakMidNumber, breakMidBoth, breakSingleQuote) && is(i, breakNumber), // WB11
			is(a, breakNumber) && is(i, breakMidNumber, breakMidBoth, breakSingleQuote) && is(y, breakNumber), // WB12
			is(a, breakKatakana) && is(i, breakKatakana),                                                      // WB13
			(letter(a) || is(a, breakNumber, breakKatakana, breakConnector)) && is(i, breakConnector),         // WB13a
			is(a, breakConnector) && (letter(i) || is(i, breakNumber, breakKatakana)),                         // WB13b
			is(a, breakFlag) && is(i, breakFlag) && flags%2 == 1:                                              // WB15, WB16
			return true
		}
		return false
	}
	var word []rune
	for i := range runes {
		if i > 0 && !joined(i) && word != nil {
			list, word = append(list, string(word)), nil
		}
		if !is(i, breakSpace) {
			word = append(word, runes[i])
		}
	}
	if word != nil {
		list = append(list, string(word))
	}
	return list
}

func TestUnicodeWordsFollowTheRules(t *testing.T) {
	random, pieces := rng(29), []rune("ab1.,:;'\"_אבカー㌔あ中é한😀👍ℹ\u0301\u200d\u00ad\u200b🇦🇧🇨🏽’·֑٫٬ -\n\u202f\u00a0")
	for range 30_000 {
		text := make([]rune, random.IntN(14))
		for i := range text {
			text[i] = pieces[random.IntN(len(pieces))]
		}
		if diff := cmp.Diff(plainUnicodeWords(string(text)), split(string(text), WordsUnicode)); diff != "" {
			t.Fatalf("words of %+q (-want +got):\n%s", string(text), diff)
		}
	}
}

// TestWhitespaceWordsArePythons compares with what Python's str.split takes for white space.
func TestWhitespaceWordsArePythons(t *testing.T) {
	// The characters for which Python 3.11's str.isspace is true.
	white := "\t\n\v\f\r\x1c\x1d\x1e\x1f \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
	for r := range rune(unicode.MaxRune) {
		if r >= 0xd800 && r < 0xe000 {
			continue
		}
		want := 1
		if strings.ContainsRune(white, r) {
			want = 2
		}
		if got := len(split("a"+string(r)+"b", WordsWhitespace)); got != want {
			t.Errorf("%U: %d words, want %d", r, got, want)
		}
	}
}

func FuzzWords(f *testing.F) {
	for _, text := range hostileTexts() {
		f.Add(text[:min(len(text), 200)])
	}
	f.Add("He said: \"don't... (well-known) — U.S. 5km's\" 今天カナ")
	f.Fuzz(func(t *testing.T, text string) { checkWalk(t, text) })
}

func TestNextLineSplitsAsPython(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"empty", "", nil},
		{"no boundary", "a", []string{"a"}},
		{"boundary at the end", "a\n", []string{"a"}},
		{"empty lines", "\n\na", []string{"", "", "a"}},
		{"carriage returns", "a\r\nb\rc", []string{"a", "b", "c"}},
		{"all boundaries", "a\vb\fc\x1cd\x1de\x1ef\u0085g\u2028h\u2029i", strings.Split("abcdefghi", "")},
		{"no boundary after all", "a\x1fb\u0084c\u2027d", []string{"a\x1fb\u0084c\u2027d"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for rest := test.text; rest != ""; {
				var line string
				line, rest = nextLine(rest)
				got = append(got, line)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSymbols(t *testing.T) {
	for _, r := range "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~、。…\x00\u0085។" {
		if !isSymbol(r) {
			t.Errorf("%q is not taken for punctuation", r)
		}
	}
	for _, r := range "a1•é中\n\t £" {
		if isSymbol(r) {
			t.Errorf("%q is taken for punctuation", r)
		}
	}
}
