package tokenize

import (
	"corpus/tokenize/internal/testtext"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// BenchmarkEncode measures ordinary text of ours: cold with a new Encoder each time, warm with one that has met the words.
func BenchmarkEncode(b *testing.B) {
	m := trained(b, nil)
	text := testtext.Sample(1, 4<<20)
	b.Run("cold", func(b *testing.B) { benchmarkCold(b, m, text) })
	b.Run("warm", func(b *testing.B) { benchmarkWarm(b, m, text) })
}

func benchmarkCold(b *testing.B, m *Model, text string) {
	var ids []uint32
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		ids = m.NewEncoder().Encode(ids[:0], text)
	}
}

func benchmarkWarm(b *testing.B, m *Model, text string) {
	e := m.NewEncoder()
	ids := e.Encode(nil, text)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		ids = e.Encode(ids[:0], text)
	}
}

// BenchmarkEncodeShared measures the published vocabularies on the shared texts, where they are there: English, and the
// Universal Declaration of Human Rights in hundreds of languages.
func BenchmarkEncodeShared(b *testing.B) {
	for _, c := range []struct{ name, text string }{{"english", testtext.English(b)}, {"udhr", string(testtext.ReadVector(b, "golden/udhr.txt.xz"))}} {
		for _, name := range []string{"r50k_base", "cl100k_base", "o200k_base"} {
			m := loadVector(b, name+".tiktoken")
			b.Run(c.name+"/"+name+"/cold", func(b *testing.B) { benchmarkCold(b, m, c.text) })
			b.Run(c.name+"/"+name+"/warm", func(b *testing.B) { benchmarkWarm(b, m, c.text) })
		}
	}
}

// BenchmarkEncodeWorst measures words of one, four and sixteen MiB: the speed must not depend on the length.
func BenchmarkEncodeWorst(b *testing.B) {
	m := trained(b, func(o *TrainOptions) { o.Pattern = "gpt2" })
	for _, c := range worstTexts {
		for _, size := range []int{1 << 20, 4 << 20, 16 << 20} {
			b.Run(fmt.Sprintf("%s/%dMiB", c.name, size>>20), func(b *testing.B) { benchmarkWarm(b, m, c.text(size)) })
		}
	}
}

// worstTexts are texts that are one word, or are all of words that are never met again.
var worstTexts = []struct {
	name string
	text func(size int) string
}{
	{"letter", func(n int) string { return strings.Repeat("a", n) }},
	{"spaces", func(n int) string { return strings.Repeat(" ", n) }},
	{"emoji", func(n int) string { return strings.Repeat("🙂", n/4) }},
	{"digits", func(n int) string { return strings.Repeat("0123456789", n/10) }},
	{"quotes", func(n int) string { return strings.Repeat("a'", n/2) }},
	{"random letters", func(n int) string {
		rng := rand.New(rand.NewPCG(1, 1))
		text := make([]byte, n)
		for i := range text {
			text[i] = 'a' + byte(rng.IntN(26))
		}
		return string(text)
	}},
	{"random bytes", func(n int) string {
		rng := rand.New(rand.NewPCG(1, 1))
		text := make([]byte, n)
		for i := range text {
			text[i] = 0x80 + byte(rng.IntN(128))
		}
		return string(text)
	}},
}

// BenchmarkMerge measures merging without caches: the plain way and by backtracking.
func BenchmarkMerge(b *testing.B) {
	m := trained(b, nil)
	text := testtext.Sample(3, 1<<16)
	var words []string
	for w := range m.pattern.Words(text) {
		words = append(words, w)
	}
	var ids []uint32
	b.Run("scan", func(b *testing.B) {
		var s mergeScratch
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			for _, w := range words {
				ids = m.mergeWord(&s, ids[:0], w)
			}
		}
	})
	b.Run("backtrack", func(b *testing.B) {
		s := mergeScratch{memo: make([]uint64, 1<<pairMemoBits)}
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			for _, w := range words {
				ids, _ = m.backtracker().encode(&s, ids[:0], w)
			}
		}
	})
}

// BenchmarkIDs measures documents of a few KB, whose ids are kept.
func BenchmarkIDs(b *testing.B) {
	m := trained(b, nil)
	text := testtext.Sample(1, 4<<10)
	for _, c := range []struct {
		name   string
		encode func(e *Encoder) []uint32
	}{
		{"IDs", func(e *Encoder) []uint32 { return e.IDs(text) }},
		{"Encode", func(e *Encoder) []uint32 { return e.Encode(nil, text) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			e := m.NewEncoder()
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				c.encode(e)
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	m := trained(b, nil)
	text := testtext.Sample(1, 1<<20)
	ids := m.NewEncoder().Encode(nil, text)
	var out []byte
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		var err error
		if out, err = m.AppendDecode(out[:0], ids); err != nil {
			b.Fatal(err)
		}
	}
}
