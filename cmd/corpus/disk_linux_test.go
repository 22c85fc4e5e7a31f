package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// smallDisk mounts a file system of so many bytes, for as long as the test runs.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size)
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENODEV) || errors.Is(err, syscall.EACCES) {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// resize gives the file system another size.
func resize(t *testing.T, disk, size string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_REMOUNT, "size="+size); err != nil {
		t.Fatal(err)
	}
}

// A full disk ends a build in one error with the path; once there is room, the same command goes on from what is whole.
func TestFullDisk(t *testing.T) {
	disk, inputs := smallDisk(t, "4k"), t.TempDir()
	write(t, filepath.Join(inputs, "build.yaml"), "sources: [{name: notes, paths: [in.jsonl]}]\ntokenizer: {vocab_size: 600}\n")
	write(t, filepath.Join(inputs, "in.jsonl"), sentences(3000))
	out := filepath.Join(disk, "out")
	build := func(dir string, flags ...string) (code int, messages string) {
		cmd := command(t, inputs, append([]string{"build", "build.yaml", "-o", dir}, flags...)...)
		var b bytes.Buffer
		cmd.Stderr = &b
		return ended(t, cmd.Run()), b.String()
	}
	if code, messages := build(out); code != exitFailed || !strings.Contains(messages, "MiB of disk and "+out+" has 0: make room") || exists(out) {
		t.Errorf("too small a disk: exit code %d, messages:\n%s", code, messages)
	}
	for _, size := range []string{"16k", "256k", "1m", "2m"} { // full in another phase each time, or nearly so
		resize(t, disk, size)
		code, messages := build(out, "--low-disk")
		lines := strings.Split(strings.TrimSpace(messages), "\n")
		last := lines[len(lines)-1]
		if code != exitFailed || !strings.HasPrefix(last, "corpus build: ") || !strings.Contains(last, disk) || !strings.Contains(last, "no space left on device: make room for "+out) {
			t.Fatalf("%s: exit code %d, messages:\n%s", size, code, messages)
		}
		if n := strings.Count(messages, "no space left on device"); n != 1 {
			t.Errorf("%s: %d errors:\n%s", size, n, messages)
		}
		if exists(filepath.Join(out, "corpus.json")) {
			t.Errorf("%s: a manifest on a full disk", size)
		}
		if text, err := command(t, inputs, "status", out).Output(); err != nil || !strings.HasPrefix(string(text), "not finished: ") {
			t.Errorf("%s: status: %v\n%s", size, err, text)
		}
	}

	resize(t, disk, "64m")
	whole := filepath.Join(inputs, "whole")
	for _, dir := range []string{out, whole} {
		if code, messages := build(dir); code != 0 {
			t.Fatalf("with room: exit code %d\n%s", code, messages)
		}
	}
	if text, err := command(t, inputs, "verify", out).CombinedOutput(); err != nil {
		t.Errorf("verify: %v\n%s", err, text)
	}
	a, errA := os.ReadFile(filepath.Join(out, "corpus.json"))
	b, errB := os.ReadFile(filepath.Join(whole, "corpus.json"))
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Errorf("the build that met the full disk differs from one that did not: %v, %v", errA, errB)
	}
}

// Standard output on a full disk is an error, whatever the command and however little it prints.
func TestStandardOutputOnAFullDisk(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "build.yaml"), "sources: [{name: notes, paths: [in.jsonl]}]\ntokenizer: {vocab_size: 300}\n")
	write(t, filepath.Join(dir, "in.jsonl"), sentences(50))
	if text, err := command(t, dir, "build", "build.yaml", "-o", "out").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	for _, args := range [][]string{
		{"clean"}, {"dedup"}, {"filter", "-c", "build.yaml"}, {"ingest", "in.jsonl"},
		{"tokenizer", "encode", "-t", "out/tokenizer"}, {"tokenizer", "encode", "-t", "out/tokenizer", "--jsonl"},
		{"status", "out"}, {"inspect", "out"}, {"trace", "out", "train-00000.bin", "0"}, {"trace", "out", "train-00000.bin", "0", "--json"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			cmd := command(t, dir, args...)
			var messages bytes.Buffer
			cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(sentences(3)), full, &messages
			code := ended(t, cmd.Run())
			if code != exitFailed || !strings.HasSuffix(messages.String(), "standard output: no space left on device\n") {
				t.Errorf("exit code %d, messages %q", code, messages.String())
			}
		})
	}
}
