package dedup

import (
	"crypto/sha256"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

// plainTextKey is the reference of textKey: what its comment says, with the standard library.
func plainTextKey(text string) [16]byte {
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(strings.ToLower(text)), " ")))
	return [16]byte(sum[:16])
}

func TestExactKey(t *testing.T) {
	tests := []struct {
		name, a, b string
		equal      bool
	}{
		{"same", "A page.", "A page.", true},
		{"case", "A PAGE Ärger ΣΑΣ", "a page ärger σασ", true},
		{"white space", "  a\tpage\n\nof text\u00a0", "a page of text", true},
		{"ideographic space", "東\u3000京", "東 京", true},
		{"space is not nothing", "apage", "a page", false},
		{"punctuation", "a page", "a page.", false},
		{"accent", "resume", "résumé", false},
		{"empty and blank", "", " \n", true},
		{"longer than the buffer", strings.Repeat("Wort ", 1000), strings.Repeat("wort\n", 1000), true},
		{"differs far behind", strings.Repeat("x", 5000) + "a", strings.Repeat("x", 5000) + "b", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if equal := textKey(tt.a) == textKey(tt.b); equal != tt.equal {
				t.Errorf("keys of %q and %q equal: %v, want %v", tt.a, tt.b, equal, tt.equal)
			}
		})
	}
}

// White space folds alike wherever it lies to the eight bytes and the buffer that are looked at at a time.
func TestExactKeyAtEdges(t *testing.T) {
	characters := []string{"A", " ", "\n", "é", "\u00a0"}
	for _, before := range []int{0, 1, 5, 1011, 1015, 1018, 1021, 1024} {
		for code := range 5 * 5 * 5 * 5 * 5 {
			text := strings.Repeat("x", before)
			for range 5 {
				text += characters[code%5]
				code /= 5
			}
			for _, text := range []string{text, text + "Z \t and more", text + "        \n"} {
				if textKey(text) != plainTextKey(text) {
					t.Fatalf("%q: one pass and reference differ", text)
				}
			}
		}
	}
	for b := range utf8.RuneSelf {
		text := strings.Repeat(string(rune(b)), 3) + "{[@ `z" + string(rune(b))
		if textKey(text) != plainTextKey(text) {
			t.Errorf("%q: one pass and reference differ", text)
		}
	}
}

func FuzzExactKey(f *testing.F) {
	for _, s := range []string{"", "Ab  c", "\u0085x\u2028", "İIı ẞ K", strings.Repeat("é", 600), strings.Repeat("a ", 1023) + "日"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			s = strings.ToValidUTF8(s, "\uFFFD")
		}
		if textKey(s) != plainTextKey(s) {
			t.Errorf("%q: one pass and reference differ", s)
		}
	})
}

func TestExactClusters(t *testing.T) {
	exact, err := NewExact(DefaultExactOptions())
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{"One text.", "another", "one  TEXT.", "third", "another", "One text.", "one text"}
	got, stats := resolve(t, setup{exact: exact}, texts)
	want := []Member{
		{Ref: 0, Survivor: 0, Similarity: 1},
		{Ref: 1, Survivor: 1, Similarity: 1},
		{Ref: 2, Survivor: 0, Method: "exact", Similarity: 1},
		{Ref: 4, Survivor: 1, Method: "exact", Similarity: 1},
		{Ref: 5, Survivor: 0, Method: "exact", Similarity: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff(Stats{Clusters: 2, Dropped: map[string]int64{"exact": 3}, LargestCluster: 3}, stats); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func BenchmarkExactKey(b *testing.B) {
	texts, size := benchTexts(b)
	for _, c := range []struct {
		name string
		key  func(string) [16]byte
	}{{"one-pass", textKey}, {"plain", plainTextKey}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(size)
			begin := cpuSeconds()
			for b.Loop() {
				for _, text := range texts {
					c.key(text)
				}
			}
			if spent := cpuSeconds() - begin; spent > 0 {
				b.ReportMetric(float64(size)*float64(b.N)/1e6/spent, "MB/CPU-s")
			}
		})
	}
}

var _ corpus.Exchange = (*Exact)(nil)
