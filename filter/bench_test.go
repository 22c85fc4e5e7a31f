package filter

import (
	"math/rand/v2"
	"testing"

	"corpus"
)

func rng(seed int) *rand.Rand { return rand.New(rand.NewPCG(uint64(seed), 11)) }

// benchmark runs a stage over articles of 1 to 30 kB; text is restored before each run.
func benchmark(b *testing.B, stage corpus.Stage) {
	b.Helper()
	var texts []string
	size := 0
	for i := range 32 {
		texts = append(texts, article(5+i*4))
		size += len(texts[i])
	}
	benchmarkTexts(b, stage, texts, size)
}

func benchmarkTexts(b *testing.B, stage corpus.Stage, texts []string, size int) {
	b.Helper()
	docs := make([]corpus.Document, len(texts))
	batch := &corpus.Batch{Documents: make([]*corpus.Document, len(texts))}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for i, text := range texts {
			docs[i] = corpus.Document{Text: text}
			batch.Documents[i] = &docs[i]
		}
		if err := stage.Process(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGopherQuality(b *testing.B) {
	stage, err := NewGopherQuality(DefaultGopherQualityOptions())
	if err != nil {
		b.Fatal(err)
	}
	benchmark(b, stage)
}

func BenchmarkGopherRepetition(b *testing.B) {
	stage, err := NewGopherRepetition(DefaultGopherRepetitionOptions())
	if err != nil {
		b.Fatal(err)
	}
	benchmark(b, stage)
}

// BenchmarkGopherRepetitionPlain is the plain algorithm of the tests, for comparison.
func BenchmarkGopherRepetitionPlain(b *testing.B) {
	text, options := article(60), DefaultGopherRepetitionOptions()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		plainRepetition(options, text)
	}
}

func BenchmarkC4(b *testing.B) {
	stage, err := NewC4(DefaultC4Options())
	if err != nil {
		b.Fatal(err)
	}
	benchmark(b, stage)
}

func BenchmarkFineWeb(b *testing.B) {
	stage, err := NewFineWeb(DefaultFineWebOptions())
	if err != nil {
		b.Fatal(err)
	}
	benchmark(b, stage)
}

func BenchmarkToxicity(b *testing.B) {
	options := DefaultToxicityOptions()
	options.Terms = []string{"blorp", "grue", "total blorp head"}
	stage, err := NewToxicity(options)
	if err != nil {
		b.Fatal(err)
	}
	benchmark(b, stage)
}

func BenchmarkPII(b *testing.B) {
	stage, err := NewPII(DefaultPIIOptions())
	if err != nil {
		b.Fatal(err)
	}
	b.Run("prose", func(b *testing.B) { benchmark(b, stage) })
	b.Run("finds", func(b *testing.B) {
		text := article(10) + "Call 212-555-2368 or mail a.b@c.com from 81.2.69.142 with 4111 1111 1111 1111.\n"
		benchmarkTexts(b, stage, []string{text}, len(text))
	})
}

// BenchmarkLanguage reads the first 1000 characters of a document, all of it by lines, and a sentence that both tiers are asked about; texts/s says more than MB/s.
func BenchmarkLanguage(b *testing.B) {
	run := func(name, text string, change func(*LanguageOptions)) {
		b.Run(name, func(b *testing.B) {
			stage := languageStage(b, change)
			batch := &corpus.Batch{Documents: []*corpus.Document{{Text: text}}}
			if err := stage.Process(b.Context(), batch); err != nil { // loads the models
				b.Fatal(err)
			}
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				*batch.Documents[0] = corpus.Document{Text: text}
				if err := stage.Process(b.Context(), batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "texts/s")
		})
	}
	document := article(20)
	sentence := "hotel restaurant bar central"
	run("document", document[:min(len(document), 2000)], func(*LanguageOptions) {})
	run("lines", document, func(o *LanguageOptions) { o.Mode = languageLines })
	run("sentence", sentence, func(*LanguageOptions) {})
	if linguaDefault != linguaNever {
		run("sentence, both tiers", sentence, func(o *LanguageOptions) { o.Detect, o.Lingua.Below = []string{"en", "es", "fr", "de", "ca"}, 1 })
	}
}
