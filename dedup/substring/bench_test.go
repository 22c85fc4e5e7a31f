//go:build linux

package substring

import (
	"fmt"
	"index/suffixarray"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// withCopies appends a copy of each document i with i%of < part.
func withCopies(texts []string, part, of int) []string {
	all := slices.Clone(texts)
	for i, text := range texts {
		if i%of < part {
			all = append(all, text)
		}
	}
	return all
}

// cpuTime is the time that the process spent, with its share of collecting garbage.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// memory is a line of /proc/self/status in bytes, or 0.
func memory(name string) int64 {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			n, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return n << 10
		}
	}
	return 0
}

// benchTexts are the two corpora of the benchmarks: with a window of 100 bytes, 17 % and 79 % of the positions are repeated.
func benchTexts(b *testing.B) map[string]*Texts {
	texts := readTexts(b, 1<<30)
	return map[string]*Texts{"17": join(b, withCopies(texts, 1, 23)), "79": join(b, withCopies(texts, 5, 8))}
}

// BenchmarkFind reports, beside the speed by the clock, that by CPU time, the greatest memory with the text per byte of text, and the share of positions that are repeated.
func BenchmarkFind(b *testing.B) {
	corpora := benchTexts(b)
	for _, name := range []string{"17", "79"} {
		texts := corpora[name]
		for _, method := range []string{Anchors, SuffixArray} {
			for _, length := range []int{50, 100, 500} {
				b.Run(fmt.Sprintf("%s/%s/%d", name, method, length), func(b *testing.B) {
					o := DefaultOptions()
					o.Method, o.MinLength = method, length
					b.SetBytes(texts.Size())
					var repeated float64
					var most int64
					var spent time.Duration
					for b.Loop() {
						debug.FreeOSMemory()
						os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
						rest := memory("VmRSS") - texts.Size()
						before := cpuTime()
						result := find(b, texts, o)
						spent += cpuTime() - before
						most = max(most, memory("VmHWM")-rest)
						repeated = float64(result.Repeated.Count()) / float64(texts.Size())
					}
					size := float64(texts.Size())
					b.ReportMetric(size*float64(b.N)/1e6/spent.Seconds(), "MB/cpu-s")
					b.ReportMetric(float64(most)/size, "B/B")
					b.ReportMetric(100*repeated, "%repeated")
				})
			}
		}
	}
}

// BenchmarkStandardSuffixArray sorts the same texts with the standard library, without looking for repeated passages.
func BenchmarkStandardSuffixArray(b *testing.B) {
	corpora := benchTexts(b)
	for _, name := range []string{"17", "79"} {
		texts := corpora[name]
		b.Run(name, func(b *testing.B) {
			b.SetBytes(texts.Size())
			before := cpuTime()
			for b.Loop() {
				suffixarray.New(texts.bytes)
			}
			b.ReportMetric(float64(texts.Size())*float64(b.N)/1e6/(cpuTime()-before).Seconds(), "MB/cpu-s")
		})
	}
}

// BenchmarkSuffixArray measures the construction alone, on 20 MB.
func BenchmarkSuffixArray(b *testing.B) {
	text := join(b, readTexts(b, 20e6)).bytes
	for name, run := range map[string]func(){
		"this":     func() { ordered(text) },
		"standard": func() { suffixarray.New(text) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			before := cpuTime()
			for b.Loop() {
				run()
			}
			b.ReportMetric(float64(len(text))*float64(b.N)/1e6/(cpuTime()-before).Seconds(), "MB/cpu-s")
		})
	}
}
