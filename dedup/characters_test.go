package dedup

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// plainCharacterShingles is the reference of characterShingler: each shingle by itself, with the standard library.
func plainCharacterShingles(text string, n int, seed uint64) (list []uint64) {
	var folded []rune
	for _, r := range strings.Join(strings.Fields(text), " ") {
		folded = append(folded, unicode.ToLower(r))
	}
	for i := 0; i < len(folded) && (i == 0 || i+n <= len(folded)); i++ {
		sum := uint64(0)
		for _, r := range folded[i:min(i+n, len(folded))] {
			sum = sum*shingleBase + uint64(r)
		}
		list = append(list, mix64(sum+mix64(seed)))
	}
	return list
}

func FuzzCharacterShingles(f *testing.F) {
	f.Add("A  text\twith ÄÖ Ü, 日本語 and some more of it.", uint8(4))
	f.Add(" \n", uint8(1))
	f.Add("short", uint8(24))
	f.Add(strings.Repeat("long ", 400), uint8(24))
	f.Fuzz(func(t *testing.T, text string, n uint8) {
		if n == 0 || !utf8.ValidString(text) {
			return
		}
		s := newCharacterShingler(int(n), 1)
		for range 2 { // the second time with what the first left
			var got []uint64
			count := s.shingles(text, func(block []uint64) { got = append(got, block...) })
			if diff := cmp.Diff(plainCharacterShingles(text, int(n), 1), got); diff != "" {
				t.Errorf("%q: -plain +got:\n%s", text, diff)
			}
			if (count == 0) != (len(got) == 0) {
				t.Errorf("%q: %d characters, %d shingles", text, count, len(got))
			}
		}
	})
}

// TestCharacterShingles has texts whose words differ though hardly a character does, which words by five would not find.
func TestCharacterShingles(t *testing.T) {
	m := newMinHash(t, func(o *MinHashOptions) { o.Shingle, o.Characters = shingleCharacter, 4 })
	base := strings.Repeat("the cat sat on the mat while it rained all day in the old town by the sea ", 3) + "and some more was said of boats, weather and the long way home"
	texts := []string{base, strings.ReplaceAll(base, " the ", "  THE\n"), strings.Replace(base, "boats", "boat", 1), "something else that has nothing of it"}
	members, stats := resolve(t, setup{minhash: m}, texts)
	if len(members) != 3 || members[1].Similarity != 1 {
		t.Fatalf("%+v, %+v", members, stats)
	}
	set := func(text string) []uint64 {
		x := plainCharacterShingles(text, 4, 1)
		slices.Sort(x)
		return slices.Compact(x)
	}
	if want := jaccardOf(set(base), set(texts[2])); members[2].Similarity < want-1e-4 || members[2].Similarity > want+1e-4 {
		t.Errorf("similarity is %v, want %v", members[2].Similarity, want)
	}
}

func BenchmarkCharacterShingles(b *testing.B) {
	text := benchText()
	s := newCharacterShingler(24, 1)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		s.shingles(text, func([]uint64) {})
	}
}
