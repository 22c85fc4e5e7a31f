package build_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// manyDocuments is JSON Lines of short documents, one in ten a copy of the one before: much to sort for little text.
func manyDocuments(n int) string {
	rng := rand.New(rand.NewPCG(11, 1))
	var out, text bytes.Buffer
	for i := range n {
		if i%10 != 9 {
			text.Reset()
			for range 40 {
				fmt.Fprintf(&text, "w%d ", rng.IntN(20_000))
			}
		}
		fmt.Fprintf(&out, "{\"id\":\"d%d\",\"text\":\"%s\"}\n", i, strings.TrimSpace(text.String()))
	}
	return out.String()
}

// writePeak writes the peak resident memory of this process, in KiB, to the file that CORPUS_TEST_PEAK names. What a process's parent
// is told at its end (getrusage) is no less than what the parent had when it started it.
func writePeak() {
	status, err := os.ReadFile("/proc/self/status")
	path := os.Getenv("CORPUS_TEST_PEAK")
	if err != nil || path == "" {
		return
	}
	if found := regexp.MustCompile(`(?m)^VmHWM:\s*(\d+) kB$`).FindSubmatch(status); found != nil {
		if err := os.WriteFile(path, found[1], 0o600); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
}

// A build under the least limit stays within it, and writes the same bytes as one that has all the memory it wants.
func TestMemoryLimitIsKeptAndChangesNoByte(t *testing.T) {
	if testing.Short() {
		t.Skip("builds 20,000 documents twice")
	}
	const limit = 224 // MiB, the least of one worker
	in := filepath.Join(t.TempDir(), "in.jsonl")
	writeFile(t, in, manyDocuments(20_000))
	var folders []map[string]string
	var peaks []int64
	for _, memory := range []int{limit, 8 << 10} {
		dir := filepath.Join(t.TempDir(), "out")
		cmd := childOf(dir, fmt.Sprintf("sources: [{name: in, paths: [%s]}]\nmemory_mb: %d\ndedup: {minhash: {bands: 128, rows: 2}}\ntokenizer: {vocab_size: 1000}\n", in, memory))
		report := filepath.Join(t.TempDir(), "peak")
		cmd.Env = append(cmd.Env, "GOMAXPROCS=1", "CORPUS_TEST_PEAK="+report) // one worker
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		text, err := os.ReadFile(report)
		if err != nil {
			t.Skip("the peak memory of a process is not known here")
		}
		kib, err := strconv.ParseInt(string(text), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		folders, peaks = append(folders, folder(t, dir)), append(peaks, kib>>10)
	}
	t.Logf("peaks: %d MiB within %d, %d MiB within 8192", peaks[0], limit, peaks[1])
	if peaks[0] > limit*11/10 {
		t.Errorf("peak of %d MiB, the limit is %d", peaks[0], limit)
	}
	if peaks[1] < peaks[0] {
		t.Errorf("with more memory the peak is %d MiB, with less it was %d: the limit is not what held it", peaks[1], peaks[0])
	}
	sameFolder(t, folders[0], folders[1])
}

func TestMemoryLimitTooLow(t *testing.T) {
	in := filepath.Join(t.TempDir(), "in.jsonl")
	writeFile(t, in, manyDocuments(10))
	dir := filepath.Join(t.TempDir(), "out")
	err := runConfig(dir, fmt.Sprintf("sources: [{name: in, paths: [%s]}]\nmemory_mb: 100\n", in), 4)
	if err == nil || !strings.Contains(err.Error(), "memory_mb: this build with 4 workers needs at least 320, not 100") {
		t.Errorf("error is %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the folder was made all the same")
	}
}
