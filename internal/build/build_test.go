package build_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"corpus/internal/build"
	"corpus/internal/config"
)

// crawl is the bundled crawl, relative to this package.
const crawl = "../../testdata/crawl"

// recipe is a config that exercises every phase without language models, so that a build takes a second or two.
const recipe = `
sources:
  - name: crawl
    paths: [%[1]s/*.warc.gz, %[1]s/*.warc.zst]
  - name: wet
    paths: [%[1]s/*.warc.wet.gz]
  - name: notes
    paths: [%[1]s/*.jsonl.gz, %[1]s/*.jsonl.zst]
filters:
  - url: {block_domains: [spam.example, adult.example]}
  - gopher_repetition
  - c4: {filter_no_terminal_punct: false}
  - pii
tokenizer: {vocab_size: 1024}
shards: {tokens_per_shard: 100000, validation: 0.02}
`

// TestMain lets the test binary build as a child, so that a test can kill it.
func TestMain(m *testing.M) {
	if dir := os.Getenv("CORPUS_TEST_BUILD"); dir != "" {
		text := os.Getenv("CORPUS_TEST_CONFIG")
		if text == "" {
			text = fmt.Sprintf(recipe, os.Getenv("CORPUS_TEST_CRAWL"))
		}
		if err := runConfig(dir, text, 0); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		writePeak()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func runBuild(dir, inputs string, workers int) error {
	return runConfig(dir, fmt.Sprintf(recipe, inputs), workers)
}

func runConfig(dir, text string, workers int) error {
	c, err := config.Parse("recipe", []byte(text), nil)
	if err != nil {
		return err
	}
	_, err = build.Run(context.Background(), build.Options{
		Config: c, Dir: dir, Workers: workers, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	return err
}

// child is a build in a process of its own.
func child(dir, inputs string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "CORPUS_TEST_BUILD="+dir, "CORPUS_TEST_CRAWL="+inputs)
	return cmd
}

// folder reads every file of a folder.
func folder(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		files[rel] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// sameFolder reports which files differ, without printing their bytes.
func sameFolder(t *testing.T, want, got map[string]string) {
	t.Helper()
	for path, data := range want {
		if other, ok := got[path]; !ok {
			t.Errorf("%s is missing", path)
		} else if other != data {
			t.Errorf("%s differs", path)
		}
	}
	for path := range got {
		if _, ok := want[path]; !ok {
			t.Errorf("%s should not be there", path)
		}
	}
}

func TestWorkersDoNotChangeAByte(t *testing.T) {
	one, four := filepath.Join(t.TempDir(), "one"), filepath.Join(t.TempDir(), "four")
	for dir, workers := range map[string]int{one: 1, four: 4} {
		if err := runBuild(dir, crawl, workers); err != nil {
			t.Fatal(err)
		}
	}
	sameFolder(t, folder(t, one), folder(t, four))
}

// long leaves a test out of short runs, such as those under the race detector: it takes seconds, or its work is done by other processes.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes long: not in short runs")
	}
}

func TestKillAndResume(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("kill -9 is a Unix matter")
	}
	kills := 10
	if testing.Short() {
		kills = 3
	}
	want := filepath.Join(t.TempDir(), "uninterrupted")
	start := time.Now()
	if out, err := child(want, crawl).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	whole := time.Since(start)
	wanted := folder(t, want)

	random := rand.New(rand.NewPCG(1, 2))
	dir := filepath.Join(t.TempDir(), "interrupted")
	for done := 0; done < kills; {
		after := time.Duration(random.Float64() * float64(whole))
		killed, err := killAfter(child(dir, crawl), after)
		if err != nil {
			t.Fatal(err)
		}
		if killed {
			done++
			continue
		}
		sameFolder(t, wanted, folder(t, dir)) // it came to its end before it could be killed: take another folder
		dir = filepath.Join(t.TempDir(), "interrupted")
	}
	if out, err := child(dir, crawl).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	sameFolder(t, wanted, folder(t, dir))
}

// killAfter kills a command with SIGKILL after a while; killed is false when it ended well before.
func killAfter(cmd *exec.Cmd, after time.Duration) (killed bool, err error) {
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		return false, err
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	err = cmd.Wait()
	if err == nil {
		return false, nil
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() && status.Signal() == syscall.SIGKILL {
			return true, nil
		}
	}
	return false, fmt.Errorf("%w\n%s", err, out.String())
}
