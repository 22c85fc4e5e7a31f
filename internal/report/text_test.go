package report

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestGrouped(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 7: "7", 999: "999", 1000: "1,000", 12345: "12,345", 999999: "999,999", 1000000: "1,000,000", -1: "−1", -1234: "−1,234", -999: "−999",
		9223372036854775807: "9,223,372,036,854,775,807", -9223372036854775808: "−9,223,372,036,854,775,808",
	} {
		if got := grouped(n); got != want {
			t.Errorf("grouped(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestPercent(t *testing.T) {
	tests := []struct {
		part, whole int64
		want        string
	}{
		{0, 0, "–"}, {5, 0, "–"}, {0, 10, "0.0 %"}, {10, 10, "100.0 %"}, {1, 3, "33.3 %"}, {2, 3, "66.7 %"}, {1, 1000, "0.1 %"},
		{1, 1_000_000, "< 0.1 %"}, {499, 1_000_000, "< 0.1 %"}, {999_999, 1_000_000, "> 99.9 %"}, {9994, 10_000, "99.9 %"},
	}
	for _, tt := range tests {
		if got := strings.ReplaceAll(percent(tt.part, tt.whole), "\u00a0", " "); got != tt.want {
			t.Errorf("percent(%d, %d) = %q, want %q", tt.part, tt.whole, got, tt.want)
		}
	}
}

func TestValues(t *testing.T) {
	tests := []struct {
		name              string
		value             Value
		people, csv, list string
	}{
		{"a number", number(1234567), "1,234,567", "1234567", "n"},
		{"a negative number", number(-1234), "−1,234", "-1234", "n"},
		{"a share", share(1, 3), "33.3\u00a0%", "0.333333", "n"},
		{"a share of nothing", share(0, 0), "–", "", "n"},
		{"a ratio", ratio(10, 4), "2.500", "2.500000", "n"},
		{"a ratio to nothing", ratio(10, 0), "–", "", "n"},
		{"not measured", nothing(), "–", "", "n"},
		{"text", text("abc"), "abc", "abc", "short"},
		{"long text", text(strings.Repeat("a", 33)), strings.Repeat("a", 33), strings.Repeat("a", 33), "long"},
		{"very long text", text(strings.Repeat("é", 301)), strings.Repeat("é", 300) + "…", strings.Repeat("é", 301), "long"},
		{"a formula", text("=1+1"), "=1+1", "'=1+1", "short"},
		{"a formula of full width", text("＝1+1"), "＝1+1", "'＝1+1", "short"},
		{"a command", text("@SUM(A1)"), "@SUM(A1)", "'@SUM(A1)", "short"},
		{"a tab before a formula", text("\t=1"), `\t=1`, `\t=1`, "short"},
		{"no text", text(""), "", "", "short"},
		{"unknown", orUnknown(" "), "unknown", "unknown", "short"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.value.String(); got != tt.people {
				t.Errorf("people read %q, want %q", got, tt.people)
			}
			if got := tt.value.CSV(); got != tt.csv {
				t.Errorf("programs read %q, want %q", got, tt.csv)
			}
			if got := tt.value.Class(); got != tt.list {
				t.Errorf("class is %q, want %q", got, tt.list)
			}
		})
	}
}

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"plain text": "plain text",
		"ünï ☃ 日本 שלום 👩\u200d👩":    "ünï ☃ 日本 שלום 👩\u200d👩",
		"a\u202eb\u2066c\u061cd":    `a\u202eb\u2066c\u061cd`,
		"a\x00b\x1b[31mc\x7f\u0085": `a\x00b\x1b[31mc\x7f\u0085`,
		"a\nb\tc\r":                 `a\nb\tc\r`,
		"a\u2028b\ufeffc\u200bd":    `a\u2028b\ufeffc\u200bd`,
		"a\xffb":                    "a\ufffdb",
	} {
		if got := Visible(in); got != want {
			t.Errorf("Visible(%q) = %q, want %q", in, got, want)
		}
	}
}

// A text keeps its lines and nothing else that moves a cursor.
func TestVisibleText(t *testing.T) {
	if got, want := VisibleText("a\nb\tc\r\x1b[2J\u202e"), "a\nb\tc\\r\\x1b[2J\\u202e"; got != want {
		t.Errorf("VisibleText is %q, want %q", got, want)
	}
}

func TestYear(t *testing.T) {
	for in, want := range map[string]string{
		"2024-05-01T10:00:00Z": "2024", "2024-05": "2024", "2024": "2024", "": "", "20": "", "202": "", "yesterday": "", "20245": "", "2O24-01": "", "２０２４": "", "-024-01": "",
	} {
		if got := year(in); got != want {
			t.Errorf("year(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPower(t *testing.T) {
	for n, want := range map[int64]int{-5: -1, 0: -1, 1: 0, 2: 1, 3: 1, 4: 2, 1023: 9, 1024: 10, 1<<62 + 1: 62} {
		if got := power(n); got != want {
			t.Errorf("power(%d) = %d, want %d", n, got, want)
		}
	}
}

// JSON that was read from corpus.json spells < as an escape; both forms must look the same, and a backslash before u003c must stay.
func TestIndentJSON(t *testing.T) {
	const want = "{\n  \"a\": \"<EMAIL> & \\\\u003c\",\n  \"b\": \"\\u202e\"\n}"
	for _, in := range []string{
		`{"a":"<EMAIL> & \\u003c","b":"` + "\u202e" + `"}`,
		`{"a":"\u003cEMAIL\u003e \u0026 \\u003c","b":"` + "\u202e" + `"}`,
	} {
		if got := indentJSON([]byte(in)); got != want {
			t.Errorf("indentJSON(%s) =\n%s\nwant\n%s", in, got, want)
		}
	}
	if got := indentJSON([]byte(`{"a":`)); got != "" {
		t.Errorf("broken JSON gives %q", got)
	}
}

// FuzzText feeds text from the outside to everything that writes it.
func FuzzText(f *testing.F) {
	for _, s := range []string{script, pipes, reversed, hebrew, formula, longURL, "a\x00\xff\n", "![x](http://y)", "&#60;", `\`, "```"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v := text(s)
		for _, out := range []string{v.String(), v.CSV(), svgName(s), measured("%s", s).Text, declared("x", s).Text} {
			if !utf8.ValidString(out) || strings.ContainsFunc(out, hidden) {
				t.Errorf("%q comes out as %q", s, out)
			}
		}
		if out := svgName(s); strings.ContainsAny(out, `<>"`) {
			t.Errorf("%q comes out in SVG as %q", s, out)
		}
		out := escapeMarkdown(v.String())
		for i, c := range out {
			if strings.ContainsRune("|*_`[]~!", c) && (i == 0 || out[i-1] != '\\') || c == '<' || c == '>' {
				t.Errorf("%q comes out in Markdown as %q", s, out)
				break
			}
		}
	})
}
