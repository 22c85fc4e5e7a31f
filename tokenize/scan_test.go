package tokenize

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

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
		{"llama3 is cl100k", "llama3", "It'S 12345\n", []string{"It", "'S", " ", "123", "45", "\n"}},
		{"qwen2 digits one by one", "qwen2", "in 12", []string{"in", " ", "1", "2"}},
		{"deepseek-v3 numbers come first", "deepseek-v3", "a  12345", []string{"a", "  ", "123", "45"}},
		{"deepseek-v3 sign and letters", "deepseek-v3", "x.foo((bar", []string{"x", ".foo", "((", "bar"}},
		{"deepseek-v3 kana and han apart", "deepseek-v3", " 漢字ab・あ", []string{" ", "漢字", "ab", "・", "あ"}},
		{"deepseek-v3 control characters", "deepseek-v3", "\x01\x02a\x03", []string{"\x01", "\x02a", "\x03"}},
		{"whitespace", "whitespace", "a, b\n\nc  d ", []string{"a,", " b", "\n", "\n", "c", " ", " d", " "}},
		{"bytes", "bytes", "a b\n\xff", []string{"a b\n\xff"}},
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
	"漢字、あ・い゛ー\u3040\u3041\u3097\u309b龥龦 漢", "\x00\x01a\x02\u0301\x03漢\x04", "\u00adx \ufeff\ufeffx\ue000\ue001", "  123\n 漢\n\n  a \u2028\u0085 b", " (foo)[bar]\xffx ^^\r\n",
	"I'Ve İ'ſ K'\u212a", "\r\r\n \t\n x\u00a0\u00a0y", "\U0001F468\u200d\U0001F469\u200d\U0001F467\ufe0f a\ufe0fb",
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

// hardAlphabet are characters at which the patterns' rules differ.
var hardAlphabet = []rune(" \n\r\t'sSſtTrReEvVlLdDmM/.!1٣²aAäÄǅʰあ漢\u0301\u0489\u00a0\u2028\u0085\ufffd\U0001F600\U00010D50\U00010D70\U00010D40\u0897\U0002EBF0(\x00\u200d\u00ad・\u3040\u309b龦\u212a")

// textOfPicks lets each byte pick a character, so that mutation meets the rules more often than with raw text.
func textOfPicks(picks []byte) string {
	var b strings.Builder
	for _, k := range picks {
		b.WriteRune(hardAlphabet[int(k)%len(hardAlphabet)])
	}
	return b.String()
}

func FuzzWordsOfClasses(f *testing.F) {
	references := make([]func(string) []string, len(patterns))
	for i, p := range patterns {
		references[i] = referenceWords(f, p)
	}
	f.Add([]byte("\x00\x01\x02\x03\x04\x05\x06\x07"))
	f.Add([]byte("0123456789abcdefghijklmnopq"))
	f.Fuzz(func(t *testing.T, picks []byte) {
		text := textOfPicks(picks[:min(len(picks), 64)])
		for i, p := range patterns {
			checkWords(t, p, references[i], text)
		}
	})
}
