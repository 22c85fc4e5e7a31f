package build_test

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"corpus/internal/audit"
	"corpus/internal/build"
	"corpus/internal/config"
	"corpus/internal/documents"
	"corpus/internal/manifest"
	"corpus/internal/table"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
)

// page is a record of a page whose text and size differ from those of others.
func page(i int) string {
	var b strings.Builder
	random := rand.New(rand.NewPCG(7, uint64(i)))
	for range 3 + i%9 {
		fmt.Fprintf(&b, "<p>Page %d tells how the keeper of lighthouse %d counted %d ships before breakfast, and why it mattered.</p>\n", i, random.IntN(1e6), random.IntN(1e9))
	}
	block := "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body><article>" + b.String() + "</article></body></html>"
	return warcRecord(i, block)
}

func warcRecord(i int, block string) string {
	return fmt.Sprintf("WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://harbour.example/%d\r\nWARC-Date: 2025-03-01T10:00:00Z\r\n"+
		"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", i, len(block), block)
}

func pages(from, n int, wrap func(string) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(wrap(page(from + i)))
	}
	return b.String()
}

func gzipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, s)
	z.Close()
	return b.String()
}

// stored is a gzip member in which the content stands as it is.
func stored(s string) string {
	var b bytes.Buffer
	b.WriteString("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff")
	z, _ := flate.NewWriter(&b, flate.NoCompression)
	io.WriteString(z, s)
	z.Close()
	b.Write(binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(s))))
	b.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(s))))
	return b.String()
}

func plain(s string) string { return s }

