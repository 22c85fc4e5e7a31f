package toxic

import (
	"bufio"
	"bytes"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
)

func builtinModelOf(t testing.TB) *Model {
	t.Helper()
	m, _, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// plainScore is Score from its definition: words first, then pieces, then passages.
func plainScore(m *Model, text string) Score {
	type piece struct {
		sum float64
		n   int
	}
	isMasked := map[uint64]bool{}
	for _, hash := range m.weights.Masked {
		isMasked[hash] = true
	}
	var pieces []piece
	start, previous, offset := 0, Open, 0
	for t := range Tokens(text) {
		// The tokens come without their place: the next word of the text that reads like this one is it.
		at := offset + placeOf(text[offset:])
		offset = at + lengthOf(text[at:])
		if len(pieces) == 0 || at-start >= pieceBytes {
			if len(pieces) > 0 {
				start = at
			}
			pieces = append(pieces, piece{})
		}
		p := &pieces[len(pieces)-1]
		hash := t.Hash
		switch weight, known := m.weights.Words[hash]; {
		case isMasked[hash]:
			hash = Mask
		case known:
			p.sum += float64(weight) * float64(m.weights.WordUnit)
		default:
			for _, g := range Grams(nil, t.Word) {
				p.sum += float64(m.weights.Grams[g]) * float64(m.weights.GramUnit)
			}
		}
		p.sum += float64(m.weights.Pairs[Pair(previous, hash)]) * float64(m.weights.PairUnit)
		p.n++
		previous = hash
	}
	var s Score
	passage := func(p piece) {
		v := 1 / (1 + math.Exp(-(float64(m.weights.Bias) + p.sum/math.Pow(float64(p.n+1), .6))))
		s.Max = max(s.Max, v)
		s.Mean += v
		s.Passages++
	}
	if len(pieces) == 1 {
		passage(pieces[0])
	}
	for i := 1; i < len(pieces); i++ {
		passage(piece{pieces[i-1].sum + pieces[i].sum, pieces[i-1].n + pieces[i].n})
	}
	if s.Passages > 0 {
		s.Mean /= float64(s.Passages)
	}
	return s
}

// placeOf is the offset of the first word, lengthOf the length of the word that a text starts with.
func placeOf(text string) int {
	for i, r := range text {
		if letter(r) || signOf(r) != 0 {
			return i
		}
	}
	return len(text)
}

func lengthOf(text string) int {
	if sign := signs[text[0]]; sign != 0 {
		return len(text) - len(strings.TrimLeftFunc(text, func(r rune) bool { return signOf(r) == sign }))
	}
	for i, r := range text {
		if !letter(r) && !((r == '\'' || r == '’') && letterAt(text, i+len(string(r)))) {
			return i
		}
	}
	return len(text)
}

func compareWithPlain(t *testing.T, m *Model, text string) {
	t.Helper()
	got, want := m.Score(text), plainScore(m, text)
	if got.Passages != want.Passages || math.Abs(got.Max-want.Max) > 1e-9 || math.Abs(got.Mean-want.Mean) > 1e-9 {
		t.Errorf("%.300q: %+v, want %+v", text, got, want)
	}
}

// TestScoreIsThePlainScore compares the one pass with the plain definition on made-up texts of all kinds of characters.
func TestScoreIsThePlainScore(t *testing.T) {
	m := builtinModelOf(t)
	rng := rand.New(rand.NewPCG(1, 2))
	parts := []string{"You", "are", "an", "idiot", "don't", "don’t", "women", "MUSLIMS", "zxqvw", "Ärger", "坏话", "!", "!!!", "?", ".", "\n\n", "'", "''", "’", "e\u0301",
		"\xff", "\x00", "a", "I", "12", "hello-world", "{", "(x)", "_", "!(", "f**k", strings.Repeat("x", 47), strings.Repeat("x", 48), strings.Repeat("x", 49), strings.Repeat("é", 30), "stupid", "thanks"}
	for range 3000 {
		var b strings.Builder
		for range rng.IntN(1 << rng.IntN(10)) {
			b.WriteString(parts[rng.IntN(len(parts))])
			if rng.IntN(5) > 0 {
				b.WriteByte(' ')
			}
		}
		compareWithPlain(t, m, b.String())
	}
}

func FuzzScore(f *testing.F) {
	for _, seed := range []string{"", "You are an idiot!!", "a'b ’c d'’e", "\xff'\xc3!", strings.Repeat("word ", 400)} {
		f.Add(seed)
	}
	m := builtinModelOf(f)
	f.Fuzz(func(t *testing.T, text string) { compareWithPlain(t, m, text) })
}

func TestPassages(t *testing.T) {
	m, card, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	kind := strings.Repeat("The library opens at nine and the garden behind it is quiet in the morning. ", 13) // 1,001 bytes
	abuse := strings.Repeat("You stupid idiot, shut up and go to hell you pathetic loser. ", 8)
	for _, test := range []struct {
		name, text string
		passages   int
		max, mean  bool // whether at least the threshold
	}{
		{"empty", "", 0, false, false},
		{"no words", " … — \n", 0, false, false},
		{"one word", "thanks", 1, false, false},
		{"one sentence of abuse", abuse[:61], 1, true, true},
		{"kind", kind, 5, false, false},
		{"long and kind", strings.Repeat(kind, 20), 101, false, false},
		{"abuse inside a long text", strings.Repeat(kind, 10) + abuse + strings.Repeat(kind, 10), 104, true, false},
		{"abuse throughout", strings.Repeat(abuse, 20), 50, true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := m.Score(test.text)
			if got.Passages != test.passages {
				t.Errorf("%d passages, want %d", got.Passages, test.passages)
			}
			if (got.Max >= card.Threshold) != test.max || (got.Mean >= card.Threshold) != test.mean {
				t.Errorf("max %.3f, mean %.3f at a threshold of %v", got.Max, got.Mean, card.Threshold)
			}
		})
	}
}

