package pretoken

import (
	"corpus/tokenize/internal/testtext"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lanesHere are the ways to class a window that this processor has.
func lanesHere() []lanes {
	all := []lanes{plain, avx2, avx512}
	return all[:widestLanes+1]
}

func (l lanes) String() string { return [...]string{"plain", "avx2", "avx512"}[l] }

// cutNext are the ends by next, the plain reference of cut.
func cutNext(p *Pattern, text string, from int) []uint32 {
	ends := []uint32{}
	for i := from; i < len(text); {
		i = p.next(text, i)
		ends = append(ends, uint32(i-from))
	}
	return ends
}

// checkCut compares cutWindows with next, with buffers of size ends at a time.
func checkCut(t *testing.T, p *Pattern, text string, from, size int) {
	t.Helper()
	want := cutNext(p, text, from)
	for _, l := range lanesHere() {
		got := []uint32{}
		ends := make([]uint32, size)
		for i := from; i < len(text); {
			n := p.cutWindows(l, ends, text, i)
			if n <= 0 || n > size {
				t.Fatalf("%s, %s: cut of %q from %d gives %d ends for a buffer of %d", p.Name, l, text, i, n, size)
			}
			for _, e := range ends[:n] {
				got = append(got, uint32(i-from)+e)
			}
			i += int(ends[n-1])
		}
		if !slices.Equal(want, got) {
			k := 0
			for k < min(len(want), len(got)) && want[k] == got[k] {
				k++
			}
			t.Fatalf("%s, %s, %.500q from %d: word %d ends at %v, by next at %v", p.Name, l, text, from, k, got[k:min(k+3, len(got))], want[k:min(k+3, len(want))])
		}
	}
}

func vectorPatterns() []*Pattern {
	var found []*Pattern
	for _, p := range patterns {
		if p.rule != ruleNone {
			found = append(found, p)
		}
	}
	return found
}

// cutAlphabets are pieces of text; those of one alphabet meet each other's rules.
var cutAlphabets = map[string][]string{
	"words":        strings.Split("the|cat|'s|'LL|n't| | | |, |. |\n|\n\n|HTTP|Request|x1|2024|12|7|(|)|\"|/|don't|it's| '|''", "|"),
	"white space":  {" ", "\n", "\r", "\t", "\u00a0", "\u3000", "\u0085", "a", "!", "  ", "/"},
	"numbers":      {"1", "23", "456", "²", "٣", "१", "a", " ", "\U0001D7CE"},
	"apostrophes":  {"'", "s", "S", "t", "re", "VE", "ll", "lL", "ſ", "d", "m", "x", " ", "é", "漢", "\u0301"},
	"cases":        {"a", "B", "c", "D", "Ä", "ä", "ʰ", "あ", "ǅ", "\u0301", " ", "'s", "д", "Д", "!"},
	"marks":        {"\u0301", "\u0489", "a", "A", "!", "(", " ", "\n", "/", "漢", "1", "\ufe0f", "\U0001F600", "\u200d"},
	"bad bytes":    {"\xff", "\x80", "\xc3", "\xe2\x80", "\xf0\x9f\x98", "\xed\xa0\x80", "\xc0\xaf", "\xe0\x80\x80", "\xf4\x90\x80\x80", "a", " ", "é", "“"},
	"many scripts": {"дом ", "ДОМ", "שלום", " العربية", "हिन्दी", "漢字", "かな", "한국어 ", "ελ", "“", "”", "…", " — ", "naïve", "🙂", "𐐷", "𐐀"},
	"every byte":   everyByte(),
}

func everyByte() []string {
	var all []string
	for b := range 256 {
		all = append(all, string([]byte{byte(b)}))
	}
	return all
}

func TestCutEqualsNext(t *testing.T) {
	for name, pieces := range cutAlphabets {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(6, uint64(len(pieces))))
			for range 60 {
				var b strings.Builder
				for range r.IntN(90) {
					b.WriteString(pieces[r.IntN(len(pieces))])
				}
				for _, p := range vectorPatterns() {
					checkCut(t, p, b.String(), 0, 200)
				}
			}
		})
	}
}

// TestCutAtEveryOffset moves the hard places over all places of a window, and the end of the text with them.
func TestCutAtEveryOffset(t *testing.T) {
	for _, seed := range append(slices.Clone(testtext.Seeds), "a! \n\n  b'll 12345 “x” d'ſ", strings.Repeat("漢字かな ", 9)) {
		for k := range windowSize + 6 {
			for _, filler := range []string{"x", "é "} {
				text := strings.Repeat(filler, k) + seed
				for _, p := range vectorPatterns() {
					checkCut(t, p, text, 0, 64)
					checkCut(t, p, text+" tail", min(k, len(text)), 3)
				}
			}
		}
	}
}