// hostile are files of which parts begin in the middle of what looks like records.
func hostile() map[string]string {
	nested := func(wrap func(string) string) string {
		return warcRecord(0, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body><p>A file within.</p>"+pages(7000, 300, wrap))
	}
	return map[string]string{
		"a.warc.gz": pages(0, 200, gzipped) + stored(nested(gzipped)) + pages(1000, 200, gzipped) + gzipped(page(1)+page(2)) + pages(2000, 400, gzipped) +
			strings.Repeat("junk", 5000) + gzipped(page(5))[:300] + pages(3000, 300, gzipped),
		"b.warc":    pages(4000, 100, plain) + nested(plain) + pages(5000, 100, plain) + strings.Repeat("junk\n", 20_000) + pages(6000, 50, plain),
		"c.warc.gz": gzipped(pages(8000, 400, plain)),
		"d.jsonl":   lines(0, 1200) + `{"text":"` + strings.Repeat("long ", 60_000) + `"}` + "\n" + lines(1200, 1200),
	}
}

func lines(from, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"id":"line %d","text":"Line %d of the log of lighthouse %d, which is kept by hand and by candle light."}`+"\n", from+i, from+i, (from+i)*7919)
	}
	return b.String()
}

// partsConfig reads a folder of such files.
func partsConfig(in string, splitBytes int, more string) string {
	return fmt.Sprintf("split_bytes: %d\nsources: [{name: s, paths: [%s]}]\nfilters: [url]\n", splitBytes, in) +
		smallTokenizer + "shards: {validation: 0.05}\n" + more
}

const exactOnly = "dedup: {methods: [exact]}\n"

// ledgerRows are the ledger's rows of a build, and the text of the documents that were kept, by their place. What
// depends on the units is left out.
func ledgerRows(t *testing.T, dir string) (rows []manifest.Row, texts []string) {
	t.Helper()
	m, err := manifest.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	refs := map[string]string{}
	for unit := range m.Units() {
		for row, err := range table.Read[manifest.Row](filepath.Join(dir, manifest.LedgerPath(unit))) {
			if err != nil {
				t.Fatal(err)
			}
			refs[fmt.Sprintf("%d:%d", row.Unit, row.Index)] = fmt.Sprintf("%s@%d", row.File, row.Offset)
			row.DuplicateOf = refs[row.DuplicateOf]
			row.Unit, row.Record, row.Index = 0, int64(len(rows)), min(row.Index, 0)
			rows = append(rows, row)
		}
		for doc, err := range documents.Read(filepath.Join(dir, documents.Path(unit))) {
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, fmt.Sprintf("%s@%d %s", doc.File, doc.Offset, doc.Text))
		}
	}
	return rows, texts
}

func TestPartsEqualTheWhole(t *testing.T) {
	in := t.TempDir()
	for name, content := range hostile() {
		writeFile(t, filepath.Join(in, name), content)
	}
	whole := filepath.Join(t.TempDir(), "whole")
	if err := buildText(t, whole, partsConfig(in, 0, exactOnly)); err != nil {
		t.Fatal(err)
	}
	wantRows, wantTexts := ledgerRows(t, whole)
	if len(wantRows) < 3500 || len(wantTexts) < 3000 {
		t.Fatalf("%d rows, %d documents", len(wantRows), len(wantTexts))
	}
	dir := filepath.Join(t.TempDir(), "parts")
	if err := buildText(t, dir, partsConfig(in, 64<<10, exactOnly)); err != nil {
		t.Fatal(err)
	}
	gotRows, gotTexts := ledgerRows(t, dir)
	if diff := cmp.Diff(wantRows, gotRows); diff != "" {
		t.Errorf("rows: %.4000s", diff)
	}
	if diff := cmp.Diff(wantTexts, gotTexts); diff != "" {
		t.Errorf("documents: %.4000s", diff)
	}
	checkParts(t, dir, in)
}

// checkParts sees that the inputs of a build tile the files, with their digests, and that people are told of files.
func checkParts(t *testing.T, dir, in string) {
	t.Helper()
	m, err := manifest.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string][]int64{}
	for _, input := range m.Inputs {
		parts[filepath.Base(input.Path)] = append(parts[filepath.Base(input.Path)], input.Offset)
	}
	if len(parts["c.warc.gz"]) != 1 || len(parts["a.warc.gz"]) < 4 || len(parts["b.warc"]) < 4 || len(parts["d.jsonl"]) < 4 {
		t.Errorf("parts: %v", parts)
	}
	verify := func() string {
		problems, err := audit.Verify(t.Context(), dir, audit.VerifyOptions{Inputs: true})
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(problems)
	}
	if got := verify(); got != "[]" {
		t.Errorf("verify: %s", got)
	}
	s, err := audit.ReadStatus(dir)
	if err != nil || s.Inputs != 4 {
		t.Errorf("status: %+v, %v", s, err)
	}
	sheet, err := os.ReadFile(filepath.Join(dir, "datasheet", "datasheet.md"))
	if err != nil || !bytes.Contains(sheet, []byte(" from 4 input files of ")) {
		t.Errorf("the datasheet does not speak of 4 files: %v", err)
	}
	for path, change := range map[string]func([]byte) []byte{
		"a.warc.gz": func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"d.jsonl":   func(b []byte) []byte { return append(b, '\n') },
		"b.warc":    func(b []byte) []byte { return b[:len(b)-1] },
	} {
		path = filepath.Join(in, path)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, path, string(change(slices.Clone(data))))
		if got := verify(); got != "["+path+": input changed since the build]" {
			t.Errorf("%s was changed: %s", path, got)
		}
		writeFile(t, path, string(data))
	}
}

// The seams are checked by verify too.
func TestVerifyFindsAPartThatDoesNotFit(t *testing.T) {
	in, dir := filepath.Join(t.TempDir(), "in.jsonl"), t.TempDir()
	writeFile(t, in, lines(0, 1500))
	if err := buildText(t, dir, partsConfig(in, 64<<10, "")); err != nil {
		t.Fatal(err)
	}
	wantVerified(t, dir)
	path := manifest.CommitPath("curate", 1)
	c, err := manifest.ReadCommit(dir, "curate", 1)
	if err != nil {
		t.Fatal(err)
	}
	var result build.PartResult
	if err := json.Unmarshal(c.Result, &result); err != nil {
		t.Fatal(err)
	}
	result.Seam.Start++
	if c.Result, err = json.Marshal(result); err != nil {
		t.Fatal(err)
	}
	if err := manifest.WriteCommit(dir, c); err != nil {
		t.Fatal(err)
	}
	reseal(t, dir, path)
	problems, err := audit.Verify(t.Context(), dir, audit.VerifyOptions{})
	if err != nil || len(problems) != 1 || problems[0].Path != path || !strings.Contains(problems[0].What, "its records begin at byte") {
		t.Errorf("got %v, %v", problems, err)
	}
}

// reseal makes the manifest agree with a file that was changed.
func reseal(t *testing.T, dir, path string) {
	t.Helper()
	m, err := manifest.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i, out := range m.Outputs {
		if out.Path != path {
			continue
		}
		if m.Outputs[i], err = manifest.DigestFile(dir, path); err != nil {
			t.Fatal(err)
		}
	}
	data, err := m.Seal()
	if err != nil {
		t.Fatal(err)
	}
	if err := manifest.WriteFile(dir, manifest.Name, data); err != nil {
		t.Fatal(err)
	}
}

// childOf is a build of a config in a process of its own.
func childOf(dir, text string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "CORPUS_TEST_BUILD="+dir, "CORPUS_TEST_CONFIG="+text)
	return cmd
}

// However often a build is killed, also between the reading of a part and its second one, it ends in the same bytes.
func TestKillBetweenParts(t *testing.T) {
	long(t)
	if runtime.GOOS == "windows" {
		t.Skip("kill -9 is a Unix matter")
	}
	in := filepath.Join(t.TempDir(), "a.warc.gz")
	writeFile(t, in, hostile()["a.warc.gz"])
	text := partsConfig(in, 64<<10, "dedup: {methods: []}\n")
	want := filepath.Join(t.TempDir(), "uninterrupted")
	begun := time.Now()
	if out, err := childOf(want, text).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	whole := time.Since(begun)
	random := rand.New(rand.NewPCG(3, 4))
	dir := filepath.Join(t.TempDir(), "interrupted")
	for range 4 {
		killed, err := killAfter(childOf(dir, text), time.Duration((0.1+0.5*random.Float64())*float64(whole)))
		if err != nil {
			t.Fatal(err)
		}
		if !killed {
			break
		}
	}
	if out, err := childOf(dir, text).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	sameFolder(t, folder(t, want), folder(t, dir))
}

// A build that was killed within a large file has lost the parts that were being read, and no other: what was read before need not
// even be there any more.
func TestResumeWithinAFile(t *testing.T) {
	long(t)
	if runtime.GOOS == "windows" {
		t.Skip("kill -9 is a Unix matter")
	}
	in := filepath.Join(t.TempDir(), "in.warc.gz")
	content := pages(0, 2500, gzipped)
	writeFile(t, in, content)
	text := partsConfig(in, 64<<10, "dedup: {methods: []}\nworkers: 1\n")
	want := t.TempDir()
	if err := buildText(t, want, text); err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Read(want)
	if err != nil || len(m.Inputs) < 8 {
		t.Fatalf("%d parts, %v", len(m.Inputs), err)
	}
	dir := filepath.Join(t.TempDir(), "killed")
	cmd := childOf(dir, text)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	const done = 4 // the part at whose end the build is killed
	for giveUp := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if c, _ := manifest.ReadCommit(dir, "curate", done); c != nil {
			break
		}
		if time.Now().After(giveUp) {
			t.Error("no part was read within a minute")
			break
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	if c, err := manifest.ReadCommit(dir, "curate", len(m.Inputs)-1); c != nil || err != nil {
		t.Skip("the build was over before it could be killed")
	}
	gone := []byte(content)
	from, to := m.Inputs[2].Offset, m.Inputs[done].Offset // its last record is read from the next part
	copy(gone[from:to], make([]byte, to-from))
	writeFile(t, in, string(gone))
	if err := buildText(t, dir, text); err != nil {
		t.Fatal(err)
	}
	sameFolder(t, folder(t, want), folder(t, dir))
}

// Parts that only did not know how much is decoded before them are read again at once, not one after the other.
func TestPlacesInAStreamCostOneMorePass(t *testing.T) {
	in, dir := filepath.Join(t.TempDir(), "in.warc.gz"), t.TempDir()
	content := pages(0, 10, gzipped)
	for i := range 800 {
		content += gzipped(page(100+2*i) + page(101+2*i))
	}
	writeFile(t, in, content)
	c, err := config.Parse("test", []byte(partsConfig(in, 64<<10, "dedup: {methods: []}\n")), nil)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	m, err := build.Run(t.Context(), build.Options{Config: c, Dir: dir, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil || m.Units() < 4 || m.Stages[0].In.Documents != 1610 {
		t.Fatalf("%d units, %+v, %v", m.Units(), m.Stages[0].In, err)
	}
	if want := fmt.Sprintf("are read again\" parts=%d\n", m.Units()-1); strings.Count(log.String(), "are read again") != 1 || !strings.Contains(log.String(), want) {
		t.Errorf("got %s, want once %s", &log, want)
	}
}

// Many small files are read by few units.
func TestManySmallFiles(t *testing.T) {
	in := t.TempDir()
	for i := range 1500 {
		writeFile(t, filepath.Join(in, fmt.Sprintf("%04d.jsonl", i)), lines(i, 1))
	}
	writeFile(t, filepath.Join(in, "0700.zip"), "PK\x03\x04 is not read")
	writeFile(t, filepath.Join(in, "0800.jsonl"), "")
	dir := t.TempDir()
	if err := buildText(t, dir, partsConfig(in, 0, "")); err != nil {
		t.Fatal(err)
	}
	problems, err := audit.Verify(t.Context(), dir, audit.VerifyOptions{Inputs: true})
	if err != nil || len(problems) > 0 {
		t.Errorf("verify: %v, %v", problems, err)
	}
	m, err := manifest.Read(dir)
	if err != nil || len(m.Inputs) != 1501 || m.Units() != 2 || m.Stages[0].In.Documents != 1501 {
		t.Errorf("%d inputs, %d units, %v, %v", len(m.Inputs), m.Units(), m.Stages[0].In, err)
	}
	rows, _ := ledgerRows(t, dir)
	if rows[700].File != filepath.Join(in, "0700.jsonl") || rows[701].Value != "zip" || rows[801].Value != "empty" || rows[1500].File != filepath.Join(in, "1499.jsonl") {
		t.Errorf("rows are not in the order of the files")
	}
	unread, err := os.ReadFile(filepath.Join(dir, "datasheet", "tables", "unread_files.csv"))
	if err != nil || !strings.Contains(string(unread), "0700.zip,zip,16\n") {
		t.Errorf("unread files: %s, %v", unread, err)
	}
}
