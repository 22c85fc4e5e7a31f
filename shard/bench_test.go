package shard

import (
	"context"
	"io"
	"path/filepath"
	"strconv"
	"testing"

	"corpus"
)

// benchmarkDocuments makes documents of 500 to 1,500 tokens, of a vocabulary that takes two bytes a token.
func benchmarkDocuments(n int) ([]TokenizedDocument, int64) {
	docs := make([]TokenizedDocument, n)
	tokens := 0
	for i := range docs {
		docs[i] = TokenizedDocument{Ref: corpus.MakeRef(0, i), ID: "0123456789abcdef" + strconv.Itoa(i), Tokens: randomTokens(uint64(i), 500+i*7919%1001, 32000)}
		tokens += len(docs[i].Tokens)
	}
	return docs, int64(2 * tokens)
}

// Bytes per second below are bytes of packed tokens.

func BenchmarkWriter(b *testing.B) {
	tokens := randomTokens(1, 1<<20, 32000)
	packed := appendTokens(nil, tokens, 2)
	path := filepath.Join(b.TempDir(), FileName(Train, 0))
	b.SetBytes(int64(16 * len(packed)))
	for b.Loop() {
		w, err := Create(path, Header{VocabSize: 32000, EOS: NoEOS})
		if err != nil {
			b.Fatal(err)
		}
		if err := w.begin(flagBegin); err != nil {
			b.Fatal(err)
		}
		for range 16 {
			if err := w.writeBytes(packed); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRunWriter(b *testing.B) {
	docs, bytes := benchmarkDocuments(20_000)
	opts := testOptions(32000)
	opts.MemoryBytes = 64 << 20
	path := filepath.Join(b.TempDir(), "0.run")
	b.SetBytes(bytes)
	for b.Loop() {
		w, err := NewRunWriter(path, opts)
		if err != nil {
			b.Fatal(err)
		}
		for _, d := range docs {
			if err := w.Add(d); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := w.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPack(b *testing.B) {
	docs, bytes := benchmarkDocuments(20_000)
	for _, packing := range []string{Concat, BestFit} {
		b.Run(packing, func(b *testing.B) {
			opts := testOptions(32000)
			opts.Packing, opts.SequenceLength = packing, DefaultOptions().SequenceLength
			opts.TokensPerShard = DefaultOptions().TokensPerShard
			opts.MemoryBytes = 64 << 20
			runs := writeRuns(b, b.TempDir(), docs, opts, 4, func(i int) int { return i % 4 })
			dir := b.TempDir()
			b.SetBytes(bytes)
			for b.Loop() {
				if _, err := Pack(context.Background(), runs, dir, opts); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSetRead(b *testing.B) {
	for _, size := range []int{257, 8 * 1025, 1 << 20} {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			dir := b.TempDir()
			writeShard(b, dir, Train, Header{VocabSize: 32000, EOS: NoEOS}, randomTokens(1, 1<<22, 32000))
			s, err := OpenSet(dir, Train)
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			dst := make([]uint32, size)
			b.SetBytes(int64(2 * size))
			b.ReportAllocs()
			at := int64(0)
			for b.Loop() {
				if _, err := s.Read(dst, at); err != nil && err != io.EOF {
					b.Fatal(err)
				}
				if at += int64(size); at+int64(size) > s.Tokens() {
					at = 0
				}
			}
		})
	}
}

func BenchmarkFileVerify(b *testing.B) {
	path := writeShard(b, b.TempDir(), Train, Header{VocabSize: 32000, EOS: NoEOS}, randomTokens(1, 1<<22, 32000))
	f, err := OpenFile(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	b.SetBytes(1 << 23)
	for b.Loop() {
		if err := f.Verify(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLocate(b *testing.B) {
	docs, _ := benchmarkDocuments(20_000)
	opts := testOptions(32000)
	opts.TokensPerShard = 1 << 20
	dir, result := packAll(b, docs, opts)
	i := 0
	for b.Loop() {
		i++
		if _, err := Locate(dir, FileName(Train, i%(result.Train.Shards-1)), int64(i)*7919%(1<<20)); err != nil {
			b.Fatal(err)
		}
	}
}