// TestCutOfVectors cuts texts of nearly all scripts and random ones whole, so that windows fall anywhere.
func TestCutOfVectors(t *testing.T) {
	for _, name := range []string{"golden/udhr.txt.xz", "golden/fuzz5k.txt"} {
		text := string(testtext.ReadVector(t, name))
		for _, p := range vectorPatterns() {
			checkCut(t, p, text, 0, 1024)
		}
	}
}

// TestWindowClasses compares the masks of a window with the table of classes, for every character.
func TestWindowClasses(t *testing.T) {
	check := func(t *testing.T, text string) {
		for _, l := range lanesHere() {
			var w window
			w.load(l, text, 0)
			for i := 0; i < min(len(text), windowSize); {
				c, n := classes.at(text, i)
				for k := i; k < min(i+n, windowSize); k++ {
					bit := func(m uint64) bool { return m>>k&1 == 1 }
					got := [...]bool{bit(w.letter), bit(w.number), bit(w.space), bit(w.newline), bit(w.upper), bit(w.lower),
						bit(w.blank), bit(w.quote), bit(w.slash), bit(w.high), bit(w.inner)}
					b := text[k]
					want := [...]bool{c&letter != 0, c&number != 0, c&space != 0, c&newline != 0, c&upper != 0, c&lower != 0,
						b == ' ', b == '\'', b == '/', b >= 0x80, k > i}
					if want != got {
						t.Fatalf("%s: byte %d of %q (-table +masks):\n%s", l, k, text, cmp.Diff(want, got))
					}
				}
				i += n
			}
		}
	}
	var b strings.Builder
	for r := rune(0); r < 0x32000; r++ {
		b.WriteRune(r)
		if b.Len() >= windowSize-8 {
			check(t, b.String())
			check(t, b.String()+"xxxxxxxx")
			b.Reset()
		}
	}
}

func FuzzCut(f *testing.F) {
	for _, s := range testtext.Seeds {
		f.Add(s, 0, 7)
		f.Add(strings.Repeat("word ", 12)+s+strings.Repeat(" word", 14), 3, 100)
	}
	f.Fuzz(func(t *testing.T, text string, from, size int) {
		for _, p := range vectorPatterns() {
			checkCut(t, p, text, min(max(from, 0), len(text)), min(max(size, 1), 1<<12))
		}
	})
}

// FuzzCutOfPieces picks a piece of text by each byte, so that mutation meets the rules more often.
func FuzzCutOfPieces(f *testing.F) {
	var pieces []string
	for _, name := range []string{"words", "white space", "numbers", "apostrophes", "cases", "marks", "bad bytes", "many scripts"} {
		pieces = append(pieces, cutAlphabets[name]...)
	}
	f.Add([]byte("\x00\x01\x02\x03\x04\x05\x06\x07"))
	f.Add([]byte("0123456789abcdefghijklmnopqABCDEFGHIJKLM"))
	f.Fuzz(func(t *testing.T, picks []byte) {
		var b strings.Builder
		for _, k := range picks[:min(len(picks), 500)] {
			b.WriteString(pieces[int(k)%len(pieces)])
		}
		for _, p := range vectorPatterns() {
			checkCut(t, p, b.String(), 0, 256)
		}
	})
}

// BenchmarkCut cuts text by every pattern and way, and by next for comparison: of English documents and of
// the Universal Declaration of Human Rights in 388 languages, where they are there.
func BenchmarkCut(b *testing.B) {
	for _, text := range []struct{ name, text string }{{"english", testtext.English(b)[:6_000_000]}, {"multilingual", string(testtext.ReadVector(b, "golden/udhr.txt.xz"))}} {
		for _, p := range vectorPatterns() {
			b.Run(fmt.Sprintf("%s/%s/next", p.Name, text.name), func(b *testing.B) {
				b.SetBytes(int64(len(text.text)))
				for b.Loop() {
					for i := 0; i < len(text.text); {
						i = p.next(text.text, i)
					}
				}
			})
			for _, l := range lanesHere() {
				b.Run(fmt.Sprintf("%s/%s/%s", p.Name, text.name, l), func(b *testing.B) {
					ends := make([]uint32, 1024)
					b.SetBytes(int64(len(text.text)))
					for b.Loop() {
						for i := 0; i < len(text.text); {
							n := p.cutWindows(l, ends, text.text, i)
							i += int(ends[n-1])
						}
					}
				})
			}
		}
	}
}

func BenchmarkScan(b *testing.B) {
	for _, c := range []struct{ name, text string }{{"english", testtext.Sample(1, 1<<20)}, {"testtext.Multilingual", strings.Repeat(testtext.Multilingual, 1<<10)}} {
		for _, p := range patterns {
			b.Run(c.name+"/"+p.Name, func(b *testing.B) {
				b.SetBytes(int64(len(c.text)))
				for b.Loop() {
					for i := 0; i < len(c.text); {
						i = p.next(c.text, i)
					}
				}
			})
		}
	}
}
