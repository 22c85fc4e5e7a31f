package clean

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestNormalise(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"empty", "", ""},
		{"tidy", "One line.\n\nAnother.", "One line.\n\nAnother."},
		{"only space", " \t\n \u00A0\n", ""},
		{"composed", "cafe\u0301", "café"},
		{"mark behind a removed character", "e\u200B\u0301", "é"},
		{"hangul", "\u1100\u1161\u11A8", "각"},
		{"line ends", "a\r\nb\rc\u0085d\u2028e\u2029f\vg\fh", "a\nb\nc\nd\ne\n\nf\ng\nh"},
		{"newlines", "\n\na\n\n\n\nb\n \n\t\nc\n\n", "a\n\nb\n\nc"},
		{"space runs", "a  b \u00A0 c\u3000d  \ne", "a b c d\ne"},
		{"tab in a run", "a \t b\tc", "a\tb\tc"},
		{"indentation stays", "if x:\n    return  y\n\treturn z", "if x:\n    return y\n\treturn z"},
		{"indentation of the first line", "   a\n   b", "a\n   b"},
		{"controls", "a\x00b\x07c\x1b[0m\x7Fd\u0080", "abc[0md"},
		{"byte order mark and soft hyphen", "\uFEFFco\u00ADop\u2060er\u200Eation", "cooperation"},
		{"invalid bytes", "a\xff\xfe\xfdb\xc3", "a\uFFFDb\uFFFD"},
		{"runs of replacement characters", "a\uFFFD\uFFFD\xffb \uFFFD\u200B\uFFFD", "a\uFFFDb \uFFFD"},
		{"ordinary text of other scripts", "Άλφα — «да», 日本語。", "Άλφα — «да», 日本語。"},
		{"greek semicolon and ano teleia", "τι\u037E α\u0387", "τι; α·"},
		{"bidirectional overrides", "a\u202Eb\u202Cc\u2066d\u2069", "abcd"},
		{"noncharacters", "a\uFFFEb\uFDD0c", "abc"},
		{"zwnj between Persian letters", "می\u200Cخواهم", "می\u200Cخواهم"},
		{"zwnj between Latin letters", "shelf\u200Cful", "shelfful"},
		{"zwnj at a Persian word's end", "می\u200C است", "می است"},
		{"zwj behind a virama", "ന്\u200D മഴ", "ന്\u200D മഴ"},
		{"zwj in Hindi", "क्\u200Dष", "क्\u200Dष"},
		{"emoji family", "👨\u200D👩\u200D👧 ok", "👨\u200D👩\u200D👧 ok"},
		{"emoji with variation selector", "❤\uFE0F\u200D🔥", "❤\uFE0F\u200D🔥"},
		{"stray joiner", "a\u200D b", "a b"},
		{"flag of England", "🏴\U000E0067\U000E0062\U000E007F", "🏴\U000E0067\U000E0062\U000E007F"},
		{"hidden tag characters", "a\U000E0041\U000E0042b", "ab"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Normalise(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// plainNormalise is Normalise without fast paths: character by character, and lines by the functions of package strings.
func plainNormalise(s string) string {
	var w scrubber
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		s = s[size:]
		w.write(r, s)
	}
	lines := strings.Split(norm.NFC.String(w.out.String()), "\n")
	for i, line := range lines {
		line = strings.TrimRight(line, " \t")
		text := strings.TrimLeft(line, " \t")
		for text != "" {
			n := strings.IndexAny(text, " \t")
			if n < 0 {
				break
			}
			rest := strings.TrimLeft(text[n:], " \t")
			gap := " "
			if strings.Contains(text[n:len(text)-len(rest)], "\t") {
				gap = "\t"
			}
			line = strings.TrimSuffix(line, text) + text[:n] + gap + rest
			text = rest
		}
		lines[i] = line
	}
	s = strings.Join(lines, "\n")
	for strings.Contains(s, "\n\n\n") {
		s = strings.ReplaceAll(s, "\n\n\n", "\n\n")
	}
	return strings.TrimRight(strings.TrimLeft(s, " \t\n"), "\n")
}

func checkNormalise(t *testing.T, s string) {
	t.Helper()
	got := Normalise(s)
	if want := plainNormalise(s); got != want {
		t.Errorf("%q: fast path %q, plain %q", s, got, want)
	}
	if again := Normalise(got); again != got {
		t.Errorf("%q: once %q, twice %q", s, got, again)
	}
	if !utf8.ValidString(got) || !norm.NFC.IsNormalString(got) {
		t.Errorf("%q: %q is not valid NFC", s, got)
	}
	if strings.Contains(got, "\n\n\n") || strings.Contains(got, " \n") || strings.ContainsAny(got, "\r\x00\u00AD\uFEFF") {
		t.Errorf("%q: %q holds what it must not", s, got)
	}
}

func FuzzNormalise(f *testing.F) {
	for _, s := range []string{"", "a b\n\nc", "  a\n b\t\n\n\n", "e\u200B\u0301\u0323", "\u0E33\u200D\u094D\u200C\u200D", "\u2000 \u2028\u1100\u1161", "🏴\U000E0067\xff", russianText, koreanText,
		"ڍ\u200C\fڍ", "ڍ\u200C\r\u0085ڍ", "👨\u200D\U000E0067x", "\u064D\u094D\u200C", "\uFFFD\xff\uFFFD", "Ά\u0301\u0387", "か\u3099", "한\u11AB", "—\u0338", "\u0627\u0301\u064D\u200Dا", "👨\u200D\u200D👩"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkNormalise(t, s) })
}

func BenchmarkNormalise(b *testing.B) {
	for _, bb := range []struct{ name, text string }{
		{"ascii", strings.Repeat("The river was wide, and nobody spoke.\n\n", 250)},
		{"ascii-untidy", strings.Repeat("The river was wide,  and nobody spoke. \r\n\r\n", 250)},
		{"french", strings.Repeat(frenchText+"\n", 90)},
		{"japanese", strings.Repeat(japaneseText+"\n", 80)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(len(bb.text)))
			for b.Loop() {
				Normalise(bb.text)
			}
		})
	}
}

func TestFoldQuotes(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"nothing to fold", "it's \"so\" - é", "it's \"so\" - é"},
		{"quotes", "‘a’ “b” „c‟ don’t 5′ 6″", "'a' \"b\" \"c\" don't 5' 6\""},
		{"dashes", "a–b — c − d ‑e", "a-b - c - d -e"},
		{"a dash that starts a line", "— Да\n  – item\n> — x — y", "— Да\n  – item\n> — x - y"},
		{"guillemets", "« oui »", "« oui »"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := foldQuotes(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
