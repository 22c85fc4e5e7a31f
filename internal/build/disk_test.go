package build_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"corpus/internal/build"
	"corpus/internal/config"
)

// folderBytes is what the files of a folder take; files that go meanwhile do not count.
func folderBytes(dir string) (n int64) {
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			n += info.Size()
		}
		return nil
	})
	return n
}

// shortLines are so many documents of 1,000 lines of six characters, all different.
func shortLines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"id":"%d","text":"`, i)
		for j := range 1000 {
			fmt.Fprintf(&b, `%06x\n`, i*1000+j)
		}
		b.WriteString("\"}\n")
	}
	return b.String()
}

// longDocuments are n documents of 20,000 random letters of 16.
func longDocuments(n int) string {
	rng := rand.New(rand.NewPCG(3, 1))
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, `{"id":"long-%d","text":"`, i)
		for range 20_000 {
			out.WriteByte('a' + byte(rng.IntN(16)))
		}
		out.WriteString("\"}\n")
	}
	return out.String()
}

// A build says at its start how much disk it may need: no less than it ever takes, and not many times as much.
func TestDiskNeedIsAnnounced(t *testing.T) {
	long(t)
	in := filepath.Join(t.TempDir(), "in.jsonl")
	writeFile(t, in, manyDocuments(8_000))
	long := filepath.Join(t.TempDir(), "long.jsonl")
	writeFile(t, long, longDocuments(200))
	lines := filepath.Join(t.TempDir(), "lines.jsonl")
	writeFile(t, lines, shortLines(300))
	for name, text := range map[string]string{
		"crawl":           fmt.Sprintf(recipe, crawl),
		"short documents": fmt.Sprintf("sources: [{name: in, paths: [%s]}]\ntokenizer: {vocab_size: 500}\n", in),
		"passages":        fmt.Sprintf("sources: [{name: in, paths: [%s]}]\ntokenizer: {vocab_size: 500}\ndedup: {methods: [url, exact, minhash, substring]}\n", in),
		"no merges":       fmt.Sprintf("sources: [{name: in, paths: [%s]}]\ntokenizer: {vocab_size: 257}\ndedup: {methods: [exact]}\n", long),
		"short lines":     fmt.Sprintf("sources: [{name: in, paths: [%s]}]\ntokenizer: {vocab_size: 500}\ndedup: {methods: [paragraph], paragraph: {unit: line, min_length: 1, min_document: 0}}\n", lines),
	} {
		t.Run(name, func(t *testing.T) {
			c, err := config.Parse("recipe", []byte(text), nil)
			if err != nil {
				t.Fatal(err)
			}
			var messages bytes.Buffer
			dir := filepath.Join(t.TempDir(), "out")
			done, peak := make(chan struct{}), make(chan int64)
			go func() { // not all of the peak may be seen: a bound from below
				var most int64
				for {
					most = max(most, folderBytes(dir))
					select {
					case <-done:
						peak <- most
						return
					default:
					}
				}
			}()
			_, err = build.Run(context.Background(), build.Options{Config: c, Dir: dir, Workers: 1, Log: slog.New(slog.NewTextHandler(&messages, nil))})
			close(done)
			took := <-peak
			if err != nil {
				t.Fatal(err)
			}
			found := regexp.MustCompile(`msg="disk needed at most" needed_mb=(\d+)`).FindSubmatch(messages.Bytes())
			if found == nil {
				t.Fatalf("not announced:\n%s", messages.Bytes())
			}
			mib, _ := strconv.ParseInt(string(found[1]), 10, 64)
			t.Logf("announced %d MiB, took %.1f", mib, float64(took)/(1<<20))
			if mib<<20 < took {
				t.Errorf("%d MiB are announced, but the build took %d bytes", mib, took)
			}
			if mib<<20 > 4*took+1<<20 {
				t.Errorf("%d MiB are announced, but the build took no more than %d bytes", mib, took)
			}
		})
	}
}
