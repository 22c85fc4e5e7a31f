package pretoken

import (
	"corpus/tokenize/internal/testtext"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// TestClassesAreThoseOfUnicode16 compares the character classes with those that Rust's regex-syntax has.
func TestClassesAreThoseOfUnicode16(t *testing.T) {
	want := map[string]map[rune]bool{}
	for line := range strings.Lines(string(testtext.ReadVector(t, "golden/unicode16-classes.txt.xz"))) {
		name, list, _ := strings.Cut(strings.TrimSpace(line), " ")
		want[name] = map[rune]bool{}
		for n := range strings.SplitSeq(list, ",") {
			r, err := strconv.Atoi(n)
			if err != nil {
				t.Fatal(err)
			}
			want[name][rune(r)] = true
		}
	}
	in := func(r rune, names ...string) bool {
		for _, n := range names {
			if want[n][r] {
				return true
			}
		}
		return false
	}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if 0xD800 <= r && r <= 0xDFFF {
			continue // no character
		}
		got, _ := classes.at(string(r), 0)
		for _, c := range []struct {
			class class
			want  bool
		}{
			{letter, in(r, "L")},
			{number, in(r, "N")},
			{space, in(r, "S")},
			{upper, in(r, "Lu", "Lt", "Lm", "Lo", "M")},
			{lower, in(r, "Ll", "Lm", "Lo", "M")},
		} {
			if (got&c.class != 0) != c.want {
				t.Fatalf("U+%04X: class %d is %v, want %v", r, c.class, !c.want, c.want)
			}
		}
	}
}

// TestClassesEqualGoTables compares characters that Go's tables of Unicode 15.0 have already: none of them changed its class
// until 16.0. The vectors have no signs, so that this is the second opinion on them.
func TestClassesEqualGoTables(t *testing.T) {
	if unicode.Version != "15.0.0" || unicodeVersion != "16.0.0" {
		t.Skipf("Go's tables are of Unicode %s and ours of %s: which characters changed between these was not looked up", unicode.Version, unicodeVersion)
	}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cc, unicode.Cf, unicode.Co) {
			continue // unassigned in 15.0
		}
		got := classes.of(r)
		for _, c := range []struct {
			class class
			want  bool
		}{
			{letter, unicode.Is(unicode.L, r)},
			{number, unicode.Is(unicode.N, r)},
			{sign, unicode.In(r, unicode.P, unicode.S)},
			{space, unicode.Is(unicode.White_Space, r)},
			{newline, r == '\n' || r == '\r'},
			{upper, unicode.In(r, unicode.Lu, unicode.Lt, unicode.Lm, unicode.Lo, unicode.M)},
			{lower, unicode.In(r, unicode.Ll, unicode.Lm, unicode.Lo, unicode.M)},
			{kana, r >= 0x4E00 && r <= 0x9FA5 || r >= 0x3040 && r <= 0x30FF},
		} {
			if (got&c.class != 0) != c.want {
				t.Fatalf("U+%04X: class %d is %v, want %v", r, c.class, !c.want, c.want)
			}
		}
	}
}
