package paragraph

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestNormalize(t *testing.T) {
	for _, test := range []struct{ in, fold, ccnet string }{
		{"", "", ""},
		{"  A  b\tC\n", "a b c", "a b c"},
		{"Don't – STOP!", "don't – stop!", "dont stop"},
		{"1,234.5 km²", "1,234.5 km²", "00000 km²"},
		{"Über Café naïve", "über café naïve", "uber cafe naive"},
		{"e\u0301", "e\u0301", "e"},
		{"\u0663 \u0967", "\u0663 \u0967", "0 0"},
		{"a\u00a0\u2003b", "a b", "a b"},
		{"中文，文本。", "中文，文本。", "中文文本"},
		{"a+b=c <d>", "a+b=c <d>", "a+b=c <d>"},
		{"a\x00b\u200b", "a\x00b\u200b", "ab\u200b"},
		{"ΑΣ Ǆ İ", "ας ǆ i", "ας ǆ i"},
		{"한국 \u1112\u1161", "한국 \u1112\u1161", "한국 \u1112\u1161"},
	} {
		fold := test.fold
		if strings.Contains(test.in, "Σ") { // lower case rune by rune knows no final sigma
			fold = strings.ReplaceAll(fold, "ς", "σ")
			test.ccnet = strings.ReplaceAll(test.ccnet, "ς", "σ")
		}
		if got := string(appendFolded(nil, test.in)); got != fold {
			t.Errorf("fold %q: %q, not %q", test.in, got, fold)
		}
		if got := string(appendCCNet(nil, test.in)); got != test.ccnet {
			t.Errorf("ccnet %q: %q, not %q", test.in, got, test.ccnet)
		}
	}
}

// Every rune, at the beginning and between letters, is normalised as the references do it. Hangul syllables have no marks, so that
// their decomposition, which the references make, is left out.
func TestNormalizeEveryRune(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) || unicode.Is(unicode.Hangul, r) {
			continue
		}
		checkNormal(t, string(r)+" Y"+string(r)+"z")
	}
}

func checkNormal(t *testing.T, s string) {
	t.Helper()
	if got, want := string(appendFolded([]byte("pre"), s)), "pre"+plainFold(s); got != want {
		t.Fatalf("fold %q: %q, not %q", s, got, want)
	}
	if got, want := string(appendCCNet([]byte("pre"), s)), "pre"+plainCCNet(s); got != want {
		t.Fatalf("ccnet %q: %q, not %q", s, got, want)
	}
}

func FuzzNormalize(f *testing.F) {
	for _, s := range []string{"", "One  Two\n", "Caf\u00e9 12,5 \u2013 \u1e9b\u0323", "\xff\xfe", "\u0344\u0958"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := string(appendFolded(nil, s))
		if again := string(appendFolded(nil, once)); again != once {
			t.Fatalf("%q becomes %q, and then %q", s, once, again)
		}
		if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Hangul, r) }) {
			return
		}
		checkNormal(t, s)
	})
}

func FuzzCut(f *testing.F) {
	for _, s := range []string{"", "a\n\nb\n\na", "a\na\n\n\na\r\n\r\n a", "\xff\n\xff\n\n\xff"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, s string, lines bool) {
		opts := options(func(o *Options) {
			if lines {
				o.Unit = Lines
			}
		})
		r := exchange(t, opts, nil, documents(s))[0]
		if utf8.ValidString(s) {
			checkText(t, s, r)
		}
		if again := exchange(t, opts, nil, documents(r.Text))[0]; len(again.Ranges) != 0 {
			t.Fatalf("%q leaves %q, which still repeats itself", s, r.Text)
		}
	})
}
