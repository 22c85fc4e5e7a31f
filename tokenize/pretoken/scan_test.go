package pretoken

import (
	"corpus/tokenize/internal/testtext"
	"slices"
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
			p, err := Find(c.pattern)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, slices.Collect(p.Words(c.text))); diff != "" {
				t.Errorf("words (-want +got):\n%s", diff)
			}
		})
	}
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
		for _, text := range testtext.Seeds {
			checkWords(t, p, reference, text)
		}
	}
}

func FuzzWords(f *testing.F) {
	references := make([]func(string) []string, len(patterns))
	for i, p := range patterns {
		references[i] = referenceWords(f, p)
	}
	for _, s := range testtext.Seeds {
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
	f.Add([]byte("\x00\x01\x02\x03\x04\x05\x06\x07"))
	f.Add([]byte("0123456789abcdefghijklmnopq"))
	f.Fuzz(func(t *testing.T, picks []byte) {
		text := testtext.OfPicks(picks[:min(len(picks), 64)])
		for i, p := range patterns {
			checkWords(t, p, references[i], text)
		}
	})
}
