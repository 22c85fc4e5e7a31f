package filter

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// plainTerms is the plain search for terms: a walk over words, and at each a look-up of the terms that begin with it, longest first.
type plainTerms map[string][][]string

func newPlainTerms(terms []string) plainTerms {
	p := plainTerms{}
	for _, term := range terms {
		var list []string
		walk := plainWords{text: norm.NFC.String(term)}
		for word, ok := walk.next(); ok; word, ok = walk.next() {
			list = append(list, word)
		}
		p[list[0]] = append(p[list[0]], list[1:])
	}
	for _, tails := range p {
		slices.SortStableFunc(tails, func(a, b []string) int { return len(b) - len(a) })
	}
	return p
}

func (p plainTerms) measure(text string) (terms int, share float64) {
	total, listed := 0, 0
	walk := plainWords{text: text}
	for {
		word, ok := walk.next()
		if !ok {
			return terms, ratio(listed, total)
		}
		total++
		for _, tail := range p[word] {
			ahead := plainWords{text: text, pos: walk.pos}
			if ahead.follows(tail) {
				terms++
				listed += 1 + len(tail)
				total += len(tail)
				walk.pos = ahead.pos
				break
			}
		}
	}
}

type plainWords struct {
	text string
	pos  int
}

func (p *plainWords) next() (word string, ok bool) {
	for p.pos < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.text[p.pos:])
		switch {
		case runWidth(r) != 0:
			if word != "" {
				return word, true
			}
			p.pos += size
			return string(r), true
		case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsDigit(r):
			word += string(unicode.ToLower(r))
		case (r == '\'' || r == '’') && word != "" && letterAfter(p.text, p.pos+size):
			word += "'"
		case word != "":
			return word, true
		}
		p.pos += size
	}
	return word, word != ""
}

func (p *plainWords) follows(tail []string) bool {
	for _, want := range tail {
		if word, ok := p.next(); !ok || word != want {
			return false
		}
	}
	return true
}

func compareTermSearch(t *testing.T, terms []string, text string) {
	t.Helper()
	var patterns []string
	for _, term := range terms {
		list, err := termWords(term)
		if err != nil {
			t.Fatal(err)
		}
		patterns = append(patterns, termPattern(list))
	}
	search, err := newTermSearch(patterns)
	if err != nil {
		t.Fatal(err)
	}
	terms1, share1 := search.measure(text)
	terms2, share2 := newPlainTerms(terms).measure(text)
	if terms1 != terms2 || share1 != share2 {
		t.Fatalf("%q in %q: %d terms, share %v; the plain search has %d, %v", terms, text, terms1, share1, terms2, share2)
	}
}

// TestTermSearchIsThePlainSearch compares on made-up terms and texts, in which phrases begin, overlap and hold each other.
func TestTermSearchIsThePlainSearch(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	words := []string{"a", "b", "ab", "don't", "DON’T", "é", "É", "坏", "话", "カ", "x1", "ไ", "e\u0301", "c"}
	gaps := []string{" ", " ", " ", "", ", ", "'", "\n", "—", "’ ", "\xff", "\x00"}
	phrase := func(n int, gaps []string) string {
		var b strings.Builder
		for range n {
			b.WriteString(words[rng.IntN(len(words))] + gaps[rng.IntN(len(gaps))])
		}
		return b.String()
	}
	for range 4000 {
		var terms []string
		for range 1 + rng.IntN(6) {
			terms = append(terms, phrase(1+rng.IntN(4), gaps[:4]))
		}
		compareTermSearch(t, terms, norm.NFC.String(phrase(rng.IntN(40), gaps)))
	}
}

func FuzzTermSearch(f *testing.F) {
	f.Add("total blorp head|blorp|head to", "a total blorp head to toe, total blorp")
	f.Add("坏话|话", "他说坏话了")
	f.Add("a|a a|a b a", "a a b a' a")
	f.Fuzz(func(t *testing.T, terms, text string) {
		var list []string
		for _, term := range strings.Split(terms, "|") {
			if _, err := termWords(term); err == nil {
				list = append(list, term)
			}
		}
		if len(text) < 1000 {
			compareTermSearch(t, list, text)
		}
	})
}

// TestTermSearchTakesLinearTime gives texts in which terms begin everywhere and end late or never.
func TestTermSearchTakesLinearTime(t *testing.T) {
	patterns := []string{termPattern([]string{"a"}), termPattern(strings.Fields(rep(16, "a"))), termPattern([]string{"b", "c"})}
	search, err := newTermSearch(patterns)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		unit         string
		times, terms int
	}{
		{"a ", 1_600_000, 100_000},
		{"a" + strings.Repeat(" a", 14) + " x ", 100_000, 1_500_000},
		{"b ", 1_000_000, 0},
		{"a", 4_000_000, 0},
		{"坏", 1_000_000, 0},
		{"\xff", 4_000_000, 0},
		{"'", 4_000_000, 0},
	} {
		if terms, _ := search.measure(strings.Repeat(test.unit, test.times)); terms != test.terms {
			t.Errorf("%d × %q: %d terms, want %d", test.times, test.unit, terms, test.terms)
		}
	}
	long := strings.Repeat("x", 100_000_000)
	if terms, share := search.measure("a " + long + " a"); terms != 2 || share != 2./3 {
		t.Errorf("a line of 100 MB: %d terms, share %v", terms, share)
	}
}

// BenchmarkToxicityTermsPlain is the plain search over the English list, for comparison.
func BenchmarkToxicityTermsPlain(b *testing.B) {
	entries, err := toxicityList("en", nil)
	if err != nil {
		b.Fatal(err)
	}
	plain, text := newPlainTerms(entries), article(60)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		plain.measure(text)
	}
}

func BenchmarkToxicityParts(b *testing.B) {
	for _, part := range []string{"lists", "classifier", "both"} {
		options := DefaultToxicityOptions()
		if part == "lists" {
			options.Classifier.Use = false
		}
		if part == "classifier" {
			options.Lists = nil
		}
		stage, err := NewToxicity(options)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(part, func(b *testing.B) { benchmark(b, stage) })
	}
}
