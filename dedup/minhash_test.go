package dedup

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"corpus"
)

var _ corpus.Exchange = (*MinHash)(nil)

func newMinHash(t testing.TB, change func(*MinHashOptions)) *MinHash {
	t.Helper()
	opts := DefaultMinHashOptions()
	if change != nil {
		change(&opts)
	}
	m, err := NewMinHash(opts)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// plainWords is the reference of the shingler's scan.
func plainWords(text string) []string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case !unicode.In(r, unicode.L, unicode.M, unicode.Nd):
			b.WriteRune(' ')
		case unicode.In(r, unspaced...):
			b.WriteString(" " + string(r) + " ")
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return strings.Fields(b.String())
}

// plainWordHash is the reference of a word's hash.
func plainWordHash(word string) uint64 {
	h := uint64(wordSeed)
	for chunk := range slices.Chunk([]byte(word), 16) {
		var block [16]byte
		copy(block[:], chunk)
		hi, lo := bits.Mul64(h^binary.LittleEndian.Uint64(block[:]), wordBase^binary.LittleEndian.Uint64(block[8:]))
		h = hi ^ lo
	}
	return h
}

// plainShingles is the reference of shingles: each shingle by itself, by the formula.
func plainShingles(text string, n int, seed uint64) []uint64 {
	var out []uint64
	w := plainWords(text)
	for i := 0; i < len(w) && (i == 0 || i+n <= len(w)); i++ {
		var sum uint64
		for _, word := range w[i:min(i+n, len(w))] {
			sum = sum*shingleBase + plainWordHash(word)
		}
		hi, lo := bits.Mul64(sum+mix64(seed), wordBase)
		out = append(out, hi^lo)
	}
	return out
}

// plainSignature is the reference of Signature: in every round all shingles are thrown, and only bins that no earlier round has filled take the least value.
func plainSignature(m *MinHash, text string) []uint32 {
	set := plainShingles(text, m.opts.Ngram, m.opts.Seed)
	if len(set) == 0 {
		return nil
	}
	k := m.opts.Bands * m.opts.Rows
	signature := slices.Repeat([]uint32{math.MaxUint32}, k)
	for round := 0; slices.Contains(signature, math.MaxUint32); round++ {
		before := slices.Clone(signature)
		for _, x := range set {
			h := x
			if round > 0 {
				h = again64(x, uint64(round))
			}
			bin, _ := bits.Mul64(h, uint64(k))
			if round >= k {
				bin = uint64(round-1) % uint64(k)
			}
			if before[bin] == math.MaxUint32 {
				signature[bin] = min(signature[bin], uint32(h))
			}
		}
	}
	return signature
}

func TestWords(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"nothing", "", nil},
		{"no words", " .,;—\n", nil},
		{"English", "Don't panic, it's 42.", []string{"don", "t", "panic", "it", "s", "42"}},
		{"lower case", "ÄRGER Straße ΣΟΦΙΑ", []string{"ärger", "straße", "σοφια"}},
		{"marks stay", "हिन्दी भाषा", []string{"हिन्दी", "भाषा"}},
		{"Han", "東京2024年", []string{"東", "京", "2024", "年"}},
		{"Kana among Latin", "aのb", []string{"a", "の", "b"}},
		{"Korean has spaces", "한국어 문장", []string{"한국어", "문장"}},
		{"Thai", "ภาษา", []string{"ภ", "า", "ษ", "า"}},
		{"invalid bytes part words", "a\xffb", []string{"a", "b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var want []uint64
			for _, w := range tt.want {
				want = append(want, mixShingle(plainWordHash(w)+mix64(1)))
			}
			var got []uint64
			newShingler(1, 1).shingles(tt.text, func(block []uint64) { got = append(got, block...) })
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("words differ from %q: %s", tt.want, diff)
			}
		})
	}
}

func TestShortTextsAreOneShingle(t *testing.T) {
	m := newMinHash(t, nil)
	if m.Signature("— !") != nil {
		t.Error("a text without words has a signature")
	}
	if !slices.Equal(m.Signature("three short words"), m.Signature("Three, short: WORDS")) {
		t.Error("the same three words give different signatures")
	}
	if equal := equalValues(m.Signature("three short words"), m.Signature("three short word")); equal > 5 {
		t.Errorf("different short texts agree in %d of 112 places", equal)
	}
}

