package train

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// killedRun names the run folder to a child process of TestKilledRunEndsTheSame.
const killedRun = "CORPUS_TEST_KILLED_RUN"

func killedOptions(t testing.TB, out string) Options {
	o := tinyOptions(t, out)
	o.Steps, o.SaveEvery, o.KeepCheckpoints = 60, 1, 2 // most of the time goes into checkpoints
	return o
}

// folder is every file below a folder, by its path.
func folder(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, dir)] = b
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// sameFolder fails unless two folders hold the same files.
func sameFolder(t *testing.T, got, want string) {
	t.Helper()
	a, b := folder(t, got), folder(t, want)
	for path := range a {
		if _, ok := b[path]; !ok {
			t.Errorf("%s is left over", path)
		}
	}
	for path, text := range b {
		if other, ok := a[path]; !ok {
			t.Errorf("%s is missing", path)
		} else if !bytes.Equal(other, text) {
			t.Errorf("%s differs", path)
		}
	}
}

// TestKilledRunEndsTheSame kills a training process up to three times and lets another one finish.
func TestKilledRunEndsTheSame(t *testing.T) {
	needKernels(t)
	data := tinyData(t, 3000)
	if out := os.Getenv(killedRun); out != "" {
		if _, err := run(context.Background(), killedOptions(t, out), data, nil); err != nil {
			t.Fatal(err)
		}
		return
	}
	whole, o := killedOptions(t, t.TempDir()), killedOptions(t, t.TempDir())
	began := time.Now()
	if _, err := run(context.Background(), whole, data, nil); err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	last, err := os.ReadFile(filepath.Join(whole.Out, latestFile))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if bytes.Equal(killAfter(t, o.Out, rand.N(took/10)), last) {
			break // on a busy machine it may have come to its end: another process would have nothing to do
		}
	}
	if _, err := run(context.Background(), o, data, nil); err != nil {
		t.Fatal(err)
	}
	sameFolder(t, o.Out, whole.Out)
}

// killAfter trains in a process of its own, kills it some time after its first new checkpoint, and returns the name of the last one.
func killAfter(t *testing.T, out string, after time.Duration) []byte {
	t.Helper()
	before, err := os.ReadFile(filepath.Join(out, latestFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0], "-test.run=^TestKilledRunEndsTheSame$")
	child.Env = append(os.Environ(), killedRun+"="+out)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for give := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if now, err := os.ReadFile(filepath.Join(out, latestFile)); err == nil && !bytes.Equal(now, before) || time.Now().After(give) {
			break
		}
	}
	time.Sleep(after)
	child.Process.Kill() // an error says that it has ended, which is as good
	child.Wait()
	now, err := os.ReadFile(filepath.Join(out, latestFile))
	if err != nil || bytes.Equal(now, before) {
		t.Fatalf("the process has made no checkpoint after %q: %v", before, err)
	}
	t.Logf("killed after %s", bytes.TrimSpace(now))
	return now
}

// TestKillInTheLastCheckpoint puts a run folder into the states that a kill leaves behind when no step is left to do.
func TestKillInTheLastCheckpoint(t *testing.T) {
	needKernels(t)
	data := tinyData(t, 3000)
	for name, c := range map[string]struct {
		saveEvery int
		leave     func(t *testing.T, out string)
	}{
		"before the file latest is written for the first time": {0, func(t *testing.T, out string) {
			if err := os.Remove(filepath.Join(out, latestFile)); err != nil {
				t.Fatal(err)
			}
			put(t, filepath.Join(out, latestFile+temporary), "step-0")
		}},
		"before old checkpoints are removed": {4, func(t *testing.T, out string) {
			put(t, filepath.Join(out, checkpointsFolder, "step-000004", modelFile), "old")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			whole, o := tinyOptions(t, t.TempDir()), tinyOptions(t, t.TempDir())
			for _, o := range []*Options{&whole, &o} {
				o.SaveEvery = c.saveEvery
				if _, err := run(context.Background(), *o, data, nil); err != nil {
					t.Fatal(err)
				}
			}
			c.leave(t, o.Out)
			if _, err := run(context.Background(), o, data, nil); err != nil {
				t.Fatal(err)
			}
			sameFolder(t, o.Out, whole.Out)
		})
	}
}

func TestTwoRunsInOneFolder(t *testing.T) {
	needKernels(t)
	if runtime.GOOS != "linux" {
		t.Skip("run folders are locked on Linux only")
	}
	data, o := tinyData(t, 3000), tinyOptions(t, t.TempDir())
	second := errors.New("never run")
	_, err := run(context.Background(), o, data, func(p Progress) {
		if p.Step == 2 {
			_, second = run(context.Background(), o, data, nil)
		}
	})
	if err != nil {
		t.Error(err)
	}
	if second == nil || !strings.Contains(second.Error(), "another run is training") || !strings.Contains(second.Error(), o.Out) {
		t.Errorf("the second run ends with %v", second)
	}
}

func TestModelLargerThanTheMachineIsRefused(t *testing.T) {
	needKernels(t)
	data, o := &dataset{train: slices.Repeat(memoryTokens{1}, 100), vocab: 1<<31 - 1}, tinyOptions(t, t.TempDir())
	o.Model.Layers, o.Model.Width, o.Model.Hidden = 1024, 1<<16, 1<<18
	if _, err := run(context.Background(), o, data, nil); err == nil || !strings.Contains(err.Error(), "memory") {
		t.Errorf("error is %v", err)
	}
}