// TestAnyBytes gives texts that have little to do with language; the fast and the plain form agree and come to an end.
func TestAnyBytes(t *testing.T) {
	m := builtinModelOf(t)
	for _, text := range []string{"\x00\x00", "\xff\xfe", "\u202eabc\u202c", strings.Repeat("!", 3000), strings.Repeat("'", 3000), strings.Repeat("a'", 3000), strings.Repeat("({!", 3000), strings.Repeat("\u0301", 3000)} {
		compareWithPlain(t, m, text)
	}
	for _, unit := range []string{"x", "é", "a ", "'", "!", "\xc3"} {
		if s := m.Score(strings.Repeat(unit, 10_000_000/len(unit))); math.IsNaN(s.Max) || s.Max < 0 || s.Max > 1 {
			t.Errorf("%q throughout: %+v", unit, s)
		}
	}
}

// texts reads documents that lie beside the project, else makes some.
func texts(b *testing.B) []string {
	const path = "../../../shared/data/text/docs.jsonl.xz"
	if _, err := os.Stat(path); err == nil {
		if out, err := exec.Command("sh", "-c", "xz -dc "+path+" | head -c 8000000").Output(); err == nil {
			var list []string
			s := bufio.NewScanner(bytes.NewReader(out))
			s.Buffer(nil, 1<<26)
			for s.Scan() {
				list = append(list, s.Text())
			}
			return list
		}
	}
	return []string{strings.Repeat("The library opens at nine, and its garden is quiet in the morning; don't miss the zinnias!\n", 10000)}
}

func benchmarkScore(b *testing.B, score func(string) Score) {
	list, size := texts(b), 0
	for _, text := range list {
		size += len(text)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range list {
			score(text)
		}
	}
}

func BenchmarkScore(b *testing.B) { benchmarkScore(b, builtinModelOf(b).Score) }

// BenchmarkScorePlain is the plain form of the tests.
func BenchmarkScorePlain(b *testing.B) {
	m := builtinModelOf(b)
	benchmarkScore(b, func(text string) Score { return plainScore(m, text) })
}
