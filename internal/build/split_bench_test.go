package build_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corpus/internal/build"
	"corpus/internal/fixture"
)

// BenchmarkSplit curates one large .warc.gz, whole and in four parts, on one core and on two, each build in a process of its
// own. It reports the seconds of the phase curate and the CPU seconds of the whole build. Parts must cost no CPU, and
// two cores must take half the time.
//
//	go test ./internal/build -run - -bench Split -benchtime 1x -count 5
func BenchmarkSplit(b *testing.B) {
	in := filepath.Join(b.TempDir(), "large.warc.gz")
	crawl, err := fixture.Generate(fixture.Seed)
	if err != nil {
		b.Fatal(err)
	}
	var one []byte
	for _, f := range crawl.Files {
		if strings.HasSuffix(f.Name, ".warc.gz") {
			one = append(one, f.Data...)
		}
	}
	content := bytes.Repeat(one, 30) // duplicates are not looked for
	if err := os.WriteFile(in, content, 0o600); err != nil {
		b.Fatal(err)
	}
	for _, cores := range []int{1, 2} {
		for _, split := range []int{0, len(content)/4 + 1} {
			b.Run(fmt.Sprintf("cores=%d/split=%d", cores, split), func(b *testing.B) {
				b.SetBytes(int64(len(content)))
				var curate, cpu float64
				for b.Loop() {
					dir := filepath.Join(b.TempDir(), "out")
					text := fmt.Sprintf("split_bytes: %d\nworkers: %d\nsources: [{name: s, paths: [%s]}]\n", split, cores, in) +
						"filters: [url, gopher_quality, gopher_repetition, c4, pii]\ndedup: {methods: []}\ntokenizer: {vocab_size: 300}\n"
					cmd := childOf(dir, text)
					cmd.Env = append(cmd.Env, fmt.Sprintf("GOMAXPROCS=%d", cores))
					if out, err := cmd.CombinedOutput(); err != nil {
						b.Fatalf("%v\n%s", err, out)
					}
					cpu += (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
					phases, err := build.ReadTimings(dir)
					if err != nil {
						b.Fatal(err)
					}
					for _, p := range phases {
						if p.Phase == "curate" {
							curate += p.Seconds
						}
					}
				}
				b.ReportMetric(curate/float64(b.N), "curate-s")
				b.ReportMetric(cpu/float64(b.N), "cpu-s")
			})
		}
	}
}
