package build_test

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"corpus/internal/build"
	"corpus/internal/config"
)

// TestIncrementMadeOtherwise: what shaped the earlier documents and is another now is said, all of it, and the build goes on.
func TestIncrementMadeOtherwise(t *testing.T) {
	long(t)
	dir := t.TempDir()
	crawls := incrementCrawls(t, dir)
	hosts := filepath.Join(dir, "hosts.txt")
	filters := "filters: [{url: {block_domain_files: [" + hosts + "]}}]\n"
	said := func(out, head, text string) string {
		c, err := config.Parse("test", []byte(head+text), nil)
		if err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		if _, err := build.Run(t.Context(), build.Options{Config: c, Dir: filepath.Join(dir, out), Log: slog.New(slog.NewTextHandler(&log, nil))}); err != nil {
			t.Fatal(err)
		}
		var lines []string
		for line := range strings.Lines(log.String()) {
			if strings.Contains(line, "made otherwise") {
				lines = append(lines, line)
			}
		}
		return strings.Join(lines, "")
	}
	writeFile(t, hosts, "none.example\n")
	old := filepath.Join(dir, "old")
	said("old", filters, incrementConfig("", 0, map[string]string{"a": crawls[0]}))
	next := incrementConfig("", 0, map[string]string{"b": crawls[1]}, old)
	if got := said("same", filters, next); got != "" {
		t.Errorf("nothing is another, but: %s", got)
	}
	writeFile(t, hosts, "other.example\n")
	got := said("other", "seed: 5\n"+filters, next)
	for _, want := range []string{"seed was 1, is 5", "another content of " + hosts} {
		if !strings.Contains(got, want) {
			t.Errorf("said is %q, not %q", got, want)
		}
	}
	got = said("bare", "seed: 5\n", next)
	for _, want := range []string{"seed was 1, is 5", "filters was "} {
		if !strings.Contains(got, want) {
			t.Errorf("said is %q, not %q", got, want)
		}
	}
}
