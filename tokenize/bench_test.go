package tokenize

import (
	"context"
	"corpus/tokenize/internal/testtext"
	"testing"
)

func BenchmarkCount(b *testing.B) {
	text := testtext.Sample(1, 1<<20)
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
	text := testtext.Sample(1, 8<<20)
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
