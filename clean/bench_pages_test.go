//go:build unix

package clean

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/sys/unix"
)

// BenchmarkPages shows how many pages the stage and the bare parse do in a second of CPU time, user and system, of the whole process, and how
// many times the parse the stage takes. Both work on the same pages, in turn, in one run: those of testdata/crawl, and
// those of the extraction sets where they are at hand.
func BenchmarkPages(b *testing.B) {
	b.Run("crawl", func(b *testing.B) { benchmarkPages(b, crawlPages(b)) })
	sets, _ := filepath.Glob("../../shared/data/extract/*.pages.jsonl.xz")
	if len(sets) == 0 {
		b.Log("the extraction sets are not at ../../shared/data/extract: left out")
	}
	for _, set := range sets {
		name, _, _ := strings.Cut(filepath.Base(set), ".")
		b.Run(name, func(b *testing.B) { benchmarkPages(b, setPages(b, set)) })
	}
}

// fetched is a page with the type that its HTTP head declares.
type fetched struct {
	body        []byte
	contentType string
}

func benchmarkPages(b *testing.B, pages []fetched) {
	size := 0
	for _, p := range pages {
		size += len(p.body)
	}
	c, err := New(DefaultOptions())
	if err != nil {
		b.Fatal(err)
	}
	extract := func() {
		for _, p := range pages {
			_, _, _, _ = c.extract(p.body, p.contentType, "")
		}
	}
	extract() // reads the tables
	var parse, ours time.Duration
	b.SetBytes(int64(size))
	for b.Loop() {
		parse += cpuOf(func() {
			for _, p := range pages {
				_, _ = html.Parse(bytes.NewReader(p.body))
			}
		})
		ours += cpuOf(extract)
	}
	n := float64(b.N * len(pages))
	b.ReportMetric(n/parse.Seconds(), "parse-pages/cpu-s")
	b.ReportMetric(n/ours.Seconds(), "pages/cpu-s")
	b.ReportMetric(ours.Seconds()/parse.Seconds(), "x-parse")
}

// cpuOf is the CPU time that a call takes, with the collection of its garbage.
func cpuOf(do func()) time.Duration {
	runtime.GC()
	used := func() time.Duration {
		var u unix.Rusage
		_ = unix.Getrusage(unix.RUSAGE_SELF, &u)
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := used()
	do()
	return used() - before
}

// setPages reads the pages of an extraction set that are there as text.
func setPages(b *testing.B, path string) (pages []fetched) {
	text, err := exec.Command("xz", "-dc", path).Output()
	if err != nil {
		b.Skip("xz cannot unpack the set: ", err)
	}
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		var r struct{ HTML string }
		if err := d.Decode(&r); err == io.EOF {
			break
		} else if err != nil {
			b.Fatal(err)
		}
		if r.HTML != "" {
			pages = append(pages, fetched{[]byte(r.HTML), "text/html"})
		}
	}
	if len(pages) == 0 {
		b.Skip("the set has its pages as bytes only")
	}
	return pages
}

// crawlPages reads the pages of testdata/crawl that lie there without a coding of their content.
func crawlPages(b *testing.B) (pages []fetched) {
	files, err := filepath.Glob("../testdata/crawl/crawl-*.warc.gz")
	if err != nil || len(files) == 0 {
		b.Fatal("no crawl in ../testdata/crawl")
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			b.Fatal(err)
		}
		for r := bufio.NewReader(z); ; {
			record, isResponse := readRecord(r)
			if record == nil {
				break
			}
			if !isResponse {
				continue
			}
			response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(record)), nil)
			if err != nil {
				continue
			}
			contentType := response.Header.Get("Content-Type")
			if response.Header.Get("Content-Encoding") != "" || !strings.Contains(contentType, "html") {
				continue
			}
			if page, err := io.ReadAll(response.Body); err == nil {
				pages = append(pages, fetched{page, contentType})
			}
		}
	}
	return pages
}

// readRecord reads the block of a WARC record; nil at the end.
func readRecord(r *bufio.Reader) (block []byte, isResponse bool) {
	length := 0
	for lines := 0; ; lines++ {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, false
		}
		key, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch value = strings.TrimSpace(value); strings.ToLower(key) {
		case "":
			if lines == 0 {
				lines-- // the blank lines behind the record before
				continue
			}
			block = make([]byte, length)
			_, err := io.ReadFull(r, block)
			return block, isResponse && err == nil
		case "warc-type":
			isResponse = value == "response"
		case "content-length":
			length, _ = strconv.Atoi(value)
		}
	}
}
