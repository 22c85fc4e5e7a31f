package tokenize

import (
	"context"
	"strings"
	"testing"
)

func BenchmarkScan(b *testing.B) {
	text := sampleText(1, 1<<20)
	for _, p := range patterns {
		b.Run(p.Name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				for i := 0; i < len(text); {
					i = p.next(text, i)
				}
			}
		})
	}
}

func BenchmarkCount(b *testing.B) {
	text := sampleText(1, 1<<20)
	counter, err := NewCounter("cl100k", b.TempDir(), 1<<30)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if err := counter.Add(text); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTrain counts and merges; the bytes are those of the text.
func BenchmarkTrain(b *testing.B) {
	text := sampleText(1, 8<<20)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		counter, err := NewCounter("cl100k", b.TempDir(), 1<<30)
		if err != nil {
			b.Fatal(err)
		}
		if err := counter.Add(text); err != nil {
			b.Fatal(err)
		}
		if _, err := Train(context.Background(), counter.Words(context.Background()), DefaultTrainOptions(), nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	m := trained(b, nil)
	for _, c := range []struct{ name, text string }{
		{"text", sampleText(1, 1<<20)},
		{"letter", strings.Repeat("a", 1<<20)},
		{"emoji", strings.Repeat("🙂", 1<<18)},
	} {
		b.Run(c.name, func(b *testing.B) {
			e := m.NewEncoder()
			var ids []uint32
			b.SetBytes(int64(len(c.text)))
			for b.Loop() {
				ids = e.Encode(ids[:0], c.text)
			}
		})
	}
	b.Run("cold", func(b *testing.B) {
		text := sampleText(1, 1<<20)
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			m.NewEncoder().Encode(nil, text)
		}
	})
}
