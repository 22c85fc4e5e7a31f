package tokenize

import (
	"corpus/tokenize/internal/testtext"
	"corpus/tokenize/pretoken"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// randomModel returns a model of random merges over few letters, in which ties, overlaps and tokens that only whole words
// give are common.
func randomModel(t testing.TB, rng *rand.Rand) *Model {
	t.Helper()
	var tokens [][]byte
	for b := range 256 {
		tokens = append(tokens, []byte{byte(b)})
	}
	ids := []uint32{'a', 'b', 'c'}[:1+rng.IntN(3)]
	seen := map[string]bool{}
	var merges []merge
	for range 1 + rng.IntN(30) {
		l, r := ids[rng.IntN(len(ids))], ids[rng.IntN(len(ids))]
		joined := slices.Concat(tokens[l], tokens[r])
		if len(joined) > 12 || seen[string(joined)] {
			continue
		}
		seen[string(joined)] = true
		id := uint32(len(tokens))
		tokens = append(tokens, joined)
		ids = append(ids, id)
		merges = append(merges, merge{l, r, id})
	}
	p, err := pretoken.Find("gpt2")
	if err != nil {
		t.Fatal(err)
	}
	m, err := newModel(p, tokens, nil, merges)
	if err != nil {
		t.Skip(err)
	}
	return m
}

// everyWord calls f with every word of up to n of the letters a, b and c.
func everyWord(n int, f func(string)) {
	word := make([]byte, 0, n)
	var grow func()
	grow = func() {
		if len(word) > 0 {
			f(string(word))
		}
		if len(word) == n {
			return
		}
		for _, c := range []byte("abc") {
			word = append(word, c)
			grow()
			word = word[:len(word)-1]
		}
	}
	grow()
}

// TestBacktrackEqualsMerging compares every short word, and long ones, in many small vocabularies.
func TestBacktrackEqualsMerging(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 3))
	tested, merged := 0, 0
	for range 300 {
		m := randomModel(t, rng)
		b := m.backtracker()
		var s, plain mergeScratch
		compare := func(word string) {
			want := m.encodeWord(&plain, nil, word)
			got, ok := b.encode(&s, nil, word)
			if !ok {
				merged++
				return
			}
			tested++
			if !slices.Equal(got, want) {
				t.Fatalf("%q in a vocabulary with the merges %v: %v %v, by merging %v", word, m.merges, got, ok, want)
			}
		}
		everyWord(6, compare)
		for range 50 {
			word := make([]byte, 1+rng.IntN(300))
			for i := range word {
				word[i] = 'a' + byte(rng.IntN(1+rng.IntN(3)))
			}
			compare(string(word))
		}
	}
	if tested < merged {
		t.Errorf("%d words were compared, %d must be merged", tested, merged)
	}
}

// TestBacktrackOfPublishedVocabularies compares the words of real text in many languages.
func TestBacktrackOfPublishedVocabularies(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	text := string(testtext.ReadVector(t, "golden/fuzz5k.txt"))
	for _, name := range []string{"r50k_base", "cl100k_base", "o200k_base"} {
		m := loadVector(t, name+".tiktoken")
		b := m.backtracker()
		if b == nil {
			t.Fatalf("%s has tokens that are made before their parts", name)
		}
		var s, plain mergeScratch
		for w := range m.pattern.Words(text) {
			want := m.encodeWord(&plain, nil, w)
			if got, ok := b.encode(&s, nil, w); !ok || !slices.Equal(got, want) {
				t.Fatalf("%s, %q: %v, by merging %v", name, w, got, want)
			}
		}
	}
}

// FuzzBacktrack compares with merging by scan.
func FuzzBacktrack(f *testing.F) {
	for _, s := range encodeSeeds {
		f.Add(s)
	}
	m := trained(f, nil)
	b := m.backtracker()
	if b == nil {
		f.Fatal("a trained vocabulary has tokens that are made before their parts")
	}
	s := mergeScratch{memo: make([]uint64, 1<<pairMemoBits)}
	f.Fuzz(func(t *testing.T, word string) {
		word = word[:min(len(word), 2000)]
		if word == "" {
			return
		}
		got, ok := b.encode(&s, nil, word)
		if diff := cmp.Diff(append([]uint32(nil), m.mergeByScan(new(mergeScratch), word)...), got); diff != "" || !ok {
			t.Errorf("%q %v (-scan +backtrack):\n%s", word, ok, diff)
		}
	})
}

// TestMadeBeforeParts has a merge of a token that a later merge makes: backtracking would be wrong where it applies.
func TestMadeBeforeParts(t *testing.T) {
	var tokens [][]byte
	for b := range 256 {
		tokens = append(tokens, []byte{byte(b)})
	}
	tokens = append(tokens, []byte("ab"), []byte("abc"))
	p, err := pretoken.Find("gpt2")
	if err != nil {
		t.Fatal(err)
	}
	m, err := newModel(p, tokens, nil, []merge{{256, 'c', 257}, {'a', 'b', 256}})
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]bool{"ab": true, "cab": true, "xabcx": false} {
		if _, ok := m.backtracker().encode(new(mergeScratch), nil, word); ok != want {
			t.Errorf("%q is encoded by backtracking: %v", word, ok)
		}
	}
	text := "abc ab abcab " + strings.Repeat("abc", 100)
	if diff := cmp.Diff(referenceEncode(m, text), m.NewEncoder().Encode(nil, text)); diff != "" {
		t.Errorf("-reference +encoder:\n%s", diff)
	}
}

func TestTokenTrie(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	set := map[string]uint32{}
	for len(set) < 3000 {
		b := make([]byte, 1+rng.IntN(6))
		for i := range b {
			b[i] = byte(rng.IntN(8) * 36)
		}
		if _, ok := set[string(b)]; !ok {
			set[string(b)] = uint32(len(set))
		}
	}
	var tokens []trieToken
	for s, id := range set {
		tokens = append(tokens, trieToken{[]byte(s), id})
	}
	slices.SortFunc(tokens, func(a, b trieToken) int { return strings.Compare(string(a.text), string(b.text)) })
	longest := func(text string) (uint32, int) {
		for n := min(len(text), 6); n > 0; n-- {
			if id, ok := set[text[:n]]; ok {
				return id, n
			}
		}
		return noID, 0
	}
	trie := newTokenTrie(tokens, func(id, of uint32) {
		text := string(tokens[slices.IndexFunc(tokens, func(t trieToken) bool { return t.id == id })].text)
		if want, _ := longest(text[:len(text)-1]); want != of {
			t.Errorf("the longest token within %q is %d, want %d", text, of, want)
		}
	})
	for range 20_000 {
		b := make([]byte, rng.IntN(9))
		for i := range b {
			b[i] = byte(rng.IntN(9) * 31)
			if rng.IntN(4) > 0 {
				b[i] = byte(rng.IntN(8) * 36)
			}
		}
		id, n := trie.longest(string(b))
		wantID, wantN := longest(string(b))
		if n != wantN || n > 0 && id != wantID {
			t.Fatalf("%q starts with token %d of %d bytes, want %d of %d", b, id, n, wantID, wantN)
		}
	}
}
