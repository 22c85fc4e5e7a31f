package tokenize

import (
	"slices"
	"strings"
	"testing"

	"github.com/dlclark/regexp2"
	"github.com/google/go-cmp/cmp"
)

// referenceWords cuts text by the published expression with a backtracking engine. It is the plain
// reference of the scanners. The engine classes characters by Go's tables, so that those which are
// younger are first put in place of older ones of the same class; and it does not
// fold U+017F, which is therefore spelled out.
func referenceWords(t testing.TB, p *Pattern) func(text string) []string {
	t.Helper()
	expr := strings.ReplaceAll(p.Regex, "(?i:'s|'t|'re|'ve|'m|'ll|'d)", "(?:'[sSſ]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])")
	re, err := regexp2.Compile(expr, regexp2.None)
	if err != nil {
		t.Fatal(err)
	}
	return func(text string) []string {
		var runes []rune
		var ends []int // ends[k]: end of the k-th character in text
		for i, r := range text {
			if i > 0 {
				ends = append(ends, i)
			}
			runes = append(runes, standIn(r))
		}
		ends = append(ends, len(text))
		var words []string
		from := 0
		for m, err := re.FindRunesMatch(runes); m != nil || err != nil; m, err = re.FindNextMatch(m) {
			if err != nil {
				t.Fatal(err)
			}
			to := ends[m.Index+m.Length-1]
			words = append(words, text[from:to])
			from = to
		}
		return words
	}
}

func standIn(r rune) rune {
	for _, n := range sinceUnicode15 {
		if n.lo <= r && r <= n.hi {
			switch n.class {
			case classLu:
				return 'Ä'
			case classLl:
				return 'ä'
			case classLo:
				return 'あ'
			case classM:
				return 0x0301
			case number:
				return '٣'
			}
		}
	}
	return r
}

func TestWords(t *testing.T) {
	for _, c := range []struct {
		name, pattern, text string
		want                []string
	}{
		{"gpt2 contraction is lower case only", "gpt2", "we're WE'RE", []string{"we", "'re", " WE", "'", "RE"}},
		{"gpt2 numbers are whole", "gpt2", "in 12345", []string{"in", " 12345"}},
		{"gpt2 last space joins the word", "gpt2", "a   b ", []string{"a", "  ", " b", " "}},
		{"cl100k contraction in any case", "cl100k", "WE'RE it'ſ", []string{"WE", "'RE", " it", "'ſ"}},
		{"cl100k numbers by three", "cl100k", "in 12345", []string{"in", " ", "123", "45"}},
		{"cl100k line ends", "cl100k", "a \n\n  b.\r\n c", []string{"a", " \n\n", " ", " b", ".\r\n", " c"}},
		{"cl100k bad bytes are punctuation", "cl100k", "a\xff\xfeb", []string{"a", "\xff\xfe", "b"}},
		{"o200k camel case", "o200k", "parseHTTPRequest'S x/y/", []string{"parse", "HTTPRequest'S", " x", "/y", "/"}},
		{"o200k marks", "o200k", "e\u0301\u0301A 漢AB", []string{"e\u0301\u0301", "A", " 漢", "AB"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := FindPattern(c.pattern)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, slices.Collect(p.Words(c.text))); diff != "" {
				t.Errorf("words (-want +got):\n%s", diff)
			}
		})
	}
}

// scanSeeds are texts in which the rules meet.
var scanSeeds = []string{
	"", " ", "  ", "\n", " \n ", "\n\n  x", "\r\n\t x\r\n", "'s", "'S''ll'LL'lx", "it's they'RE 'ſ x'ſ",
	"a1b22c333d4444", " 12 345 6789", "…—'' ?!\n\n/ //", "naïve e\u0301\u0301 \u0301A", "漢字かなABC дом ДОМ Dž", "\u00a0x\u2003y\u3000",
	"\xff\xfe\x80a\xc3", "a\u0085b", "\u0301ABC", "HTTPRequest'd/\r\n/", "\U00010D50\U00010D70'\U00010D50", "١٢٣٤", "ʰʰAʰB", "\u200d\U0001F600 \U0001F600",
}

// checkWords compares scanner and reference.
func checkWords(t *testing.T, p *Pattern, reference func(string) []string, text string) {
	t.Helper()
	if diff := cmp.Diff(reference(text), slices.Collect(p.Words(text))); diff != "" {
		t.Errorf("%s, %q (-reference +scanner):\n%s", p.Name, text, diff)
	}
}

func TestWordsEqualReference(t *testing.T) {
	for _, p := range patterns {
		reference := referenceWords(t, p)
		for _, text := range scanSeeds {
			checkWords(t, p, reference, text)
		}
	}
}

func FuzzWords(f *testing.F) {
	references := make([]func(string) []string, len(patterns))
	for i, p := range patterns {
		references[i] = referenceWords(f, p)
	}
	for _, s := range scanSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for i, p := range patterns {
			checkWords(t, p, references[i], text[:min(len(text), 300)]) // the reference is not linear
		}
	})
}

func FuzzWordsOfClasses(f *testing.F) {
	references := make([]func(string) []string, len(patterns))
	for i, p := range patterns {
		references[i] = referenceWords(f, p)
	}
	// Each byte picks a character, so that mutation meets the rules more often than with raw text.
	alphabet := []rune(" \n\r\t'sSſtTrReEvVlLdDmM/.!1٣²aAäÄǅʰあ漢\u0301\u0489\u00a0\u2028\u0085\ufffd\U0001F600\U00010D50\U00010D70\U00010D40\u0897\U0002EBF0")
	f.Add([]byte("\x00\x01\x02\x03\x04\x05\x06\x07"))
	f.Add([]byte("0123456789abcdefghijklmnopq"))
	f.Fuzz(func(t *testing.T, picks []byte) {
		var b strings.Builder
		for _, k := range picks[:min(len(picks), 64)] {
			b.WriteRune(alphabet[int(k)%len(alphabet)])
		}
		for i, p := range patterns {
			checkWords(t, p, references[i], b.String())
		}
	})
}
