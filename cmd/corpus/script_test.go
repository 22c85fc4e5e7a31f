package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// exits CODE COMMAND… runs a command and wants this exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := exitStatus(ts, args[1:]...); got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func exitStatus(ts *testscript.TestScript, args ...string) int {
	err := ts.Exec(args[0], args[1:]...)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	ts.Check(err)
	return 0
}

// warc FILE URL PAGE… writes a WARC file with a response record per page, by gzip member where FILE ends in .gz. A
// PAGE that begins with a digit is a status without a body ("404").
func warc(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args)%2 != 1 {
		ts.Fatalf("usage: warc FILE URL PAGE…")
	}
	var out bytes.Buffer
	add := func(record string) {
		if !strings.HasSuffix(args[0], ".gz") {
			out.WriteString(record)
			return
		}
		z := gzip.NewWriter(&out)
		_, err := z.Write([]byte(record))
		ts.Check(err)
		ts.Check(z.Close())
	}
	add(warcRecord("warcinfo", "", "application/warc-fields", "software: a test\r\n"))
	for pair := range slices.Chunk(args[1:], 2) {
		status, body := pair[1], ""
		if c := status[0]; c < '0' || c > '9' {
			status, body = "200 OK", ts.ReadFile(pair[1])
		}
		add(warcRecord("response", pair[0], "application/http; msgtype=response",
			"HTTP/1.1 "+status+"\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"+body))
	}
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[0])), 0o755))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out.Bytes(), 0o644))
}

func warcRecord(kind, url, contentType, block string) string {
	target := ""
	if url != "" {
		target = "WARC-Target-URI: " + url + "\r\n"
	}
	return fmt.Sprintf("WARC/1.0\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:test:%s>\r\nWARC-Date: 2024-05-06T07:08:09Z\r\n%sContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n",
		kind, url, target, contentType, len(block), block)
}

// flip FILE changes the byte in the middle of a file; again, and it is as before.
func flip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: flip FILE")
	}
	flipFile(ts, ts.MkAbs(args[0]))
}

func flipFile(ts *testscript.TestScript, path string) {
	data, err := os.ReadFile(path)
	ts.Check(err)
	data[len(data)/2] ^= 1
	ts.Check(os.WriteFile(path, data, 0o644))
}

// verifyeach DIR flips a byte of one file of every kind (folder and extension) in turn, and wants corpus verify to exit
// with 3 and to name that file and no other.
func verifyEach(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: verifyeach DIR")
	}
	seen := map[string]bool{}
	for _, rel := range listFiles(ts, ts.MkAbs(args[0])) {
		kind := path.Dir(rel) + " " + path.Ext(rel)
		file := filepath.Join(ts.MkAbs(args[0]), rel)
		if info, err := os.Stat(file); err != nil || info.Size() == 0 || seen[kind] {
			continue
		}
		seen[kind] = true
		flipFile(ts, file)
		code := exitStatus(ts, "corpus", "verify", args[0])
		if code != exitMismatch {
			ts.Fatalf("%s changed: exit code %d", rel, code)
		}
		found := strings.Split(strings.TrimSpace(ts.ReadFile("stdout")), "\n")
		if len(found) != 1 || !strings.HasPrefix(found[0], rel+": ") {
			ts.Fatalf("%s changed: verify found %q", rel, found)
		}
		flipFile(ts, file)
	}
	if len(seen) < 10 {
		ts.Fatalf("only %d kinds of files", len(seen))
	}
}

func listFiles(ts *testscript.TestScript, dir string) (paths []string) {
	ts.Check(filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		paths = append(paths, filepath.ToSlash(rel))
		return err
	}))
	return paths
}

// samefolder A B wants two folders with the same files of the same bytes.
func sameFolder(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: samefolder A B")
	}
	a, b := ts.MkAbs(args[0]), ts.MkAbs(args[1])
	files := listFiles(ts, a)
	if other := listFiles(ts, b); !slices.Equal(files, other) {
		ts.Fatalf("%s holds %q, %s holds %q", args[0], files, args[1], other)
	}
	for _, rel := range files {
		x, err := os.ReadFile(filepath.Join(a, rel))
		ts.Check(err)
		y, err := os.ReadFile(filepath.Join(b, rel))
		ts.Check(err)
		if !bytes.Equal(x, y) {
			ts.Fatalf("%s differs", rel)
		}
	}
}

// killwhen FILE COMMAND… starts a command and ends it with SIGKILL as soon as FILE is there, which must be before its own end.
func killWhen(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: killwhen FILE COMMAND…")
	}
	cmd := exec.Command(args[1], args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	ts.Check(cmd.Start())
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	for {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			ts.Check(cmd.Process.Kill())
			<-ended
			return
		}
		select {
		case <-ended:
			ts.Fatalf("ended before %s was there", args[0])
		case <-time.After(time.Millisecond):
		}
	}
}
