package convert

import (
	"fmt"
	"path/filepath"
	"testing"

	"corpus"
	"corpus/shard"
)

// BenchmarkConvert converts shards of 2 MiB; bytes are those of their tokens. Checking them and both digests are part of it.
func BenchmarkConvert(b *testing.B) {
	opts := shard.DefaultOptions()
	opts.VocabSize, opts.EOS, opts.BOS, opts.Pad, opts.Packing = 50_000, 0, shard.NoToken, shard.NoToken, shard.BestFit
	run, dir := filepath.Join(b.TempDir(), "0.run"), b.TempDir()
	w, err := shard.NewRunWriter(run, opts)
	if err != nil {
		b.Fatal(err)
	}
	tokens := make([]uint32, 500)
	for i := range 2000 {
		for k := range tokens {
			tokens[k] = uint32(1 + (i*7919+k*104729)%49_999)
		}
		if err := w.Add(shard.TokenizedDocument{Ref: corpus.MakeRef(0, i), ID: fmt.Sprint(i), Tokens: tokens}); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := w.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
	result, err := shard.Pack(b.Context(), []string{run}, dir, opts)
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range Formats() {
		b.Run(f.Name, func(b *testing.B) {
			b.SetBytes(2 * (result.Train.Tokens + result.Validation.Tokens))
			out := b.TempDir()
			for i := range b.N {
				if _, err := Convert(b.Context(), dir, filepath.Join(out, fmt.Sprint(i)), Options{Format: f.Name}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
