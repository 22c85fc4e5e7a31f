package tokenize

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestNFC(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"ASCII", "plain", "plain"},
		{"composes", "e\u0301", "é"},
		{"orders marks", "a\u0323\u0307b\u0307\u0323", "ạ\u0307ḅ\u0307"},
		{"singleton", "\u212A\u2126", "KΩ"},
		{"excluded", "\u0958", "\u0915\u093C"},
		{"Hangul", "\u1112\u1161\u11AB", "한"},
		{"not UTF-8", "e\xff\u0301e\u0301\xc3", "e\xff\u0301é\xc3"},
		{"more marks than norm leaves together", "e" + strings.Repeat("\u0301", 40), "é" + strings.Repeat("\u0301", 39)},
		{"many marks of two classes", "e" + strings.Repeat("\u0301\u0323", 40), "ẹ" + strings.Repeat("\u0323", 39) + strings.Repeat("\u0301", 40)},
	} {
		if got := nfc(c.text); got != c.want {
			t.Errorf("%s: %+q, want %+q", c.name, got, c.want)
		}
		if got := nfcPlain(c.text); got != c.want {
			t.Errorf("%s, plain: %+q, want %+q", c.name, got, c.want)
		}
	}
}

// FuzzNFC compares the plain form with golang.org/x/text where the latter has no limit in the way.
func FuzzNFC(f *testing.F) {
	f.Add("e\u0301\u0323 \u1112\u1161\u11AB \u212A \u0344 \u0F73\u0F71 \U0001D15E \u0958")
	f.Add("\xff\u0301\u0300a\u0345\u0301")
	f.Fuzz(func(t *testing.T, text string) {
		text = text[:min(len(text), 20)] // too short for 31 marks in a row, decomposed
		if got, want := nfcPlain(text), norm.NFC.String(text); got != want {
			t.Errorf("%+q: %+q, want %+q", text, got, want)
		}
		if got, want := nfc(text), norm.NFC.String(text); got != want {
			t.Errorf("%+q: %+q, want %+q", text, got, want)
		}
	})
}
