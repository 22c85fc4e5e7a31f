//go:build unix

package ingest

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

// processorTime is what this process has used so far.
func processorTime(b *testing.B) time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// BenchmarkRealCrawl reads real crawls that are no part of the repository, and next to that only unfolds them with bare gzip. CPU-MB/s
// counts unfolded bytes by processor time, which other programs on the machine hardly change.
func BenchmarkRealCrawl(b *testing.B) {
	paths, _ := filepath.Glob(filepath.Join(sharedData, "crawl", "*.warc.gz"))
	if len(paths) == 0 {
		b.Skip("no real crawls here")
	}
	for _, path := range paths {
		crawl, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		bare := func() int64 {
			z, err := gzip.NewReader(bytes.NewReader(crawl))
			if err != nil {
				b.Fatal(err)
			}
			n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{z}, make([]byte, 64<<10))
			if err != nil {
				b.Fatal(err)
			}
			return n
		}
		size := bare()
		run := func(name string, once func()) {
			b.Run(strings.TrimSuffix(filepath.Base(path), ".warc.gz")+"/"+name, func(b *testing.B) {
				b.SetBytes(size)
				before, n := processorTime(b), 0
				for b.Loop() {
					once()
					n++
				}
				b.ReportMetric(float64(size)*float64(n)/1e6/(processorTime(b)-before).Seconds(), "CPU-MB/s")
			})
		}
		run("ingest", func() {
			source, err := Open("x.warc.gz", bytes.NewReader(crawl), "bench", DefaultOptions())
			if err != nil {
				b.Fatal(err)
			}
			for _, err := range source.Documents(b.Context()) {
				if err != nil {
					b.Fatal(err)
				}
			}
		})
		run("klauspost", func() { bare() })
	}
}
