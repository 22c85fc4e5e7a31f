package filter

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"corpus"
)

// fineWebStages are the four quality stages in FineWeb's order, as its recipe sets them.
func fineWebStages(t testing.TB) []corpus.Stage {
	t.Helper()
	repetition, err := NewGopherRepetition(DefaultGopherRepetitionOptions())
	if err != nil {
		t.Fatal(err)
	}
	quality, err := NewGopherQuality(DefaultGopherQualityOptions())
	if err != nil {
		t.Fatal(err)
	}
	options := DefaultC4Options()
	options.FilterNoTerminalPunct = false
	c4, err := NewC4(options)
	if err != nil {
		t.Fatal(err)
	}
	fineweb, err := NewFineWeb(DefaultFineWebOptions())
	if err != nil {
		t.Fatal(err)
	}
	return []corpus.Stage{repetition, quality, c4, fineweb}
}

// benchmarkChain runs stages one after the other over the texts, in batches as the engine cuts them.
func benchmarkChain(b *testing.B, texts []string, process func(*corpus.Batch)) {
	b.Helper()
	size := 0
	for _, text := range texts {
		size += len(text)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for i := 0; i < len(texts); i += 64 {
			batch := &corpus.Batch{}
			for _, text := range texts[i:min(i+64, len(texts))] {
				batch.Documents = append(batch.Documents, &corpus.Document{Text: text})
			}
			process(batch)
		}
	}
}

// BenchmarkQualityTogether runs Gopher repetition, Gopher quality, C4 and FineWeb over the same documents.
func BenchmarkQualityTogether(b *testing.B) {
	stages := fineWebStages(b)
	run := func(batch *corpus.Batch) {
		for _, stage := range stages {
			if err := stage.Process(b.Context(), batch); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("prose", func(b *testing.B) { benchmarkChain(b, proseTexts(), run) })
	b.Run("docs", func(b *testing.B) { benchmarkChain(b, sharedTexts(b), run) })
}

// BenchmarkQualityTogetherPlain runs the plain algorithms of the tests over some of the prose, for comparison.
func BenchmarkQualityTogetherPlain(b *testing.B) {
	c4 := DefaultC4Options()
	c4.FilterNoTerminalPunct = false
	benchmarkChain(b, proseTexts()[:8], func(batch *corpus.Batch) {
		for doc := range batch.Live() {
			plainRepetition(DefaultGopherRepetitionOptions(), doc.Text)
			plainQuality(DefaultGopherQualityOptions(), doc.Text)
			text, _ := plainC4(c4, doc.Text)
			plainFineWeb(DefaultFineWebOptions(), text)
		}
	})
}

// prose is a text of n sentences that no quality rule drops: words come as often as in English, and longer passages hardly come again.
func prose(n int) string {
	random := rng(n)
	small := strings.Fields("the of and to a in that is was he for it with as his on be at by I this had not are but from or have an they which one you were all her she there would their we him been has when who will no more if out so up said what its about than into them can only other")
	var b strings.Builder
	for range n {
		for word := range 8 + random.IntN(20) {
			text := small[int(float64(len(small))*random.Float64()*random.Float64())]
			if random.IntN(5) > 1 {
				rank := int(math.Exp(random.Float64()*9.5)) * 7919 // one of 13,000 words, the first ones more often
				text = ""
				for range 2 + rank%3 {
					text += []string{"ba", "re", "sti", "mon", "ta", "ne", "lu", "in", "er", "co", "pre", "al", "din", "so", "vi", "ment"}[rank>>2&15]
					rank >>= 3
				}
			}
			switch {
			case word == 0:
				text = strings.ToUpper(text[:1]) + text[1:]
			case random.IntN(12) == 0:
				text = "," + " " + text
			default:
				text = " " + text
			}
			if random.IntN(60) == 0 {
				text += "'s"
			}
			b.WriteString(text)
		}
		b.WriteString([]string{". ", ". ", ". ", "? ", ".\n", ".\n\n", ".\" "}[random.IntN(7)])
	}
	return strings.TrimRight(b.String(), " \n\"?.") + "."
}

// proseTexts are texts of about 1 to 30 kB.
func proseTexts() (texts []string) {
	for i := range 32 {
		texts = append(texts, prose(8+i*8))
	}
	return texts
}

// sharedTexts is every tenth document of the shared English texts.
func sharedTexts(t testing.TB) (texts []string) {
	t.Helper()
	for i, line := range sharedLines(t, "text/docs.jsonl.xz") {
		if i%10 != 0 {
			continue
		}
		var doc struct{ Text string }
		if err := json.Unmarshal([]byte(line), &doc); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, doc.Text)
	}
	return texts
}

// TestBenchmarkProsePasses keeps the benchmark honest: no stage may be spared a text.
func TestBenchmarkProsePasses(t *testing.T) {
	texts := proseTexts()
	for i, doc := range process(t, fineWebStages(t)[0], texts...) {
		for _, stage := range fineWebStages(t) {
			if err := stage.Process(t.Context(), &corpus.Batch{Documents: []*corpus.Document{doc}}); err != nil {
				t.Fatal(err)
			}
		}
		if doc.Reason != nil {
			t.Errorf("text %d of %d bytes is dropped by %v with %s", i, len(texts[i]), doc.Reason, doc.Reason.Value)
		}
	}
}