func equalValues(a, b []uint32) int {
	n := 0
	for i := range a {
		if a[i] == b[i] {
			n++
		}
	}
	return n
}

// The signature of a text is part of what makes two builds equal: it must not change unnoticed.
func TestSignatureIsFixed(t *testing.T) {
	got := newMinHash(t, nil).Signature("The quick brown fox jumps over the lazy dog; 敏捷的棕色狐狸.")[:6]
	want := []uint32{876198227, 791137824, 3918089350, 1582275648, 1324173560, 3100688356}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if equal := equalValues(newMinHash(t, nil).Signature("a b c d e f"), newMinHash(t, func(o *MinHashOptions) { o.Seed = 2 }).Signature("a b c d e f")); equal > 5 {
		t.Errorf("signatures of two seeds agree in %d places", equal)
	}
}

func FuzzSignature(f *testing.F) {
	f.Add("", 5)
	f.Add("a b c d e f g", 3)
	f.Add("Привет, мир! 東京タワー 한국어 हिन्दी ภาษา \xff x", 2)
	f.Add(strings.Repeat("many words and more ", 400), 5)
	f.Add("İstanbul KELVIN K ÅÅ", 1)
	f.Add(strings.Repeat("x", windowBytes-1)+" y", 2)
	f.Add(strings.Repeat("a bc ", 900)+strings.Repeat("Long", 2000)+"é, "+strings.Repeat("東", 3000), 3)
	f.Add("word of sixteen: abcdefghijklmnop, ofseventeen12345, of32letters67890abcdefghijklmnopqr", 1)
	f.Fuzz(func(t *testing.T, text string, n int) {
		n = 1 + int(uint(n)%maxNgram)
		var got []uint64
		count := newShingler(n, 1).shingles(text, func(block []uint64) { got = append(got, block...) })
		if diff := cmp.Diff(plainShingles(text, n, 1), got); diff != "" {
			t.Fatalf("shingles of %q: -reference +got:\n%s", text, diff)
		}
		if want := len(plainWords(text)); count != want {
			t.Fatalf("%q: %d words, want %d", text, count, want)
		}
		m := newMinHash(t, func(o *MinHashOptions) { o.Ngram, o.Bands, o.Rows = n, 3, 2 })
		if diff := cmp.Diff(plainSignature(m, text), m.Signature(text)); diff != "" {
			t.Fatalf("signature of %q: -reference +got:\n%s", text, diff)
		}
	})
}

func TestSignatureEstimatesJaccard(t *testing.T) {
	m := newMinHash(t, nil)
	rng := rand.New(rand.NewPCG(5, 5))
	for _, s := range []float64{0, .2, .5, .8, .95, 1} {
		const pairs = 100
		var want, got float64
		for range pairs {
			a, b := alike(rng, 120, s)
			want += jaccard(a, b, 5) / pairs
			got += float64(equalValues(m.Signature(a), m.Signature(b))) / 256 / pairs
		}
		if limit := 4*math.Sqrt(want*(1-want)/256/pairs) + 1e-9; math.Abs(got-want) > limit {
			t.Errorf("Jaccard %.3f is estimated as %.3f, more than %.3f away", want, got, limit)
		}
	}
}

// The share of pairs that the bands catch follows 1 - (1 - s^8)^32.
func TestCurve(t *testing.T) {
	m := newMinHash(t, func(o *MinHashOptions) { o.Threshold = 0 })
	rng := rand.New(rand.NewPCG(6, 6))
	const pairs = 250
	var texts []string
	levels := []float64{.5, .6, .7, .8, .9}
	for _, s := range levels {
		for range pairs {
			a, b := alike(rng, 120, s)
			texts = append(texts, a, b)
		}
	}
	members, _ := resolve(t, setup{minhash: m}, texts)
	caught := make([]float64, len(levels))
	for _, member := range members {
		if member.Method == "minhash" {
			if member.Ref != member.Survivor+1 || member.Survivor%2 != 0 {
				t.Fatalf("%+v: unrelated texts in one cluster", member)
			}
			caught[int(member.Ref)/2/pairs]++
		}
	}
	for i, got := range caught {
		s := jaccard(texts[2*pairs*i], texts[2*pairs*i+1], 5)
		want := 1 - math.Pow(1-math.Pow(s, 8), 32)
		got /= pairs
		if limit := 4 * math.Sqrt(want*(1-want)/pairs); math.Abs(got-want) > limit {
			t.Errorf("similarity %.3f: %.3f of the pairs are caught, want %.3f ± %.3f", s, got, want, limit)
		}
	}
}

