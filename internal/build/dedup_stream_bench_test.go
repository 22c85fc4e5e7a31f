package build_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"corpus"
	"corpus/dedup"
	"corpus/internal/build"

	"github.com/klauspost/compress/zstd"
)

// benchLines are real documents as JSON Lines where they are beside the project and xz is installed, else some made-up ones.
func benchLines(b *testing.B) []byte {
	path := filepath.Join("..", "..", "..", "shared", "data", "text", "docs.jsonl.xz")
	if _, err := os.Stat(path); err == nil {
		out, err := exec.Command("xz", "-dc", path).Output()
		if err == nil {
			return out
		}
		b.Log("made-up documents:", err)
	}
	var lines strings.Builder
	for i := range 4000 {
		fmt.Fprintf(&lines, `{"id":"%d","text":"`, i)
		for j := range 400 {
			fmt.Fprintf(&lines, "w%d ", (i/2*7919+j*j*31+i%2*(j/300))%5000)
		}
		lines.WriteString("\"}\n")
	}
	return []byte(lines.String())
}

// BenchmarkStream finds and removes near-duplicates in JSON Lines under zstd, from its bytes in memory to clusters and surviving lines. Bytes are those of the lines.
//
//	go test ./internal/build -run - -bench Stream -cpu 1,2 -benchtime 3x
func BenchmarkStream(b *testing.B) {
	lines := benchLines(b)
	z, err := zstd.NewWriter(nil)
	if err != nil {
		b.Fatal(err)
	}
	packed := z.EncodeAll(lines, nil)
	opts := dedup.DefaultMinHashOptions()
	minhash, err := dedup.NewMinHash(opts)
	if err != nil {
		b.Fatal(err)
	}
	exact, err := dedup.NewExact(dedup.DefaultExactOptions())
	if err != nil {
		b.Fatal(err)
	}
	for _, ex := range []corpus.Exchange{exact, minhash} {
		b.Run(ex.Name(), func(b *testing.B) {
			b.SetBytes(int64(len(lines)))
			begin := cpuSeconds()
			for b.Loop() {
				members := 0
				stats, err := build.DedupStream(b.Context(), bytes.NewReader(packed), build.DedupOptions{
					Exchange: ex, MinHash: opts, Workers: runtime.GOMAXPROCS(0), TempDir: b.TempDir(), Out: io.Discard,
					Member: func(string, string, bool, float64) error { members++; return nil },
				})
				if err != nil || members == 0 {
					b.Fatal(stats, members, err)
				}
			}
			if spent := cpuSeconds() - begin; spent > 0 {
				b.ReportMetric(float64(len(lines))*float64(b.N)/1e6/spent, "MB/CPU-s")
			}
		})
	}
}
