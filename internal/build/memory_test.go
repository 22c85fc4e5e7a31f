package build_test

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"corpus/internal/fixture"
)

// BenchmarkMemory builds corpora of growing size, each in a process of its own, and reports the peak resident memory: it
// must not grow with the input. The crawls differ in their seed, so that they are not duplicates of each other.
//
//	go test ./internal/build -run - -bench Memory -benchtime 1x
func BenchmarkMemory(b *testing.B) {
	for _, crawls := range []int{3, 30} {
		b.Run(fmt.Sprintf("crawls=%d", crawls), func(b *testing.B) {
			inputs := b.TempDir()
			var bytes int64
			for seed := range crawls {
				crawl, err := fixture.Generate(fixture.Seed + uint64(seed))
				if err != nil {
					b.Fatal(err)
				}
				for _, f := range crawl.Files {
					bytes += int64(len(f.Data))
					if err := os.WriteFile(filepath.Join(inputs, fmt.Sprintf("%03d-%s", seed, f.Name)), f.Data, 0o600); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.SetBytes(bytes)
			var peak int64
			for b.Loop() {
				dir := filepath.Join(b.TempDir(), "out")
				cmd := child(dir, inputs)
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
				if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
					peak = max(peak, usage.Maxrss)
				}
			}
			b.ReportMetric(float64(peak)/1024, "peak-MiB")
		})
	}
}