// Pairs that share a band by chance do not pass the threshold.
func TestThresholdRemovesChanceCollisions(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	var texts []string
	for range 300 {
		a, b := alike(rng, 120, .5)
		texts = append(texts, a, b)
	}
	a, b := alike(rng, 120, .95)
	texts = append(texts, a, b)
	loose, _ := resolve(t, setup{minhash: newMinHash(t, func(o *MinHashOptions) { o.Threshold = 0 })}, texts)
	strict, stats := resolve(t, setup{minhash: newMinHash(t, nil)}, texts)
	if len(loose) < 2*10 {
		t.Errorf("without a threshold %d documents are in clusters: too few to test it", len(loose))
	}
	want := []Member{
		{Ref: 600, Survivor: 600, Similarity: 1},
		{Ref: 601, Survivor: 600, Method: "minhash", Similarity: strict[len(strict)-1].Similarity},
	}
	if diff := cmp.Diff(want, strict); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if stats.CandidatePairs < 10 || stats.AcceptedPairs != 1 {
		t.Errorf("%d candidate pairs, %d accepted, want many and 1", stats.CandidatePairs, stats.AcceptedPairs)
	}
}

func TestMinHashOptions(t *testing.T) {
	if err := DefaultMinHashOptions().Validate(); err != nil {
		t.Errorf("defaults: %v", err)
	}
	tests := []struct {
		key    string
		change func(*MinHashOptions)
	}{
		{"ngram", func(o *MinHashOptions) { o.Ngram = 0 }},
		{"ngram", func(o *MinHashOptions) { o.Ngram = 65 }},
		{"bands", func(o *MinHashOptions) { o.Bands = 257 }},
		{"rows", func(o *MinHashOptions) { o.Rows = -1 }},
		{"threshold", func(o *MinHashOptions) { o.Threshold = 1.01 }},
		{"threshold", func(o *MinHashOptions) { o.Threshold = math.NaN() }},
	}
	for i, tt := range tests {
		t.Run(fmt.Sprint(i, tt.key), func(t *testing.T) {
			opts := DefaultMinHashOptions()
			tt.change(&opts)
			_, err := NewMinHash(opts)
			var bad *corpus.OptionError
			if !errors.As(err, &bad) || bad.Key != tt.key {
				t.Errorf("error %v, want one for %q", err, tt.key)
			}
		})
	}
}

// TestBucketsPairWithTheFirstAndTheOneBefore reduces one bucket of four and one of one.
func TestPairsOfABucket(t *testing.T) {
	pairs := func(refs ...corpus.Ref) [][2]corpus.Ref {
		var in []corpus.Pair
		for _, ref := range refs {
			in = append(in, corpus.Pair{Key: []byte("bucket"), Ref: ref})
		}
		in = append(in, corpus.Pair{Key: []byte("other"), Ref: 10_000})
		var got [][2]corpus.Ref
		err := newMinHash(t, nil).Reduce(context.Background(), 0, reusing(in), func(p corpus.Pair) error {
			if len(p.Key) != 2*refSize { // the report of a large bucket
				return nil
			}
			got = append(got, [2]corpus.Ref{readRef(p.Key), readRef(p.Key[refSize:])})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if diff := cmp.Diff([][2]corpus.Ref{{1, 4}, {1, 6}, {4, 6}, {1, 9}, {4, 9}, {6, 9}}, pairs(1, 4, 6, 9)); diff != "" {
		t.Errorf("a small bucket: -want +got:\n%s", diff)
	}
	var many []corpus.Ref
	for i := range corpus.Ref(40) {
		many = append(many, i)
	}
	if got, want := len(pairs(many[:maxAllPairs]...)), maxAllPairs*(maxAllPairs-1)/2; got != want {
		t.Errorf("%d pairs of %d documents, want all %d", got, maxAllPairs, want)
	}
	got := map[[2]corpus.Ref]bool{}
	for _, p := range pairs(many...) {
		got[p] = true
	}
	for b := range corpus.Ref(40) {
		for a := range b {
			if want := a < maxAllPairs-1 || a == b-1; got[[2]corpus.Ref{a, b}] != want {
				t.Errorf("documents %d and %d of 40: paired %t, want %t", a, b, !want, want)
			}
		}
	}
}
