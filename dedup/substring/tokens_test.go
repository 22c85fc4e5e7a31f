package substring

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// letterTokens is a vocabulary in which the token of each letter is the letter one to three times.
func letterTokens() [][]byte {
	tokens := make([][]byte, 26)
	for i := range tokens {
		tokens[i] = []byte(strings.Repeat(string(rune('a'+i)), 1+i%3))
	}
	return tokens
}

// letterIDs are the tokens of a text of letters.
func letterIDs(text string) []uint32 {
	ids := make([]uint32, len(text))
	for i := range text {
		ids[i] = uint32(text[i] - 'a')
	}
	return ids
}

func spell(tokens [][]byte, ids []uint32) string {
	var b strings.Builder
	for _, id := range ids {
		b.Write(tokens[id])
	}
	return b.String()
}

func tokenOptions(length, keep int) Options {
	o := optionsFor(length, keep)
	o.Unit, o.Tokenizer, o.PartitionBytes = Tokens, "some", max(64, 8*length)
	return o
}

func makeTokenTexts(t testing.TB, tokens [][]byte, documents [][]uint32) *Texts {
	t.Helper()
	made := NewTokenTexts(tokens, 0, 0)
	for _, ids := range documents {
		if err := made.AddTokens(ids); err != nil {
			t.Fatal(err)
		}
	}
	return made
}

// searchTokens runs a Search over the documents and returns copies of its removals.
func searchTokens(t testing.TB, tokens [][]byte, documents [][]uint32, ranks []uint32, opts Options) []Removal {
	t.Helper()
	s, err := NewTokenSearch(opts, tokens, t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, ids := range documents {
		if err := s.AddTokens(ids); err != nil {
			t.Fatal(err)
		}
	}
	s.Rank(ranks)
	reader := makeTokenTexts(t, tokens, documents)
	if err := s.Find(context.Background(), reader); err != nil {
		t.Fatal(err)
	}
	var all []Removal
	for r, err := range s.Removals(context.Background(), reader) {
		if err != nil {
			t.Fatal(err)
		}
		r.Ranges = slices.Clone(r.Ranges)
		all = append(all, r)
	}
	return all
}

// The reference compares each window of tokens with each, as letters; what it removes is spelled in bytes.
func TestTokensAgreeWithPlainSearch(t *testing.T) {
	rng := rand.New(rand.NewPCG(23, 24))
	tokens := letterTokens()
	for round := range 600 {
		letters := mixture(rng, 1+rng.IntN(4))
		if round%50 == 0 { // more than one sample of offsets
			letters = append(letters, strings.Repeat(letters[0]+"abcabd", 40), strings.Repeat(letters[0]+"abcabd", 41))
		}
		ranks := randomRanks(rng, len(letters))
		opts := tokenOptions(2+rng.IntN(40), rng.IntN(4))
		if rng.IntN(4) > 0 {
			opts.PartitionBytes = mostSuffixes
		}
		want := plainSearch(letters, ranks, opts)
		var documents [][]uint32
		var texts []string
		var gone []bool // by byte
		for _, text := range letters {
			documents = append(documents, letterIDs(text))
			texts = append(texts, spell(tokens, letterIDs(text)))
			for i := range text {
				for range tokens[text[i]-'a'] {
					gone = append(gone, want.gone[i])
				}
			}
			want.gone = want.gone[len(text):]
		}
		made := makeTokenTexts(t, tokens, documents)
		made.Rank(ranks)
		for _, method := range []string{Anchors, SuffixArray} {
			opts.Method = method
			got := find(t, made, opts)
			for p, repeated := range want.repeated {
				if got.Repeated.Has(int64(p)) != repeated {
					t.Fatalf("%s, length %d, tokens %q: position %d: repeated %v, want %v", method, opts.MinLength, letters, p, !repeated, repeated)
				}
			}
			all := removals(got)
			if diff := cmp.Diff(gone, removed(t, texts, ranks, all, opts)); diff != "" {
				t.Fatalf("%s, length %d, keep %d, ranks %d, tokens %q: bytes removed (-want +got):\n%s", method, opts.MinLength, opts.Keep, ranks, letters, diff)
			}
			if method == Anchors {
				if diff := cmp.Diff(all, searchTokens(t, tokens, documents, ranks, opts)); diff != "" {
					t.Fatalf("length %d, keep %d, ranks %d, tokens %q (-find +search):\n%s", opts.MinLength, opts.Keep, ranks, letters, diff)
				}
			}
		}
	}
}

// removed checks the ranges and says which bytes they hold.
func removed(t testing.TB, texts []string, ranks []uint32, all []Removal, opts Options) []bool {
	t.Helper()
	var gone []bool
	for i, text := range texts {
		base := len(gone)
		gone = append(gone, make([]bool, len(text))...)
		for _, r := range all {
			if r.Document != i {
				continue
			}
			checkRanges(t, t.Name, texts, ranks, r, opts)
			for _, part := range r.Ranges {
				for j := range part.Length {
					gone[int64(base)+part.Offset+j] = true
				}
			}
		}
	}
	return gone
}

// Tokens may hold parts of characters; a range then ends before the character.
func TestTokensAreCutAtCharacters(t *testing.T) {
	tokens := [][]byte{[]byte("x"), []byte("yes "), []byte("no "), []byte("\xc3"), []byte("\xa4"), []byte("\xa5"), []byte("maybe ")}
	documents := [][]uint32{{0, 3, 4, 1, 2, 6, 3, 4}, {1, 5, 3, 4, 1, 2, 6, 3, 5, 2}}
	opts := tokenOptions(4, 1)
	for _, r := range removals(find(t, makeTokenTexts(t, tokens, documents), opts)) {
		if got, want := Apply(spell(tokens, documents[r.Document]), r.Ranges), "yes \xa5åno "; r.Document != 1 || got != want {
			t.Errorf("document %d: %q is left, want %q", r.Document, got, want)
		}
	}
}

func TestTokensAreChecked(t *testing.T) {
	opts := tokenOptions(10, 1)
	made := NewTokenTexts(letterTokens(), 10, 1)
	if made.AddTokens([]uint32{3, 26}) == nil || made.Len() != 0 {
		t.Error("an id that the vocabulary does not have is taken")
	}
	if made.Add("abc") == nil || new(Texts).AddTokens([]uint32{1}) == nil {
		t.Error("texts take bytes and tokens")
	}
	f, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Find(context.Background(), makeTexts(t, []string{"abc"})); err == nil {
		t.Error("texts of bytes are searched for tokens")
	}
	if _, err := NewSearch(opts, t.TempDir(), 1); err == nil {
		t.Error("a search for tokens has no vocabulary")
	}
	s, err := NewTokenSearch(opts, letterTokens(), t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.Add(nil) == nil || s.AddTokens([]uint32{26}) == nil {
		t.Error("a search for tokens takes what is none")
	}
	for range 2 {
		if err := s.AddTokens(letterIDs("abcdefghijklmno")); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Find(context.Background(), makeTokenTexts(t, letterTokens(), [][]uint32{letterIDs("abcdefghijklmno"), letterIDs("abcdefghijklmno")})); err != nil {
		t.Fatal(err)
	}
	for _, err := range s.Removals(context.Background(), unknown{}) {
		if err == nil {
			t.Error("a document that changed is removed from")
		}
	}
}

// unknown is a reader of tokens that the vocabulary does not have.
type unknown struct{}

func (unknown) ReadText(_ int, _ int64, buffer []byte) error {
	for i := range buffer {
		buffer[i] = 0xff
	}
	return nil
}
