package filter

import (
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
