//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is far beyond what any of these tests takes; a command that hangs ends the test.
const patience = 60 * time.Second

// command is `corpus args…` in a folder, as a process of its own.
func command(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, "corpus", args...)
	cmd.Dir = dir
	return cmd
}

// ended waits for a process and returns its exit code.
func ended(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if exit == nil {
		return 0
	}
	return exit.ExitCode()
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// sentences are JSON Lines with n different texts.
func sentences(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"id":"d%d","text":"Sentence %d of the book is about the %d. mill by the river."}`+"\n", i, i, i*i)
	}
	return b.String()
}

// left lists what a folder holds beside the files that a test put there.
func left(t *testing.T, dir string, known ...string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.Contains("\n"+strings.Join(known, "\n")+"\n", "\n"+e.Name()+"\n") {
			names = append(names, e.Name())
		}
	}
	return names
}

// A reader that goes away, as head does, ends a command without a word and without left-overs.
func TestReaderGoesAway(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
	}{
		{"clean", []string{"clean"}},
		{"filter", []string{"filter", "-c", "filters.yaml", "--dropped", "dropped.jsonl"}},
		{"dedup", []string{"dedup", "--method", "exact", "--clusters", "clusters.jsonl", "--temp", "."}},
		{"ingest", []string{"ingest", "in.jsonl", "--dropped", "dropped.jsonl"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "filters.yaml"), "filters:\n  - url\n")
			write(t, filepath.Join(dir, "in.jsonl"), sentences(20000))
			in, err := os.Open(filepath.Join(dir, "in.jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			cmd := command(t, dir, c.args...)
			var messages bytes.Buffer
			cmd.Stdin, cmd.Stderr = in, &messages
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			first, err := bufio.NewReader(out).ReadString('\n')
			if err != nil || !strings.Contains(first, `"id":"d0"`) {
				t.Errorf("first line %q, %v", first, err)
			}
			out.Close()
			if code := ended(t, cmd.Wait()); code != exitPipe || messages.Len() > 0 {
				t.Errorf("exit code %d, messages %q", code, messages.String())
			}
			if names := left(t, dir, "filters.yaml", "in.jsonl"); len(names) > 0 {
				t.Errorf("left behind: %q", names)
			}
		})
	}
}

// Ctrl-C ends a command that waits for input.
func TestInterruptWhileWaitingForInput(t *testing.T) {
	for _, args := range [][]string{
		{"clean"},
		{"filter", "-c", "filters.yaml", "--dropped", "dropped.jsonl"},
		{"dedup", "--clusters", "clusters.jsonl", "--temp", "."},
	} {
		t.Run(args[0], func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "filters.yaml"), "filters:\n  - url\n")
			cmd := command(t, dir, args...)
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			var messages bytes.Buffer
			cmd.Stderr = &messages
			cmd.Stdout = io.Discard
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			// More than a pipe holds: once it is taken, the command is at work, with its signals in place.
			if _, err := io.WriteString(in, sentences(3000)); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			if code := ended(t, cmd.Wait()); code != exitInterrupted {
				t.Errorf("exit code %d", code)
			}
			if want := "corpus " + args[0] + ": interrupted\n"; messages.String() != want {
				t.Errorf("messages %q, want %q", messages.String(), want)
			}
			if names := left(t, dir, "filters.yaml"); len(names) > 0 {
				t.Errorf("left behind: %q", names)
			}
		})
	}
}

// An interrupted build says so, and the same command goes on.
func TestInterruptedBuildGoesOn(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "build.yaml"), "sources: [{name: notes, paths: [in]}]\ntokenizer: {vocab_size: 600}\n")
	for i := range 8 {
		write(t, filepath.Join(dir, "in", fmt.Sprint(i, ".jsonl")), sentences(500+i))
	}
	cmd := command(t, dir, "build", "build.yaml", "-o", "out", "--workers", "1")
	var messages bytes.Buffer
	cmd.Stderr = &messages
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	for !exists(filepath.Join(dir, "out/state/curate/00000.json")) {
		select {
		case err := <-done:
			t.Fatalf("ended too early: %v\n%s", err, messages.String())
		case <-time.After(time.Millisecond):
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := ended(t, <-done); code != exitInterrupted {
		t.Errorf("exit code %d", code)
	}
	if !strings.HasSuffix(messages.String(), "corpus build: interrupted\n") {
		t.Errorf("messages %q", messages.String())
	}
	for _, args := range [][]string{{"build", "build.yaml", "-o", "out"}, {"verify", "out"}} {
		if text, err := command(t, dir, args...).CombinedOutput(); err != nil {
			t.Errorf("%v: %v\n%s", args, err, text)
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// A folder that may not be read is one clear error.
func TestUnreadableFolder(t *testing.T) {
	dir, err := os.MkdirTemp("", "corpus-unreadable-") // not t.TempDir: others may not enter its parent
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	write(t, filepath.Join(dir, "build.yaml"), "sources: [{name: crawl, paths: [crawl/closed]}]\n")
	write(t, filepath.Join(dir, "crawl/closed/in.jsonl"), sentences(1))
	write(t, filepath.Join(dir, "readable/closed.jsonl"), sentences(1))
	for path, mode := range map[string]os.FileMode{".": 0o777, "crawl/closed": 0, "readable/closed.jsonl": 0} {
		if err := os.Chmod(filepath.Join(dir, path), mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"folder of a build", []string{"build", "build.yaml", "-o", "out"}, "crawl/closed: permission denied"},
		{"folder", []string{"ingest", "crawl"}, "crawl/closed: permission denied"},
		{"file", []string{"ingest", "readable"}, "readable/closed.jsonl: permission denied"},
		{"output", []string{"build", "build.yaml", "-o", "crawl/closed/out", "--set", "sources=[{name: s, paths: [build.yaml]}]"}, "crawl/closed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := command(t, dir, c.args...)
			asNobody(t, cmd, dir)
			var messages bytes.Buffer
			cmd.Stderr = &messages
			code := ended(t, cmd.Run())
			if lines := strings.Count(messages.String(), "\n"); code != exitFailed || lines != 1 || !strings.Contains(messages.String(), c.want) {
				t.Errorf("exit code %d, messages %q, want one line with %q", code, messages.String(), c.want)
			}
			if exists(filepath.Join(dir, "out")) {
				t.Error("an output folder was made")
			}
		})
	}
}

// asNobody takes root's rights from a command, since root may read everything.
func asNobody(t *testing.T, cmd *exec.Cmd, dir string) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	const nobody = 65534
	program := filepath.Join(dir, "corpus") // in a folder that nobody may enter
	if !exists(program) {
		data, err := os.ReadFile(cmd.Path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(program, data, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd.Path = program
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}
