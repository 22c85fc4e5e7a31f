package audit

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPairExcerpts(t *testing.T) {
	long := strings.Repeat("the same words ", 40) // 600 bytes
	tests := []struct {
		name          string
		first, second string
		excerpt       int
		same          int64
		equal         bool
		wantFirst     string
		wantSecond    string
	}{
		{"different from the start", "apples", "pears", 100, 0, false, "apples", "pears"},
		{"equal", "apples", "apples", 100, 6, true, "apples", "apples"},
		{"one begins the other", "apples", "apples and pears", 100, 6, false, "apples", "apples and pears"},
		{"one is not known", "", "pears", 100, 0, false, "", "pears"},
		{"within a character", "caf\u00e9", "caf\u00e8", 100, 3, false, "caf\u00e9", "caf\u00e8"},
		{"no word between", strings.Repeat("x", 100) + "a", strings.Repeat("x", 100) + "b", 10, 100, false, "…xxxxxa", "…xxxxxb"},
		{"far into the text", long + "apples", long + "pears", 40, 600, false, "…the same words apples", "…the same words pears"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := Pair{First: PairDocument{text: tt.first}, Second: PairDocument{text: tt.second}}
			p.cut(tt.excerpt)
			if p.Same != tt.same || p.Equal != tt.equal {
				t.Errorf("same %d, equal %t; want %d, %t", p.Same, p.Equal, tt.same, tt.equal)
			}
			if p.First.Excerpt != tt.wantFirst || p.Second.Excerpt != tt.wantSecond {
				t.Errorf("excerpts %q and %q, want %q and %q", p.First.Excerpt, p.Second.Excerpt, tt.wantFirst, tt.wantSecond)
			}
		})
	}
}

// Excerpts are whole characters, wherever texts part.
func TestPairExcerptsAreText(t *testing.T) {
	text := strings.Repeat("漢字 кириллица é 🙂", 30)
	for at := range text {
		for _, excerpt := range []int{1, 7, 200} {
			p := Pair{First: PairDocument{text: text}, Second: PairDocument{text: text[:at] + "x" + text[at:]}}
			p.cut(excerpt)
			if !utf8.ValidString(p.First.Excerpt) || !utf8.ValidString(p.Second.Excerpt) {
				t.Fatalf("parted at %d, %d bytes: %q, %q", at, excerpt, p.First.Excerpt, p.Second.Excerpt)
			}
		}
	}
}
